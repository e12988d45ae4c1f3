#include "load/target_schema.hpp"

#include <fmt/core.h>

#include <set>

#include "canonical/copy_encoding.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

EntityDescriptor golden(std::string name, std::string table, Subject subject, std::string description,
                        std::string version, std::vector<FieldDescriptor> fields) {
    EntityDescriptor entity;
    entity.name = std::move(name);
    entity.table = std::move(table);
    entity.schema = "integrated";
    entity.description = std::move(description);
    entity.pass = Pass::people;
    entity.subject = subject;
    entity.version = std::move(version);
    entity.fields = std::move(fields);
    return entity;
}

FieldDescriptor field(std::string name, FieldType type, std::string description) {
    FieldDescriptor descriptor;
    descriptor.name = std::move(name);
    descriptor.type = type;
    descriptor.description = std::move(description);
    return descriptor;
}

/// A field must not have the name of a column that every table has (area, access, missing, ...).
void refuse_ambiguous_columns(const EntityDescriptor& entity) {
    std::set<std::string> names;
    for (const TableColumn& column : table_columns(entity))
        if (!names.insert(column.name).second)
            throw Error(ErrorKind::usage,
                        fmt::format("schemas/canonical/{}.toml: the table has a column {} of its own; give the field "
                                    "another name.",
                                    entity.name, column.name));
}

}  // namespace

TargetSchema::TargetSchema(const CanonicalSchema& canonical) {
    const EntityDescriptor* person = canonical.find("person");
    if (person == nullptr)
        throw Error(ErrorKind::usage,
                    "The canonical schema has no entity person; the program's schemas folder is not whole.");

    std::vector<FieldDescriptor> chosen = person->fields;
    chosen.push_back(field("nhs_number", FieldType::text, "NHS number chosen among those of the records"));
    chosen.push_back(field("upn", FieldType::text, "Unique pupil number chosen"));
    chosen.push_back(field("uln", FieldType::text, "Unique learner number chosen"));
    chosen.push_back(field("records", FieldType::integer, "Source records that are this person"));
    chosen.push_back(field("systems", FieldType::integer, "Systems those records are in"));
    golden_person_ = golden("golden_person", "person", Subject::person,
                            "One person, with the value chosen for each field.", person->version, std::move(chosen));

    child_ = golden("child", "child", Subject::child, "One child or unborn child; what every case row hangs on.",
                    person->version,
                    {field("kind", FieldType::text, "child or unborn"),
                     field("records", FieldType::integer, "Source records that are this child"),
                     field("systems", FieldType::integer, "Systems those records are in")});

    person_value_ =
        golden("person_value", "person_value", Subject::person,
               "Where each value of a person comes from, the chosen ones and those that dissent.", person->version,
               {field("field", FieldType::text, "Field of the person record"),
                field("value", FieldType::text, "The value as text"),
                field("origin_system", FieldType::text, "System that gives it"),
                field("origin_key", FieldType::key, "Person key of the record that gives it"),
                field("chosen", FieldType::boolean, "It is the value of integrated.person"),
                field("agrees", FieldType::boolean,
                      "It is that value or one that differs in case, diacritics and punctuation only"),
                field("rule", FieldType::text, "Survivorship rule that chose it, or that it lost to"),
                field("recorded", FieldType::timestamp, "When the origin last changed its record")});

    for (const EntityDescriptor& entity : canonical.entities()) entities_.push_back(&entity);
    for (const EntityDescriptor* entity : {&golden_person_, &child_, &person_value_}) entities_.push_back(entity);
    for (const EntityDescriptor* entity : entities_) refuse_ambiguous_columns(*entity);
}

const EntityDescriptor* TargetSchema::find(std::string_view name) const noexcept {
    for (const EntityDescriptor* entity : entities_)
        if (entity->name == name) return entity;
    return nullptr;
}

}  // namespace caseweave
