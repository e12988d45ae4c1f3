// Reviewers' decisions, end to end: told before they are done, done whole, obeyed by later runs, and undone without a
// trace in whose a record is and who may see it. Person ids are never reused, so persons are compared by their records.
#include <gtest/gtest.h>

#include <fstream>

#include "integration/program/program.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

std::string person_of(TargetConnection& connection, const std::string& record) {
    const std::size_t colon = record.find(':');
    return value_of(connection, "SELECT person_id FROM lineage.crosswalk WHERE source_system = '" +
                                    record.substr(0, colon) + "' AND source_person_key = '" + record.substr(colon + 1) +
                                    "'");
}

class Review : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        state_ = std::make_unique<ProgramState>();
        const ProgramOutcome loaded = state_->run({"demo", "--scale", "tiny", "--seed", "11", "--quiet"});
        ASSERT_EQ(loaded.code, 3) << loaded.all();
        as_loaded_ = picture_of(*state_);
    }
    static void TearDownTestSuite() { state_.reset(); }

    static ProgramOutcome decide(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
        words.insert(words.begin(), {"review", "decide"});
        return act(std::move(words), more);
    }
    static ProgramOutcome act(std::vector<std::string> words, const std::vector<std::string>& more = {}) {
        words.insert(words.end(), {"--reviewer", "J. Hall", "--reason", "the records say so"});
        words.insert(words.end(), more.begin(), more.end());
        return state_->run(std::move(words));
    }
    /// Ends every decision in force, so that the next test finds the target as it was loaded.
    static void withdraw_all() {
        TargetConnection connection = state_->connect();
        std::vector<std::string> words = {"review", "withdraw"};
        for (const std::string& id :
             column_of(connection, "SELECT decision_id FROM review.decision WHERE ended_at IS NULL"))
            words.push_back(id);
        if (words.size() == 2) return;
        const ProgramOutcome outcome = act(words, {"--apply", "--as", "restricted"});
        ASSERT_EQ(outcome.code, 0) << outcome.all();
    }
    void TearDown() override { withdraw_all(); }

    /// The strongest pair for review whose two persons are open and have the fewest records.
    static std::vector<std::string> open_pair() {
        TargetConnection connection = state_->connect();
        return column_of(connection,
                         "SELECT unnest(ARRAY[left_system || ':' || left_key, right_system || ':' || right_key]) FROM ("
                         " SELECT * FROM review.pair p WHERE access = 0 AND decision_id IS NULL"
                         " ORDER BY weight_bits DESC LIMIT 1) p");
    }
    /// Records of two children that nothing bars from being one, with cases and several records each; the first is
    /// restricted, or open.
    static std::vector<std::string> two_children(bool restricted) {
        TargetConnection connection = state_->connect();
        const auto one = [&](int access, const std::string& system) {
            return value_of(connection,
                            "SELECT c.source_system || ':' || c.source_person_key FROM lineage.crosswalk c"
                            " JOIN integrated.person p USING (person_id)"
                            " WHERE p.person_kind = 'child' AND c.access = " +
                                std::to_string(access) + " AND c.source_system = '" + system +
                                "' AND (SELECT count(*) FROM lineage.crosswalk o WHERE o.person_id = c.person_id) > 1"
                                " AND EXISTS (SELECT FROM integrated.enrolment e WHERE e.child_id = c.person_id)"
                                " ORDER BY c.source_person_key COLLATE \"C\" LIMIT 1");
        };
        return {one(restricted ? 1 : 0, "education"), one(0, "admissions")};
    }

    static std::unique_ptr<ProgramState> state_;
    static std::string as_loaded_;
};
std::unique_ptr<ProgramState> Review::state_;
std::string Review::as_loaded_;

TEST_F(Review, ListsOpenPairsStrongestFirstAndAsCsv) {
    const ProgramOutcome list = state_->run({"review", "list"});
    ASSERT_EQ(list.code, 0) << list.all();
    EXPECT_NE(list.out.find("wait for a reviewer"), std::string::npos) << list.out;
    const auto file = state_->outside() / "pairs.csv";
    ASSERT_EQ(state_->run({"review", "list", "--output", file.string()}).code, 0);
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    EXPECT_EQ(line, "pair,left,right,weight_bits,probability,reason,decision");
    TargetConnection reader = state_->connect("caseweave_data_quality");
    const int visible = std::stoi(value_of(reader, "SELECT count(*) FROM review.pair WHERE decision_id IS NULL"));
    ASSERT_GT(visible, 0);
    int lines = 0;
    double last = 1e9;
    while (std::getline(in, line)) {
        ++lines;
        std::size_t at = 0;
        for (int comma = 0; comma < 3; ++comma) at = line.find(',', at) + 1;
        const double bits = std::stod(line.substr(at));
        EXPECT_LE(bits, last);
        last = bits;
    }
    EXPECT_EQ(lines, visible);
}

TEST_F(Review, ShowsBothRecordsAndWhatSpeaksForThem) {
    const auto pair = open_pair();
    ASSERT_EQ(pair.size(), 2U);
    const ProgramOutcome shown = state_->run({"review", "show", pair[0], pair[1], "--purpose", "weekly review"});
    ASSERT_EQ(shown.code, 0) << shown.all();
    for (const std::string_view part :
         {"birth date", "* differs", "before comparing anything", "Not decided: for a reviewer."})
        EXPECT_NE(shown.out.find(part), std::string::npos) << part << "\n" << shown.out;
    TargetConnection connection = state_->connect();
    EXPECT_EQ(
        value_of(connection, "SELECT found FROM audit.access_log WHERE command = 'review show' AND asked_for = '" +
                                 pair[0] + " " + pair[1] + "' ORDER BY log_id DESC LIMIT 1"),
        "t");
}

TEST_F(Review, WithoutApplyNothingChanges) {
    const auto pair = open_pair();
    const ProgramOutcome told = decide({pair[0], pair[1], "same"});
    ASSERT_EQ(told.code, 0) << told.all();
    EXPECT_NE(told.out.find("Nothing is changed yet"), std::string::npos) << told.out;
    EXPECT_NE(told.out.find(" moves from person "), std::string::npos) << told.out;
    EXPECT_EQ(difference(picture_of(*state_), as_loaded_), "");
    TargetConnection connection = state_->connect();
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM review.decision"), "0");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.run"), "1");
}

TEST_F(Review, SameMovesRecordsAndCasesBalancesAndIsUndone) {
    const auto pair = two_children(false);
    TargetConnection connection = state_->connect();
    const std::string first = person_of(connection, pair[0]);
    const std::string second = person_of(connection, pair[1]);
    ASSERT_NE(first, second);
    const auto records_of = [&](const std::string& person) {
        return std::stoi(value_of(connection, "SELECT count(*) FROM lineage.crosswalk WHERE person_id = " + person));
    };
    const int records_of_first = records_of(first);
    const int records_of_second = records_of(second);
    const ProgramOutcome told = decide({pair[0], pair[1], "same"});
    const ProgramOutcome done = decide({pair[0], pair[1], "same"}, {"--apply"});
    ASSERT_EQ(done.code, 0) << done.all();
    // What was told is what was done.
    EXPECT_EQ(told.out.substr(0, told.out.find("Nothing is changed")), done.out.substr(0, done.out.find("Done,")));

    const std::string kept = person_of(connection, pair[0]);
    const std::string gone = kept == first ? second : first;
    EXPECT_EQ(person_of(connection, pair[1]), kept);
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.enrolment WHERE child_id = " + gone), "0");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.person WHERE person_id = " + gone), "0");
    EXPECT_EQ(value_of(connection, "SELECT records FROM integrated.person WHERE person_id = " + kept),
              std::to_string(records_of_first + records_of_second));
    EXPECT_EQ(value_of(connection, "SELECT event || ' ' || other_id FROM lineage.identity_event WHERE person_id = " +
                                       gone + " ORDER BY event_id DESC LIMIT 1"),
              "merged_into " + kept);
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.record_move WHERE from_person_id = " + gone +
                                       " AND to_person_id = " + kept),
              std::to_string(gone == first ? records_of_first : records_of_second));
    const ProgramOutcome proof = state_->run({"reconcile", "--quiet"});
    EXPECT_EQ(proof.code, 3) << proof.all();  // rows in quarantine, none that differs
    const ProgramOutcome why = state_->run({"explain", pair[0], pair[1], "--purpose", "test"});
    EXPECT_NE(why.out.find("a reviewer decided so"), std::string::npos) << why.out;

    withdraw_all();
    EXPECT_EQ(difference(picture_of(*state_), as_loaded_), "");
    EXPECT_EQ(state_->run({"reconcile", "--quiet"}).code, 3);
    // The id that was retired does not come back.
    EXPECT_EQ(records_of(gone), 0);
}

TEST_F(Review, RestrictionsFollowTheMergeAndReturnToTheirPart) {
    const auto pair = two_children(true);
    ASSERT_EQ(pair.size(), 2U);
    const ProgramOutcome unseen = decide({pair[0], pair[1], "same"}, {"--apply"});
    EXPECT_EQ(unseen.code, 2) << unseen.all();
    EXPECT_NE(unseen.err.find("that you may see"), std::string::npos) << unseen.err;
    const ProgramOutcome done = decide({pair[0], pair[1], "same"}, {"--apply", "--as", "restricted"});
    ASSERT_EQ(done.code, 0) << done.all();
    TargetConnection connection = state_->connect();
    TargetConnection reader = state_->connect("caseweave_data_quality");
    const std::string person = person_of(connection, pair[1]);
    EXPECT_EQ(value_of(reader, "SELECT count(*) FROM integrated.enrolment WHERE child_id = " + person), "0");
    EXPECT_EQ(value_of(connection,
                       "SELECT count(*) FROM lineage.source_row s JOIN lineage.crosswalk c USING"
                       " (source_system, source_person_key) WHERE c.person_id = " +
                           person),
              "0");
    EXPECT_EQ(state_->run({"reconcile", "--quiet"}).code, 3);
    withdraw_all();
    EXPECT_NE(value_of(reader,
                       "SELECT count(*) FROM integrated.enrolment WHERE child_id = " + person_of(connection, pair[1])),
              "0");
    EXPECT_EQ(difference(picture_of(*state_), as_loaded_), "");
}

TEST_F(Review, WhereSomeoneLivesIsHiddenInOthersCasesWhileTheyAreOneWithWhoMustNotBeFound) {
    TargetConnection connection = state_->connect();
    const auto record_of = [&](const std::string& system, const std::string& condition) {
        return value_of(connection,
                        "SELECT c.source_system || ':' || c.source_person_key FROM lineage.crosswalk c"
                        " JOIN integrated.person p USING (person_id) WHERE p.person_kind = 'child' AND p.access = 0"
                        " AND c.source_system = '" +
                            system + "' AND " + condition + " ORDER BY c.source_person_key COLLATE \"C\" LIMIT 1");
    };
    const std::string restricted = "(SELECT r.person_id FROM integrated.restriction r WHERE r.scope = 'address')";
    const std::string hidden = record_of("education", "c.person_id IN " + restricted);
    const std::string other = record_of(
        "admissions", "c.person_id NOT IN " + restricted +
                          " AND EXISTS (SELECT FROM integrated.person_address a WHERE a.source_system = "
                          "c.source_system AND a.source_person_key = c.source_person_key AND a.postcode IS NOT "
                          "NULL)");
    const std::string placement =
        value_of(connection,
                 "SELECT min(row_id) FROM integrated.placement WHERE access = 0 AND address_access = 0 AND postcode IS"
                 " NOT NULL");
    ASSERT_FALSE(hidden.empty() || other.empty() || placement.empty());
    const std::string bits = "SELECT address_access FROM integrated.placement WHERE row_id = " + placement;
    // No two of this county happen to live so: the one moves to where the other child is placed.
    const std::string address =
        " FROM integrated.person_address WHERE source_system = 'admissions' AND"
        " source_person_key = '" +
        other.substr(other.find(':') + 1) + "'";
    const std::string row = value_of(connection, "SELECT min(row_id)" + address);
    const std::string before =
        value_of(connection, "SELECT postcode FROM integrated.person_address WHERE row_id = " + row);
    connection.execute(
        "UPDATE integrated.person_address SET postcode = (SELECT postcode FROM integrated.placement WHERE"
        " row_id = " +
        placement + ") WHERE row_id = " + row);
    const ProgramOutcome done = decide({hidden, other, "same"}, {"--apply", "--as", "restricted"});
    ASSERT_EQ(done.code, 0) << done.all();
    EXPECT_EQ(value_of(connection, bits), "1");
    withdraw_all();
    EXPECT_EQ(value_of(connection, bits), "0");
    connection.execute("UPDATE integrated.person_address SET postcode = '" + before + "' WHERE row_id = " + row);
    // The crosswalk tells what holds a record in its cluster: it is told again, of the address as it was.
    ASSERT_EQ(decide({hidden, other, "same"}, {"--apply", "--as", "restricted"}).code, 0);
    EXPECT_EQ(value_of(connection, bits), "0");
    withdraw_all();
    EXPECT_EQ(difference(picture_of(*state_), as_loaded_), "");
}

TEST_F(Review, ARebuildUnderTheSameDecisionsGivesTheSameTarget) {
    const auto same = two_children(false);
    const auto pair = open_pair();
    ASSERT_EQ(decide({same[0], same[1], "same"}, {"--apply"}).code, 0);
    ASSERT_EQ(decide({pair[0], pair[1], "unsure"}, {"--apply"}).code, 0);
    TargetConnection connection = state_->connect();
    const std::string joined = value_of(
        connection,
        "SELECT string_agg(source_system || ':' || source_person_key, ' ' ORDER BY source_system, source_person_key)"
        " FROM lineage.crosswalk WHERE person_id = (SELECT person_id FROM lineage.crosswalk GROUP BY person_id"
        " HAVING count(*) > 3 AND bit_or(access) = 0 ORDER BY 1 LIMIT 1)");
    const std::string kept = joined.substr(0, joined.find(' '));
    const ProgramOutcome split = act({"unmerge", person_of(connection, kept), "--keep", kept}, {"--apply"});
    ASSERT_EQ(split.code, 0) << split.all();
    const std::string regrouped = picture_of(*state_);
    EXPECT_NE(difference(regrouped, as_loaded_), "");

    const ProgramOutcome rebuilt = state_->run({"demo", "--scale", "tiny", "--seed", "11", "--quiet"});
    ASSERT_EQ(rebuilt.code, 3) << rebuilt.all();
    EXPECT_EQ(difference(picture_of(*state_), regrouped), "");
    TargetConnection again = state_->connect();
    EXPECT_NE(value_of(again, "SELECT count(*) FROM review.decision WHERE applied_run IS NOT NULL"), "0");
    EXPECT_EQ(value_of(again, "SELECT count(*) FROM review.decision WHERE applied_run IS NULL"), "0");
    // An unsure pair stays off the list of open ones.
    const ProgramOutcome list = state_->run({"review", "list", "--limit", "1000"});
    EXPECT_EQ(list.out.find(pair[0] + " "), std::string::npos) << list.out;
}

TEST_F(Review, UnmergeKeepsTheIdWithTheNamedPartAndHolds) {
    TargetConnection connection = state_->connect();
    const std::string person =
        value_of(connection,
                 "SELECT person_id FROM lineage.crosswalk GROUP BY 1 HAVING count(*) > 2 AND bit_or(access) = 0"
                 " ORDER BY 1 LIMIT 1");
    const auto records = column_of(
        connection, "SELECT source_system || ':' || source_person_key FROM lineage.crosswalk WHERE person_id = " +
                        person + " ORDER BY 1");
    ASSERT_GT(records.size(), 2U);
    const ProgramOutcome done = act({"unmerge", person, "--keep", records[0]}, {"--apply"});
    ASSERT_EQ(done.code, 0) << done.all();
    // The smaller part keeps the id, because the reviewer said so.
    EXPECT_EQ(person_of(connection, records[0]), person);
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.crosswalk WHERE person_id = " + person), "1");
    for (std::size_t i = 1; i < records.size(); ++i) EXPECT_NE(person_of(connection, records[i]), person);
    EXPECT_EQ(state_->run({"reconcile", "--quiet"}).code, 3);
    const ProgramOutcome why = state_->run({"explain", records[0], records[1], "--purpose", "test"});
    EXPECT_NE(why.out.find("a reviewer decided that they are two people"), std::string::npos) << why.out;
    withdraw_all();
    EXPECT_EQ(difference(picture_of(*state_), as_loaded_), "");
}

TEST_F(Review, RefusesWhatCannotBeDecidedAndChangesNothing) {
    TargetConnection connection = state_->connect();
    const auto pair = open_pair();
    const std::string adult =
        value_of(connection,
                 "SELECT c.source_system || ':' || c.source_person_key FROM lineage.crosswalk c JOIN"
                 " integrated.person p USING (person_id) WHERE p.person_kind = 'adult' AND p.access "
                 "= 0 ORDER BY 1 LIMIT 1");
    const std::string child = two_children(false)[0];
    const auto across_a_seal = column_of(
        connection,
        "SELECT unnest(ARRAY[e.member_system || ':' || e.member_key, l.member_system || ':' || l.member_key]) FROM"
        " (SELECT * FROM sealed.identity_domain_member WHERE side = 'earlier' ORDER BY domain_key, member_key LIMIT 1) "
        "e"
        " JOIN LATERAL (SELECT * FROM sealed.identity_domain_member m WHERE m.domain_key = e.domain_key AND m.side ="
        " 'later' ORDER BY member_key LIMIT 1) l ON true");
    struct Case {
        std::vector<std::string> words;
        std::string says;
    };
    const std::vector<Case> cases = {
        {{"review", "decide", pair[0], pair[1], "smae"}, "did you mean same?"},
        {{"review", "decide", "999999", "same"}, "No record pair 999999"},
        {{"review", "decide", "none", "same"}, "a number, not none"},
        {{"review", "decide", pair[0], pair[0], "same"}, "about two records"},
        {{"review", "decide", pair[0], "nowhere:1", "same"}, "No record"},
        {{"review", "decide", adult, child, "same", "--apply"}, "cannot be made one person"},
        {{"review", "decide", pair[0], pair[1], "same", "--as", "education"}, "every area"},
        {{"review", "decide", pair[0], pair[1], "same", "--as", "data_qality"}, "did you mean data_quality?"},
        {{"review", "withdraw", "999999"}, "No record decision 999999"},
        {{"unmerge", "999999", "--keep", pair[0]}, "No record 999999"},
        {{"unmerge", person_of(connection, pair[0]), "--keep", adult == pair[0] ? child : adult},
         "is no record of person"},
    };
    for (const Case& wrong : cases) {
        const ProgramOutcome outcome = act(wrong.words);
        EXPECT_EQ(outcome.code, 2) << outcome.all();
        EXPECT_NE(outcome.err.find(wrong.says), std::string::npos) << outcome.err;
    }
    ASSERT_EQ(across_a_seal.size(), 2U);
    const ProgramOutcome sealed = decide({across_a_seal[0], across_a_seal[1], "same"}, {"--apply", "--as", "sealed"});
    EXPECT_EQ(sealed.code, 2) << sealed.all();
    EXPECT_NE(sealed.err.find("cannot be made one person"), std::string::npos) << sealed.err;
    EXPECT_EQ(difference(picture_of(*state_), as_loaded_), "");
}

}  // namespace
}  // namespace caseweave::testing
