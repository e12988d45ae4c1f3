// Input: a text in any bytes, given to every parser of values. What a parser accepts it must accept again, unchanged.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/decimal.hpp"
#include "core/json_text.hpp"
#include "normalise/dates.hpp"
#include "normalise/full_name.hpp"
#include "normalise/identifiers.hpp"
#include "normalise/values.hpp"
#include "require.hpp"
#include "text/utf8.hpp"

namespace {

using namespace caseweave;
using fuzz::require;

/// Checks that the kept form is a fixed point: the same value read back from the target stays what it is.
template <typename Check>
void keeps_its_form(std::string_view text, Check check) {
    std::string once;
    const auto kept = check(text, once);
    if (!kept) return;
    const std::string form(*kept);
    std::string twice;
    const auto again = check(form, twice);
    require(again.has_value() && *again == form);
}

bool holds(std::string_view text, std::string_view allowed) {
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    constexpr std::string_view kDigits = "0123456789";
    std::string out;

    const IdentifierOptions options{.accept_test_numbers = true};
    keeps_its_form(text, [&](auto t, auto& o) { return check_nhs_number(t, options, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_upn(t, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_uln(t, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_uprn(t, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_la_child_id(t, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_postcode(t, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_phone(t, o); });
    keeps_its_form(text, [](auto t, auto& o) { return check_email(t, o); });
    const auto name = [](auto t, auto& o) {
        bool marker = false;
        return clean_name(t, o, marker);
    };
    // Readers hand over UTF-8 only; other bytes must do no harm, but what is left of them may change again.
    if (text::is_valid_utf8(text)) {
        keeps_its_form(text, name);
    } else {
        name(text, out);
    }
    if (const auto nhs = check_nhs_number(text, options, out)) {
        require(nhs->size() == 10 && holds(*nhs, kDigits));
        std::string other;
        require(!check_uln(*nhs, other));
    }
    if (const auto postcode = check_postcode(text, out)) {
        require(postcode->size() >= 6 && postcode->size() <= 8 && (*postcode)[postcode->size() - 4] == ' ');
    }
    if (const auto phone = check_phone(text, out)) require(holds(phone->substr(1), kDigits));

    static const std::vector<DateForm> kForms =
        compile_date_forms({"%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%Y%m%d", "%d/%m/%Y %H:%M:%S", "%m/%Y", "%Y"});
    if (const auto date = parse_partial_date(text, kForms)) {
        static const std::vector<DateForm> kWritten = compile_date_forms({"%Y-%m-%d", "%Y-%m", "%Y"});
        const auto again = parse_partial_date(to_string(*date), kWritten);
        require(again.has_value() && *again == *date);
        const CivilDate civil = to_civil(*date);
        require(civil.year >= 1900 && civil.year <= 2100);
    }
    if (const auto date = parse_date(text, kForms)) require(date->precision == DatePrecision::day);
    parse_timestamp(text, kForms);
    const std::size_t third = size / 3;
    if (const auto date = parse_date_parts(text.substr(0, third), text.substr(third, third), text.substr(2 * third))) {
        require(is_calendar_date(to_civil(*date).year, to_civil(*date).month, to_civil(*date).day));
    }
    try {
        const DateForm form(text);
        DateForm::Reading reading;
        form.match(text, reading);
        form.match("2015-03-27 10:15:30", reading);
    } catch (const std::exception&) {  // a letter that is not known: a settings error
    }

    if (const auto amount = parse_decimal(text)) {
        const auto again = parse_decimal(to_string(*amount));
        require(again.has_value() && *again == *amount);
    }
    if (const auto number = parse_integer(text)) require(parse_integer(std::to_string(*number)).has_value());
    parse_boolean(text);
    is_address_placeholder(text);
    if (const auto number = check_number(text, out)) {
        const std::string written(*number);
        const auto again = check_number(written, out);
        require(again.has_value() && *again == written);
    }
    if (const auto postcode = check_foreign_postcode(text, out)) require(!postcode->empty());
    if (const auto phone = check_foreign_phone(text, out)) require(phone->size() >= 5 && phone->size() <= 16);
    // The parts of a name are pieces of it that do not overlap, and nothing is a part twice.
    const FullName full = split_full_name(text);
    std::size_t bytes = 0;
    for (const std::string_view part : {full.given, full.middle, full.family}) {
        require(part.empty() || (part.data() >= text.data() && part.data() + part.size() <= text.data() + size));
        bytes += part.size();
    }
    require(bytes <= size);

    std::string json;
    append_json_string(json, text);
    require(json.size() >= size + 2 && json.front() == '"' && json.back() == '"');
    for (const char c : json) require(static_cast<unsigned char>(c) >= 0x20);
    return 0;
}
