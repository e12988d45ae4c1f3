#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/date.hpp"
#include "core/parsed.hpp"

namespace caseweave {

/// Holds one accepted form of a date or time, compiled from strftime letters.
///
/// Letters: %d %m %Y %H %M %S %b (Jan, January); %y is refused on purpose (a two-digit year of a child is a
/// guess). Digits are taken greedily up to the letter's width, so "7/3/2015" matches "%d/%m/%Y"; where letters touch
/// ("%Y%m%d"), each has its whole width.
class DateForm {
  public:
    /// @throws Error(usage) for a letter that is not known.
    explicit DateForm(std::string_view form);

    struct Reading {
        int year = 0;
        unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
        unsigned microsecond = 0;
        bool has_month = false, has_day = false, has_time = false;
    };

    /// Matches the whole of `text`. A date form also accepts a trailing time ("2015-03-27 00:00:00",
    /// "T10:15:00.000+01:00"): the clock as it stood where it was read, so that day and time are those people there
    /// remember.
    bool match(std::string_view text, Reading& reading) const noexcept {
        return (text.size() == width_ && width_ > 0 && match_at_places(text, reading)) ||
               match_by_letters(text, reading);
    }

    /// Matches what is nothing but a day with every part in its whole width, as nearly every date is. What does not
    /// match so may still by match(), which reads what matches so alike.
    bool match_day(std::string_view text, int& year, unsigned& month, unsigned& day) const noexcept;

    /// Matches letter by letter: the slow obvious twin of match() and match_day().
    bool match_by_letters(std::string_view text, Reading& reading) const noexcept;

  private:
    /// Eight bytes of the texts that have every part in its whole width, and what they must be.
    struct Word {
        std::size_t offset = 0;
        std::uint64_t literal = 0, is_literal = 0, is_digit = 0;  // the masks have all bits of a byte, or none
        /// Gives 0 where the eight bytes of `text` at `offset` are what they must be.
        std::uint64_t difference(const char* text) const noexcept {
            constexpr std::uint64_t kEachByte = 0x0101010101010101;
            std::uint64_t here = 0;
            std::memcpy(&here, text + offset, sizeof here);
            // A byte that is no digit is 10 or more without the bits of '0': the sum, or it itself, has the highest
            // bit.
            const std::uint64_t digits = (here ^ ('0' * kEachByte)) & is_digit;
            return ((here ^ literal) & is_literal) | (((digits + 0x76 * kEachByte) | digits) & (0x80 * kEachByte));
        }
    };
    /// No place: the form lacks the part.
    static constexpr std::uint8_t kNoPlace = 0xFF;
    /// Where the first digit of each part stands in such a text.
    struct Places {
        std::uint8_t year = kNoPlace, month = kNoPlace, day = kNoPlace;
        std::uint8_t hour = kNoPlace, minute = kNoPlace, second = kNoPlace;
    };
    static constexpr std::size_t kWords = 3;
    static constexpr std::size_t kWidest = kWords * sizeof(std::uint64_t);

    void find_places();
    /// Matches a text in which every part has its whole width, as nearly all have. What does not match so may still
    /// match by letters.
    bool match_at_places(std::string_view text, Reading& reading) const noexcept;

    std::size_t width_ = 0;      // 0: the form has no such places
    std::size_t day_width_ = 0;  // the same for match_day(); at most two words
    Places places_;
    std::array<Word, kWords> words_;  // the last ones repeat where the text is short: to read them again is cheap
    std::string form_;
};

std::vector<DateForm> compile_date_forms(const std::vector<std::string>& forms);

/// Parses a date to day precision. A text in no form, or no date of the calendar, is impossible_date; a
/// placeholder (1900-01-01, 1899-12-30, 1753-01-01, 9999-12-31 and years before 1900 or after 2100) is
/// implausible_date.
Parsed<Date> parse_date(std::string_view text, const std::vector<DateForm>& forms) noexcept;

/// Tells whether a text that none of `forms` matches is a plausible day of the calendar in another common form: it is
/// no wrong date, but one that is written otherwise.
bool is_date_in_other_form(std::string_view text, const std::vector<DateForm>& forms);

/// Parses a date that may lack day or month, by the forms that lack them.
Parsed<Date> parse_partial_date(std::string_view text, const std::vector<DateForm>& forms) noexcept;

/// Reads as those two do: into `date`, known at `least` so exactly, and gives true; or else into `issue`.
/// For values in bulk: a date that is returned is put together in memory part by part and waited for to be read whole.
bool read_date(std::string_view text, const std::vector<DateForm>& forms, DatePrecision least, Date& date,
               IssueRule& issue) noexcept;

/// Parses a date given as three texts; an empty or zero day gives month precision, an empty month year precision.
Parsed<Date> parse_date_parts(std::string_view day, std::string_view month, std::string_view year) noexcept;

/// Parses a wall-clock time; a form without a time gives midnight.
Parsed<Timestamp> parse_timestamp(std::string_view text, const std::vector<DateForm>& forms) noexcept;

}  // namespace caseweave
