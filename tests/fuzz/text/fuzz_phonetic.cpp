// Input: a name in any bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.hpp"
#include "text/phonetic.hpp"
#include "text/reference/reference.hpp"

namespace text = caseweave::text;

namespace {

bool is_key(std::string_view key) {
    return std::ranges::all_of(key, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view name(reinterpret_cast<const char*>(data), size);
    text::require(text::soundex(name) == text::reference::soundex(name));
    text::require(is_key(text::nysiis(name).view()));
    const text::DoubleMetaphone longest = text::double_metaphone(name, 8);
    const text::DoubleMetaphone usual = text::double_metaphone(name);
    text::require(is_key(longest.primary.view()) && is_key(longest.secondary.view()));
    text::require(longest.primary.view().starts_with(usual.primary.view()));
    text::require(longest.secondary.view().starts_with(usual.secondary.view()));
    return 0;
}
