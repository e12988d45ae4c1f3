#pragma once

#include <string_view>

namespace caseweave {

/// Reports that the cryptographic library failed at `what`, and empties its queue of errors.
/// @throws Error(target) always.
[[noreturn]] void fail_at_openssl(std::string_view what);

}  // namespace caseweave
