#include <cstdlib>

#include "connectors/transports/http_gate.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view head(reinterpret_cast<const char*>(data), size);
    const std::string_view verdict = caseweave::judge_response_head(head);
    // What passes holds no control byte but its line ends.
    if (verdict.empty() && head.find('\0') != std::string_view::npos) std::abort();
    return 0;
}
