// Input: one byte of bound, one byte that places the cut, then the two texts.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.hpp"
#include "text/reference/reference.hpp"
#include "text/signature.hpp"
#include "text/similarity.hpp"

namespace text = caseweave::text;

namespace {

bool near(double a, double b) {
    return std::abs(a - b) < 1e-12;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2 || size > 400) return 0;
    const std::string_view texts(reinterpret_cast<const char*>(data) + 2, size - 2);
    const std::size_t bound = data[0];
    const std::size_t cut = texts.size() * data[1] / 255;
    const std::string_view a = texts.substr(0, cut);
    const std::string_view b = texts.substr(cut);

    text::require(near(text::jaro(a, b), text::reference::jaro(a, b)));
    text::require(near(text::jaro_winkler(a, b), text::reference::jaro_winkler(a, b)));
    text::require(near(text::bigram_dice(a, b), text::reference::bigram_dice(a, b)));
    text::require(near(text::bigram_jaccard(a, b), text::reference::bigram_jaccard(a, b)));
    const std::size_t levenshtein = text::reference::levenshtein_distance(a, b);
    const std::size_t osa = text::reference::osa_distance(a, b);
    text::require(text::levenshtein_distance(a, b) == levenshtein);
    text::require(text::osa_distance(a, b) == osa);
    text::require(text::levenshtein_distance(a, b, bound) == std::min(levenshtein, bound + 1));
    text::require(text::osa_distance(a, b, bound) == std::min(osa, bound + 1));
    const text::Signature x = text::make_signature(a);
    const text::Signature y = text::make_signature(b);
    text::require(static_cast<double>(text::jaro_winkler_at_most(x, y)) >= text::reference::jaro_winkler(a, b));
    text::require(text::osa_distance_at_least(x, y) <= osa);
    return 0;
}
