#include "normalise/dates.hpp"

#include <array>

#include "core/error.hpp"

namespace caseweave {

namespace {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Takes 1 to `width` digits off the front; false when there is none.
bool take_number(std::string_view& text, std::size_t width, unsigned& number) noexcept {
    std::size_t taken = 0;
    number = 0;
    while (taken < width && taken < text.size() && is_digit(text[taken]))
        number = number * 10 + static_cast<unsigned>(text[taken++] - '0');
    text.remove_prefix(taken);
    return taken > 0;
}

/// Takes an English month name or its first three letters.
bool take_month_name(std::string_view& text, unsigned& month) noexcept {
    static constexpr std::array<std::string_view, 12> kMonths = {"january",   "february", "march",    "april",
                                                                 "may",       "june",     "july",     "august",
                                                                 "september", "october",  "november", "december"};
    std::size_t letters = 0;
    while (letters < text.size() && ((text[letters] | 0x20) >= 'a' && (text[letters] | 0x20) <= 'z')) ++letters;
    if (letters < 3) return false;
    for (std::size_t m = 0; m < kMonths.size(); ++m) {
        if (letters != 3 && letters != kMonths[m].size()) continue;
        bool same = true;
        for (std::size_t i = 0; i < letters && same; ++i) same = (text[i] | 0x20) == kMonths[m][i];
        if (same) {
            month = static_cast<unsigned>(m + 1);
            text.remove_prefix(letters);
            return true;
        }
    }
    return false;
}

/// Takes "Z", "+01:00", "+0100" or "+01" off the front: how far the clock was from Greenwich when it was read.
void take_offset(std::string_view& text) noexcept {
    if (text == "Z") text = {};
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return;
    constexpr unsigned kFarthestHours = 14;
    std::string_view rest = text.substr(1);
    unsigned hours = 0;
    unsigned minutes = 0;
    if (!take_number(rest, 2, hours) || text.size() - rest.size() != 3 || hours > kFarthestHours) return;
    if (!rest.empty()) {
        if (rest.front() == ':') rest.remove_prefix(1);
        if (rest.size() != 2 || !take_number(rest, 2, minutes) || !rest.empty() || minutes > 59) return;
    }
    text = rest;
}

/// Takes "[T ]HH:MM[:SS[.ffffff]][Z|+HH:MM]" off the front, where it is the rest of the text.
bool take_trailing_time(std::string_view& text, DateForm::Reading& reading) noexcept {
    if (text.empty() || (text.front() != 'T' && text.front() != ' ')) return false;
    text.remove_prefix(1);
    if (!take_number(text, 2, reading.hour) || !text.starts_with(':')) return false;
    text.remove_prefix(1);
    if (!take_number(text, 2, reading.minute)) return false;
    if (text.starts_with(':')) {
        text.remove_prefix(1);
        if (!take_number(text, 2, reading.second)) return false;
        if (text.starts_with('.')) {
            text.remove_prefix(1);
            unsigned scale = 100000;
            while (!text.empty() && is_digit(text.front())) {
                reading.microsecond += static_cast<unsigned>(text.front() - '0') * scale;
                scale /= 10;
                text.remove_prefix(1);
            }
        }
    }
    take_offset(text);
    reading.has_time = true;
    return text.empty();
}

bool is_placeholder(int year, unsigned month, unsigned day) noexcept {
    return year < 1900 || year > 2100 || (year == 1900 && month == 1 && day == 1);
}

Parsed<Date> checked_date(int year, unsigned month, unsigned day, DatePrecision precision) noexcept {
    if (!is_calendar_date(year, month, day)) return IssueRule::impossible_date;
    if (is_placeholder(year, month, day)) return IssueRule::implausible_date;
    Date date = to_date(year, month, day);
    date.precision = precision;
    return date;
}

Parsed<Date> from_reading(const DateForm::Reading& reading) noexcept {
    const DatePrecision precision = reading.has_day     ? DatePrecision::day
                                    : reading.has_month ? DatePrecision::month
                                                        : DatePrecision::year;
    return checked_date(reading.year, reading.has_month ? reading.month : 1, reading.has_day ? reading.day : 1,
                        precision);
}

bool is_time_of_day(const DateForm::Reading& reading) noexcept {
    return reading.hour < 24 && reading.minute < 60 && reading.second < 60;
}

}  // namespace

DateForm::DateForm(std::string_view form) : form_(form) {
    for (std::size_t i = 0; i + 1 < form.size(); ++i) {
        if (form[i] != '%') continue;
        ++i;
        if (std::string_view("dmYHMSb").find(form[i]) == std::string_view::npos) {
            throw Error(ErrorKind::usage,
                        "date form \"" + form_ + "\": %" + form[i] + " is not one of %d %m %Y %H %M %S %b");
        }
    }
    find_places();
}

void DateForm::find_places() {
    constexpr std::size_t kWidest = 64;
    std::string letters;
    std::size_t offset = 0;
    for (std::size_t i = 0; i < form_.size(); ++i) {
        if (offset > kWidest) return;
        const auto place = static_cast<std::uint8_t>(offset);
        if (form_[i] != '%' || i + 1 == form_.size()) {
            literals_.push_back({place, form_[i]});
            ++offset;
            continue;
        }
        const char letter = form_[++i];
        // The name of a month has no width, and of a letter that stands twice the last reading counts.
        if (letter == 'b' || letters.find(letter) != std::string::npos) return;
        letters += letter;
        letters_.push_back({place, letter});
        offset += letter == 'Y' ? 4 : 2;
    }
    width_ = offset;
}

bool DateForm::match_at_places(std::string_view text, Reading& reading) const noexcept {
    for (const Place& literal : literals_) {
        if (text[literal.offset] != literal.character) return false;
    }
    reading = Reading{};
    bool digits = true;
    const auto take_two = [&](std::size_t at) {
        const auto tens = static_cast<unsigned>(text[at] - '0');
        const auto ones = static_cast<unsigned>(text[at + 1] - '0');
        digits = digits && tens < 10 && ones < 10;
        return tens * 10 + ones;
    };
    for (const Place& letter : letters_) {
        const unsigned number = take_two(letter.offset);
        switch (letter.character) {
            case 'Y':
                reading.year = static_cast<int>(number * 100 + take_two(letter.offset + 2U));
                break;
            case 'm':
                reading.month = number;
                reading.has_month = true;
                break;
            case 'd':
                reading.day = number;
                reading.has_day = true;
                break;
            case 'H':
                reading.hour = number;
                reading.has_time = true;
                break;
            case 'M':
                reading.minute = number;
                break;
            default:
                reading.second = number;
        }
    }
    return digits;
}

bool DateForm::match_by_letters(std::string_view text, Reading& reading) const noexcept {
    reading = Reading{};
    for (std::size_t i = 0; i < form_.size(); ++i) {
        const char c = form_[i];
        if (c != '%' || i + 1 == form_.size()) {
            if (text.empty() || text.front() != c) return false;
            text.remove_prefix(1);
            continue;
        }
        // Two letters without anything between them: only a part's whole width tells where the next begins.
        const bool touches_next = i + 2 < form_.size() && form_[i + 2] == '%';
        const bool touches_last = i >= 2 && form_[i - 2] == '%';
        const std::size_t before = text.size();
        switch (form_[++i]) {
            case 'd':
                if (!take_number(text, 2, reading.day)) return false;
                reading.has_day = true;
                break;
            case 'm':
                if (!take_number(text, 2, reading.month)) return false;
                reading.has_month = true;
                break;
            case 'b':
                if (!take_month_name(text, reading.month)) return false;
                reading.has_month = true;
                break;
            case 'Y': {
                unsigned year = 0;
                if (!take_number(text, 4, year) || before - text.size() != 4) return false;
                reading.year = static_cast<int>(year);
                break;
            }
            case 'H':
                if (!take_number(text, 2, reading.hour)) return false;
                reading.has_time = true;
                break;
            case 'M':
                if (!take_number(text, 2, reading.minute)) return false;
                break;
            case 'S':
                if (!take_number(text, 2, reading.second)) return false;
                break;
            default:
                return false;
        }
        if ((touches_next || touches_last) && before - text.size() < 2) return false;
    }
    if (text.empty()) return true;
    return !reading.has_time && take_trailing_time(text, reading);
}

std::vector<DateForm> compile_date_forms(const std::vector<std::string>& forms) {
    std::vector<DateForm> compiled;
    compiled.reserve(forms.size());
    for (const std::string& form : forms) compiled.emplace_back(form);
    return compiled;
}

Parsed<Date> parse_date(std::string_view text, const std::vector<DateForm>& forms) noexcept {
    const auto parsed = parse_partial_date(text, forms);
    if (parsed && parsed->precision != DatePrecision::day) return IssueRule::impossible_date;
    return parsed;
}

bool is_date_in_other_form(std::string_view text, const std::vector<DateForm>& forms) {
    // Month before day is none of them: in this country 03/04/2015 is a day of April.
    static const std::vector<DateForm> kCommon =
        compile_date_forms({"%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y%m%d", "%d%m%Y", "%d %b %Y",
                            "%d-%b-%Y", "%d/%b/%Y", "%d%b%Y"});
    DateForm::Reading reading;
    for (const DateForm& form : forms) {
        if (form.match(text, reading)) return false;
    }
    return parse_date(text, kCommon).has_value();
}

Parsed<Date> parse_partial_date(std::string_view text, const std::vector<DateForm>& forms) noexcept {
    Parsed<Date> result = IssueRule::impossible_date;
    DateForm::Reading reading;
    for (const DateForm& form : forms) {
        if (!form.match(text, reading) || !is_time_of_day(reading)) continue;
        result = from_reading(reading);
        if (result) return result;
    }
    return result;
}

Parsed<Date> parse_date_parts(std::string_view day, std::string_view month, std::string_view year) noexcept {
    const auto take_all = [](std::string_view text, unsigned& number) {
        number = 0;
        return text.empty() || (take_number(text, 4, number) && text.empty());
    };
    unsigned d = 0;
    unsigned m = 0;
    unsigned y = 0;
    if (!take_all(day, d) || !take_all(month, m) || !take_all(year, y) || y == 0) return IssueRule::impossible_date;
    if (m == 0)
        return d == 0 ? checked_date(static_cast<int>(y), 1, 1, DatePrecision::year)
                      : Parsed<Date>(IssueRule::impossible_date);
    if (d == 0) return checked_date(static_cast<int>(y), m, 1, DatePrecision::month);
    return checked_date(static_cast<int>(y), m, d, DatePrecision::day);
}

Parsed<Timestamp> parse_timestamp(std::string_view text, const std::vector<DateForm>& forms) noexcept {
    constexpr std::int64_t kMicrosecondsADay = 86'400'000'000;
    Parsed<Timestamp> result = IssueRule::impossible_date;
    DateForm::Reading reading;
    for (const DateForm& form : forms) {
        if (!form.match(text, reading) || !reading.has_day || !is_time_of_day(reading)) continue;
        const auto date = from_reading(reading);
        if (!date) {
            result = date.issue();
            continue;
        }
        const std::int64_t seconds = (reading.hour * 60LL + reading.minute) * 60LL + reading.second;
        return Timestamp{date->days * kMicrosecondsADay + seconds * 1'000'000 + reading.microsecond};
    }
    return result;
}

}  // namespace caseweave
