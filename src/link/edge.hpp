#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "link/features.hpp"
#include "link/linkage_model.hpp"

namespace caseweave {

/// Holds one scored pair, lower rank first.
struct Edge {
    Rank a = 0;
    Rank b = 0;
    float bits = 0;
    std::uint16_t rule = 0;  ///< index into LinkageModel::blocking(): the first rule that made the pair
    Pattern pattern;
};

/// Finds a record's edges: for each record the indices of its edges in the array given, in that array's order.
class EdgesByRecord {
  public:
    EdgesByRecord(std::span<const Edge> edges, std::size_t records);
    std::span<const std::uint32_t> of(Rank rank) const noexcept {
        return std::span(indices_).subspan(starts_[rank], starts_[rank + 1] - starts_[rank]);
    }

  private:
    std::vector<std::uint32_t> starts_;
    std::vector<std::uint32_t> indices_;
};

}  // namespace caseweave
