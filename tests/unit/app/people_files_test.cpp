#include "app/people_files/people_files.hpp"

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "settings/places.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

const CanonicalSchema& schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    return loaded;
}

class PeopleFiles : public ::testing::Test {
  protected:
    PeopleFromFiles read(const std::vector<std::pair<std::string, std::string>>& files, ColumnArguments arguments,
                         bool as_one_source = false, bool read_ahead = false) const {
        PeopleFilesRequest request;
        for (const auto& [name, text] : files) request.files.push_back(folder_.write(name, text));
        arguments.id = "id";
        request.columns = parse_people_columns(arguments);
        request.as_one_source = as_one_source;
        request.read_ahead = read_ahead;
        Progress quiet(true);
        return read_people_files(schema(), std::move(request), quiet);
    }
    static std::string text(const PersonStore& store, std::uint32_t pool_id) {
        return std::string(store.pool().view(pool_id));
    }

    caseweave::testing::TemporaryFolder folder_;
};

TEST_F(PeopleFiles, PutWhatTheirColumnsSayIntoTheStore) {
    const PeopleFromFiles people = read(
        {{"people.csv",
          "id,name,old,aka,born,s,no,st,city,pc,prop,nhs,learner,tel,mail,mum,twin,order,place,school\n"
          "7,\"van der Berg, Anna Maria\",Smith,Annie Jones,03.04.2012,male,12a,High Street,Chichester,po191rq,"
          "010061234567,999 000 0018,H938200001901,+44 1243 777100,Ann@Example.org,Berta,yes,2,Bognor,Hill "
          "School\n"}},
        {.id = {},
         .columns = {"full_name=name,former_family_name=old,alias=aka,birth_date=born,sex=s,house_number=no,street=st",
                     "town=city,postcode=pc,uprn=prop,nhs_number=nhs,upn=learner,phone=tel,email=mail",
                     "mother_given_name=mum,multiple_birth=twin,birth_order=order,birth_place=place,school=school"},
         .also = {},
         .null_texts = {}});
    const PersonStore& store = people.store;
    ASSERT_EQ(store.size(), 1U);
    const PersonRow row{0};
    EXPECT_EQ(store.system_name(store.system(row)), "people");
    EXPECT_EQ(store.key(row), "7");
    EXPECT_EQ(store.text(row, PersonField::given_name), "Anna");
    EXPECT_EQ(store.text(row, PersonField::middle_names), "Maria");
    EXPECT_EQ(store.text(row, PersonField::family_name), "van der Berg");
    EXPECT_EQ(to_string(*store.date(row, PersonField::birth_date)), "2012-04-03");
    EXPECT_EQ(store.text(row, PersonField::sex), "M");
    EXPECT_EQ(store.text(row, PersonField::mother_given_name), "Berta");
    EXPECT_EQ(store.integer(row, PersonField::multiple_birth), 1);
    EXPECT_EQ(store.integer(row, PersonField::birth_order), 2);
    EXPECT_EQ(store.text(row, PersonField::birth_place), "Bognor");
    EXPECT_EQ(store.text(row, PersonField::school_name), "Hill School");

    const auto names = store.names(row);
    ASSERT_EQ(names.size(), 2U);
    EXPECT_EQ(text(store, names[0].type), "former");
    EXPECT_EQ(text(store, names[0].family), "Smith");
    EXPECT_EQ(text(store, names[1].type), "alias");
    EXPECT_EQ(text(store, names[1].given), "Annie");
    EXPECT_EQ(text(store, names[1].family), "Jones");

    const auto identifiers = store.identifiers(row);
    ASSERT_EQ(identifiers.size(), 2U);
    EXPECT_EQ(text(store, identifiers[0].type), "nhs_number");
    EXPECT_EQ(text(store, identifiers[0].value), "9990000018");
    EXPECT_EQ(text(store, identifiers[0].status), "unverified") << "nobody has traced it";
    EXPECT_EQ(text(store, identifiers[1].type), "upn");
    EXPECT_EQ(text(store, identifiers[1].value), "H938200001901");

    const auto addresses = store.addresses(row);
    ASSERT_EQ(addresses.size(), 1U);
    EXPECT_EQ(text(store, addresses[0].house_number), "12A");
    EXPECT_EQ(text(store, addresses[0].street), "High Street");
    EXPECT_EQ(text(store, addresses[0].town), "Chichester");
    EXPECT_EQ(text(store, addresses[0].postcode), "PO19 1RQ");
    EXPECT_EQ(text(store, addresses[0].uprn), "10061234567");

    const auto contacts = store.contacts(row);
    ASSERT_EQ(contacts.size(), 2U);
    EXPECT_EQ(text(store, contacts[0].value), "01243777100");
    EXPECT_EQ(text(store, contacts[1].value), "ann@example.org");
    EXPECT_TRUE(people.all_rows_taken());
    EXPECT_TRUE(people.files.front().set_aside.empty());
}

TEST_F(PeopleFiles, HoldNothingForWhatARowDoesNotSay) {
    const PeopleFromFiles people =
        read({{"people.csv", "id,given_name,alias,postcode,phone,nhs_number\n1,Ada,,,,\n2,,NA,NA,NA,NA\n"}},
             {.id = {}, .columns = {}, .also = {}, .null_texts = {"NA"}});
    for (const PersonRow row : {PersonRow{0}, PersonRow{1}}) {
        EXPECT_TRUE(people.store.names(row).empty());
        EXPECT_TRUE(people.store.addresses(row).empty());
        EXPECT_TRUE(people.store.contacts(row).empty());
        EXPECT_TRUE(people.store.identifiers(row).empty());
    }
    EXPECT_EQ(people.store.missing(PersonRow{1}, PersonField::given_name), Missing::empty);
}

TEST_F(PeopleFiles, CarryFurtherColumnsOfEveryKind) {
    const PeopleFromFiles people =
        read({{"a.csv",
               "id,given_name,job,height,seen,badge\n1,Ada, weaver ,1.50,27/03/2020,B7\n2,Eve,NA,tall,31/02/2020,\n"},
              {"b.csv", "badge,id,given_name,seen,job,height\nB8,1,Eve,2020-03,spinner,+2e0\n"}},
             {.id = {},
              .columns = {"given_name=given_name"},
              .also = {"job:text", "height:number", "seen:date", "badge:exact"},
              .null_texts = {"NA"}});
    const PersonStore& store = people.store;
    const auto columns = store.extra_columns();
    ASSERT_EQ(columns.size(), 4U);
    EXPECT_EQ(columns[1].name, "height");
    EXPECT_EQ(columns[1].kind, ExtraKind::number);
    const auto cells = [&](std::uint32_t row) {
        std::string all;
        for (std::size_t i = 0; i < columns.size(); ++i) all += text(store, store.extra(i, PersonRow{row})) + "|";
        return all;
    };
    EXPECT_EQ(cells(0), "weaver|1.5|2020-03-27|B7|");
    EXPECT_EQ(cells(1), "||||") << "a bad value is no value";
    EXPECT_EQ(cells(2), "spinner|2|2020-03|B8|");
    EXPECT_EQ(people.files[0].set_aside.at({"height", IssueRule::not_a_number}), 1U);
    EXPECT_EQ(people.files[0].set_aside.at({"seen", IssueRule::impossible_date}), 1U);
    EXPECT_EQ(people.files[0].set_aside.size(), 2U);
}

TEST_F(PeopleFiles, KeepFilesApartOrAsOneSource) {
    const std::vector<std::pair<std::string, std::string>> files = {{"b.csv", "id,given_name\n1,Ada\n2,Eve\n"},
                                                                    {"empty.csv", "id,given_name\n"},
                                                                    {"a.csv", "id,given_name\n1,Zoe\n"}};
    for (const bool as_one : {false, true}) {
        const PeopleFromFiles people = read(files, {}, as_one);
        ASSERT_EQ(people.store.size(), 3U);
        EXPECT_EQ(people.store.systems(), as_one ? 1U : 3U);
        EXPECT_EQ(people.file_of(PersonRow{1}).source, "b");
        EXPECT_EQ(people.id_of(PersonRow{1}), "2");
        EXPECT_EQ(people.file_of(PersonRow{2}).source, "a");
        EXPECT_EQ(people.id_of(PersonRow{2}), "1");
        EXPECT_EQ(people.files[1].rows_taken, 0U);
    }
}

TEST_F(PeopleFiles, ReadAheadGivesTheSameStore) {
    std::string text = "id,given_name,dob\n";
    for (int i = 0; i < 20'000; ++i) text += std::to_string(i) + ",Name" + std::to_string(i % 71) + ",2012-03-27\n";
    text += "x,too,many,fields\n";
    const ColumnArguments columns{
        .id = {}, .columns = {"given_name=given_name,birth_date=dob"}, .also = {}, .null_texts = {}};
    const PeopleFromFiles plain = read({{"people.csv", text}}, columns);
    const PeopleFromFiles ahead = read({{"people.csv", text}}, columns, false, true);
    ASSERT_EQ(ahead.store.size(), 20'000U);
    for (std::uint32_t i = 0; i < 20'000; ++i) {
        ASSERT_EQ(ahead.store.key({i}), plain.store.key({i}));
        ASSERT_EQ(ahead.store.text_id({i}, PersonField::given_name), plain.store.text_id({i}, PersonField::given_name));
    }
    ASSERT_EQ(ahead.files[0].quarantined.size(), 1U);
    EXPECT_EQ(ahead.files[0].quarantined[0].line, 20'002U);
    EXPECT_FALSE(ahead.all_rows_taken());
}

TEST_F(PeopleFiles, ReadAheadHandsAnErrorOn) {
    std::string text = "id,given_name\n";
    for (int i = 0; i < 30'000; ++i) text += std::to_string(i % 9'000) + ",Ada\n";
    try {
        read({{"people.csv", text}}, {}, false, true);
        FAIL() << "two rows have one id";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("lines 2 and 9002"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace caseweave
