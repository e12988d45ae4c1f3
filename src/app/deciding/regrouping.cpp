#include "app/deciding/regrouping.hpp"

#include <algorithm>

#include "app/reading/stored_people.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"

namespace caseweave {

PeopleUpdate regroup_target(TargetConnection& loader, RunLedger& ledger, const PeopleUpdateTools& tools,
                            std::int64_t decision, PeopleOfRun& people) {
    people.store = read_people(loader, *tools.canonical, people.providers);
    const PeopleBefore before = read_people_before(loader, people.store);
    if (!before.gone.empty()) {
        throw Error(ErrorKind::usage,
                    "the crosswalk names a record that the target does not hold: run caseweave reconcile");
    }
    if (std::ranges::count(before.person, PersonId{}) != 0)
        throw Error(ErrorKind::usage, "the target holds records that the crosswalk does not: run caseweave reconcile");
    const std::vector<DecisionRow> decisions = read_decisions(loader, DecisionScope::in_force);
    LinkOptions options;
    options.threads = tools.threads;
    options.decisions = constraints_of(decisions);
    people.linked = link_people(people.store, *tools.model, options);
    identify_people(people, read_earlier_people(loader), claims_of(decisions));
    TallyTable written;
    return update_people(loader, ledger, tools, people, before, {}, decision, written);
}

}  // namespace caseweave
