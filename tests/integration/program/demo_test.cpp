#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <regex>
#include <set>
#include <sstream>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;
using simdjson::dom::element;
using simdjson::dom::element_type;

/// A member that must be there, and what it must be.
struct Member {
    const char* name;
    element_type type;
};

bool is_number(element_type type) {
    return type == element_type::INT64 || type == element_type::UINT64 || type == element_type::DOUBLE;
}

void expect_members(element object, const std::vector<Member>& members, const std::string& where) {
    for (const Member& member : members) {
        element value;
        ASSERT_EQ(object[member.name].get(value), simdjson::SUCCESS) << where << "." << member.name << " is missing";
        if (is_number(member.type)) {
            EXPECT_TRUE(is_number(value.type())) << where << "." << member.name;
        } else {
            EXPECT_EQ(value.type(), member.type) << where << "." << member.name;
        }
    }
}

constexpr element_type kText = element_type::STRING;
constexpr element_type kNumber = element_type::INT64;

TEST(Demo, EndsWithThreeAndNamesItsSummaryLast) {
    const LoadedCounty& county = loaded_county();
    ASSERT_EQ(county.outcome.code, 3) << county.outcome.all();
    const fs::path summary = summary_of(county.outcome);
    EXPECT_TRUE(fs::exists(summary)) << summary;
    EXPECT_NE(county.outcome.out.find("report: " + (summary.parent_path() / "report.html").string()),
              std::string::npos);
    EXPECT_NE(county.outcome.out.find("children before:"), std::string::npos);
    EXPECT_NE(county.outcome.out.find("precision"), std::string::npos);
    for (const fs::path& file : {summary, summary.parent_path() / "report.html"}) {
        EXPECT_EQ(fs::status(file).permissions() & fs::perms::others_all, fs::perms::none) << file;
    }
}

TEST(Demo, TheSummaryHoldsEveryMemberAndEverySystemBalances) {
    simdjson::dom::parser parser;
    const element root = parser.load(summary_of(loaded_county().outcome).string());
    expect_members(root,
                   {{"status", kText},
                    {"exit_code", kNumber},
                    {"run_id", kNumber},
                    {"seed", kNumber},
                    {"systems", element_type::ARRAY},
                    {"people", element_type::OBJECT},
                    {"linkage", element_type::OBJECT},
                    {"hazards", element_type::OBJECT},
                    {"seconds", element_type::OBJECT},
                    {"peak_rss_bytes", kNumber}},
                   "summary");
    EXPECT_EQ(std::string_view(root["status"]), "done_with_quarantine");
    EXPECT_EQ(std::int64_t(root["exit_code"]), 3);
    EXPECT_EQ(std::int64_t(root["seed"]), 1);
    expect_members(root["people"],
                   {{"source_records", kNumber},
                    {"children", kNumber},
                    {"unborn", kNumber},
                    {"adults", kNumber},
                    {"review_pairs", kNumber}},
                   "people");
    expect_members(root["linkage"], {{"precision", kNumber}, {"recall", kNumber}, {"f1", kNumber}, {"truth", kText}},
                   "linkage");
    expect_members(root["hazards"],
                   {{"sealed_pairs_linked", kNumber},
                    {"twins_merged", kNumber},
                    {"twin_pairs", kNumber},
                    {"restricted_opened", kNumber}},
                   "hazards");
    EXPECT_EQ(std::int64_t(root["hazards"]["sealed_pairs_linked"]), 0);
    EXPECT_EQ(std::int64_t(root["hazards"]["twins_merged"]), 0);
    EXPECT_EQ(std::int64_t(root["hazards"]["restricted_opened"]), 0);
    EXPECT_GT(std::int64_t(root["hazards"]["twin_pairs"]), 0);
    expect_members(root["seconds"],
                   {{"extract", kNumber},
                    {"normalise", kNumber},
                    {"link", kNumber},
                    {"consolidate", kNumber},
                    {"load", kNumber},
                    {"reconcile", kNumber},
                    {"total", kNumber}},
                   "seconds");
    std::set<std::string> systems;
    for (const element system : root["systems"].get_array()) {
        const std::string name{system["name"].get_string().value()};
        systems.insert(name);
        expect_members(system,
                       {{"name", kText},
                        {"entity", kText},
                        {"read", kNumber},
                        {"placed", kNumber},
                        {"unchanged", kNumber},
                        {"duplicate_in_source", kNumber},
                        {"quarantined", kNumber},
                        {"excluded", kNumber},
                        {"field_issues", kNumber},
                        {"emitted", kNumber},
                        {"inserted", kNumber},
                        {"updated", kNumber},
                        {"digest_source", kText},
                        {"digest_target", kText}},
                       name);
        const auto count = [&](const char* member) { return std::int64_t(system[member]); };
        EXPECT_TRUE(bool(system["balanced"])) << name;
        EXPECT_EQ(count("read"), count("placed") + count("unchanged") + count("duplicate_in_source") +
                                     count("quarantined") + count("excluded"))
            << name;
        EXPECT_EQ(count("emitted"), count("inserted") + count("updated")) << name;
        EXPECT_EQ(std::string_view(system["digest_source"]), std::string_view(system["digest_target"])) << name;
        EXPECT_EQ(std::string_view(system["digest_source"]).size(), 64U) << name;
    }
    EXPECT_EQ(systems.size(), 11U);
}

/// Gives the digests of a summary, source and target of every entity, in its order.
std::vector<std::string> digests_of(const fs::path& summary) {
    simdjson::dom::parser parser;
    std::vector<std::string> digests;
    for (const element system : parser.load(summary.string())["systems"].get_array()) {
        for (const char* side : {"digest_source", "digest_target"})
            digests.emplace_back(std::string_view(system[side]));
    }
    return digests;
}

// A bare digest of an entity of one row would let whoever has the page try values until one fits.
TEST(Demo, DigestsThatLeaveTheDatabaseAreKeyedWithTheSecretOfTheState) {
    const LoadedCounty& county = loaded_county();
    EXPECT_EQ(fs::status(county.state.path() / "digest.key").permissions() & fs::perms::all, fs::perms(0600));
    const fs::path summary = summary_of(county.outcome);
    const std::string said = text_of(summary) + text_of(summary.parent_path() / "report.html");
    const std::string page_of_one = digests_of(summary).back().substr(0, 16);
    EXPECT_NE(said.find("</small>"), std::string::npos);
    EXPECT_NE(text_of(summary.parent_path() / "report.html").find(page_of_one), std::string::npos)
        << "the page shows the same digests";
    TargetConnection connection = county.state.connect();
    // One tally of an entity: its digest is the whole entity's.
    const auto bare = column_of(connection,
                                "SELECT min(digest) FROM lineage.row_tally GROUP BY run_id, source_system,"
                                " source_entity HAVING count(*) = 1");
    ASSERT_FALSE(bare.empty());
    for (const std::string& digest : bare) EXPECT_EQ(said.find(digest.substr(0, 16)), std::string::npos);

    const ProgramOutcome reconciled = county.state.run({"reconcile"});
    ASSERT_EQ(reconciled.code, 3) << reconciled.all();
    EXPECT_EQ(digests_of(summary_of(reconciled)), digests_of(summary)) << "equal rows, equal digests, one state";
}

// "DUPLICATE" inside a name: whatever the record says gives way to a record that is not marked so, but for a code that
// says something, which comes before "not known".
TEST(Demo, ARecordMarkedAsADuplicateGivesWayToTheOthersOfItsPerson) {
    TargetConnection connection = loaded_county().state.connect();
    const std::string chosen =
        "SELECT count(*) FROM integrated.person_value c JOIN integrated.person_value o USING (person_id, field)"
        " JOIN lineage.person_record rc ON (rc.source_system, rc.source_person_key) = (c.origin_system, c.origin_key)"
        " JOIN lineage.person_record ro ON (ro.source_system, ro.source_person_key) = (o.origin_system, o.origin_key)"
        " WHERE c.chosen AND NOT o.agrees AND c.rule <> 'known_value'"
        " AND NOT EXISTS (SELECT FROM integrated.relationship r WHERE relationship_type = 'duplicate'"
        "   AND (r.source_system, r.source_person_key) IN ((rc.source_system, rc.source_person_key),"
        "     (ro.source_system, ro.source_person_key)))";
    EXPECT_EQ(value_of(connection, chosen + " AND rc.marked_duplicate AND ro.marked_duplicate IS NOT TRUE"), "0");
    EXPECT_NE(value_of(connection, chosen + " AND c.rule = 'not_duplicate' AND rc.marked_duplicate IS NOT TRUE"
                                            " AND ro.marked_duplicate"),
              "0");
}

TEST(Demo, EverySystemHoldsRowsOfItsOwnInTheTarget) {
    TargetConnection connection = loaded_county().state.connect();
    EXPECT_EQ(column_of(connection, "SELECT source_system FROM lineage.person_record GROUP BY 1").size(), 11U);
    EXPECT_GT(std::stol(value_of(connection, "SELECT count(*) FROM integrated.visit")), 0);
    // What the summary says of people is what is there.
    simdjson::dom::parser parser;
    const element root = parser.load(summary_of(loaded_county().outcome).string());
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.child WHERE kind = 'child'"),
              std::to_string(std::int64_t(root["people"]["children"])));
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.crosswalk"),
              std::to_string(std::int64_t(root["people"]["source_records"])));
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.quarantine"),
              value_of(connection, "SELECT sum(quarantined) FROM lineage.balance"));
}

/// Splits a page's text, tags left out, into words.
std::set<std::string> words_of_page(const std::string& html) {
    std::set<std::string> words;
    std::string text = std::regex_replace(html, std::regex("<style[^]*?</style>|<[^>]*>"), " ");
    std::string word;
    for (const char c : text + " ") {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || (c & 0x80) != 0) {
            word += c;
        } else if (!word.empty()) {
            words.insert(std::exchange(word, {}));
        }
    }
    return words;
}

TEST(Demo, TheReportHoldsNoNameKeyOrNumberOfAnyone) {
    const std::string html = text_of(summary_of(loaded_county().outcome).parent_path() / "report.html");
    const std::set<std::string> words = words_of_page(html);
    TargetConnection connection = loaded_county().state.connect();
    std::vector<std::string> probes;
    const auto take = [&](const std::string& sql) {
        const auto found = column_of(connection, sql);
        probes.insert(probes.end(), found.begin(), found.end());
    };
    // Shorter texts stand in any page by chance ("May", "10").
    take(
        "SELECT DISTINCT given_name FROM integrated.person WHERE length(given_name) > 4 AND given_name !~ ' ' "
        "ORDER BY 1 LIMIT 90");
    take(
        "SELECT DISTINCT family_name FROM integrated.person WHERE length(family_name) > 4 AND family_name !~ ' ' "
        "ORDER BY 1 LIMIT 90");
    take(
        "SELECT DISTINCT source_person_key FROM lineage.crosswalk WHERE length(source_person_key) > 5 ORDER BY 1 LIMIT "
        "120");
    take("SELECT nhs_number FROM integrated.person WHERE nhs_number IS NOT NULL ORDER BY 1 LIMIT 50");
    take("SELECT upn FROM integrated.person WHERE upn IS NOT NULL ORDER BY 1 LIMIT 50");
    take("SELECT DISTINCT street FROM integrated.person_address WHERE length(street) > 9 ORDER BY 1 LIMIT 50");
    take("SELECT DISTINCT raw_value FROM lineage.field_issue WHERE length(raw_value) > 5 ORDER BY 1 LIMIT 50");
    ASSERT_GE(probes.size(), 200U);
    for (const std::string& probe : probes) {
        const bool phrase = probe.find(' ') != std::string::npos;
        const bool there = phrase ? html.find(probe) != std::string::npos : words.contains(probe);
        // Not printed: a failure must not carry a name either, were the county real.
        EXPECT_FALSE(there) << "a value of " << probe.size() << " characters stands in the report";
    }
}

TEST(Demo, TheReportNeedsNoNetworkAndShowsNoSmallCell) {
    const std::string html = text_of(summary_of(loaded_county().outcome).parent_path() / "report.html");
    EXPECT_EQ(html.find("http"), std::string::npos);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("src="), std::string::npos);
    EXPECT_EQ(html.find("@import"), std::string::npos);
    EXPECT_NE(html.find("<svg"), std::string::npos);
    const std::regex cell("<td[^>]*>([^<]*)</td>");
    std::size_t cells = 0;
    for (auto at = std::sregex_iterator(html.begin(), html.end(), cell); at != std::sregex_iterator(); ++at) {
        ++cells;
        EXPECT_FALSE(std::regex_match((*at)[1].str(), std::regex("\\s*[1-4]\\s*"))) << at->str();
    }
    EXPECT_GT(cells, 100U);
}

TEST(Demo, LogsAndSummaryHoldNoNamesOrKeys) {
    const ProgramState& state = loaded_county().state;
    TargetConnection connection = state.connect();
    const std::string said =
        loaded_county().outcome.out + loaded_county().outcome.err + text_of(summary_of(loaded_county().outcome)) +
        text_of(state.path() / "cluster" / "postgres.log") + text_of(state.sources() / "server.log");
    for (const std::string& probe :
         column_of(connection,
                   "SELECT nhs_number FROM integrated.person WHERE nhs_number IS NOT NULL UNION "
                   "SELECT source_person_key FROM lineage.crosswalk WHERE length(source_person_key) > 5 UNION "
                   "SELECT family_name FROM integrated.person WHERE length(family_name) > 5"))
        EXPECT_EQ(said.find(probe), std::string::npos) << "a value of " << probe.size() << " characters was logged";
}

TEST(Demo, TheSameSeedGivesTheSameBooksAndIdsElsewhere) {
    const ProgramState other;
    // One core instead of two: neither order of arrival nor number of threads may show.
    const fs::path tool = "/usr/bin/taskset";
    ProgramOutcome outcome;
    if (fs::exists(tool)) {
        std::vector<std::string> words = {"-c", "0", built_program().string()};
        const auto demo = other.with_state({"demo", "--scale", "tiny", "--seed", "1"});
        words.insert(words.end(), demo.begin(), demo.end());
        outcome = RunningProgram(tool, words).wait();
    } else {
        outcome = other.run({"demo", "--scale", "tiny", "--seed", "1"});
    }
    ASSERT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(books_and_identities(other, summary_of(outcome)),
              books_and_identities(loaded_county().state, summary_of(loaded_county().outcome)));
    const auto here = digests_of(summary_of(loaded_county().outcome));
    for (const std::string& digest : digests_of(summary_of(outcome)))
        EXPECT_EQ(std::ranges::find(here, digest), here.end()) << "two states have two secrets";

    const ProgramOutcome again = other.run({"demo", "--scale", "tiny", "--seed", "2"});
    ASSERT_EQ(again.code, 3) << again.all();
    EXPECT_NE(again.err.find("replac"), std::string::npos) << "it says that a finished demo is replaced: " << again.err;
    EXPECT_NE(books_and_identities(other, summary_of(again)),
              books_and_identities(loaded_county().state, summary_of(loaded_county().outcome)));
    TargetConnection connection = other.connect();
    EXPECT_EQ(value_of(connection, "SELECT string_agg(seed::text, ',') FROM lineage.run"), "2");
}

TEST(Demo, ReconcileAgreesWithAnUntouchedTarget) {
    const ProgramOutcome outcome = loaded_county().state.run({"reconcile"});
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(outcome.out.find("DIFFERS"), std::string::npos);
    EXPECT_TRUE(fs::exists(summary_of(outcome)));
}

TEST(Demo, CheckAsksEverySourceAndShowsNobody) {
    const ProgramOutcome outcome = loaded_county().state.run({"check"});
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    for (const char* system : {"social_care", "early_help", "fostering_adoption", "education", "admissions", "send",
                               "youth_support", "youth_justice", "virtual_school", "early_years", "placement_finance"})
        EXPECT_NE(outcome.out.find(system), std::string::npos) << system;
    EXPECT_NE(outcome.out.find("target               ok       answers, and its schema is current"), std::string::npos)
        << outcome.out;
}

}  // namespace
}  // namespace caseweave::testing
