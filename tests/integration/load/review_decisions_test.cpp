#include "load/review_decisions.hpp"

#include <gtest/gtest.h>

#include "integration/load/target_fixture.hpp"
#include "load/people_lineage.hpp"

namespace caseweave {
namespace {

class ReviewDecisionsTest : public TargetFixture {
  protected:
    void SetUp() override {
        TargetFixture::SetUp();
        run_ = begin_run(connection_).run();
        hold({{PersonId{1}, 1, 0}, "alpha", "a", {}, ""});
        hold({{PersonId{2}, 2, 1}, "beta", "b", {}, ""});
        hold({{PersonId{3}, 4, 0}, "gamma", "c", {}, ""});
    }

    void hold(const CrosswalkRow& row) { write_crosswalk(connection_, run_, std::span(&row, 1)); }

    static DecisionRow decision(std::string left, std::string right, Verdict verdict) {
        DecisionRow row;
        row.left_system = left == "a" ? "alpha" : left == "b" ? "beta" : "gamma";
        row.right_system = right == "a" ? "alpha" : right == "b" ? "beta" : "gamma";
        row.left_key = std::move(left);
        row.right_key = std::move(right);
        row.verdict = verdict;
        row.reviewer = "R. Viewer";
        row.reason = "seen both files";
        row.os_user = "rv";
        row.role = "restricted";
        row.put_lower_first();
        return row;
    }

    std::string ask(const std::string& sql) { return value(connection_, sql); }

    TargetConnection connection_ = connect();
    RunId run_;
};

TEST_F(ReviewDecisionsTest, AreKeptWithWhoWhyAndTheAccessOfBothRecords) {
    const std::int64_t id = record_decision(connection_, decision("b", "a", Verdict::different));
    const auto read = read_decisions(connection_, DecisionScope::in_force);
    ASSERT_EQ(read.size(), 1U);
    EXPECT_EQ(read[0].id, id);
    EXPECT_EQ(read[0].left_system + ":" + read[0].left_key, "alpha:a") << "the lower record first";
    EXPECT_EQ(read[0].right_system + ":" + read[0].right_key, "beta:b");
    EXPECT_EQ(read[0].verdict, Verdict::different);
    EXPECT_EQ(read[0].reviewer, "R. Viewer");
    EXPECT_EQ(read[0].reason, "seen both files");
    EXPECT_EQ(read[0].os_user, "rv");
    EXPECT_EQ(read[0].role, "restricted");
    EXPECT_FALSE(read[0].applied);
    EXPECT_EQ(read[0].decided_at.substr(0, 2), "20");
    EXPECT_EQ(ask("SELECT concat_ws('|', area, access, decided_by) FROM review.decision"), "3|1|caseweave_loader");
    // Of a record that the target does not hold nobody knows what it demands.
    DecisionRow stranger = decision("a", "c", Verdict::same);
    stranger.right_key = "not here";
    record_decision(connection_, stranger);
    EXPECT_EQ(ask("SELECT concat_ws('|', area, access) FROM review.decision WHERE right_key = 'not here'"), "7|3");
}

TEST_F(ReviewDecisionsTest, ANewOneSupersedesAndHistoryStays) {
    const std::int64_t first = record_decision(connection_, decision("a", "b", Verdict::unsure));
    DecisionRow second = decision("b", "a", Verdict::same);
    second.reviewer = "Another";
    second.reason = "birth certificate";
    const std::int64_t id = record_decision(connection_, second);
    const auto in_force = read_decisions(connection_, DecisionScope::in_force);
    ASSERT_EQ(in_force.size(), 1U);
    EXPECT_EQ(in_force[0].id, id);
    const auto all = read_decisions(connection_, DecisionScope::all);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].id, first);
    EXPECT_EQ(all[0].reason, "seen both files");
    EXPECT_EQ(all[0].ended_as, "superseded");
    EXPECT_EQ(all[0].ended_by, "Another");
    EXPECT_EQ(all[0].end_reason, "birth certificate");
    EXPECT_EQ(all[1].ended_at, "");
}

TEST_F(ReviewDecisionsTest, AreWithdrawnOnceAndNeverDeletedOrRewritten) {
    const std::int64_t id = record_decision(connection_, decision("a", "b", Verdict::same));
    EXPECT_TRUE(withdraw_decision(connection_, id, "Another", "wrong file"));
    EXPECT_FALSE(withdraw_decision(connection_, id, "Another", "again"));
    EXPECT_FALSE(withdraw_decision(connection_, 4711, "Another", "nobody's"));
    EXPECT_TRUE(read_decisions(connection_, DecisionScope::in_force).empty());
    EXPECT_EQ(ask("SELECT concat_ws('|', verdict, ended_as, ended_by, end_reason) FROM review.decision"),
              "same|withdrawn|Another|wrong file");
    for (const char* sql :
         {"DELETE FROM review.decision", "TRUNCATE review.decision", "UPDATE review.decision SET verdict = 'different'",
          "UPDATE review.decision SET reason = ''", "UPDATE review.decision SET reviewer = 'me'",
          "UPDATE review.decision SET decided_at = now()"}) {
        try {
            connection_.execute(sql);
            ADD_FAILURE() << sql;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find("42501"), std::string::npos) << error.what();
        }
    }
    EXPECT_EQ(ask("SELECT count(*) FROM review.decision"), "1");
}

TEST_F(ReviewDecisionsTest, WaitForARunAndSoDoesTheirEnd) {
    const std::int64_t id = record_decision(connection_, decision("a", "b", Verdict::same));
    EXPECT_TRUE(read_decisions(connection_, DecisionScope::applied).empty());
    note_decisions_applied(connection_, run_);
    ASSERT_EQ(read_decisions(connection_, DecisionScope::applied).size(), 1U);
    EXPECT_TRUE(read_decisions(connection_, DecisionScope::applied)[0].applied);

    EXPECT_TRUE(withdraw_decision(connection_, id, "Another", "wrong file"));
    EXPECT_TRUE(read_decisions(connection_, DecisionScope::in_force).empty());
    EXPECT_EQ(read_decisions(connection_, DecisionScope::applied).size(), 1U)
        << "the persons are still linked under it";
    note_decisions_applied(connection_, run_);
    EXPECT_TRUE(read_decisions(connection_, DecisionScope::applied).empty());
    // What was withdrawn before any run took it up never was.
    EXPECT_TRUE(withdraw_decision(connection_, record_decision(connection_, decision("a", "b", Verdict::same)), "me",
                                  "at once"));
    note_decisions_applied(connection_, run_);
    EXPECT_TRUE(read_decisions(connection_, DecisionScope::applied).empty());
    EXPECT_EQ(ask("SELECT count(applied_run) FROM review.decision"), "1");
}

TEST_F(ReviewDecisionsTest, AnswerThePairsBetweenTheSamePersons) {
    hold({{PersonId{1}, 2, 0}, "beta", "a2", {}, ""});
    const std::vector<ReviewPairRow> pairs{{3, 1, false, "beta", "a2", "beta", "b", 3, 0.5, "below_match"},
                                           {5, 0, false, "alpha", "a", "gamma", "c", 2, 0.4, "below_match"}};
    write_review_pairs(connection_, run_, pairs);
    const std::string open =
        "SELECT coalesce(string_agg(left_key || right_key, ' ' ORDER BY (left_key || right_key) COLLATE \"C\"), '') "
        "FROM review.pair"
        " WHERE decision_id IS NULL";
    const std::int64_t id = record_decision(connection_, decision("a", "b", Verdict::unsure));
    refresh_review(connection_);
    EXPECT_EQ(ask(open), "ac") << "a2 and b are the persons of a and b";
    note_decisions_applied(connection_, run_);
    refresh_review(connection_);
    EXPECT_EQ(ask(open), "ac") << "unsure stays an answer";
    withdraw_decision(connection_, id, "me", "let others look");
    refresh_review(connection_);
    EXPECT_EQ(ask(open), "a2b ac");
    // A constraint answers until a run has linked under it; a pair that is still asked then is asked anew.
    record_decision(connection_, decision("a", "c", Verdict::different));
    refresh_review(connection_);
    EXPECT_EQ(ask(open), "a2b");
    note_decisions_applied(connection_, run_);
    refresh_review(connection_);
    EXPECT_EQ(ask(open), "a2b ac");
}

TEST_F(ReviewDecisionsTest, NeedTheClearanceThatTheirRecordsNeedNow) {
    record_decision(connection_, decision("a", "c", Verdict::same));
    EXPECT_EQ(ask("SELECT concat_ws('|', area, access) FROM review.decision"), "5|0");
    connection_.execute("UPDATE lineage.crosswalk SET access = 2 WHERE source_person_key = 'c'");
    refresh_review(connection_);
    EXPECT_EQ(ask("SELECT concat_ws('|', area, access) FROM review.decision"), "5|2");
}

TEST_F(ReviewDecisionsTest, PairsKeepTheirNumbersFromRunToRun) {
    const ReviewPairRow stays{1, 0, false, "alpha", "a", "gamma", "c", 3, 0.5, "below_match"};
    const ReviewPairRow goes{1, 0, false, "alpha", "x", "alpha", "y", 2, 0.4, "ambiguous"};
    const ReviewPairRow comes{1, 0, true, "alpha", "p", "alpha", "q", 9, 0.9, "possible_twin"};
    write_review_pairs(connection_, run_, std::vector{stays, goes});
    const std::string number = "SELECT pair_id FROM review.pair WHERE left_key = 'a'";
    const std::string before = ask(number);
    ReviewPairRow heavier = stays;
    heavier.weight_bits = 4;
    heavier.access = 1;
    write_review_pairs(connection_, run_, std::vector{comes, heavier});
    EXPECT_EQ(ask(number), before);
    EXPECT_EQ(ask("SELECT string_agg(concat_ws('/', left_key, access, shielded, weight_bits, reason), ' ' ORDER BY "
                  "left_key) FROM review.pair"),
              "a/1/f/4/below_match p/0/t/9/possible_twin");
    write_review_pairs(connection_, run_, {});
    EXPECT_EQ(ask("SELECT count(*) FROM review.pair"), "0");
}

TEST_F(ReviewDecisionsTest, EventsAndMovesNameThePreviousHolderAndTheDecision) {
    const std::int64_t id = record_decision(connection_, decision("a", "b", Verdict::same));
    std::vector<IdentityEventRow> events;
    events.push_back({{PersonId{2}, 2, 1}, "merged_into", PersonId{1}, "", id});
    events.push_back({{PersonId{1}, 1, 1}, "grown", PersonId{2}, "", id});
    events.push_back({{PersonId{9}, 1, 0}, "shrunk", PersonId{}, "", 0});
    write_identity_events(connection_, run_, events);
    write_record_moves(connection_, run_,
                       std::vector<RecordMoveRow>{{2, 1, "beta", "b", PersonId{2}, PersonId{1}, id},
                                                  {4, 0, "gamma", "c", PersonId{3}, {}, 0}});
    EXPECT_EQ(ask("SELECT string_agg(concat_ws('|', person_id, event, other_id, decision_id = " + std::to_string(id) +
                  "), ' ' ORDER BY event_id) FROM lineage.identity_event"),
              "2|merged_into|1|t 1|grown|2|t 9|shrunk");
    EXPECT_EQ(ask("SELECT string_agg(concat_ws('|', source_system, source_person_key, from_person_id, to_person_id), "
                  "' ' ORDER BY move_id) FROM lineage.record_move"),
              "beta|b|2|1 gamma|c|3");
    TargetConnection reader = connect("caseweave_reader_youth_justice");
    EXPECT_EQ(value(reader, "SELECT string_agg(source_person_key, ' ') FROM lineage.record_move"), "c");
}

}  // namespace
}  // namespace caseweave
