#pragma once

#include <string>
#include <vector>

#include "app/books/row_owners.hpp"
#include "app/pack/pack_account.hpp"

namespace caseweave {

/// One table of a pack: a CSV file, and a table of the page. Its counts are published ones.
struct PackTable {
    std::string file;  ///< "counts.csv"
    std::vector<std::string> titles;
    std::vector<std::vector<std::string>> rows;
};

/// What every source row became, by system and entity, in the newest run that loaded.
PackTable counts_table(const PackAccount& account);
/// Rows and keyed hash totals as sent and as read back, by system, source entity and table.
PackTable control_totals_table(const PackAccount& account);
PackTable mapping_table(const PackAccount& account);
PackTable unmapped_table(const PackAccount& account);
/// How full and how valid each field of the person record is, by system.
PackTable profile_table(const PackAccount& account);
PackTable decisions_table(const PackAccount& account);
PackTable quarantine_table(const PackAccount& account, const RowOwners& owners);
/// What waits for people: pairs, rows, values, systems that do not balance.
PackTable open_questions_table(const PackAccount& account);
PackTable runs_table(const PackAccount& account);

}  // namespace caseweave
