#include "app/link_summary.hpp"

#include <fmt/format.h>

#include <algorithm>

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
std::string in_words(IssueRule rule) {
    std::string words(to_string(rule));
    std::replace(words.begin(), words.end(), '_', ' ');
    return words;
}

/// Tells whether a value that met the rule is used all the same.
bool is_only_noted(IssueRule rule) noexcept {
    return rule == IssueRule::truncated || rule == IssueRule::duplicate_marker;
}

}  // namespace

std::string list_quarantine(const std::vector<PeopleFileReading>& files, std::size_t most) {
    std::string text;
    std::uint64_t left = 0;
    std::size_t told = 0;
    for (const PeopleFileReading& file : files) {
        for (const QuarantinedRow& row : file.quarantined) {
            if (told++ >= most) {
                ++left;
                continue;
            }
            std::string reason(to_string(row.reason));
            std::replace(reason.begin(), reason.end(), '_', ' ');
            text += fmt::format("{} line {}: {}. {}\n", file.name, row.line, reason, advice(row.reason));
        }
    }
    if (left > 0) text += fmt::format("and {} in quarantine\n", counted(left, "more row", "more rows"));
    return text;
}

std::string list_set_aside(const std::vector<PeopleFileReading>& files) {
    std::string text;
    for (const PeopleFileReading& file : files) {
        for (auto entry = file.set_aside.begin(); entry != file.set_aside.end();) {
            const std::string& column = entry->first.column;
            std::string line;
            std::uint64_t aside = 0;
            for (; entry != file.set_aside.end() && entry->first.column == column; ++entry) {
                line += fmt::format("{}{} {}", line.empty() ? "" : ", ", with_commas(entry->second),
                                    in_words(entry->first.rule));
                if (!is_only_noted(entry->first.rule)) aside += entry->second;
            }
            text += fmt::format("  {} column {}: {} set aside ({})\n", file.name, column,
                                counted(aside, "value", "values"), line);
        }
    }
    return text;
}

std::string summarise_link(const PeopleFromFiles& people, const LinkResult& linked, double seconds) {
    std::string text;
    for (const PeopleFileReading& file : people.files) {
        text += fmt::format("{}: {}", file.name, counted(file.rows_taken, "record", "records"));
        if (!file.quarantined.empty())
            text += fmt::format(", {} in quarantine", counted(file.quarantined.size(), "row", "rows"));
        text += '\n';
    }
    if (const std::string aside = list_set_aside(people.files); !aside.empty()) text += "values set aside:\n" + aside;

    std::vector<std::uint32_t> sizes(linked.clusters, 0);
    for (const std::uint32_t cluster : linked.cluster) ++sizes[cluster];
    const auto several =
        static_cast<std::uint64_t>(std::count_if(sizes.begin(), sizes.end(), [](auto n) { return n > 1; }));
    std::uint64_t held = 0;
    for (const std::uint32_t size : sizes) held += size > 1 ? size : 0;
    text += fmt::format("{} scored, {} for review\n", counted(linked.stats.scored_pairs, "pair", "pairs"),
                        with_commas(linked.review.size()));
    text += fmt::format("{}, of which {} hold more than one record: {} in all\n",
                        counted(linked.clusters, "cluster", "clusters"), with_commas(several),
                        counted(held, "record", "records"));
    for (const CappedBlock& block : linked.stats.capped_blocks)
        text += fmt::format(
            "a block of {} records was too large for blocking rule {}; its pairs were left to the other "
            "rules\n",
            with_commas(block.records), block.rule + 1);
    text += fmt::format("{:.1f} s\n", seconds);
    return text;
}

}  // namespace caseweave
