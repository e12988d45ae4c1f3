#include "app/reading/shields.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "postgres/target_connection.hpp"

namespace caseweave {

namespace {

/// Tells whether a source gave a value, be it one that was set aside.
bool is_given(const Value& value) noexcept {
    return value.has_value() || value.missing == Missing::invalid;
}

/// Adds a restricted field, and what tells the same.
void add_field(PersonField restricted, std::vector<std::string_view>& fields) {
    for (std::size_t i = 0; i < kPersonFields; ++i) {
        const auto field = static_cast<PersonField>(i);
        if (field == restricted || (tells_birth(field) && tells_birth(restricted)))
            fields.push_back(kPersonFieldNames[i]);
    }
}

}  // namespace

Shields::Shields(const PersonStore& store, const LinkResult& linked, const std::vector<PersonId>& person,
                 HiddenPlaces providers)
    : places_(std::move(providers)) {
    const auto person_of = [&](PersonRow row) { return person[linked.cluster[row.value]]; };
    for (std::uint16_t i = 0; i < store.systems(); ++i) systems_.emplace_back(store.system_name(SystemId{i}));
    note_restrictions(store, person_of);
    note_homes(store, person_of);
    note_seals(store, linked, person, person_of);
    note_families(store, person_of);
}

void Shields::note_restrictions(const PersonStore& store, const PersonOf& person_of) {
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        for (const RestrictionRow& restriction : store.restrictions({i})) {
            Scopes& scopes = scopes_[person_of({i})];
            const std::string_view scope = store.pool().view(restriction.scope);
            const std::string_view field = store.pool().view(restriction.field);
            if (scope == "address") {
                scopes.addresses = true;
            } else if (scope == "field" && field == "phone") {
                scopes.phones = true;
            } else if (scope == "field" && field == "email") {
                scopes.emails = true;
            } else {
                const auto* known = std::find(std::begin(kPersonFieldNames), std::end(kPersonFieldNames), field);
                // The whole record, or a scope or field this program does not know: the strictest reading.
                if (scope != "field" || known == std::end(kPersonFieldNames))
                    scopes.record = true;
                else
                    add_field(static_cast<PersonField>(known - std::begin(kPersonFieldNames)), scopes.fields);
            }
        }
    }
}

void Shields::note_homes(const PersonStore& store, const PersonOf& person_of) {
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        const auto scopes = scopes_.find(person_of({i}));
        const bool hidden = scopes != scopes_.end() && scopes->second.addresses;
        for (const AddressRow& address : store.addresses({i})) {
            if (!hidden && !address.restricted) continue;
            const auto text = [&](std::uint32_t id) { return store.pool().view(id); };
            places_.add_home(HomeAddress(text(address.postcode), text(address.uprn), text(address.house_number),
                                         text(address.street), text(address.text)));
        }
    }
}

void Shields::note_seals(const PersonStore& store, const LinkResult& linked, const std::vector<PersonId>& person,
                         const PersonOf& person_of) {
    std::unordered_map<std::uint32_t, std::vector<PersonId>> earlier_of_domain;
    std::unordered_map<std::uint32_t, std::vector<PersonId>> later_of_domain;
    for (const auto& [cluster, tag] : linked.sealed_clusters) {
        const bool later = (tag.value & 1U) != 0;
        (later ? later_of_domain : earlier_of_domain)[tag.domain()].push_back(person[cluster]);
        if (!later) scopes_[person[cluster]].sealed = true;
    }
    std::unordered_map<PersonId, std::vector<PersonId>> kin;
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        for (const RelationshipRow& relationship : store.relationships({i})) {
            kin[person_of({i})].push_back(person_of(relationship.related));
            kin[person_of(relationship.related)].push_back(person_of({i}));
        }
    }
    for (const auto& [domain, later_persons] : later_of_domain) {
        for (const PersonId later : later_persons) {
            for (const PersonId earlier : earlier_of_domain[domain]) {
                kin_of_earlier_[later].insert(earlier);
                for (const PersonId relative : kin[earlier]) kin_of_earlier_[later].insert(relative);
            }
        }
    }
}

void Shields::note_families(const PersonStore& store, const PersonOf& person_of) {
    struct Members {
        std::uint8_t access = kAccessOpen;
        bool all_protected = true;
    };
    std::map<std::pair<SystemId, std::string>, Members> families;
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        if (store.missing({i}, PersonField::family_key) != Missing::no) continue;
        const std::uint8_t access = of_person(person_of({i}));
        Members& members = families[{store.system({i}), std::string(store.text({i}, PersonField::family_key))}];
        members.access |= access;
        members.all_protected = members.all_protected && access != kAccessOpen;
    }
    for (const auto& [family, members] : families)
        if (members.all_protected) families_.emplace(family, members.access);
}

bool Shields::Scopes::hides(const FieldDescriptor& field) const noexcept {
    if (field.discloses == Discloses::address && addresses) return true;
    if (field.discloses == Discloses::phone && phones) return true;
    if (field.discloses == Discloses::email && emails) return true;
    return std::find(fields.begin(), fields.end(), field.name) != fields.end();
}

std::uint8_t Shields::of_family(SystemId system, std::string_view key) const {
    const auto found = families_.find({system, std::string(key)});
    return found == families_.end() ? kAccessOpen : found->second;
}

ProtectedPersons Shields::persons() const {
    const auto add = [](std::string& query, PersonId person, const std::string& second = {}) {
        query += (query.empty() ? "VALUES (" : ", (") + std::to_string(person.value) + "::bigint" + second + ")";
    };
    ProtectedPersons persons;
    for (const auto& [person, scopes] : scopes_) {
        if (scopes.record) add(persons.records, person);
        if (scopes.addresses) add(persons.addresses, person);
        if (scopes.phones) add(persons.phones, person);
        if (scopes.emails) add(persons.emails, person);
        if (scopes.sealed) add(persons.sealed, person);
        for (const std::string_view field : scopes.fields)
            add(persons.fields, person, ", " + TargetConnection::quote_literal(field));
    }
    for (const auto& [later, kin] : kin_of_earlier_) {
        for (const PersonId other : kin) {
            add(persons.across, later, ", " + std::to_string(other.value) + "::bigint");
            add(persons.across, other, ", " + std::to_string(later.value) + "::bigint");
        }
    }
    for (std::string* ids : {&persons.records, &persons.addresses, &persons.phones, &persons.emails, &persons.sealed})
        if (ids->empty()) *ids = "SELECT NULL::bigint WHERE false";
    for (const auto& [family, access] : families_) {
        persons.families += (persons.families.empty() ? "VALUES (" : ", (") +
                            TargetConnection::quote_literal(systems_[family.first.value]) + ", " +
                            TargetConnection::quote_literal(family.second) + ", " + std::to_string(access) + ")";
    }
    if (persons.families.empty()) persons.families = "SELECT NULL::text, NULL::text, NULL::integer WHERE false";
    if (persons.fields.empty()) persons.fields = "SELECT NULL::bigint, NULL::text WHERE false";
    persons.places = places_.queries();
    if (persons.across.empty()) persons.across = "SELECT NULL::bigint, NULL::bigint WHERE false";
    return persons;
}

std::uint8_t Shields::of_person(PersonId person) const noexcept {
    const auto found = scopes_.find(person);
    if (found == scopes_.end()) return kAccessOpen;
    return static_cast<std::uint8_t>((found->second.record ? kAccessRestricted : kAccessOpen) |
                                     (found->second.sealed ? kAccessSealed : kAccessOpen));
}

std::uint8_t Shields::of_unread_row(PersonId person) const noexcept {
    const auto found = scopes_.find(person);
    if (found == scopes_.end()) return kAccessOpen;
    const Scopes& scopes = found->second;
    const bool any = scopes.addresses || scopes.phones || scopes.emails || !scopes.fields.empty();
    return static_cast<std::uint8_t>(of_person(person) | (any ? kAccessRestricted : kAccessOpen));
}

bool Shields::leads_across_a_seal(PersonId person, PersonId other) const noexcept {
    const auto found = kin_of_earlier_.find(person);
    return found != kin_of_earlier_.end() && found->second.contains(other);
}

std::uint8_t Shields::of_row(const CanonicalRow& row, PersonId person, std::span<const PersonId> references) const {
    std::uint8_t access = of_person(person);
    for (const PersonId other : references) {
        if (other.value == 0) continue;
        access |= of_person(other);
        // NOLINTNEXTLINE(readability-suspicious-call-argument): asked both ways
        if (leads_across_a_seal(person, other) || leads_across_a_seal(other, person)) access |= kAccessSealed;
    }
    const EntityDescriptor& entity = *row.entity;
    if (entity.schema == "sealed") access |= kAccessSealed;
    // A person's address is nothing but the address: the row is closed with it.
    if (entity.pass == Pass::people && places_.are_named_by({}, row)) access |= kAccessRestricted;
    const auto scopes = scopes_.find(person);
    for (std::size_t i = 0; i < entity.fields.size(); ++i) {
        const FieldDescriptor& field = entity.fields[i];
        const Value& value = row.values[i];
        if (!is_given(value)) continue;
        if (marks_restriction(field) && (!value.has_value() || value.integer != 0)) access |= kAccessRestricted;
        if (scopes != scopes_.end() && scopes->second.hides(field)) access |= kAccessRestricted;
    }
    return access;
}

std::uint8_t Shields::of_address(std::string_view system, const CanonicalRow& row) const {
    return closes_address_apart(*row.entity) && places_.are_named_by(system, row) ? kAccessRestricted : kAccessOpen;
}

}  // namespace caseweave
