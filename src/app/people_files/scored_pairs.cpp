#include "app/people_files/scored_pairs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "app/people_files/review_columns.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"

namespace caseweave {

namespace {

/// Pairs that stand twice of which lines are looked for: the first one is told, and a hash that two pairs share is
/// rare.
constexpr std::size_t kRepeatedLookedFor = 100;

/// Reads a number; "nan" and "inf" are none.
std::optional<double> parse_number(std::string_view text) noexcept {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
}

}  // namespace

PairIdColumns::PairIdColumns(const CsvTable& table)
    : sides_{Side{table.column("left_source"), table.column("left_id"), {}},
             Side{table.column("right_source"), table.column("right_id"), {}}} {}

const std::string& PairIdColumns::ids_of(const CsvTable& table) {
    for (Side& side : sides_)
        side.key.assign(table.field(side.source)).append(1, kKeySeparator).append(table.required_field(side.id));
    if (sides_[0].key == sides_[1].key) table.fail("the pair is one record with itself");
    const auto [first, second] = std::minmax(sides_[0].key, sides_[1].key);
    ids_.assign(first).append(1, kKeySeparator).append(second);
    return ids_;
}

ScoredPairs::ScoredPairs(const std::filesystem::path& file, Progress* progress)
    : table_(file, progress),
      pair_(table_),
      weight_column_(table_.column("weight_bits")),
      probability_column_(table_.column("probability")),
      outcome_column_(table_.column("outcome")) {
    for (const std::string_view added : kReviewColumns) {
        if (!table_.find_column(added)) continue;
        throw Error(
            ErrorKind::usage,
            fmt::format("{} has a column \"{}\", which a sample adds: is it a sample already?", table_.name(), added));
    }
}

bool ScoredPairs::next() {
    if (!table_.next()) return false;
    if (!parse_number(table_.required_field(weight_column_))) table_.fail("weight_bits is not a number");
    const auto probability = parse_number(table_.required_field(probability_column_));
    if (!probability || *probability < 0 || *probability > 1) table_.fail("probability is not a number from 0 to 1");
    probability_ = *probability;
    stratum_ = stratum_of(required_outcome(table_, outcome_column_), probability_);
    ids_ = &pair_.ids_of(table_);
    return true;
}

void refuse_repeated_pairs(const std::filesystem::path& file, std::vector<std::uint64_t> hashes) {
    std::sort(hashes.begin(), hashes.end());
    std::set<std::uint64_t> repeated;
    for (std::size_t i = 1; i < hashes.size() && repeated.size() < kRepeatedLookedFor; ++i) {
        if (hashes[i] == hashes[i - 1]) repeated.insert(hashes[i]);
    }
    if (repeated.empty()) return;
    std::map<std::string, std::uint64_t> lines;
    ScoredPairs pairs(file);
    while (pairs.next()) {
        if (!repeated.contains(hash64(pairs.ids()))) continue;
        const auto [earlier, first] = lines.emplace(pairs.ids(), pairs.table().line());
        if (!first) pairs.table().fail(fmt::format("the pair stands in line {} already", earlier->second));
    }
}

}  // namespace caseweave
