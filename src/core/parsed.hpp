#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <utility>

namespace caseweave {

/// Names the rule a value broke; stored in lineage.field_issue and counted in reports.
enum class IssueRule : std::uint8_t {
    impossible_date,     ///< not a calendar date, or a birth after the run began
    date_in_other_form,  ///< a calendar date, in another form than the definition accepts
    implausible_date,    ///< a placeholder (1900-01-01) or outside the field's range
    impossible_range,    ///< one bound only, or the first day after the last
    date_outside_range,  ///< a range that leaves out the date beside it; both kept, and marked
    unknown_code,        ///< not in the code list
    bad_check_digit,     ///< identifier fails its check
    bad_format,          ///< wrong length, letters in digits
    placeholder,         ///< a dummy: 9999999999, -1, "NOT KNOWN", "ADDRESS NOT FOUND"
    wrong_column,        ///< a valid value of another kind (a ULN in the NHS number column)
    duplicate_marker,    ///< "DUPLICATE" or similar inside a name
    not_a_number,
    not_a_postcode,
    out_of_range,
    truncated,        ///< stops at the width of the source's column; kept, and marked
    test_number,      ///< NHS number of the test range outside a demo
    unmapped_column,  ///< a source column no mapping names: kept in extras
};

/// Names the rule as stored ("impossible_date", ...).
constexpr std::string_view to_string(IssueRule rule) noexcept {
    constexpr std::string_view kNames[] = {
        "impossible_date",  "date_in_other_form", "implausible_date", "impossible_range", "date_outside_range",
        "unknown_code",     "bad_check_digit",    "bad_format",       "placeholder",      "wrong_column",
        "duplicate_marker", "not_a_number",       "not_a_postcode",   "out_of_range",     "truncated",
        "test_number",      "unmapped_column"};
    return kNames[static_cast<std::size_t>(rule)];
}

/// Says what a data-quality officer should do about it, in one sentence.
constexpr std::string_view advice(IssueRule rule) noexcept {
    constexpr std::string_view kAdvice[] = {
        "Correct the date in the source system.",
        "The date is written in another form than the connector's definition says: have it exported in that form, or "
        "add "
        "its form to `dates` of the connector's connector.toml.",
        "Replace the placeholder by the true date, or leave it empty.",
        "Give both days of the range, the earlier one first.",
        "Correct the date or the range it lies outside.",
        "Map the code in the connector's code list, or correct it in the source system.",
        "Check the number against the register it came from.",
        "Check the number against the register it came from.",
        "Leave the field empty in the source system rather than typing a placeholder.",
        "Move the number to the field it belongs to.",
        "Merge or delete the duplicate in the source system and take the word out of the name.",
        "Correct the number in the source system.",
        "Correct the postcode in the source system.",
        "Correct the value in the source system.",
        "Complete the value in the source system; its column cuts it off.",
        "Replace the test number by the real one.",
        "Name the column in the connector's mapping, or list it as ignored with a reason."};
    return kAdvice[static_cast<std::size_t>(rule)];
}

/// Holds a value, or the rule it broke: bad data is a value here, not an exception.
template <typename T>
class Parsed {
  public:
    Parsed(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor): reads as the value
    Parsed(IssueRule rule) : issue_(rule) {}       // NOLINT(google-explicit-constructor)

    bool has_value() const noexcept { return issue_ == kNoIssue; }
    explicit operator bool() const noexcept { return has_value(); }
    const T& value() const& noexcept {
        assert(has_value());
        return value_;
    }
    T&& value() && noexcept {
        assert(has_value());
        return std::move(value_);
    }
    const T& operator*() const& noexcept { return value(); }
    const T* operator->() const noexcept { return &value(); }
    IssueRule issue() const noexcept {
        assert(!has_value());
        return issue_;
    }

  private:
    static constexpr auto kNoIssue = static_cast<IssueRule>(0xFF);

    // Side by side, not in a variant: a union is put together in memory, and small results belong in registers.
    T value_{};
    IssueRule issue_ = kNoIssue;
};

}  // namespace caseweave
