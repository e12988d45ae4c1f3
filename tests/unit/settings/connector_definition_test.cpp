#include "settings/connector_definition.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"
#include "temporary_folder.hpp"

namespace caseweave {
namespace {

using test::message_of;
using Strings = std::vector<std::string>;

const std::string kHead =
    "name = \"small\"\ntitle = \"Small\"\nsupplier = \"T\"\nservice_area = \"education\"\nversion = \"1\"\n"
    "transport = \"odbc\"\n";  // six lines

class Definition : public testing::Test {
  protected:
    ConnectorDefinition load(const std::string& entities, const std::string& head = kHead) {
        folder_.write("connector.toml", head + entities);
        return ConnectorDefinition::load(folder_.path());
    }
    std::string refusal(const std::string& entities, const std::string& head = kHead) {
        const std::string message = message_of<SettingsError>([&] { load(entities, head); });
        const std::string prefix = (folder_.path() / "connector.toml").string() + ":";
        return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
    }
    test::TemporaryFolder folder_;
};

TEST_F(Definition, HoldsWhatItSays) {
    folder_.write("queries/pupil.sql", "SELECT 1\n");
    const ConnectorDefinition connector = load(R"(
dates = "%d/%m/%Y"
null_texts = ["NULL", "-"]
[transport_settings]
anything = "goes here"
[[entity]]
name = "pupil"
query = "pupil.sql"
columns = ["ID", "NAME", "DOB", "FLAG"]
optional_columns = ["FLAG"]
key = "ID"
ordered_by_key = true
person_key = "ID"
person_from = "first"
watermark = "DOB"
exclude = [{ column = "FLAG", equals = "T" }]
exclude_reason = "training"
  [[entity.emit]]
  to = "person"
  when = [{ column = "NAME", not_null = true }, { column = "FLAG", not_equals = ["X", "Y"] }]
    [entity.emit.fields]
    family_name = "NAME"
    birth_date = { column = "DOB", dates = ["%Y"], estimated = "FLAG" }
    person_kind = { constant = "child" }
    given_name = { columns = ["NAME", "ID"], combine = "join" }
[[entity]]
name = "enrolment"
columns = ["ID", "PUPIL"]
key = ["ID", "PUPIL"]
parent = "pupil"
parent_key = ["PUPIL"]
)");
    EXPECT_EQ(connector.dates, Strings{"%d/%m/%Y"});
    EXPECT_EQ(connector.null_texts, (Strings{"NULL", "-"}));
    EXPECT_EQ(connector.transport_settings.string("anything"), "goes here") << "read by the transport, not here";
    ASSERT_EQ(connector.entities.size(), 2U);
    const EntityDefinition& pupil = connector.entities[0];
    EXPECT_EQ(pupil.query, "SELECT 1\n");
    EXPECT_EQ(pupil.key, Strings{"ID"});
    EXPECT_TRUE(pupil.ordered_by_key);
    EXPECT_EQ(pupil.person_from, "first");
    ASSERT_EQ(pupil.emits.size(), 1U);
    ASSERT_EQ(pupil.emits[0].when.size(), 2U);
    EXPECT_TRUE(pupil.emits[0].when[0].not_null);
    EXPECT_EQ(pupil.emits[0].when[1].not_equals, (Strings{"X", "Y"}));
    ASSERT_EQ(pupil.emits[0].fields.size(), 4U);
    EXPECT_EQ(pupil.emits[0].fields[0].field, "family_name") << "in file order";
    EXPECT_EQ(pupil.emits[0].fields[1].estimated_column, "FLAG");
    EXPECT_EQ(pupil.emits[0].fields[2].constant, "child");
    EXPECT_EQ(pupil.emits[0].fields[3].columns, (Strings{"NAME", "ID"}));
    EXPECT_EQ(connector.find("enrolment")->parent, "pupil");
    EXPECT_EQ(connector.find("nothing"), nullptr);
}

TEST_F(Definition, ColumnsMayBePathsOrExtents) {
    const ConnectorDefinition paths =
        load("[[entity]]\nname = \"a\"\nkey = \"ID\"\n[entity.columns]\nID = \"@id\"\nNAME = \"Name/Given\"\n");
    EXPECT_EQ(paths.entities[0].columns, (Strings{"ID", "NAME"}));
    EXPECT_EQ(paths.entities[0].column_paths, (Strings{"@id", "Name/Given"}));
    const ConnectorDefinition extents =
        load("[[entity]]\nname = \"a\"\nkey = \"ID\"\n[entity.columns]\nID = [1, 8]\nNAME = [9, 35]\n");
    ASSERT_EQ(extents.entities[0].column_extents.size(), 2U);
    EXPECT_EQ(extents.entities[0].column_extents[1], (std::pair<unsigned, unsigned>{9, 35}));
    EXPECT_NE(refusal("[[entity]]\nname = \"a\"\nkey = \"ID\"\n[entity.columns]\nID = [0, 8]\n").find("both from 1"),
              std::string::npos);
    EXPECT_NE(
        refusal("[[entity]]\nname = \"a\"\nkey = \"ID\"\n[entity.columns]\nID = [1, 8]\nB = \"x\"\n").find("not both"),
        std::string::npos);
    EXPECT_NE(refusal("[[entity]]\nname = \"a\"\nkey = \"ID\"\n[entity.columns]\nID = [1]\n").find("pair of integers"),
              std::string::npos);
    EXPECT_NE(
        refusal("[[entity]]\nname = \"a\"\nkey = \"ID\"\n[entity.columns]\nID = [1, 5000000000]\n").find("both from 1"),
        std::string::npos)
        << "a width that does not fit must not wrap around";
}

TEST_F(Definition, AColumnThatTheEntityDoesNotListIsRefusedWithASuggestion) {
    const std::string entity = "[[entity]]\nname = \"a\"\ncolumns = [\"PERSON_ID\", \"FORENAME\"]\n";
    EXPECT_EQ(refusal(entity + "key = [\"PERSON_DI\"]\n"),
              "10:7: entity a has no column \"PERSON_DI\"; did you mean \"PERSON_ID\"?");
    for (const char* line :
         {"person_key = \"FORNAME\"\n", "watermark = \"FORNAME\"\n", "parent_key = [\"FORNAME\"]\n",
          "optional_columns = [\"FORNAME\"]\n", "exclude = [{ column = \"FORNAME\", not_null = true }]\n",
          "[[entity.emit]]\nto = \"person\"\nperson_key = \"FORNAME\"\n",
          "[[entity.emit]]\nto = \"person\"\nwhen = [{ column = \"FORNAME\", not_null = true }]\n",
          "[[entity.emit]]\nto = \"person\"\nfields.given_name = \"FORNAME\"\n",
          "[[entity.emit]]\nto = \"person\"\nfields.given_name = { columns = [\"FORENAME\", \"FORNAME\"] }\n",
          "[[entity.emit]]\nto = \"person\"\nfields.birth_date = { column = \"FORENAME\", estimated = \"FORNAME\" "
          "}\n"}) {
        const std::string message = refusal(entity + "key = \"PERSON_ID\"\n" + line);
        EXPECT_NE(message.find("entity a has no column \"FORNAME\"; did you mean \"FORENAME\"?"), std::string::npos)
            << line << " gave: " << message;
    }
}

TEST_F(Definition, RefusesWhatMakesNoSense) {
    const auto expect = [&](const std::string& text, const std::string& part) {
        const std::string message = refusal(text);
        EXPECT_NE(message.find(part), std::string::npos) << text << " gave: " << message;
    };
    const std::string entity = "[[entity]]\nname = \"a\"\ncolumns = [\"ID\", \"B\"]\nkey = \"ID\"\n";
    expect("[[entity]]\nname = \"a\"\ncolumns = [\"ID\"]\n", "needs a natural key");
    expect(entity + entity, "entity a stands twice");
    expect(entity + "parent = \"b\"\n", "parent b must be an entity above this one");
    expect(entity + "person_from = \"last\"\n", "person_from must be \"first\"");
    expect(entity + "person_from = \"first\"\n", "person_from needs a person_key");
    expect(entity + "query = \"gone.sql\"\n", "cannot read");
    expect(entity + "exclude = [{ column = \"B\" }]\n", "a condition needs equals, not_equals or not_null");
    expect(entity + "exclude = [{ equals = \"B\" }]\n", "a condition needs a column");
    expect(entity + "[[entity.emit]]\n", "to is missing");
    expect(entity + "[[entity.emit]]\nto = \"person\"\nfields.sex = { codes = \"sex\" }\n",
           "needs either column(s) or a constant");
    expect(entity + "[[entity.emit]]\nto = \"person\"\nfields.sex = { column = \"B\", constant = \"M\" }\n",
           "needs either column(s) or a constant");
    expect(entity + "[[entity.emit]]\nto = \"person\"\nfields.sex = { column = \"B\", combine = \"sum\" }\n",
           "combine must be");
    expect(entity +
               "[[entity.emit]]\nto = \"person\"\nfields.birth_date = { columns = [\"B\", \"ID\"], combine = "
               "\"date_parts\" }\n",
           "date_parts takes three columns");
    expect(entity + "[[entity.emit]]\nto = \"person\"\nfields.given_name = { column = \"B\", part = \"first\" }\n",
           "part must be");
    expect(entity + "[[entity.emit]]\nto = \"person\"\nfields.sex = { colum = \"B\", constant = \"M\" }\n",
           "did you mean \"column\"?");
    expect(entity + "persn_key = \"ID\"\n", "did you mean \"person_key\"?");
}

TEST_F(Definition, RefusesAnUnknownServiceArea) {
    std::string head = kHead;
    head.replace(head.find("education"), 9, "housing");
    EXPECT_EQ(refusal("", head), "4:16: service_area must be social_care, education or youth_justice");
}

TEST_F(Definition, AFolderWithoutConnectorTomlSaysSo) {
    EXPECT_NE(message_of<Error>([] { ConnectorDefinition::load("/nonexistent"); }).find("cannot read /nonexistent"),
              std::string::npos);
}

}  // namespace
}  // namespace caseweave
