#include "describe_schemas/data_dictionary.hpp"

#include <fmt/core.h>

namespace caseweave {

namespace {

/// Makes text safe inside a cell of a Markdown table.
std::string cell(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        if (c == '|') escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string type_of(const FieldDescriptor& field) {
    if (field.type != FieldType::code) return std::string(to_string(field.type));
    return fmt::format("[code](#codes-{})", field.code_list);
}

std::string describe_entity(const EntityDescriptor& entity) {
    std::string text = fmt::format(
        "\n## {}\n\n{}\n\nTable `{}.{}`; a row speaks of: {}; read in the pass: {}; version {}.\n\n"
        "| field | type | sensitivity | description | SSD | DfE |\n|---|---|---|---|---|---|\n",
        entity.name, entity.description, entity.schema, entity.table, to_string(entity.subject), to_string(entity.pass),
        entity.version);
    for (const FieldDescriptor& field : entity.fields) {
        text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", field.name, type_of(field),
                            to_string(field.sensitivity), cell(field.description), cell(field.ssd), cell(field.dfe));
    }
    return text;
}

std::string describe_codes(const std::string& name, const CodeList& list) {
    std::string text = fmt::format("\n## codes {}\n\n| code | label |\n|---|---|\n", name);
    for (const auto& [code, label] : list.entries())
        text += fmt::format("| `{}` | {} |\n", *list.spelling(code), cell(label));
    return text;
}

}  // namespace

std::string data_dictionary(const CanonicalSchema& canonical, const TargetSchema& target) {
    std::string text =
        "# Data dictionary\n\nMade from schemas/canonical. Every row also holds its source reference, the source's "
        "person key, why values are missing, and the columns no mapping names.\n";
    for (const EntityDescriptor* entity : target.entities()) text += describe_entity(*entity);
    for (const auto& [name, list] : canonical.code_lists()) text += describe_codes(name, list);
    return text;
}

}  // namespace caseweave
