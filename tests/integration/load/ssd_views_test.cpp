#include <gtest/gtest.h>

#include <optional>
#include <sstream>
#include <string>

#include "integration/load/target_fixture.hpp"

namespace caseweave {
namespace {

/// Puts single rows into tables as the loader's rows look, and asks the views as a social care reader.
class SsdViews : public TargetFixture {
  protected:
    void SetUp() override {
        TargetFixture::SetUp();
        admin_.emplace(connect(PrivateCluster::kAdmin));
        reader_.emplace(connect("caseweave_reader_social_care"));
    }
    /// @param columns, values: what the row says beside its provenance, as SQL lists.
    void add(const std::string& table, const std::string& system, const std::string& columns, const std::string& values,
             int area = 1) {
        admin_->execute("INSERT INTO integrated." + table +
                        " (area, access, run_id, source_system, source_entity, source_key, source_part, " + columns +
                        ") VALUES (" + std::to_string(area) + ", 0, 1, '" + system + "', 'entity', '" +
                        std::to_string(++keys_) + "', 0, " + values + ")");
    }
    void add_child(int id, const std::string& columns, const std::string& values) {
        add("child", "", "child_id, kind", std::to_string(id) + ", 'child'", 7);
        add("person", "", "person_id, " + columns, std::to_string(id) + ", " + values, 7);
        // A reader is told a golden value where a service of theirs gave it.
        std::istringstream fields(columns);
        for (std::string field; std::getline(fields >> std::ws, field, ',');)
            add("person_value", "", "person_id, field, chosen, agrees",
                std::to_string(id) + ", '" + field + "', true, true");
    }
    std::string person(int id, const std::string& column) {
        return ask("SELECT " + column + " FROM ssd.ssd_person WHERE pers_person_id = '" + std::to_string(id) + "'");
    }
    std::string ask(const std::string& sql) { return value(*reader_, sql); }

    std::optional<TargetConnection> admin_;
    std::optional<TargetConnection> reader_;
    int keys_ = 0;
};

TEST_F(SsdViews, SexAndGenderAreTheStandardsCodes) {
    int id = 0;
    for (const auto& [gender, code] : {std::pair{"'M'", "01"},
                                       {"'F'", "02"},
                                       {"'N'", "09"},
                                       {"'O'", "09"},
                                       {"'U'", "00"},
                                       {"'X'", "00"},
                                       {"NULL", "00"}}) {
        add_child(++id, "sex, gender", std::string("'F', ") + gender);
        EXPECT_EQ(person(id, "pers_gender"), code) << gender;
        EXPECT_EQ(person(id, "pers_sex"), "F");
    }
    add_child(++id, "sex", "NULL");
    EXPECT_EQ(person(id, "pers_sex"), "U");
}

TEST_F(SsdViews, ABornChildHasNoExpectedBirthDate) {
    add_child(1, "birth_date, expected_birth_date", "'2025-03-02', '2025-03-09'");
    add_child(2, "expected_birth_date", "'2026-01-05'");
    EXPECT_EQ(person(1, "coalesce(pers_expected_dob::text, 'none')"), "none");
    EXPECT_EQ(person(2, "pers_expected_dob"), "2026-01-05");
}

TEST_F(SsdViews, OnlyWhoMayReadPlansIsToldThatThereIsNone) {
    add_child(1, "sex", "'F'");
    add_child(2, "sex", "'F'");
    add("ehc_plan", "send", "child_id", "1", 2);
    const std::string flags =
        "SELECT string_agg(coalesce(pers_send_flag, '-'), '' ORDER BY pers_person_id) FROM ssd.ssd_person";
    EXPECT_EQ(ask(flags), "--");
    TargetConnection education = connect("caseweave_reader_education");
    EXPECT_EQ(value(education, flags), "YN");
}

TEST_F(SsdViews, AManIsNoMother) {
    add_child(1, "sex", "'F'");
    add_child(2, "sex", "'M'");
    for (const char* id : {"1", "2"})
        add("relationship", "social_care", "related_person_id, relationship_type", std::string(id) + ", 'mother'");
    EXPECT_EQ(person(1, "pers_is_mother"), "Y");
    EXPECT_EQ(person(2, "pers_is_mother"), "N");
}

TEST_F(SsdViews, OnlyWhoSeesEveryRelationshipIsToldThatSomeoneIsNoMother) {
    for (int id = 1; id <= 2; ++id) add_child(id, "sex", "'F'");
    add_child(3, "sex", "'M'");
    add("relationship", "social_care", "related_person_id, relationship_type", "1, 'mother'");
    const std::string flags =
        "SELECT string_agg(coalesce(pers_is_mother, '-'), '' ORDER BY pers_person_id) FROM ssd.ssd_person";
    TargetConnection social_care = connect("caseweave_reader_social_care");
    EXPECT_EQ(value(social_care, flags), "Y-N") << "another service may know it";
    TargetConnection education = connect("caseweave_reader_education");
    EXPECT_EQ(value(education, flags), "--N");
    TargetConnection across = connect("caseweave_data_quality");
    EXPECT_EQ(value(across, flags), "Y-N") << "the child may be a restricted one";
    if (admin_->execute("SELECT FROM pg_roles WHERE rolname = 't_everything'").empty())
        admin_->execute("CREATE ROLE t_everything NOLOGIN IN ROLE caseweave_safeguarding, caseweave_adoption_officer");
    admin_->execute("SET ROLE t_everything");
    const std::string told = value(*admin_, flags);
    admin_->execute("RESET ROLE");
    EXPECT_EQ(told, "YNN");
}

TEST_F(SsdViews, TheLegacyIdIsTheSocialCareSystems) {
    add_child(1, "sex", "'F'");
    add_child(2, "sex", "'F'");
    const auto known_as = [&](int id, const std::string& system, const std::string& key) {
        admin_->execute(
            "INSERT INTO lineage.crosswalk (person_id, area, access, run_id, source_system, source_person_key) VALUES "
            "(" +
            std::to_string(id) + ", 1, 0, 1, '" + system + "', '" + key + "')");
    };
    known_as(1, "early_help", "100");
    known_as(1, "social_care", "700");
    known_as(2, "early_help", "101");
    EXPECT_EQ(person(1, "pers_legacy_id"), "700");
    EXPECT_EQ(person(2, "coalesce(pers_legacy_id, 'none')"), "none") << "an id of nobody knows which system is none";
}

TEST_F(SsdViews, OutcomesHoldAllKeysOfTheStandard) {
    add("contact", "social_care", "child_id, outcome", "1, 'referral'");
    add("contact", "social_care", "child_id, outcome", "2, NULL");
    add("referral", "social_care", "child_id, outcome", "1, 'strategy_discussion'");
    const auto json = [&](const std::string& what, const std::string& view, const std::string& person) {
        return ask("SELECT string_agg(key || '=' || value, ' ') FROM ssd." + view + ", json_each_text(" + what +
                   "::json) WHERE " + person);
    };
    EXPECT_EQ(json("cont_contact_outcome_json", "ssd_contacts", "cont_person_id = '1'"),
              "NEW_REFERRAL_FLAG=Y EXISTING_REFERRAL_FLAG= CP_ENQUIRY_FLAG= NFA_FLAG=N NON_AGENCY_ADOPTION_FLAG= "
              "PRIVATE_FOSTERING_FLAG= ADVICE_FLAG=N MISSING_FLAG= OLA_CP_FLAG= OTHER_OUTCOMES_EXIST_FLAG=N");
    EXPECT_EQ(json("cont_contact_outcome_json", "ssd_contacts", "cont_person_id = '2'"),
              "NEW_REFERRAL_FLAG= EXISTING_REFERRAL_FLAG= CP_ENQUIRY_FLAG= NFA_FLAG= NON_AGENCY_ADOPTION_FLAG= "
              "PRIVATE_FOSTERING_FLAG= ADVICE_FLAG= MISSING_FLAG= OLA_CP_FLAG= OTHER_OUTCOMES_EXIST_FLAG=");
    EXPECT_EQ(json("cine_referral_outcome_json", "ssd_cin_episodes", "cine_person_id = '1'"),
              "SINGLE_ASSESSMENT_FLAG=N NFA_FLAG=N STRATEGY_DISCUSSION_FLAG=Y CLA_REQUEST_FLAG= "
              "NON_AGENCY_ADOPTION_FLAG= PRIVATE_FOSTERING_FLAG= CP_TRANSFER_IN_FLAG= CP_CONFERENCE_FLAG= "
              "CARE_LEAVER_FLAG= OTHER_OUTCOMES_EXIST_FLAG=N");
}

TEST_F(SsdViews, CategoriesOfAbuseAreWrittenOut) {
    add("cp_plan", "social_care", "child_id, initial_category, latest_category", "1, 'NEG', 'MUL'");
    EXPECT_EQ(ask("SELECT cppl_cp_plan_initial_category || ', ' || cppl_cp_plan_latest_category FROM ssd.ssd_cp_plans"),
              "Neglect, Multiple");
}

TEST_F(SsdViews, APlacementThatTwoSystemsHoldStandsOnce) {
    const auto place = [&](const char* system, const char* child, const char* key, const char* from, const char* to) {
        add("placement", system, "address_access, child_id, placement_key, start_date, end_date",
            "0, " + std::string(child) + ", '" + key + "', " + from + ", " + to);
    };
    add("care_episode", "looked_after", "child_id", "1");
    place("looked_after", "1", "L1", "'2024-01-01'", "'2024-06-01'");
    place("looked_after", "1", "L2", "'2024-06-01'", "NULL");
    place("agency", "1", "A1", "'2024-01-01'", "'2024-06-03'");  // the same, ended later by its account
    place("agency", "1", "A0", "'2023-05-01'", "'2024-01-01'");  // before: the other system has none
    place("agency", "2", "A2", "'2024-02-01'", "NULL");          // another child
    EXPECT_EQ(
        ask("SELECT string_agg(clap_cla_placement_id, ' ' ORDER BY clap_cla_placement_id) FROM ssd.ssd_cla_placement"),
        "A0 A2 L1 L2");
    EXPECT_EQ(ask("SELECT count(*) FROM integrated.placement"), "5") << "the record itself loses none";
}

}  // namespace
}  // namespace caseweave
