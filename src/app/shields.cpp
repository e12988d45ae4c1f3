#include "app/shields.hpp"

#include <algorithm>

namespace caseweave {

Shields::Shields(const PersonStore& store, const LinkResult& linked, const std::vector<PersonId>& person) {
    const auto person_of = [&](PersonRow row) { return person[linked.cluster[row.value]]; };
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
            } else if (scope != "field" || std::find(std::begin(kPersonFieldNames), std::end(kPersonFieldNames),
                                                     field) == std::end(kPersonFieldNames)) {
                // The whole record, or a scope or field this program does not know: the strictest reading.
                scopes.record = true;
            } else {
                scopes.fields = true;
            }
        }
    }
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
    const bool any = scopes.addresses || scopes.phones || scopes.emails || scopes.fields;
    return static_cast<std::uint8_t>(of_person(person) | (any ? kAccessRestricted : kAccessOpen));
}

bool Shields::leads_across_a_seal(PersonId person, PersonId other) const noexcept {
    const auto found = kin_of_earlier_.find(person);
    return found != kin_of_earlier_.end() && found->second.contains(other);
}

std::uint8_t Shields::of_row(const CanonicalRow& row, PersonId person,
                             std::span<const PersonId> references) const noexcept {
    std::uint8_t access = of_person(person);
    for (const PersonId other : references) {
        if (other.value == 0) continue;
        access |= of_person(other);
        // NOLINTNEXTLINE(readability-suspicious-call-argument): asked both ways
        if (leads_across_a_seal(person, other) || leads_across_a_seal(other, person)) access |= kAccessSealed;
    }
    const EntityDescriptor& entity = *row.entity;
    if (entity.schema == "sealed") access |= kAccessSealed;
    if (entity.pass != Pass::people) return access;
    if (const int restricted = entity.find("restricted");
        restricted >= 0 && row.values[restricted].has_value() && row.values[restricted].integer != 0) {
        access |= kAccessRestricted;
    }
    const auto scopes = scopes_.find(person);
    if (scopes == scopes_.end()) return access;
    if (entity.name == "person_address" && scopes->second.addresses) access |= kAccessRestricted;
    if (entity.name == "person_contact") {
        const int phone = entity.find("phone");
        const bool is_phone = phone >= 0 && row.values[phone].missing != Missing::absent;
        if (is_phone ? scopes->second.phones : scopes->second.emails) access |= kAccessRestricted;
    }
    return access;
}

}  // namespace caseweave
