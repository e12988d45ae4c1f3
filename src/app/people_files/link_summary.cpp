#include "app/people_files/link_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace caseweave {

namespace {

std::string with_commas(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    return with_commas(number) + " " + std::string(number == 1 ? one : many);
}

/// "impossible_date" as a reader says it.
std::string in_words(std::string_view stored_name) {
    std::string words(stored_name);
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

/// Says, for each rule, how many of its blocks were too large and left to the other rules.
std::string list_capped(const LinkageModel& model, const std::vector<CappedBlock>& blocks) {
    struct Capped {
        std::size_t blocks = 0;
        std::uint32_t largest = 0;
    };
    std::map<std::uint16_t, Capped> by_rule;
    for (const CappedBlock& block : blocks) {
        Capped& capped = by_rule[block.rule];
        ++capped.blocks;
        capped.largest = std::max(capped.largest, block.records);
    }
    std::string text;
    for (const auto& [rule, capped] : by_rule) {
        text += fmt::format("blocking rule '{}': {} too large (up to {} records), left to the other rules\n",
                            model.blocking()[rule].name, counted(capped.blocks, "block", "blocks"),
                            with_commas(capped.largest));
    }
    return text;
}

/// Tells whether a value that met the rule is used all the same.
bool is_only_noted(IssueRule rule) noexcept {
    return rule == IssueRule::truncated || rule == IssueRule::duplicate_marker || rule == IssueRule::date_outside_range;
}

}  // namespace

void tell_quarantine(std::span<const PeopleFileReading> files) {
    constexpr std::size_t kLines = 20;
    std::uint64_t left = 0;
    std::size_t told = 0;
    for (const PeopleFileReading& file : files) {
        for (const QuarantinedRow& row : file.quarantined) {
            if (told++ >= kLines) {
                ++left;
                continue;
            }
            fmt::print(stderr, "caseweave: {} line {}: {}. {}\n", file.name, row.line, in_words(to_string(row.reason)),
                       advice(row.reason));
        }
    }
    if (left > 0) fmt::print(stderr, "caseweave: {} in quarantine\n", counted(left, "more row is", "more rows are"));
}

std::string summarise_values(std::span<const PeopleFileReading> files) {
    std::string text;
    for (const PeopleFileReading& file : files) {
        for (auto entry = file.set_aside.begin(); entry != file.set_aside.end();) {
            const std::string& column = entry->first.column;
            std::string rules;
            std::uint64_t aside = 0;
            for (; entry != file.set_aside.end() && entry->first.column == column; ++entry) {
                rules += fmt::format("{}{} {}", rules.empty() ? "" : ", ", with_commas(entry->second),
                                     in_words(to_string(entry->first.rule)));
                if (!is_only_noted(entry->first.rule)) aside += entry->second;
            }
            text += fmt::format("  {}, column {}: {} set aside ({})\n", file.name, column,
                                counted(aside, "value", "values"), rules);
        }
        for (const auto& [column, dates] : file.habits.month_first) {
            text += fmt::format(
                "  {}, column {}: the month stands first in {}, so 03/04/2012 could be either; nothing but dates with "
                "the year first is read of it: export it as YYYY-MM-DD\n",
                file.name, column, counted(dates, "date", "dates"));
        }
        for (const std::string& column : file.habits.foreign)
            text += fmt::format("  {}, column {}: most values are not British; they are taken as they are\n", file.name,
                                column);
    }
    return text;
}

std::string summarise_link(const PeopleFromFiles& people, const FileModel& model, const LinkResult& linked,
                           double seconds) {
    std::string text;
    for (const PeopleFileReading& file : people.files) {
        text += fmt::format("{}: {}", file.name, counted(file.rows_taken, "record", "records"));
        if (!file.quarantined.empty())
            text += fmt::format(", {} in quarantine", counted(file.quarantined.size(), "row", "rows"));
        text += '\n';
    }
    text += summarise_values(people.files);

    text += model.words;

    std::vector<std::uint32_t> sizes(linked.clusters, 0);
    for (const std::uint32_t cluster : linked.cluster) ++sizes[cluster];
    std::uint64_t several = 0;
    std::uint64_t held = 0;
    for (const std::uint32_t size : sizes) {
        if (size < 2) continue;
        ++several;
        held += size;
    }
    text += fmt::format("{} scored, {} for review\n", counted(linked.stats.scored_pairs, "pair", "pairs"),
                        with_commas(linked.review.size()));
    text +=
        fmt::format("{}; {} of more than one record, with {} in all\n", counted(linked.clusters, "cluster", "clusters"),
                    with_commas(several), counted(held, "record", "records"));
    text += list_capped(model.model, linked.stats.capped_blocks);
    text += fmt::format("{:.1f} s\n", seconds);
    return text;
}

}  // namespace caseweave
