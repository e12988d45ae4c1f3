#include "simulate_county/system_view.hpp"

#include <array>
#include <cstdio>

#include "simulate_county/knowledge.hpp"
#include "simulate_county/random.hpp"

namespace simulate {

std::string_view hazard_name(Hazard hazard) {
    static constexpr std::array<std::string_view, static_cast<std::size_t>(Hazard::count_)> kNames = {
        "twin",
        "triplet",
        "same_name_cousin",
        "adopted",
        "unflagged_copy",
        "gender_recognition",
        "restricted_record",
        "restricted_address",
        "unborn",
        "born_after_unborn",
        "estimated_birth_date",
        "disputed_birth_date",
        "surname_change",
        "alias",
        "name_order",
        "truncated_name",
        "temporary_upn",
        "former_upn",
        "shared_nhs_number",
        "superseded_nhs_number",
        "uln_as_nhs_number",
        "dummy_nhs_number",
        "childrens_home",
        "refuge",
        "duplicate_in_system",
        "duplicate_name_marker",
        "minus_one_id",
        "date_1900",
        "other_council",
        "deceased",
        "address_placeholder",
        "double_barrelled",
        "apostrophe",
        "diacritic",
        "patronymic",
        "transliterated",
        "hostel",
        "typographic_apostrophe",
        "birth_month_only",
        "birth_year_only",
        "gender_differs",
        "gender_as_sex",
        "bad_nhs_number",
        "bad_upn",
        "bad_uln",
        "bad_postcode",
        "baby_name",
        "siblings_nhs_number",
        "unaccompanied",
        "birth_range",
        "impossible_birth_date",
        "birth_range_only",
        "hidden_placement"};
    return kNames[static_cast<std::size_t>(hazard)];
}

DateParts parts_of(Day day) {
    const CivilDay civil = to_civil(day);
    DateParts parts;
    parts.year = civil.year;
    parts.month = civil.month;
    parts.day = civil.day;
    return parts;
}

std::optional<std::string> DateParts::text(std::string_view form) const {
    if (!complete()) return std::nullopt;
    std::string out;
    const auto append = [&](int value, int digits) {
        std::array<char, 16> buffer{};
        std::snprintf(buffer.data(), buffer.size(), "%0*d", digits, value);
        out += buffer.data();
    };
    for (std::size_t i = 0; i < form.size(); ++i) {
        if (form[i] != '%' || i + 1 == form.size()) {
            out += form[i];
            continue;
        }
        switch (form[++i]) {
            case 'Y':
                append(*year, 4);
                break;
            case 'y':
                append(*year % 100, 2);
                break;
            case 'm':
                append(*month, 2);
                break;
            case 'd':
                append(*day, 2);
                break;
            case 'b':
                out += format_day(to_day(2001, *month, 1), "%b");
                break;
            case 'B':
                out += format_day(to_day(2001, *month, 1), "%B");
                break;
            default:
                out += form[i];
        }
    }
    return out;
}

std::string AddressView::one_line() const {
    std::string line = house;
    if (!street.empty()) line += (line.empty() ? "" : " ") + street;
    for (const std::string* part : {&locality, &town, &county}) {
        if (!part->empty()) line += (line.empty() ? "" : ", ") + *part;
    }
    return line;
}

void SystemView::index_people() {
    records_.clear();
    for (std::uint32_t i = 0; i < people.size(); ++i) records_[people[i].person].push_back(i);
}

std::vector<const PersonView*> SystemView::records_of(PersonIndex person) const {
    std::vector<const PersonView*> records;
    const auto found = records_.find(person);
    if (found == records_.end()) return records;
    for (const std::uint32_t index : found->second) records.push_back(&people[index]);
    return records;
}

const PersonView* SystemView::record_of(const County& county, PersonIndex person, Day day, std::uint64_t salt) const {
    const auto found = records_.find(person);
    if (found == records_.end()) return nullptr;
    const Side side = side_on(county, county.person(person), day);
    std::vector<const PersonView*> fitting;
    for (const std::uint32_t index : found->second) {
        if (people[index].side == side) fitting.push_back(&people[index]);
    }
    if (fitting.empty()) return nullptr;
    return fitting[Random(salt * 31 + person, "record").index(fitting.size())];
}

}  // namespace simulate
