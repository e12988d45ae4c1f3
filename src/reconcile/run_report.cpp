#include "reconcile/run_report.hpp"

#include <algorithm>

namespace caseweave {

namespace {

TargetResult ask(TargetConnection& loader, const std::string& sql) {
    return loader.execute(sql, TargetConnection::kLongDeadline);
}

std::vector<NamedCount> named_counts(TargetConnection& loader, const std::string& sql) {
    std::vector<NamedCount> counts;
    const TargetResult rows = ask(loader, sql);
    for (std::size_t i = 0; i < rows.rows(); ++i)
        counts.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), rows.count(i, 2)});
    return counts;
}

}  // namespace

std::uint64_t rows_in_sources(const std::vector<EntityBalance>& entities) noexcept {
    std::uint64_t rows = 0;
    for (const EntityBalance& entity : entities) rows += entity.reads_again ? 0 : entity.read;
    return rows;
}

bool RunReport::balanced() const noexcept {
    return differences == 0 &&
           std::all_of(entities.begin(), entities.end(), [](const EntityBalance& entity) { return entity.balanced; });
}

void collect_from_target(TargetConnection& loader, const CanonicalSchema& canonical, RunReport& report) {
    report.quarantine = named_counts(
        loader, "SELECT source_system, reason, count(*) FROM lineage.quarantine GROUP BY 1, 2 ORDER BY 1, 2");
    report.issues = named_counts(
        loader, "SELECT source_system, rule, count(*) FROM lineage.field_issue GROUP BY 1, 2 ORDER BY 1, 2");
    report.within_system = named_counts(
        loader,
        "SELECT source_system, '', count(*) - count(DISTINCT person_id) FROM lineage.crosswalk GROUP BY 1 ORDER BY 1");

    const TargetResult shared =
        ask(loader,
            "WITH known AS (SELECT DISTINCT source_system AS system, person_id FROM lineage.crosswalk) "
            "SELECT a.system, b.system, count(*) FROM known a JOIN known b USING (person_id) "
            "WHERE a.system < b.system GROUP BY 1, 2 ORDER BY 1, 2");
    for (std::size_t i = 0; i < shared.rows(); ++i) {
        report.known_to_both[{std::string(shared.text(i, 0)), std::string(shared.text(i, 1))}] = shared.count(i, 2);
    }
    const TargetResult sizes = ask(loader,
                                   "SELECT n, count(*) FROM (SELECT count(*) AS n FROM lineage.crosswalk GROUP BY "
                                   "person_id) s GROUP BY 1 ORDER BY 1");
    for (std::size_t i = 0; i < sizes.rows(); ++i) report.cluster_sizes[sizes.count(i, 0)] = sizes.count(i, 1);

    const TargetResult people = ask(
        loader,
        "SELECT (SELECT count(*) FROM lineage.crosswalk), (SELECT count(*) FROM integrated.child WHERE kind = "
        "'child'), "
        "(SELECT count(*) FROM integrated.child WHERE kind = 'unborn'), (SELECT count(*) FROM integrated.person) - "
        "(SELECT count(*) FROM integrated.child), (SELECT count(*) FROM lineage.crosswalk w JOIN integrated.child c ON "
        "c.child_id = w.person_id), (SELECT count(*) FROM review.pair WHERE NOT shielded), "
        "(SELECT count(*) FROM review.pair WHERE shielded)");
    report.source_records = people.count(0, 0);
    report.children = people.count(0, 1);
    report.unborn = people.count(0, 2);
    report.adults = people.count(0, 3);
    report.children_before = people.count(0, 4);
    report.review_pairs = people.count(0, 5);
    report.shielded_pairs = people.count(0, 6);
    report.quality = count_field_quality(loader, canonical);
}

}  // namespace caseweave
