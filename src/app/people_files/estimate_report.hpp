#pragma once

#include <string>

#include "app/people_files/reviewed_sample.hpp"

namespace caseweave {

/// Writes what a reviewed sample says of precision and recall, for people, and what it cannot say.
std::string render_estimates(const ReviewedSample& sample);
/// Writes the same figures for programs; an estimate there is none of is null.
std::string render_estimates_json(const ReviewedSample& sample);

}  // namespace caseweave
