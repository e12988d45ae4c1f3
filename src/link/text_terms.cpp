#include "link/text_terms.hpp"

#include "text/similarity.hpp"

namespace caseweave {

std::uint32_t TextTerms::intern(std::string_view folded) {
    const std::uint32_t id = pool_.intern(folded);
    if (id == signatures_.size()) signatures_.push_back(text::make_signature(folded));
    return id;
}

bool jaro_winkler_reaches(const TextTerms& terms, std::uint32_t a, std::uint32_t b, double threshold) {
    if (static_cast<double>(text::jaro_winkler_at_most(terms.signature(a), terms.signature(b))) < threshold)
        return false;
    return text::jaro_winkler(terms.text(a), terms.text(b)) >= threshold;
}

}  // namespace caseweave
