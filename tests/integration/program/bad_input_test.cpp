// What operators get wrong, and what arrives broken: exit code, one sentence that says what and where, nothing loaded.
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <functional>
#include <map>

#include "integration/program/program.hpp"
#include "load/private_cluster.hpp"
#include "support/tls_server.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

/// Copies of the simulated systems, and a server for those read over HTTPS.
class BadInput : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        ASSERT_EQ(loaded_county().outcome.code, 3) << loaded_county().outcome.all();
        const fs::path county = loaded_county().state.sources();
        const fs::path ready = folder().path() / "ready";
        server_ = std::make_unique<RunningProgram>(
            built_program("simulate_county"), std::vector<std::string>{"serve", "--sources", county.string(), "--port",
                                                                       "0", "--ready-file", ready.string()});
        for (int i = 0; i < 2000 && !text_of(ready).ends_with('\n'); ++i) ::usleep(10'000);
        port_ = text_of(ready);
        ASSERT_FALSE(port_.empty());
        port_.pop_back();
    }
    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override { files_ = std::make_unique<TemporaryFolder>(); }

    static const TemporaryFolder& folder() {
        static const TemporaryFolder shared;
        return shared;
    }

    /// Copies a system's files to change them. @return their folder.
    fs::path copy_of(const std::string& system) const {
        const fs::path to = files_->path() / system;
        fs::copy(loaded_county().state.sources() / system, to, fs::copy_options::recursive);
        return to;
    }
    /// Writes a job of systems that are folders, each given by its transport line.
    fs::path job_of(const std::map<std::string, fs::path>& folders) const {
        std::string text =
            "[job]\nname = \"test\"\naccept_test_numbers = true\nlinkage_model = \"" CASEWEAVE_SOURCE_DIR
            "/config/linkage/default.toml\"\nsurvivorship = \"" CASEWEAVE_SOURCE_DIR "/config/survivorship.toml\"\n";
        for (const auto& [system, path] : folders)
            text += "[system." + system + ".transport]\nfolder = \"" + path.string() + "\"\n";
        return files_->write("job.toml", text);
    }
    fs::path https_job(const std::string& url, const fs::path& ca, const std::string& secret_line) const {
        return files_->write("job.toml", "[job]\nname = \"test\"\nlinkage_model = \"" CASEWEAVE_SOURCE_DIR
                                         "/config/linkage/default.toml\"\nsurvivorship = \"" CASEWEAVE_SOURCE_DIR
                                         "/config/survivorship.toml\"\n[system.early_help.transport]\nurl = \"" +
                                             url + "\"\nca_file = \"" + ca.string() +
                                             "\"\nclient_id = \"caseweave-early_help\"\n[system.early_help.secrets]\n" +
                                             secret_line + "\n");
    }
    std::string own_secret() const {
        return "client_secret_file = \"" + (loaded_county().state.sources() / "server" / "early_help.secret").string() +
               "\"";
    }
    static fs::path own_ca() { return loaded_county().state.sources() / "server" / "ca.pem"; }
    static std::string own_url() { return "https://localhost:" + port_; }

    /// Runs bulk on a state of its own and expects it to end before anything was touched, with words that help.
    void expect_refused(const fs::path& job, const std::vector<int>& codes, const std::vector<std::string>& words,
                        const Environment& environment = {}) {
        const ProgramState state;
        const auto started = std::chrono::steady_clock::now();
        const ProgramOutcome outcome = state.run({"bulk", "--job", job.string()}, environment);
        EXPECT_TRUE(std::find(codes.begin(), codes.end(), outcome.code) != codes.end()) << outcome.all();
        for (const std::string& word : words)
            EXPECT_NE(outcome.err.find(word), std::string::npos) << word << "\n" << outcome.all();
        EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
        EXPECT_EQ(outcome.err.find("DROP"), std::string::npos);
        if (PrivateCluster::exists(state.path())) {
            TargetConnection connection = state.connect();
            EXPECT_EQ(value_of(connection, "SELECT coalesce((SELECT count(*) FROM integrated.person), 0)"), "0");
        }
        EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(60));
    }

    /// Expects the same of a job whose `key` names `file`, and of `check` as well.
    void expect_settings_refused(const std::string& key, const fs::path& file, const std::vector<std::string>& words) {
        std::string text = text_of(job_of({{"send", loaded_county().state.sources() / "send"}}));
        const std::size_t from = text.find('"', text.find("\n" + key + " = "));
        text.replace(from, text.find('\n', from) - from, "\"" + file.string() + "\"");
        const fs::path job = files_->write("job.toml", text);
        expect_refused(job, {2}, words);
        const ProgramState state;
        const ProgramOutcome check = state.run({"check", "--job", job.string()});
        EXPECT_EQ(check.code, 2) << check.all();
        for (const std::string& word : words) EXPECT_NE(check.err.find(word), std::string::npos) << check.all();
        EXPECT_FALSE(PrivateCluster::exists(state.path()));
    }

    /// Expects the same of a job that one of its systems stops, and a report that says which, and of what entity.
    void expect_reported(const fs::path& job, int code, const std::string& system, const std::string& entity,
                         const std::vector<std::string>& words) {
        const ProgramState state;
        const ProgramOutcome outcome = state.run({"bulk", "--job", job.string()});
        ASSERT_EQ(outcome.code, code) << outcome.all();
        EXPECT_FALSE(PrivateCluster::exists(state.path())) << "not even a target is made";
        const fs::path summary = summary_of(outcome);
        EXPECT_EQ(summary, state.path() / "runs" / "refused" / "summary.json");
        simdjson::dom::parser parser;
        const simdjson::dom::element root = parser.load(summary.string());
        EXPECT_EQ(std::string_view(root["status"]), "refused");
        EXPECT_EQ(std::int64_t(root["exit_code"]), code);
        EXPECT_TRUE(root["run_id"].is_null());
        EXPECT_EQ(simdjson::dom::array(root["systems"]).size(), 0U) << "no row was read";
        const simdjson::dom::array refusals = root["refusals"];
        ASSERT_EQ(refusals.size(), 1U);
        const simdjson::dom::element refusal = refusals.at(0);
        EXPECT_EQ(std::string_view(refusal["name"]), system);
        if (entity.empty())
            EXPECT_TRUE(refusal["entity"].is_null());
        else
            EXPECT_EQ(std::string_view(refusal["entity"]), entity);
        const std::string what{std::string_view(refusal["what"])};
        EXPECT_NE(outcome.err.find(what), std::string::npos) << what << outcome.all();
        EXPECT_NE(std::string_view(refusal["advice"]), "");
        const std::string page = text_of(summary.parent_path() / "report.html");
        EXPECT_NE(page.find("REFUSED: nothing was loaded"), std::string::npos);
        for (const std::string& word : words) {
            EXPECT_NE(what.find(word), std::string::npos) << word << "\n" << what;
            EXPECT_NE(page.find(word), std::string::npos) << word << "\n" << page;
        }
        EXPECT_EQ(page.find("Where every row went"), std::string::npos) << "there is no row to account for";
    }

    /// Makes a manifest true again after a file was changed.
    static void sign_again(const fs::path& folder, const std::string& name) {
        const fs::path manifest = folder / "manifest.csv";
        const fs::path sum = folder.parent_path() / "sum";
        const std::string command = "sha256sum '" + (folder / name).string() + "' > '" + sum.string() + "'";
        ASSERT_EQ(std::system(command.c_str()), 0);
        std::string text = text_of(manifest);
        const std::size_t start = text.find(name + ",");
        ASSERT_NE(start, std::string::npos);
        const std::size_t end = text.find('\n', start);
        const std::string line = text.substr(start, end - start);
        const std::size_t rows_from = line.find(',', name.size() + 1);
        const std::size_t rows_to = line.find(',', rows_from + 1);
        text.replace(start, end - start,
                     name + "," + std::to_string(fs::file_size(folder / name)) +
                         line.substr(rows_from, rows_to - rows_from) + "," + text_of(sum).substr(0, 64));
        write_text(manifest, text);
    }

    std::unique_ptr<TemporaryFolder> files_;
    static std::unique_ptr<RunningProgram> server_;
    static std::string port_;
};

std::unique_ptr<RunningProgram> BadInput::server_;
std::string BadInput::port_;

TEST_F(BadInput, ASourceThatIsAway) {
    const fs::path job = https_job("https://localhost:1", own_ca(), own_secret());
    expect_refused(job, {75}, {"early_help", "localhost"});
    expect_reported(job, 75, "early_help", "", {"localhost"});
}

TEST_F(BadInput, AWrongClientSecret) {
    const fs::path secret = files_->write("secret", "not-the-secret\n");
    expect_refused(https_job(own_url(), own_ca(), "client_secret_file = \"" + secret.string() + "\""), {1},
                   {"early_help"});
}

TEST_F(BadInput, AnAuthorityThatIsNotTheServers) {
    const TestAuthority other;
    expect_refused(https_job(own_url(), other.ca_file(), own_secret()), {1}, {"early_help", "certificate"});
}

TEST_F(BadInput, ACertificateThatHasExpired) {
    TestAuthority authority;
    TlsServer server(authority.issue("localhost", -30, -1), [](const TlsRequest&) {
        return TlsReply{http_response(200, "{}"), false};
    });
    expect_refused(https_job(server.url(), authority.ca_file(), own_secret()), {1}, {"early_help", "expired"});
}

TEST_F(BadInput, DeeplyNestedJsonIsRefusedInTime) {
    TestAuthority authority;
    const std::string deep(2'000'000, '[');
    TlsServer server(authority.issue("localhost"), [&](const TlsRequest& request) {
        if (request.method == "POST")
            return TlsReply{http_response(200, R"({"access_token":"t","token_type":"Bearer","expires_in":3600})",
                                          "Content-Type: application/json\r\n"),
                            false};
        return TlsReply{http_response(200, deep, "Content-Type: application/json\r\n"), false};
    });
    expect_refused(https_job(server.url(), authority.ca_file(), own_secret()), {1}, {"early_help"});
}

TEST_F(BadInput, AColumnThatComesWithALaterPageIsKeptAndReported) {
    const fs::path sources = files_->path() / "sources";
    fs::create_directory(sources);
    for (const char* const part : {"early_help", "youth_support", "server"})
        fs::copy(loaded_county().state.sources() / part, sources / part, fs::copy_options::recursive);
    // One record a page, as the job asks. Only the last team has a column that must be there, and one more.
    const fs::path file = sources / "early_help" / "teams.json";
    std::string text = text_of(file);
    const auto drop_service = [&](std::size_t from) {
        const std::size_t at = text.find(",\"service\":", from);
        text.erase(at, text.find_first_of(",}", at + 1) - at);
    };
    while (text.find(",\"service\":") != text.rfind(",\"service\":")) drop_service(0);
    ASSERT_NE(text.find('{'), text.rfind('{')) << "the county has one team only";
    text.insert(text.rfind('}'), ",\"bellColour\":\"blue\"");
    write_text(file, text);
    const auto run = [&](const ProgramState& state) {
        const fs::path ready = files_->path() / "ready";
        fs::remove(ready);
        const RunningProgram server(built_program("simulate_county"), {"serve", "--sources", sources.string(), "--port",
                                                                       "0", "--ready-file", ready.string()});
        for (int i = 0; i < 2000 && !text_of(ready).ends_with('\n'); ++i) ::usleep(10'000);
        std::string port = text_of(ready);
        port.pop_back();
        std::string job = text_of(https_job("https://localhost:" + port, own_ca(), own_secret()));
        job.replace(job.find("ca_file"), 0, "limit = 1\n");
        job.replace(job.find("linkage_model"), 0, "accept_test_numbers = true\n");
        return state.run({"bulk", "--job", files_->write("job.toml", job).string()});
    };
    {
        const ProgramState state;
        const ProgramOutcome outcome = run(state);
        ASSERT_TRUE(outcome.code == 0 || outcome.code == 3) << outcome.all();
        EXPECT_NE(outcome.err.find("early_help team bellColour is a column no mapping names"), std::string::npos)
            << outcome.all();
        TargetConnection connection = state.connect();
        EXPECT_EQ(
            value_of(connection, "SELECT count(*) FROM integrated.team WHERE extras::text LIKE '%bellColour%blue%'"),
            "1");
    }
    drop_service(0);
    write_text(file, text);
    const ProgramState state;
    const ProgramOutcome outcome = run(state);
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    EXPECT_NE(outcome.err.find("entity team: column service is missing in every record of /api/v1/teams"),
              std::string::npos)
        << outcome.all();
}

TEST_F(BadInput, AMissingSecret) {
    expect_refused(https_job(own_url(), own_ca(), ""), {2}, {"job.toml:9:1: ", "early_help", "client_secret_file"});
    expect_refused(https_job(own_url(), own_ca(), "client_secrte_env = \"HOME\""), {2},
                   {"job.toml:10:1: ", "did you mean \"client_secret_env\"?"});
    expect_refused(https_job(own_url(), own_ca(), "client_secret_env = \"CASEWEAVE_TEST_UNSET\""), {2},
                   {"CASEWEAVE_TEST_UNSET"}, {{"CASEWEAVE_TEST_UNSET", ""}});
}

TEST_F(BadInput, AJobFileWithAWrongKeyTypeOrSystem) {
    const std::string good = text_of(job_of({{"send", loaded_county().state.sources() / "send"}}));
    const auto with = [&](std::string text, const std::string& from, const std::string& to) {
        text.replace(text.find(from), from.size(), to);
        return files_->write("job.toml", text);
    };
    expect_refused(with(good, "accept_test_numbers", "accept_test_nubmers"), {2},
                   {"job.toml:3:1", "accept_test_nubmers", "accept_test_numbers\""});
    expect_refused(with(good, "= true", "= \"yes\""), {2}, {"job.toml:3:", "accept_test_numbers"});
    expect_refused(with(good, "system.send", "system.sned"), {2}, {"sned", "send"});
    expect_refused(with(good, "folder =", "floder ="), {2}, {"job.toml:", "floder", "folder"});
    expect_refused(with(good, "[job]", "[job"), {2}, {"job.toml:1:"});
    expect_refused(files_->path() / "no-such.toml", {2}, {"no-such.toml"});
}

TEST_F(BadInput, AModelOrSurvivorshipFileThatIsWrongIsFoundByCheckAsByARun) {
    const fs::path shipped = CASEWEAVE_SOURCE_DIR "/config";
    std::string model = text_of(shipped / "linkage" / "default.toml");
    const std::size_t at = model.find("coherence_floor_bits");
    const auto line = std::count(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    model.replace(at, std::string_view("coherence").size(), "cohrence");
    expect_settings_refused("linkage_model", files_->write("model.toml", model),
                            {"model.toml:" + std::to_string(line) + ":1", "did you mean \"coherence_floor_bits\"?"});
    const std::string rules = text_of(shipped / "survivorship.toml") + "\n[field.brith_date]\nrules = [\"recency\"]\n";
    expect_settings_refused("survivorship", files_->write("rules.toml", rules),
                            {"rules.toml:" + std::to_string(std::count(rules.begin(), rules.end(), '\n') - 1) + ":1",
                             "did you mean \"birth_date\"?"});
}

TEST_F(BadInput, AModelOrSurvivorshipFileThatIsNotThereIsToldAtItsKeyInTheJob) {
    expect_settings_refused("linkage_model", files_->path() / "no-such-model.toml",
                            {"job.toml:4:1", "no-such-model.toml"});
    expect_settings_refused("survivorship", files_->path() / "no-such-rules.toml",
                            {"job.toml:5:1", "no-such-rules.toml"});
}

TEST_F(BadInput, ATruncatedFile) {
    const fs::path folder = copy_of("fostering_adoption");
    fs::resize_file(folder / "carers_20260331.csv", fs::file_size(folder / "carers_20260331.csv") - 40);
    expect_refused(job_of({{"fostering_adoption", folder}}), {1}, {"carers_20260331.csv"});
}

TEST_F(BadInput, AChecksumThatDoesNotHold) {
    const fs::path folder = copy_of("fostering_adoption");
    std::string text = text_of(folder / "carers_20260331.csv");
    text[text.size() / 2] = text[text.size() / 2] == 'x' ? 'y' : 'x';
    write_text(folder / "carers_20260331.csv", text);
    const fs::path job = job_of({{"fostering_adoption", folder}});
    expect_refused(job, {1}, {"carers_20260331.csv", "SHA-256"});
    expect_reported(job, 1, "fostering_adoption", "carer", {"carers_20260331.csv", "SHA-256", "sent again"});
}

TEST_F(BadInput, AnotherNumberOfRowsThanTheManifestStates) {
    for (const auto& [system, file] : {std::pair{"fostering_adoption", "carers_20260331.csv"},
                                       std::pair{"youth_justice", "case_export_20260331.xml"}}) {
        const fs::path folder = copy_of(system);
        std::string manifest = text_of(folder / "manifest.csv");
        const std::size_t bytes = manifest.find(file) + std::string_view(file).size() + 1;
        const std::size_t begin = manifest.find(',', bytes) + 1;
        const std::size_t size = manifest.find(',', begin) - begin;
        const std::string rows = manifest.substr(begin, size);
        const std::string stated = std::to_string(std::stoul(rows) + 1);
        manifest.replace(begin, size, stated);
        write_text(folder / "manifest.csv", manifest);
        expect_refused(job_of({{system, folder}}), {1},
                       {file, "holds " + rows + " rows", "states " + stated, "sent again"});
    }
}

TEST_F(BadInput, AManifestThatLacksAFileOrAFileThatIsNotThere) {
    const fs::path folder = copy_of("fostering_adoption");
    std::string manifest = text_of(folder / "manifest.csv");
    const std::size_t start = manifest.find("carers_20260331.csv");
    std::string lacking = manifest;
    lacking.erase(start, manifest.find('\n', start) + 1 - start);
    write_text(folder / "manifest.csv", lacking);
    expect_refused(job_of({{"fostering_adoption", folder}}), {1}, {"carers_20260331.csv", "manifest"});
    expect_reported(job_of({{"fostering_adoption", folder}}), 1, "fostering_adoption", "carer",
                    {"carers_20260331.csv", "manifest"});
    write_text(folder / "manifest.csv", manifest);
    fs::remove(folder / "manifest.csv");
    expect_refused(job_of({{"fostering_adoption", folder}}), {1}, {"manifest.csv"});
    write_text(folder / "manifest.csv", manifest);
    fs::remove(folder / "carers_20260331.csv");
    expect_refused(job_of({{"fostering_adoption", folder}}), {1}, {"carers_", "fostering_adoption"});
}

TEST_F(BadInput, AControlTotalThatIsWrong) {
    const fs::path folder = copy_of("placement_finance");
    const fs::path file = folder / "payments_20260331.psv";
    std::string text = text_of(file);
    const std::size_t trailer = text.rfind('\n', text.size() - 2) + 1;
    const std::size_t digit = text.find_last_of("0123456789");
    ASSERT_GT(digit, trailer);
    text[digit] = text[digit] == '9' ? '8' : static_cast<char>(text[digit] + 1);
    write_text(file, text);
    sign_again(folder, "payments_20260331.psv");
    // A system that is sound is named beside it: nothing of it was loaded either.
    const fs::path job = job_of({{"placement_finance", folder}, {"send", loaded_county().state.sources() / "send"}});
    expect_refused(job, {1}, {"payments_20260331.psv", "control total"});
    expect_reported(job, 1, "placement_finance", "payment", {"payments_20260331.psv", "control total"});
}

TEST_F(BadInput, BrokenRowsAreQuarantinedWithAddressAndAdviceAndBrokenValuesSetAside) {
    TargetConnection connection = loaded_county().state.connect();
    for (const char* reason : {"wrong_width", "undecodable", "orphan_person", "orphan_parent", "key_conflict"})
        EXPECT_NE(
            value_of(connection, "SELECT count(*) FROM lineage.quarantine WHERE reason = '" + std::string(reason) +
                                     "' AND length(position) > 0 AND length(advice) > 20 AND raw <> ''"),
            "0")
            << reason;
    // Also in XML, where the parser would give up the whole file.
    for (const char* entity : {"send' AND source_entity = 'person", "youth_justice' AND source_entity = 'address"})
        EXPECT_NE(
            value_of(connection,
                     "SELECT count(*) FROM lineage.quarantine WHERE reason = 'undecodable' AND source_system = '" +
                         std::string(entity) + "' AND position LIKE '%.xml%' AND raw <> ''"),
            "0")
            << entity;
    EXPECT_EQ(value_of(connection, "SELECT count(*) FROM lineage.quarantine WHERE position = '' OR advice = ''"), "0");
    for (const char* rule :
         {"impossible_date", "implausible_date", "unknown_code", "wrong_column", "placeholder", "truncated"})
        EXPECT_NE(
            value_of(connection, "SELECT count(*) FROM lineage.field_issue WHERE rule LIKE '" + std::string(rule) +
                                     "' AND length(position) > 0 AND length(advice) > 20 AND raw_value <> ''"),
            "0")
            << rule;
    // The row of a bad value is there, without the value, saying why.
    EXPECT_NE(value_of(connection,
                       "SELECT count(*) FROM lineage.field_issue f JOIN lineage.person_record p USING "
                       "(source_system, source_key) WHERE p.missing LIKE '%invalid%'"),
              "0");
}

TEST_F(BadInput, NulBytesAndUnbalancedQuotesCostRowsNotTheRun) {
    const fs::path folder = copy_of("fostering_adoption");
    const fs::path file = folder / "documents_20260331.csv";
    std::string text = text_of(file);
    const std::size_t first = text.find('\n') + 1;
    text[first + 12] = '\0';
    const std::size_t last = text.rfind('\n', text.size() - 2) + 1;
    text.insert(last, "\"");
    write_text(file, text);
    sign_again(folder, "documents_20260331.csv");
    const ProgramState state;
    const ProgramOutcome outcome = state.run({"bulk", "--job", job_of({{"fostering_adoption", folder}}).string()});
    ASSERT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
    const std::string reasons =
        "SELECT reason FROM lineage.quarantine WHERE source_system = 'fostering_adoption'"
        " AND source_entity = 'document' ORDER BY 1";
    TargetConnection untouched = loaded_county().state.connect();
    std::vector<std::string> expected = column_of(untouched, reasons);
    expected.insert(expected.end(), {"undecodable", "wrong_width"});  // the row with the NUL, the one with the quote
    std::sort(expected.begin(), expected.end());
    TargetConnection connection = state.connect();
    EXPECT_EQ(column_of(connection, reasons), expected);
}

}  // namespace
}  // namespace caseweave::testing
