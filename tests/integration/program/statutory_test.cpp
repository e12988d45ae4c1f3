// The two statutory returns as councils have them, and XML that means harm.
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

const fs::path kJob = fs::path(CASEWEAVE_SOURCE_DIR) / "config" / "statutory.toml";
const fs::path kCin = fs::path(CASEWEAVE_SOURCE_DIR) / "connectors" / "cin_census" / "testdata" / "cin_2026.xml";
const fs::path kSsda903 = fs::path(CASEWEAVE_SOURCE_DIR) / "connectors" / "ssda903" / "testdata";

ProgramOutcome bulk(const ProgramState& state, const std::vector<std::string>& inputs) {
    std::vector<std::string> arguments = {"bulk", "--job", kJob.string()};
    for (const std::string& input : inputs) arguments.insert(arguments.end(), {"--input", input});
    return state.run(arguments);
}

std::size_t lines_of(const fs::path& file) {
    const std::string text = text_of(file);
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + (text.ends_with('\n') ? 0 : 1);
}

/// The children of all files of a return on looked-after children, in order: the first column of each.
std::vector<std::string> children_of(const fs::path& folder) {
    std::set<std::string> children;
    for (const auto& file : fs::directory_iterator(folder)) {
        std::istringstream lines(text_of(file.path()));
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line)) children.insert(line.substr(0, line.find(',')));
    }
    return {children.begin(), children.end()};
}

TEST(Statutory, BothReturnsLoadAndNoChildIsLost) {
    const ProgramState state;
    const fs::path returns = state.outside() / "return 2024";
    fs::copy(kSsda903, returns);
    write_text(returns / "placed_for_adoption_errors.csv", "CHILD,DOB\n1,01/01/2015\n");
    const ProgramOutcome outcome = bulk(state, {"cin_census=" + kCin.string(), "ssda903=" + returns.string()});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE((outcome.err + outcome.out).find("placed_for_adoption_errors.csv"), std::string::npos)
        << "a file of another name is refused by name\n"
        << outcome.all();

    TargetConnection connection = state.connect();
    const std::string xml = text_of(kCin);
    std::size_t children = 0;
    for (std::size_t at = xml.find("<Child>"); at != xml.npos; at = xml.find("<Child>", at + 1)) ++children;
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.crosswalk WHERE source_system = 'cin_census'"),
              std::to_string(children));
    EXPECT_EQ(column_of(connection,
                        "SELECT source_person_key FROM lineage.crosswalk WHERE source_system = 'ssda903' ORDER BY 1"),
              children_of(kSsda903))
        << "each child of any file, once";
    EXPECT_EQ(value_of(connection,
                       "SELECT count(*) FROM integrated.person WHERE person_kind = 'unborn' AND expected_birth_date IS "
                       "NOT NULL AND person_id NOT IN (SELECT person_id FROM integrated.relationship)"),
              "1")
        << "an unborn child loads without a record of its mother";
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.balance WHERE NOT balanced"), "0");
    EXPECT_EQ(value_of(connection,
                       "SELECT count(*) FROM integrated.person p JOIN lineage.crosswalk c USING (person_id)"
                       " WHERE c.source_system = 'ssda903' AND p.unaccompanied"),
              std::to_string(lines_of(kSsda903 / "uasc.csv") - 1))
        << "also of a child whom header.csv brings";
    EXPECT_NE(value_of(connection, "SELECT count(*) FROM integrated.care_episode"), "0");
    EXPECT_NE(value_of(connection, "SELECT count(*) FROM integrated.referral"), "0");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.referral WHERE child_id IS NULL"), "0");

    // The target is not empty any more, and what it holds stays what the folder remembers.
    const std::string remembered = text_of(state.path() / "command.toml");
    const ProgramOutcome again = bulk(state, {"cin_census=" + kCin.string()});
    EXPECT_EQ(again.code, 2) << again.all();
    EXPECT_NE(again.err.find("empty"), std::string::npos) << again.err;
    const ProgramOutcome elsewhere = bulk(state, {"ssda903=" + (state.outside() / "no such folder").string()});
    EXPECT_NE(elsewhere.code, 0) << elsewhere.all();
    EXPECT_EQ(text_of(state.path() / "command.toml"), remembered) << "reconcile asks the sources of what is loaded";
    // A demo does not replace what people have loaded.
    const ProgramOutcome demo = state.run({"demo", "--scale", "tiny"});
    EXPECT_EQ(demo.code, 2) << demo.all();
    EXPECT_EQ(value_of(connection, "SELECT kind FROM lineage.run"), "bulk");
    const ProgramOutcome reconciled = state.run({"reconcile"});
    EXPECT_EQ(reconciled.code, outcome.code) << reconciled.all();
}

TEST(Statutory, AFileOfAReturnIsNotLeftOutForItsName) {
    const ProgramState state;
    const fs::path returns = state.outside() / "return";
    fs::copy(kSsda903, returns);
    fs::rename(returns / "header.csv", returns / "Header.csv");
    fs::rename(returns / "episodes.csv", returns / "EPISODES.CSV");
    fs::rename(returns / "previous_permanence.csv", returns / "PrevPerm.csv");
    const ProgramOutcome refused = bulk(state, {"ssda903=" + returns.string()});
    EXPECT_EQ(refused.code, 1) << refused.all();
    EXPECT_NE(refused.err.find("PrevPerm.csv is no file of this delivery, and was probably meant to be "
                               "previous_permanence.csv"),
              std::string::npos)
        << refused.all();
    EXPECT_FALSE(fs::exists(state.path() / "cluster")) << "found before anything was touched";

    fs::rename(returns / "PrevPerm.csv", returns / "Previous_Permanence.csv");
    const ProgramOutcome outcome = bulk(state, {"ssda903=" + returns.string()});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    TargetConnection connection = state.connect();
    EXPECT_NE(value_of(connection, "SELECT count(*) FROM integrated.care_episode"), "0");
    EXPECT_EQ(column_of(connection,
                        "SELECT source_person_key FROM lineage.crosswalk WHERE source_system = 'ssda903' ORDER BY 1"),
              children_of(returns));
}

TEST(Statutory, ARowThatSeveralEntitiesReadIsToldOnce) {
    const ProgramState state;
    std::size_t rows = 0;
    for (const auto& file : fs::directory_iterator(kSsda903)) rows += lines_of(file.path()) - 1;
    const ProgramOutcome outcome = bulk(state, {"ssda903=" + kSsda903.string()});
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("the sources hold " + std::to_string(rows) + " rows"), std::string::npos)
        << outcome.all();
}

TEST(Statutory, OneReturnAloneIsEnough) {
    const ProgramState state;
    const ProgramOutcome outcome = bulk(state, {"cin_census=" + kCin.string()});
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.out.find("ssda903"), std::string::npos);
}

TEST(Statutory, ACheckReadsNoRecordAndMakesNothing) {
    const ProgramState state;
    // A record without what it must have is a run's to find: the check asks for no record.
    const fs::path file = state.outside() / "cin.xml";
    std::string xml = text_of(kCin);
    for (std::size_t at = xml.find("Ethnicity"); at != xml.npos; at = xml.find("Ethnicity", at)) xml[at] = 'X';
    write_text(file, xml);
    const ProgramOutcome outcome = state.run({"check", "--job", kJob.string(), "--input", "cin_census=" + file.string(),
                                              "--input", "ssda903=" + kSsda903.string()});
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_NE(outcome.out.find("their records name the columns: a run looks"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("entities answer with every declared column"), std::string::npos) << outcome.out;
    EXPECT_NE(outcome.out.find("a private cluster, which the first run makes"), std::string::npos) << outcome.out;
    EXPECT_FALSE(fs::exists(state.path() / "cluster"));
}

TEST(Statutory, InputsThatAreNotThere) {
    const ProgramState state;
    const ProgramOutcome missing = bulk(state, {"cin_census=/no/such/file.xml"});
    EXPECT_EQ(missing.code, 2) << missing.all();
    EXPECT_NE(missing.err.find("/no/such/file.xml"), std::string::npos);
    const ProgramOutcome unknown = bulk(state, {"cin_cenus=" + kCin.string()});
    EXPECT_EQ(unknown.code, 2) << unknown.all();
    EXPECT_NE(unknown.err.find("cin_cenus"), std::string::npos);
    const ProgramOutcome none = bulk(state, {});
    EXPECT_EQ(none.code, 2) << none.all();
    EXPECT_FALSE(fs::exists(state.path() / "cluster"));
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// Takes every element of a name out of a document, with what is in it.
std::string without_element(std::string xml, const std::string& name) {
    for (std::size_t at = xml.find("<" + name + ">"); at != xml.npos; at = xml.find("<" + name + ">", at)) {
        const std::string end = "</" + name + ">";
        xml.erase(at, xml.find(end, at) + end.size() - at);
    }
    return xml;
}

TEST(Statutory, AnElementTheReturnMustHaveAndNoRecordHasIsNamed) {
    const std::string xml = text_of(kCin);
    const std::vector<std::pair<std::string, std::string>> renamed = {
        {"AssessmentActualStartDate", "entity assessment: column AssessmentActualStartDate is missing"},
        {"ICPCnotRequired", "entity section47: column ICPCnotRequired is missing"},
        {"Ethnicity", "entity child: column Ethnicity is missing"},
    };
    std::vector<std::pair<std::string, std::string>> documents;
    for (const auto& [element, words] : renamed) {
        documents.emplace_back(
            replace_all(replace_all(xml, "<" + element + ">", "<Renamed>"), "</" + element + ">", "</Renamed>"), words);
    }
    // One of two: Sex came in place of GenderCurrent.
    documents.emplace_back(without_element(without_element(xml, "Sex"), "GenderCurrent"),
                           "entity child: column Sex is missing");
    for (const auto& [document, words] : documents) {
        SCOPED_TRACE(words);
        const ProgramState state;
        const fs::path file = state.outside() / "cin.xml";
        write_text(file, document);
        const ProgramOutcome outcome = bulk(state, {"cin_census=" + file.string()});
        EXPECT_EQ(outcome.code, 1) << outcome.all();
        EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.all();
        EXPECT_FALSE(fs::exists(state.path() / "cluster")) << "found before anything was touched";
    }
}

TEST(Statutory, AnElementTheReturnMayLeaveOutIsJustMissing) {
    std::string xml = text_of(kCin);
    for (const char* const element : {"UPN", "FormerUPN", "UPNunknown", "Disabilities", "GenderCurrent",
                                      "CINclosureDate", "ReasonForClosure", "PreProceedingsandFGDM", "Section47"})
        xml = without_element(std::move(xml), element);
    const ProgramState state;
    const fs::path file = state.outside() / "cin.xml";
    write_text(file, xml);
    const ProgramOutcome outcome = bulk(state, {"cin_census=" + file.string()});
    ASSERT_EQ(outcome.code, 0) << outcome.all();
    TargetConnection connection = state.connect();
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.crosswalk WHERE source_system = 'cin_census'"), "4");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.person_identifier WHERE id_type LIKE '%upn%'"),
              "0");
    EXPECT_NE(value_of(connection, "SELECT count(*) FROM integrated.referral"), "0");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM integrated.disability"), "0");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.quarantine"), "0");
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.balance WHERE NOT balanced"), "0");
}

/// What a run that refuses its input may take: three times the 18 MB it does take, and far below what a bomb unfolds
/// to.
constexpr std::uint64_t kHarmlessBytes = 54'000'000;

/// XML that attacks its reader: ends soon, with an operator's sentence, and never reads a file or grows.
void expect_harmless(const std::string& doctype, const std::string& entity) {
    const ProgramState state;
    std::string xml = text_of(kCin);
    xml.insert(xml.find("<Message>"), doctype);
    xml.replace(xml.find("WS0000101"), 9, entity);
    const fs::path file = state.outside() / "cin.xml";
    write_text(file, xml);
    const auto started = std::chrono::steady_clock::now();
    const ProgramOutcome outcome = bulk(state, {"cin_census=" + file.string()});
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    EXPECT_GT(outcome.peak_rss_bytes, 0U);
    EXPECT_LT(outcome.peak_rss_bytes, kHarmlessBytes);
    EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
    EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(60));
    EXPECT_EQ((outcome.out + outcome.err).find("secret-in-a-file"), std::string::npos);
    if (fs::exists(state.path() / "cluster")) {
        TargetConnection connection = state.connect();
        EXPECT_EQ(
            value_of(connection, "SELECT count(*) FROM lineage.crosswalk WHERE source_person_key LIKE '%secret%'"),
            "0");
    }
}

TEST(Statutory, EntityBombsAndExternalEntities) {
    std::string bomb = "<!DOCTYPE Message [<!ENTITY a0 \"lol\">";
    for (int i = 1; i < 12; ++i) {
        bomb += "<!ENTITY a" + std::to_string(i) + " \"";
        for (int k = 0; k < 10; ++k) bomb += "&a" + std::to_string(i - 1) + ";";
        bomb += "\">";
    }
    expect_harmless(bomb + "]>", "&a11;");
    const TemporaryFolder folder;
    const fs::path secret = folder.write("secret.txt", "secret-in-a-file");
    expect_harmless("<!DOCTYPE Message [<!ENTITY x SYSTEM \"file://" + secret.string() + "\">]>", "&x;");
}

}  // namespace
}  // namespace caseweave::testing
