#include "simulate_county/systems/source_rows.hpp"

#include <algorithm>
#include <stdexcept>

namespace simulate {
namespace {

/// Writes the 31st of February of a day's year in a date form.
std::string impossible_day(Day day, std::string form) {
    for (const auto& [letter, digits] : {std::pair<std::string_view, std::string_view>{"%d", "31"}, {"%m", "02"}}) {
        const std::size_t place = form.find(letter);
        if (place != std::string::npos) form.replace(place, letter.size(), digits);
    }
    return format_day(day, form);
}

std::size_t count_of(double rate, std::size_t rows) {
    if (rate <= 0.0 || rows == 0) return 0;
    return std::max<std::size_t>(1, static_cast<std::size_t>(rate * static_cast<double>(rows)));
}

}  // namespace

void append(Table& table, std::initializer_list<NamedCell> cells) {
    Row row(table.columns.size());
    std::size_t hint = 0;
    for (const auto& [name, cell] : cells) {
        if (hint >= table.columns.size() || table.columns[hint] != name) hint = table.column(name);
        row[hint++] = cell;
    }
    table.rows.push_back(std::move(row));
}

Cell given(std::string_view text) {
    return text.empty() ? Cell() : Cell(std::string(text));
}

Cell translate(std::string_view value, std::span<const CodePair> codes) {
    const auto found =
        std::find_if(codes.begin(), codes.end(), [&](const CodePair& pair) { return pair.first == value; });
    return given(found == codes.end() ? value : found->second);
}

Cell written(const DateParts& date, std::string_view day_form, std::string_view month_form,
             std::string_view year_form) {
    if (date.complete()) return date.text(day_form);
    if (!date.year) return std::nullopt;
    DateParts filled = date;
    filled.month = date.month.value_or(1);
    filled.day = 1;
    return filled.text(date.month ? month_form : year_form);
}

std::string padded(std::uint64_t number, int width) {
    std::string digits = std::to_string(number);
    const auto wanted = static_cast<std::size_t>(std::max(width, 0));
    return digits.size() >= wanted ? digits : std::string(wanted - digits.size(), '0') + digits;
}

std::string unused_key(const std::string& key, std::size_t serial) {
    std::string result = key;
    const std::size_t digit = result.find_first_of("0123456789");
    if (digit == std::string::npos) return result + "9" + std::to_string(serial);
    const std::size_t width = result.size() - digit - 1;
    const std::string tail = padded(serial, static_cast<int>(width));
    return result.substr(0, digit) + "9" + tail.substr(tail.size() - width);
}

Moment office_time(Day day, Random& random) {
    // One draw at a time: the order in which arguments are evaluated differs between compilers.
    const int hour = random.between(8, 17);
    return at(day, hour, random.between(0, 59));
}

FormAnswers::FormAnswers(Random random, std::string date_form, double bad_date_rate, double bad_code_rate)
    : random_(random), form_(std::move(date_form)), bad_date_rate_(bad_date_rate), bad_code_rate_(bad_code_rate) {}

Cell FormAnswers::day(Day day) {
    if (day == kOpen || day == 0) return std::nullopt;
    const bool slip = random_.chance(bad_date_rate_) || ++dates_ == kCertainAfter;
    return slip ? impossible_day(day, form_) : format_day(day, form_);
}

Cell FormAnswers::code(std::string_view code, std::string_view unknown) {
    if (code.empty()) return std::nullopt;
    const bool slip = random_.chance(bad_code_rate_) || ++codes_ == kCertainAfter;
    return std::string(slip ? unknown : code);
}

void add_dirty_rows(Table& table, const DirtyColumns& columns, const DirtyRates& rates, Random random) {
    const std::size_t clean = table.rows.size();
    if (clean == 0) return;
    const std::size_t key = table.column(columns.key);
    std::size_t serial = 0;
    const auto copy = [&]() -> Row { return table.rows[random.index(clean)]; };
    const auto add_lost = [&](std::string_view reference, double rate) {
        if (reference.empty()) return;
        const std::size_t column = table.column(reference);
        for (std::size_t i = 0; i < count_of(rate, clean); ++i) {
            Row row = copy();
            if (!row[column] || !row[key]) continue;
            row[key] = unused_key(*row[key], ++serial);
            row[column] = unused_key(*row[column], random.index(1000));
            table.rows.push_back(std::move(row));
        }
    };
    add_lost(columns.person, rates.orphans);
    add_lost(columns.parent, rates.lost_parents);
    if (!columns.changed.empty()) {
        const std::size_t changed = table.column(columns.changed);
        for (std::size_t i = 0; i < count_of(rates.key_conflicts, clean); ++i) {
            Row row = copy();
            if (row[changed] == Cell(std::string(columns.other))) throw std::logic_error("a key conflict must differ");
            row[changed] = std::string(columns.other);
            table.rows.push_back(std::move(row));
        }
    }
    for (std::size_t i = 0; i < count_of(rates.duplicates, clean); ++i) table.rows.push_back(copy());
}

}  // namespace simulate
