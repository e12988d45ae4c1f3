#include "simulate_county/errors.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "simulate_county/identifiers.hpp"
#include "simulate_county/utf8.hpp"

namespace simulate {
namespace {

using Pair = std::pair<std::string_view, std::string_view>;

constexpr std::array<Pair, 64> kDiminutives = {{
    {"William", "Billy"},   {"Thomas", "Tom"},        {"James", "Jamie"},       {"Alexander", "Alex"},
    {"Benjamin", "Ben"},    {"Daniel", "Danny"},      {"Samuel", "Sam"},        {"Joseph", "Joe"},
    {"Charles", "Charlie"}, {"Harrison", "Harry"},    {"Frederick", "Fred"},    {"Freddie", "Fred"},
    {"Theodore", "Teddy"},  {"Edward", "Ted"},        {"Matthew", "Matt"},      {"Joshua", "Josh"},
    {"Jacob", "Jake"},      {"Michael", "Mike"},      {"Christopher", "Chris"}, {"Nathaniel", "Nathan"},
    {"Zachary", "Zac"},     {"Sebastian", "Seb"},     {"Robert", "Bobby"},      {"Richard", "Rick"},
    {"Anthony", "Tony"},    {"Andrew", "Andy"},       {"Reginald", "Reggie"},   {"Ronald", "Ronnie"},
    {"Oliver", "Ollie"},    {"Finley", "Finn"},       {"Archie", "Arch"},       {"Albert", "Bertie"},
    {"Dominic", "Dom"},     {"Cameron", "Cam"},       {"Stanley", "Stan"},      {"Elizabeth", "Lizzie"},
    {"Isabella", "Bella"},  {"Isabelle", "Izzy"},     {"Charlotte", "Lottie"},  {"Katherine", "Katie"},
    {"Rebecca", "Becky"},   {"Abigail", "Abi"},       {"Jessica", "Jess"},      {"Eleanor", "Ellie"},
    {"Amelia", "Millie"},   {"Matilda", "Tilly"},     {"Victoria", "Vicky"},    {"Alexandra", "Lexi"},
    {"Margaret", "Maggie"}, {"Florence", "Flo"},      {"Beatrice", "Bea"},      {"Penelope", "Penny"},
    {"Georgia", "Georgie"}, {"Francesca", "Frankie"}, {"Natasha", "Tasha"},     {"Harriet", "Hattie"},
    {"Imogen", "Immy"},     {"Olivia", "Liv"},        {"Grace", "Gracie"},      {"Lillian", "Lily"},
    {"Katarzyna", "Kasia"}, {"Małgorzata", "Gosia"},  {"Aleksandra", "Ola"},    {"Katie", "Kate"},
}};

// Spellings of one name across languages and registrars.
constexpr std::array<Pair, 46> kSpellings = {{
    {"Muhammad", "Mohammed"},
    {"Mohammed", "Mohamed"},
    {"Mohamed", "Muhammad"},
    {"Mohammad", "Mohammed"},
    {"Yusuf", "Yousef"},
    {"Youssef", "Yusuf"},
    {"Aisha", "Ayesha"},
    {"Ayesha", "Aisha"},
    {"Maryam", "Mariam"},
    {"Mariam", "Maryam"},
    {"Hussain", "Hussein"},
    {"Hassan", "Hasan"},
    {"Fatima", "Fathima"},
    {"Abdullah", "Abdulla"},
    {"Ibrahim", "Ebrahim"},
    {"Omar", "Umar"},
    {"Umar", "Omar"},
    {"Khadija", "Khadijah"},
    {"Oleksandr", "Alexander"},
    {"Mykhailo", "Mikhail"},
    {"Dmytro", "Dmitri"},
    {"Sofiia", "Sofia"},
    {"Anastasiia", "Anastasia"},
    {"Mariia", "Maria"},
    {"Aleksander", "Alexander"},
    {"Jakub", "Jacob"},
    {"Zofia", "Sofia"},
    {"Wiktoria", "Victoria"},
    {"Oskar", "Oscar"},
    {"Filip", "Philip"},
    {"Kateryna", "Katerina"},
    {"Yuliia", "Julia"},
    {"Georgi", "Georgy"},
    {"Viktoria", "Victoria"},
    {"Catherine", "Katherine"},
    {"Sophia", "Sofia"},
    {"Isabelle", "Isobel"},
    {"Sarah", "Sara"},
    {"Hannah", "Hanna"},
    {"Zoe", "Zoey"},
    {"Aidan", "Aiden"},
    {"Callum", "Calum"},
    {"Lewis", "Louis"},
    {"Stephen", "Steven"},
    {"Mehmet", "Mehmed"},
    {"Tesfay", "Tesfaye"},
}};

constexpr std::array<Pair, 24> kSounds = {{
    {"ph", "f"}, {"ck", "k"},  {"ie", "y"},  {"y", "ie"},  {"ey", "y"},  {"ll", "l"}, {"nn", "n"}, {"tt", "t"},
    {"ss", "s"}, {"ee", "ea"}, {"ea", "ee"}, {"ai", "ay"}, {"ou", "oo"}, {"ch", "k"}, {"th", "t"}, {"c", "k"},
    {"k", "c"},  {"z", "s"},   {"v", "w"},   {"j", "y"},   {"i", "y"},   {"ae", "a"}, {"o", "oe"}, {"e", "a"},
}};
constexpr std::array<Pair, 10> kLooks = {{
    {"rn", "m"},
    {"m", "rn"},
    {"cl", "d"},
    {"l", "i"},
    {"i", "l"},
    {"nn", "m"},
    {"h", "b"},
    {"e", "c"},
    {"vv", "w"},
    {"u", "v"},
}};

constexpr std::array<std::string_view, 26> kNeighbours = {"qs", "vn", "xv", "sf", "wr", "dg", "fh", "gj", "uo",
                                                          "hk", "jl", "ko", "n",  "bm", "ip", "ol", "wa", "et",
                                                          "ad", "ry", "yi", "cb", "qe", "zc", "tu", "xs"};

bool is_lead(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> letters;
    for (const char byte : text) {
        if (is_lead(byte) || letters.empty()) letters.emplace_back();
        letters.back() += byte;
    }
    return letters;
}

std::string join(const std::vector<std::string>& letters) {
    std::string text;
    for (const std::string& letter : letters) text += letter;
    return text;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter(const std::string& text) {
    return text.size() == 1 && lower(text[0]) >= 'a' && lower(text[0]) <= 'z';
}

// Replaces one occurrence, drawn among those after the first letter, of one pair's left side by its right side.
template <typename Pairs>
std::string replace_one(std::string_view text, const Pairs& pairs, Random& random) {
    std::vector<std::pair<std::size_t, std::size_t>> places;
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        for (std::size_t at = text.find(pairs[p].first, 1); at != std::string_view::npos;
             at = text.find(pairs[p].first, at + 1))
            places.emplace_back(at, p);
    }
    if (places.empty()) return {};
    const auto [at, p] = random.pick(places);
    std::string result(text);
    result.replace(at, pairs[p].first.size(), pairs[p].second);
    return result;
}

bool is_within(char32_t code, char32_t first, char32_t last) {
    return code >= first && code <= last;
}

// The capital of a small letter of Latin-1, Latin Extended-A, Romanian or Vietnamese; anything else as it is.
// Beyond Latin-1 capitals and small letters stand in pairs, the capital first.
char32_t capital(char32_t code) {
    if (is_within(code, 'a', 'z') || (is_within(code, 0xE0, 0xFE) && code != 0xF7)) return code - 0x20;
    if (code == 0xFF) return 0x178;  // y with diaeresis
    if (code == 0x131) return 'I';   // dotless i
    const bool odd = code % 2 == 1;
    const bool small_is_odd = is_within(code, 0x100, 0x137) || is_within(code, 0x14A, 0x177) ||
                              is_within(code, 0x1A0, 0x1A1) || is_within(code, 0x218, 0x21B) ||
                              is_within(code, 0x1EA0, 0x1EF9);
    const bool small_is_even =
        is_within(code, 0x139, 0x148) || is_within(code, 0x179, 0x17E) || is_within(code, 0x1AF, 0x1B0);
    return (small_is_odd && odd) || (small_is_even && !odd) ? code - 1 : code;
}

std::string mistype_once(std::string_view text, Random& random) {
    std::vector<std::string> letters = split(text);
    const std::size_t at = 1 + random.index(letters.size() - 1);
    switch (random.index(4)) {
        case 0:
            letters.erase(letters.begin() + static_cast<std::ptrdiff_t>(at));
            break;
        case 1:
            letters.insert(letters.begin() + static_cast<std::ptrdiff_t>(at), letters[at]);
            break;
        case 2:
            if (at + 1 < letters.size()) std::swap(letters[at], letters[at + 1]);
            break;
        default:
            if (is_letter(letters[at])) {
                const std::string_view keys = kNeighbours[static_cast<std::size_t>(lower(letters[at][0]) - 'a')];
                letters[at] = std::string(1, keys[random.index(keys.size())]);
            }
    }
    return join(letters);
}

}  // namespace

std::string mistype(std::string_view text, Random& random) {
    if (characters(text) < 2) return std::string(text) + "e";
    std::string result;
    do {
        result = mistype_once(text, random);
    } while (result == text);
    return result;
}

std::string misspell(std::string_view text, Random& random) {
    std::string result = replace_one(text, kSounds, random);
    return result.empty() ? mistype(text, random) : result;
}

std::string misread(std::string_view text, Random& random) {
    std::string result = replace_one(text, kLooks, random);
    return result.empty() ? mistype(text, random) : result;
}

namespace {

std::string slip(std::string_view name, const Slips& slips, Random& random) {
    const std::array<double, 3> weights = {slips.typing, slips.hearing, slips.reading};
    switch (random.weighted(weights)) {
        case 0:
            return mistype(name, random);
        case 1:
            return misspell(name, random);
        default:
            return misread(name, random);
    }
}

}  // namespace

std::string diminutive(std::string_view given) {
    const auto found =
        std::find_if(kDiminutives.begin(), kDiminutives.end(), [&](const Pair& pair) { return pair.first == given; });
    return found == kDiminutives.end() ? std::string() : std::string(found->second);
}

std::string other_form(std::string_view given, Random& random) {
    std::vector<std::string_view> forms;
    for (const auto& [name, form] : kDiminutives) {
        if (name == given) forms.push_back(form);
        if (form == given) forms.push_back(name);
    }
    for (const auto& [name, form] : kSpellings) {
        if (name == given) forms.push_back(form);
        if (form == given) forms.push_back(name);
    }
    return forms.empty() ? std::string() : std::string(random.pick(forms));
}

std::string wrong_forename(std::string_view given, const Slips& slips, Random& random) {
    if (random.chance(0.5)) {
        std::string form = other_form(given, random);
        if (!form.empty()) return form;
    }
    return slip(given, slips, random);
}

std::string wrong_surname(std::string_view family, const Slips& slips, Random& random) {
    const std::size_t bar = family.find('-');
    if (bar != std::string_view::npos && random.chance(0.5))
        return std::string(random.chance(0.5) ? family.substr(0, bar) : family.substr(bar + 1));
    return slip(family, slips, random);
}

DateParts wrong_date(DateParts date, double exchange, Random& random) {
    if (!date.complete()) return date;
    const int day = *date.day;
    const int month = *date.month;
    if (day <= 12 && day != month && random.chance(exchange)) {
        std::swap(date.day, date.month);
        return date;
    }
    const std::size_t kind = random.index(3);
    if (kind == 0) date.day = day > 10 && day <= 20 ? day - 10 : day % 28 + 1;
    if (kind == 1) date.month = month % 12 + 1;
    if (kind == 2) date.year = *date.year + (random.chance(0.5) ? 1 : -1);
    if (*date.day > 28) date.day = 28;
    if (*date.day == day && *date.month == month && kind != 2) date.day = day == 1 ? 2 : day - 1;
    return date;
}

std::string wrong_postcode(std::string_view postcode, Random& random) {
    static constexpr std::string_view kLetters = "ABDEFGHJLNPQRSTUWXYZ";
    std::string result(postcode);
    while (!result.empty() && result == postcode) {
        result.back() = kLetters[random.index(kLetters.size())];
        if (random.chance(0.4) && result.size() > 2)
            result[result.size() - 2] = kLetters[random.index(kLetters.size())];
    }
    return result;
}

std::string no_postcode(std::string_view postcode, Random& random) {
    switch (random.index(4)) {
        case 0:
            return std::string(postcode.substr(0, postcode.find(' ')));
        case 1:
            return std::string(postcode.substr(0, postcode.size() - 1));
        case 2:
            return std::string(postcode.substr(0, postcode.size() - 1)) + static_cast<char>('0' + random.between(2, 9));
        default:
            return "ZZ99 3VZ";
    }
}

std::string wrong_digit(std::string_view number, Random& random) {
    // The first character may be a letter, the last a check digit or the letter of a temporary UPN.
    std::string wrong(number);
    do {
        wrong = number;
        wrong[1 + random.index(number.size() - 2)] = static_cast<char>('0' + random.between(0, 9));
    } while (is_nhs_number(wrong) || is_uln(wrong) || is_upn(wrong));
    return wrong;
}

std::string fold_marks(std::string_view text) {
    static constexpr std::array<Pair, 99> kMarks = {{
        {"á", "a"}, {"à", "a"}, {"â", "a"}, {"ã", "a"}, {"ä", "a"}, {"ă", "a"}, {"ą", "a"}, {"ā", "a"}, {"Á", "A"},
        {"À", "A"}, {"Â", "A"}, {"Ã", "A"}, {"Ä", "A"}, {"Ă", "A"}, {"ç", "c"}, {"ć", "c"}, {"č", "c"}, {"Ç", "C"},
        {"Č", "C"}, {"Ć", "C"}, {"Ç", "C"}, {"đ", "d"}, {"Đ", "D"}, {"é", "e"}, {"è", "e"}, {"ê", "e"}, {"ë", "e"},
        {"ę", "e"}, {"ė", "e"}, {"ē", "e"}, {"É", "E"}, {"È", "E"}, {"Ê", "E"}, {"ğ", "g"}, {"Ğ", "G"}, {"í", "i"},
        {"ì", "i"}, {"î", "i"}, {"ï", "i"}, {"ı", "i"}, {"ī", "i"}, {"İ", "I"}, {"Í", "I"}, {"Î", "I"}, {"ł", "l"},
        {"Ł", "L"}, {"ń", "n"}, {"ñ", "n"}, {"ņ", "n"}, {"Ñ", "N"}, {"ó", "o"}, {"ò", "o"}, {"ô", "o"}, {"õ", "o"},
        {"ö", "o"}, {"ő", "o"}, {"Ó", "O"}, {"Ö", "O"}, {"ø", "o"}, {"ř", "r"}, {"ś", "s"}, {"š", "s"}, {"ş", "s"},
        {"ș", "s"}, {"Ś", "S"}, {"Š", "S"}, {"Ş", "S"}, {"Ș", "S"}, {"ț", "t"}, {"ţ", "t"}, {"Ț", "T"}, {"ú", "u"},
        {"ù", "u"}, {"û", "u"}, {"ü", "u"}, {"ű", "u"}, {"ū", "u"}, {"ų", "u"}, {"Ú", "U"}, {"Ü", "U"}, {"ý", "y"},
        {"Ý", "Y"}, {"ź", "z"}, {"ż", "z"}, {"ž", "z"}, {"Ź", "Z"}, {"Ż", "Z"}, {"Ž", "Z"}, {"ư", "u"}, {"ơ", "o"},
        {"ễ", "e"}, {"ầ", "a"}, {"ạ", "a"}, {"ả", "a"}, {"ọ", "o"}, {"ỗ", "o"}, {"ỳ", "y"}, {"ặ", "a"}, {"’", "'"},
    }};
    static constexpr std::array<Pair, 14> kVietnamese = {{{"ấ", "a"},
                                                          {"ứ", "u"},
                                                          {"ũ", "u"},
                                                          {"ế", "e"},
                                                          {"ồ", "o"},
                                                          {"ổ", "o"},
                                                          {"ộ", "o"},
                                                          {"ẻ", "e"},
                                                          {"ị", "i"},
                                                          {"ỉ", "i"},
                                                          {"Ứ", "U"},
                                                          {"ự", "u"},
                                                          {"ỹ", "y"},
                                                          {"ắ", "a"}}};
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at + 1;
        while (end < text.size() && !is_lead(text[end])) ++end;
        const std::string_view letter = text.substr(at, end - at);
        at = end;
        const auto matches = [&](const Pair& pair) { return pair.first == letter; };
        const auto mark = letter.size() == 1 ? kMarks.end() : std::find_if(kMarks.begin(), kMarks.end(), matches);
        const auto other = letter.size() == 1 || mark != kMarks.end()
                               ? kVietnamese.end()
                               : std::find_if(kVietnamese.begin(), kVietnamese.end(), matches);
        if (mark != kMarks.end())
            result += mark->second;
        else if (other != kVietnamese.end())
            result += other->second;
        else
            result += letter;
    }
    return result;
}

std::string upper_case(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) append_code_point(out, capital(take_code_point(text, at)));
    return out;
}

std::string cut(std::string_view text, std::size_t wanted) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (is_lead(text[i]) && ++count > wanted) return std::string(text.substr(0, i));
    }
    return std::string(text);
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_lead));
}

}  // namespace simulate
