#include "app/pack/pack_tables.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "app/job/job_sources.hpp"
#include "ledger/lineage_tables.hpp"
#include "reconcile/published_count.hpp"
#include "settings/places.hpp"

namespace caseweave {
namespace {

/// One system of two entities; the first quarantined `few` rows.
PackAccount account_with(std::uint64_t few) {
    PackAccount account;
    EntityBalance pupils;
    pupils.system = "school_b";
    pupils.entity = "pupil";
    pupils.read = 100 + few;
    pupils.placed = pupils.inserted = 100;
    pupils.quarantined = few;
    pupils.balanced = true;
    EntityBalance classes = pupils;
    classes.entity = "class";
    classes.read = 42;
    classes.placed = classes.inserted = 30;
    classes.quarantined = 12;
    account.report.entities = {pupils, classes};
    return account;
}

const std::vector<std::string>& row_of(const PackTable& table, const std::string& entity) {
    for (const auto& row : table.rows) {
        if (row[1] == entity) return row;
    }
    static const std::vector<std::string> kNone(20);
    return kNone;
}

TEST(PackTables, SayNoCountFromOneToFourNorOneItFollowsFrom) {
    const PackTable counts = counts_table(account_with(3));
    constexpr std::size_t kQuarantined = 6;
    ASSERT_EQ(counts.titles[kQuarantined], "quarantined");
    EXPECT_EQ(row_of(counts, "pupil")[kQuarantined], "<5");
    EXPECT_EQ(row_of(counts, "class")[kQuarantined], "c") << "15 less it would be the other";
    EXPECT_EQ(row_of(counts, "(all)")[kQuarantined], "15");
    EXPECT_EQ(row_of(counts, "pupil")[2], "\u2265\u00a0101") << "read would give it away";
    for (const auto& row : counts.rows) EXPECT_EQ(row.size(), counts.titles.size());
    EXPECT_EQ(row_of(counts_table(account_with(5)), "pupil")[kQuarantined], "5");
}

TEST(PackTables, ControlTotalsDoNotGiveCountsAway) {
    PackAccount account = account_with(3);
    const auto total = [](const char* entity, std::string_view table, std::uint64_t rows) {
        return ControlTotal{{"school_b", entity, std::string(table)}, rows, rows, "aa", "aa"};
    };
    account.totals = {total("pupil", kQuarantinedRows, 3), total("class", kQuarantinedRows, 12),
                      total("pupil", kSourceRows, 103), total("class", "enrolment", 30), total("x", kReviewPairs, 9)};
    const PackTable table = control_totals_table(account);
    for (const std::size_t hidden : {0U, 1U, 2U, 4U}) EXPECT_EQ(table.rows[hidden][3], "c") << hidden;
    EXPECT_EQ(table.rows[3][3], "30") << "what was added is said";
    account.totals = {total("class", "enrolment", 27), total("class", "restriction", 3)};
    const PackTable parts = control_totals_table(account);
    EXPECT_EQ(parts.rows[0][3], "c");
    EXPECT_EQ(parts.rows[1][3], "<5");
    account = account_with(0);
    account.totals = {total("pupil", kSourceRows, 100)};
    EXPECT_EQ(control_totals_table(account).rows[0][3], "100");
    // After a night: rows that stand are those that were added, replaced or kept.
    account.report.entities[0].kept = 3;
    account.totals = {total("pupil", "enrolment", 103)};
    EXPECT_EQ(control_totals_table(account).rows[0][3], "c");
    account.report.entities[0].kept = 0;
    account.report.entities[0].unchanged = 3;
    EXPECT_EQ(control_totals_table(account).rows[0][3], "c");
    account.totals[0].digest_found = "bb";
    EXPECT_EQ(control_totals_table(account).rows[0].back(), "NO");
}

TEST(PackTables, RunsAndDecisionsAreSuppressed) {
    PackAccount account;
    RunBooks& run = account.runs.emplace_back();
    EntityCounts& counts = run.entities[{"school_b", "pupil"}].counts;
    counts.read = 103;
    counts.placed = 100;
    counts.quarantined = 3;
    const PackTable runs = runs_table(account);
    EXPECT_EQ(runs.rows[0][7], "\u2265\u00a0101");
    EXPECT_EQ(runs.rows[0][8], "<5");
    account.decisions = {{"review decide", "same", "in force", 2}, {"review decide", "different", "in force", 40}};
    const PackTable decisions = decisions_table(account);
    EXPECT_EQ(decisions.rows[0][3], "<5");
    EXPECT_NE(decisions.rows[1][3], "2");
}

TEST(PackTables, AskAboutWhatWasNeverRead) {
    PackAccount account = account_with(0);
    for (EntityBalance& entity : account.report.entities) entity.read = 0;
    account.runs.emplace_back().entities[{"school_b", "pupil"}].counts.read = 7;
    account.open_pairs["below_match"] = 6;
    const PackTable table = open_questions_table(account);
    ASSERT_EQ(table.rows.size(), 2U);
    EXPECT_EQ(table.rows[0][0], "nothing was read");
    EXPECT_EQ(table.rows[0][2], "class") << "pupils were read by an earlier run";
    EXPECT_EQ(table.rows[1][3], "6");
}

TEST(PackTables, CoverageTellsNoFewRows) {
    EXPECT_EQ(publish_share(0, 0), "");
    EXPECT_EQ(publish_share(0, 50), "0 %");
    EXPECT_EQ(publish_share(50, 50), "100 %");
    EXPECT_EQ(publish_share(3, 50), "c");
    EXPECT_EQ(publish_share(47, 50), "c");
    EXPECT_EQ(publish_share(25, 50), "50 %");
}

TEST(MappingDocument, AccountsForEveryColumnOfEveryConnector) {
    const CanonicalSchema canonical = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    std::size_t connectors = 0;
    for (const auto& entry : std::filesystem::directory_iterator(home_folder() / "connectors")) {
        if (!std::filesystem::exists(entry.path() / "connector.toml")) continue;
        ++connectors;
        Job job;
        job.systems.emplace_back().name = entry.path().filename().string();
        const JobSources sources = JobSources::described(job);
        const MappingDocument document = make_mapping_document(sources, canonical, {});
        std::set<std::pair<std::string, std::string>> told;
        for (const MappingLine& line : document.lines) {
            EXPECT_FALSE(line.rule.empty()) << line.columns;
            for (std::string rest = line.columns; !rest.empty();) {
                const std::size_t plus = rest.find(" + ");
                told.emplace(line.entity, rest.substr(0, plus));
                rest = plus == rest.npos ? "" : rest.substr(plus + 3);
            }
            // A column that says of a value that it is estimated, or its status, is named by the value's rule.
            for (const std::string_view beside : {"estimated where ", "with the status in "}) {
                const std::size_t at = line.rule.find(beside);
                if (at == line.rule.npos) continue;
                const std::string column = line.rule.substr(at + beside.size());
                told.emplace(line.entity, column.substr(0, std::min(column.find(" says so"), column.find("; "))));
            }
        }
        for (const UnmappedColumn& column : document.unmapped)
            EXPECT_TRUE(told.emplace(column.entity, column.column).second) << column.column << " is told twice";
        for (const EntityDefinition& entity : sources.systems().front().definition->entities) {
            for (const std::string& column : entity.columns)
                EXPECT_TRUE(told.contains({entity.name, column}))
                    << entry.path() << " " << entity.name << " " << column;
        }
    }
    EXPECT_GE(connectors, 11U);
}

}  // namespace
}  // namespace caseweave
