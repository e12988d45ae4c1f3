#include "app/record/shown_values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "normalise/dates.hpp"

namespace caseweave {

namespace {

/// Longest text shown of one field; the whole of it is in the target.
constexpr std::size_t kShownBytes = 60;

std::string shortened(std::string_view text) {
    std::string shown(text.substr(0, kShownBytes));
    if (text.size() > kShownBytes) {
        while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0U) == 0x80) shown.pop_back();
        if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0) shown.pop_back();
        shown += "...";
    }
    std::replace(shown.begin(), shown.end(), '\n', ' ');
    return shown;
}

/// Writes "2009-01-01" as "1 January 2009"; "" for what is no date.
std::string day_in_words(std::string_view date) {
    static const std::vector<DateForm> kForms = compile_date_forms({"%Y-%m-%d"});
    static constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                                 "May",       "June",     "July",     "August",
                                                                 "September", "October",  "November", "December"};
    const auto day = parse_date(date, kForms);
    if (!day) return {};
    const CivilDate civil = to_civil(*day);
    return fmt::format("{} {} {}", civil.day, kMonths[civil.month - 1], civil.year);
}

}  // namespace

std::string shown_value(const CanonicalSchema& canonical, const FieldDescriptor& field, std::string_view value) {
    if (field.type == FieldType::code) {
        const CodeList* codes = canonical.find_code_list(field.code_list);
        const std::string* label = codes != nullptr ? codes->find(value) : nullptr;
        return label != nullptr ? *label : std::string(value);
    }
    if (field.type == FieldType::boolean) return value == "t" ? "yes" : "no";
    if (field.type == FieldType::timestamp) return std::string(value.substr(0, 16));
    return shortened(value);
}

std::string shown_birth_range(std::string_view earliest, std::string_view latest) {
    const std::string first = day_in_words(earliest);
    const std::string last = day_in_words(latest);
    return first.empty() || last.empty() ? std::string() : fmt::format("between {} and {}", first, last);
}

}  // namespace caseweave
