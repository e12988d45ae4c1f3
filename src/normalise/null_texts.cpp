#include "normalise/null_texts.hpp"

#include "text/utf8.hpp"

namespace caseweave {

NullTexts::NullTexts(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (const std::string& text : texts_) {
        if (!text.empty()) starts_.set(static_cast<unsigned char>(text.front()));
    }
}

FieldView NullTexts::trimmed_value_of(std::string_view text) const noexcept {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.empty() || !is_graphic(text.front()) || !is_graphic(text.back())) text = text::trim(text);
    if (text.empty()) return FieldView(Missing::empty);
    if (!starts_[static_cast<unsigned char>(text.front())]) return FieldView(text);
    for (const std::string& null_text : texts_) {
        if (text == null_text) return FieldView(Missing::null);
    }
    return FieldView(text);
}

}  // namespace caseweave
