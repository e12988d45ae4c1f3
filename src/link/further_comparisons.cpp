#include "link/further_comparisons.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "core/date.hpp"
#include "text/fold.hpp"
#include "text/similarity.hpp"

namespace caseweave {

namespace {

constexpr std::int64_t kNearDays = 31;

std::optional<std::int64_t> read_iso_days(std::string_view text) {
    const auto part = [&](std::size_t from, std::size_t count) {
        int value = -1;
        std::from_chars(text.data() + from, text.data() + from + count, value);
        return value;
    };
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const int year = part(0, 4);
    const int month = part(5, 2);
    const int day = part(8, 2);
    if (month < 0 || day < 0 || !is_calendar_date(year, static_cast<unsigned>(month), static_cast<unsigned>(day)))
        return std::nullopt;
    return to_date(year, static_cast<unsigned>(month), static_cast<unsigned>(day)).days;
}

bool is_date_slip(std::string_view a, std::string_view b) {
    // yyyy-mm-dd both: one character, two neighbours, or day and month exchanged.
    return text::osa_distance(a, b, 1) == 1 ||
           (a.substr(0, 4) == b.substr(0, 4) && a.substr(5, 2) == b.substr(8, 2) && a.substr(8, 2) == b.substr(5, 2));
}

}  // namespace

FurtherTable::FurtherTable(const PersonStore& store, std::span<const FurtherComparison> comparisons,
                           std::span<const PersonRow> order) {
    columns_.resize(comparisons.size());
    cells_.resize(order.size() * columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        Column& column = columns_[c];
        column.kind = comparisons[c].kind;
        column.thresholds = comparisons[c].thresholds;
        const auto held = store.extra_columns();
        const auto found = std::ranges::find(held, comparisons[c].column, &ExtraColumn::name);
        if (found == held.end()) continue;
        const auto from = static_cast<std::size_t>(found - held.begin());
        // One column's values repeat: each distinct one is folded once.
        std::vector<Cell> by_pool_id(store.pool().size());
        std::vector<bool> known(store.pool().size(), false);
        for (std::size_t rank = 0; rank < order.size(); ++rank) {
            const std::uint32_t value = store.extra(from, order[rank]);
            if (value == 0) continue;
            if (!known[value]) {
                by_pool_id[value] = make_cell(column, store.pool().view(value));
                known[value] = true;
            }
            cells_[rank * columns_.size() + c] = by_pool_id[value];
        }
        count(c);
    }
}

text::Signature FurtherTable::signature(const Cell& cell) noexcept {
    const std::uint16_t length = cell.length == kLong ? text::kLongText : cell.length;
    return {cell.symbols, length, cell.overflow, cell.first, cell.second, 0};
}

FurtherTable::Cell FurtherTable::make_cell(Column& column, std::string_view value) {
    Cell cell;
    switch (column.kind) {
        case FurtherKind::exact:
        case FurtherKind::jaro_winkler:
        case FurtherKind::damerau_levenshtein: {
            const std::string folded = text::fold_name(value);
            cell.id = column.terms.intern(folded);
            const text::Signature& sum = column.terms.signature(cell.id);
            cell.symbols = sum.symbols;
            cell.length = static_cast<std::uint8_t>(std::min<std::uint16_t>(sum.length, kLong));
            cell.overflow = static_cast<std::uint8_t>(std::min<std::uint16_t>(sum.overflow, kLong));
            cell.first = sum.first;
            cell.second = sum.second;
            break;
        }
        case FurtherKind::date:
            if (const auto days = read_iso_days(value)) {
                cell.id = column.terms.intern(value);
                cell.symbols = static_cast<std::uint64_t>(*days);
            }
            break;
        case FurtherKind::number: {
            double number = 0;
            const auto read = std::from_chars(value.data(), value.data() + value.size(), number);
            if (read.ec == std::errc{} && read.ptr == value.data() + value.size() && std::isfinite(number)) {
                cell.id = column.terms.intern(std::to_string(std::bit_cast<std::uint64_t>(number + 0.0)));
                cell.symbols = std::bit_cast<std::uint64_t>(number);
            }
            break;
        }
    }
    return cell;
}

void FurtherTable::count(std::size_t index) {
    Column& column = columns_[index];
    std::vector<std::uint64_t> bearers(column.terms.size(), 0);
    for (std::size_t at = index; at < cells_.size(); at += columns_.size()) ++bearers[cells_[at].id];
    bearers[0] = 0;
    for (const auto n : bearers) column.values += n;
    column.rarity.assign(bearers.size(), 0.0F);
    if (column.values < 2) return;
    const double total = static_cast<double>(column.values);
    double agreeing = 0;
    for (const auto n : bearers) agreeing += static_cast<double>(n) * (static_cast<double>(n) - 1);
    // Never below one pair in the file: a column without a repeated value says nothing of how rare repeats are.
    column.chance = std::max(agreeing, 1.0) / (total * (total - 1));
    for (std::size_t id = 1; id < bearers.size(); ++id) {
        if (bearers[id] == 0) continue;
        column.rarity[id] = static_cast<float>(std::log2(column.chance * total / static_cast<double>(bearers[id])));
        column.most_rarity = std::max(column.most_rarity, column.rarity[id]);
    }
}

float FurtherTable::rarity_bits(std::size_t column, std::uint32_t rank) const noexcept {
    return columns_[column].rarity[key(column, rank)];
}

Level FurtherTable::compare(std::size_t index, std::uint32_t a, std::uint32_t b) const {
    const Cell& x = cells_[a * columns_.size() + index];
    const Cell& y = cells_[b * columns_.size() + index];
    if (x.id == 0 || y.id == 0) return kNull;
    if (x.id == y.id) return 1;
    const Column& column = columns_[index];
    const auto different = static_cast<Level>(column.thresholds.size() + 2);
    switch (column.kind) {
        case FurtherKind::exact:
            return 2;
        case FurtherKind::jaro_winkler: {
            const double bound = static_cast<double>(text::jaro_winkler_at_most(signature(x), signature(y)));
            if (bound < column.thresholds.back()) return different;
            const double similarity = text::jaro_winkler(column.terms.text(x.id), column.terms.text(y.id));
            for (std::size_t i = 0; i < column.thresholds.size(); ++i) {
                if (similarity >= column.thresholds[i]) return static_cast<Level>(i + 2);
            }
            return different;
        }
        case FurtherKind::damerau_levenshtein: {
            const auto most = static_cast<std::size_t>(column.thresholds.back());
            if (text::osa_distance_at_least(signature(x), signature(y)) > most) return different;
            const std::size_t edits = text::osa_distance(column.terms.text(x.id), column.terms.text(y.id), most);
            for (std::size_t i = 0; i < column.thresholds.size(); ++i) {
                if (static_cast<double>(edits) <= column.thresholds[i]) return static_cast<Level>(i + 2);
            }
            return different;
        }
        case FurtherKind::date: {
            if (is_date_slip(column.terms.text(x.id), column.terms.text(y.id))) return 2;
            const auto apart = static_cast<std::int64_t>(x.symbols) - static_cast<std::int64_t>(y.symbols);
            return std::abs(apart) <= kNearDays ? 3 : 4;
        }
        case FurtherKind::number: {
            const double p = std::bit_cast<double>(x.symbols);
            const double q = std::bit_cast<double>(y.symbols);
            const double apart = std::abs(p - q) / std::max(std::abs(p), std::abs(q));
            for (std::size_t i = 0; i < column.thresholds.size(); ++i) {
                if (apart <= column.thresholds[i]) return static_cast<Level>(i + 2);
            }
            return different;
        }
    }
    return kNull;
}

}  // namespace caseweave
