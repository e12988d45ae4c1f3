#include "app/proof/lineage_proof.hpp"

#include <set>
#include <string>
#include <string_view>
#include <tuple>

#include "canonical/copy_encoding.hpp"
#include "ledger/lineage_tables.hpp"

namespace caseweave {

std::vector<RowDifference> find_opened_lineage(TargetConnection& target, const CanonicalSchema& canonical,
                                               std::size_t limit) {
    std::vector<RowDifference> result;
    std::set<std::tuple<std::string, std::string, std::string, std::string>> named;  // a row can be found several ways
    const auto collect = [&](std::string_view name, std::string_view table, const std::string& joins,
                             const std::string& condition) {
        const TargetResult rows = target.execute(
            first_rows_sql("SELECT DISTINCT s.source_system, s.source_entity, coalesce(s.source_key, '') FROM " +
                               std::string(table) + " s" + joins + " WHERE " + condition,
                           3, limit),
            TargetConnection::kLongDeadline);
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const TallyKey key{std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), std::string(name)};
            const std::string source_key(rows.text(i, 2));
            if (named.emplace(key.system, key.source_entity, key.entity, source_key).second)
                result.push_back({RowDifference::Kind::opened, key, source_key, 0});
        }
    };
    const std::string needs_more = "s.access & o.access <> o.access";
    const auto compare = [&](const std::string& joins) {
        collect(kSourceRows, "lineage.source_row", joins, "o.access <> 0");
        collect(kSourceRows, "sealed.source_row", joins, needs_more);
        collect(kFieldIssues, "lineage.field_issue", joins, needs_more);
    };
    collect(kSourceRows, "lineage.source_row", "", "s.access <> 0");
    collect(kSourceRows, "sealed.source_row", "", "s.access = 0");
    compare(" JOIN lineage.crosswalk o USING (source_system, source_person_key)");
    for (const EntityDescriptor& entity : canonical.entities())
        compare(" JOIN (SELECT source_system, source_entity, source_key, " + access_to_all_sql(entity, "t") +
                " AS access FROM " + qualified_table(entity) + " t WHERE " + access_to_all_sql(entity, "t") +
                " <> 0) o USING (source_system, source_entity, source_key)");
    collect(
        kQuarantinedRows, "lineage.quarantine",
        " JOIN lineage.crosswalk o ON o.source_system = s.source_system AND o.source_person_key ="
        " coalesce(s.source_person_key, split_part(s.source_key, E'\\x1f', 1))",
        needs_more + " OR (s.access & 1 = 0 AND o.person_id IN (SELECT r.person_id FROM integrated.restriction r))");
    for (const EntityDescriptor& entity : canonical.entities()) {
        if (closes_address_apart(entity))
            collect(kQuarantinedRows, "lineage.quarantine", "",
                    "s.access & 1 = 0 AND (s.source_system, s.source_entity) IN (SELECT source_system, source_entity"
                    " FROM " +
                        qualified_table(entity) + ")");
    }
    // Of these two alone the person can be known; any other rejected row may be about someone who is restricted.
    const std::string may_be_anyones = "s.reason NOT IN ('orphan_parent', 'key_conflict')";
    collect(kQuarantinedRows, "lineage.quarantine", "", "s.access & 1 = 0 AND " + may_be_anyones);
    // And its text about someone who is sealed. That of a row whose person is known needs what the row needs.
    collect(kQuarantinedRows, "lineage.quarantine",
            " LEFT JOIN lineage.crosswalk o ON o.source_system = s.source_system AND o.source_person_key ="
            " coalesce(s.source_person_key, split_part(s.source_key, E'\\x1f', 1))",
            "s.raw_access & s.access <> s.access OR (s.raw_access & 3 <> 3 AND (o.person_id IS NULL OR " +
                may_be_anyones + "))");
    return result;
}

}  // namespace caseweave
