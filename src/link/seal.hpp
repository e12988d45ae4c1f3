#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "link/edge.hpp"
#include "link/features.hpp"

namespace caseweave {

/// Knows which records stand on which side of a seal: the members a source names, and the unflagged copies that
/// inherit their bar. A record on one side of a domain never meets one on the other.
///
/// Inheritance: along scored pairs, a record's strength towards a side is the widest path from that side's members
/// (the path whose weakest link is strongest). The stronger side wins when it leads by the model's margin; with no
/// clear winner the record is isolated: it joins nobody, since either choice could be the breach.
class Seals {
  public:
    explicit Seals(const FeatureTable& features);

    /// Lets unflagged copies inherit. `edges`: pairs at or above the review threshold; those at or above `match_bits`
    /// carry the bar on, weaker ones lay it on the one record they reach.
    void inherit(std::span<const Edge> edges, const EdgesByRecord& by_record, double match_bits, double margin_bits);

    bool any() const noexcept { return !tags_.empty(); }
    /// Tells whether a seal stands between the two.
    bool apart(Rank a, Rank b) const noexcept;
    bool isolated(Rank rank) const noexcept { return isolated_.contains(rank); }
    std::size_t isolated_records() const noexcept { return isolated_.size(); }
    /// Sides the record stands on, sorted; almost always none.
    std::span<const SealTag> tags(Rank rank) const noexcept;

  private:
    std::map<Rank, std::vector<SealTag>> tags_;
    std::set<Rank> isolated_;
};

struct LinkResult;

/// Counts what crosses a seal in a finished result; every figure must be 0.
struct SealCheck {
    std::size_t clusters = 0;  ///< domains with a cluster that holds members of both sides
    std::size_t pairs = 0;     ///< links, review pairs and refused pairs between the two sides' clusters
    bool holds() const noexcept { return clusters == 0 && pairs == 0; }
};

/// Proves from the store's domain rows and the result alone, without anything linking remembered, that no seal is
/// crossed.
SealCheck check_seals(const PersonStore& store, const LinkResult& result);

}  // namespace caseweave
