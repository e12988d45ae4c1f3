#include "app/people_of_run.hpp"

namespace caseweave {

void identify_people(PeopleOfRun& people, std::span<const EarlierIdentity> earlier, PersonId highest_ever) {
    const PersonStore& store = people.store;
    people.identity = assign_person_ids(store, people.linked.cluster, people.linked.clusters, earlier, highest_ever);
    people.members.assign(people.linked.clusters, {});
    for (std::uint32_t i = 0; i < store.size(); ++i) people.members[people.linked.cluster[i]].push_back({i});
    people.shields = std::make_unique<Shields>(store, people.linked, people.identity.person);

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
