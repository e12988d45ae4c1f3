#include "app/books_proof.hpp"

#include <fmt/format.h>

#include <array>

#include "app/reconciliation.hpp"
#include "load/row_history.hpp"

namespace caseweave {

std::vector<std::string> find_unlike_books(TargetConnection& loader, Workplace& workplace) {
    std::vector<std::string> wrong;
    const auto books = RunLedger::of_target(loader);
    if (!books) {
        for (const std::string& table : tables_with_history(loader)) {
            if (!loader.execute("SELECT FROM " + table + " LIMIT 1").empty()) wrong.push_back(table + " is not empty");
        }
        return wrong;
    }
    const std::array loaders = {&loader};
    const std::optional<Consolidator> none;
    Progress progress(true);
    const PeopleAgain cannot = [](void) -> const PeopleOfRun& {
        throw Error(ErrorKind::target, "the books are compared without reading a source");
    };
    const ReconciliationResult proof =
        reconcile_target(loaders, *books, workplace.sources, workplace.canonical, workplace.schema,
                         workplace.normalise_options(*books), none, cannot, progress);
    for (const Imbalance& imbalance : proof.imbalances) wrong.push_back(describe(imbalance));
    for (const RowDifference& difference : proof.differences) {
        wrong.push_back(fmt::format("{} of {} {} {}", difference.key.entity, difference.key.system,
                                    difference.key.source_entity, to_string(difference.kind)));
    }
    return wrong;
}

}  // namespace caseweave
