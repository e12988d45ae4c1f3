#include "canonical/schema.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>

#include "core/error.hpp"
#include "people/person_field.hpp"

namespace caseweave {
namespace {

const CanonicalSchema& shipped() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

TEST(ShippedSchema, HoldsTheEntitiesThePeoplePassNeeds) {
    for (const char* entity : {"person", "person_name", "person_identifier", "person_address", "person_contact",
                               "relationship", "restriction", "identity_domain_member"}) {
        const EntityDescriptor* found = shipped().find(entity);
        ASSERT_NE(found, nullptr) << entity;
        EXPECT_EQ(found->pass, Pass::people) << entity;
    }
    for (const char* entity :
         {"referral", "assessment", "cp_plan", "care_episode", "placement", "enrolment", "ehc_plan"}) {
        const EntityDescriptor* found = shipped().find(entity);
        ASSERT_NE(found, nullptr) << entity;
        EXPECT_EQ(found->pass, Pass::cases) << entity;
    }
    EXPECT_EQ(shipped().find("nothing"), nullptr);
}

TEST(ShippedSchema, EveryCodeFieldHasItsListAndEveryListIsUsed) {
    std::set<std::string> used;
    for (const EntityDescriptor& entity : shipped().entities()) {
        for (const FieldDescriptor& field : entity.fields) {
            EXPECT_EQ(field.type == FieldType::code, !field.code_list.empty()) << entity.name << '.' << field.name;
            if (field.code_list.empty()) continue;
            const CodeList* list = shipped().find_code_list(field.code_list);
            ASSERT_NE(list, nullptr) << field.code_list;
            EXPECT_FALSE(list->entries().empty()) << field.code_list;
            used.insert(field.code_list);
        }
    }
    for (const auto& [name, list] : shipped().code_lists())
        EXPECT_TRUE(used.contains(name)) << "no field names code list " << name;
}

TEST(ShippedSchema, NamesFitTheDatabase) {
    constexpr std::size_t kLongestIdentifier = 63;  // PostgreSQL cuts off what is longer
    constexpr std::size_t kLongestSuffix = sizeof("_precision") - 1;
    std::set<std::string> tables;
    for (const EntityDescriptor& entity : shipped().entities()) {
        EXPECT_TRUE(tables.insert(entity.schema + "." + entity.table).second)
            << entity.table << " is two entities' table";
        EXPECT_FALSE(entity.description.empty()) << entity.name;
        std::set<std::string> columns = {"row_id",     "child_id",    "person_id",         "area",
                                         "access",     "run_id",      "source_system",     "source_entity",
                                         "source_key", "source_part", "source_person_key", "missing",
                                         "extras"};
        for (const FieldDescriptor& field : entity.fields) {
            EXPECT_LE(field.name.size() + kLongestSuffix, kLongestIdentifier) << entity.name << '.' << field.name;
            EXPECT_EQ(field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos)
                << field.name;
            EXPECT_TRUE(columns.insert(field.name).second)
                << entity.name << '.' << field.name << " is a column of every table";
            EXPECT_FALSE(field.description.empty()) << entity.name << '.' << field.name;
        }
    }
}

TEST(ShippedSchema, ThePersonEnumerationIsTheFile) {
    const EntityDescriptor* person = shipped().find("person");
    ASSERT_NE(person, nullptr);
    ASSERT_EQ(person->fields.size(), kPersonFields);
    for (std::size_t i = 0; i < kPersonFields; ++i) {
        EXPECT_EQ(person->fields[i].name, kPersonFieldNames[i]);
        EXPECT_EQ(person->fields[i].type, kPersonFieldTypes[i]) << kPersonFieldNames[i];
    }
}

TEST(ShippedSchema, AnIdentifierStandsBesideItsKind) {
    for (const EntityDescriptor& entity : shipped().entities()) {
        for (const FieldDescriptor& field : entity.fields) {
            EXPECT_TRUE(field.type != FieldType::identifier || entity.find("id_type") >= 0)
                << entity.name << " does not say how " << field.name << " is checked";
        }
    }
}

// A schema of one entity, changed for each test.
class SchemaFolder : public testing::Test {
  protected:
    SchemaFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "caseweave-schema-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a folder for the test");
        folder_ = name;
        write("codes/colour.csv", "code,label\nR,Red\n");
    }
    ~SchemaFolder() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    void write(const std::string& name, std::string_view content) {
        std::filesystem::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name, std::ios::binary) << content;
    }
    std::string refusal(const std::string& text, const std::string& name = "thing.toml") {
        write(name, text);
        try {
            CanonicalSchema::load(folder_);
        } catch (const Error& error) {
            EXPECT_EQ(error.exit_code(), ExitCode::usage);
            return error.what();
        }
        return "";
    }
    void expect(const std::string& text, const std::string& part) {
        const std::string message = refusal(text);
        EXPECT_NE(message.find(part), std::string::npos) << text << " gave: " << message;
        EXPECT_EQ(message.find((folder_ / "thing.toml").string() + ":"), 0U) << "no file and line: " << message;
    }
    std::filesystem::path folder_;
};

const std::string kThing = "name = \"thing\"\nversion = \"1\"\ndescription = \"A thing\"\n";
const std::string kField =
    "[[field]]\nname = \"colour\"\ntype = \"code\"\ncode_list = \"colour\"\ndescription = \"Its colour\"\n";

TEST_F(SchemaFolder, LoadsWithDefaults) {
    EXPECT_EQ(refusal(kThing + kField), "");
    const CanonicalSchema schema = CanonicalSchema::load(folder_);
    const EntityDescriptor* thing = schema.find("thing");
    ASSERT_NE(thing, nullptr);
    EXPECT_EQ(thing->table, "thing");
    EXPECT_EQ(thing->schema, "integrated");
    EXPECT_EQ(thing->pass, Pass::cases);
    EXPECT_EQ(thing->subject, Subject::child);
    EXPECT_EQ(thing->find("colour"), 0);
    EXPECT_EQ(thing->find("size"), -1);
    EXPECT_EQ(thing->fields[0].sensitivity, Sensitivity::personal) << "careful by default";
}

TEST_F(SchemaFolder, AFieldDisclosesWhatItsTypeOrTheFileSays) {
    const auto field = [](const std::string& name, const std::string& rest) {
        return "[[field]]\nname = \"" + name + "\"\ndescription = \"x\"\n" + rest;
    };
    EXPECT_EQ(refusal(kThing + field("a", "type = \"postcode\"\n") + field("b", "type = \"text\"\n") +
                      field("c", "type = \"text\"\ndiscloses = \"address\"\n") + field("d", "type = \"phone\"\n") +
                      field("e", "type = \"email\"\ndiscloses = \"nothing\"\n") +
                      field("f_restricted", "type = \"boolean\"\n")),
              "");
    const std::vector<FieldDescriptor> fields = CanonicalSchema::load(folder_).find("thing")->fields;
    EXPECT_EQ(fields[0].discloses, Discloses::address);
    EXPECT_EQ(fields[1].discloses, Discloses::nothing);
    EXPECT_EQ(fields[2].discloses, Discloses::address);
    EXPECT_EQ(fields[3].discloses, Discloses::phone);
    EXPECT_EQ(fields[4].discloses, Discloses::nothing);
    EXPECT_TRUE(marks_restriction(fields[5]));
    EXPECT_FALSE(marks_restriction(fields[1]));
    expect(kThing + field("a", "type = \"text\"\ndiscloses = \"adress\"\n"), "address");
}

TEST(CanonicalSchema, AnAddressIsClosedApartInCasesThatNameAPlace) {
    const CanonicalSchema schema = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    std::vector<std::string> apart, places;
    for (const EntityDescriptor& entity : schema.entities()) {
        if (closes_address_apart(entity)) apart.push_back(entity.name);
        if (describes_places(entity)) places.push_back(entity.name);
    }
    EXPECT_EQ(apart, (std::vector<std::string>{"carer_match", "payment", "placement", "placement_contract"}))
        << "a distance alone names no place, and a person's address is closed whole";
    EXPECT_EQ(places, (std::vector<std::string>{"provider"}));
}

TEST_F(SchemaFolder, RefusesAWrongFileAtItsLine) {
    expect(kThing, "has no fields");
    expect(kThing + kField + kField, "field colour stands twice");
    expect(kThing + "[[field]]\nname = \"a\"\ntype = \"txet\"\ndescription = \"d\"\n",
           "type \"txet\" is not one of text");
    expect(kThing + "[[field]]\nname = \"a\"\ntype = \"code\"\ndescription = \"d\"\n", "names a code_list");
    expect(kThing + "[[field]]\nname = \"a\"\ntype = \"text\"\ncode_list = \"colour\"\ndescription = \"d\"\n",
           "names a code_list");
    expect(kThing + "[[field]]\nname = \"a\"\ntype = \"code\"\ncode_list = \"size\"\ndescription = \"d\"\n",
           "code list size, which codes/ does not hold");
    expect(kThing + "pass = \"third\"\n" + kField, "pass \"third\" is not one of people cases");
    expect(kThing + "subject = \"nobody\"\n" + kField, "subject \"nobody\" is not one of");
    expect(kThing + "schema = \"public\"\n" + kField, "schema \"public\" is not one of");
    expect(kThing + "tabel = \"things\"\n" + kField, "did you mean \"table\"?");
    expect("name = \"other\"\nversion = \"1\"\ndescription = \"d\"\n" + kField, "must be named other.toml");
}

TEST_F(SchemaFolder, RefusesACodeListThatSaysACodeTwice) {
    write("codes/colour.csv", "code,label\nR,Red\nr,Ruby\n");
    EXPECT_EQ(refusal(kThing + kField), (folder_ / "codes/colour.csv").string() + ":3:1: code \"r\" stands twice");
}

}  // namespace
}  // namespace caseweave
