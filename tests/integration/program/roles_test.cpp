// What each kind of reader can and cannot see of the loaded county: through tables, views, `child` and `explain`.
// Who is who comes from the simulator's truth, which the pipeline never reads.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

struct TruthRecord {
    std::string system, key, person, domain, hazards;
    std::string id() const { return system + ":" + key; }
    bool has(std::string_view hazard) const { return hazards.find(hazard) != std::string::npos; }
    bool earlier() const { return domain.ends_with(":earlier"); }
    bool later() const { return domain.ends_with(":later"); }
};

const std::map<std::string, int> kAreaOf = {
    {"social_care", 1},  {"early_help", 1}, {"fostering_adoption", 1}, {"placement_finance", 1}, {"education", 2},
    {"admissions", 2},   {"send", 2},       {"virtual_school", 2},     {"early_years", 2},       {"youth_support", 2},
    {"youth_justice", 4}};

const std::map<std::string, std::string> kLoginOf = {{"social_care", "caseweave_reader_social_care"},
                                                     {"education", "caseweave_reader_education"},
                                                     {"youth_justice", "caseweave_reader_youth_justice"},
                                                     {"data_quality", "caseweave_data_quality"},
                                                     {"restricted", "caseweave_safeguarding"},
                                                     {"sealed", "caseweave_adoption_officer"}};

class Roles : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        ASSERT_EQ(loaded_county().outcome.code, 3) << loaded_county().outcome.all();
        operator_ = std::make_unique<TargetConnection>(loaded_county().state.connect());
        for (const auto& [word, login] : kLoginOf)
            reader_[word] = std::make_unique<TargetConnection>(loaded_county().state.connect(login));
        std::ifstream in(loaded_county().state.sources() / "truth" / "persons.csv");
        std::string line;
        std::getline(in, line);
        while (std::getline(in, line)) {
            std::vector<std::string> fields;
            std::istringstream cells(line + ",");
            for (std::string cell; std::getline(cells, cell, ',');) fields.push_back(cell);
            if (fields.size() >= 7) truth_.push_back({fields[0], fields[1], fields[2], fields[4], fields[6]});
        }
        ASSERT_GT(truth_.size(), 500U);
    }
    static void TearDownTestSuite() {
        operator_.reset();
        reader_.clear();
        truth_.clear();
    }

    static std::string ask(const std::string& sql) { return value_of(*operator_, sql); }
    static std::string ask_as(const std::string& role, const std::string& sql) {
        try {
            return value_of(*reader_.at(role), sql);
        } catch (const Error& error) {
            const std::string what = error.what();
            return what.find("42501") != what.npos ? "(permission denied)" : what;
        }
    }
    static std::string person_of(const TruthRecord& record) {
        return ask("SELECT person_id FROM lineage.crosswalk WHERE source_system = '" + record.system +
                   "' AND source_person_key = '" + record.key + "'");
    }
    static ProgramOutcome child(const std::string& id, const std::string& role) {
        return loaded_county().state.run({"child", id, "--purpose", "test of access", "--as", role});
    }
    static ProgramOutcome explain(const std::string& a, const std::string& b, const std::string& role) {
        return loaded_county().state.run({"explain", a, b, "--purpose", "test of access", "--as", role});
    }
    /// Ids of an outcome put out of it, so that answers about two ids can be compared byte for byte.
    static std::string without(std::string text, const std::vector<std::string>& ids) {
        for (const std::string& id : ids)
            for (std::size_t at = text.find(id); at != text.npos; at = text.find(id)) text.replace(at, id.size(), "ID");
        return text;
    }
    static void expect_as_if_not_there(const std::string& id, const std::string& role) {
        const ProgramOutcome seen = child(id, role);
        const bool by_key = id.find(':') != std::string::npos;
        const std::string nobody = by_key ? id.substr(0, id.find(':')) + ":no-such-key" : "987654321";
        const ProgramOutcome absent = child(nobody, role);
        EXPECT_EQ(seen.code, 2) << seen.all();
        EXPECT_EQ(seen.code, absent.code);
        EXPECT_EQ(without(seen.out, {id}), without(absent.out, {nobody}));
        EXPECT_EQ(without(seen.err, {id}), without(absent.err, {nobody})) << "--as " << role;
    }
    static std::vector<std::string> every_table() {
        return column_of(
            *operator_,
            "SELECT table_schema || '.' || table_name FROM information_schema.columns WHERE table_schema "
            "IN ('integrated', 'lineage', 'review', 'sealed') AND column_name IN ('child_id', 'person_id') ORDER BY 1");
    }
    /// Expects that a role sees no row: none that it may see, or a schema that is not for it.
    static void expect_unseen(const std::string& role, const std::string& table, const std::string& sql) {
        const std::string answer = ask_as(role, sql);
        EXPECT_TRUE(answer == "0" || (table.starts_with("sealed.") && answer == "(permission denied)"))
            << role << " in " << table << ": " << answer;
    }
    /// Counts the verbatim rows of a person that a role sees in either table.
    static std::size_t verbatim_rows(const std::string& role, const std::string& person) {
        std::size_t rows = 0;
        for (const std::string& system : column_of(
                 *operator_, "SELECT DISTINCT source_system FROM lineage.crosswalk WHERE person_id = " + person)) {
            std::string keys;
            for (const std::string& key :
                 column_of(*operator_, "SELECT source_person_key FROM lineage.crosswalk WHERE person_id = " + person +
                                           " AND source_system = '" + system + "'"))
                keys += (keys.empty() ? "" : ", ") + TargetConnection::quote_literal(key);
            for (const char* table : {"lineage.source_row", "sealed.source_row"}) {
                const std::string sql = std::string("SELECT count(*) FROM ") + table + " WHERE source_system = '" +
                                        system + "' AND source_person_key IN (" + keys + ")";
                const std::string answer = role.empty() ? ask(sql) : ask_as(role, sql);
                if (answer != "(permission denied)") rows += std::stoul(answer);
            }
        }
        return rows;
    }
    static std::string id_column_of(const std::string& table) {
        return ask("SELECT column_name FROM information_schema.columns WHERE table_schema || '.' || table_name = '" +
                   table + "' AND column_name IN ('child_id', 'person_id') ORDER BY 1 LIMIT 1");
    }

    static std::unique_ptr<TargetConnection> operator_;
    static std::map<std::string, std::unique_ptr<TargetConnection>> reader_;
    static std::vector<TruthRecord> truth_;
};

std::unique_ptr<TargetConnection> Roles::operator_;
std::map<std::string, std::unique_ptr<TargetConnection>> Roles::reader_;
std::vector<TruthRecord> Roles::truth_;

TEST_F(Roles, ARestrictedChildIsInNoTableOfAnOrdinaryReader) {
    std::set<std::string> restricted;
    for (const TruthRecord& record : truth_)
        if (record.has("restricted_record")) restricted.insert(person_of(record));
    ASSERT_FALSE(restricted.empty());
    std::size_t rows = 0;
    for (const std::string& table : every_table()) {
        for (const std::string& person : restricted) {
            const std::string sql = "SELECT count(*) FROM " + table + " WHERE " + id_column_of(table) + " = " + person;
            for (const char* role : {"social_care", "education", "youth_justice", "data_quality", "sealed"})
                expect_unseen(role, table, sql);
            if (!table.starts_with("sealed.")) {
                EXPECT_EQ(ask_as("restricted", sql), ask(sql)) << table;
            }
            rows += std::stoul(ask(sql));
        }
    }
    EXPECT_GT(rows, 20U) << "there was something to hide";
    for (const std::string& person : restricted) {
        expect_as_if_not_there(person, "data_quality");
        expect_as_if_not_there(person, "sealed");
        const ProgramOutcome seen = child(person, "restricted");
        EXPECT_EQ(seen.code, 0) << seen.all();
        EXPECT_NE(seen.out.find("Person " + person), std::string::npos);
    }
}

TEST_F(Roles, TheEarlierIdentityOfAnAdoptionAndItsUnflaggedCopiesAreForTheSealedRoleOnly) {
    std::size_t unflagged = 0;
    std::set<std::string> shown;
    for (const TruthRecord& record : truth_) {
        if (!record.has("adopted") || !record.earlier()) continue;
        const std::string person = person_of(record);
        if (person.empty()) continue;  // its row was quarantined
        if (record.has("unflagged_copy")) ++unflagged;
        for (const std::string& table : every_table()) {
            const std::string sql = "SELECT count(*) FROM " + table + " WHERE " + id_column_of(table) + " = " + person;
            for (const char* role : {"social_care", "education", "data_quality", "restricted"})
                expect_unseen(role, table, sql);
        }
        if (!shown.insert(person).second) continue;
        expect_as_if_not_there(record.id(), "data_quality");
        expect_as_if_not_there(record.id(), "restricted");
        EXPECT_EQ(child(record.id(), "sealed").code, 0);
    }
    EXPECT_GE(unflagged, 3U);
    EXPECT_GE(shown.size(), 3U);
}

TEST_F(Roles, VerbatimRowsOfAProtectedPersonAreForWhoeverIsClearedForThem) {
    for (const auto& [access, cleared, others] :
         std::vector<std::tuple<std::string, std::string, std::vector<std::string>>>{
             {"1", "restricted", {"social_care", "education", "youth_justice", "data_quality", "sealed"}},
             {"2", "sealed", {"social_care", "education", "youth_justice", "data_quality", "restricted"}}}) {
        const auto persons =
            column_of(*operator_, "SELECT person_id FROM integrated.person WHERE access = " + access + " ORDER BY 1");
        ASSERT_FALSE(persons.empty());
        for (const std::string& person : persons) {
            for (const std::string& role : others) EXPECT_EQ(verbatim_rows(role, person), 0U) << role << " " << person;
        }
        EXPECT_GT(verbatim_rows(cleared, persons.front()), 0U) << cleared;
    }
    // Rows of a person who is only restricted need nothing else: the safeguarding role sees them all.
    const std::string restricted = ask(
        "SELECT min(p.person_id) FROM integrated.person p WHERE access = 1 AND NOT EXISTS (SELECT FROM"
        " integrated.relationship r WHERE r.access & 2 <> 0 AND p.person_id IN (r.person_id, r.related_person_id))");
    EXPECT_EQ(verbatim_rows("restricted", restricted), verbatim_rows("", restricted));
}

TEST_F(Roles, NothingAcrossASealIsExplainedNotEvenThatThereIsSomething) {
    std::map<std::string, std::pair<std::string, std::string>> sides;  // domain -> earlier id, later id
    for (const TruthRecord& record : truth_) {
        if (!record.has("adopted") || person_of(record).empty()) continue;
        auto& [earlier, later] = sides[record.domain.substr(0, record.domain.find(':'))];
        (record.earlier() ? earlier : later) = record.id();
    }
    std::size_t asked = 0;
    for (const auto& [domain, both] : sides) {
        if (both.first.empty() || both.second.empty()) continue;
        ++asked;
        const std::string nobody = both.first.substr(0, both.first.find(':')) + ":no-such-key";
        // The sealed role may see either side; that the two are one is not said to it either.
        for (const char* role : {"data_quality", "restricted", "sealed"}) {
            const ProgramOutcome across = explain(both.first, both.second, role);
            const ProgramOutcome absent = explain(nobody, both.second, role);
            EXPECT_EQ(across.code, 2) << across.all();
            EXPECT_EQ(absent.code, 2);
            EXPECT_EQ(without(across.err, {both.first}), without(absent.err, {nobody})) << role;
            EXPECT_EQ(across.out, absent.out);
        }
        if (asked == 2) break;
    }
    EXPECT_GE(asked, 1U);
    // A pair that may be seen is explained, with words and bits.
    std::map<std::string, std::string> first_of;
    for (const TruthRecord& record : truth_) {
        if (!record.domain.empty() || record.has("restricted") || record.hazards != "") continue;
        const std::string person = person_of(record);
        const auto [other, fresh] = first_of.try_emplace(person, record.id());
        if (fresh || person.empty()) continue;
        const ProgramOutcome outcome = explain(other->second, record.id(), "data_quality");
        EXPECT_EQ(outcome.code, 0) << outcome.all();
        EXPECT_NE(outcome.out.find("bits"), std::string::npos);
        break;
    }
}

/// Tells whether an explanation shows what was found of an aspect, in the waterfall or on the path.
void expect_withheld(const ProgramOutcome& outcome, const std::string& aspect, const std::set<std::string>& words) {
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find(aspect + ": not shown to this role"), std::string::npos) << outcome.out;
    for (const std::string& found : words) EXPECT_EQ(outcome.out.find(found), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.out.find("Weight of the pair"), std::string::npos) << "the sum tells the part\n" << outcome.out;
    EXPECT_EQ(outcome.out.find("probability"), std::string::npos) << outcome.out;
}

/// What the shipped model says of addresses and of telephones, levels and blocking rules.
const std::set<std::string> kAddressWords = {"the same property", "the same postcode", "the same house",
                                             "the same street",   "the same town",     "different places",
                                             ", property",        ", postcode",        "dwelling,"};
const std::set<std::string> kContactWords = {"e-mail address shared", "e-mail address nearly", "telephone or e-mail\n",
                                             "telephone or e-mail."};

TEST_F(Roles, AnExplanationTellsNothingOfAHiddenAddressOrTelephone) {
    // Two records of the asker's own services, of one at least a row is hidden from the asker.
    const auto pairs_with_hidden = [](const std::string& table, const std::string& condition) {
        return column_of(*operator_,
                         "SELECT DISTINCT k.source_system || ':' || k.source_person_key || ' ' || o.source_system || "
                         "':' || o.source_person_key FROM " +
                             table +
                             " t JOIN lineage.crosswalk k USING (source_system, source_person_key) JOIN "
                             "lineage.crosswalk o ON (o.source_system, o.source_person_key) <> (k.source_system, "
                             "k.source_person_key) WHERE t.access = 1 AND k.access = 0 AND o.access = 0 AND "
                             "k.area & o.area & 1 <> 0 AND " +
                             condition + " ORDER BY 1 LIMIT 4");
    };
    const auto expect_hidden = [](const std::vector<std::string>& pairs, const std::string& aspect,
                                  const std::set<std::string>& words) {
        ASSERT_FALSE(pairs.empty()) << "the county has no such pair";
        std::size_t telling = 0;
        for (const std::string& pair : pairs) {
            const std::string one = pair.substr(0, pair.find(' '));
            const std::string two = pair.substr(pair.find(' ') + 1);
            for (const char* role : {"social_care", "data_quality"})
                expect_withheld(explain(one, two, role), aspect, words);
            const ProgramOutcome cleared = explain(one, two, "restricted");
            EXPECT_EQ(cleared.out.find("not shown"), std::string::npos) << cleared.out;
            EXPECT_NE(cleared.out.find("Weight of the pair"), std::string::npos) << cleared.out;
            for (const std::string& found : words) telling += cleared.out.find(found) != std::string::npos ? 1U : 0U;
        }
        EXPECT_GT(telling, 0U) << "there was something to tell";
    };
    expect_hidden(pairs_with_hidden("integrated.person_address",
                                    "o.person_id = k.person_id AND k.person_id IN (SELECT r.person_id FROM "
                                    "integrated.restriction r WHERE r.scope = 'address')"),
                  "address", kAddressWords);
    expect_hidden(pairs_with_hidden("integrated.person_contact",
                                    "EXISTS (SELECT FROM integrated.person_contact c WHERE c.source_system = "
                                    "o.source_system AND c.source_person_key = o.source_person_key)"),
                  "telephone or e-mail", kContactWords);
}

TEST_F(Roles, AnExplanationDoesNotPlaceAnOpenChildInARefuge) {
    const std::string in_refuge =
        "SELECT DISTINCT a.source_system || ':' || a.source_person_key FROM integrated.person_address a JOIN "
        "integrated.provider h ON h.address_restricted AND h.postcode = a.postcode JOIN lineage.crosswalk k ON "
        "k.source_system = a.source_system AND k.source_person_key = a.source_person_key WHERE k.access = 0 AND "
        "a.access = 1 AND k.area & 1 <> 0 ORDER BY 1";
    const auto children = column_of(*operator_, in_refuge);
    ASSERT_FALSE(children.empty()) << "the county has no open child in a refuge";
    const std::string other =
        ask("SELECT min(k.source_system || ':' || k.source_person_key) FROM lineage.crosswalk k WHERE k.access = 0 AND "
            "k.source_system = 'social_care' AND NOT EXISTS (SELECT FROM integrated.person_address a WHERE "
            "a.person_id = k.person_id AND a.access <> 0)");
    expect_withheld(explain(children.front(), other, "social_care"), "address", kAddressWords);
    expect_withheld(explain(other, children.front(), "data_quality"), "address", kAddressWords);
}

TEST_F(Roles, AnExplanationTellsNothingOfRecordsOfAnotherService) {
    // Records of one child in two systems of education that nothing but a record of another service holds together.
    std::map<std::string, std::vector<std::string>> of_education;
    for (const std::string& row : column_of(
             *operator_,
             "SELECT person_id || ' ' || source_system || ':' || source_person_key FROM lineage.crosswalk k WHERE "
             "access = 0 AND area & 2 <> 0 AND EXISTS (SELECT FROM lineage.crosswalk o WHERE o.person_id = "
             "k.person_id AND o.area & 2 = 0) ORDER BY 1"))
        of_education[row.substr(0, row.find(' '))].push_back(row.substr(row.find(' ') + 1));
    std::size_t through_others = 0;
    std::size_t asked = 0;
    for (const auto& [person, records] : of_education) {
        if (records.size() < 2 || ++asked > 40 || through_others == 2) continue;
        const ProgramOutcome seen = explain(records.front(), records.back(), "education");
        ASSERT_EQ(seen.code, 0) << seen.all();
        EXPECT_EQ(seen.out.find("another service"), std::string::npos) << seen.out;
        if (seen.out.find("rests on records not shown to this role") == std::string::npos) continue;
        ++through_others;
        EXPECT_EQ(seen.out.find("links"), std::string::npos) << "nor how many\n" << seen.out;
        const ProgramOutcome whole = explain(records.front(), records.back(), "data_quality");
        EXPECT_NE(whole.out.find("The links that hold the two together"), std::string::npos) << whole.out;
    }
    EXPECT_GT(through_others, 0U) << "of " << asked << " children no pair is held by another service's record";
}

TEST_F(Roles, TheLaterIdentityIsAnOrdinaryChildWithNothingOfTheEarlierOne) {
    for (const TruthRecord& record : truth_) {
        if (!record.has("adopted") || !record.later() || record.system != "social_care") continue;
        const std::string later = person_of(record);
        const ProgramOutcome seen = child(record.id(), "data_quality");
        ASSERT_EQ(seen.code, 0) << seen.all();
        for (const TruthRecord& other : truth_) {
            if (!other.earlier() || other.person != record.person) continue;
            EXPECT_EQ(seen.out.find(other.key), std::string::npos) << "a key of the earlier identity";
            const std::string earlier = person_of(other);
            for (const std::string field : {"nhs_number", "upn"}) {
                const std::string number =
                    ask("SELECT " + field + " FROM integrated.person WHERE person_id = '" + earlier + "'");
                const bool there = !number.empty() && seen.out.find(number) != std::string::npos;
                EXPECT_FALSE(there) << field;
            }
            // Kin of the birth family: no row that an ordinary reader sees leads there.
            EXPECT_EQ(
                ask_as("data_quality",
                       "SELECT count(*) FROM integrated.relationship WHERE person_id = " + later +
                           " AND related_person_id IN (SELECT related_person_id FROM integrated.relationship WHERE "
                           "person_id = " +
                           earlier + ")"),
                "0");
        }
    }
}

TEST_F(Roles, AHiddenAddressHidesNotTheChild) {
    const auto rows = column_of(*operator_,
                                "SELECT DISTINCT a.person_id FROM integrated.person_address a JOIN integrated.person p "
                                "USING (person_id) JOIN integrated.child c ON c.child_id = p.person_id "
                                "WHERE a.access = 1 AND p.access = 0 AND p.person_id IN (SELECT r.person_id FROM "
                                "integrated.restriction r WHERE r.scope = 'address') ORDER BY 1");
    ASSERT_FALSE(rows.empty());
    std::size_t with_text = 0;
    for (const std::string& person : rows) {
        EXPECT_EQ(ask_as("data_quality", "SELECT count(*) FROM integrated.child WHERE child_id = " + person), "1");
        EXPECT_EQ(ask_as("data_quality", "SELECT count(*) FROM integrated.person_address WHERE person_id = " + person),
                  "0");
        EXPECT_EQ(
            ask_as("data_quality", "SELECT count(*) FROM ssd.ssd_address WHERE addr_person_id = '" + person + "'"),
            "0");
        // Nor in what is kept of the sources: rejected rows, values set aside, verbatim rows.
        for (const std::string& street :
             column_of(*operator_,
                       "SELECT DISTINCT street FROM integrated.person_address WHERE length(street) > 5 AND "
                       "person_id = " +
                           person)) {
            ++with_text;
            const std::string like = " LIKE " + TargetConnection::quote_literal("%" + street + "%");
            const std::string keys =
                " AND source_person_key IN (SELECT source_person_key FROM lineage.crosswalk k WHERE "
                "k.person_id = " +
                person + ")";
            EXPECT_EQ(ask_as("data_quality", "SELECT count(*) FROM lineage.field_issue WHERE raw_value" + like + keys),
                      "0");
            EXPECT_EQ(ask_as("data_quality", "SELECT count(*) FROM lineage.source_row WHERE row" + like + keys), "0");
        }
        const ProgramOutcome seen = child(person, "data_quality");
        EXPECT_EQ(seen.code, 0) << seen.all();
        EXPECT_EQ(seen.out.find("person address"), std::string::npos) << "no part on addresses";
        EXPECT_NE(child(person, "restricted").out.find("person address"), std::string::npos);
    }
    EXPECT_GT(with_text, 0U);
}

TEST_F(Roles, AHiddenHomeIsNotReadThroughThePeopleWhoLiveThere) {
    // By postcode and house as they stand, UPRN or none; the simulated county writes some houses into the street.
    const std::string homes =
        "SELECT DISTINCT h.postcode, lower(h.house_number) AS house FROM integrated.person_address h WHERE h.postcode"
        " IS NOT NULL AND h.house_number IS NOT NULL AND h.person_id IN (SELECT r.person_id FROM"
        " integrated.restriction r WHERE r.scope = 'address')";
    const std::string there =
        " FROM integrated.person_address a JOIN (" + homes +
        ") h ON h.postcode = a.postcode AND (h.house = lower(a.house_number) OR starts_with(lower(concat_ws(' ',"
        " a.street, a.address_text)), h.house || ' ') OR (a.house_number IS NULL AND a.street IS NULL AND"
        " a.address_text IS NULL AND a.uprn IS NULL))";
    const std::string of_others =
        there +
        " JOIN integrated.person p USING (person_id) WHERE p.access = 0 AND a.person_id NOT IN (SELECT"
        " r.person_id FROM integrated.restriction r WHERE r.scope = 'address')";
    ASSERT_NE(ask("SELECT count(*)" + of_others + " AND a.uprn IS NULL"), "0") << "nobody else lives at a hidden home";
    const std::string rows = ask("SELECT string_agg(DISTINCT a.row_id::text, ',')" + of_others);
    const std::string keys = ask("SELECT string_agg(DISTINCT a.source_key, '|')" + of_others);
    for (const char* role : {"social_care", "education", "youth_justice", "data_quality", "sealed"}) {
        EXPECT_EQ(ask_as(role, "SELECT count(*) FROM integrated.person_address WHERE row_id IN (" + rows + ")"), "0")
            << role;
        EXPECT_EQ(ask_as(role,
                         "SELECT count(*) FROM ssd.ssd_address WHERE addr_table_id IN (SELECT row_id::text FROM"
                         " integrated.person_address WHERE row_id IN (" +
                             rows + "))"),
                  "0")
            << role;
        EXPECT_EQ(ask_as(role,
                         "SELECT count(*) FROM lineage.source_row WHERE source_entity LIKE '%address%' AND"
                         " source_key = ANY (string_to_array(" +
                             TargetConnection::quote_literal(keys) + ", '|'))"),
                  "0")
            << role;
    }
    EXPECT_NE(ask_as("restricted", "SELECT count(*) FROM integrated.person_address WHERE row_id IN (" + rows + ")"),
              "0");
    // Not half the county: neighbours that can be told apart stay.
    EXPECT_NE(
        ask_as("social_care", "SELECT count(*) FROM integrated.person_address WHERE postcode = ANY ('{" +
                                  ask("SELECT string_agg(DISTINCT postcode, ',') FROM (" + homes + ") h") + "}')"),
        "0");
}

TEST_F(Roles, RowsThatDiscloseARestrictedAddressOrAreMarkedRestrictedAreForTheRestrictedRole) {
    const std::string hidden_address =
        " IN (SELECT person_id FROM integrated.restriction WHERE scope = 'address' AND person_id IS NOT NULL)";
    for (const auto& [table, condition] : std::vector<std::pair<std::string, std::string>>{
             {"integrated.person_address", "town IS NOT NULL AND person_id" + hidden_address},
             {"integrated.person_contact", "restricted"},
             {"integrated.case_note", "restricted"},
             {"integrated.provider", "address_restricted"}}) {
        const auto rows = column_of(
            *operator_, "SELECT row_id FROM " + table + " t WHERE (" + condition + ") AND access & 2 = 0 ORDER BY 1");
        EXPECT_FALSE(rows.empty()) << "the county has no such row in " << table;
        std::string ids;
        for (const std::string& row : rows) ids += (ids.empty() ? "" : ",") + row;
        const std::string sql = "SELECT count(*) FROM " + table + " WHERE row_id = ANY ('{" + ids + "}')";
        for (const char* role : {"social_care", "education", "youth_justice", "data_quality", "sealed"})
            EXPECT_EQ(ask_as(role, sql), "0") << role << " in " << table;
        EXPECT_EQ(ask_as("restricted", sql), ask(sql)) << table;
    }
    // The standard's view, and what was read of the sources.
    EXPECT_EQ(ask_as("social_care",
                     "SELECT count(*) FROM ssd.ssd_cla_placement WHERE clap_cla_placement_postcode IS NOT "
                     "NULL AND clap_person_id::bigint = ANY ('{" +
                         ask("SELECT string_agg(person_id::text, ',') FROM integrated.restriction WHERE "
                             "scope = 'address'") +
                         "}')"),
              "0");
    for (const std::string& name :
         column_of(*operator_, "SELECT name FROM integrated.provider WHERE address_restricted"))
        EXPECT_EQ(ask_as("data_quality",
                         "SELECT count(*) FROM lineage.source_row WHERE source_entity = 'provider' AND "
                         "strpos(row, " +
                             TargetConnection::quote_literal(name) + ") > 0"),
                  "0");
}

TEST_F(Roles, AnOpenChildsPlacementAtAHiddenProviderShowsNotWhere) {
    // As finance marks the provider, and as social care names the place.
    const std::string marked =
        " FROM integrated.placement t JOIN integrated.provider h ON h.address_restricted AND h.postcode = t.postcode"
        " AND h.source_system <> t.source_system JOIN integrated.person p ON p.person_id = t.child_id"
        " WHERE p.access = 0 AND t.access = 0 ORDER BY t.row_id LIMIT 1";
    const std::string row = ask("SELECT t.row_id" + marked);
    ASSERT_FALSE(row.empty()) << "the county has no open child at a hidden provider";
    const std::string person = ask("SELECT t.child_id" + marked);
    const std::string postcode = ask("SELECT t.postcode" + marked);
    const std::string provider = ask("SELECT h.name" + marked);
    const std::string seen =
        "SELECT concat_ws('/', start_date, postcode, provider_name, urn) FROM "
        "integrated.placement_visible WHERE row_id = " +
        row;
    const std::string of_standard =
        "SELECT concat_ws('/', clap_cla_placement_start_date, clap_cla_placement_postcode)"
        " FROM ssd.ssd_cla_placement WHERE clap_person_id = '" +
        person + "' AND clap_cla_placement_id = '" + ask("SELECT t.placement_key" + marked) + "'";
    const std::string start = ask("SELECT t.start_date" + marked);
    for (const char* role : {"social_care", "data_quality", "sealed"}) {
        EXPECT_EQ(ask_as(role, seen), start) << role;
        EXPECT_EQ(ask_as(role, of_standard), start) << role;
        EXPECT_EQ(ask_as(role, "SELECT count(postcode) FROM integrated.placement"), "(permission denied)") << role;
        EXPECT_EQ(ask_as(role, "SELECT count(*) FROM integrated.placement WHERE row_id = " + row), "1") << role;
        // Nor as the child's address, by a contract with the provider, or as it was read.
        EXPECT_EQ(ask_as(role, "SELECT count(*) FROM integrated.person_address WHERE postcode = '" + postcode + "'"),
                  "0");
        EXPECT_EQ(ask_as(role,
                         "SELECT count(*) FROM integrated.person_address WHERE strpos(concat_ws(' ', house_number,"
                         " street, address_text), " +
                             TargetConnection::quote_literal(provider) + ") > 0"),
                  "0");
        EXPECT_EQ(
            ask_as(role,
                   "SELECT count(provider_key) FROM integrated.placement_contract_visible WHERE child_id = " + person +
                       " AND provider_key IN (" + "SELECT provider_key FROM integrated.payment_visible)"),
            "0");
        for (const std::string& text : {postcode, provider}) {
            const std::string like = " LIKE " + TargetConnection::quote_literal("%" + text + "%");
            EXPECT_EQ(ask_as(role, "SELECT count(*) FROM lineage.source_row WHERE row" + like), "0") << role;
            EXPECT_EQ(ask_as(role, "SELECT count(*) FROM lineage.field_issue WHERE raw_value" + like), "0") << role;
            EXPECT_EQ(ask_as(role, "SELECT count(*) FROM lineage.quarantine_visible WHERE raw" + like), "0") << role;
        }
    }
    EXPECT_EQ(ask_as("restricted", seen),
              ask("SELECT concat_ws('/', t.start_date, t.postcode, t.provider_name, t.urn)" + marked));
    EXPECT_EQ(ask_as("restricted", of_standard), start + "/" + postcode);
    EXPECT_EQ(ask_as("education", seen), "") << "another service's row altogether";

    const ProgramOutcome ordinary = child(person, "social_care");
    ASSERT_EQ(ordinary.code, 0) << ordinary.all();
    const std::string line = start + "  social_care          placement";
    EXPECT_NE(ordinary.out.find(line), std::string::npos) << ordinary.out;
    EXPECT_EQ(ordinary.out.find(postcode), std::string::npos) << ordinary.out;
    EXPECT_EQ(ordinary.out.find(provider), std::string::npos) << ordinary.out;
    const std::string cleared = child(person, "restricted").out;
    EXPECT_NE(cleared.find(line), std::string::npos) << cleared;
    EXPECT_NE(cleared.find(provider), std::string::npos) << cleared;
}

/// Tables that no reader reads, of their own area or another.
const std::set<std::string> kForTheLoaderAlone = {"lineage.row_history", "lineage.source_delivery",
                                                  "lineage.source_watermark", "lineage.quality_result"};

TEST_F(Roles, ARowThatMayBeAnyonesIsReadByWhoIsClearedForEveryone) {
    const std::string unknown =
        ask("SELECT count(*) FROM lineage.quarantine WHERE reason NOT IN ('orphan_parent', 'key_conflict')");
    ASSERT_NE(unknown, "0");
    const std::string anyones =
        " FROM lineage.quarantine_visible WHERE reason NOT IN ('orphan_parent', 'key_conflict')";
    EXPECT_EQ(ask_as("restricted",
                     "SELECT count(*) || '/' || count(raw) || '/' || count(source_key) || '/' ||"
                     " count(source_person_key)" +
                         anyones),
              unknown + "/0/0/0");
    EXPECT_EQ(ask_as("restricted", "SELECT count(raw) FROM lineage.quarantine"), "(permission denied)");
    for (const char* role : {"social_care", "data_quality", "sealed"})
        EXPECT_EQ(ask_as(role, "SELECT count(*)" + anyones), "0") << role;
    EXPECT_NE(ask_as("restricted",
                     "SELECT count(raw) FROM lineage.quarantine_visible WHERE access = 1 AND reason IN"
                     " ('orphan_parent', 'key_conflict')"),
              "0")
        << "of these the person is known";
    // The operator holds both clearances.
    EXPECT_EQ(ask("SELECT count(*) || '/' || count(raw)" + anyones), unknown + "/" + unknown);
}

TEST_F(Roles, AReaderOfOneAreaLearnsNothingOfTheOthers) {
    for (const auto& [role, area] :
         std::map<std::string, int>{{"social_care", 1}, {"education", 2}, {"youth_justice", 4}}) {
        std::string foreign;
        for (const auto& [system, bit] : kAreaOf)
            if (bit != area) foreign += (foreign.empty() ? "'" : ", '") + system + "'";
        for (const std::string& table :
             column_of(*operator_,
                       "SELECT table_schema || '.' || table_name FROM information_schema.columns WHERE table_schema "
                       "IN ('integrated', 'lineage') AND column_name = 'source_system' AND table_name NOT IN "
                       "('run', 'batch', 'checkpoint', 'row_tally') ORDER BY 1")) {
            const bool closed = kForTheLoaderAlone.contains(table);
            EXPECT_EQ(ask_as(role, "SELECT count(*) FROM " + table + " WHERE source_system IN (" + foreign + ")"),
                      closed ? "(permission denied)" : "0")
                << role << " sees rows of other services in " << table;
        }
        EXPECT_NE(ask_as(role, "SELECT count(*) FROM lineage.balance"), "0") << "its own systems' counts";
        // The columns that count or name all services at once.
        for (const char* column : {"area", "records", "systems", "given_name", "religion", "missing", "extras"})
            EXPECT_EQ(ask_as(role, std::string("SELECT max(") + column + "::text) FROM integrated.person"),
                      "(permission denied)");
        for (const char* column : {"area", "records", "systems"})
            for (const char* table : {"integrated.child"})
                EXPECT_EQ(ask_as(role, std::string("SELECT max(") + column + ") FROM " + table), "(permission denied)");
        for (const char* column : {"link_reason", "link_bits"})
            EXPECT_EQ(ask_as(role, std::string("SELECT max(") + column + "::text) FROM lineage.crosswalk"),
                      "(permission denied)");
        EXPECT_NE(ask_as("data_quality", "SELECT max(records) FROM integrated.child"), "(permission denied)");
        EXPECT_EQ(ask_as("data_quality",
                         "SELECT count(*) FILTER (WHERE link_reason ~ 'address|street|town|telephone') || ' of ' || "
                         "(count(link_reason) > 0) FROM lineage.crosswalk"),
                  "0 of true")
            << "an address may be hidden from who may see why a record was linked";
        for (const char* table : {"lineage.batch", "lineage.row_tally", "sealed.source_row", "sealed.adoption_record",
                                  "audit.access_log", "sealed.identity_domain_member"})
            EXPECT_EQ(ask_as(role, std::string("SELECT count(*) FROM ") + table), "(permission denied)") << table;
        // Views: the same rows as the tables, and no key of another service as the child's own.
        EXPECT_EQ(ask_as(role, "SELECT count(*) FROM ssd.ssd_person"),
                  ask_as(role, "SELECT count(*) FROM integrated.child"));
        for (const std::string& key :
             column_of(*reader_.at(role),
                       "SELECT DISTINCT pers_legacy_id FROM ssd.ssd_person WHERE pers_legacy_id IS NOT NULL"))
            EXPECT_EQ(ask("SELECT count(*) > 0 FROM lineage.crosswalk WHERE source_person_key = '" + key +
                          "' AND source_system NOT IN (" + foreign + ")"),
                      "t");
    }
    for (const char* login : {"caseweave_auditor", "caseweave_data_quality"}) {
        TargetConnection across = loaded_county().state.connect(login);
        EXPECT_EQ(value_of(across, "SELECT count(*) FROM lineage.balance"), ask("SELECT count(*) FROM lineage.balance"))
            << login;
    }
    EXPECT_EQ(ask_as("education", "SELECT count(*) FROM ssd.ssd_cp_plans"), "0");
    EXPECT_NE(ask_as("social_care", "SELECT count(*) FROM ssd.ssd_cp_plans"), "0");
}

TEST_F(Roles, AGoldenValueIsForWhoeverItsSourcesAreFor) {
    const std::vector<std::string> common = {"person_kind", "given_name",          "middle_names", "family_name",
                                             "birth_date",  "expected_birth_date", "death_date",   "sex"};
    const auto folded = [](const std::string& column) {
        return "regexp_replace(lower(normalize(" + column + "::text, NFD)), '[^[:alnum:]]', '', 'g')";
    };
    std::size_t hidden = 0;
    for (const std::string& field :
         column_of(*operator_,
                   "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'integrated.person_visible'::regclass AND "
                   "a.attnum > 0 AND a.attname <> 'person_id' ORDER BY 1")) {
        // The golden value and what the sources' own records say, not what consolidation says that they said.
        std::string given = "EXISTS (SELECT FROM lineage.person_record r WHERE r.person_id = p.person_id AND r.area & ";
        std::string says = " AND " + folded("r." + field) + " = " + folded("p." + field) + ")";
        if (field == "nhs_number" || field == "upn" || field == "uln") {
            given = "EXISTS (SELECT FROM integrated.person_identifier r WHERE r.person_id = p.person_id AND r.area & ";
            says = " AND r.value = p." + field + ")";
        }
        if (std::ranges::find(common, field.substr(0, field.find("_precision"))) != common.end()) says = ")";
        for (const auto& [role, area] :
             std::map<std::string, int>{{"social_care", 1}, {"education", 2}, {"youth_justice", 4}}) {
            const std::string bit = std::to_string(area);
            const std::string of_area = given + bit + " <> 0" + says;
            const std::string expected =
                field == "records" || field == "systems"
                    ? "0"
                    : ask("SELECT count(*) FROM integrated.person p WHERE p.access = 0 AND p.area & " + bit +
                          " <> 0 AND p." + field + " IS NOT NULL AND " + of_area);
            EXPECT_EQ(ask_as(role, "SELECT count(" + field + ") FROM integrated.person_visible"), expected)
                << role << " sees " << field;
            const std::string all =
                ask("SELECT count(" + field + ") FROM integrated.person WHERE access = 0 AND area & " + bit + " <> 0");
            hidden += std::stoul(all) - std::stoul(expected);
        }
        // Who looks across areas sees what the golden record holds.
        EXPECT_EQ(ask_as("data_quality", "SELECT count(" + field + ") FROM integrated.person_visible"),
                  ask("SELECT count(" + field + ") FROM integrated.person WHERE access = 0"))
            << field;
    }
    EXPECT_GT(hidden, 100U) << "there was something to hide";
    for (const auto& [role, login] : kLoginOf)
        EXPECT_EQ(ask_as(role, "SELECT count(*) FROM integrated.person_visible"),
                  ask_as(role, "SELECT count(*) FROM integrated.person"))
            << role;
}

TEST_F(Roles, ChildShowsAServicesOwnValueWhereTheGoldenOneIsAnothers) {
    // A service gives a value that consolidation did not choose, and none of its area gives the chosen one.
    const std::string dissent =
        " FROM integrated.person_value v JOIN integrated.person_value g ON g.person_id = v.person_id AND g.field ="
        " v.field AND g.chosen JOIN integrated.person p ON p.person_id = v.person_id WHERE v.field IN "
        "('preferred_name',"
        " 'nationality', 'religion', 'school_name', 'mother_family_name', 'guardian_given_name', "
        "'guardian_family_name')"
        " AND v.access = 0 AND p.access = 0 AND NOT v.agrees AND v.area IN (1, 2, 4) AND NOT EXISTS (SELECT FROM"
        " integrated.person_value w WHERE w.person_id = v.person_id AND w.field = v.field AND w.agrees AND w.area ="
        " v.area) ORDER BY v.person_id, v.field, v.source_key LIMIT 1";
    const std::string person = ask("SELECT v.person_id" + dissent);
    ASSERT_FALSE(person.empty());
    const std::string area = ask("SELECT v.area" + dissent);
    const std::string role = area == "1" ? "social_care" : area == "2" ? "education" : "youth_justice";
    const std::string seen = child(person, role).out;
    const std::size_t at = seen.find(ask("SELECT '  ' || replace(v.field, '_', ' ') || ' '" + dissent));
    ASSERT_NE(at, std::string::npos) << seen;
    const std::string line = seen.substr(at, seen.find('\n', at) - at);
    EXPECT_NE(line.find(ask("SELECT v.value" + dissent)), std::string::npos) << line;
    EXPECT_EQ(line.find(ask("SELECT g.value" + dissent)), std::string::npos) << line;
}

TEST_F(Roles, ChildShowsAReaderOnlyItsOwnServices) {
    // A child known to social care and to education, and to nobody else's secret.
    const std::string person =
        ask("SELECT min(child_id) FROM integrated.child c WHERE access = 0 AND area & 3 = 3 AND EXISTS (SELECT FROM "
            "integrated.visit v WHERE v.child_id = c.child_id) AND EXISTS (SELECT FROM integrated.enrolment e WHERE "
            "e.child_id = c.child_id)");
    ASSERT_FALSE(person.empty());
    const std::string care = child(person, "social_care").out;
    const std::string school = child(person, "education").out;
    const std::string all = child(person, "data_quality").out;
    EXPECT_NE(care.find("visit"), std::string::npos);
    EXPECT_EQ(care.find("enrolment"), std::string::npos);
    EXPECT_NE(school.find("enrolment"), std::string::npos);
    for (const auto& [system, area] : kAreaOf) {
        const std::string line_of = "  " + system + " ";
        EXPECT_TRUE(area == 1 || care.find(line_of) == std::string::npos) << system;
        EXPECT_TRUE(area == 2 || school.find(line_of) == std::string::npos) << system;
    }
    EXPECT_EQ(care.find("records "), std::string::npos) << "how many systems know the child is not this reader's";
    EXPECT_NE(all.find("records "), std::string::npos);
    EXPECT_NE(all.find("visit"), std::string::npos);
    EXPECT_NE(all.find("enrolment"), std::string::npos);
    // An id of another service finds nobody.
    const std::string pupil =
        ask("SELECT source_person_key FROM lineage.crosswalk WHERE source_system = 'education' AND "
            "person_id = " +
            person);
    EXPECT_EQ(child("education:" + pupil, "education").code, 0);
    expect_as_if_not_there("education:" + pupil, "social_care");
    const std::string only_school = ask("SELECT min(child_id) FROM integrated.child WHERE access = 0 AND area = 2");
    expect_as_if_not_there(only_school, "social_care");
    EXPECT_EQ(child(only_school, "education").code, 0);
}

TEST_F(Roles, ReviewPairsNeedBothRecords) {
    EXPECT_GT(std::stol(ask("SELECT count(*) FROM review.pair")), 0);
    EXPECT_EQ(ask_as("data_quality", "SELECT count(*) FROM review.pair WHERE access <> 0 OR shielded"), "0");
    EXPECT_EQ(ask_as("youth_justice", "SELECT count(*) FROM review.pair"),
              ask("SELECT count(*) FROM review.pair WHERE area = 4 AND access = 0 AND NOT shielded"));
}

TEST_F(Roles, EveryLookIsInTheAccessLog) {
    const std::string before = ask("SELECT coalesce(max(log_id), 0) FROM audit.access_log");
    const std::string person = ask("SELECT min(child_id) FROM integrated.child WHERE access = 0 AND area & 1 = 1");
    const std::string hidden = ask("SELECT min(child_id) FROM integrated.child WHERE access = 2");
    EXPECT_EQ(child(person, "social_care").code, 0);
    EXPECT_EQ(child(hidden, "social_care").code, 2);
    EXPECT_EQ(explain("social_care:no-such-key", "education:1", "education").code, 2);
    EXPECT_EQ(column_of(*operator_,
                        "SELECT concat_ws('|', role, command, purpose, asked_for, found) FROM "
                        "audit.access_log WHERE log_id > " +
                            before + " ORDER BY log_id"),
              (std::vector<std::string>{
                  "caseweave_reader_social_care|child|test of access|" + person + "|t",
                  "caseweave_reader_social_care|child|test of access|" + hidden + "|f",
                  "caseweave_reader_education|explain|test of access|social_care:no-such-key education:1|f"}));
    // No purpose, no look.
    const ProgramOutcome silent = loaded_county().state.run({"child", person, "--purpose", "  "});
    EXPECT_EQ(silent.code, 2);
    EXPECT_NE(silent.err.find("--purpose"), std::string::npos);
    const ProgramOutcome unknown = loaded_county().state.run({"child", person, "--purpose", "x", "--as", "educaton"});
    EXPECT_EQ(unknown.code, 2);
    EXPECT_NE(unknown.err.find("did you mean education"), std::string::npos) << unknown.err;
}

}  // namespace
}  // namespace caseweave::testing
