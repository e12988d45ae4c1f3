#include "app/books/run_comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/writing/text_table.hpp"
#include "core/json_text.hpp"

namespace caseweave {

namespace {

/// Says whether more of a count is bad news, or only news.
enum class MoreIs { news, worse };

ComparedCount compare(std::string what, std::int64_t first, std::int64_t second, MoreIs more) {
    ComparedCount count{std::move(what), first, second, Trend::same};
    if (first == second) return count;
    count.trend = more == MoreIs::news ? Trend::other : second > first ? Trend::worse : Trend::better;
    return count;
}

std::vector<ComparedName> compare_named(const NamedRows& first, const NamedRows& second) {
    std::set<NamedRows::key_type> keys;
    for (const auto& [key, rows] : first) keys.insert(key);
    for (const auto& [key, rows] : second) keys.insert(key);
    const auto rows_of = [](const NamedRows& named, const NamedRows::key_type& key) {
        const auto found = named.find(key);
        return found == named.end() ? 0 : static_cast<std::int64_t>(found->second);
    };
    std::vector<ComparedName> compared;
    for (const auto& key : keys)
        compared.push_back(
            {key.first, key.second, compare("rows", rows_of(first, key), rows_of(second, key), MoreIs::worse)});
    return compared;
}

NamedRows without_system(const std::map<std::string, std::uint64_t>& counts) {
    NamedRows named;
    for (const auto& [name, count] : counts) named[{"", name}] = count;
    return named;
}

ComparedEntity compare_entity(const SourceEntity& name, const EntityBooks* first, const EntityBooks* second) {
    static const EntityBooks none;
    ComparedEntity compared;
    compared.entity = name;
    compared.in_first = first != nullptr;
    compared.in_second = second != nullptr;
    const EntityBooks& a = first != nullptr ? *first : none;
    const EntityBooks& b = second != nullptr ? *second : none;
    compared.counts = {compare("read", a.counts.read, b.counts.read, MoreIs::news),
                       compare("placed", a.counts.placed, b.counts.placed, MoreIs::news),
                       compare("quarantined", a.counts.quarantined, b.counts.quarantined, MoreIs::worse),
                       compare("field issues", a.counts.field_issues, b.counts.field_issues, MoreIs::worse)};
    if (a.balanced && b.balanced) compared.same_rows = a.digest == b.digest;
    compared.balanced_first = a.balanced;
    compared.balanced_second = b.balanced;
    return compared;
}

std::int64_t sum(const std::map<std::string, std::uint64_t>& counts) {
    std::int64_t total = 0;
    for (const auto& [name, count] : counts) total += static_cast<std::int64_t>(count);
    return total;
}

std::string_view to_string(Trend trend) {
    switch (trend) {
        case Trend::same:
            return "same";
        case Trend::better:
            return "better";
        case Trend::worse:
            return "worse";
        case Trend::other:
            return "other";
    }
    return {};
}

/// Says of an entity what stands beside its counts.
std::string verdict_on(const ComparedEntity& entity) {
    std::vector<std::string> words;
    if (!entity.in_first) words.emplace_back("new");
    if (!entity.in_second) words.emplace_back("gone");
    if (entity.in_first && entity.in_second) {
        for (const ComparedCount& count : entity.counts) {
            if (count.trend != Trend::same) words.push_back(count.what + " " + count.in_words());
        }
        if (words.empty() && entity.same_rows == false) words.emplace_back("as many rows, of other content");
        if (words.empty() && !entity.same_rows) words.emplace_back("as many rows; books not closed");
    }
    // A run that balanced no more, or does so now, is told before all else.
    if (entity.balanced_first == true && entity.balanced_second == false)
        words.insert(words.begin(), "BALANCES NO MORE: worse");
    if (entity.balanced_first == false && entity.balanced_second == true)
        words.insert(words.begin(), "balances now: better");
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : "; ") + word;
    return text;
}

std::string change_of(const ComparedCount& count) {
    if (count.trend == Trend::same) return fmt::format("{}", count.second);
    return fmt::format("{} > {}", count.first, count.second);
}

void add_named(std::string& text, std::string_view title, const std::vector<ComparedName>& names) {
    std::vector<std::vector<std::string>> rows;
    for (const ComparedName& name : names) {
        if (name.rows.trend == Trend::same) continue;
        rows.push_back({name.system, name.name, std::to_string(name.rows.first), std::to_string(name.rows.second),
                        name.rows.in_words()});
    }
    if (rows.empty()) return;
    text += fmt::format("\n{}\n{}", title, render_table({"system", "name", "first", "second", "that is"}, rows));
}

std::string head_line(const RunHead& head) {
    return fmt::format(
        "run {} ({}, job {}, {}, {}{})\n", head.id, head.kind, head.job, head.started, head.state,
        head.exit_code ? fmt::format(": {}", in_words(static_cast<ExitCode>(*head.exit_code))) : std::string());
}

std::string count_json(const ComparedCount& count) {
    return fmt::format(R"({{"what":{},"first":{},"second":{},"trend":"{}"}})", json_text(count.what), count.first,
                       count.second, to_string(count.trend));
}

std::string counts_json(const std::vector<ComparedCount>& counts) {
    std::string json;
    for (const ComparedCount& count : counts) json += (json.empty() ? "" : ",") + count_json(count);
    return "[" + json + "]";
}

std::string names_json(const std::vector<ComparedName>& names) {
    std::string json;
    for (const ComparedName& name : names)
        json += fmt::format("{}\n  {{\"system\":{},\"name\":{},\"rows\":{}}}", json.empty() ? "" : ",",
                            name.system.empty() ? "null" : json_text(name.system), json_text(name.name),
                            count_json(name.rows));
    return "[" + json + "]";
}

std::string head_json(const RunHead& head) {
    return fmt::format(R"({{"run_id":{},"kind":{},"job":{},"started":{},"state":{},"exit_code":{}}})", head.id,
                       json_text(head.kind), json_text(head.job), json_text(head.started), json_text(head.state),
                       head.exit_code ? std::to_string(*head.exit_code) : "null");
}

std::string_view json_of(const std::optional<bool>& value) {
    return !value ? "null" : *value ? "true" : "false";
}

}  // namespace

std::string ComparedCount::in_words() const {
    if (trend == Trend::same) return "as before";
    std::string words = first == 0 ? "new" : second == 0 ? "gone" : second > first ? "more" : "fewer";
    if (trend != Trend::other) words += fmt::format(": {}", to_string(trend));
    return words;
}

RunComparison compare_runs(const RunBooks& first, const RunBooks& second) {
    RunComparison comparison;
    comparison.first = first.head;
    comparison.second = second.head;
    std::set<SourceEntity> names;
    for (const auto& [name, books] : first.entities) names.insert(name);
    for (const auto& [name, books] : second.entities) names.insert(name);
    const auto books_of = [](const RunBooks& run, const SourceEntity& name) {
        const auto found = run.entities.find(name);
        return found == run.entities.end() ? nullptr : &found->second;
    };
    for (const SourceEntity& name : names)
        comparison.entities.push_back(compare_entity(name, books_of(first, name), books_of(second, name)));
    comparison.quarantine = compare_named(first.quarantine, second.quarantine);
    comparison.issues = compare_named(first.issues, second.issues);
    comparison.review_pairs = compare_named(without_system(first.review_pairs), without_system(second.review_pairs));
    if (first.people && second.people) {
        const auto person = [&](const char* what, std::uint64_t PeopleFigures::*member) {
            comparison.people.push_back(compare(what, static_cast<std::int64_t>((*first.people).*member),
                                                static_cast<std::int64_t>((*second.people).*member), MoreIs::news));
        };
        person("person records", &PeopleFigures::source_records);
        person("children", &PeopleFigures::children);
        person("unborn", &PeopleFigures::unborn);
        person("adults", &PeopleFigures::adults);
    }
    const EntityCounts a = first.total();
    const EntityCounts b = second.total();
    comparison.totals = {compare("quarantined rows", a.quarantined, b.quarantined, MoreIs::worse),
                         compare("field issues", a.field_issues, b.field_issues, MoreIs::worse),
                         compare("pairs for review", sum(first.review_pairs), sum(second.review_pairs), MoreIs::worse)};
    return comparison;
}

std::string render_comparison(const RunComparison& comparison) {
    std::string text = "first:  " + head_line(comparison.first) + "second: " + head_line(comparison.second) + '\n';
    std::vector<std::vector<std::string>> rows;
    std::size_t as_before = 0;
    for (const ComparedEntity& entity : comparison.entities) {
        const std::string verdict = verdict_on(entity);
        if (verdict.empty()) {
            ++as_before;
            continue;
        }
        std::vector<std::string> row = {entity.entity.system, entity.entity.entity};
        for (const ComparedCount& count : entity.counts) row.push_back(change_of(count));
        row.push_back(!entity.same_rows ? "-" : *entity.same_rows ? "equal" : "differ");
        row.push_back(verdict);
        rows.push_back(std::move(row));
    }
    if (!rows.empty())
        text += render_table(
            {"system", "entity", "read", "placed", "quarantined", "field issues", "digests", "that is"}, rows);
    text += fmt::format("{} of {} source entities as before: the same counts, equal digests\n", as_before,
                        comparison.entities.size());
    add_named(text, "quarantined rows, by reason", comparison.quarantine);
    add_named(text, "field issues, by rule", comparison.issues);
    add_named(text, "pairs for review, by reason", comparison.review_pairs);
    text += '\n';
    std::vector<std::vector<std::string>> totals;
    for (const auto* counts : {&comparison.people, &comparison.totals}) {
        for (const ComparedCount& count : *counts)
            totals.push_back({count.what, std::to_string(count.first), std::to_string(count.second), count.in_words()});
    }
    return text + render_table({"in all", "first", "second", "that is"}, totals);
}

std::string render_comparison_json(const RunComparison& comparison) {
    std::string json = "{\"first\":" + head_json(comparison.first) + ",\n \"second\":" + head_json(comparison.second) +
                       ",\n \"entities\":[";
    for (std::size_t i = 0; i < comparison.entities.size(); ++i) {
        const ComparedEntity& entity = comparison.entities[i];
        json += fmt::format(
            "{}\n  {{\"system\":{},\"entity\":{},\"in_first\":{},\"in_second\":{},\"counts\":{},\"same_rows\":{},"
            "\"balanced_first\":{},\"balanced_second\":{}}}",
            i == 0 ? "" : ",", json_text(entity.entity.system), json_text(entity.entity.entity), entity.in_first,
            entity.in_second, counts_json(entity.counts), json_of(entity.same_rows), json_of(entity.balanced_first),
            json_of(entity.balanced_second));
    }
    return json + "],\n \"quarantine\":" + names_json(comparison.quarantine) +
           ",\n \"field_issues\":" + names_json(comparison.issues) +
           ",\n \"review_pairs\":" + names_json(comparison.review_pairs) +
           ",\n \"people\":" + counts_json(comparison.people) + ",\n \"totals\":" + counts_json(comparison.totals) +
           "}\n";
}

}  // namespace caseweave
