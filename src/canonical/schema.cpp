#include "canonical/schema.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "core/error.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

/// Finds a word in a list of names and returns its index; the settings error lists what is known.
template <std::size_t Size>
std::size_t choose(const TomlTable& table, std::string_view key, const std::string& word,
                   const std::array<std::string_view, Size>& names) {
    table.takes_only(key, names);
    const auto found = std::find(names.begin(), names.end(), word);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
    std::string message = std::string(key) + " \"" + word + "\" is not one of";
    for (const std::string_view name : names) message += " " + std::string(name);
    table.fail(key, message);
}

/// Tells what a type alone discloses: a postcode always says where.
Discloses disclosed_by(FieldType type) {
    switch (type) {
        case FieldType::postcode:
        case FieldType::uprn:
            return Discloses::address;
        case FieldType::phone:
            return Discloses::phone;
        case FieldType::email:
            return Discloses::email;
        default:
            return Discloses::nothing;
    }
}

FieldDescriptor read_field(const TomlTable& table) {
    FieldDescriptor field;
    field.name = table.string("name");
    field.type = static_cast<FieldType>(choose(table, "type", table.string("type"), kFieldTypeNames));
    field.code_list = table.string("code_list", "");
    if ((field.type == FieldType::code) == field.code_list.empty())
        table.fail("code_list", "a code field, and only a code field, names a code_list");
    field.sensitivity = static_cast<Sensitivity>(
        choose(table, "sensitivity", table.string("sensitivity", "personal"), kSensitivityNames));
    const std::string_view by_type = kDisclosesNames[static_cast<std::size_t>(disclosed_by(field.type))];
    field.discloses = static_cast<Discloses>(
        choose(table, "discloses", table.string("discloses", std::string(by_type)), kDisclosesNames));
    field.description = table.string("description");
    field.ssd = table.string("ssd", "");
    field.dfe = table.string("dfe", "");
    return field;
}

EntityDescriptor read_entity(const TomlTable& table) {
    EntityDescriptor entity;
    entity.name = table.string("name");
    entity.table = table.string("table", entity.name);
    entity.schema = table.string("schema", "integrated");
    choose(table, "schema", entity.schema, std::array<std::string_view, 3>{"integrated", "sealed", "lineage"});
    entity.description = table.string("description");
    entity.pass = static_cast<Pass>(choose(table, "pass", table.string("pass", "cases"), kPassNames));
    entity.subject = static_cast<Subject>(choose(table, "subject", table.string("subject", "child"), kSubjectNames));
    entity.version = table.string("version");
    std::set<std::string> names;
    for (const TomlTable& entry : table.tables("field")) {
        entity.fields.push_back(read_field(entry));
        if (!names.insert(entity.fields.back().name).second)
            entry.fail("name", "field " + entity.fields.back().name + " stands twice");
    }
    if (entity.fields.empty()) table.fail("field", "entity " + entity.name + " has no fields");
    table.finish();
    return entity;
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder, std::string_view extension) {
    std::vector<std::filesystem::path> files;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
        if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    if (error) throw Error(ErrorKind::usage, "cannot read folder " + folder.string() + ": " + error.message());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

CanonicalSchema CanonicalSchema::load(const std::filesystem::path& folder) {
    CanonicalSchema schema;
    for (const auto& file : files_of(folder / "codes", ".csv"))
        schema.code_lists_.emplace(file.stem().string(), CodeList::load(file));
    for (const auto& file : files_of(folder, ".toml")) {
        const TomlTable table = TomlTable::parse_file(file);
        EntityDescriptor entity = read_entity(table);
        if (file.stem() != entity.name)
            table.fail("name", "the file of entity " + entity.name + " must be named " + entity.name + ".toml");
        for (const FieldDescriptor& field : entity.fields) {
            if (!field.code_list.empty() && schema.find_code_list(field.code_list) == nullptr) {
                table.fail("field", "field " + field.name + " names code list " + field.code_list +
                                        ", which codes/ does not hold");
            }
        }
        schema.entities_.push_back(std::move(entity));
    }
    return schema;
}

const EntityDescriptor* CanonicalSchema::find(std::string_view entity) const noexcept {
    for (const EntityDescriptor& candidate : entities_) {
        if (candidate.name == entity) return &candidate;
    }
    return nullptr;
}

const CodeList* CanonicalSchema::find_code_list(std::string_view name) const noexcept {
    const auto found = code_lists_.find(name);
    return found == code_lists_.end() ? nullptr : &found->second;
}

}  // namespace caseweave
