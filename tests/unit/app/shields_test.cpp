#include "app/reading/shields.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;

/// Persons of one system, none linked with another: the person id of the first is 1.
class ShieldsTest : public ::testing::Test {
  protected:
    using Given = std::vector<std::pair<std::string_view, Value>>;

    void person(const std::string& key, const PersonBuilder::Fields& fields = {}) {
        ASSERT_TRUE(builder_.person("s", key, fields));
    }
    void restrict(const std::string& key, const std::string& scope, const std::string& field = "") {
        builder_.add("restriction", "s", key, {{"scope", scope}, {"field_name", field}});
    }
    void hidden_provider(const std::string& system, const std::string& key, Given given) {
        given.emplace_back("address_restricted", Value::of_integer(1));
        values_.clear();
        providers_.add_provider(system, row("provider", key, given));
    }
    std::uint8_t access(std::string_view entity, const std::string& key, const Given& given) {
        const CanonicalRow canonical = row(entity, key, given);
        const PersonId whose = key.empty() ? PersonId{} : persons_of()[builder_.row("s", key).value];
        return shields().of_row(canonical, whose, {});
    }
    /// Bits of the address that a row of system "s" discloses.
    std::uint8_t address_access(std::string_view entity, const Given& given, std::string_view system = "s") {
        return shields().of_address(system, row(entity, "", given));
    }
    CanonicalRow row(std::string_view entity, const std::string& key, const Given& given) {
        const EntityDescriptor* descriptor = PersonBuilder::schema().find(entity);
        values_.assign(descriptor->fields.size(), Value{});
        for (const auto& [field, value] : given) values_[static_cast<std::size_t>(descriptor->find(field))] = value;
        CanonicalRow canonical;
        canonical.entity = descriptor;
        canonical.source_key = key;
        canonical.values = values_.data();
        return canonical;
    }
    const std::vector<PersonId>& persons_of() {
        shields();
        return persons_;
    }
    Shields& shields() {
        if (shields_ == nullptr) {
            builder_.store().seal();
            for (std::uint32_t i = 0; i < builder_.store().size(); ++i) {
                linked_.cluster.push_back(i);
                persons_.push_back(PersonId{static_cast<std::int64_t>(i) + 1});
            }
            shields_ = std::make_unique<Shields>(builder_.store(), linked_, persons_, std::move(providers_));
        }
        return *shields_;
    }

    HiddenPlaces providers_;
    std::vector<Value> values_;
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

TEST_F(ShieldsTest, APlacementAtAHiddenProviderHidesItsAddressAndNotItself) {
    person("child");
    hidden_provider("finance", "V1",
                    {{"name", Value::of_text("Willow Refuge")},
                     {"registration_number", Value::of_text("SC1")},
                     {"postcode", Value::of_text("PO19 1RQ")}});
    for (const auto& [field, text] :
         {std::pair{"provider_name", "Willow Refuge"}, {"urn", "SC1"}, {"postcode", "PO19 1RQ"}}) {
        EXPECT_EQ(address_access("placement", {{field, Value::of_text(text)}}), kAccessRestricted) << field;
        EXPECT_EQ(access("placement", "child", {{field, Value::of_text(text)}}), kAccessOpen) << field;
    }
    EXPECT_EQ(address_access("placement", {{"provider_name", Value::of_text("Willow House")},
                                           {"urn", Value::of_text("SC2")},
                                           {"postcode", Value::of_text("PO19 1RR")}}),
              kAccessOpen);
    EXPECT_EQ(address_access("placement", {{"postcode", Value::of_missing(Missing::invalid)}}), kAccessRestricted)
        << "a text that nobody could read may be the hidden one";
    EXPECT_EQ(address_access("placement", {{"postcode", Value::of_missing(Missing::null)}}), kAccessOpen);
    // A key is its source's own.
    EXPECT_EQ(address_access("payment", {{"provider_key", Value::of_text("V1")}}, "finance"), kAccessRestricted);
    EXPECT_EQ(address_access("payment", {{"provider_key", Value::of_text("V2")}}, "finance"), kAccessOpen);
    EXPECT_EQ(address_access("payment", {{"provider_key", Value::of_text("V1")}}, "s"), kAccessOpen);
    // No place of a person's case is named here.
    EXPECT_EQ(address_access("provider", {{"postcode", Value::of_text("PO19 1RQ")}}), kAccessOpen);
}

TEST_F(ShieldsTest, OnlyAProviderThatIsMarkedIsHidden) {
    person("child");
    const Value postcode = Value::of_text("PO19 1RQ");
    for (const Value& mark : {Value::of_integer(0), Value::of_missing(Missing::null)})
        providers_.add_provider("finance",
                                row("provider", "V1", {{"postcode", postcode}, {"address_restricted", mark}}));
    EXPECT_EQ(address_access("placement", {{"postcode", postcode}}), kAccessOpen);
}

TEST_F(ShieldsTest, AProviderWhoseMarkCannotBeReadIsHidden) {
    person("child");
    const Value postcode = Value::of_text("PO19 1RQ");
    providers_.add_provider(
        "finance",
        row("provider", "V1", {{"postcode", postcode}, {"address_restricted", Value::of_missing(Missing::invalid)}}));
    EXPECT_EQ(address_access("placement", {{"postcode", postcode}}), kAccessRestricted);
}

TEST_F(ShieldsTest, WhereSomeoneLivesWhoseAddressIsRestrictedIsHiddenInOthersCasesToo) {
    person("hidden");
    person("child");
    restrict("hidden", "address");
    builder_.address("s", "hidden", "1", "PO19 1RQ", "100");
    builder_.address("s", "child", "2", "PO19 1RR", "200");
    EXPECT_EQ(address_access("placement", {{"postcode", Value::of_text("PO19 1RQ")}}), kAccessRestricted);
    EXPECT_EQ(address_access("placement", {{"postcode", Value::of_text("PO19 1RR")}}), kAccessOpen);
    EXPECT_EQ(access("person_address", "child", {{"uprn", Value::of_text("100")}}), kAccessRestricted);
}

TEST_F(ShieldsTest, AHiddenHomeIsHiddenInEveryRowThatMayMeanIt) {
    person("hidden");
    person("parent");
    restrict("hidden", "address");
    builder_.add("person_address", "s", "hidden",
                 {{"house_number", "17"}, {"street", "Chestnut Lane"}, {"postcode", "PO19 1RQ"}, {"uprn", "100"}});
    builder_.add("person_address", "s", "hidden", {{"house_number", "T\u0177 Gwyn"}, {"postcode", "PO19 1RR"}});
    builder_.add("person_address", "s", "hidden", {{"house_number", "Flat 2, 14"}, {"postcode", "PO19 1RS"}});
    using Texts = std::vector<std::pair<std::string_view, std::string_view>>;
    const auto access_to = [&](const Texts& texts) {
        Given given;
        for (const auto& [field, text] : texts) given.emplace_back(field, Value::of_text(text));
        return access("person_address", "parent", given);
    };
    for (const Texts& same :
         std::vector<Texts>{{{"uprn", "100"}},
                            {{"house_number", "17"}, {"postcode", "PO19 1RQ"}},
                            {{"house_number", "17"}, {"postcode", "PO19 1RQ"}, {"uprn", "101"}},
                            {{"street", "17 CHESTNUT LANE"}, {"postcode", "PO19 1RQ"}},
                            {{"address_text", "17, Chestnut Lane, Bognor"}, {"postcode", "PO19 1RQ"}},
                            {{"house_number", "17 Chestnut Lane"}, {"street", "Bersted"}, {"postcode", "PO19 1RQ"}},
                            {{"house_number", "17"}, {"street", "Chestnut Lane"}},
                            {{"address_text", "17 Chestnut Lane, Bognor"}},
                            {{"postcode", "PO19 1RQ"}},
                            {{"postcode", "PO19 1RQ"}, {"street", "Chestnut Lane"}},
                            {{"house_number", "Ty Gwyn"}, {"postcode", "PO19 1RR"}},
                            {{"street", "Ty Gwyn, High Street"}, {"postcode", "PO19 1RR"}},
                            {{"house_number", "14"}, {"postcode", "PO19 1RS"}},
                            {{"house_number", "14"}, {"street", "flat 2"}, {"postcode", "PO19 1RS"}}})
        EXPECT_EQ(access_to(same), kAccessRestricted) << same.front().second << " " << same.back().second;
    for (const Texts& other :
         std::vector<Texts>{{{"house_number", "19"}, {"street", "Chestnut Lane"}, {"postcode", "PO19 1RQ"}},
                            {{"house_number", "17a"}, {"postcode", "PO19 1RQ"}},
                            {{"house_number", "17"}, {"postcode", "PO19 9ZZ"}},
                            {{"postcode", "PO19 1RQ"}, {"uprn", "101"}},
                            {{"house_number", "17"}, {"street", "Chestnut Laneway"}},
                            {{"street", "Chestnut Lane"}},
                            {{"town", "Bognor"}},
                            {{"house_number", "Rose Cottage"}, {"postcode", "PO19 1RR"}},
                            {{"house_number", "Flat 3, 14"}, {"postcode", "PO19 1RS"}}})
        EXPECT_EQ(access_to(other), kAccessOpen) << other.front().second << " " << other.back().second;
}

TEST_F(ShieldsTest, AHiddenHomeOfWhichLittleIsKnownIsHiddenWithWhatCannotBeToldFromIt) {
    person("hidden");
    person("other");
    restrict("hidden", "address");
    builder_.add("person_address", "s", "hidden", {{"postcode", "PO19 1RQ"}});
    builder_.add("person_address", "s", "hidden", {{"house_number", "17"}, {"street", "Chestnut Lane"}});
    const Value house = Value::of_text("19");
    const Value street = Value::of_text("Chestnut Lane");
    EXPECT_EQ(access("person_address", "other", {{"house_number", house}, {"postcode", Value::of_text("PO19 1RQ")}}),
              kAccessRestricted);
    const Value elsewhere = Value::of_text("PO19 9ZZ");
    EXPECT_EQ(access("person_address", "other",
                     {{"house_number", Value::of_text("17")}, {"street", street}, {"postcode", elsewhere}}),
              kAccessRestricted)
        << "the hidden row lacks the postcode";
    EXPECT_EQ(access("person_address", "other", {{"house_number", house}, {"street", street}, {"postcode", elsewhere}}),
              kAccessOpen);
}

TEST_F(ShieldsTest, APersonsAddressAtAHiddenProviderIsClosedWhole) {
    person("child");
    hidden_provider("finance", "V1",
                    {{"name", Value::of_text("Willow Refuge")}, {"postcode", Value::of_text("PO19 1RQ")}});
    EXPECT_EQ(access("person_address", "child", {{"postcode", Value::of_text("PO19 1RQ")}}), kAccessRestricted);
    for (const char* text : {"Willow Refuge", "Willow Refuge, High Street", "Willow Refuge High Street"})
        EXPECT_EQ(access("person_address", "child", {{"address_text", Value::of_text(text)}}), kAccessRestricted)
            << text;
    for (const char* text : {"Willow Refuges", "Willow", "9 Willow Refuge", ""})
        EXPECT_EQ(access("person_address", "child", {{"address_text", Value::of_text(text)}}), kAccessOpen) << text;
}

}  // namespace
}  // namespace caseweave
