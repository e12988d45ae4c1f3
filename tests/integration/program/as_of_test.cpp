// What the record said on a day, and where each value comes from: before and after nights, merges and an undo; by
// today's rules of who may see it.
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"

namespace caseweave::testing {
namespace {

class AsOf : public ::testing::Test {
  protected:
    AsOf() {
        const ProgramOutcome loaded = state_.run({"demo", "--scale", "tiny", "--seed", "3", "--quiet"});
        EXPECT_EQ(loaded.code, 3) << loaded.all();
    }
    std::string ask(const std::string& sql) const {
        TargetConnection connection = state_.connect();
        return value_of(connection, sql);
    }
    std::string now() const { return ask("SELECT to_char(clock_timestamp(), 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"); }
    ProgramOutcome child(const std::string& id, const std::string& as_of = {},
                         const std::string& role = "data_quality") const {
        std::vector<std::string> words = {"child", id, "--purpose", "test of history", "--as", role};
        if (!as_of.empty()) words.insert(words.end(), {"--as-of", as_of});
        return state_.run(words);
    }
    ProgramOutcome lineage(std::vector<std::string> words, const std::string& role = "data_quality") const {
        words.insert(words.begin(), "lineage");
        words.insert(words.end(), {"--purpose", "test of lineage", "--as", role});
        return state_.run(words);
    }
    static std::string replaced(std::string text, const std::string& what, const std::string& by) {
        for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + by.size()))
            text.replace(at, what.size(), by);
        return text;
    }
    /// What a record says, without the heading and the runs that it names as of a time; lines that differ in these
    /// alone once.
    static std::string content(const std::string& text) {
        std::istringstream lines(text);
        std::string kept, last;
        for (std::string line; std::getline(lines, line);) {
            if (line.starts_with("As of ")) continue;
            for (std::size_t at = line.find(" (run "); at != line.npos; at = line.find(" (run "))
                line.erase(at, line.find(')', at) + 1 - at);
            if (!line.empty() && line == last) continue;
            last = line;
            kept += line + "\n";
        }
        return kept;
    }
    /// Children of whom nothing is restricted, with a record in social care.
    static std::vector<std::string> open_children(const ProgramState& state, int count) {
        TargetConnection connection = state.connect();
        return column_of(
            connection,
            "SELECT person_id FROM integrated.person p WHERE access = 0 AND person_kind = 'child' AND"
            " systems > 2 AND EXISTS (SELECT FROM lineage.crosswalk c WHERE c.person_id = p.person_id AND"
            " c.source_system = 'social_care') AND NOT EXISTS (SELECT FROM integrated.person_value v WHERE"
            " v.person_id = p.person_id AND v.access <> 0) AND NOT EXISTS (SELECT FROM"
            " integrated.person_address a WHERE a.person_id = p.person_id AND a.access <> 0) AND NOT EXISTS"
            " (SELECT FROM integrated.restriction r WHERE r.person_id = p.person_id) ORDER BY person_id LIMIT " +
                std::to_string(count));
    }
    ProgramState state_;
};

TEST_F(AsOf, ShowsTheRecordAsItWasBeforeANightAfterItAndAfterTheUndo) {
    // Of every one of these children the record as of now is the record.
    const auto children = open_children(state_, 4);
    ASSERT_EQ(children.size(), 4U);
    const std::string loaded = now();
    std::vector<std::string> before;
    for (const std::string& id : children) {
        const ProgramOutcome shown = child(id);
        ASSERT_EQ(shown.code, 0) << shown.all();
        before.push_back(content(shown.out));
        const ProgramOutcome then = child(id, loaded);
        ASSERT_EQ(then.code, 0) << then.all();
        EXPECT_EQ(content(then.out), before.back());
        EXPECT_NE(then.out.find("(run 1)"), std::string::npos) << then.out;
    }

    SourceDatabase source(state_.sources() / "social_care" / "social_care.sqlite");
    SourceDatabase schools(state_.sources() / "education" / "education.sqlite");
    const std::string record =
        ask("SELECT source_person_key FROM lineage.crosswalk WHERE source_system = 'social_care'"
            " AND person_id IN (" +
            children[0] + ", " + children[1] + ", " + children[2] + ", " + children[3] + ") ORDER BY 1 LIMIT 1");
    ASSERT_NE(record, "");
    const std::string changed =
        ask("SELECT person_id FROM lineage.crosswalk WHERE source_system = 'social_care' AND"
            " source_person_key = '" +
            record + "'");
    ASSERT_EQ(source.run(
                  "UPDATE PERSONS SET LAST_NAME = 'Changed', UPDATED_DTTM = '2026-11-01 00:00:00' WHERE PERSON_ID = '" +
                  record + "'"),
              1);
    source.change_at_random(6);
    ASSERT_EQ(state_.run({"nightly", "--quiet", "--accept-deletions"}).code, 3);
    const std::string after_night = now();
    std::map<std::string, std::string> second;
    for (std::size_t i = 0; i < children.size(); ++i) {
        const ProgramOutcome then = child(children[i], loaded);
        ASSERT_EQ(then.code, 0) << then.all();
        EXPECT_EQ(content(then.out), before[i]) << children[i];
        second[children[i]] = content(child(children[i]).out);
        EXPECT_EQ(content(child(children[i], after_night).out), second[children[i]]);
    }
    bool any = false;
    for (std::size_t i = 0; i < children.size(); ++i) any = any || second[children[i]] != before[i];
    EXPECT_TRUE(any) << "the night changed none of the children looked at";
    EXPECT_NE(child(changed, after_night).out.find("(run 2)"), std::string::npos);

    ASSERT_EQ(state_.run({"undo", "2", "--actor", "J. Hall", "--reason", "wrong export", "--apply"}).code, 0);
    for (std::size_t i = 0; i < children.size(); ++i) {
        EXPECT_EQ(content(child(children[i], loaded).out), before[i]);
        EXPECT_EQ(content(child(children[i], after_night).out), second[children[i]]) << "between night and undo";
        EXPECT_EQ(content(child(children[i], now()).out), before[i]);
    }
}

TEST_F(AsOf, FindsAnIdThatIsRetiredSince) {
    const auto children = open_children(state_, 2);
    ASSERT_EQ(children.size(), 2U);
    const auto record = [&](const std::string& person) {
        return ask("SELECT source_system || ':' || source_person_key FROM lineage.crosswalk WHERE person_id = " +
                   person + " ORDER BY 1 LIMIT 1");
    };
    const std::string first = record(children[0]), second = record(children[1]);
    std::map<std::string, std::string> before;
    for (const std::string& id : children) before[id] = content(child(id).out);
    const std::string alive = now();
    const ProgramOutcome merged = state_.run({"review", "decide", first, second, "same", "--reviewer", "J. Hall",
                                              "--reason", "the records say so", "--apply"});
    ASSERT_EQ(merged.code, 0) << merged.all();
    const std::string left =
        ask("SELECT person_id FROM integrated.person WHERE person_id IN (" + children[0] + ", " + children[1] + ")");
    const std::string retired = left == children[0] ? children[1] : children[0];
    EXPECT_EQ(child(retired).code, 2);
    EXPECT_EQ(child(retired, now()).code, 2);
    const ProgramOutcome then = child(retired, alive);
    ASSERT_EQ(then.code, 0) << then.all();
    EXPECT_NE(then.out.find("The id " + retired + " is retired; its records are with person " + left + " today."),
              std::string::npos)
        << then.out;
    EXPECT_EQ(content(child(left, alive).out), before[left]);
    // A record's own key finds the person it was then.
    EXPECT_NE(child(retired == children[0] ? first : second, alive).out.find("Person " + retired + "\n"),
              std::string::npos);
}

TEST_F(AsOf, KeepsClosedWhatIsClosedToday) {
    const std::string person = open_children(state_, 1).at(0);
    const std::string open = now();
    ASSERT_EQ(child(person, open).code, 0);
    const std::string record =
        ask("SELECT source_person_key FROM lineage.crosswalk WHERE source_system = 'social_care' AND person_id = " +
            person);
    ASSERT_NE(record, "");
    // What a night that brings a restriction does to whoever it concerns.
    TargetConnection connection = state_.connect();
    connection.execute("BEGIN");
    for (const std::string& table :
         column_of(connection,
                   "SELECT table_schema || '.' || table_name FROM information_schema.columns c WHERE column_name ="
                   " 'child_id' AND table_schema = 'integrated' AND EXISTS (SELECT FROM pg_tables t WHERE"
                   " t.schemaname = c.table_schema AND t.tablename = c.table_name)"))
        connection.execute("UPDATE " + table + " SET access = 1 WHERE child_id = " + person);
    for (const char* table : {"integrated.person", "integrated.person_value", "lineage.crosswalk"})
        connection.execute(std::string("UPDATE ") + table + " SET access = 1 WHERE person_id = " + person);
    connection.execute("COMMIT");
    const ProgramOutcome closed = child(person, open);
    EXPECT_EQ(closed.code, 2) << closed.all();
    const ProgramOutcome nobody = child("987654321", open);
    EXPECT_EQ(nobody.code, 2);
    EXPECT_EQ(replaced(closed.err, "record " + person, "ID"), replaced(nobody.err, "record 987654321", "ID"));
    EXPECT_EQ(child(person, open, "restricted").code, 0);
    EXPECT_EQ(ask("SELECT string_agg(DISTINCT found::text, ',' ORDER BY found::text) FROM audit.access_log WHERE"
                  " asked_for LIKE '" +
                  person + " as of %'"),
              "false,true");
}

TEST_F(AsOf, RefusesWhatIsNoInstantOfTheRecord) {
    for (const char* text : {"yesterday", "2026-02-30", "2026-13-01", "31.03.2026", "2026-03-31 14:30"}) {
        const ProgramOutcome refused = child("1", text);
        EXPECT_EQ(refused.code, 2) << text;
        EXPECT_NE(refused.err.find("--as-of takes a day"), std::string::npos) << refused.err;
    }
    EXPECT_NE(child("1", "2001-01-01").err.find("the target held no record on 2001-01-01 yet"), std::string::npos);
    const std::string soon = ask("SELECT to_char(now() + interval '5 minutes', 'YYYY-MM-DD\"T\"HH24:MI:SS')");
    for (const std::string& text : {std::string("2999-01-01"), soon})
        EXPECT_NE(child("1", text).err.find("still to come"), std::string::npos) << text;
    EXPECT_NE(child("1", now(), "education").err.find("look across service areas"), std::string::npos);
}

TEST_F(AsOf, LineageOfEveryGoldenFieldLeadsToTheSourceThatSaysSo) {
    TargetConnection connection = state_.connect();
    SourceDatabase source(state_.sources() / "social_care" / "social_care.sqlite");
    int checked = 0, with_position = 0;
    for (const std::string& id : open_children(state_, 3)) {
        for (const std::string& field : column_of(
                 connection, "SELECT DISTINCT field FROM integrated.person_value WHERE chosen AND person_id = " + id +
                                 " ORDER BY 1")) {
            const ProgramOutcome told = lineage({id, field});
            ASSERT_EQ(told.code, 0) << field << told.all();
            const std::string system =
                ask("SELECT origin_system FROM integrated.person_value WHERE chosen AND person_id"
                    " = " +
                    id + " AND field = '" + field + "'");
            const std::string key =
                ask("SELECT origin_key FROM integrated.person_value WHERE chosen AND person_id = " + id +
                    " AND field = '" + field + "'");
            EXPECT_NE(told.out.find("  chosen  "), std::string::npos) << told.out;
            EXPECT_NE(told.out.find("from " + system + " "), std::string::npos) << told.out;
            EXPECT_NE(told.out.find(", written by run 1"), std::string::npos) << told.out;
            const std::string position =
                ask("SELECT position FROM lineage.source_row s JOIN lineage.person_record r"
                    " USING (source_system, source_entity, source_key) WHERE r.source_system"
                    " = '" +
                    system + "' AND r.source_person_key = '" + key + "' LIMIT 1");
            EXPECT_NE(told.out.find(position), std::string::npos) << position << told.out;
            ++checked;
            with_position += position.empty() ? 0 : 1;
            if (system != "social_care" || field != "family_name") continue;
            // The value stands in the source's own row of that key.
            const std::string given =
                source.column("SELECT LAST_NAME FROM PERSONS WHERE PERSON_ID = '" + key + "'").at(0);
            EXPECT_NE(told.out.find(given), std::string::npos) << told.out;
        }
    }
    EXPECT_GT(checked, 20);
    EXPECT_GT(with_position, 20);  // a row whose address is closed is kept where the role does not look
    const std::string with_nhs =
        ask("SELECT person_id FROM integrated.person WHERE nhs_number IS NOT NULL AND access = 0"
            " ORDER BY 1 LIMIT 1");
    const ProgramOutcome number = lineage({with_nhs, "nhs_number"});
    EXPECT_NE(
        number.out.find("chosen  " + ask("SELECT nhs_number FROM integrated.person WHERE person_id = " + with_nhs)),
        std::string::npos)
        << number.all();
    const ProgramOutcome wrong = lineage({with_nhs, "brith_date"});
    EXPECT_EQ(wrong.code, 2);
    EXPECT_NE(wrong.err.find("did you mean \"birth_date\"?"), std::string::npos) << wrong.err;
    EXPECT_EQ(lineage({with_nhs}).code, 2);
}

TEST_F(AsOf, LineageOfASourceRowSaysWhereItWent) {
    const std::string system = "social_care";
    const std::string row =
        ask("SELECT source_entity || ' ' || source_key FROM integrated.referral WHERE source_system ="
            " 'social_care' AND access = 0 ORDER BY row_id LIMIT 1");
    const std::string entity = row.substr(0, row.find(' ')), key = row.substr(row.find(' ') + 1);
    const ProgramOutcome placed = lineage({"--source", system, entity, key});
    ASSERT_EQ(placed.code, 0) << placed.all();
    EXPECT_NE(placed.out.find("placed in integrated.referral as row"), std::string::npos) << placed.out;
    EXPECT_NE(placed.out.find("by run 1, person "), std::string::npos) << placed.out;
    const std::string person =
        ask("SELECT source_entity || ' ' || source_key FROM lineage.person_record WHERE"
            " source_system = 'social_care' AND access = 0 ORDER BY row_id LIMIT 1");
    const ProgramOutcome read =
        lineage({"--source", system, person.substr(0, person.find(' ')), person.substr(person.find(' ') + 1)});
    EXPECT_NE(read.out.find("  read at "), std::string::npos) << read.all();

    const std::string rejected =
        ask("SELECT source_system || ' ' || source_entity || ' ' || source_key FROM"
            " lineage.quarantine WHERE access = 0 AND source_key NOT LIKE '% %' ORDER BY row_id"
            " LIMIT 1");
    std::istringstream words(rejected);
    std::string s, e, k;
    words >> s >> e >> k;
    EXPECT_NE(lineage({"--source", s, e, k}).out.find("quarantined as "), std::string::npos) << rejected;

    // Taken away by a night: the run that did it is named.
    SourceDatabase source(state_.sources() / "social_care" / "social_care.sqlite");
    ASSERT_EQ(source.run("DELETE FROM REFERRALS WHERE REFERRAL_ID = '" + key + "'"), 1);
    ASSERT_EQ(state_.run({"nightly", "--quiet", "--accept-deletions"}).code, 3);
    const ProgramOutcome gone = lineage({"--source", system, entity, key});
    ASSERT_EQ(gone.code, 0) << gone.all();
    EXPECT_NE(gone.out.find("replaced or taken away by run 2"), std::string::npos) << gone.out;

    const ProgramOutcome nobody = lineage({"--source", system, entity, "no-such-key"});
    EXPECT_EQ(nobody.code, 2);
    // Sealed: as if it were not there.
    const std::string sealed =
        ask("SELECT source_key FROM lineage.person_record WHERE source_system = 'social_care' AND"
            " access & 2 <> 0 ORDER BY row_id LIMIT 1");
    ASSERT_NE(sealed, "");
    const std::string people =
        ask("SELECT source_entity FROM lineage.person_record WHERE source_system = 'social_care'"
            " LIMIT 1");
    const ProgramOutcome hidden = lineage({"--source", system, people, sealed});
    EXPECT_EQ(hidden.code, 2) << hidden.all();
    EXPECT_EQ(replaced(hidden.err, people + " " + sealed, "ROW"), replaced(nobody.err, entity + " no-such-key", "ROW"));
    EXPECT_EQ(lineage({"--source", system, people, sealed}, "sealed").code, 0);
}

}  // namespace
}  // namespace caseweave::testing
