#include "app/runs/books_proof.hpp"

#include <fmt/format.h>

#include <array>
#include <set>

#include "app/proof/reconciliation.hpp"
#include "app/runs/run_account.hpp"
#include "ledger/lineage_tables.hpp"
#include "load/row_history.hpp"

namespace caseweave {

namespace {

ReconciliationResult compare_with_books(TargetConnection& loader, Workplace& workplace, const RunLedger& books) {
    const std::array loaders = {&loader};
    const std::optional<Consolidator> none;
    Progress progress(true);
    const PeopleAgain cannot = [](void) -> const PeopleOfRun& {
        throw Error(ErrorKind::target, "the books are compared without reading a source");
    };
    return reconcile_target(loaders, books, workplace.sources, workplace.canonical, workplace.schema,
                            workplace.normalise_options(books), none, cannot, progress);
}

}  // namespace

std::vector<std::string> find_unlike_books(TargetConnection& loader, Workplace& workplace) {
    std::vector<std::string> wrong;
    const auto books = RunLedger::of_target(loader);
    if (!books) {
        for (const std::string& table : tables_with_history(loader)) {
            if (!loader.execute("SELECT FROM " + table + " LIMIT 1").empty()) wrong.push_back(table + " is not empty");
        }
        return wrong;
    }
    ReconciliationResult proof = compare_with_books(loader, workplace, *books);
    for (const Imbalance& imbalance : proof.imbalances) wrong.push_back(describe(imbalance));
    const auto retention = check_retention(loader, workplace.retention, kNamedRows);
    proof.differences.insert(proof.differences.end(), retention.begin(), retention.end());
    for (const RowDifference& difference : proof.differences) {
        wrong.push_back(fmt::format("{} of {} {} {}", difference.key.entity, difference.key.system,
                                    difference.key.source_entity, to_string(difference.kind)));
    }
    return wrong;
}

std::vector<std::string> find_unlike_books_and(const TallyTable& behind, TargetConnection& loader,
                                               Workplace& workplace) {
    const auto books = RunLedger::of_target(loader);
    if (!books) return {"the target has no books"};
    TallyTable expected = books->tallies();
    for (const auto& [key, tallies] : behind) expected[key] += tallies;
    std::set<std::string> wrong;
    for (const SegmentDifference& difference :
         compare_tallies(expected, compare_with_books(loader, workplace, *books).found)) {
        // Of pairs for review a repair notes nothing: they are entered against the books themselves.
        if (difference.key.entity == kReviewPairs) continue;
        wrong.insert(fmt::format("{} of {} {} is not what it was before the repair", difference.key.entity,
                                 difference.key.system, difference.key.source_entity));
    }
    return {wrong.begin(), wrong.end()};
}

}  // namespace caseweave
