// A birth known as a range of days, from the source to what a worker reads.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kTestData = CASEWEAVE_SOURCE_DIR "/connectors/social_care/testdata";

/// Loads social care's test data once, after an age assessment changed what three of its children's records say.
class BirthRange : public ::testing::Test {
  protected:
    struct Loaded {
        Loaded() {
            const fs::path database = folder.path() / "social_care.sqlite";
            sqlite3* source = nullptr;
            EXPECT_EQ(sqlite3_open(database.c_str(), &source), SQLITE_OK);
            const std::string script = text_of(kTestData / "schema.sql") + text_of(kTestData / "data.sql") +
                                       "UPDATE PERSONS SET DATE_OF_BIRTH = NULL, DOB_EARLIEST = '2009-01-01 00:00:00',"
                                       " DOB_LATEST = '2010-12-31 00:00:00' WHERE PERSON_ID = '1000006';"
                                       "UPDATE PERSONS SET DOB_EARLIEST = '2015-12-31 00:00:00',"
                                       " DOB_LATEST = '2013-01-01 00:00:00' WHERE PERSON_ID = '1000001';"
                                       "UPDATE PERSONS SET DOB_EARLIEST = '2013-01-01 00:00:00',"
                                       " DOB_LATEST = '2015-12-31 00:00:00' WHERE PERSON_ID = '1000002';";
            char* message = nullptr;
            EXPECT_EQ(sqlite3_exec(source, script.c_str(), nullptr, nullptr, &message), SQLITE_OK) << message;
            sqlite3_close(source);
            const fs::path job = folder.write(
                "job.toml",
                "[job]\nname = \"test\"\naccept_test_numbers = true\nlinkage_model = \"" CASEWEAVE_SOURCE_DIR
                "/config/linkage/default.toml\"\nsurvivorship = \"" CASEWEAVE_SOURCE_DIR
                "/config/survivorship.toml\"\n[system.social_care.transport]\nconnection = \"Driver=SQLite3;Database=" +
                    database.string() + "\"\n");
            outcome = state.run({"bulk", "--job", job.string(), "--quiet"});
        }
        TemporaryFolder folder;
        ProgramState state;
        ProgramOutcome outcome;
    };

    static const Loaded& loaded() {
        static const Loaded once;
        return once;
    }
    void SetUp() override { ASSERT_EQ(loaded().outcome.code, 3) << loaded().outcome.all(); }

    static std::string ask(const std::string& sql) {
        TargetConnection connection = loaded().state.connect();
        return value_of(connection, sql);
    }
    static std::string golden(const std::string& key) {
        return ask(
            "SELECT concat_ws('|', coalesce(p.birth_date::text, '-'), coalesce(p.birth_date_precision, '-'),"
            " coalesce(p.birth_date_earliest::text, '-'), coalesce(p.birth_date_latest::text, '-'))"
            " FROM integrated.person p JOIN lineage.crosswalk c USING (person_id)"
            " WHERE c.source_system = 'social_care' AND c.source_person_key = '" +
            key + "'");
    }
    static std::string child(const std::string& key) {
        return loaded()
            .state.run({"child", "social_care:" + key, "--purpose", "test of ranges", "--as", "social_care"})
            .all();
    }
};

TEST_F(BirthRange, IsNoBirthDateInTheGoldenRecordNorInTheSafeguardingDataset) {
    EXPECT_EQ(golden("1000006"), "-|-|2009-01-01|2010-12-31");
    EXPECT_EQ(ask("SELECT count(*) FROM ssd.ssd_person WHERE pers_forename = 'Farid' AND pers_dob IS NULL"), "1");
    EXPECT_EQ(ask("SELECT count(*) FROM integrated.person_value WHERE field = 'birth_date_earliest' AND chosen"
                  " AND value = '2009-01-01' AND origin_system = 'social_care' AND origin_key = '1000006'"),
              "1");
    EXPECT_EQ(ask("SELECT count(*) FROM lineage.person_record WHERE extras::text LIKE '%DOB_%'"), "0");
}

TEST_F(BirthRange, IsSaidInWords) {
    const std::string said = child("1000006");
    EXPECT_NE(said.find("  birth date             between 1 January 2009 and 31 December 2010\n"), std::string::npos)
        << said;
    const ProgramOutcome explained = loaded().state.run({"explain", "social_care:1000006", "social_care:1000001",
                                                         "--purpose", "test of ranges", "--as", "social_care"});
    EXPECT_NE(explained.out.find("social_care:1000006: born between 1 January 2009 and 31 December 2010.\n"),
              std::string::npos)
        << explained.all();
    EXPECT_EQ(explained.out.find("social_care:1000001: born"), std::string::npos) << explained.out;
}

TEST_F(BirthRange, StandsBesideTheDateThatLiesInIt) {
    EXPECT_EQ(golden("1000002"), "2014-05-17|day|2013-01-01|2015-12-31");
    EXPECT_NE(child("1000002").find("birth date             2014-05-17"), std::string::npos) << child("1000002");
}

TEST_F(BirthRange, ThatEndsBeforeItBeginsIsAFieldIssueAndTheRowLoads) {
    EXPECT_EQ(golden("1000001"), "2014-05-17|day|-|-");
    EXPECT_EQ(ask("SELECT string_agg(field || ' ' || raw_value, ', ' ORDER BY field) FROM lineage.field_issue"
                  " WHERE rule = 'impossible_range'"),
              "DOB_EARLIEST 2015-12-31 00:00:00, DOB_LATEST 2013-01-01 00:00:00");
}

// The whole county: every range that its records state is in the target, and none as a day.
TEST(BirthRanges, OfTheSimulatedCountyAllArrive) {
    const LoadedCounty& county = loaded_county();
    ASSERT_EQ(county.outcome.code, 3) << county.outcome.all();
    const auto stated = [&](const std::string& hazard) {
        const std::string truth = text_of(county.state.sources() / "truth" / "persons.csv");
        int rows = 0;
        for (std::size_t at = 0; at < truth.size();) {
            const std::size_t end = truth.find('\n', at);
            const std::string line = truth.substr(at, end - at);
            const std::string hazards = ' ' + line.substr(line.rfind(',') + 1) + ' ';
            rows += hazards.find(' ' + hazard + ' ') != std::string::npos ? 1 : 0;
            at = end == std::string::npos ? truth.size() : end + 1;
        }
        return std::to_string(rows);
    };
    TargetConnection connection = county.state.connect();
    const auto held = [&](const std::string& condition) {
        return value_of(connection,
                        "SELECT count(*) FROM lineage.person_record WHERE source_system = 'social_care'"
                        " AND birth_date_earliest < birth_date_latest AND " +
                            condition);
    };
    EXPECT_NE(stated("birth_range"), "0");
    EXPECT_EQ(held("TRUE"), stated("birth_range"));
    EXPECT_NE(stated("birth_range_only"), "0");
    EXPECT_EQ(held("birth_date IS NULL AND birth_date_precision IS NULL"), stated("birth_range_only"));
}

}  // namespace
}  // namespace caseweave::testing
