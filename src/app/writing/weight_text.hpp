#pragma once

#include <fmt/format.h>

#include <string>

#include "link/linkage_model.hpp"

namespace caseweave {

/// Write a weight and its probability for a file that programs read: enough digits to tell 0.9999999 from 1.
inline std::string weight_text(double bits) {
    return fmt::format("{:.4f}", bits);
}
inline std::string probability_text(double bits) {
    return fmt::format("{:.9g}", to_probability(bits));
}

}  // namespace caseweave
