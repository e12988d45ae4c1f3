#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "reconcile/run_report.hpp"

namespace caseweave {
namespace {

/// What a reader knows of one cell of a page.
struct Known {
    double low = 0, high = 0;
    bool suppressed = false;
};

/// Reads a cell as it is published; nothing where it is no count.
std::optional<Known> read_cell(std::string text) {
    constexpr double kMost = 1e9;
    text = std::regex_replace(text, std::regex("<[^>]*>|,"), "");
    if (text == "&lt;5") return Known{1, 4, true};
    if (text == "c") return Known{0, kMost, true};
    if (text.starts_with("\u2265\u00a0")) return Known{std::stod(text.substr(5)), kMost, false};
    if (text.empty() || text.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
    return Known{std::stod(text), std::stod(text), false};
}

/// Reads the tables of the balance: a row's counts (read, placed, unchanged, duplicates, quarantined, excluded, issues,
/// rows in target) by its first cell's text.
struct BalanceRow {
    std::string system;
    std::vector<Known> cells;
};
std::vector<BalanceRow> read_table(const std::string& table) {
    std::vector<BalanceRow> rows;
    const std::regex row_pattern("<tr>(.*?)</tr>");
    const std::regex cell_pattern("<t[hd][^>]*>(.*?)</t[hd]>");
    for (std::sregex_iterator row(table.begin(), table.end(), row_pattern), end; row != end; ++row) {
        const std::string content = (*row)[1];
        BalanceRow read;
        for (std::sregex_iterator cell(content.begin(), content.end(), cell_pattern); cell != end; ++cell) {
            if (read.system.empty()) read.system = (*cell)[1];
            if (const auto known = read_cell((*cell)[1])) read.cells.push_back(*known);
        }
        if (read.cells.size() == 8) rows.push_back(read);
    }
    return rows;
}

/// Narrows every cell by "whole = sum of parts" until nothing changes; tells whether something did.
bool narrow(Known& whole, const std::vector<Known*>& parts) {
    double low = 0;
    double high = 0;
    for (const Known* part : parts) {
        low += part->low;
        high += part->high;
    }
    bool changed = low > whole.low || high < whole.high;
    whole.low = std::max(whole.low, low);
    whole.high = std::min(whole.high, high);
    for (Known* part : parts) {
        const double least = std::max(part->low, whole.low - (high - part->high));
        const double most = std::min(part->high, whole.high - (low - part->low));
        changed = changed || least > part->low || most < part->high;
        part->low = least;
        part->high = most;
    }
    return changed;
}

RunReport random_report(std::uint32_t seed) {
    std::mt19937 random(seed);
    const auto few = [&] {
        constexpr std::array<std::uint64_t, 12> kCounts = {0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 9, 40};
        return kCounts[random() % kCounts.size()];
    };
    RunReport report;
    for (const char* system : {"alpha", "beta", "gamma", "delta"}) {
        const auto entities = 1 + random() % 4;
        for (std::uint64_t e = 0; e < entities; ++e) {
            EntityBalance entity;
            entity.system = system;
            entity.entity = "entity_" + std::to_string(e);
            entity.placed = 20 + random() % 3000;
            entity.unchanged = few();
            entity.duplicate_in_source = few();
            entity.quarantined = few();
            entity.excluded = few();
            entity.field_issues = few();
            entity.inserted = entity.placed + few();
            entity.read =
                entity.placed + entity.unchanged + entity.duplicate_in_source + entity.quarantined + entity.excluded;
            entity.balanced = true;
            report.entities.push_back(entity);
        }
    }
    return report;
}

/// Narrows what the tables of the balance say of one another.
void solve(std::vector<BalanceRow>& systems, std::vector<BalanceRow>& entities) {
    BalanceRow& all = systems.back();
    for (bool changed = true; changed;) {
        changed = false;
        for (std::vector<BalanceRow>* table : {&systems, &entities}) {
            for (BalanceRow& row : *table) {
                std::vector<Known*> parts;
                for (std::size_t c = 1; c <= 5; ++c) parts.push_back(&row.cells[c]);
                changed = narrow(row.cells[0], parts) || changed;
            }
        }
        for (std::size_t c = 0; c < 8; ++c) {
            std::vector<Known*> of_all;
            for (std::size_t s = 0; s + 1 < systems.size(); ++s) {
                of_all.push_back(&systems[s].cells[c]);
                std::vector<Known*> of_system;
                for (BalanceRow& entity : entities) {
                    if (entity.system == systems[s].system) of_system.push_back(&entity.cells[c]);
                }
                changed = narrow(systems[s].cells[c], of_system) || changed;
            }
            changed = narrow(all.cells[c], of_all) || changed;
        }
    }
}

TEST(ReportPage, NoSuppressedCellOfTheBalanceIsDeterminedByPublishedOnes) {
    std::size_t suppressed = 0;
    for (std::uint32_t seed = 1; seed <= 60; ++seed) {
        std::string page = render_html(random_report(seed));
        std::erase(page, '\n');
        const std::size_t balance = page.find("<h2>The balance");
        const std::size_t by_entity = page.find("By entity", balance);
        ASSERT_NE(by_entity, std::string::npos);
        auto systems = read_table(page.substr(balance, by_entity - balance));
        auto entities = read_table(page.substr(by_entity, page.find("<h2>Linkage") - by_entity));
        ASSERT_EQ(systems.size(), 5U);
        ASSERT_GE(entities.size(), 4U);
        solve(systems, entities);
        for (const std::vector<BalanceRow>* table : {&systems, &entities}) {
            for (const BalanceRow& row : *table) {
                for (std::size_t c = 0; c < row.cells.size(); ++c) {
                    if (!row.cells[c].suppressed) continue;
                    ++suppressed;
                    EXPECT_GT(row.cells[c].high, row.cells[c].low)
                        << "seed " << seed << ", a row of " << row.system << ", column " << c;
                }
            }
        }
    }
    EXPECT_GT(suppressed, 500U);
}

TEST(ReportPage, NoBarStandsForFewerThanFive) {
    RunReport report;
    report.quarantine = {
        {"a", "orphan_person", 196}, {"b", "orphan_person", 3}, {"a", "malformed", 2}, {"a", "wrong_width", 11}};
    report.within_system = {{"a", "", 10}};
    report.cluster_sizes = {{1, 400}, {2, 60}, {3, 7}, {4, 3}, {9, 1}};
    const std::string page = render_html(report);
    EXPECT_NE(page.find(">Wrong width, malformed</text>"), std::string::npos);
    EXPECT_NE(page.find(">3 records or more</text>"), std::string::npos);
    EXPECT_EQ(page.find(">&lt;5</text>"), std::string::npos) << "the total less the others would be the count";
}

/// A page all of whose figures are `few`, beside those that are always the same.
std::string page_of_few(std::uint64_t few, std::uint64_t shared_by_others) {
    RunReport report;
    report.entities.emplace_back();
    EntityBalance& entity = report.entities.back();
    entity.system = "a";
    entity.entity = "child";
    entity.placed = entity.inserted = 100;
    entity.quarantined = entity.field_issues = few;
    entity.read = 100 + few;
    entity.balanced = true;
    report.children_before = report.children = report.unborn = report.review_pairs = report.shielded_pairs = few;
    report.quarantine = {{"a", "malformed", few}};
    report.issues = {{"a", "unknown_code", few}};
    report.within_system = {{"a", "", few}, {"b", "", few}, {"c", "", 9}};
    report.known_to_both = {{{"a", "b"}, few}, {{"b", "c"}, few}};
    if (shared_by_others > 0) report.known_to_both[{"a", "c"}] = shared_by_others;
    report.cluster_sizes = {{2, few}};
    report.quality = {
        {"a", "birth_date", 200, few, 2 * few, few},      {"b", "birth_date", few, few, few, 0},
        {"a", "postcode", 200, few, 20, 8, true},         {"b", "postcode", 200, 90, 100 + few, few, true},
        {"c", "postcode", 200, 90, 100 + few, 100, true}, {"", "postcode", 200, 200 - few, 200, 0, true}};
    report.truth.emplace();
    report.hazards = HazardFigures{few, few, few, few};
    report.night = NightFigures{true, few, few, few, few, few, few, few, {{"merged", few}}};
    return render_html(report);
}

TEST(ReportPage, NothingTellsOneSuppressedCountFromAnother) {
    for (const std::uint64_t shared_by_others : {0U, 6U, 500U}) {
        const std::string page = page_of_few(1, shared_by_others);
        EXPECT_NE(page.find("&lt;5"), std::string::npos);
        for (std::uint64_t few = 2; few < 5; ++few) {
            // Not EXPECT_EQ: a page is long.
            EXPECT_TRUE(page_of_few(few, shared_by_others) == page) << few << " beside " << shared_by_others;
        }
        EXPECT_FALSE(page_of_few(5, shared_by_others) == page);
    }
}

TEST(ReportPage, ValidityIsTheShareOfTheValuesGivenBeforeAndAfter) {
    RunReport report;
    report.quality = {{"a", "birth_date", 200, 100, 110, 10},
                      {"", "birth_date", 150, 150, 150, 0},
                      {"a", "nhs_number", 80, 60, 250, 47, true},
                      {"", "nhs_number", 75, 75, 75, 0, true},
                      {"a", "email", 80, 0, 0, 0, true}};
    const std::string page = render_html(report);
    for (const char* cell : {">50 %<br><small class=\"no\" style=\"color:inherit\">90.9 %<", ">100 %<br><small>100 %<",
                             ">75 %<br><small class=\"no\" style=\"color:inherit\">81.2 %<"})
        EXPECT_NE(page.find(cell), std::string::npos) << cell;
    EXPECT_NE(page.find(">NHS number<"), std::string::npos);
    EXPECT_LT(page.find("Of children: identifiers"), page.find(">NHS number<"));
    EXPECT_GT(page.find("Of children: identifiers"), page.find(">Birth date<"));
    EXPECT_EQ(page.find(">E-mail<"), std::string::npos) << "nobody was asked for it";
}

TEST(ReportPage, AHazardThatDidNotHappenIsSaidSo) {
    RunReport report;
    report.hazards.emplace();
    EXPECT_NE(render_html(report).find("ordinary reader could see</th><td>0</td>"), std::string::npos);
}

TEST(ReportPage, NamesAreWrittenAsPeopleWriteThem) {
    RunReport report;
    for (const char* entity : {"cin_plan", "section47_enquiry", "ehc_plan"}) {
        report.entities.emplace_back();
        report.entities.back().system = "system";
        report.entities.back().entity = entity;
        report.entities.back().placed = 10;
    }
    const std::string page = render_html(report);
    for (const char* words : {">CIN plan<", ">Section 47 enquiry<", ">EHC plan<"})
        EXPECT_NE(page.find(words), std::string::npos) << words;
}

TEST(ReportPage, OneRowDiffers) {
    RunReport report;
    report.differences = 1;
    EXPECT_NE(render_html(report).find("1 row differs"), std::string::npos);
    report.differences = 2;
    EXPECT_NE(render_html(report).find("2 rows differ;"), std::string::npos);
}

}  // namespace
}  // namespace caseweave
