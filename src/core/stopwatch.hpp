#pragma once

#include <chrono>

namespace caseweave {

/// Measures spans: not set back when the clock on the wall is.
using SteadyClock = std::chrono::steady_clock;

inline double seconds_since(SteadyClock::time_point start) noexcept {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

}  // namespace caseweave
