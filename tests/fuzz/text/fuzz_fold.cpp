// Input: a name in any bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"
#include "text/fold.hpp"
#include "text/reference/reference.hpp"
#include "text/utf8.hpp"

namespace text = caseweave::text;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size > 200) return 0;
    const std::string_view name(reinterpret_cast<const char*>(data), size);
    const std::string folded = text::fold_name(name);
    text::require(text::is_valid_utf8(folded));
    text::require(folded.empty() || (folded.front() != ' ' && folded.back() != ' '));
    text::require(folded.find("  ") == std::string::npos);
    text::require(text::fold_name(folded) == folded);
    if (text::is_ascii(name)) text::require(folded == text::reference::fold_latin_name(name));

    std::string joined;
    for (const std::string_view word : text::name_tokens(folded)) {
        if (!joined.empty()) joined += ' ';
        joined += word;
    }
    text::require(joined == folded);
    text::require(text::is_valid_utf8(text::fold_address(name)));
    const std::string digits = text::digits_only(name);
    text::require(std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; }));
    return 0;
}
