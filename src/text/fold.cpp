#include "text/fold.hpp"

#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

#include "text/latin_table.hpp"
#include "text/utf8.hpp"

namespace caseweave::text {
namespace {

/// NFKC first, so that presentation forms (Arabic, full-width Latin) reach the rules as plain letters; and again,
/// because Any-Latin writes some sounds as raised letters (Ethiopic rtʷa) that Latin-ASCII does not know.
constexpr const char* kTransliteratorId = "NFKC; Any-Latin; NFKC; Latin-ASCII";

/// Says what an ASCII byte becomes.
enum AsciiFold : char { kDrop = '\0', kGap = ' ' };

constexpr std::array<char, 128> kAsciiFolds = [] {
    std::array<char, 128> folds{};
    for (std::size_t i = 0; i < folds.size(); ++i) {
        const char c = static_cast<char>(i);
        if (c >= 'A' && c <= 'Z') {
            folds[i] = static_cast<char>(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            folds[i] = c;
        } else if (c == '\'' || c == '`' || (c < ' ' && !(c >= '\t' && c <= '\r')) || c == '\x7F') {
            folds[i] = kDrop;
        } else {
            folds[i] = kGap;
        }
    }
    return folds;
}();

/// Tells whether `c` is one of the shapes in which an apostrophe, ayin, hamza or prime arrives, or
/// the Catalan dot between two l.
bool is_apostrophe(char32_t c) noexcept {
    return c == 0xA8 || c == 0xB4 || c == 0xB7 || (c >= 0x02B9 && c <= 0x02FF) || c == 0x2018 || c == 0x2019 ||
           c == 0x201B || c == 0x2032 || c == 0x2035 || c == 0x055A || c == 0x05F3 || c == 0xA78C || c == 0xFF07 ||
           c == 0xFF40;
}

bool is_common_combining_mark(char32_t c) noexcept {
    return c >= 0x0300 && c <= 0x036F;
}

const icu::Transliterator& thread_transliterator() {
    // One for each thread: ICU promises nothing about sharing one.
    thread_local const std::unique_ptr<icu::Transliterator> transliterator = [] {
        UErrorCode status = U_ZERO_ERROR;
        std::unique_ptr<icu::Transliterator> made(
            icu::Transliterator::createInstance(kTransliteratorId, UTRANS_FORWARD, status));
        if (U_FAILURE(status) || made == nullptr) {
            throw std::runtime_error(std::string("ICU cannot make the transliterator '") + kTransliteratorId +
                                     "': " + u_errorName(status) + "; install ICU's data (libicu)");
        }
        return made;
    }();
    return *transliterator;
}

/// Folds one text, code point by code point. Letters no table knows are gathered into runs, since ICU's rules look
/// at neighbours; a run's transliteration is folded in turn, and what is foreign even then stays.
class Folder {
  public:
    Folder(std::string& out, bool ampersand_is_and) : out_(out), ampersand_is_and_(ampersand_is_and) {}

    void fold(std::string_view text) {
        for (std::size_t offset = 0; offset < text.size();) {
            const auto byte = static_cast<unsigned char>(text[offset]);
            if (byte < 0x80) {
                end_run();
                ascii(byte);
                ++offset;
                continue;
            }
            const DecodedCodePoint decoded = decode_code_point(text, offset);
            offset += decoded.length_bytes;
            if (decoded.valid) code_point(decoded.code_point);
        }
        end_run();
    }

  private:
    void ascii(unsigned char byte) {
        const char folded = kAsciiFolds[byte];
        if (folded == kDrop) return;
        if (folded != kGap) {
            letter(folded);
        } else if (byte == '&' && ampersand_is_and_) {
            gap();
            letters("and");
            gap();
        } else {
            gap();
        }
    }

    void code_point(char32_t c) {
        if (const std::string_view latin = fold_latin(c); !latin.empty()) {
            end_run();
            if (latin == " ") {
                gap();
            } else {
                letters(latin);
            }
            return;
        }
        if (is_common_combining_mark(c) && run_.isEmpty() && !kept_) return;
        const auto type = static_cast<std::uint32_t>(U_MASK(u_charType(static_cast<UChar32>(c))));
        const bool joins_run = (type & U_GC_M_MASK) != 0 && (run_.isEmpty() == 0 || kept_);
        if (is_apostrophe(c)) return;
        if ((type & U_GC_L_MASK) != 0 || joins_run) {
            foreign(c);
        } else if ((type & U_GC_ND_MASK) != 0) {
            end_run();
            letter(static_cast<char>('0' + u_charDigitValue(static_cast<UChar32>(c))));
        } else if ((type & (U_GC_M_MASK | U_GC_CC_MASK | U_GC_CF_MASK)) == 0) {
            end_run();
            gap();
        }
    }

    void foreign(char32_t c) {
        if (!in_transliteration_) {
            // Case first: the rules know no Georgian capitals and no Cyrillic letter variants (U+1C80..1CBF).
            run_.append(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT));
            return;
        }
        start_word();
        append_code_point(out_, static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT)));
        kept_ = true;
    }

    void end_run() {
        kept_ = false;
        if (run_.isEmpty()) return;
        thread_transliterator().transliterate(run_);
        std::string latin;
        run_.toUTF8String(latin);
        run_.remove();
        in_transliteration_ = true;
        fold(latin);
        in_transliteration_ = false;
        kept_ = false;
    }

    void letter(char c) {
        start_word();
        out_.push_back(c);
        kept_ = false;
    }
    void letters(std::string_view folded) {
        start_word();
        out_.append(folded);
        kept_ = false;
    }
    void start_word() {
        if (gap_pending_ && !out_.empty()) out_.push_back(' ');
        gap_pending_ = false;
    }
    void gap() {
        gap_pending_ = true;
        kept_ = false;
    }

    std::string& out_;
    icu::UnicodeString run_;
    bool ampersand_is_and_;
    bool gap_pending_ = false;
    bool in_transliteration_ = false;
    bool kept_ = false;  // the last thing written was a letter kept in its own script, to which marks belong
};

/// Bounds the rounds of fold_foreign: fuzzing has found no text that still changes after the fourth.
constexpr int kMaxRounds = 4;

/// Folds until nothing changes: a letter that ICU leaves alone in one company it may know in the company of what the
/// first round made of its neighbours.
void fold_foreign(std::string_view text, std::string& out, bool ampersand_is_and) {
    out.clear();
    Folder(out, ampersand_is_and).fold(text);
    for (int round = 1; round < kMaxRounds && !is_ascii(out); ++round) {
        std::string again;
        Folder(again, ampersand_is_and).fold(out);
        if (again == out) return;
        out = std::move(again);
    }
}

/// Folds what is pure ASCII; returns false, with `out` unfinished, at the first byte that is not.
bool fold_ascii(std::string_view text, std::string& out) {
    out.clear();
    out.reserve(text.size());
    bool gap_pending = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) return false;
        const char folded = kAsciiFolds[byte];
        if (folded == kDrop) continue;
        if (folded == kGap) {
            gap_pending = true;
            continue;
        }
        if (gap_pending && !out.empty()) out.push_back(' ');
        gap_pending = false;
        out.push_back(folded);
    }
    return true;
}

struct ShortForm {
    std::string_view word;
    std::string_view short_form;
};

/// Customary short forms in United Kingdom addresses, sorted by word.
constexpr std::array kShortForms = {
    ShortForm{"apartment", "flat"}, ShortForm{"apt", "flat"},      ShortForm{"av", "ave"},
    ShortForm{"avenue", "ave"},     ShortForm{"building", "bldg"}, ShortForm{"buildings", "bldg"},
    ShortForm{"close", "cl"},       ShortForm{"cottage", "cott"},  ShortForm{"cottages", "cott"},
    ShortForm{"court", "ct"},       ShortForm{"crescent", "cres"}, ShortForm{"crt", "ct"},
    ShortForm{"drive", "dr"},       ShortForm{"east", "e"},        ShortForm{"estate", "est"},
    ShortForm{"floor", "fl"},       ShortForm{"flt", "flat"},      ShortForm{"gardens", "gdns"},
    ShortForm{"gdn", "gdns"},       ShortForm{"grove", "gr"},      ShortForm{"grv", "gr"},
    ShortForm{"house", "hse"},      ShortForm{"hs", "hse"},        ShortForm{"la", "ln"},
    ShortForm{"lane", "ln"},        ShortForm{"lower", "lwr"},     ShortForm{"mount", "mt"},
    ShortForm{"north", "n"},        ShortForm{"number", "no"},     ShortForm{"parade", "pde"},
    ShortForm{"park", "pk"},        ShortForm{"place", "pl"},      ShortForm{"road", "rd"},
    ShortForm{"saint", "st"},       ShortForm{"south", "s"},       ShortForm{"square", "sq"},
    ShortForm{"str", "st"},         ShortForm{"street", "st"},     ShortForm{"terr", "ter"},
    ShortForm{"terrace", "ter"},    ShortForm{"upper", "upr"},     ShortForm{"west", "w"},
};
static_assert(std::ranges::is_sorted(kShortForms, {}, &ShortForm::word));

std::string_view short_form_of(std::string_view word) noexcept {
    const auto* found = std::ranges::lower_bound(kShortForms, word, {}, &ShortForm::word);
    return found != kShortForms.end() && found->word == word ? found->short_form : word;
}

}  // namespace

void fold_name(std::string_view name, std::string& out) {
    if (fold_ascii(name, out)) return;
    fold_foreign(name, out, false);
}

std::string fold_name(std::string_view name) {
    std::string out;
    fold_name(name, out);
    return out;
}

void fold_address(std::string_view address, std::string& out) {
    out.clear();
    std::string folded;
    fold_foreign(address, folded, true);
    for (const std::string_view word : name_tokens(folded)) {
        if (!out.empty()) out.push_back(' ');
        out.append(short_form_of(word));
    }
}

std::string fold_address(std::string_view address) {
    std::string out;
    fold_address(address, out);
    return out;
}

void digits_only(std::string_view text, std::string& out) {
    out.clear();
    for (std::size_t offset = 0; offset < text.size();) {
        const DecodedCodePoint decoded = decode_code_point(text, offset);
        offset += decoded.length_bytes;
        const std::int32_t digit = u_charDigitValue(static_cast<UChar32>(decoded.code_point));
        if (digit >= 0) out.push_back(static_cast<char>('0' + digit));
    }
}

std::string digits_only(std::string_view text) {
    std::string out;
    digits_only(text, out);
    return out;
}

}  // namespace caseweave::text
