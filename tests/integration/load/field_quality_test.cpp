#include "reconcile/field_quality.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "integration/load/target_fixture.hpp"

namespace caseweave {
namespace {

/// Puts single rows into tables as the loader's rows look: two children (1 in systems a and b, 2 in a) and an adult.
class FieldQualityOfTarget : public TargetFixture {
  protected:
    void SetUp() override {
        TargetFixture::SetUp();
        admin_.emplace(connect(PrivateCluster::kAdmin));
        for (const char* child : {"1", "2"})
            add("child", "", "", std::string("child_id, kind"), std::string(child) + ", 'child'");
        add("person", "", "", "person_id, given_name, nhs_number", "1, 'Ada', '4010232137'");
        add("person", "", "", "person_id, given_name", "2, 'Bea'");
        add("person", "", "", "person_id, given_name", "3, 'Cy'");
        add_record("a", "a1", 1, "'Ada'", "NULL");
        add_record("b", "b1", 1, "NULL", "'given_name:invalid'");
        add_record("a", "a2", 2, "'Bea'", "NULL");
        add_record("a", "a3", 3, "'Cy'", "NULL");
        for (const char* origin : {"1, 'given_name', true, 'a', 'a1'", "2, 'given_name', true, 'a', 'a2'",
                                   "3, 'given_name', true, 'a', 'a3'", "1, 'given_name', false, 'b', 'b1'"})
            add("person_value", "", "", "person_id, field, chosen, origin_system, origin_key", origin);
    }
    void add_record(const std::string& system, const std::string& key, int person, const std::string& given_name,
                    const std::string& missing) {
        admin_->execute(
            "INSERT INTO lineage.crosswalk (person_id, area, access, run_id, source_system,"
            " source_person_key) VALUES (" +
            std::to_string(person) + ", 1, 0, 1, '" + system + "', '" + key + "')");
        insert("lineage.person_record", system, key, "person_id, given_name, missing",
               std::to_string(person) + ", " + given_name + ", " + missing);
    }
    void add(const std::string& table, const std::string& system, const std::string& key, const std::string& columns,
             const std::string& values) {
        insert("integrated." + table, system, key, columns, values);
    }
    void insert(const std::string& table, const std::string& system, const std::string& key, const std::string& columns,
                const std::string& values) {
        admin_->execute("INSERT INTO " + table +
                        " (area, access, run_id, source_system, source_entity, source_key, source_part,"
                        " source_person_key, " +
                        columns + ") VALUES (1, 0, 1, '" + system + "', 'entity', '" + std::to_string(++keys_) +
                        "', 0, '" + key + "', " + values + ")");
    }
    /// "records filled given invalid", "" where there is no such line.
    std::string line(const std::string& system, const std::string& field) {
        TargetConnection loader = connect();
        for (const FieldQuality& quality : count_field_quality(loader, canonical_schema())) {
            if (quality.system == system && quality.field == field)
                return std::to_string(quality.records) + " " + std::to_string(quality.filled) + " " +
                       std::to_string(quality.given) + " " + std::to_string(quality.invalid);
        }
        return "";
    }

    std::optional<TargetConnection> admin_;
    int keys_ = 0;
};

TEST_F(FieldQualityOfTarget, PersonFieldsAreCountedOfEveryoneBeforeAndAfter) {
    EXPECT_EQ(line("a", "given_name"), "3 3 3 0");
    EXPECT_EQ(line("b", "given_name"), "1 0 1 1");
    EXPECT_EQ(line("", "given_name"), "3 3 3 0");
    // A consolidated value that stands in no record of its person is not taken on trust.
    admin_->execute("UPDATE integrated.person_value SET origin_key = 'a2' WHERE person_id = 3");
    EXPECT_EQ(line("", "given_name"), "3 3 3 1");
}

TEST_F(FieldQualityOfTarget, IdentifiersAreCountedByTypeAndOnlyOfChildren) {
    const auto identify = [&](const char* system, const char* key, const std::string& values) {
        add("person_identifier", system, key, "person_id, id_type, value, missing", values);
    };
    identify("a", "a1", "1, 'nhs_number', NULL, 'status:null,value:invalid,issuer:absent'");
    identify("a", "a1", "1, 'nhs_number', '4010232137', 'status:null'");
    identify("a", "a2", "2, 'nhs_number', NULL, 'value:null'");
    identify("b", "b1", "1, 'former_upn', 'A123456789012', NULL");
    identify("b", "b1", "1, NULL, '77', 'id_type:invalid'");
    identify("a", "a3", "3, 'nhs_number', '9434765919', NULL");
    EXPECT_EQ(line("a", "nhs_number"), "2 1 2 1") << "of two children, one has a number; the adult's is not counted";
    EXPECT_EQ(line("b", "nhs_number"), "");
    EXPECT_EQ(line("", "nhs_number"), "2 1 1 0");
    EXPECT_EQ(line("b", "former_upn"), "1 1 1 0");
    EXPECT_EQ(line("", "former_upn"), "2 1 1 0");
    EXPECT_EQ(line("b", "identifier_of_unknown_type"), "1 1 1 0");
    EXPECT_EQ(line("", "upn"), "2 0 0 0");
    // One that no record of the child gives, and one that only another's record gives.
    admin_->execute("UPDATE integrated.person SET nhs_number = '9434765919' WHERE person_id = 1");
    EXPECT_EQ(line("", "nhs_number"), "2 1 1 1");
}

TEST_F(FieldQualityOfTarget, AddressesAndContactsAreAllKept) {
    add("person_address", "a", "a1", "person_id, postcode, uprn, missing", "1, 'BN11 1AA', '100', 'street:null'");
    add("person_address", "a", "a1", "person_id, postcode, missing", "1, NULL, 'postcode:invalid,uprn:null'");
    add("person_address", "b", "b1", "person_id, postcode, missing", "1, 'BN11 1AA', 'uprn:invalid'");
    add("person_contact", "a", "a2", "person_id, email, missing", "2, 'a@example.org', 'phone:absent'");
    EXPECT_EQ(line("a", "postcode"), "2 1 2 1");
    EXPECT_EQ(line("b", "postcode"), "1 1 1 0");
    EXPECT_EQ(line("", "postcode"), "2 1 3 1");
    EXPECT_EQ(line("", "uprn"), "2 1 2 1");
    EXPECT_EQ(line("", "email"), "2 1 1 0");
    EXPECT_EQ(line("a", "phone"), "2 0 0 0");
}

TEST_F(FieldQualityOfTarget, LinesStandInOneOrderWhateverSystemHasThem) {
    add("person_contact", "a", "a1", "person_id, phone", "1, '01903 000000'");
    add("person_identifier", "b", "b1", "person_id, id_type, value", "1, 'uln', '1'");
    add("person_identifier", "b", "b1", "person_id, id_type, value", "1, 'upn', '2'");
    TargetConnection loader = connect();
    std::string order;
    for (const FieldQuality& quality : count_field_quality(loader, canonical_schema())) {
        if (quality.of_children && quality.given > 0 && !quality.system.empty()) order += quality.field + " ";
    }
    EXPECT_EQ(order, "upn uln phone ");
}

}  // namespace
}  // namespace caseweave
