#include "load/row_history.hpp"

namespace caseweave {

std::vector<std::string> tables_with_history(TargetConnection& loader) {
    const TargetResult rows = loader.execute(
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE t.tgname = 'keep_deleted' ORDER BY 1");
    std::vector<std::string> tables;
    for (std::size_t i = 0; i < rows.rows(); ++i) tables.emplace_back(rows.text(i, 0));
    return tables;
}

RestoredRows restore_rows_before(TargetConnection& loader, RunId run) {
    const std::string id = std::to_string(run.value);
    RestoredRows done;
    for (const std::string& table : tables_with_history(loader)) {
        done.removed +=
            loader.execute("DELETE FROM " + table + " WHERE run_id = " + id, TargetConnection::kLongDeadline)
                .affected_rows();
        done.restored += loader
                             .execute("INSERT INTO " + table +
                                          " OVERRIDING SYSTEM VALUE SELECT r.* FROM lineage.row_history h,"
                                          " jsonb_populate_record(NULL::" +
                                          table + ", h.row) r WHERE h.to_run = " + id + " AND h.table_name = " +
                                          TargetConnection::quote_literal(table) + " ORDER BY h.history_id",
                                      TargetConnection::kLongDeadline)
                             .affected_rows();
    }
    return done;
}

}  // namespace caseweave
