#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

/// Folding: many spellings of one name become one string that the comparisons can work on byte by byte.
///
/// A folded text is lower-case ASCII letters, digits and single inner spaces: [a-z0-9 ]. Letters of a script
/// that ICU cannot transliterate stay as they are, case folded, so that two different names in such a script never
/// become equal. All functions are safe to call from several threads; each thread builds its
/// own ICU transliterator the first time it meets a name outside the Latin script (tens of milliseconds). Where ICU's
/// data is missing that throws std::runtime_error: an installation fault, not a property of the name.
namespace caseweave::text {

/// Folds a person's name into `out` (replacing it; `out` may not alias `name`).
///
/// Case and diacritics go (É=e, ŵ=w, ł=l, ø=o, ß=ss, æ=ae, đ=d, þ=th, ı=İ=i); apostrophes of any shape vanish
/// (O'Brien = OBrien); hyphens and all other punctuation become one space (Smith-Jones = Smith Jones); other
/// scripts are transliterated by ICU "Any-Latin; Latin-ASCII" (Владимир = vladimir, 王小明 = wang xiao ming; Arabic
/// and Hebrew give consonants only). Digits stay: "Baby 1" and "Baby 2" are two children. Invisible characters,
/// controls and ill-formed UTF-8 vanish. Folding a folded name changes nothing. ASCII input never touches ICU.
void fold_name(std::string_view name, std::string& out);

/// Folds a person's name into a new string; the overload with `out` reuses memory.
[[nodiscard]] std::string fold_name(std::string_view name);

/// Folds a postal address into `out` (replacing it): as fold_name, then `&` is "and" and each word that has a
/// customary short form takes it (street=st, saint=st, road=rd, avenue=ave, apartment=flat, ...). The short form is
/// the target because expanding "st" would have to guess between street and saint.
void fold_address(std::string_view address, std::string& out);

/// Folds a postal address into a new string.
[[nodiscard]] std::string fold_address(std::string_view address);

/// Writes the decimal digits of `text`, of any script, to `out` (replacing it) as 0-9; all else vanishes.
void digits_only(std::string_view text, std::string& out);

/// Writes the decimal digits of `text` to a new string.
[[nodiscard]] std::string digits_only(std::string_view text);

/// Walks the words of a folded text: `for (std::string_view word : name_tokens(folded))`.
/// Non-owning: the view and the words live as long as the folded text. Runs of spaces yield no empty words.
class NameTokensView {
  public:
    class iterator {
      public:
        using iterator_category = std::forward_iterator_tag;
        using iterator_concept = std::forward_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = const std::string_view*;
        using reference = std::string_view;

        constexpr iterator() noexcept = default;
        constexpr explicit iterator(std::string_view rest) noexcept : rest_(rest) { advance(); }

        constexpr reference operator*() const noexcept { return word_; }
        constexpr iterator& operator++() noexcept {
            advance();
            return *this;
        }
        constexpr iterator operator++(int) noexcept {
            iterator before = *this;
            advance();
            return before;
        }
        friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.word_.size() == b.word_.size() && (a.word_.empty() || a.word_.data() == b.word_.data());
        }

      private:
        constexpr void advance() noexcept {
            while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
            const std::size_t end = rest_.find(' ');
            word_ = rest_.substr(0, end);
            rest_.remove_prefix(word_.size());
        }

        std::string_view word_;
        std::string_view rest_;
    };

    constexpr explicit NameTokensView(std::string_view folded) noexcept : folded_(folded) {}

    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(folded_); }
    // NOLINTNEXTLINE(readability-convert-member-functions-to-static): a range has both ends
    [[nodiscard]] constexpr iterator end() const noexcept { return {}; }

  private:
    std::string_view folded_;
};

/// Splits a folded text into its words without copying.
[[nodiscard]] constexpr NameTokensView name_tokens(std::string_view folded) noexcept {
    return NameTokensView(folded);
}

}  // namespace caseweave::text
