#include "app/scored_pairs.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "app/review_columns.hpp"
#include "core/error.hpp"
#include "core/source_ref.hpp"

namespace caseweave {

namespace {

/// Reads a number; "nan" is none.
std::optional<double> parse_number(std::string_view text) noexcept {
    double number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size() || std::isnan(number)) return std::nullopt;
    return number;
}

}  // namespace

ScoredPairs::ScoredPairs(const std::filesystem::path& file, Progress* progress)
    : table_(file, progress),
      id_columns_{table_.column("left_source"), table_.column("left_id"), table_.column("right_source"),
                  table_.column("right_id")},
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
    ids_.clear();
    for (const std::size_t column : id_columns_) ids_.append(table_.field(column)).append(1, kKeySeparator);
    return true;
}

}  // namespace caseweave
