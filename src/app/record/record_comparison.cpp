#include "app/record/record_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "app/record/shown_values.hpp"
#include "canonical/copy_encoding.hpp"
#include "canonical/name_words.hpp"
#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

/// Width of a column of values; what is longer goes on in the next line.
constexpr std::size_t kColumn = 38;

/// Holds one side's values by what they are, in the order the schema lists them.
using Side = std::vector<std::pair<std::string, std::string>>;

void add_value(Side& side, const std::string& label, const std::string& value) {
    const auto known = std::ranges::find(side, label, &Side::value_type::first);
    if (known == side.end()) {
        side.emplace_back(label, value);
    } else if (("; " + known->second + "; ").find("; " + value + "; ") == std::string::npos) {
        known->second += "; " + value;
    }
}

/// Adds between which days a person was born, where the record has these days instead of a birth date.
void add_birth_range(Side& side, const TargetResult& rows, std::size_t row, const EntityDescriptor& person) {
    const auto column = [&](std::string_view field) { return static_cast<std::size_t>(person.find(field)); };
    if (!rows.is_null(row, column("birth_date"))) return;
    const std::string range =
        shown_birth_range(rows.text(row, column("birth_date_earliest")), rows.text(row, column("birth_date_latest")));
    if (!range.empty()) add_value(side, "born", range);
}

/// Adds what one people entity says of a record: the person field by field, of side rows one value a row under the
/// row's type ("address", "former name").
void add_entity(Side& side, TargetConnection& connection, const CanonicalSchema& canonical,
                const EntityDescriptor& entity, const SourceRecordId& record) {
    std::string columns;
    for (const FieldDescriptor& field : entity.fields)
        columns += (columns.empty() ? "" : ", ") + TargetConnection::quote_identifier(field.name);
    const TargetResult rows = connection.query("SELECT " + columns + " FROM " + qualified_table(entity) +
                                                   " WHERE source_system = $1 AND source_person_key = $2"
                                                   " ORDER BY source_key, source_part",
                                               {record.system, record.key});
    const bool is_person = entity.name == "person";
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        if (is_person) add_birth_range(side, rows, r, entity);
        std::string line;
        std::string label = name_in_words(entity.name.starts_with("person_") ? entity.name.substr(7) : entity.name);
        for (std::size_t i = 0; i < entity.fields.size(); ++i) {
            if (rows.is_null(r, i)) continue;
            const FieldDescriptor& field = entity.fields[i];
            const std::string value = shown_value(canonical, field, rows.text(r, i));
            if (is_person) {
                add_value(side, name_in_words(field.name), value);
            } else if (field.name.ends_with("_type")) {
                label = value + (entity.name == "person_name" || entity.name == "person_address" ? " " + label : "");
            } else if (field.type == FieldType::boolean) {
                if (value == "yes") line += (line.empty() ? "" : ", ") + name_in_words(field.name);
            } else if (field.type == FieldType::date || field.type == FieldType::timestamp) {
                line += (line.empty() ? "" : ", ") + name_in_words(field.name) + " " + value;
            } else {
                line += (line.empty() ? "" : ", ") + value;
            }
        }
        if (!line.empty()) add_value(side, label, line);
    }
}

Side read_side(TargetConnection& connection, const CanonicalSchema& canonical, const SourceRecordId& record) {
    Side side;
    for (const EntityDescriptor& entity : canonical.entities()) {
        if (entity.pass == Pass::people && entity.schema != "sealed" && entity.subject != Subject::none)
            add_entity(side, connection, canonical, entity, record);
    }
    return side;
}

/// Cuts a text into pieces of at most kColumn characters, at blanks where there are any.
std::vector<std::string> wrap(const std::string& text) {
    std::vector<std::string> lines;
    std::string line;
    std::size_t width = 0;
    std::size_t blank = std::string::npos;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t next = at + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80) ++next;
        if (text[at] == ' ') blank = line.size();
        line.append(text, at, next - at);
        at = next;
        if (++width < kColumn || at == text.size()) continue;
        const std::size_t cut = blank == std::string::npos ? line.size() : blank + 1;
        lines.push_back(line.substr(0, cut));
        line.erase(0, cut);
        width = text::count_code_points(line);
        blank = std::string::npos;
    }
    if (!line.empty() || lines.empty()) lines.push_back(line);
    return lines;
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t taken = text::count_code_points(text);
    return text + std::string(width > taken ? width - taken : 0, ' ');
}

}  // namespace

SourceRecordId parse_record_id(const std::string& id) {
    const std::size_t colon = id.find(':');
    if (colon == id.npos || colon == 0 || colon + 1 == id.size())
        throw Error(ErrorKind::usage, "a record is named SYSTEM:ID, for instance social_care:10042, not " + id);
    return {id.substr(0, colon), id.substr(colon + 1)};
}

std::string compare_records(TargetConnection& connection, const CanonicalSchema& canonical, const SourceRecordId& left,
                            const SourceRecordId& right) {
    const Side one = read_side(connection, canonical, left);
    const Side two = read_side(connection, canonical, right);
    std::vector<std::string> labels;
    for (const Side* side : {&one, &two}) {
        for (const auto& [label, value] : *side)
            if (std::ranges::find(labels, label) == labels.end()) labels.push_back(label);
    }
    const auto value_of = [](const Side& side, const std::string& label) {
        const auto found = std::ranges::find(side, label, &Side::value_type::first);
        return found == side.end() ? std::string() : found->second;
    };
    std::string text = fmt::format("  {:<22} {} {}\n", "", padded(left.text(), kColumn + 1), right.text());
    for (const std::string& label : labels) {
        const std::string a = value_of(one, label);
        const std::string b = value_of(two, label);
        const auto lines_a = wrap(a);
        const auto lines_b = wrap(b);
        for (std::size_t i = 0; i < std::max(lines_a.size(), lines_b.size()); ++i) {
            const bool differs = i == 0 && !a.empty() && !b.empty() && a != b;
            std::string line = fmt::format("{} {:<22} {} {}", differs ? "*" : " ", i == 0 ? label : "",
                                           padded(i < lines_a.size() ? lines_a[i] : "", kColumn + 1),
                                           i < lines_b.size() ? lines_b[i] : "");
            while (line.back() == ' ') line.pop_back();
            text += line + '\n';
        }
    }
    return text + "  * differs\n";
}

}  // namespace caseweave
