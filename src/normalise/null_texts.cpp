#include "normalise/null_texts.hpp"

#include "text/utf8.hpp"

namespace caseweave {

NullTexts::NullTexts(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (std::size_t byte = 0; byte < begins_plain_.size(); ++byte)
        begins_plain_[byte] = is_graphic(static_cast<char>(byte));
    for (const std::string& text : texts_) {
        if (!text.empty()) begins_plain_[static_cast<unsigned char>(text.front())] = false;
    }
}

FieldView NullTexts::trimmed_value_of(std::string_view text) const noexcept {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.empty() || !is_graphic(text.front()) || !is_graphic(text.back())) text = text::trim(text);
    if (text.empty()) return FieldView(Missing::empty);
    for (const std::string& null_text : texts_) {
        if (text == null_text) return FieldView(Missing::null);
    }
    return FieldView(text);
}

}  // namespace caseweave
