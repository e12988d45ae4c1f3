#include "connectors/formats/delimited_settings.hpp"

#include <algorithm>

#include "connectors/formats/delimited.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& delimited_options() {
    static const std::vector<OptionDescriptor> options = {
        {"separator", "string", ",", "One byte that stands between fields."},
        {"quote", "string", "\"",
         "One byte around fields that hold separators or line ends; \"\" for files without quoting."},
        {"encoding", "string", "utf-8", "utf-8 (a byte order mark is passed over) or windows-1252."},
        {"header", "boolean", "true", "Whether the first line names the columns; false with record_types."},
        {"record_types", "boolean", "false",
         "Whether the first field of each line is its type; an entity's `record` is one. Columns then follow it in "
         "declared order."},
        {"header_type", "string", "H", "Type of the line a ledger file starts with."},
        {"trailer_type", "string", "T", "Type of the line a ledger file ends with."},
        {"trailer_count", "integer", "2",
         "Field of the trailer with the number of lines between header and trailer; 1 is its type, 0 = not given."},
        {"trailer_total", "integer", "3", "Field of the trailer with the sum of the amounts; 0 = not given."},
        {"total_columns", "strings", "", "Columns that are summed up: of each record type the first it has."},
        {"max_record_bytes", "integer", "1048576", "Largest record; larger ones are rejected."},
    };
    return options;
}

namespace {
char byte_setting(const TomlTable& settings, std::string_view key, std::string_view fallback, bool may_be_empty) {
    const std::string text = settings.string(key, fallback);
    if (text.empty() && may_be_empty) return '\0';
    const bool usable = text.size() == 1 && text[0] != '\n' && text[0] != '\r' && text[0] != '\0';
    if (!usable) settings.fail(key, std::string(key) + " must be one byte that is neither a line end nor NUL");
    return text[0];
}
}  // namespace

DelimitedSettings DelimitedSettings::read(const TomlTable& table) {
    DelimitedSettings settings;
    settings.dialect.separator = byte_setting(table, "separator", ",", false);
    settings.dialect.quote = byte_setting(table, "quote", "\"", true);
    settings.encoding = encoding_setting(table, "encoding", TextEncoding::utf8);
    settings.record_types = table.boolean("record_types", false);
    settings.has_header = table.boolean("header", !settings.record_types);
    settings.header_type = table.string("header_type", "H");
    settings.trailer_type = table.string("trailer_type", "T");
    const auto count_setting = [&](std::string_view key, std::int64_t fallback, std::int64_t most) {
        const std::int64_t value = table.integer(key, fallback);
        if (value < 0 || value > most)
            table.fail(key, std::string(key) + " must be between 0 and " + std::to_string(most));
        return static_cast<std::size_t>(value);
    };
    settings.trailer_count = count_setting("trailer_count", 2, 1000);
    settings.trailer_total = count_setting("trailer_total", 3, 1000);
    settings.total_columns = table.strings("total_columns");
    settings.dialect.max_record_bytes = count_setting("max_record_bytes", 1024 * 1024, 1024 * 1024 * 1024);
    if (settings.dialect.max_record_bytes < 64) table.fail("max_record_bytes", "max_record_bytes must be at least 64");
    if (settings.record_types && settings.has_header) {
        table.fail(
            "header",
            "a file with record types has no line of column names: columns stand in declared order after the type");
    }
    table.finish();
    return settings;
}

const EntityDefinition* find_record_type(const ConnectorDefinition& connector, const EntityDefinition& entity,
                                         std::string_view type) noexcept {
    for (const EntityDefinition& other : connector.entities) {
        if (other.resource == entity.resource && other.record == type) return &other;
    }
    return nullptr;
}

bool is_first_of_its_files(const ConnectorDefinition& connector, const EntityDefinition& entity) noexcept {
    const auto first = std::find_if(connector.entities.begin(), connector.entities.end(),
                                    [&](const EntityDefinition& other) { return other.resource == entity.resource; });
    return first == connector.entities.end() || first->name == entity.name;
}

}  // namespace caseweave
