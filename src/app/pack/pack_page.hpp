#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/pack/pack_account.hpp"
#include "app/pack/pack_tables.hpp"

namespace caseweave {

/// Says what a pack's page tells of how it was made.
struct PackOrigin {
    std::string program, role, fingerprint, digest_key;
};

/// The tables of a pack, as its page names them.
struct PackTables {
    PackTable counts, totals, mapping, unmapped, profile, decisions, quarantine, questions, runs;
    std::vector<const PackTable*> all() const;
};
PackTables make_pack_tables(const PackAccount& account, const RowOwners& owners);

/// Writes index.html: one self-contained page, without network or script, for those who sign a migration off.
std::string render_pack_page(const PackAccount& account, const PackTables& tables, const PackOrigin& origin);

}  // namespace caseweave
