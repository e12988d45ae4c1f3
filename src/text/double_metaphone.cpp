#include <algorithm>
#include <array>
#include <initializer_list>

#include "text/phonetic.hpp"

namespace caseweave::text {
namespace {

/// Bounds the letters that are read: a key of eight characters never needs more of a real name.
constexpr std::size_t kMaxLetters = 64;

using Position = std::ptrdiff_t;
using Patterns = std::initializer_list<std::string_view>;

/// Walks a name once and writes both keys. Each `on_*` method handles one letter by Philips' rules and moves on.
class MetaphoneEncoder {
  public:
    MetaphoneEncoder(std::string_view name, std::size_t max_length) noexcept
        : max_length_(std::min(max_length, std::size_t{8})) {
        for (const char c : name) {
            if (length_ == static_cast<Position>(kMaxLetters)) break;
            if (c >= 'a' && c <= 'z') {
                append(static_cast<char>(c - 'a' + 'A'));
            } else if (c >= 'A' && c <= 'Z') {
                append(c);
            } else if ((c == ' ' || c == '-') && length_ > 0 && at(length_ - 1) != ' ') {
                append(' ');
            }
        }
        if (length_ > 0 && at(length_ - 1) == ' ') --length_;
        last_ = length_ - 1;
        const std::string_view letters(letters_.data(), static_cast<std::size_t>(length_));
        slavo_germanic_ = letters.find_first_of("WK") != letters.npos || letters.find("CZ") != letters.npos;
    }

    DoubleMetaphone encode() noexcept {
        skip_silent_beginning();
        while (now_ < length_ && (keys_.primary.size() < max_length_ || keys_.secondary.size() < max_length_)) {
            on_letter(at(now_));
        }
        return keys_;
    }

  private:
    void append(char c) noexcept { letters_[static_cast<std::size_t>(length_++)] = c; }

    /// Returns the letter at `i`, or a space beyond either end.
    [[nodiscard]] char at(Position i) const noexcept {
        return i >= 0 && i < length_ ? letters_[static_cast<std::size_t>(i)] : ' ';
    }
    /// Returns the letter `offset` places from the current one.
    [[nodiscard]] char near(Position offset) const noexcept { return at(now_ + offset); }

    [[nodiscard]] bool has_at(Position start, Patterns patterns) const noexcept {
        if (start < 0) return false;
        return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
            for (std::size_t i = 0; i < pattern.size(); ++i) {
                if (at(start + static_cast<Position>(i)) != pattern[i]) return false;
            }
            return true;
        });
    }
    [[nodiscard]] bool has(Position offset, Patterns patterns) const noexcept {
        return has_at(now_ + offset, patterns);
    }
    [[nodiscard]] bool starts_with(Patterns patterns) const noexcept { return has_at(0, patterns); }

    [[nodiscard]] bool vowel_at(Position i) const noexcept {
        return std::string_view("AEIOUY").find(at(i)) != std::string_view::npos;
    }
    [[nodiscard]] bool vowel_near(Position offset) const noexcept { return vowel_at(now_ + offset); }
    [[nodiscard]] bool at_start() const noexcept { return now_ == 0; }
    [[nodiscard]] bool at_last() const noexcept { return now_ == last_; }
    /// Dutch and German surnames keep hard sounds.
    [[nodiscard]] bool germanic() const noexcept { return starts_with({"VAN ", "VON ", "SCH"}); }

    void add(std::string_view both) noexcept { add(both, both); }
    void add(std::string_view primary, std::string_view secondary) noexcept {
        extend(keys_.primary, primary);
        extend(keys_.secondary, secondary);
    }
    void extend(MetaphoneKey& key, std::string_view sounds) const noexcept {
        for (const char c : sounds) {
            if (key.size() < max_length_) key.push_back(c);
        }
    }
    void move(Position steps) noexcept { now_ += steps; }
    /// Moves over the current letter and its double.
    void move_over(char letter) noexcept { move(near(1) == letter ? 2 : 1); }
    void add_simple(std::string_view sound, char letter) noexcept {
        add(sound);
        move_over(letter);
    }

    void skip_silent_beginning() noexcept {
        if (starts_with({"GN", "KN", "PN", "WR", "PS"})) {
            now_ = 1;
        } else if (at(0) == 'X') {  // Xavier
            add("S");
            now_ = 1;
        }
    }

    void on_letter(char c) noexcept {
        switch (c) {
            case 'A':
            case 'E':
            case 'I':
            case 'O':
            case 'U':
            case 'Y':
                if (at_start()) add("A");
                move(1);
                break;
            case 'B':
                add_simple("P", 'B');
                break;
            case 'C':
                on_c();
                break;
            case 'D':
                on_d();
                break;
            case 'F':
                add_simple("F", 'F');
                break;
            case 'G':
                on_g();
                break;
            case 'H':
                on_h();
                break;
            case 'J':
                on_j();
                break;
            case 'K':
                add_simple("K", 'K');
                break;
            case 'L':
                on_l();
                break;
            case 'M':
                on_m();
                break;
            case 'N':
                add_simple("N", 'N');
                break;
            case 'P':
                on_p();
                break;
            case 'Q':
                add_simple("K", 'Q');
                break;
            case 'R':
                on_r();
                break;
            case 'S':
                on_s();
                break;
            case 'T':
                on_t();
                break;
            case 'V':
                add_simple("F", 'V');
                break;
            case 'W':
                on_w();
                break;
            case 'X':
                on_x();
                break;
            case 'Z':
                on_z();
                break;
            default:
                move(1);
                break;
        }
    }

    void on_c() noexcept {
        const bool germanic_ach = now_ > 1 && !vowel_near(-2) && has(-1, {"ACH"}) && near(2) != 'I' &&
                                  (near(2) != 'E' || has(-2, {"BACHER", "MACHER"}));
        if (germanic_ach) {
            add("K");
            move(2);
        } else if (at_start() && has(0, {"CAESAR"})) {
            add("S");
            move(2);
        } else if (has(0, {"CHIA"})) {  // Chianti
            add("K");
            move(2);
        } else if (has(0, {"CH"})) {
            on_ch();
            move(2);
        } else if (has(0, {"CZ"}) && !has(-2, {"WICZ"})) {  // Czerny
            add("S", "X");
            move(2);
        } else if (has(1, {"CIA"})) {  // focaccia
            add("X");
            move(3);
        } else if (has(0, {"CC"}) && !(now_ == 1 && at(0) == 'M')) {  // but McClellan
            on_cc();
        } else if (has(0, {"CK", "CG", "CQ"})) {
            add("K");
            move(2);
        } else if (has(0, {"CI", "CE", "CY"})) {
            add("S", has(0, {"CIO", "CIE", "CIA"}) ? "X" : "S");  // Italian against English
            move(2);
        } else {
            add("K");
            if (has(1, {" C", " Q", " G"})) {  // Mac Caffrey, Mac Gregor
                move(3);
            } else {
                move(has(1, {"C", "K", "Q"}) && !has(1, {"CE", "CI"}) ? 2 : 1);
            }
        }
    }

    void on_ch() noexcept {
        const bool greek_beginning =
            at_start() && has(1, {"HARAC", "HARIS", "HOR", "HYM", "HIA", "HEM"}) && !starts_with({"CHORE"});
        const bool hard = germanic() || has(-2, {"ORCHES", "ARCHIT", "ORCHID"}) || has(2, {"T", "S"}) ||
                          ((at_start() || has(-1, {"A", "O", "U", "E"})) &&
                           has(2, {"L", "R", "N", "M", "B", "H", "F", "V", "W", " "}));
        if (now_ > 0 && has(0, {"CHAE"})) {  // Michael
            add("K", "X");
        } else if (greek_beginning || hard) {
            add("K");
        } else if (at_start()) {
            add("X");
        } else if (starts_with({"MC"})) {  // McHugh
            add("K");
        } else {
            add("X", "K");
        }
    }

    void on_cc() noexcept {
        if (has(2, {"I", "E", "H"}) && !has(2, {"HU"})) {
            const bool accident = (now_ == 1 && near(-1) == 'A') || has(-1, {"UCCEE", "UCCES"});
            add(accident ? "KS" : "X");  // accident, succeed; against Bertucci
            move(3);
        } else {
            add("K");
            move(2);
        }
    }

    void on_d() noexcept {
        if (has(0, {"DG"})) {
            const bool edge = has(2, {"I", "E", "Y"});
            add(edge ? "J" : "TK");  // edge against Edgar
            move(edge ? 3 : 2);
        } else {
            add("T");
            move(has(0, {"DT", "DD"}) ? 2 : 1);
        }
    }

    void on_g() noexcept {
        if (near(1) == 'H') {
            on_gh();
            move(2);
        } else if (near(1) == 'N') {
            on_gn();
            move(2);
        } else if (has(1, {"LI"}) && !slavo_germanic_) {  // Tagliaro
            add("KL", "L");
            move(2);
        } else if (at_start() && has(1, {"Y", "ES", "EP", "EB", "EL", "EY", "IB", "IL", "IN", "IE", "EI", "ER"})) {
            add("K", "J");
            move(2);
        } else if (has(1, {"ER", "Y"}) && !starts_with({"DANGER", "RANGER", "MANGER"}) &&
                   !has(-1, {"E", "I", "RGY", "OGY"})) {
            add("K", "J");
            move(2);
        } else if (has(1, {"E", "I", "Y"}) || has(-1, {"AGGI", "OGGI"})) {
            if (germanic() || has(1, {"ET"})) {
                add("K");
            } else {
                add("J", has(1, {"IER "}) ? "J" : "K");
            }
            move(2);
        } else {
            add_simple("K", 'G');
        }
    }

    void on_gh() noexcept {
        if (now_ > 0 && !vowel_near(-1)) {
            add("K");
        } else if (at_start()) {
            add(near(2) == 'I' ? "J" : "K");  // Ghislane against ghost
        } else if (has(-2, {"B", "H", "D"}) || has(-3, {"B", "H", "D"}) || has(-4, {"B", "H"})) {
            return;  // Parker's rule: Hugh, bough, Broughton
        } else if (now_ > 2 && near(-1) == 'U' && has(-3, {"C", "G", "L", "R", "T"})) {
            add("F");  // laugh, McLaughlin, cough, rough
        } else if (near(-1) != 'I') {
            add("K");
        }
    }

    void on_gn() noexcept {
        if (now_ == 1 && vowel_at(0) && !slavo_germanic_) {
            add("KN", "N");
        } else if (!has(2, {"EY"}) && !slavo_germanic_) {  // but Cagney
            add("N", "KN");
        } else {
            add("KN");
        }
    }

    void on_h() noexcept {
        const bool sounded = (at_start() || vowel_near(-1)) && vowel_near(1);
        if (sounded) add("H");
        move(sounded ? 2 : 1);
    }

    void on_j() noexcept {
        if (has(0, {"JOSE"}) || starts_with({"SAN "})) {  // Spanish
            add((at_start() && near(4) == ' ') || starts_with({"SAN "}) ? "H" : "J", "H");
            move(1);
            return;
        }
        if (at_start()) {
            add("J", "A");  // Jankelowicz is Yankelovich
        } else if (vowel_near(-1) && !slavo_germanic_ && has(1, {"A", "O"})) {
            add("J", "H");  // bajador
        } else if (at_last()) {
            add("J", "");
        } else if (!has(1, {"L", "T", "K", "S", "N", "M", "B", "Z"}) && !has(-1, {"S", "K", "L"})) {
            add("J");
        }
        move_over('J');
    }

    void on_l() noexcept {
        const bool spanish =
            near(1) == 'L' && ((now_ == length_ - 3 && has(-1, {"ILLO", "ILLA", "ALLE"})) ||
                               ((has_at(last_ - 1, {"AS", "OS"}) || has_at(last_, {"A", "O"})) && has(-1, {"ALLE"})));
        add("L", spanish ? "" : "L");
        move_over('L');
    }

    void on_m() noexcept {
        add("M");
        const bool silent_b = has(-1, {"UMB"}) && (now_ + 1 == last_ || has(2, {"ER"}));  // dumb, thumb
        move(silent_b || near(1) == 'M' ? 2 : 1);
    }

    void on_p() noexcept {
        if (near(1) == 'H') {
            add("F");
            move(2);
        } else {
            add("P");
            move(has(1, {"P", "B"}) ? 2 : 1);  // Campbell
        }
    }

    void on_r() noexcept {
        const bool french = at_last() && !slavo_germanic_ && has(-2, {"IE"}) && !has(-4, {"ME", "MA"});
        add(french ? "" : "R", "R");  // Rogier
        move_over('R');
    }

    void on_s() noexcept {
        if (has(-1, {"ISL", "YSL"})) {  // Carlisle
            move(1);
        } else if (at_start() && has(0, {"SUGAR"})) {
            add("X", "S");
            move(1);
        } else if (has(0, {"SH"})) {
            add(has(1, {"HEIM", "HOEK", "HOLM", "HOLZ"}) ? "S" : "X");
            move(2);
        } else if (has(0, {"SIO", "SIA"})) {
            add("S", slavo_germanic_ ? "S" : "X");
            move(3);
        } else if ((at_start() && has(1, {"M", "N", "L", "W"})) || has(1, {"Z"})) {  // Smith is Schmidt
            add("S", "X");
            move(has(1, {"Z"}) ? 2 : 1);
        } else if (has(0, {"SC"})) {
            on_sc();
            move(3);
        } else {
            const bool french = at_last() && has(-2, {"AI", "OI"});  // Dubois
            add(french ? "" : "S", "S");
            move(has(1, {"S", "Z"}) ? 2 : 1);
        }
    }

    void on_sc() noexcept {
        if (near(2) == 'H') {
            if (has(3, {"ER", "EN"})) {  // Schermerhorn, Schenker
                add("X", "SK");
            } else if (has(3, {"OO", "UY", "ED", "EM"})) {  // Dutch: school, schooner
                add("SK");
            } else {
                const bool german = at_start() && !vowel_at(3) && at(3) != 'W';
                add("X", german ? "S" : "X");
            }
        } else {
            add(has(2, {"I", "E", "Y"}) ? "S" : "SK");
        }
    }

    void on_t() noexcept {
        if (has(0, {"TION", "TIA", "TCH"})) {
            add("X");
            move(3);
        } else if (has(0, {"TH", "TTH"})) {
            add(has(2, {"OM", "AM"}) || germanic() ? "T" : "0", "T");  // Thomas, Thames
            move(2);
        } else {
            add("T");
            move(has(1, {"T", "D"}) ? 2 : 1);
        }
    }

    void on_w() noexcept {
        if (has(0, {"WR"})) {
            add("R");
            move(2);
            return;
        }
        if (at_start() && (vowel_near(1) || has(0, {"WH"}))) {
            add("A", vowel_near(1) ? "F" : "A");  // Wasserman is Vasserman
        }
        if ((at_last() && vowel_near(-1)) || has(-1, {"EWSKI", "EWSKY", "OWSKI", "OWSKY"}) || starts_with({"SCH"})) {
            add("", "F");  // Arnow is Arnoff
            move(1);
        } else if (has(0, {"WICZ", "WITZ"})) {  // Filipowicz
            add("TS", "FX");
            move(4);
        } else {
            move(1);
        }
    }

    void on_x() noexcept {
        const bool french = at_last() && (has(-3, {"IAU", "EAU"}) || has(-2, {"AU", "OU"}));  // Breaux
        if (!french) add("KS");
        move(has(1, {"C", "X"}) ? 2 : 1);
    }

    void on_z() noexcept {
        if (near(1) == 'H') {  // Zhao
            add("J");
            move(2);
            return;
        }
        const bool ts = has(1, {"ZO", "ZI", "ZA"}) || (slavo_germanic_ && now_ > 0 && near(-1) != 'T');
        add("S", ts ? "TS" : "S");
        move_over('Z');
    }

    std::array<char, kMaxLetters> letters_{};
    Position length_ = 0;
    Position last_ = -1;
    Position now_ = 0;
    std::size_t max_length_;
    bool slavo_germanic_ = false;
    DoubleMetaphone keys_;
};

}  // namespace

DoubleMetaphone double_metaphone(std::string_view name, std::size_t max_length) noexcept {
    return MetaphoneEncoder(name, max_length).encode();
}

}  // namespace caseweave::text
