#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "ledger/lineage_writer.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Holds the quarantined rows of one source entity as the target has them, by digest. Memory grows with them.
class StoredRejects {
  public:
    StoredRejects() = default;
    StoredRejects(TargetConnection& reader, const LineageContext& context);

    /// Takes one out that says the same to the same readers. @param place where it has to stand, too; null: anywhere.
    /// @return false when there is none.
    bool take(const TalliedRow& row, const RejectAccess& access, const TalliedRow* place = nullptr);

    /// Gives those that were not taken out, each with its row_id and what is tallied of its place.
    template <typename Take>
    void for_each_left(const Take& take) const {
        for (const auto& [low, stored] : rows_) take(stored.row_id, stored.row, stored.place);
    }

  private:
    struct Stored {
        std::string row_id;
        TalliedRow row, place;
        RejectAccess access;
    };
    std::multimap<std::uint64_t, Stored> rows_;  // by the digest's lower half
};

}  // namespace caseweave
