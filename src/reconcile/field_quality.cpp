#include "reconcile/field_quality.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "canonical/copy_encoding.hpp"
#include "canonical/golden_identifiers.hpp"
#include "reconcile/published_count.hpp"

namespace caseweave {

namespace {

/// What an address is found and visited by.
constexpr std::array<std::string_view, 5> kAddressFields = {"house_number", "street", "town", "postcode", "uprn"};
constexpr std::array<std::string_view, 2> kContactFields = {"phone", "email"};

/// Writes the condition that a row of a canonical table gave this field a value, which was set aside.
std::string was_set_aside(std::string_view table, std::string_view field) {
    return fmt::format("coalesce(',' || {}.missing || ',' LIKE {}, false)", table,
                       TargetConnection::quote_literal(fmt::format("%,{}:invalid,%", field)));
}

/// Counts chosen values that stand in a record of their person, by field.
std::map<std::string, std::uint64_t, std::less<>> count_values_with_origin(TargetConnection& loader) {
    std::map<std::string, std::uint64_t, std::less<>> counts;
    const TargetResult rows = loader.execute(
        "SELECT v.field, count(*) FROM integrated.person_value v JOIN lineage.crosswalk w"
        " ON w.source_system = v.origin_system AND w.source_person_key = v.origin_key"
        " AND w.person_id = v.person_id WHERE v.chosen GROUP BY 1",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i) counts.emplace(rows.text(i, 0), rows.count(i, 1));
    return counts;
}

void count_person_fields(TargetConnection& loader, const EntityDescriptor& person, std::vector<FieldQuality>& lines) {
    std::string filled, invalid;
    for (const FieldDescriptor& field : person.fields) {
        filled += ", count(" + TargetConnection::quote_identifier(field.name) + ")";
        invalid += ", count(*) FILTER (WHERE " + was_set_aside("t", field.name) + ")";
    }
    const TargetResult before = loader.execute("SELECT source_system, count(*)" + filled + invalid + " FROM " +
                                                   qualified_table(person) + " t GROUP BY 1 ORDER BY 1",
                                               TargetConnection::kLongDeadline);
    for (std::size_t row = 0; row < before.rows(); ++row) {
        for (std::size_t f = 0; f < person.fields.size(); ++f) {
            FieldQuality line{std::string(before.text(row, 0)), person.fields[f].name, before.count(row, 1)};
            line.filled = before.count(row, 2 + f);
            line.invalid = before.count(row, 2 + person.fields.size() + f);
            line.given = line.filled + line.invalid;
            lines.push_back(std::move(line));
        }
    }
    const TargetResult after = loader.execute(
        "SELECT count(*)" + filled + " FROM integrated.person HAVING count(*) > 0", TargetConnection::kLongDeadline);
    if (after.rows() == 0) return;
    const auto with_origin = count_values_with_origin(loader);
    for (std::size_t f = 0; f < person.fields.size(); ++f) {
        FieldQuality line{"", person.fields[f].name, after.count(0, 0)};
        line.filled = line.given = after.count(0, 1 + f);
        // How exact a date is goes with the date.
        std::string_view origin_of = person.fields[f].name;
        constexpr std::string_view kPrecision = "_precision";
        if (origin_of.ends_with(kPrecision)) origin_of.remove_suffix(kPrecision.size());
        const auto found = with_origin.find(origin_of);
        line.invalid = line.given - std::min(line.given, found == with_origin.end() ? 0 : found->second);
        lines.push_back(std::move(line));
    }
}

/// Writes the fields of one table as rows (line, field, held, set aside) beside each of its rows.
template <std::size_t N>
std::string fields_of(std::string_view table, std::size_t first_line, const std::array<std::string_view, N>& fields) {
    std::string values;
    for (const std::string_view field : fields)
        values += fmt::format("{}({}, '{}', t.{} IS NOT NULL, {})", values.empty() ? "" : ", ", first_line++, field,
                              field, was_set_aside("t", field));
    return fmt::format(
        "SELECT t.source_system, t.source_person_key, t.person_id, v.* FROM integrated.{} t CROSS JOIN LATERAL "
        "(VALUES {}) v",
        table, values);
}

/// Writes the query of every value of a child that a record gives: one row each.
std::string values_of_children() {
    std::string chosen_first;
    for (std::size_t i = 0; i < kGoldenIdentifiers.size(); ++i)
        chosen_first += fmt::format(" WHEN '{}' THEN {}", kGoldenIdentifiers[i], i);
    constexpr std::size_t kOthers = kGoldenIdentifiers.size();
    return fmt::format(
        "SELECT t.source_system, t.source_person_key, t.person_id, CASE t.id_type{} ELSE {} END,"
        " coalesce(t.id_type, 'identifier_of_unknown_type'), t.value IS NOT NULL, {} FROM integrated.person_identifier "
        "t"
        " UNION ALL {} UNION ALL {}",
        chosen_first, kOthers, was_set_aside("t", "value"), fields_of("person_address", kOthers + 1, kAddressFields),
        fields_of("person_contact", kOthers + 1 + kAddressFields.size(), kContactFields));
}

void count_values_of_children(TargetConnection& loader, std::vector<FieldQuality>& lines) {
    std::map<std::string, std::uint64_t, std::less<>> records;
    const TargetResult children = loader.execute(
        "SELECT w.source_system, count(*) FROM lineage.crosswalk w JOIN integrated.child c"
        " ON c.child_id = w.person_id GROUP BY 1"
        " UNION ALL SELECT '', count(*) FROM integrated.child",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < children.rows(); ++i) records.emplace(children.text(i, 0), children.count(i, 1));

    // First each record of a child, then each system and (no system) the consolidated children.
    const TargetResult kept =
        loader.execute("WITH value (source_system, source_person_key, person_id, line, field, held, set_aside) AS (" +
                           values_of_children() +
                           "), record AS (SELECT v.source_system, v.person_id, v.line, v.field, bool_or(held) AS held,"
                           " count(*) FILTER (WHERE held OR set_aside) AS given, count(*) FILTER (WHERE set_aside) AS"
                           " set_aside FROM value v JOIN integrated.child c ON c.child_id = v.person_id"
                           " GROUP BY v.source_system, v.source_person_key, v.person_id, v.line, v.field)"
                           " SELECT coalesce(source_system, ''), field, CASE WHEN source_system IS NULL"
                           " THEN count(DISTINCT person_id) FILTER (WHERE held) ELSE count(*) FILTER (WHERE held) END,"
                           " sum(given)::bigint, sum(set_aside)::bigint FROM record"
                           " GROUP BY GROUPING SETS ((source_system, line, field), (line, field))"
                           " ORDER BY line, field, source_system",
                       TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < kept.rows(); ++i) {
        const bool chosen = std::ranges::find(kGoldenIdentifiers, kept.text(i, 1)) != kGoldenIdentifiers.end();
        if (kept.text(i, 0).empty() && chosen) continue;
        lines.push_back({std::string(kept.text(i, 0)), std::string(kept.text(i, 1)),
                         records[std::string(kept.text(i, 0))], kept.count(i, 2), kept.count(i, 3), kept.count(i, 4),
                         true});
    }
    for (const std::string_view type : kGoldenIdentifiers) {
        const TargetResult chosen = loader.execute(
            fmt::format("SELECT count(p.{0}), count(*) FILTER (WHERE p.{0} IS NOT NULL AND NOT EXISTS (SELECT"
                        " FROM integrated.person_identifier i WHERE i.person_id = p.person_id AND i.id_type ="
                        " '{0}' AND i.value = p.{0})) FROM integrated.person p JOIN integrated.child c"
                        " ON c.child_id = p.person_id",
                        type),
            TargetConnection::kLongDeadline);
        lines.push_back(
            {"", std::string(type), records[""], chosen.count(0, 0), chosen.count(0, 0), chosen.count(0, 1), true});
    }
}

}  // namespace

std::vector<FieldQuality> count_field_quality(TargetConnection& loader, const CanonicalSchema& canonical) {
    std::vector<FieldQuality> lines;
    const EntityDescriptor* person = canonical.find("person");
    if (person == nullptr) return lines;
    count_person_fields(loader, *person, lines);
    count_values_of_children(loader, lines);
    return lines;
}

std::string publish_validity(const FieldQuality& line) {
    const std::uint64_t valid = line.given - line.invalid;
    const bool few = is_small(line.filled) || is_small(line.records);
    if (few && valid > 0 && line.invalid > 0) return "c";
    return publish_fine_share(valid, line.given);
}

}  // namespace caseweave
