// What the ledger says of runs: listed, one in full, and two side by side, of one target or of two.
#include <gtest/gtest.h>
#include <simdjson.h>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

/// Reads what a command printed as JSON.
class Json {
  public:
    explicit Json(const ProgramOutcome& outcome) : text_(outcome.out) {
        if (parser_.parse(text_).get(root_) != simdjson::SUCCESS) throw std::runtime_error("no JSON: " + outcome.all());
    }
    const simdjson::dom::element& root() const { return root_; }

  private:
    simdjson::padded_string text_;
    simdjson::dom::parser parser_;
    simdjson::dom::element root_;
};

std::string number(const simdjson::dom::element& element) {
    return std::to_string(std::int64_t(element));
}

TEST(Runs, AreListedWithWhatTheLedgerSaysOfThem) {
    const ProgramState& state = loaded_county().state;
    TargetConnection connection = state.connect();
    const ProgramOutcome table = state.run({"runs"});
    ASSERT_EQ(table.code, 0) << table.all();
    for (const char* word : {"run", "demo", "done, rows in quarantine", "quarantined", "children"})
        EXPECT_NE(table.out.find(word), std::string::npos) << word << "\n" << table.out;

    const ProgramOutcome listed = state.run({"runs", "--format", "json"});
    ASSERT_EQ(listed.code, 0) << listed.all();
    const Json json(listed);
    const simdjson::dom::element run = json.root()["runs"].at(0);
    EXPECT_EQ(number(run["run_id"]), value_of(connection, "SELECT max(run_id) FROM lineage.run"));
    for (const char* count : {"read", "placed", "unchanged", "quarantined", "field_issues"})
        EXPECT_EQ(number(run[count]),
                  value_of(connection, "SELECT sum(" + std::string(count) + ") FROM lineage.balance"))
            << count;
    EXPECT_EQ(number(run["people"]["children"]),
              value_of(connection, "SELECT count(*) FROM integrated.child WHERE kind = 'child'"));
    EXPECT_EQ(std::int64_t(run["exit_code"]), 3);
}

TEST(Runs, OneIsShownInFull) {
    const ProgramState& state = loaded_county().state;
    TargetConnection connection = state.connect();
    const std::string id = value_of(connection, "SELECT max(run_id) FROM lineage.run");
    const ProgramOutcome text = state.run({"runs", "show", id});
    ASSERT_EQ(text.code, 0) << text.all();
    for (const char* word : {"phases done: ", "quarantined, by reason", "field issues, by rule",
                             "pairs for review, by reason", "report.html", "seconds: "})
        EXPECT_NE(text.out.find(word), std::string::npos) << word << "\n" << text.out;

    const ProgramOutcome shown = state.run({"runs", "show", id, "--format", "json"});
    ASSERT_EQ(shown.code, 0) << shown.all();
    const Json json(shown);
    std::int64_t quarantined = 0;
    for (const simdjson::dom::element reason : simdjson::dom::array(json.root()["quarantine"]))
        quarantined += std::int64_t(reason["rows"]);
    EXPECT_EQ(std::to_string(quarantined), value_of(connection, "SELECT count(*) FROM lineage.quarantine"));
    EXPECT_EQ(std::to_string(simdjson::dom::array(json.root()["entities"]).size()),
              value_of(connection, "SELECT count(*) FROM lineage.balance"));
    for (const simdjson::dom::element entity : simdjson::dom::array(json.root()["entities"]))
        EXPECT_TRUE(bool(entity["balanced"])) << std::string_view(entity["entity"]);

    const ProgramOutcome unknown = state.run({"runs", "show", "4711"});
    EXPECT_EQ(unknown.code, 2) << unknown.all();
    EXPECT_NE(unknown.err.find("no run 4711; its runs: " + id), std::string::npos) << unknown.err;
    EXPECT_EQ(state.run({"runs", "show", "one"}).code, 2);
}

TEST(Runs, OneThatWasKilledIsToldFromOneAtWork) {
    const ProgramState& state = loaded_county().state;
    TargetConnection connection = state.connect();
    connection.execute("UPDATE lineage.run SET state = 'running'");
    const ProgramOutcome killed = state.run({"runs"});
    connection.execute("BEGIN; SELECT pg_advisory_lock(25463, 1)");  // what a run at work holds
    const ProgramOutcome at_work = state.run({"runs"});
    connection.execute("SELECT pg_advisory_unlock(25463, 1); COMMIT; UPDATE lineage.run SET state = 'done'");
    EXPECT_NE(killed.out.find("killed"), std::string::npos) << killed.out;
    EXPECT_EQ(at_work.out.find("killed"), std::string::npos) << at_work.out;
    EXPECT_NE(at_work.out.find("running"), std::string::npos) << at_work.out;
}

TEST(Runs, OneThatIsNotFinishedIsToldWithEveryRecordShown) {
    const ProgramState& state = loaded_county().state;
    TargetConnection connection = state.connect();
    const std::string pair =
        "FROM lineage.crosswalk a JOIN lineage.crosswalk b USING (person_id) WHERE a.access = 0 AND b.access = 0"
        " AND a.source_system < b.source_system ORDER BY person_id, 1 LIMIT 1";
    const std::string first = value_of(connection, "SELECT a.source_system || ':' || a.source_person_key " + pair);
    const std::string person = value_of(connection, "SELECT person_id " + pair);
    ASSERT_NE(first, "");
    const std::vector<std::vector<std::string>> commands = {{"child", person, "--purpose", "test"},
                                                            {"explain", first, first, "--purpose", "test"},
                                                            {"lineage", person, "family_name", "--purpose", "test"}};
    const auto expect = [&](const std::string& said) {
        for (const auto& command : commands) {
            const ProgramOutcome outcome = state.run(command);
            EXPECT_EQ(outcome.code, 0) << command.front() << "\n" << outcome.all();
            const std::string first_line = outcome.out.substr(0, outcome.out.find('\n'));
            if (said.empty()) {
                EXPECT_EQ(outcome.all().find("may not be whole"), std::string::npos) << outcome.all();
                continue;
            }
            EXPECT_TRUE(first_line.starts_with("run 1 (demo) " + said)) << outcome.all();
            EXPECT_NE(first_line.find("may not be whole"), std::string::npos) << outcome.all();
            EXPECT_NE(outcome.err.find(first_line), std::string::npos) << outcome.all();
        }
    };
    expect("");
    connection.execute("UPDATE lineage.run SET state = 'interrupted'");
    expect("was interrupted");
    connection.execute("UPDATE lineage.run SET state = 'failed'");
    expect("was ended by a failure");
    connection.execute("UPDATE lineage.run SET state = 'running'");
    expect("was killed");
    connection.execute("BEGIN; SELECT pg_advisory_lock(25463, 1)");  // what a run at work holds
    expect("is under way");
    connection.execute("SELECT pg_advisory_unlock(25463, 1); COMMIT; UPDATE lineage.run SET state = 'done'");
}

TEST(Runs, TwoTrialLoadsAreComparedAcrossTargets) {
    const ProgramState& first = loaded_county().state;
    const ProgramState again, other;
    ASSERT_EQ(again.run({"demo", "--scale", "tiny", "--quiet"}).code, 3);
    ASSERT_EQ(other.run({"demo", "--scale", "tiny", "--seed", "2", "--quiet"}).code, 3);

    const ProgramOutcome same = first.run({"runs", "compare", "1", "1", "--other-state", again.path().string()});
    ASSERT_EQ(same.code, 0) << same.all();
    TargetConnection connection = first.connect();
    const std::string entities = value_of(connection, "SELECT count(*) FROM lineage.balance");
    EXPECT_NE(same.out.find(entities + " of " + entities + " source entities as before"), std::string::npos)
        << "the same county gives the same digests in another target\n"
        << same.out;

    const ProgramOutcome text = first.run({"runs", "compare", "1", "1", "--other-state", other.path().string()});
    ASSERT_EQ(text.code, 0) << text.all();
    for (const char* word : {"more", "fewer", ": better", ": worse", "differ"})
        EXPECT_NE(text.out.find(word), std::string::npos) << word << "\n" << text.out;
    const ProgramOutcome compared =
        first.run({"runs", "compare", "1", "1", "--other-state", other.path().string(), "--format", "json"});
    ASSERT_EQ(compared.code, 0) << compared.all();
    const Json json(compared);
    TargetConnection second = other.connect();
    for (const simdjson::dom::element total : simdjson::dom::array(json.root()["totals"])) {
        if (std::string_view(total["what"]) != "quarantined rows") continue;
        EXPECT_EQ(number(total["first"]), value_of(connection, "SELECT count(*) FROM lineage.quarantine"));
        EXPECT_EQ(number(total["second"]), value_of(second, "SELECT count(*) FROM lineage.quarantine"));
        const bool fewer = std::int64_t(total["second"]) < std::int64_t(total["first"]);
        EXPECT_EQ(std::string_view(total["trend"]), fewer ? "better" : "worse");
    }
}

}  // namespace
}  // namespace caseweave::testing
