#include "app/shields.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;

/// Persons of one system, none linked with another: the person id of the first is 1.
class ShieldsTest : public testing::Test {
  protected:
    using Given = std::vector<std::pair<std::string_view, Value>>;

    void person(const std::string& key, const PersonBuilder::Fields& fields = {}) {
        ASSERT_TRUE(builder_.person("s", key, fields));
    }
    void restrict(const std::string& key, const std::string& scope, const std::string& field = "") {
        builder_.add("restriction", "s", key, {{"scope", scope}, {"field_name", field}});
    }
    std::uint8_t access(std::string_view entity, const std::string& key, const Given& given) {
        if (shields_ == nullptr) {
            builder_.store().seal();
            for (std::uint32_t i = 0; i < builder_.store().size(); ++i) {
                linked_.cluster.push_back(i);
                persons_.push_back(PersonId{static_cast<std::int64_t>(i) + 1});
            }
            shields_ = std::make_unique<Shields>(builder_.store(), linked_, persons_);
        }
        const EntityDescriptor* descriptor = PersonBuilder::schema().find(entity);
        std::vector<Value> values(descriptor->fields.size());
        for (const auto& [field, value] : given) values[static_cast<std::size_t>(descriptor->find(field))] = value;
        CanonicalRow row;
        row.entity = descriptor;
        row.values = values.data();
        const PersonId whose = key.empty() ? PersonId{} : persons_[builder_.row("s", key).value];
        return shields_->of_row(row, whose, {});
    }

    PersonBuilder builder_;
    LinkResult linked_;
    std::vector<PersonId> persons_;
    std::unique_ptr<Shields> shields_;
};

TEST_F(ShieldsTest, ARestrictedBirthDateClosesEveryRowThatTellsWhenThePersonWasBorn) {
    person("hidden");
    person("other");
    restrict("hidden", "field", "birth_date");
    const Value day = Value::of_date(to_date(2009, 1, 1));
    for (const std::string_view field : {"birth_date", "birth_date_earliest", "birth_date_latest"}) {
        EXPECT_EQ(access("person", "hidden", {{field, day}}), kAccessRestricted) << field;
        EXPECT_EQ(access("person", "other", {{field, day}}), kAccessOpen) << field;
    }
    EXPECT_EQ(access("person", "hidden", {{"expected_birth_date", day}}), kAccessOpen);
}

TEST_F(ShieldsTest, ARestrictedAddressClosesEveryRowThatDisclosesOne) {
    person("hidden");
    person("other");
    restrict("hidden", "address");
    const Value postcode = Value::of_text("PO19 1RQ");
    const Value code = Value::of_text("U1");
    EXPECT_EQ(access("placement", "hidden", {{"postcode", postcode}}), kAccessRestricted);
    EXPECT_EQ(access("placement", "hidden", {{"provider_name", Value::of_text("The Elms")}}), kAccessRestricted);
    EXPECT_EQ(access("placement", "hidden", {{"postcode", Value::of_missing(Missing::invalid)}}), kAccessRestricted);
    EXPECT_EQ(access("placement_contract", "hidden", {{"provider_key", Value::of_text("9")}}), kAccessRestricted);
    EXPECT_EQ(access("person_address", "hidden", {{"town", Value::of_text("Bognor")}}), kAccessRestricted);
    EXPECT_EQ(access("placement", "hidden", {{"placement_type", code}, {"postcode", Value::of_missing(Missing::null)}}),
              kAccessOpen);
    EXPECT_EQ(access("referral", "hidden", {{"source", code}}), kAccessOpen) << "the child is not hidden";
    EXPECT_EQ(access("placement", "other", {{"postcode", postcode}}), kAccessOpen);
}

TEST_F(ShieldsTest, ARestrictedFieldClosesTheRowsThatGiveIt) {
    person("child");
    restrict("child", "field", "religion");
    restrict("child", "field", "phone");
    EXPECT_EQ(access("person", "child", {{"religion", Value::of_text("x")}}), kAccessRestricted);
    EXPECT_EQ(access("person", "child", {{"family_name", Value::of_text("x")}}), kAccessOpen);
    EXPECT_EQ(access("person_contact", "child", {{"phone", Value::of_text("0124")}}), kAccessRestricted);
    EXPECT_EQ(access("person_contact", "child", {{"email", Value::of_text("a@b.uk")}}), kAccessOpen);
}

TEST_F(ShieldsTest, AMarkOfTheSourceClosesItsRow) {
    person("child");
    EXPECT_EQ(access("case_note", "child", {{"restricted", Value::of_integer(1)}}), kAccessRestricted);
    EXPECT_EQ(access("case_note", "child", {{"restricted", Value::of_integer(0)}}), kAccessOpen);
    EXPECT_EQ(access("case_note", "child", {{"restricted", Value::of_missing(Missing::invalid)}}), kAccessRestricted)
        << "a mark that cannot be read";
    EXPECT_EQ(access("case_note", "child", {}), kAccessOpen);
    EXPECT_EQ(access("provider", "", {{"address_restricted", Value::of_integer(1)}}), kAccessRestricted);
    EXPECT_EQ(access("provider", "", {{"postcode", Value::of_text("PO19 1RQ")}}), kAccessOpen);
}

TEST_F(ShieldsTest, AFamilyOfProtectedMembersIsProtected) {
    person("one", {{"family_key", "F1"}});
    person("two", {{"family_key", "F2"}});
    person("three", {{"family_key", "F2"}});
    restrict("one", "record");
    restrict("two", "record");
    EXPECT_EQ(access("referral", "one", {}), kAccessRestricted);
    EXPECT_EQ(shields_->of_family(builder_.system("s"), "F1"), kAccessRestricted);
    EXPECT_EQ(shields_->of_family(builder_.system("s"), "F2"), kAccessOpen) << "one of them is not";
    EXPECT_EQ(shields_->of_family(builder_.system("s"), "nobody's"), kAccessOpen);
    EXPECT_EQ(shields_->of_family(builder_.system("t"), "F1"), kAccessOpen) << "another system's number";
}

}  // namespace
}  // namespace caseweave
