#include "normalise/dates.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/ascii.hpp"
#include "core/copy_bytes.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

/// Reads two bytes that are digits.
constexpr unsigned two_digits(const char* bytes) noexcept {
    return static_cast<unsigned>((bytes[0] - '0') * 10 + (bytes[1] - '0'));
}

/// Takes 1 to `width` digits off the front; false when there is none.
bool take_number(std::string_view& text, std::size_t width, unsigned& number) noexcept {
    std::size_t taken = 0;
    number = 0;
    while (taken < width && taken < text.size() && ascii::is_digit(text[taken]))
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
            while (!text.empty() && ascii::is_digit(text.front())) {
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

constexpr int kFirstYear = 1900;  // years before it and after kLastYear are placeholders
constexpr int kLastYear = 2100;
constexpr std::size_t kMonthsOfYears = 12 * (kLastYear - kFirstYear + 1);

/// First day of every month of those years, and of the one after them: a look instead of a dozen of divisions.
constexpr auto kMonthStarts = [] {
    std::array<std::int32_t, kMonthsOfYears + 1> starts{};
    for (std::size_t i = 0; i < starts.size(); ++i)
        starts[i] = to_date(kFirstYear + static_cast<int>(i / 12), static_cast<unsigned>(i % 12) + 1, 1).days;
    return starts;
}();

bool check_date(int year, unsigned month, unsigned day, DatePrecision precision, Date& date,
                IssueRule& issue) noexcept {
    if (year < kFirstYear || year > kLastYear || month - 1 >= 12) {
        issue = is_calendar_date(year, month, day) ? IssueRule::implausible_date : IssueRule::impossible_date;
        return false;
    }
    const std::size_t index = static_cast<std::size_t>(year - kFirstYear) * 12 + month - 1;
    const auto length = static_cast<unsigned>(kMonthStarts[index + 1] - kMonthStarts[index]);
    const bool is_placeholder = index == 0 && day == 1;
    if (day - 1 >= length || is_placeholder) {
        issue = is_placeholder ? IssueRule::implausible_date : IssueRule::impossible_date;
        return false;
    }
    date.days = kMonthStarts[index] + static_cast<std::int32_t>(day) - 1;
    date.precision = precision;
    date.estimated = false;
    return true;
}

bool check_reading(const DateForm::Reading& reading, Date& date, IssueRule& issue) noexcept {
    const DatePrecision precision = reading.has_day     ? DatePrecision::day
                                    : reading.has_month ? DatePrecision::month
                                                        : DatePrecision::year;
    return check_date(reading.year, reading.has_month ? reading.month : 1, reading.has_day ? reading.day : 1, precision,
                      date, issue);
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
    std::array<char, kWidest> literal{}, is_literal{}, is_digit{};
    std::size_t offset = 0;
    const auto place_part = [&](std::uint8_t& place, std::size_t digits) {
        // Of a letter that stands twice the last reading counts.
        if (place != kNoPlace || offset + digits > kWidest) return false;
        place = static_cast<std::uint8_t>(offset);
        std::fill_n(is_digit.begin() + static_cast<std::ptrdiff_t>(offset), digits, '\xFF');
        offset += digits;
        return true;
    };
    const auto place_letter = [&](char letter) {
        switch (letter) {
            case 'Y':
                return place_part(places_.year, 4);
            case 'm':
                return place_part(places_.month, 2);
            case 'd':
                return place_part(places_.day, 2);
            case 'H':
                return place_part(places_.hour, 2);
            case 'M':
                return place_part(places_.minute, 2);
            case 'S':
                return place_part(places_.second, 2);
            default:
                return false;  // the name of a month has no width
        }
    };
    for (std::size_t i = 0; i < form_.size(); ++i) {
        if (form_[i] == '%' && i + 1 < form_.size()) {
            if (!place_letter(form_[++i])) return;
            continue;
        }
        if (offset == kWidest) return;
        literal[offset] = form_[i];
        is_literal[offset++] = '\xFF';
    }
    width_ = offset;
    const bool is_day = places_.year != kNoPlace && places_.month != kNoPlace && places_.day != kNoPlace &&
                        places_.hour == kNoPlace && places_.minute == kNoPlace && places_.second == kNoPlace;
    if (is_day && width_ <= 2 * sizeof(Word::literal)) day_width_ = width_;
    for (std::size_t i = 0; i < words_.size(); ++i) {
        Word& word = words_[i];
        const std::size_t last = width_ < sizeof word.literal ? 0 : width_ - sizeof word.literal;
        word.offset = std::min(i * sizeof word.literal, last);
        std::memcpy(&word.literal, literal.data() + word.offset, sizeof word.literal);
        std::memcpy(&word.is_literal, is_literal.data() + word.offset, sizeof word.is_literal);
        std::memcpy(&word.is_digit, is_digit.data() + word.offset, sizeof word.is_digit);
    }
}

bool DateForm::match_day(std::string_view text, int& year, unsigned& month, unsigned& day) const noexcept {
    if (text.size() != day_width_ || day_width_ == 0) return false;
    const char* const bytes = text.data();
    if ((words_[0].difference(bytes) | words_[1].difference(bytes)) != 0) return false;
    year = static_cast<int>(two_digits(bytes + places_.year) * 100 + two_digits(bytes + places_.year + 2));
    month = two_digits(bytes + places_.month);
    day = two_digits(bytes + places_.day);
    return true;
}

bool DateForm::match_at_places(std::string_view text, Reading& reading) const noexcept {
    char room[sizeof(std::uint64_t)] = {};
    const char* bytes = text.data();
    if (text.size() < sizeof room) {
        copy_bytes(room, text.data(), text.size());
        bytes = room;
    }
    std::uint64_t differs = 0;
    for (const Word& word : words_) differs |= word.difference(bytes);
    if (differs != 0) return false;
    const auto two = [&](std::size_t at) { return two_digits(bytes + at); };
    reading = Reading{};
    if (places_.year != kNoPlace) reading.year = static_cast<int>(two(places_.year) * 100 + two(places_.year + 2U));
    if (places_.month != kNoPlace) reading.month = two(places_.month);
    if (places_.day != kNoPlace) reading.day = two(places_.day);
    reading.has_month = places_.month != kNoPlace;
    reading.has_day = places_.day != kNoPlace;
    reading.has_time = places_.hour != kNoPlace;
    if (reading.has_time) reading.hour = two(places_.hour);
    if (places_.minute != kNoPlace) reading.minute = two(places_.minute);
    if (places_.second != kNoPlace) reading.second = two(places_.second);
    return true;
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

bool read_date(std::string_view text, const std::vector<DateForm>& forms, DatePrecision least, Date& date,
               IssueRule& issue) noexcept {
    issue = IssueRule::impossible_date;
    DateForm::Reading reading;
    for (const DateForm& form : forms) {
        int year = 0;
        unsigned month = 0, day = 0;
        if (form.match_day(text, year, month, day)) {
            if (check_date(year, month, day, DatePrecision::day, date, issue)) return true;
            continue;
        }
        if (!form.match(text, reading) || !is_time_of_day(reading)) continue;
        if (!check_reading(reading, date, issue)) continue;
        if (date.precision <= least) return true;
        issue = IssueRule::impossible_date;
        return false;
    }
    return false;
}

Parsed<Date> parse_date(std::string_view text, const std::vector<DateForm>& forms) noexcept {
    Date date;
    IssueRule issue{};
    return read_date(text, forms, DatePrecision::day, date, issue) ? Parsed<Date>(date) : Parsed<Date>(issue);
}

Parsed<Date> parse_partial_date(std::string_view text, const std::vector<DateForm>& forms) noexcept {
    Date date;
    IssueRule issue{};
    return read_date(text, forms, DatePrecision::year, date, issue) ? Parsed<Date>(date) : Parsed<Date>(issue);
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
    if (m == 0 && d != 0) return IssueRule::impossible_date;
    const DatePrecision precision = m == 0 ? DatePrecision::year : d == 0 ? DatePrecision::month : DatePrecision::day;
    Date date;
    IssueRule issue{};
    return check_date(static_cast<int>(y), std::max(m, 1U), std::max(d, 1U), precision, date, issue)
               ? Parsed<Date>(date)
               : Parsed<Date>(issue);
}

Parsed<Timestamp> parse_timestamp(std::string_view text, const std::vector<DateForm>& forms) noexcept {
    constexpr std::int64_t kMicrosecondsADay = 86'400'000'000;
    Parsed<Timestamp> result = IssueRule::impossible_date;
    DateForm::Reading reading;
    for (const DateForm& form : forms) {
        if (!form.match(text, reading) || !reading.has_day || !is_time_of_day(reading)) continue;
        Date date;
        IssueRule issue{};
        if (!check_reading(reading, date, issue)) {
            result = issue;
            continue;
        }
        const std::int64_t seconds = (reading.hour * 60LL + reading.minute) * 60LL + reading.second;
        return Timestamp{date.days * kMicrosecondsADay + seconds * 1'000'000 + reading.microsecond};
    }
    return result;
}

}  // namespace caseweave
