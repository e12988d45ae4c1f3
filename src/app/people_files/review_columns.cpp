#include "app/people_files/review_columns.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

/// Says that a cell holds none of the words it may, without what it holds: a reviewer may have written about a child.
[[noreturn]] void fail_with_suggestion(const CsvTable& table, std::size_t column, std::string_view text,
                                       const std::string& expected, const std::vector<std::string>& words) {
    const std::string nearest = nearest_word(text, words);
    table.fail(fmt::format("the {} is not {}{}", table.columns()[column], expected,
                           nearest.empty() ? std::string() : "; did you mean \"" + nearest + "\"?"));
}

}  // namespace

PairOutcome required_outcome(const CsvTable& table, std::size_t column) {
    const std::string_view text = table.required_field(column);
    if (const auto outcome = parse_pair_outcome(text)) return *outcome;
    fail_with_suggestion(table, column, text, "match, review or different", {"match", "review", "different"});
}

std::optional<Verdict> optional_verdict(const CsvTable& table, std::size_t column) {
    std::string text(table.field(column));
    if (text.empty()) return std::nullopt;
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    if (const auto verdict = verdict_of(text)) return verdict;
    fail_with_suggestion(table, column, text, "same, different or unsure", {"same", "different", "unsure"});
}

}  // namespace caseweave
