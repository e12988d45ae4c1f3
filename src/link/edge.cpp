#include "link/edge.hpp"

namespace caseweave {

EdgesByRecord::EdgesByRecord(std::span<const Edge> edges, std::size_t records) : starts_(records + 1, 0) {
    for (const Edge& edge : edges) {
        ++starts_[edge.a + 1];
        ++starts_[edge.b + 1];
    }
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
    indices_.resize(edges.size() * 2);
    std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
    for (std::uint32_t i = 0; i < edges.size(); ++i) {
        indices_[next[edges[i].a]++] = i;
        indices_[next[edges[i].b]++] = i;
    }
}

}  // namespace caseweave
