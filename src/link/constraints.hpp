#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "link/comparisons.hpp"
#include "link/features.hpp"

namespace caseweave {

/// Says why two records, or two clusters, were not made one although their weight would have it, or why a pair is for
/// a reviewer. The first group are bars: no weight overrules them. The second are doubts: a reviewer may.
enum class RefusalReason : std::uint8_t {
    none,
    identity_domain,         ///< the two sides of a seal
    person_kind,             ///< an adult and a child
    reviewer,                ///< a reviewer said so
    verified_nhs_conflict,   ///< two current, traced NHS numbers
    multiple_birth,          ///< born the same day into one family, other forename
    related_in_source,       ///< one source has both, related to each other
    unique_in_source,        ///< the source guarantees one record a person
    permanent_upn_conflict,  ///< two permanent UPNs
    numbers_apart,           ///< numbers of several authorities differ, and none is shared
    possible_twin,           ///< forenames alike but none the same, and a twin is known of or NHS numbers differ
    birth_dates_apart,
    ambiguous,    ///< as near to another person, who cannot be the same
    incoherent,   ///< the two clusters' records speak against each other
    weak_bridge,  ///< one thin link between two well-founded clusters
    too_many_records,
    disputed_number,  ///< one number of an authority or a supplier, and little else in common
    below_match,      ///< between the two thresholds
};
inline constexpr std::size_t kRefusalReasons = static_cast<std::size_t>(RefusalReason::below_match) + 1;
constexpr bool is_bar(RefusalReason reason) noexcept {
    return reason != RefusalReason::none && reason < RefusalReason::permanent_upn_conflict;
}
/// Names the reason as stored ("verified_nhs_conflict").
std::string_view to_string(RefusalReason reason) noexcept;
/// Says the reason in words, for explanations and review lists. An identity domain is never spoken of.
std::string_view in_words(RefusalReason reason) noexcept;

/// Records what a reviewer decided about two records; keyed on source ids so that it outlives runs and models.
struct ReviewerDecision {
    std::string system_a, key_a;
    std::string system_b, key_b;
    bool same = false;
};

/// Knows every constraint that can be told from two records alone. Immutable; any thread may ask.
class Constraints {
  public:
    /// Decisions about records that are not in the store are passed over. A "same" that contradicts a "different",
    /// directly or through others, is not obeyed; what is different from one record is different from all that are the
    /// same as it. `unique_systems`: those that guarantee one
    /// record a person.
    /// `multiple_births`: children of one birth are barred from each other (LinkageModel::Clustering).
    Constraints(const FeatureTable& features, const PersonStore& store, std::span<const ReviewerDecision> decisions,
                std::span<const SystemId> unique_systems, bool multiple_births = true);

    /// Gives the bar that holds whatever the comparisons say: kind, reviewer, relationship, unique source.
    RefusalReason fixed_bar(Rank a, Rank b) const noexcept;
    /// Tells whether the comparisons show two children of one birth: same day, one family, other forename.
    bool is_multiple_birth(Rank a, Rank b, const Pattern& pattern) const;
    /// Gives the bar between two records alone: a fixed one, conflicting verified numbers, or a multiple birth.
    RefusalReason bar(Rank a, Rank b, const Pattern& pattern) const;

    /// Tells whether `member` shows that two records with clearly different forenames may still be one child: it bears
    /// both forenames (one as an alias), a reviewer tied it to them, or both are slips for its own forename
    /// ("Thsmas", "Thoms"). Two forenames that people do bear are never taken for slips.
    bool explains(Rank member, Rank a, Rank b) const;

    /// Pairs a reviewer called one person, lower rank first, sorted.
    const std::vector<std::pair<Rank, Rank>>& must_links() const noexcept { return must_links_; }
    bool decided_same(Rank a, Rank b) const noexcept;
    bool decided_different(Rank a, Rank b) const noexcept;

  private:
    bool both_names(Rank a, Rank b) const;
    /// Drops the must-links that a cannot-link contradicts, and lays each cannot-link on all that are tied to its two.
    void tie_groups();

    const FeatureTable* features_;
    std::vector<std::pair<Rank, Rank>> must_links_;
    std::vector<std::pair<Rank, Rank>> cannot_links_;
    std::vector<bool> unique_systems_;
    bool multiple_births_ = true;
};

/// Tells whether the pattern shows agreement on a number issued to one person (NHS, UPN, ULN).
bool identifiers_agree(const Pattern& pattern) noexcept;
/// Tells whether the pattern shows agreement on any number of a person, a supplier's own ids among them, that is in
/// force on both sides. Such a pair is a reviewer's question however little else speaks for it: one number on two
/// children, or one child with a wrong birth date.
bool numbers_agree(const Pattern& pattern) noexcept;

}  // namespace caseweave
