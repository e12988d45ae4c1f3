#include "app/reading/people_of_run.hpp"

#include <utility>

namespace caseweave {

EarlierPeople read_earlier_people(TargetConnection& loader) {
    EarlierPeople earlier;
    const TargetResult rows = loader.execute(
        "SELECT source_system, source_person_key, person_id FROM lineage.crosswalk"
        " ORDER BY source_system COLLATE \"C\", source_person_key COLLATE \"C\", row_id",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i)
        earlier.identities.push_back(
            {std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), PersonId{rows.integer(i, 2)}});
    const TargetResult highest = loader.execute(
        "SELECT greatest((SELECT max(person_id) FROM lineage.crosswalk),"
        " (SELECT max(greatest(person_id, other_id)) FROM lineage.identity_event), 0)",
        TargetConnection::kLongDeadline);
    earlier.highest = PersonId{highest.integer(0, 0)};
    return earlier;
}

std::vector<ReviewerDecision> constraints_of(std::span<const DecisionRow> decisions) {
    std::vector<ReviewerDecision> constraints;
    for (const DecisionRow& decision : decisions) {
        if (decision.verdict == Verdict::unsure) continue;
        constraints.push_back({decision.left_system, decision.left_key, decision.right_system, decision.right_key,
                               decision.verdict == Verdict::same});
    }
    return constraints;
}

std::vector<IdentityClaim> claims_of(std::span<const DecisionRow> decisions) {
    std::vector<IdentityClaim> claims;
    for (const DecisionRow& decision : decisions) {
        if (decision.applied || decision.keeps.value == 0) continue;
        claims.push_back({decision.keeps, decision.keeps_right ? decision.right_system : decision.left_system,
                          decision.keeps_right ? decision.right_key : decision.left_key});
    }
    return claims;
}

void identify_people(PeopleOfRun& people, const EarlierPeople& earlier, std::span<const IdentityClaim> claims) {
    const PersonStore& store = people.store;
    people.identity = assign_person_ids(store, people.linked.cluster, people.linked.clusters, earlier.identities,
                                        earlier.highest, claims);
    people.members.assign(people.linked.clusters, {});
    for (std::uint32_t i = 0; i < store.size(); ++i) people.members[people.linked.cluster[i]].push_back({i});
    people.shields =
        std::make_unique<Shields>(store, people.linked, people.identity.person, std::move(people.providers));

    std::vector<std::uint8_t> areas(people.linked.clusters, 0);
    for (std::uint32_t i = 0; i < store.size(); ++i)
        areas[people.linked.cluster[i]] |= store.system_area(store.system({i}));
    people.crosswalk.reserve(store.size());
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        const PersonId person = people.person_of({i});
        people.crosswalk.insert(store.system({i}), store.key({i}),
                                {person, areas[people.linked.cluster[i]], people.shields->of_person(person)});
    }
}

}  // namespace caseweave
