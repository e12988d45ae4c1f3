#include "normalise/mapping_check.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"
#include "small_connector.hpp"

namespace caseweave {
namespace {

using test::SmallConnector;

/// Builds a normaliser for one person entity with this line of mapping and gives the error's text, "" for none.
std::string refusal(const std::string& field_line, const std::string& to = "person",
                    const std::vector<std::pair<std::string, std::string>>& codes = {}, bool with_person = true) {
    const SmallConnector connector(R"(
[[entity]]
name = "thing"
resource = "thing.csv"
columns = ["ID", "A", "B", "C"]
key = ["ID"]
)" + std::string(with_person ? "person_key = \"ID\"\n" : "") +
                                       "  [[entity.emit]]\n  to = \"" + to + "\"\n    [entity.emit.fields]\n    " +
                                       field_line + "\n",
                                   codes);
    try {
        connector.normaliser();
    } catch (const Error& error) {
        EXPECT_EQ(error.exit_code(), ExitCode::usage);
        return error.what();
    }
    return "";
}

void expect_refused(const std::string& message, const std::string& part) {
    EXPECT_NE(message.find(part), std::string::npos) << "message: \"" << message << "\", wanted: " << part;
}

TEST(Mapping, OrdinaryMappingsAreAccepted) {
    EXPECT_EQ(refusal("given_name = \"A\""), "");
    EXPECT_EQ(refusal("birth_order = { constant = \"2\" }"), "");
    EXPECT_EQ(refusal("multiple_birth = { constant = \"Y\" }"), "");
    EXPECT_EQ(refusal("amount = { constant = \"12.50\" }", "payment"), "");
}

TEST(Mapping, UnknownNamesAreRefusedWithASuggestion) {
    expect_refused(refusal("given_nmae = \"A\""), "did you mean \"given_name\"?");
    expect_refused(refusal("given_name = \"A\"", "persom"), "no canonical entity \"persom\"");
    expect_refused(refusal("given_name = \"A\"", "person", {}, false), "has no person_key");
}

TEST(Mapping, CodesMustBeOfTheCanonicalList) {
    expect_refused(refusal("sex = { column = \"A\", codes = \"sex\" }", "person", {{"sex", "source,canonical\n1,Q\n"}}),
                   "\"Q\" is not a code of sex");
    expect_refused(refusal("sex = { column = \"A\", codes = \"missing\" }"), "cannot read code list");
    expect_refused(refusal("sex = { constant = \"X\" }"), "is not a code of sex");
    EXPECT_EQ(refusal("sex = { column = \"A\", codes = \"sex\" }", "person", {{"sex", "source,canonical\n1,m\n9,\n"}}),
              "");
}

TEST(Mapping, SettingsThatAFieldsTypeWouldPassOverAreRefused) {
    expect_refused(
        refusal("given_name = { column = \"A\", codes = \"sex\" }", "person", {{"sex", "source,canonical\n"}}),
        "codes is for code fields");
    expect_refused(refusal("given_name = { column = \"A\", dates = [\"%Y\"] }"), "dates is for dates and timestamps");
    expect_refused(refusal("given_name = { column = \"A\", estimated = \"B\" }"), "estimated is for dates");
    expect_refused(refusal("given_name = { columns = [\"A\", \"B\", \"C\"], combine = \"date_parts\" }"),
                   "date_parts\" is for dates");
    expect_refused(refusal("birth_date = { column = \"A\", part = \"given\" }"), "part is for names");
    expect_refused(refusal("given_name = { columns = [\"A\", \"B\"], part = \"given\" }"), "part is for names");
    expect_refused(refusal("birth_date = { column = \"A\", dates = [\"%d/%m/%y\"] }"), "%y is not one of");
}

TEST(Mapping, ConstantsMustBeValuesOfTheFieldsType) {
    expect_refused(refusal("birth_order = { constant = \"two\" }"), "is no integer");
    expect_refused(refusal("multiple_birth = { constant = \"perhaps\" }"), "is no boolean");
    expect_refused(refusal("amount = { constant = \"1.234\" }", "payment"), "is no decimal");
    expect_refused(refusal("birth_date = { constant = \"2015-01-01\" }"), "is no partial_date");
}

TEST(Mapping, ConstantsAreTyped) {
    FieldMapping mapping;
    FieldDescriptor field;
    mapping.constant = "12.50";
    field.type = FieldType::decimal;
    EXPECT_EQ(constant_value(mapping, field, "").integer, 1250);
    mapping.constant = "yes";
    field.type = FieldType::boolean;
    EXPECT_EQ(constant_value(mapping, field, "").integer, 1);
    field.type = FieldType::text;
    EXPECT_EQ(constant_value(mapping, field, "").text, "yes");
}

}  // namespace
}  // namespace caseweave
