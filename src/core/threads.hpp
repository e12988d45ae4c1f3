#pragma once

#include <algorithm>
#include <thread>

namespace caseweave {

/// Gives how many threads to work with: as many as were asked for, or as the machine has for 0; never none.
inline unsigned threads_to_use(unsigned asked) noexcept {
    return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

}  // namespace caseweave
