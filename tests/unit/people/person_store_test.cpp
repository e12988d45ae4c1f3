#include "people/person_store.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "unit/people/person_builder.hpp"

namespace caseweave {
namespace {

using test::PersonBuilder;

TEST(StringPool, GivesOneIdToEqualTextsAndKeepsThemThroughGrowth) {
    StringPool pool;
    EXPECT_EQ(pool.intern(""), 0U);
    std::vector<std::uint32_t> ids;
    for (int i = 0; i < 50'000; ++i) ids.push_back(pool.intern("text " + std::to_string(i)));
    for (int i = 0; i < 50'000; ++i) {
        const auto at = static_cast<std::size_t>(i);
        EXPECT_EQ(ids[at], at + 1);
        ASSERT_EQ(pool.view(ids[at]), "text " + std::to_string(i));
        ASSERT_EQ(pool.intern("text " + std::to_string(i)), ids[at]);
    }
    EXPECT_EQ(pool.find("text 7"), ids[7]);
    EXPECT_FALSE(pool.find("never seen"));
    EXPECT_EQ(pool.size(), 50'001U);
}

TEST(PersonStore, ReturnsEveryKindOfValueItWasGiven) {
    PersonBuilder builder;
    ASSERT_TRUE(builder.person("alpha", "k1",
                               {{"given_name", "Zoë"},
                                {"birth_date", "2012-02"},
                                {"expected_birth_date", "1899-12-31"},
                                {"multiple_birth", "1"},
                                {"birth_order", "-3"},
                                {"record_updated", "-61000000"},
                                {"sex", "F"}}));
    PersonStore& store = builder.store();
    store.seal();
    const PersonRow row = builder.row("alpha", "k1");
    EXPECT_EQ(store.text(row, PersonField::given_name), "Zoë");
    EXPECT_EQ(store.text(row, PersonField::sex), "F");
    ASSERT_TRUE(store.date(row, PersonField::birth_date));
    EXPECT_EQ(to_string(*store.date(row, PersonField::birth_date)), "2012-02");
    EXPECT_EQ(to_string(*store.date(row, PersonField::expected_birth_date)), "1899-12-31");
    EXPECT_EQ(store.integer(row, PersonField::multiple_birth), 1);
    EXPECT_EQ(store.integer(row, PersonField::birth_order), -3);
    // Held to the minute, rounded down also before the epoch.
    EXPECT_EQ(store.timestamp(row, PersonField::record_updated)->microseconds, -120'000'000);
    EXPECT_EQ(store.missing(row, PersonField::sex), Missing::no);
    EXPECT_EQ(store.missing(row, PersonField::family_name), Missing::absent);
    EXPECT_EQ(store.text(row, PersonField::family_name), "");
    EXPECT_FALSE(store.date(row, PersonField::death_date));
    EXPECT_EQ(store.key(row), "k1");
    EXPECT_EQ(store.system_name(store.system(row)), "alpha");
}

TEST(PersonStore, HoldsNothingForAFieldThatNobodyHas) {
    constexpr int kPeople = 5000;
    const auto bytes_with = [](bool last_has_a_title) {
        PersonBuilder builder;
        for (int i = 0; i < kPeople; ++i) {
            builder.person("alpha", std::to_string(i),
                           {{"family_name", "Reed"}, {"title", last_has_a_title && i == kPeople - 1 ? "Dr" : ""}});
        }
        PersonStore& store = builder.store();
        store.seal();
        const PersonRow last = builder.row("alpha", std::to_string(kPeople - 1));
        EXPECT_EQ(store.text(last, PersonField::title), last_has_a_title ? "Dr" : "");
        EXPECT_EQ(store.missing(PersonRow{0}, PersonField::title), Missing::absent);
        EXPECT_EQ(store.missing(last, PersonField::school_name), Missing::absent);
        EXPECT_EQ(store.text(PersonRow{7}, PersonField::family_name), "Reed");
        return store.bytes();
    };
    const std::uint64_t without = bytes_with(false);
    EXPECT_GE(bytes_with(true), without + kPeople * sizeof(std::uint32_t));
    EXPECT_LT(without / kPeople, kPersonFields * sizeof(std::uint32_t))
        << "what a cell for every field would take alone";
}

TEST(PersonStore, KeepsAFieldsValuesInTheirRowsWhereverItStarts) {
    PersonBuilder builder;
    builder.person("alpha", "0", {});
    builder.person("alpha", "1", {{"sex", "F"}});
    builder.person("alpha", "2", {});
    builder.person("alpha", "3", {{"sex", "M"}});
    builder.person("alpha", "4", {});
    builder.store().seal();
    std::string sexes;
    for (std::uint32_t row = 0; row < 5; ++row) {
        sexes += builder.store().text(PersonRow{row}, PersonField::sex);
        sexes += '|';
    }
    EXPECT_EQ(sexes, "|F||M||");
}

TEST(PersonStore, KeepsWhatFewHaveAsAListOfThose) {
    constexpr int kPeople = 5000;
    const auto bytes_with = [](bool ranges) {
        PersonBuilder builder;
        for (int i = 0; i < kPeople; ++i) {
            const bool has = ranges && (i == 17 || i == kPeople - 1);
            builder.person("alpha", std::to_string(i),
                           {{"family_name", "Reed"},
                            {"birth_date_earliest", has ? "2009-01-01" : ""},
                            {"birth_date_latest", has ? "2010-12-31" : ""},
                            {"marked_duplicate", has && i == 17 ? "1" : ""}});
        }
        PersonStore& store = builder.store();
        store.seal();
        for (const std::string key : {"17", "4999"}) {
            const auto range = store.birth_range(builder.row("alpha", key));
            EXPECT_EQ(range.has_value(), ranges);
            if (!range) continue;
            EXPECT_EQ(to_string(Date{range->first}), "2009-01-01");
            EXPECT_EQ(to_string(Date{range->last}), "2010-12-31");
            EXPECT_EQ(store.missing(builder.row("alpha", key), PersonField::birth_date), Missing::absent);
        }
        EXPECT_FALSE(store.birth_range(builder.row("alpha", "18")));
        EXPECT_EQ(store.missing(builder.row("alpha", "18"), PersonField::birth_date_latest), Missing::absent);
        EXPECT_EQ(store.integer(builder.row("alpha", "17"), PersonField::marked_duplicate),
                  ranges ? std::optional<std::int64_t>(1) : std::nullopt);
        EXPECT_FALSE(store.integer(builder.row("alpha", "4999"), PersonField::marked_duplicate));
        return store.bytes();
    };
    EXPECT_LT(bytes_with(true), bytes_with(false) + 200);
}

TEST(PersonStore, KeepsWhyAValueIsMissing) {
    PersonBuilder builder;
    const EntityDescriptor& entity = *PersonBuilder::schema().find("person");
    std::vector<Value> values(entity.fields.size());
    const auto at = [&](std::string_view field) { return static_cast<std::size_t>(entity.find(field)); };
    values[at("sex")] = Value::of_missing(Missing::withheld);
    values[at("birth_date")] = Value::of_missing(Missing::invalid);
    values[at("given_name")] = Value::of_text("");
    values[at("birth_order")] = Value::of_integer(5'000'000'000);
    CanonicalRow canonical;
    canonical.entity = &entity;
    canonical.source_person_key = "1";
    canonical.values = values.data();
    ASSERT_TRUE(builder.store().add(builder.system("alpha"), canonical));
    builder.store().seal();
    const PersonRow row{0};
    EXPECT_EQ(builder.store().missing(row, PersonField::sex), Missing::withheld);
    EXPECT_EQ(builder.store().missing(row, PersonField::birth_date), Missing::invalid);
    EXPECT_EQ(builder.store().missing(row, PersonField::given_name), Missing::no);
    EXPECT_EQ(builder.store().missing(row, PersonField::birth_order), Missing::invalid);
}

TEST(PersonStore, KeysAreApartBySystemAndASecondPersonOfOneKeyIsRefused) {
    PersonBuilder builder;
    EXPECT_TRUE(builder.person("alpha", "1", {{"given_name", "A"}}));
    EXPECT_TRUE(builder.person("beta", "1", {{"given_name", "B"}}));
    EXPECT_FALSE(builder.person("alpha", "1", {{"given_name", "C"}}));
    PersonStore& store = builder.store();
    EXPECT_TRUE(store.has_person(builder.system("alpha"), "1"));
    EXPECT_FALSE(store.has_person(builder.system("alpha"), "2"));
    EXPECT_EQ(store.size(), 2U);
    store.seal();
    EXPECT_EQ(store.text(builder.row("alpha", "1"), PersonField::given_name), "A");
    EXPECT_EQ(store.text(builder.row("beta", "1"), PersonField::given_name), "B");
}

TEST(PersonStore, SideRowsFindTheirPersonWhateverTheOrder) {
    PersonBuilder builder;
    builder.identifier("alpha", "2", "nhs_number", "9990000018", "verified");
    builder.name("alpha", "2", "alias", "Bo", "Ng");
    builder.name("alpha", "1", "alias", "Al", "First");
    builder.name("alpha", "2", "former", "Bo", "Old");
    builder.name("alpha", "nobody", "alias", "X", "Y");
    builder.relation("alpha", "1", "2", "sibling", true);
    builder.relation("alpha", "1", "nobody", "mother");
    builder.domain("beta", "D1", "earlier", "alpha", "2");
    builder.domain("beta", "D1", "later", "alpha", "nobody");
    builder.address("alpha", "1", "7", "PO19 1RQ", "100012345678");
    builder.add("restriction", "alpha", "1", {{"scope", "record"}});
    builder.add("person_contact", "alpha", "1",
                {{"contact_type", "mobile"}, {"phone", "07700900123"}, {"email", "a@b.org"}});
    builder.person("alpha", "1", {});
    builder.person("alpha", "2", {});
    EXPECT_FALSE(builder.add("referral", "alpha", "1", {})) << "case entities are not people";
    PersonStore& store = builder.store();
    store.seal();
    const PersonRow one = builder.row("alpha", "1");
    const PersonRow two = builder.row("alpha", "2");
    ASSERT_EQ(store.names(two).size(), 2U);
    EXPECT_EQ(store.pool().view(store.names(two)[0].family), "Ng") << "rows of one person keep their order";
    EXPECT_EQ(store.pool().view(store.names(two)[1].family), "Old");
    EXPECT_EQ(store.names(one).size(), 1U);
    ASSERT_EQ(store.identifiers(two).size(), 1U);
    EXPECT_EQ(store.pool().view(store.identifiers(two)[0].status), "verified");
    ASSERT_EQ(store.relationships(one).size(), 1U) << "a relationship to an unknown person is dropped";
    EXPECT_EQ(store.relationships(one)[0].related, two);
    EXPECT_TRUE(store.relationships(one)[0].multiple_birth);
    ASSERT_EQ(store.domains().size(), 1U);
    EXPECT_EQ(store.domains()[0].person, two);
    ASSERT_EQ(store.addresses(one).size(), 1U);
    EXPECT_EQ(store.pool().view(store.addresses(one)[0].uprn), "100012345678");
    EXPECT_EQ(store.restrictions(one).size(), 1U);
    EXPECT_EQ(store.contacts(one).size(), 2U) << "one row with a telephone and an e-mail is two contacts";
    EXPECT_TRUE(store.identifiers(one).empty());
}

TEST(PersonStore, ASpellAsAnUnaccompaniedChildSaysWhatThePersonsRowLeavesOpen) {
    PersonBuilder builder;
    builder.add("unaccompanied_asylum", "alpha", "1", {});
    builder.person("alpha", "0", {});
    builder.person("alpha", "1", {});
    builder.person("alpha", "2", {{"unaccompanied", "0"}});
    builder.person("beta", "1", {});
    EXPECT_TRUE(builder.add("unaccompanied_asylum", "alpha", "2", {}));
    EXPECT_TRUE(builder.add("unaccompanied_asylum", "alpha", "nobody", {}));
    PersonStore& store = builder.store();
    store.seal();
    const auto unaccompanied = [&](std::string_view system, std::string_view key) {
        return store.integer(builder.row(system, key), PersonField::unaccompanied);
    };
    EXPECT_EQ(unaccompanied("alpha", "1"), 1);
    EXPECT_EQ(unaccompanied("alpha", "2"), 0) << "what the person's own row says stays";
    EXPECT_EQ(unaccompanied("alpha", "0"), std::nullopt);
    EXPECT_EQ(unaccompanied("beta", "1"), std::nullopt) << "another system's child of the same key";
}

TEST(PersonStore, HoldsManyPeopleAndFindsEachOfThem) {
    PersonBuilder builder;
    const EntityDescriptor& entity = *PersonBuilder::schema().find("person");
    const SystemId system = builder.system("alpha");
    std::vector<Value> values(entity.fields.size());
    constexpr std::uint32_t kPeople = 20'000;
    for (std::uint32_t i = 0; i < kPeople; ++i) {
        const std::string key = std::to_string(i * 7919U);
        values[static_cast<std::size_t>(entity.find("given_name"))] = Value::of_text(key);
        CanonicalRow row;
        row.entity = &entity;
        row.source_person_key = key;
        row.values = values.data();
        ASSERT_TRUE(builder.store().add(system, row));
    }
    builder.store().seal();
    for (std::uint32_t i = 0; i < kPeople; ++i) {
        const auto found = builder.store().find(system, std::to_string(i * 7919U));
        ASSERT_TRUE(found);
        ASSERT_EQ(builder.store().text(*found, PersonField::given_name), std::to_string(i * 7919U));
    }
    EXPECT_LT(builder.store().bytes() / kPeople, 400U);
}

TEST(PersonStore, KeepsColumnsThatThePersonRecordDoesNotHave) {
    PersonStore store;
    const std::size_t occupation = store.add_extra_column("occupation", ExtraKind::text);
    const std::size_t employee = store.add_extra_column("employee", ExtraKind::exact);
    store.set_extra(occupation, PersonRow{2}, "weaver");
    store.set_extra(occupation, PersonRow{0}, "");
    EXPECT_EQ(store.pool().view(store.extra(occupation, PersonRow{2})), "weaver");
    EXPECT_EQ(store.extra(occupation, PersonRow{0}), 0U);
    EXPECT_EQ(store.extra(occupation, PersonRow{9}), 0U) << "beyond the last value";
    EXPECT_EQ(store.extra(employee, PersonRow{2}), 0U);
    ASSERT_EQ(store.extra_columns().size(), 2U);
    EXPECT_EQ(store.extra_columns()[0].name, "occupation");
    EXPECT_EQ(store.extra_columns()[0].kind, ExtraKind::text);
}

}  // namespace
}  // namespace caseweave
