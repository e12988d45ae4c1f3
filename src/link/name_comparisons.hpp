#pragma once

#include <cstddef>

#include "link/comparisons.hpp"
#include "text/signature.hpp"

namespace caseweave {

/// Two names that sound alike but share little spelling ("Ng", "Ngu") are not similar for that alone.
inline constexpr double kSoundSimilarity = 0.78;
/// Some systems cut names at 35 characters, fewer once folded; shorter prefixes are other names.
inline constexpr std::size_t kTruncatedLength = 28;

/// Tells whether two single words could compare as close, similar or alike; where not, they are two names, a
/// diminutive's apart.
inline bool names_may_resemble(const text::Signature& a, const text::Signature& b) noexcept {
    return text::osa_distance_at_least(a, b) <= 1 ||
           static_cast<double>(text::jaro_winkler_at_most(a, b)) >= kSoundSimilarity;
}

/// Compare the names two records bear, as sets; what each level means stands beside the functions. Symmetric.
Agreement compare_given(const FeatureTable& features, Rank a, Rank b);
Agreement compare_middle(const FeatureTable& features, Rank a, Rank b);
Agreement compare_family(const FeatureTable& features, Rank a, Rank b);
Agreement compare_parents(const FeatureTable& features, Rank a, Rank b);

}  // namespace caseweave
