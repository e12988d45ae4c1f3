#include "app/books/quarantine_file.hpp"

#include "app/books/owner_file.hpp"

namespace caseweave {

void write_quarantine_file(const std::filesystem::path& file, const std::vector<QuarantineEntry>& rows) {
    OwnerTable table;
    table.titles = {"owner", "number", "system", "entity", "reason", "field", "key", "position", "what to do", "run"};
    table.empty_sheet = "nothing in quarantine";
    for (const QuarantineEntry& row : rows)
        table.rows.push_back({row.owner, std::to_string(row.number), row.system, row.entity, row.reason, row.field,
                              row.key, row.position, row.advice, std::to_string(row.run)});
    write_owner_file(file, table);
}

}  // namespace caseweave
