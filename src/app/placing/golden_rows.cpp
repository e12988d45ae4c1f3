#include "app/placing/golden_rows.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/source_ref.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kAdult = "adult";
constexpr std::string_view kChild = "child";
constexpr std::string_view kUnborn = "unborn";

/// Orders statuses of identifiers: what a traced number is worth against one that has been replaced.
int status_rank(std::string_view status) noexcept {
    if (status == "verified") return 0;
    if (status.empty() || status == "unverified") return 1;
    if (status == "temporary") return 2;
    return 3;  // superseded, former
}

std::size_t systems_of(const PersonStore& store, const GoldenRecord& golden) {
    std::set<SystemId> systems;
    for (const PersonRow member : golden.members) systems.insert(store.system(member));
    return systems.size();
}

}  // namespace

Value value_of(const PersonStore& store, PersonRow row, PersonField field) {
    const Missing missing = store.missing(row, field);
    if (missing != Missing::no) return Value::of_missing(missing);
    switch (kPersonFieldTypes[static_cast<std::size_t>(field)]) {
        case FieldType::date:
        case FieldType::partial_date:
            return Value::of_date(store.date(row, field).value_or(Date{}));
        case FieldType::timestamp:
            return Value::of_integer(store.timestamp(row, field).value_or(Timestamp{}).microseconds);
        case FieldType::integer:
        case FieldType::boolean:
            return Value::of_integer(store.integer(row, field).value_or(0));
        default:
            return Value::of_text(store.text(row, field));
    }
}

std::string value_text(const PersonStore& store, PersonRow row, PersonField field) {
    const FieldType type = kPersonFieldTypes[static_cast<std::size_t>(field)];
    const Value value = value_of(store, row, field);
    switch (type) {
        case FieldType::date:
        case FieldType::partial_date:
            return to_string(value.date);
        case FieldType::boolean:
            return value.integer != 0 ? "t" : "f";
        case FieldType::integer:
            return std::to_string(value.integer);
        default:
            return std::string(value.text);
    }
}

std::string_view GoldenRowWriter::kind_of(const GoldenRecord& golden) const {
    bool unborn = false;
    for (const PersonRow member : golden.members) {
        const std::string_view kind = store_->text(member, PersonField::person_kind);
        if (kind == kAdult) return kAdult;  // linking never joins an adult and a child
        if (kind != kUnborn) return kChild;
        unborn = true;
    }
    return unborn ? kUnborn : kChild;
}

CanonicalRow GoldenRowWriter::row_of(const EntityDescriptor& entity, std::string_view key, std::string_view person_key,
                                     const Value* values) {
    CanonicalRow row;
    row.entity = &entity;
    row.source_key = key;
    row.source_person_key = person_key;
    row.values = values;
    return row;
}

void GoldenRowWriter::write(const GoldenRecord& golden, const Take& take) {
    write_person(golden, take);
    if (kind_of(golden) != kAdult) write_child(golden, take);
    write_values(golden, take);
}

std::string_view GoldenRowWriter::best_identifier(const GoldenRecord& golden, std::string_view type) const {
    // Best status first, then the number most systems give, then the smallest: one answer whatever the order.
    struct Candidate {
        int rank = 4;
        std::set<SystemId> systems;
    };
    std::map<std::string_view, Candidate> candidates;
    for (const PersonRow member : golden.members) {
        for (const IdentifierRow& identifier : store_->identifiers(member)) {
            const std::string_view value = store_->pool().view(identifier.value);
            if (value.empty() || store_->pool().view(identifier.type) != type) continue;
            Candidate& candidate = candidates[value];
            candidate.rank = std::min(candidate.rank, status_rank(store_->pool().view(identifier.status)));
            candidate.systems.insert(store_->system(member));
        }
    }
    std::string_view best;
    const Candidate* chosen = nullptr;
    for (const auto& [value, candidate] : candidates) {
        // A temporary UPN ends in a letter; it never outranks a permanent one.
        const auto worth = [](std::string_view number, const Candidate& c) {
            const bool temporary = number.size() == 13 && (number.back() < '0' || number.back() > '9');
            return std::make_pair(c.rank + (temporary ? 4 : 0), -static_cast<long>(c.systems.size()));
        };
        if (chosen == nullptr || worth(value, candidate) < worth(best, *chosen)) {
            best = value;
            chosen = &candidate;
        }
    }
    return best;
}

void GoldenRowWriter::write_person(const GoldenRecord& golden, const Take& take) {
    const EntityDescriptor& entity = schema_->golden_person();
    std::vector<Value> values(entity.fields.size());
    for (std::size_t i = 0; i < kPersonFields; ++i) {
        const auto field = static_cast<PersonField>(i);
        if (golden.has_value(field)) values[i] = value_of(*store_, golden.origin_of(field), field);
        if (std::find(golden.withheld.begin(), golden.withheld.end(), field) != golden.withheld.end())
            values[i] = Value::of_missing(Missing::withheld);
    }
    values[static_cast<std::size_t>(PersonField::person_kind)] = Value::of_text(kind_of(golden));
    const auto set = [&](std::string_view field, Value value) {
        values[static_cast<std::size_t>(entity.find(field))] = value;
    };
    for (const std::string_view type : {"nhs_number", "upn", "uln"}) {
        const std::string_view number = best_identifier(golden, type);
        if (!number.empty()) set(type, Value::of_text(number));
    }
    set("records", Value::of_integer(static_cast<std::int64_t>(golden.members.size())));
    set("systems", Value::of_integer(static_cast<std::int64_t>(systems_of(*store_, golden))));
    const std::string key = std::to_string(golden.id.value);
    take(row_of(entity, key, key, values.data()), golden.id, golden.areas, golden.access);
}

void GoldenRowWriter::write_child(const GoldenRecord& golden, const Take& take) {
    const EntityDescriptor& entity = schema_->child();
    std::vector<Value> values(entity.fields.size());
    values[static_cast<std::size_t>(entity.find("kind"))] = Value::of_text(kind_of(golden));
    values[static_cast<std::size_t>(entity.find("records"))] =
        Value::of_integer(static_cast<std::int64_t>(golden.members.size()));
    values[static_cast<std::size_t>(entity.find("systems"))] =
        Value::of_integer(static_cast<std::int64_t>(systems_of(*store_, golden)));
    const std::string key = std::to_string(golden.id.value);
    take(row_of(entity, key, key, values.data()), golden.id, golden.areas, golden.access);
}

void GoldenRowWriter::write_values(const GoldenRecord& golden, const Take& take) {
    const EntityDescriptor& entity = schema_->person_value();
    const std::string person = std::to_string(golden.id.value);
    std::vector<Value> values(entity.fields.size());
    const auto set = [&](std::string_view field, Value value) {
        values[static_cast<std::size_t>(entity.find(field))] = value;
    };
    for (const FieldOpinion& opinion : golden.opinions) {
        const std::string_view field = kPersonFieldNames[static_cast<std::size_t>(opinion.field)];
        const std::string_view system = store_->system_name(store_->system(opinion.record));
        const std::string_view origin_key = store_->key(opinion.record);
        const std::string text = value_text(*store_, opinion.record, opinion.field);
        std::string key = person;
        for (const std::string_view part : {field, system, origin_key}) (key += kKeySeparator) += part;
        set("field", Value::of_text(field));
        set("value", Value::of_text(text));
        set("origin_system", Value::of_text(system));
        set("origin_key", Value::of_text(origin_key));
        set("chosen", Value::of_integer(opinion.chosen ? 1 : 0));
        set("agrees", Value::of_integer(opinion.agrees ? 1 : 0));
        set("rule", opinion.rule.empty() ? Value::of_missing(Missing::absent) : Value::of_text(opinion.rule));
        const auto updated = store_->timestamp(opinion.record, PersonField::record_updated);
        set("recorded", updated ? Value::of_integer(updated->microseconds) : Value::of_missing(Missing::absent));
        const bool withheld =
            std::find(golden.withheld.begin(), golden.withheld.end(), opinion.field) != golden.withheld.end();
        const auto access = static_cast<std::uint8_t>(golden.access | (withheld ? kAccessRestricted : kAccessOpen));
        take(row_of(entity, key, person, values.data()), golden.id, store_->system_area(store_->system(opinion.record)),
             access);
    }
}

}  // namespace caseweave
