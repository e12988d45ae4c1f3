#include "app/people_files/people_columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/error.hpp"
#include "settings/toml_table.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 29> kFields = {"given_name",
                                                      "middle_names",
                                                      "family_name",
                                                      "full_name",
                                                      "former_family_name",
                                                      "alias",
                                                      "birth_date",
                                                      "birth_year",
                                                      "birth_month",
                                                      "birth_day",
                                                      "sex",
                                                      "house_number",
                                                      "street",
                                                      "town",
                                                      "postcode",
                                                      "uprn",
                                                      "nhs_number",
                                                      "upn",
                                                      "uln",
                                                      "phone",
                                                      "email",
                                                      "mother_given_name",
                                                      "mother_family_name",
                                                      "guardian_given_name",
                                                      "guardian_family_name",
                                                      "multiple_birth",
                                                      "birth_order",
                                                      "birth_place",
                                                      "school"};

/// Fields a person may have several of, each in a column of its own.
constexpr std::array<std::string_view, 4> kRepeatable = {"former_family_name", "alias", "phone", "email"};

constexpr std::array<std::string_view, 4> kKinds = {"exact", "text", "date", "number"};

std::vector<std::string> words_of(std::span<const std::string_view> words) {
    return {words.begin(), words.end()};
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const std::string nearest = nearest_word(word, candidates);
    return nearest.empty() ? std::string() : "; did you mean \"" + nearest + "\"?";
}

bool is_field(std::string_view word) noexcept {
    return std::find(kFields.begin(), kFields.end(), word) != kFields.end();
}

/// Takes one name off the front of "name,..." or "\"a name, with a comma\",...", up to `stop` or the end.
std::string take_name(std::string_view& text, char stop, const std::string& argument) {
    std::string name;
    if (text.starts_with('"')) {
        std::size_t at = 1;
        for (; at < text.size(); ++at) {
            if (text[at] != '"') {
                name += text[at];
            } else if (at + 1 < text.size() && text[at + 1] == '"') {
                name += text[at++];
            } else {
                break;
            }
        }
        if (at == text.size() || (at + 1 < text.size() && text[at + 1] != stop))
            throw Error(ErrorKind::usage, "--columns " + argument + ": a quote is not closed");
        text.remove_prefix(at + 1);
    } else {
        const std::size_t end = std::min(text.find(stop), text.size());
        name = text.substr(0, end);
        text.remove_prefix(end);
    }
    if (!text.empty()) text.remove_prefix(1);  // the stop
    return std::string(text::trim(name));
}

void read_columns(const std::string& argument, std::vector<PeopleColumns::FieldColumn>& fields) {
    for (std::string_view rest = argument; !rest.empty();) {
        const std::size_t equals = rest.find('=');
        const std::size_t comma = rest.find(',');
        if (equals == std::string_view::npos || comma < equals) {
            throw Error(ErrorKind::usage,
                        fmt::format("--columns takes FIELD=COLUMN,FIELD=COLUMN, not \"{}\"", rest.substr(0, comma)));
        }
        PeopleColumns::FieldColumn entry;
        entry.field = text::trim(rest.substr(0, equals));
        rest.remove_prefix(equals + 1);
        entry.column = take_name(rest, ',', argument);
        if (!is_field(entry.field)) {
            const std::string nearest = did_you_mean(entry.field, words_of(kFields));
            throw Error(
                ErrorKind::usage,
                fmt::format("--columns: no field \"{}\"{}", entry.field,
                            nearest.empty() ? fmt::format("; the fields are {}", fmt::join(kFields, " ")) : nearest));
        }
        if (entry.column.empty())
            throw Error(ErrorKind::usage, fmt::format("--columns: field {} names no column", entry.field));
        const bool again = std::any_of(fields.begin(), fields.end(), [&](const auto& earlier) {
            return earlier.field == entry.field &&
                   (earlier.column == entry.column ||
                    std::find(kRepeatable.begin(), kRepeatable.end(), entry.field) == kRepeatable.end());
        });
        if (again) throw Error(ErrorKind::usage, fmt::format("--columns: field {} stands twice", entry.field));
        fields.push_back(std::move(entry));
    }
}

FurtherColumn read_further(const std::string& argument) {
    const std::size_t colon = argument.rfind(':');
    const std::string kind(colon == std::string::npos ? std::string_view()
                                                      : std::string_view(argument).substr(colon + 1));
    const auto found = std::find(kKinds.begin(), kKinds.end(), kind);
    if (colon == std::string::npos || colon == 0 || found == kKinds.end()) {
        throw Error(ErrorKind::usage,
                    fmt::format("--also takes COLUMN:KIND, and KIND is one of {}, not \"{}\"{}", fmt::join(kKinds, " "),
                                argument, colon == std::string::npos ? "" : did_you_mean(kind, words_of(kKinds))));
    }
    return {std::string(text::trim(argument.substr(0, colon))), static_cast<ExtraKind>(found - kKinds.begin())};
}

/// Refuses fields that say one thing twice, or half a thing.
void check_together(const PeopleColumns& columns) {
    const auto has = [&](std::string_view field) { return !columns.column_of(field).empty(); };
    const auto refuse = [](const std::string& message) { throw Error(ErrorKind::usage, "--columns: " + message); };
    if (has("full_name")) {
        for (const std::string_view part : {"given_name", "middle_names", "family_name"}) {
            if (has(part))
                refuse(fmt::format("full_name is split into forenames and family name; map it or {}, not both", part));
        }
    }
    if (has("birth_date") && (has("birth_year") || has("birth_month") || has("birth_day")))
        refuse("map birth_date, or birth_year with birth_month and birth_day, not both");
    if (!has("birth_year") && (has("birth_month") || has("birth_day")))
        refuse("birth_month and birth_day need birth_year");
    if (has("birth_day") && !has("birth_month")) refuse("birth_day needs birth_month");
}

}  // namespace

std::span<const std::string_view> people_fields() noexcept {
    return kFields;
}

std::string PeopleColumns::column_of(std::string_view field) const {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const FieldColumn& entry) { return entry.field == field; });
    return found == fields.end() ? std::string() : found->column;
}

std::vector<std::string> PeopleColumns::columns_of(std::string_view field) const {
    std::vector<std::string> columns;
    for (const FieldColumn& entry : fields) {
        if (entry.field == field) columns.push_back(entry.column);
    }
    return columns;
}

std::vector<std::string> PeopleColumns::names() const {
    std::vector<std::string> names;
    const auto add = [&](const std::string& name) {
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    add(id);
    for (const FieldColumn& entry : fields) add(entry.column);
    for (const FurtherColumn& entry : further) add(entry.column);
    return names;
}

PeopleColumns parse_people_columns(const ColumnArguments& arguments) {
    PeopleColumns columns;
    columns.id = text::trim(arguments.id);
    for (const std::string& argument : arguments.columns) read_columns(argument, columns.fields);
    for (const std::string& argument : arguments.also) {
        columns.further.push_back(read_further(argument));
        const auto again = std::count_if(
            columns.further.begin(), columns.further.end(),
            [&](const FurtherColumn& earlier) { return earlier.column == columns.further.back().column; });
        if (again > 1)
            throw Error(ErrorKind::usage, fmt::format("--also: column {} stands twice", columns.further.back().column));
    }
    for (const std::string& text : arguments.null_texts) columns.null_texts.emplace_back(text::trim(text));
    check_together(columns);
    return columns;
}

std::vector<PeopleColumns::FieldColumn> columns_named_as_fields(std::span<const std::string> header,
                                                                std::string_view prefix) {
    std::vector<PeopleColumns::FieldColumn> found;
    for (const std::string_view field : kFields) {
        const std::string name = std::string(prefix).append(field);
        if (std::find(header.begin(), header.end(), name) != header.end())
            found.push_back({std::string(field), std::string(field)});
    }
    // A file may say a thing whole and in parts: the forenames and the family name, and the date, are told apart best.
    const auto has = [&](std::string_view field) {
        return std::any_of(found.begin(), found.end(), [&](const auto& entry) { return entry.field == field; });
    };
    const auto drop = [&](std::string_view field) {
        std::erase_if(found, [&](const auto& entry) { return entry.field == field; });
    };
    if (has("given_name") || has("family_name")) drop("full_name");
    if (has("full_name")) drop("middle_names");
    if (has("birth_date") || !has("birth_year")) {
        for (const std::string_view part : {"birth_year", "birth_month", "birth_day"}) drop(part);
    }
    if (!has("birth_month")) drop("birth_day");
    return found;
}

void require_columns(const PeopleColumns& columns, std::span<const std::string> header, const std::string& file,
                     std::string_view prefix) {
    for (const std::string& name : columns.names()) {
        const std::string wanted = std::string(prefix) + name;
        if (std::find(header.begin(), header.end(), wanted) != header.end()) continue;
        const std::vector<std::string> there(header.begin(), header.end());
        std::string nearest = did_you_mean(wanted, there);
        if (there.size() == 1 && there.front().find_first_of(",;|\t") != std::string::npos)
            nearest = "; its first line is one column only: name what stands between its columns with --separator";
        throw Error(
            ErrorKind::usage,
            fmt::format("{} has no column \"{}\"{}", file, wanted,
                        nearest.empty() ? fmt::format("; its columns are {}", fmt::join(there, ", ")) : nearest));
    }
}

}  // namespace caseweave
