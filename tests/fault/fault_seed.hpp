#pragma once

#include <cstdint>

namespace caseweave::testing {

/// Seeds the fault tests; CASEWEAVE_FAULT_SEED makes another campaign of those that ask for it.
inline constexpr std::uint64_t kFaultSeed = 20260331;

}  // namespace caseweave::testing
