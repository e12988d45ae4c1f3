#include "app/record/value_lineage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "app/record/shown_values.hpp"
#include "canonical/copy_encoding.hpp"
#include "canonical/golden_identifiers.hpp"
#include "canonical/name_words.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"
#include "load/golden_view.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

bool is_identifier(const std::string& field) {
    return std::ranges::find(kGoldenIdentifiers, field) != kGoldenIdentifiers.end();
}

/// One value that a source gives.
struct Opinion {
    std::string value, system, key, rule, recorded, run;
    std::string source_entity, source_key;  ///< of the row it stands in
    bool chosen = false, agrees = false;
};

/// What consolidation noted of the values of a field; a person record is one source row.
std::vector<Opinion> opinions_of(TargetConnection& connection, const TargetSchema& schema, const std::string& person,
                                 const std::string& field) {
    const TargetResult rows = connection.query(
        "SELECT v.value, v.origin_system, v.origin_key, v.chosen, v.agrees, v.rule, v.recorded::text, v.run_id,"
        " r.source_entity, r.source_key FROM " +
            qualified_table(schema.person_value()) + " v LEFT JOIN " + qualified_table(*schema.find("person")) +
            " r ON (r.source_system, r.source_person_key) = (v.origin_system, v.origin_key) WHERE v.person_id = $1 AND"
            " v.field = $2 ORDER BY v.chosen DESC, v.agrees DESC, v.origin_system, v.origin_key, r.source_entity,"
            " r.source_key",
        {person, field});
    std::vector<Opinion> opinions;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto text = [&](std::size_t column) {
            return rows.is_null(i, column) ? std::string() : std::string(rows.text(i, column));
        };
        opinions.push_back({text(0), text(1), text(2), text(5), text(6), text(7), text(8), text(9), rows.boolean(i, 3),
                            rows.boolean(i, 4)});
    }
    return opinions;
}

/// The same of an identifier, which stands in rows of its own.
std::vector<Opinion> identifiers_of(TargetConnection& connection, const TargetSchema& schema, const std::string& person,
                                    const std::string& type, const std::string& golden) {
    const TargetResult rows = connection.query(
        "SELECT value, source_system, source_person_key, coalesce(status, 'no status'), run_id, source_entity,"
        " source_key FROM " +
            qualified_table(*schema.find("person_identifier")) +
            " WHERE person_id = $1 AND id_type = $2 ORDER BY value <> $3, value, source_system, source_key",
        {person, type, golden});
    std::vector<Opinion> opinions;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(i, column)); };
        const bool same = text(0) == golden;
        opinions.push_back({text(0), text(1), text(2),
                            "status " + text(3) + ": best status, then most systems, then the smallest", "", text(4),
                            text(5), text(6), same, same});
    }
    return opinions;
}

/// Where a source row stood in its delivery; "" where the role may not see it as it was read.
std::string position_of(TargetConnection& connection, const Opinion& opinion, std::uint8_t clearance) {
    std::string sql =
        "SELECT position FROM lineage.source_row WHERE (source_system, source_entity, source_key) ="
        " ($1, $2, $3)";
    if (clearance != kAccessOpen)
        sql +=
            " UNION ALL SELECT position FROM sealed.source_row WHERE (source_system, source_entity, source_key) ="
            " ($1, $2, $3)";
    const TargetResult row =
        connection.query(sql + " LIMIT 1", {opinion.system, opinion.source_entity, opinion.source_key});
    return row.empty() ? std::string() : std::string(row.text(0, 0));
}

std::string line_of(TargetConnection& connection, const Opinion& opinion, std::uint8_t clearance) {
    const char* word = opinion.chosen ? "chosen" : opinion.agrees ? "agrees" : "other";
    std::string text = fmt::format("  {:<7} {}\n          from {} {} {}", word, opinion.value, opinion.system,
                                   opinion.source_entity, display_key(opinion.source_key));
    if (const std::string position = position_of(connection, opinion, clearance); !position.empty())
        text += ", " + position;
    if (opinion.source_key != opinion.key) text += ", record " + display_key(opinion.key);
    text += ", written by run " + opinion.run;
    if (!opinion.rule.empty()) text += fmt::format("\n          rule {}", opinion.rule);
    if (!opinion.recorded.empty()) text += fmt::format("\n          last changed at its source {}", opinion.recorded);
    return text + "\n";
}

}  // namespace

void require_golden_field(const TargetSchema& schema, const std::string& field) {
    std::vector<std::string> known;
    for (const FieldDescriptor& one : schema.golden_person().fields) known.push_back(one.name);
    std::erase_if(known, [](const std::string& name) { return name == "records" || name == "systems"; });
    if (std::ranges::find(known, field) != known.end()) return;
    const std::string nearest = nearest_word(field, known);
    throw Error(ErrorKind::usage, fmt::format("the golden record has no field \"{}\"{}", field,
                                              nearest.empty() ? std::string("; caseweave child shows those it has")
                                                              : "; did you mean \"" + nearest + "\"?"));
}

std::string describe_value_lineage(TargetConnection& connection, const TargetSchema& schema, std::int64_t person,
                                   const std::string& field, std::uint8_t clearance) {
    const std::string id = std::to_string(person);
    const TargetResult golden =
        connection.query("SELECT " + TargetConnection::quote_identifier(field) + "::text FROM " +
                             std::string(kGoldenView) + " WHERE person_id = $1",
                         {id});
    if (golden.empty()) return {};
    const std::string value = golden.is_null(0, 0) ? "" : std::string(golden.text(0, 0));
    const std::vector<Opinion> opinions = is_identifier(field) ? identifiers_of(connection, schema, id, field, value)
                                                               : opinions_of(connection, schema, id, field);
    std::string text = fmt::format("Person {}, {}: {}\n", id, name_in_words(field), value.empty() ? "no value" : value);
    for (const Opinion& opinion : opinions) text += line_of(connection, opinion, clearance);
    if (opinions.empty()) text += "  no source that you may see gives a value\n";
    return text;
}

}  // namespace caseweave
