#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace caseweave::fuzz {

/// Ends the fuzzer's run where `holds` is false, which libFuzzer reports with the input that did it.
inline void require(bool holds, std::source_location where = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: does not hold\n", where.file_name(), where.line());
    std::abort();
}

}  // namespace caseweave::fuzz
