#pragma once

#include <cstddef>
#include <string_view>

namespace caseweave {

/// Longest head of a response that is read: four times what any server of this kind sends.
inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;

/// Judges the head of a response (status line and fields, with the empty line) before a parser sees it.
///
/// Boost.Beast 1.81 takes what RFC 9112 forbids and proxies disagree about: two Content-Length fields, transfer codings
/// that merely end in "chunked", folded lines. Returns "" or what is wrong with it, in words without any of its bytes.
std::string_view judge_response_head(std::string_view head) noexcept;

}  // namespace caseweave
