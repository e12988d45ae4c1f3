#include "text/phonetic.hpp"

#include <algorithm>

namespace caseweave::text {
namespace {

/// Bounds the letters NYSIIS reads: its rules for endings need the whole name in hand, and no real name is longer.
constexpr std::size_t kNysiisLetters = 64;

/// Soundex codes of A to Z: digits, '-' for vowels (which part equal codes), 'h' for H and W (which do not).
constexpr std::string_view kSoundexCodes = "-123-12h-22455-12623-1h2-2";

/// Returns the letter in upper case, or NUL for anything that is not an ASCII letter.
char upper_letter(char c) noexcept {
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
    return c >= 'A' && c <= 'Z' ? c : '\0';
}

bool is_vowel(char c) noexcept {
    return c == 'A' || c == 'E' || c == 'I' || c == 'O' || c == 'U';
}

char soundex_code(char letter) noexcept {
    return kSoundexCodes[static_cast<std::size_t>(letter - 'A')];
}

/// Holds the letters of a name while NYSIIS rewrites its beginning and its end.
class NysiisName {
  public:
    explicit NysiisName(std::string_view name) noexcept {
        for (const char c : name) {
            const char letter = upper_letter(c);
            if (letter == '\0') continue;
            if (size_ == kNysiisLetters) break;
            letters_[size_++] = letter;
        }
    }
    [[nodiscard]] std::string_view view() const noexcept { return {letters_.data(), size_}; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void rewrite_beginning() noexcept {
        if (replace_beginning("MAC", "MCC")) return;
        if (replace_beginning("KN", "NN")) return;
        if (replace_beginning("K", "C")) return;
        if (replace_beginning("PH", "FF") || replace_beginning("PF", "FF")) return;
        replace_beginning("SCH", "SSS");
    }

    void rewrite_end() noexcept {
        if (size_ < 2) return;
        const std::string_view end = view().substr(size_ - 2);
        if (end == "EE" || end == "IE") {
            letters_[--size_ - 1] = 'Y';
        } else if (end == "DT" || end == "RT" || end == "RD" || end == "NT" || end == "ND") {
            letters_[--size_ - 1] = 'D';
        }
    }

  private:
    bool replace_beginning(std::string_view from, std::string_view to) noexcept {
        if (!view().starts_with(from)) return false;
        std::copy(to.begin(), to.end(), letters_.begin());
        return true;
    }

    std::array<char, kNysiisLetters> letters_{};
    std::size_t size_ = 0;
};

/// Collects the key: a letter equal to the one before it is left out.
class NysiisWriter {
  public:
    void add(char c) noexcept {
        if (key_.back() != c) key_.push_back(c);
    }
    [[nodiscard]] NysiisKey finish() noexcept {
        if (key_.size() > 1 && key_.back() == 'S') key_.pop_back();
        if (key_.view().ends_with("AY")) {
            key_.pop_back();
            key_.pop_back();
            key_.push_back('Y');
        }
        if (key_.size() > 1 && key_.back() == 'A') key_.pop_back();
        NysiisKey cut;
        for (const char c : key_.view()) cut.push_back(c);
        return cut;
    }

  private:
    InlineKey<kNysiisLetters> key_;
};

}  // namespace

SoundexKey soundex(std::string_view name) noexcept {
    SoundexKey key;
    char previous = '\0';
    for (const char c : name) {
        const char letter = upper_letter(c);
        if (letter == '\0') continue;
        const char code = soundex_code(letter);
        if (key.empty()) {
            key.push_back(letter);
        } else if (code >= '1' && code <= '6' && code != previous) {
            key.push_back(code);
        }
        if (code != 'h') previous = code;
    }
    while (!key.empty() && key.size() < 4) key.push_back('0');
    return key;
}

NysiisKey nysiis(std::string_view name) noexcept {
    NysiisName rewritten(name);
    if (rewritten.empty()) return {};
    rewritten.rewrite_beginning();
    rewritten.rewrite_end();

    const std::string_view letters = rewritten.view();
    const auto at = [letters](std::size_t i) { return i < letters.size() ? letters[i] : '\0'; };
    NysiisWriter key;
    key.add(letters.front());
    for (std::size_t i = 1; i < letters.size(); ++i) {
        const char c = letters[i];
        const std::string_view rest = letters.substr(i);
        if (rest.starts_with("EV")) {
            key.add('A');
            key.add('F');
            ++i;
        } else if (is_vowel(c)) {
            key.add('A');
        } else if (c == 'Q') {
            key.add('G');
        } else if (c == 'Z') {
            key.add('S');
        } else if (c == 'M') {
            key.add('N');
        } else if (c == 'K') {
            key.add(at(i + 1) == 'N' ? 'N' : 'C');
        } else if (rest.starts_with("SCH")) {
            key.add('S');
            i += 2;
        } else if (rest.starts_with("PH")) {
            key.add('F');
            ++i;
        } else if (c == 'H' && !(is_vowel(at(i - 1)) && is_vowel(at(i + 1)))) {
            key.add(is_vowel(at(i - 1)) ? 'A' : at(i - 1));
        } else if (c == 'W' && is_vowel(at(i - 1))) {
            key.add('A');
        } else {
            key.add(c);
        }
    }
    return key.finish();
}

}  // namespace caseweave::text
