#include "normalise/entity_normaliser.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/json_text.hpp"
#include "small_connector.hpp"

namespace caseweave {
namespace {

using test::field_of;
using test::SmallConnector;
constexpr auto kNull = std::nullopt;

/// The issues of a batch as "row field rule raw", in order.
std::vector<std::string> issues_of(const CanonicalBatch& batch) {
    std::vector<std::string> result;
    for (const FieldIssue& issue : batch.issues) {
        result.push_back(std::to_string(issue.source_row) + " " + std::string(issue.field) + " " +
                         std::string(to_string(issue.rule)) + " " + std::string(issue.raw_value));
    }
    return result;
}

using Kind = SourceRowOutcome::Kind;

// One wide pupil row: a person, her identifiers where she has them, and her address.
const std::string kPupil = R"(
[[entity]]
name = "pupil"
resource = "pupil.csv"
columns = ["ID", "FORENAME", "SURNAME", "DOB", "DOB_EST", "SEX", "UPN", "NHS", "OTHER_ID", "OTHER_KIND", "POSTCODE", "TEST"]
key = ["ID"]
person_key = "ID"
ignored = ["ROWVERSION"]
exclude = [{ column = "TEST", equals = ["Y"] }]
exclude_reason = "training record"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    person_kind = { constant = "CHILD" }
    given_name = "FORENAME"
    family_name = "SURNAME"
    birth_date = { column = "DOB", dates = ["%d/%m/%Y", "%m/%Y"], estimated = "DOB_EST" }
    sex = { column = "SEX", codes = "sex" }
  [[entity.emit]]
  to = "person_identifier"
  when = [{ column = "UPN", not_null = true }]
    [entity.emit.fields]
    value = "UPN"
    id_type = { constant = "upn" }
  [[entity.emit]]
  to = "person_identifier"
  when = [{ column = "NHS", not_null = true }]
    [entity.emit.fields]
    value = "NHS"
    id_type = { constant = "nhs_number" }
  [[entity.emit]]
  to = "person_identifier"
  when = [{ column = "OTHER_ID", not_null = true }, { column = "OTHER_KIND", not_equals = ["ignore"] }]
    [entity.emit.fields]
    value = "OTHER_ID"
    id_type = "OTHER_KIND"
  [[entity.emit]]
  to = "person_address"
  when = [{ column = "POSTCODE", not_null = true }]
    [entity.emit.fields]
    postcode = "POSTCODE"
)";
const std::vector<std::pair<std::string, std::string>> kSexCodes = {{"sex", "source,canonical\nm,M\nf,F\n9,\n1,M\n"}};

class PupilNormaliser : public testing::Test {
  protected:
    CanonicalBatch normalise(const std::vector<std::vector<SmallConnector::Cell>>& rows,
                             const std::vector<std::string>& extra = {}, NormaliseOptions options = {}) {
        EntityNormaliser normaliser = connector_.normaliser(options);
        return normaliser.normalise(connector_.rows(rows, extra));
    }
    SmallConnector connector_{kPupil, kSexCodes};
};

TEST_F(PupilNormaliser, OneRowBecomesSeveralCanonicalRows) {
    const CanonicalBatch batch = normalise(
        {{"P1", "Ada", "Byron", "27/03/2015", "", "f", "H938200001901", "401 023 2137", "", "", "po191rq", "N"}});
    ASSERT_EQ(batch.rows.size(), 4U);
    EXPECT_TRUE(batch.issues.empty());
    const CanonicalRow& person = batch.rows[0];
    EXPECT_EQ(person.entity->name, "person");
    EXPECT_EQ(person.source_key, "P1");
    EXPECT_EQ(person.source_person_key, "P1");
    EXPECT_EQ(field_of(person, "person_kind"), "child") << "a constant code takes the list's spelling";
    EXPECT_EQ(field_of(person, "given_name"), "Ada");
    EXPECT_EQ(field_of(person, "family_name"), "Byron");
    EXPECT_EQ(field_of(person, "birth_date"), "date 2015-03-27");
    EXPECT_EQ(field_of(person, "sex"), "F");
    EXPECT_EQ(field_of(person, "ethnicity"), "<absent>") << "no column at all";

    EXPECT_EQ(batch.rows[1].entity->name, "person_identifier");
    EXPECT_EQ(field_of(batch.rows[1], "value"), "H938200001901");
    EXPECT_EQ(batch.rows[1].part, 0);
    EXPECT_EQ(field_of(batch.rows[2], "value"), "4010232137");
    EXPECT_EQ(batch.rows[2].part, 1) << "the second emit of the same entity";
    EXPECT_EQ(batch.rows[3].entity->name, "person_address");
    EXPECT_EQ(field_of(batch.rows[3], "postcode"), "PO19 1RQ");
    EXPECT_EQ(batch.rows[3].part, 0);

    ASSERT_EQ(batch.outcomes.size(), 1U);
    EXPECT_EQ(batch.outcomes[0].kind, Kind::emitted);
    EXPECT_EQ(batch.outcomes[0].key, "P1");
    EXPECT_EQ(batch.outcomes[0].position.line, 2U);
    EXPECT_EQ(batch.outcomes[0].document, "small.csv");
    EXPECT_EQ(batch.rows_read, 1U);
}

TEST_F(PupilNormaliser, ABadValueNeverCostsItsRow) {
    const CanonicalBatch batch = normalise(
        {{"P1", "UNKNOWN", "Byron", "31/02/2015", "", "q", "H938200001902", "9276308686", "", "", "PO19", ""}});
    ASSERT_EQ(batch.rows.size(), 4U);
    EXPECT_TRUE(batch.rejects.empty());
    EXPECT_EQ(batch.outcomes[0].kind, Kind::emitted);
    for (const auto& [row, field] : std::vector<std::pair<std::size_t, std::string_view>>{
             {0, "given_name"}, {0, "birth_date"}, {0, "sex"}, {1, "value"}, {2, "value"}, {3, "postcode"}})
        EXPECT_EQ(field_of(batch.rows[row], field), "<invalid>") << field;
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"0 FORENAME placeholder UNKNOWN", "0 DOB impossible_date 31/02/2015",
                                        "0 SEX unknown_code q", "0 UPN bad_check_digit H938200001902",
                                        "0 NHS wrong_column 9276308686", "0 POSTCODE not_a_postcode PO19"}));
}

TEST_F(PupilNormaliser, SaysWhyAValueIsMissing) {
    const CanonicalBatch batch = normalise({{"P1", "", "NULL", kNull, "", "9"}});
    ASSERT_EQ(batch.rows.size(), 1U);
    EXPECT_EQ(field_of(batch.rows[0], "given_name"), "<empty>");
    EXPECT_EQ(field_of(batch.rows[0], "family_name"), "<null>") << "a text that means NULL";
    EXPECT_EQ(field_of(batch.rows[0], "birth_date"), "<null>");
    EXPECT_EQ(field_of(batch.rows[0], "sex"), "<null>") << "the code list says that 9 is nothing recorded";
    EXPECT_TRUE(batch.issues.empty());
}

TEST_F(PupilNormaliser, ARowWithoutItsKeyIsRejectedWhole) {
    const CanonicalBatch batch = normalise({{" ", "Ada", "Byron"}, {"P2", "Grace", "Hopper"}});
    ASSERT_EQ(batch.rejects.size(), 1U);
    EXPECT_EQ(batch.rejects[0].reason, RejectReason::no_key);
    EXPECT_EQ(batch.rejects[0].field, "ID");
    EXPECT_EQ(batch.rejects[0].document, "small.csv");
    EXPECT_EQ(batch.rejects[0].position.line, 2U);
    EXPECT_EQ(batch.rejects[0].raw, R"({"ID":" ","FORENAME":"Ada","SURNAME":"Byron"})");
    ASSERT_EQ(batch.outcomes.size(), 2U);
    EXPECT_EQ(batch.outcomes[0].kind, Kind::rejected);
    ASSERT_EQ(batch.rows.size(), 1U);
    EXPECT_EQ(batch.rows[0].source_key, "P2");
    EXPECT_EQ(batch.rows[0].source_row, 1U);
    EXPECT_EQ(batch.rows_read, 2U);
}

TEST_F(PupilNormaliser, ExcludesByRule) {
    const CanonicalBatch batch =
        normalise({{"P1", "Ada", "Byron", "", "", "", "", "", "", "", "", "y"}, {"P2", "Grace", "Hopper"}});
    EXPECT_EQ(batch.outcomes[0].kind, Kind::excluded) << "case of the flag does not matter";
    EXPECT_EQ(batch.outcomes[1].kind, Kind::emitted);
    EXPECT_EQ(batch.rows.size(), 1U);
    EXPECT_TRUE(batch.rejects.empty());
}

TEST_F(PupilNormaliser, RejectsOfTheReaderTravelOn) {
    RecordBatch source = connector_.rows({{"P1", "Ada", "Byron"}});
    Reject unreadable;
    unreadable.reason = RejectReason::wrong_width;
    unreadable.raw = "P2;half";
    source.reject(unreadable);
    source.checkpoint = "small.csv\n2";
    EntityNormaliser normaliser = connector_.normaliser();
    const CanonicalBatch batch = normaliser.normalise(std::move(source));
    EXPECT_EQ(batch.rows_read, 2U);
    ASSERT_EQ(batch.rejects.size(), 1U);
    EXPECT_EQ(batch.rejects[0].reason, RejectReason::wrong_width);
    EXPECT_EQ(batch.outcomes.size(), 1U) << "one per row that could be read";
    EXPECT_EQ(batch.checkpoint, "small.csv\n2");
}

TEST_F(PupilNormaliser, ColumnsThatNoMappingNamesGoToExtras) {
    const CanonicalBatch batch =
        normalise({{"P1", "Ada", "Byron", "", "", "", "H938200001901", "", "", "", "", "", "7", "say \"hi\"\n"},
                   {"P2", "Grace", "Hopper", "", "", "", "", "", "", "", "", "", kNull, ""}},
                  {"ROWVERSION", "NICKNAME"});
    ASSERT_EQ(batch.rows.size(), 3U);
    EXPECT_EQ(batch.rows[0].extras, R"({"ROWVERSION":"7","NICKNAME":"say \"hi\"\u000a"})");
    EXPECT_EQ(batch.rows[1].extras, "") << "once a source row, on its first canonical row";
    EXPECT_EQ(batch.rows[2].extras, "") << "nothing there to keep";
}

TEST_F(PupilNormaliser, KeepsTheRowVerbatimWhereAsked) {
    NormaliseOptions verbatim;
    verbatim.keep_verbatim = true;
    const CanonicalBatch batch = normalise({{"P1", " Ada ", kNull, "x\\y"}}, {}, verbatim);
    ASSERT_EQ(batch.verbatim.size(), 1U);
    EXPECT_EQ(batch.verbatim[0], R"({"ID":"P1","FORENAME":" Ada ","SURNAME":null,"DOB":"x\\y"})")
        << "as it was read: blanks kept, NULL told from nothing";
    EXPECT_TRUE(normalise({{"P1"}}).verbatim.empty());
}

TEST_F(PupilNormaliser, TheIdentifiersKindDecidesItsCheck) {
    const CanonicalBatch batch = normalise({{"P1", "", "", "", "", "", "", "", "9276308686", "ULN"},
                                            {"P2", "", "", "", "", "", "", "", "9276308686", "nhs_number"},
                                            {"P3", "", "", "", "", "", "", "", "9276308686", "supplier_id"},
                                            {"P4", "", "", "", "", "", "", "", "9276308686", "ignore"}});
    ASSERT_EQ(batch.rows.size(), 7U) << "four persons, three identifiers";
    EXPECT_EQ(field_of(batch.rows[1], "value"), "9276308686");
    EXPECT_EQ(field_of(batch.rows[1], "id_type"), "uln");
    EXPECT_EQ(field_of(batch.rows[3], "value"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[5], "value"), "9276308686");
    EXPECT_EQ(issues_of(batch), (std::vector<std::string>{"1 OTHER_ID wrong_column 9276308686"}));
}

TEST_F(PupilNormaliser, TestNumbersPassInADemoOnly) {
    const std::vector<std::vector<SmallConnector::Cell>> row = {{"P1", "", "", "", "", "", "", "9990123454"}};
    const CanonicalBatch strict = normalise(row);
    NormaliseOptions accepting;
    accepting.identifiers.accept_test_numbers = true;
    const CanonicalBatch demo = normalise(row, {}, accepting);
    EXPECT_EQ(field_of(strict.rows[1], "value"), "<invalid>");
    EXPECT_EQ(strict.issues.at(0).rule, IssueRule::test_number);
    EXPECT_EQ(field_of(demo.rows[1], "value"), "9990123454");
}

TEST_F(PupilNormaliser, DatesCarryPrecisionAndEstimation) {
    const CanonicalBatch batch = normalise({{"P1", "", "", "01/01/2015", "Y"},
                                            {"P2", "", "", "01/01/2015", "E"},
                                            {"P3", "", "", "01/01/2015", "N"},
                                            {"P4", "", "", "01/01/2015", kNull},
                                            {"P5", "", "", "03/2015", "estimated"},
                                            {"P6", "", "", "01/01/1900", "Y"}});
    EXPECT_EQ(field_of(batch.rows[0], "birth_date"), "date 2015-01-01 estimated");
    EXPECT_EQ(field_of(batch.rows[1], "birth_date"), "date 2015-01-01 estimated");
    EXPECT_EQ(field_of(batch.rows[2], "birth_date"), "date 2015-01-01");
    EXPECT_EQ(field_of(batch.rows[3], "birth_date"), "date 2015-01-01");
    EXPECT_EQ(field_of(batch.rows[4], "birth_date"), "date 2015-03 estimated");
    EXPECT_EQ(field_of(batch.rows[5], "birth_date"), "<invalid>");
}

TEST(IdentifierNormaliser, ATemporaryUpnIsMarkedAsSuchUnlessItIsNoLongerInUse) {
    const SmallConnector connector(R"(
[[entity]]
name = "reference"
resource = "reference.csv"
columns = ["ID", "KIND", "VALUE", "STATUS"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person_identifier"
    [entity.emit.fields]
    value = "VALUE"
    status = "STATUS"
    id_type = "KIND"
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", "upn", "X00180001701A", kNull},
                                                                      {"2", "upn", "x00180001701a", "unverified"},
                                                                      {"3", "upn", "X00180001701A", "former"},
                                                                      {"4", "former_upn", "X00180001701A", "former"},
                                                                      {"5", "upn", "H938000000012", kNull},
                                                                      {"6", "upn", "H938000000013", kNull},
                                                                      {"7", "system_id", "X00180001701A", kNull}}));
    std::vector<std::string> statuses;
    for (const CanonicalRow& row : batch.rows) statuses.push_back(field_of(row, "status"));
    EXPECT_EQ(statuses,
              (std::vector<std::string>{"temporary", "temporary", "former", "former", "<null>", "<null>", "<null>"}));
}

TEST(AddressNormaliser, AConditionOnSeveralColumnsHoldsWhereOneOfThemHasAValue) {
    const SmallConnector connector(R"(
[[entity]]
name = "home"
resource = "home.csv"
columns = ["ID", "STREET", "POSTCODE"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person_address"
  when = [{ column = ["STREET", "POSTCODE"], not_null = true }]
    [entity.emit.fields]
    street = "STREET"
    postcode = "POSTCODE"
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(
        connector.rows({{"1", "High Street", kNull}, {"2", " ", "PO19 1RQ"}, {"3", kNull, ""}, {"4", "NULL", "NULL"}}));
    ASSERT_EQ(batch.rows.size(), 2U);
    EXPECT_EQ(field_of(batch.rows[0], "street"), "High Street");
    EXPECT_EQ(field_of(batch.rows[1], "postcode"), "PO19 1RQ");
}

TEST(AddressNormaliser, PutsThePartsRightAndKeepsTheAddressAsRecorded) {
    const SmallConnector connector(R"(
[[entity]]
name = "home"
resource = "home.csv"
columns = ["ID", "HOUSE", "STREET", "TOWN", "LINE"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person_address"
    [entity.emit.fields]
    house_number = "HOUSE"
    street = "STREET"
    town = "TOWN"
    address_text = "LINE"
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", kNull, "Flat 2, 14 HIGH ST", "worthing"},
                                                                      {"2", "14a", "Mill Rd", "Worthing", "as it is"},
                                                                      {"3", "9", "2nd Avenue", "Worthing"},
                                                                      {"4", "Rose Cottage", "12 Mill Road", kNull},
                                                                      {"5", kNull, ", ", kNull},
                                                                      {"6", kNull, "NFA", kNull}}));
    std::vector<std::string> parts;
    for (const CanonicalRow& row : batch.rows) {
        parts.push_back(field_of(row, "house_number") + "|" + field_of(row, "street") + "|" + field_of(row, "town") +
                        "|" + field_of(row, "address_text"));
    }
    EXPECT_EQ(parts, (std::vector<std::string>{"Flat 2, 14|High Street|Worthing|Flat 2, 14 HIGH ST, worthing",
                                               "14A|Mill Road|Worthing|as it is", "9|2nd Avenue|Worthing|<absent>",
                                               "Rose Cottage|12 Mill Road|<null>|<absent>", "<null>|<empty>|<null>|,",
                                               "<null>|<invalid>|<null>|<absent>"}));
}

// A person of any kind, with a birth date in one column or in three.
const std::string kPerson = R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "KIND", "DOB", "DAY", "MONTH", "YEAR"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
  when = [{ column = "DOB", not_null = true }]
    [entity.emit.fields]
    birth_date = "DOB"
    expected_birth_date = "DOB"
    person_kind = "KIND"
  [[entity.emit]]
  to = "person"
  when = [{ column = "YEAR", not_null = true }]
    [entity.emit.fields]
    birth_date = { columns = ["DAY", "MONTH", "YEAR"], combine = "date_parts" }
    person_kind = "KIND"
)";

TEST(PersonNormaliser, ABirthAfterTheRunBeganIsImpossibleExceptOfAnUnbornChild) {
    const SmallConnector connector(kPerson);
    NormaliseOptions options;
    options.latest_birth = to_date(2026, 3, 31);
    EntityNormaliser normaliser = connector.normaliser(options);
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", "child", "31/03/2026"},
                                                                      {"2", "child", "01/04/2026"},
                                                                      {"3", "unborn", "01/04/2026"},
                                                                      {"4", "adult", "01/04/2026"},
                                                                      {"5", kNull, "01/04/2026"},
                                                                      {"6", "child", kNull, "1", "4", "2026"},
                                                                      {"7", "child", kNull, "", "3", "2026"},
                                                                      {"8", "child", kNull, "", "", "2027"}}));
    ASSERT_EQ(batch.rows.size(), 8U) << "the rows load";
    EXPECT_EQ(field_of(batch.rows[0], "birth_date"), "date 2026-03-31");
    EXPECT_EQ(field_of(batch.rows[1], "birth_date"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[1], "expected_birth_date"), "date 2026-04-01") << "an expected date lies ahead";
    EXPECT_EQ(field_of(batch.rows[2], "birth_date"), "date 2026-04-01");
    EXPECT_EQ(field_of(batch.rows[3], "birth_date"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[4], "birth_date"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[5], "birth_date"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[6], "birth_date"), "date 2026-03") << "the month has begun";
    EXPECT_EQ(field_of(batch.rows[7], "birth_date"), "<invalid>");
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"1 DOB impossible_date 01/04/2026", "3 DOB impossible_date 01/04/2026",
                                        "4 DOB impossible_date 01/04/2026", "5 DAY impossible_date 1/4/2026",
                                        "7 DAY impossible_date //2027"}));
}

// A person whose age was assessed: a birth date, a range of days, both or neither.
std::string assessed(const std::string& bounds) {
    return R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "DOB", "FROM", "TO"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    birth_date = { column = "DOB", dates = ["%d/%m/%Y", "%m/%Y", "%Y"] }
)" + bounds;
}
const std::string kBounds = "    birth_date_earliest = \"FROM\"\n    birth_date_latest = \"TO\"\n";

/// Gives date, first and last day of each row as "date|first|last".
std::vector<std::string> births_of(const CanonicalBatch& batch) {
    std::vector<std::string> births;
    for (const CanonicalRow& row : batch.rows) {
        births.push_back(field_of(row, "birth_date") + "|" + field_of(row, "birth_date_earliest") + "|" +
                         field_of(row, "birth_date_latest"));
    }
    return births;
}

TEST(PersonNormaliser, ARangeOfBirthDatesIsKeptBesideTheDateAndNeverBecomesOne) {
    const SmallConnector connector(assessed(kBounds));
    EntityNormaliser normaliser = connector.normaliser({});
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", kNull, "01/01/2009", "31/12/2010"},
                                                                      {"2", "15/06/2009", "01/01/2009", "31/12/2010"},
                                                                      {"3", "12/2010", "01/01/2009", "05/12/2010"},
                                                                      {"4", "2009", "01/03/2009", "01/03/2009"},
                                                                      {"5", "15/06/2009", kNull, kNull}}));
    EXPECT_EQ(births_of(batch),
              (std::vector<std::string>{"<null>|date 2009-01-01|date 2010-12-31",
                                        "date 2009-06-15|date 2009-01-01|date 2010-12-31",
                                        "date 2010-12|date 2009-01-01|date 2010-12-05",
                                        "date 2009|date 2009-03-01|date 2009-03-01", "date 2009-06-15|<null>|<null>"}));
    EXPECT_EQ(issues_of(batch), std::vector<std::string>{});
}

TEST(PersonNormaliser, WhatIsNoRangeIsSetAsideAndTheRowLoads) {
    const SmallConnector connector(assessed(kBounds));
    NormaliseOptions options;
    options.latest_birth = to_date(2026, 3, 31);
    EntityNormaliser normaliser = connector.normaliser(options);
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", kNull, "31/12/2010", "01/01/2009"},
                                                                      {"2", "15/06/2009", "31/02/2009", "31/12/2010"},
                                                                      {"3", kNull, "01/01/2009", "unsure"},
                                                                      {"4", kNull, "01/01/2009", kNull},
                                                                      {"5", kNull, "01/04/2026", "01/05/2026"}}));
    EXPECT_EQ(births_of(batch),
              (std::vector<std::string>{"<null>|<invalid>|<invalid>", "date 2009-06-15|<invalid>|<invalid>",
                                        "<null>|<invalid>|<invalid>", "<null>|<invalid>|<null>",
                                        "<null>|<invalid>|<invalid>"}));
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"0 FROM impossible_range 31/12/2010", "0 TO impossible_range 01/01/2009",
                                        "1 FROM impossible_date 31/02/2009", "1 TO impossible_range 31/12/2010",
                                        "2 TO impossible_date unsure", "2 FROM impossible_range 01/01/2009",
                                        "3 FROM impossible_range 01/01/2009", "4 FROM impossible_date 01/04/2026",
                                        "4 TO impossible_range 01/05/2026"}));
}

TEST(PersonNormaliser, ADateOutsideItsRangeStandsAndIsMarked) {
    const SmallConnector connector(assessed(kBounds));
    EntityNormaliser normaliser = connector.normaliser({});
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", "31/12/2008", "01/01/2009", "31/12/2010"},
                                                                      {"2", "01/01/2011", "01/01/2009", "31/12/2010"},
                                                                      {"3", "2011", "01/01/2009", "31/12/2010"}}));
    EXPECT_EQ(births_of(batch), (std::vector<std::string>{"date 2008-12-31|date 2009-01-01|date 2010-12-31",
                                                          "date 2011-01-01|date 2009-01-01|date 2010-12-31",
                                                          "date 2011|date 2009-01-01|date 2010-12-31"}));
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"0 FROM date_outside_range 01/01/2009", "1 FROM date_outside_range 01/01/2009",
                                        "2 FROM date_outside_range 01/01/2009"}));
}

TEST(PersonNormaliser, OneBoundAloneCannotBeMapped) {
    const SmallConnector connector(assessed("    birth_date_latest = \"TO\"\n"));
    EXPECT_THROW(connector.normaliser({}), Error);
}

TEST_F(PupilNormaliser, ARecordMarkedAsADuplicateSaysSo) {
    const CanonicalBatch batch =
        normalise({{"P1", "Ada (DUPLICATE)", "Byron"}, {"P2", "Ada", "DUPLICATE"}, {"P3", "Ada", "Byron"}});
    EXPECT_EQ(field_of(batch.rows[0], "marked_duplicate"), "1");
    EXPECT_EQ(field_of(batch.rows[1], "marked_duplicate"), "1");
    EXPECT_EQ(field_of(batch.rows[2], "marked_duplicate"), "<absent>");
}

TEST_F(PupilNormaliser, NamesCutOffOrMarkedStayAndAreReported) {
    const std::string cut(35, 'n');
    const CanonicalBatch batch = normalise({{"P1", "Ada (DUPLICATE)", cut}, {"P2", "Ada", std::string(36, 'n')}});
    EXPECT_EQ(field_of(batch.rows[0], "given_name"), "Ada");
    EXPECT_EQ(field_of(batch.rows[0], "family_name"), cut) << "kept, and marked";
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"0 FORENAME duplicate_marker Ada (DUPLICATE)", "0 SURNAME truncated " + cut}));
}

TEST_F(PupilNormaliser, WhatAFailedFormulaLeavesIsNoValueOfAnyType) {
    const CanonicalBatch batch = normalise({{"P1", "#REF!", "NA", "#N/A", "", "#VALUE!", "#NAME?"}});
    EXPECT_EQ(field_of(batch.rows[0], "given_name"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[0], "family_name"), "NA");
    EXPECT_EQ(field_of(batch.rows[1], "value"), "<invalid>");
    EXPECT_EQ(issues_of(batch), (std::vector<std::string>{"0 FORENAME placeholder #REF!", "0 DOB placeholder #N/A",
                                                          "0 SEX placeholder #VALUE!", "0 UPN placeholder #NAME?"}));
}

TEST(NameNormaliser, ANameThatFillsItsDeclaredColumnIsMarked) {
    const SmallConnector connector(R"(
[[entity]]
name = "child"
resource = "child.txt"
key = ["ID"]
person_key = "ID"
  [entity.columns]
  ID = [1, 4]
  NAME = [5, 8]
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    given_name = "NAME"
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", "Alexandr"}, {"2", "Alexand"}}));
    EXPECT_EQ(field_of(batch.rows[0], "given_name"), "Alexandr") << "kept, and marked";
    EXPECT_EQ(issues_of(batch), (std::vector<std::string>{"0 NAME truncated Alexandr"}));
}

TEST_F(PupilNormaliser, EqualRowsHashAlikeAndOthersDoNot) {
    const CanonicalBatch batch = normalise({{"P1", "Ada", "Byron"},
                                            {"P1", "Ada", "Byron"},
                                            {"P1", "Ada", "Lovelace"},
                                            {"P1", "Ada", ""},
                                            {"P1", "Ada", kNull},
                                            {"P1", "AdaByron", ""}});
    const auto hash = [&](std::size_t i) { return batch.outcomes[i].content_hash; };
    EXPECT_EQ(hash(0), hash(1));
    EXPECT_EQ(batch.outcomes[0].key_hash, batch.outcomes[2].key_hash);
    EXPECT_NE(hash(0), hash(2));
    EXPECT_NE(hash(3), hash(4)) << "empty is not NULL";
    EXPECT_NE(hash(0), hash(5)) << "where a field ends counts";
}

TEST_F(PupilNormaliser, RowsHashAlikeWhereTheyAreEqualOnly) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::vector<std::vector<SmallConnector::Cell>> rows;
    for (int round = 0; round < 4000; ++round) {
        std::vector<SmallConnector::Cell> row = {"P1"};
        for (int column = 0; column < 3; ++column) {
            // Few letters and lengths around those at which a text is read otherwise: rows are alike by chance, too.
            constexpr std::size_t kLengths[] = {0, 1, 2, 3, 4, 7, 8, 9, 16, 17, 40};
            if (random() % 8 == 0) {
                row.push_back(kNull);
                continue;
            }
            std::string text(kLengths[random() % std::size(kLengths)], 'a');
            if (!text.empty()) text[random() % text.size()] = "aab"[random() % 3];
            row.push_back(std::move(text));
        }
        rows.push_back(std::move(row));
    }
    EntityNormaliser normaliser = connector_.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector_.rows(rows));
    std::map<std::vector<SmallConnector::Cell>, std::uint64_t> hash_of_row;
    std::set<std::uint64_t> hashes;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::uint64_t hash = batch.outcomes[i].content_hash;
        const auto [known, is_new] = hash_of_row.emplace(rows[i], hash);
        ASSERT_EQ(known->second, hash) << "row " << i;
        hashes.insert(hash);
    }
    EXPECT_EQ(hashes.size(), hash_of_row.size());
    EXPECT_LT(hashes.size(), rows.size()) << "some rows are equal";
    EXPECT_GT(hashes.size(), 1000U);
}

// Values that begin and end with a printable character go a short way to their types; what has blanks around it goes
// the long one.
TEST(EntityNormaliser, ReadsAValueAlikeWithBlanksAroundIt) {
    const SmallConnector connector(R"(
[[entity]]
name = "attendance"
resource = "attendance.csv"
columns = ["ID", "SCHOOL", "YEAR", "KIND", "START", "POSSIBLE", "PERCENT"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "attendance_summary"
    [entity.emit.fields]
    school_key = "SCHOOL"
    academic_year = "YEAR"
    period_type = "KIND"
    period_start = { column = "START", dates = ["%Y-%m-%d", "%d/%m/%Y"] }
    sessions_possible = "POSSIBLE"
    percentage = "PERCENT"
)");
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::vector<std::string> texts = {
        "",           "4",          "12",        "+7",        "-3",        "7.00",       "98.33",
        "12x",        "99999999",   "123456789", "#REF!",     "#N/A",      "#12",        "2015-03-27",
        "2015-3-27",  "27/03/2015", "2015/03",   "HALF_TERM", "half_term", "2015-02-30", "1900-01-01",
        "2015-13-01", "O'Shea",     "\xC3\x89",  "?",         "N/A",       "9999999999", "2018/19"};
    std::vector<std::vector<SmallConnector::Cell>> rows, padded;
    for (int round = 0; round < 3000; ++round) {
        std::vector<SmallConnector::Cell> row = {"P" + std::to_string(round)};
        for (std::size_t column = 1; column < connector.entity().columns.size(); ++column)
            row.push_back(random() % 8 == 0 ? kNull : SmallConnector::Cell(texts[random() % texts.size()]));
        rows.push_back(row);
        for (std::size_t column = 1; column < row.size(); ++column) {
            if (row[column]) row[column] = (random() % 2 == 0 ? " " : "\t") + *row[column] + " ";
        }
        padded.push_back(row);
    }
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch plain = normaliser.normalise(connector.rows(rows));
    const CanonicalBatch trimmed = normaliser.normalise(connector.rows(padded));
    ASSERT_EQ(plain.rows.size(), rows.size());
    ASSERT_EQ(trimmed.rows.size(), rows.size());
    EXPECT_EQ(issues_of(plain), issues_of(trimmed));
    EXPECT_GT(plain.issues.size(), rows.size()) << "some of each kind";
    std::size_t values = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const FieldDescriptor& field : plain.rows[i].entity->fields) {
            const std::string value = field_of(plain.rows[i], field.name);
            ASSERT_EQ(value, field_of(trimmed.rows[i], field.name)) << i << ' ' << field.name;
            if (!value.starts_with('<')) ++values;
        }
        for (const std::string_view field : {"period_start", "sessions_possible", "percentage"}) {
            const auto at = static_cast<std::size_t>(plain.rows[i].entity->find(field));
            ASSERT_TRUE(plain.rows[i].values[at].text.empty()) << "dates and numbers have no text, as readers trust";
        }
    }
    EXPECT_GT(values, rows.size());
}

TEST_F(PupilNormaliser, ExtrasAreTheJsonThatEachTextGives) {
    const unsigned seed = 20260331;
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::string alphabet = "abc 12,\"\\\n\xC3\xA9";
    std::vector<std::vector<SmallConnector::Cell>> rows;
    std::vector<std::string> expected;
    for (int round = 0; round < 500; ++round) {
        // The entity's columns, of which only the key is given, and two that no mapping names.
        std::vector<SmallConnector::Cell> row(connector_.entity().columns.size(), kNull);
        row.front() = "P" + std::to_string(round);
        std::string json;
        for (const char* const name : {"NOTE", "SEEN \"BY\""}) {
            std::string text;
            for (std::size_t i = random() % 12; i > 0; --i)
                text += alphabet[random() % (random() % 2 == 0 ? 7 : alphabet.size())];
            if (!text.empty()) json += (json.empty() ? "{" : ",") + json_text(name) + ":" + json_text(text);
            row.push_back(random() % 8 == 0 && text.empty() ? kNull : SmallConnector::Cell(text));
        }
        expected.push_back(json.empty() ? "" : json + "}");
        rows.push_back(std::move(row));
    }
    EntityNormaliser normaliser = connector_.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector_.rows(rows, {"NOTE", "SEEN \"BY\""}));
    std::size_t seen = 0;
    for (const CanonicalRow& row : batch.rows) {
        if (seen > 0 && row.source_row == seen - 1) continue;  // extras stand with the first row
        ASSERT_EQ(row.source_row, seen);
        ASSERT_EQ(row.extras, expected[seen]);
        ++seen;
    }
    EXPECT_EQ(seen, rows.size());
}

TEST_F(PupilNormaliser, ASecondShapeIsBoundAfresh) {
    EntityNormaliser normaliser = connector_.normaliser();
    const CanonicalBatch first = normaliser.normalise(connector_.rows({{"P1", "Ada", "Byron"}}));
    auto shape = std::make_shared<RowShape>(RowShape{{"SURNAME", "ID", "FORENAME"}, 3});
    RecordBatch other(shape);
    other.begin_row({});
    other.set(0, "Hopper");
    other.set(1, "P2");
    other.set(2, "Grace");
    other.commit_row();
    const CanonicalBatch second = normaliser.normalise(std::move(other));
    EXPECT_EQ(field_of(first.rows[0], "family_name"), "Byron");
    EXPECT_EQ(second.rows[0].source_key, "P2");
    EXPECT_EQ(field_of(second.rows[0], "family_name"), "Hopper");
    EXPECT_EQ(field_of(second.rows[0], "birth_date"), "<absent>") << "this shape has no such column";
}

TEST_F(PupilNormaliser, AnEmptyBatchGivesNothing) {
    const CanonicalBatch batch = normalise({});
    EXPECT_TRUE(batch.rows.empty());
    EXPECT_TRUE(batch.outcomes.empty());
    EXPECT_EQ(batch.rows_read, 0U);
}

TEST(CaseNormaliser, JoinsCompositeKeysAndNamesParentAndPerson) {
    const SmallConnector connector(R"(
[[entity]]
name = "payment"
resource = "payment.txt"
columns = ["CONTRACT", "LINE", "CHILD", "AMOUNT", "PAID", "NOTE1", "NOTE2", "UNITS"]
key = ["CONTRACT", "LINE"]
person_key = "CHILD"
parent_key = ["CONTRACT"]
  [[entity.emit]]
  to = "payment"
    [entity.emit.fields]
    amount = "AMOUNT"
    payment_date = "PAID"
    units = "UNITS"
    ledger_code = { columns = ["NOTE1", "NOTE2"], combine = "join" }
    invoice_reference = { columns = ["NOTE2", "NOTE1"] }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch =
        normaliser.normalise(connector.rows({{"C1", "7", "P1", "\u00a31,200.50", "01/04/2025", "a", "b", "12.345"},
                                             {"C1", "", "P1", "5"},
                                             {"C1", "8", "", "5"},
                                             {"C2", "1", "P1", "-5.00", "", "a", ""}}));
    ASSERT_EQ(batch.rows.size(), 2U);
    const CanonicalRow& row = batch.rows[0];
    EXPECT_EQ(row.source_key, std::string("C1") + kKeySeparator + "7");
    EXPECT_EQ(row.parent_key, "C1");
    EXPECT_EQ(row.source_person_key, "P1");
    EXPECT_EQ(field_of(row, "amount"), "120050");
    EXPECT_EQ(field_of(row, "payment_date"), "date 2025-04-01") << "the connector's own date form";
    EXPECT_EQ(field_of(row, "ledger_code"), "a b");
    EXPECT_EQ(field_of(row, "invoice_reference"), "b") << "the first that has a value";
    EXPECT_EQ(field_of(row, "units"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[1], "amount"), "-500");
    EXPECT_EQ(field_of(batch.rows[1], "ledger_code"), "a");
    EXPECT_EQ(field_of(batch.rows[1], "invoice_reference"), "a");

    ASSERT_EQ(batch.rejects.size(), 2U);
    EXPECT_EQ(batch.rejects[0].reason, RejectReason::no_key) << "half a key is none";
    EXPECT_EQ(batch.rejects[0].field, "LINE") << "the half that is empty";
    EXPECT_EQ(batch.rejects[1].reason, RejectReason::orphan_person);
    EXPECT_EQ(batch.rejects[1].field, "CHILD");
}

TEST(CaseNormaliser, ARowWithoutKeyIsQuarantinedByTheFirstEntityThatReadsIt) {
    const std::string reader = R"(
resource = "episodes.csv"
columns = ["CHILD", "DECOM", "POST"]
person_key = "CHILD"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    person_kind = { constant = "child" }
)";
    const SmallConnector connector("[[entity]]\nname = \"first\"\nkey = [\"CHILD\", \"DECOM\"]" + reader +
                                   "[[entity]]\nname = \"second\"\nkey = [\"CHILD\", \"DECOM\"]" + reader +
                                   "[[entity]]\nname = \"third\"\nkey = [\"CHILD\"]" + reader);
    std::vector<std::vector<std::string>> told;
    for (const EntityDefinition& entity : connector.definition().entities) {
        EntityNormaliser normaliser(test::canonical_schema(), connector.definition(), entity, {});
        const CanonicalBatch batch =
            normaliser.normalise(connector.rows({{"C1", "", "PO19"}, {"", "01/04/2025"}, {"", ""}, {"C1", "x"}}));
        EXPECT_EQ(batch.outcomes.size(), 4U) << "every row has its place";
        std::vector<std::string>& fields = told.emplace_back();
        for (const Reject& reject : batch.rejects) fields.push_back(reject.field);
        if (entity.name != "second") continue;
        for (const std::size_t row : {0U, 1U, 2U}) EXPECT_EQ(batch.outcomes[row].kind, Kind::excluded) << row;
    }
    EXPECT_EQ(told, (std::vector<std::vector<std::string>>{{"DECOM", "CHILD", "CHILD, DECOM"}, {}, {"CHILD", "CHILD"}}))
        << "an entity of another key has its own rows without one";
}

TEST(CaseNormaliser, AnIssueNamesTheColumnTheValueStoodIn) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "SEX", "GENDER", "D", "M", "Y"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    sex = { columns = ["SEX", "GENDER"] }
    birth_date = { columns = ["D", "M", "Y"], combine = "date_parts" }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(
        connector.rows({{"P1", "", "1"}, {"P2", "2", "M"}, {"P3", kNull, "M"}, {"P4", "", "", "", "13", "2015"}}));
    EXPECT_EQ(issues_of(batch), (std::vector<std::string>{"0 GENDER unknown_code 1", "1 SEX unknown_code 2",
                                                          "3 D impossible_date /13/2015"}));
    EXPECT_EQ(field_of(batch.rows[2], "sex"), "M");
}

TEST(CaseNormaliser, ADateInAnotherFormIsNoWrongDate) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "DOB", "DIED", "EDD"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    birth_date = { column = "DOB", dates = ["%d/%m/%Y"] }
    death_date = { column = "DIED", dates = ["%d/%m/%Y"] }
    expected_birth_date = { column = "EDD", dates = ["%d/%m/%Y"] }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"P1", "2014-03-28", "2020-01-01", "unsure"},
                                                                      {"P2", "2014-02-31", "01/02/2020", ""},
                                                                      {"P3", "", "", "31/02/2014"}}));
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"0 DOB date_in_other_form 2014-03-28", "0 DIED date_in_other_form 2020-01-01",
                                        "0 EDD impossible_date unsure", "1 DOB impossible_date 2014-02-31",
                                        "2 EDD impossible_date 31/02/2014"}));
    EXPECT_NE(advice(IssueRule::date_in_other_form).find("`dates`"), std::string_view::npos);
    EXPECT_EQ(normaliser.columns_in_other_form(), (std::set<std::string>{"DOB"}))
        << "DIED has a date that is read, and EDD none that is written otherwise";
}

TEST(CaseNormaliser, ReadsDateParts) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "D", "M", "Y"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    birth_date = { columns = ["D", "M", "Y"], combine = "date_parts" }
    expected_birth_date = { columns = ["D", "M", "Y"], combine = "date_parts" }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows(
        {{"1", "27", "3", "2015"}, {"2", "", "3", "2015"}, {"3", "", "", ""}, {"4", "31", "2", "2015"}}));
    EXPECT_EQ(field_of(batch.rows[0], "birth_date"), "date 2015-03-27");
    EXPECT_EQ(field_of(batch.rows[0], "expected_birth_date"), "date 2015-03-27");
    EXPECT_EQ(field_of(batch.rows[1], "birth_date"), "date 2015-03");
    EXPECT_EQ(field_of(batch.rows[1], "expected_birth_date"), "<invalid>") << "this field needs a day";
    EXPECT_EQ(field_of(batch.rows[2], "birth_date"), "<empty>");
    EXPECT_EQ(field_of(batch.rows[3], "birth_date"), "<invalid>");
    EXPECT_EQ(issues_of(batch),
              (std::vector<std::string>{"1 D impossible_date /3/2015", "3 D impossible_date 31/2/2015"}))
        << "two fields made of one value are one issue";
}

TEST(CaseNormaliser, DatePartsMayBeEstimated) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "D", "M", "Y", "EST"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    birth_date = { columns = ["D", "M", "Y"], combine = "date_parts", estimated = "EST" }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(
        connector.rows({{"1", "1", "1", "2008", "Y"}, {"2", "27", "3", "2015", "N"}, {"3", "", "", "2009", "E"}}));
    EXPECT_EQ(field_of(batch.rows[0], "birth_date"), "date 2008-01-01 estimated");
    EXPECT_EQ(field_of(batch.rows[1], "birth_date"), "date 2015-03-27");
    EXPECT_EQ(field_of(batch.rows[2], "birth_date"), "date 2009 estimated");
}

TEST(CaseNormaliser, AnEmitsOwnPersonKeyTakesTheRowToAnotherPerson) {
    const SmallConnector connector(R"(
[[entity]]
name = "relation"
resource = "relation.csv"
columns = ["ID", "CHILD", "MOTHER", "MOTHER_NAME"]
key = ["ID"]
person_key = "CHILD"
  [[entity.emit]]
  to = "person_name"
    [entity.emit.fields]
    name_type = { constant = "alias" }
  [[entity.emit]]
  to = "person_name"
  person_key = "MOTHER"
    [entity.emit.fields]
    family_name = "MOTHER_NAME"
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch =
        normaliser.normalise(connector.rows({{"1", "C1", "M1", "Byron"}, {"2", "C2", "", "Byron"}}));
    ASSERT_EQ(batch.rows.size(), 3U);
    EXPECT_EQ(batch.rows[0].source_person_key, "C1");
    EXPECT_EQ(batch.rows[1].source_person_key, "M1");
    EXPECT_EQ(batch.rows[2].source_person_key, "C2");
}

TEST(CaseNormaliser, AddressWordsThatSayThereIsNoneAreSetAside) {
    const SmallConnector connector(R"(
[[entity]]
name = "address"
resource = "address.csv"
columns = ["ID", "P", "STREET"]
key = ["ID"]
person_key = "P"
  [[entity.emit]]
  to = "person_address"
    [entity.emit.fields]
    street = "STREET"
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows(
        {{"1", "P1", "ADDRESS NOT FOUND"}, {"2", "P1", "No fixed abode"}, {"3", "P1", "1 High Street"}}));
    EXPECT_EQ(field_of(batch.rows[0], "street"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[1], "street"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[2], "street"), "High Street");
    EXPECT_EQ(batch.issues.size(), 2U);
    EXPECT_EQ(batch.issues[0].rule, IssueRule::placeholder);
}

TEST(CaseNormaliser, SplitsAFullNameIntoTheFieldsThatNameAPart) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "NAME"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    given_name = { column = "NAME", part = "given" }
    middle_names = { column = "NAME", part = "middle" }
    family_name = { column = "NAME", part = "family" }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows(
        {{"1", "Byron, Ada  Augusta"}, {"2", "Ada"}, {"3", ""}, {"4", "Ada UNKNOWN"}, {"5", std::nullopt}}));
    EXPECT_EQ(field_of(batch.rows[0], "given_name"), "Ada");
    EXPECT_EQ(field_of(batch.rows[0], "middle_names"), "Augusta");
    EXPECT_EQ(field_of(batch.rows[0], "family_name"), "Byron");
    EXPECT_EQ(field_of(batch.rows[1], "family_name"), "<empty>");
    EXPECT_EQ(field_of(batch.rows[2], "given_name"), "<empty>");
    EXPECT_EQ(field_of(batch.rows[3], "given_name"), "Ada");
    EXPECT_EQ(field_of(batch.rows[3], "family_name"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[4], "family_name"), "<null>");
}

TEST(CaseNormaliser, ADateMayLackThePartsThatTheSourceDoesNotHave) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID", "Y"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    birth_date = { columns = ["", "", "Y"], combine = "date_parts" }
)");
    EntityNormaliser normaliser = connector.normaliser();
    const CanonicalBatch batch = normaliser.normalise(connector.rows({{"1", "2015"}, {"2", "x"}, {"3", ""}}));
    EXPECT_EQ(field_of(batch.rows[0], "birth_date"), "date 2015");
    EXPECT_EQ(field_of(batch.rows[1], "birth_date"), "<invalid>");
    EXPECT_EQ(field_of(batch.rows[2], "birth_date"), "<empty>");
    EXPECT_EQ(issues_of(batch), (std::vector<std::string>{"1 Y impossible_date //x"}));
}

TEST(CaseNormaliser, AnEntityMadeWithoutAKeyGivesRowsThatNameNobody) {
    ConnectorDefinition connector;
    EntityDefinition entity;
    entity.name = "pair";
    entity.columns = {"NAME"};
    FieldMapping name;
    name.field = "given_name";
    name.columns = {"NAME"};
    entity.emits = {{"person", {}, "", {name}}};
    connector.entities = {entity};
    EntityNormaliser normaliser(test::canonical_schema(), connector, connector.entities.front(), {});
    RecordBatch rows(std::make_shared<RowShape>(RowShape{{"NAME"}, 1}));
    for (const char* text : {"Ada", "Ada"}) {
        rows.begin_row({});
        rows.set(0, text);
    }
    const CanonicalBatch batch = normaliser.normalise(std::move(rows));
    ASSERT_EQ(batch.rows.size(), 2U);
    EXPECT_TRUE(batch.rejects.empty());
    EXPECT_EQ(batch.rows[1].source_key, "");
    EXPECT_EQ(batch.rows[1].source_person_key, "");
    EXPECT_EQ(field_of(batch.rows[1], "given_name"), "Ada");
}

TEST(CaseNormaliser, LeavesExtrasOutWhereNobodyKeepsThem) {
    const SmallConnector connector(R"(
[[entity]]
name = "person"
resource = "person.csv"
columns = ["ID"]
key = ["ID"]
person_key = "ID"
  [[entity.emit]]
  to = "person"
    [entity.emit.fields]
    given_name = "ID"
)");
    const auto extras = [&](bool keep) {
        NormaliseOptions options;
        options.keep_extras = keep;
        EntityNormaliser normaliser = connector.normaliser(options);
        return std::string(normaliser.normalise(connector.rows({{"1", "more"}}, {"NEW"})).rows[0].extras);
    };
    EXPECT_EQ(extras(true), "{\"NEW\":\"more\"}");
    EXPECT_EQ(extras(false), "");
}

}  // namespace
}  // namespace caseweave
