#include "describe_schemas/settings_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.hpp"

namespace caseweave {

toml::array array_of(const Words& words) {
    toml::array array;
    for (const std::string& word : words) array.push_back(word);
    return array;
}

Json typed(std::string_view type) {
    return Json{{"type", type}};
}

Json one_of(const Words& words) {
    return words.empty() ? typed("string") : Json{{"enum", array_of(words)}};
}

Json list_of(Json item) {
    return Json{{"type", "array"}, {"items", std::move(item)}};
}

Json object_of(Json properties) {
    return Json{{"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
}

void when(Json& schema, std::string_view key, std::string_view word, Json then) {
    if (!schema.contains("allOf")) schema.insert("allOf", toml::array{});
    const Json condition{{"properties", Json{{key, Json{{"const", word}}}}}, {"required", toml::array{key}}};
    schema["allOf"].as_array()->push_back(Json{{"if", condition}, {"then", std::move(then)}});
}

namespace {

/// A table has to be there for the sake of what has to stand in it.
bool is_required(const AskedKey& key) {
    if (key.required) return true;
    if (key.kinds != std::set{TomlKind::table} || !key.inside) return false;
    return std::ranges::any_of(key.inside->keys, [](const auto& entry) { return is_required(entry.second); });
}

}  // namespace

Json SettingsFile::schema() const {
    Paths met;
    Json schema = object(asked, "", met);
    check_descriptions(met);
    schema.insert("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.insert("title", title);
    schema.insert("description", "Made by tools/dev schemas.");
    if (const auto more = refine.find(""); more != refine.end()) more->second(schema);
    return schema;
}

void SettingsFile::check_descriptions(const Paths& met) const {
    std::string wrong;
    for (const std::string& path : met)
        if (!descriptions.contains(path)) wrong += "; no description of " + path;
    for (const auto& described : descriptions)
        if (!met.contains(described.first)) wrong += fmt::format("; no reader asks for {}", described.first);
    if (!wrong.empty()) throw Error(ErrorKind::usage, title + " in settings_keys.cpp" + wrong);
}

Json SettingsFile::object(const AskedTable& table, const std::string& path, Paths& met) const {
    Json schema = typed("object");
    if (const auto any = table.keys.find(AskedTable::kAnyName); any != table.keys.end()) {
        schema.insert("additionalProperties", value(any->second, path + ".*", met));
        if (const auto known = names.find(path); known != names.end())
            schema.insert("propertyNames", Json{{"enum", array_of(known->second)}});
        return schema;
    }
    Json properties;
    toml::array required;
    for (const auto& [name, key] : table.keys) {
        properties.insert(name, value(key, path.empty() ? name : path + "." + name, met));
        if (is_required(key)) required.push_back(name);
    }
    schema.insert("additionalProperties", false);
    schema.insert("properties", std::move(properties));
    if (!required.empty()) schema.insert("required", std::move(required));
    return schema;
}

Json SettingsFile::value(const AskedKey& key, const std::string& path, Paths& met) const {
    met.insert(path);
    toml::array forms;
    for (const TomlKind kind : key.kinds) {
        // One string stands for a list of one.
        if (kind == TomlKind::strings && !key.kinds.contains(TomlKind::string))
            forms.push_back(form(TomlKind::string, key, path, met));
        forms.push_back(form(kind, key, path, met));
    }
    Json schema = forms.size() == 1 ? *forms[0].as_table() : Json{{"anyOf", std::move(forms)}};
    if (const auto text = descriptions.find(path); text != descriptions.end())
        schema.insert("description", text->second);
    if (const auto more = refine.find(path); more != refine.end()) more->second(schema);
    return schema;
}

Json SettingsFile::form(TomlKind kind, const AskedKey& key, const std::string& path, Paths& met) const {
    const auto known = words.find(path);
    const Json word = one_of(known == words.end() ? key.words : known->second);
    const auto table = [&] { return key.inside ? object(*key.inside, path, met) : typed("object"); };
    switch (kind) {
        case TomlKind::string:
            return word;
        case TomlKind::strings:
            return list_of(word);
        case TomlKind::integer:
            return typed("integer");
        case TomlKind::integer_pair: {
            Json pair = list_of(typed("integer"));
            pair.insert("minItems", 2);
            pair.insert("maxItems", 2);
            return pair;
        }
        case TomlKind::number:
            return typed("number");
        case TomlKind::numbers:
            return Json{{"type", "array"}, {"items", Json{{"type", "number"}}}};
        case TomlKind::boolean:
            return typed("boolean");
        case TomlKind::table:
            return table();
        case TomlKind::tables:
            return list_of(table());
    }
    return {};
}

}  // namespace caseweave
