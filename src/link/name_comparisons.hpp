#pragma once

#include "link/comparisons.hpp"

namespace caseweave {

/// Compare the names two records bear, as sets; what each level means stands beside the functions. Symmetric.
Agreement compare_given(const FeatureTable& features, Rank a, Rank b);
Agreement compare_middle(const FeatureTable& features, Rank a, Rank b);
Agreement compare_family(const FeatureTable& features, Rank a, Rank b);
Agreement compare_parents(const FeatureTable& features, Rank a, Rank b);

}  // namespace caseweave
