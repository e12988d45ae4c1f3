#pragma once

#include <string_view>

namespace caseweave {

/// Names a place where tests break the program on purpose; costs nothing unless CASEWEAVE_FAULTS is defined.
///
/// The environment variable CASEWEAVE_FAULT="name:count:action" arms one point: at its count-th passage it
/// kills the process ("kill"), stops it until SIGCONT ("stop"), throws ("throw") or tells the caller to misbehave
/// ("plant"). CASEWEAVE_FAULT_PASSAGES names a file that gets a line "name passages" for each point passed when the
/// process ends by itself.
/// @return true when the caller must misbehave (action "plant").
#ifdef CASEWEAVE_FAULTS
bool fault_point(std::string_view name);
#else
constexpr bool fault_point(std::string_view) noexcept {
    return false;
}
#endif

}  // namespace caseweave
