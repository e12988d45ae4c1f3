#include "app/reading/home_address.hpp"

#include <algorithm>

#include "postgres/target_connection.hpp"
#include "text/fold.hpp"

namespace caseweave {

namespace {

std::vector<std::string> words_of(std::string_view folded) {
    std::vector<std::string> words;
    for (const std::string_view word : text::name_tokens(folded)) words.emplace_back(word);
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    return words;
}

bool has_digit(std::string_view word) {
    return word.find_first_of("0123456789") != word.npos;
}

std::string joined(std::string_view one, std::string_view other) {
    std::string both(one);
    return both.append(" ").append(other);
}

std::string_view text_of(const CanonicalRow& row, std::string_view field) {
    const Value& value = row.values[static_cast<std::size_t>(row.entity->find(field))];
    return value.has_value() ? value.text : std::string_view();
}

}  // namespace

HomeAddress::HomeAddress(std::string_view postcode, std::string_view uprn, std::string_view house_number,
                         std::string_view street, std::string_view text)
    : postcode_(postcode), uprn_(uprn), house_number_(house_number), street_(street), text_(text) {
    words_ = words_of(text::fold_name(joined(joined(house_number, street), text)));
    house_ = words_of(text::fold_name(house_number));
    if (!house_.empty() && !text::fold_name(street).empty()) line_ = text::fold_name(joined(house_number, street));
    if (house_.empty()) std::ranges::copy_if(words_, std::back_inserter(house_), has_digit);
}

HomeAddress::HomeAddress(const CanonicalRow& row)
    : HomeAddress(text_of(row, "postcode"), text_of(row, "uprn"), text_of(row, "house_number"), text_of(row, "street"),
                  text_of(row, "address_text")) {}

bool HomeAddress::begins_with_line(const std::function<bool(std::string_view)>& is_line) const {
    if (is_line(text::fold_name(joined(house_number_, street_)))) return true;
    const std::string folded = text::fold_name(text_);
    for (std::size_t end = 0; end < folded.size();) {
        end = std::min(folded.find(' ', end + 1), folded.size());
        if (is_line(std::string_view(folded).substr(0, end))) return true;
    }
    return false;
}

bool may_be_same_home(const HomeAddress& a, const HomeAddress& b) {
    const bool both_tell = !a.house_.empty() && !b.house_.empty();
    if (!both_tell && !a.uprn_.empty() && !b.uprn_.empty() && a.uprn_ != b.uprn_) return false;
    return std::ranges::includes(a.words_, b.house_) || std::ranges::includes(b.words_, a.house_);
}

std::string HomeAddress::sql_values() const {
    std::string values;
    for (const std::string& text : {postcode_, uprn_, house_number_, street_, text_})
        values += (values.empty() ? "(" : ", ") +
                  (text.empty() ? std::string("NULL") : TargetConnection::quote_literal(text)) + "::text";
    return values + ")";
}

}  // namespace caseweave
