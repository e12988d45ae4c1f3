// Runs that a schedule starts: JSON logs, metrics for a monitoring host, the command on failure, credentials of the
// service manager, and the units that ship.
#include <gtest/gtest.h>
#include <simdjson.h>
#include <sys/stat.h>

#include <chrono>
#include <sstream>

#include "integration/program/program.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

/// Writes an executable script.
fs::path script(const fs::path& file, const std::string& text) {
    write_text(file, "#!/bin/sh\n" + text);
    fs::permissions(file, fs::perms::owner_all);
    return file;
}

/// Writes a job that loads one system, with more behind it.
fs::path job_of(const ProgramState& state, const fs::path& folder, const std::string& more) {
    const fs::path job = state.outside() / "job.toml";
    write_text(job, "[job]\nname = \"nights\"\naccept_test_numbers = true\n" + more +
                        "\n[system.fostering_adoption.transport]\nfolder = \"" + folder.string() + "\"\n");
    return job;
}

fs::path good_source() {
    return loaded_county().state.sources() / "fostering_adoption";
}

/// The value of the sample that begins so; "" when there is none.
std::string sample(const std::string& text, const std::string& begin) {
    const std::size_t at = text.find("\n" + begin);
    if (at == text.npos) return "";
    const std::string line = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    return line.substr(line.rfind(' ') + 1);
}

TEST(Schedule, LogsAreJsonWithTheRun) {
    const ProgramState state;
    const fs::path job = job_of(state, good_source(), "");
    const ProgramOutcome outcome = state.run({"bulk", "--job", job.string(), "--log-format", "json"});
    ASSERT_TRUE(outcome.code == 0 || outcome.code == 3) << outcome.all();
    std::istringstream lines(outcome.err);
    simdjson::dom::parser parser;
    std::size_t of_the_run = 0;
    for (std::string text; std::getline(lines, text);) {
        simdjson::dom::element line;
        ASSERT_EQ(parser.parse(text).get(line), simdjson::SUCCESS) << text;
        const auto time = std::string_view(line["time"]);
        EXPECT_EQ(time.size(), 24U) << time;
        EXPECT_TRUE(time.ends_with('Z')) << time;
        EXPECT_FALSE(std::string_view(line["message"]).empty());
        EXPECT_FALSE(std::string_view(line["level"]).empty());
        if (!line["run_id"].is_null()) of_the_run += std::int64_t(line["run_id"]) == 1;
    }
    EXPECT_GT(of_the_run, 2U) << outcome.err;

    // What ends a command is a line like any other; where the option stands does not matter.
    const ProgramOutcome failed = state.run({"--log-format", "json", "bulk", "--job", job.string(), "--quiet"});
    EXPECT_EQ(failed.code, 2);
    simdjson::dom::element line;
    ASSERT_EQ(parser.parse(failed.err).get(line), simdjson::SUCCESS) << failed.err;
    EXPECT_EQ(std::string_view(line["level"]), "error");
    EXPECT_EQ(state.run({"runs", "--log-format", "xml"}).code, 2);
}

TEST(Schedule, EveryRunLeavesItsMetrics) {
    const ProgramState state;
    const fs::path metrics = state.outside() / "caseweave.prom";
    const fs::path job = job_of(state, good_source(), "");
    const ProgramOutcome outcome =
        state.run({"bulk", "--job", job.string(), "--quiet", "--metrics", metrics.string()}, {});
    ASSERT_TRUE(outcome.code == 0 || outcome.code == 3) << outcome.all();
    const std::string text = text_of(metrics);
    const std::string labels = "{command=\"bulk\",job_name=\"nights\"";
    EXPECT_EQ(sample(text, "caseweave_run_exit_code" + labels), std::to_string(outcome.code));
    EXPECT_EQ(sample(text, "caseweave_run_balanced" + labels), "1");
    TargetConnection connection = state.connect();
    EXPECT_EQ(sample(text, "caseweave_run_rows_read" + labels),
              value_of(connection, "SELECT sum(read) FROM lineage.balance"));
    for (const char* place : {"placed", "quarantined", "duplicate_in_source"})
        EXPECT_EQ(sample(text, "caseweave_run_rows" + labels + ",system=\"fostering_adoption\",place=\"" + place),
                  value_of(connection, "SELECT sum(" + std::string(place) + ") FROM lineage.balance"))
            << place;
    const std::string success = sample(text, "caseweave_run_last_success_timestamp_seconds" + labels);
    EXPECT_NE(success, "");
    EXPECT_TRUE(text.ends_with("# EOF\n"));

    // A run that ends before it begins leaves them too, and when one was last done.
    const ProgramOutcome refused = state.run({"bulk", "--job", job.string(), "--metrics", metrics.string()});
    EXPECT_EQ(refused.code, 2) << refused.all();
    const std::string after = text_of(metrics);
    EXPECT_EQ(sample(after, "caseweave_run_exit_code" + labels), "2");
    EXPECT_EQ(sample(after, "caseweave_run_balanced" + labels), "0");
    EXPECT_EQ(sample(after, "caseweave_run_last_success_timestamp_seconds" + labels), success);

    const ProgramOutcome proof = state.run({"reconcile", "--quiet", "--metrics", metrics.string()});
    EXPECT_EQ(proof.code, outcome.code) << proof.all();
    EXPECT_EQ(sample(text_of(metrics), "caseweave_run_balanced{command=\"reconcile\",job_name=\"nights\""), "1");
    const fs::path nowhere = state.outside() / "missing" / "caseweave.prom";
    EXPECT_EQ(state.run({"reconcile", "--metrics", nowhere.string()}).code, 2);
}

TEST(Schedule, ARunThatFailsStartsTheJobsCommand) {
    const ProgramState state;
    const fs::path told = state.outside() / "told";
    const fs::path command = script(state.outside() / "tell it.sh",
                                    "printf '%s|%s|%s|%s|%s|%s' \"$CASEWEAVE_JOB\" \"$CASEWEAVE_RUN_ID\" "
                                    "\"$CASEWEAVE_EXIT_CODE\" \"$CASEWEAVE_SUMMARY\" \"$A_SECRET\" \"$1\" > '" +
                                        told.string() + "'\nexit 7\n");
    const std::string on_failure =
        "[on_failure]\ncommand = [\"" + command.string() + "\", \"$(touch never); *\"]\ntime_limit_seconds = 20\n";
    const fs::path broken = state.outside() / "broken";
    fs::copy(good_source(), broken);
    for (const auto& file : fs::directory_iterator(broken)) fs::resize_file(file, fs::file_size(file) / 2);
    const fs::path job = job_of(state, broken, on_failure);
    const ProgramOutcome outcome = state.run({"bulk", "--job", job.string(), "--quiet"}, {{"A_SECRET", "hidden"}});
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    EXPECT_EQ(text_of(told),
              "nights||1|" + (state.path() / "runs" / "refused" / "summary.json").string() + "||$(touch never); *");
    EXPECT_NE(outcome.err.find("ended with 7"), std::string::npos) << "the run's own end stays\n" << outcome.err;

    // A run that is done starts nothing; one that finds the target off says which run it was.
    fs::remove(told);
    job_of(state, good_source(), on_failure);
    const ProgramOutcome loaded = state.run({"bulk", "--job", job.string(), "--quiet"});
    ASSERT_TRUE(loaded.code == 0 || loaded.code == 3) << loaded.all();
    EXPECT_FALSE(fs::exists(told));
    state.connect().execute("DELETE FROM lineage.source_row WHERE ctid = (SELECT min(ctid) FROM lineage.source_row)");
    EXPECT_EQ(state.run({"reconcile", "--quiet"}).code, 4);
    EXPECT_EQ(text_of(told), "nights|1|4|" +
                                 (state.path() / "runs" / "1" / "reconciliation" / "summary.json").string() +
                                 "||$(touch never); *");
}

TEST(Schedule, ACommandThatHangsIsEndedWithAllThatItStarted) {
    const ProgramState state;
    const fs::path child = state.outside() / "child";
    const fs::path command = script(state.outside() / "hang.sh", "trap '' TERM\n(trap '' TERM; echo $$ > '" +
                                                                     child.string() + "'; sleep 600) &\nsleep 600\n");
    const fs::path job = job_of(state, state.outside() / "no such folder",
                                "[on_failure]\ncommand = [\"" + command.string() + "\"]\ntime_limit_seconds = 1\n");
    const auto began = std::chrono::steady_clock::now();
    const ProgramOutcome outcome = state.run({"bulk", "--job", job.string(), "--quiet"});
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(120));
    EXPECT_NE(outcome.code, 0);
    EXPECT_NE(outcome.err.find("took longer than 1 s"), std::string::npos) << outcome.all();
    const std::string process = text_of(child).substr(0, text_of(child).find('\n'));
    ASSERT_NE(process, "");
    EXPECT_FALSE(fs::exists("/proc/" + process)) << "and it left nothing behind";
}

TEST(Schedule, ASecretMayBeACredentialOfTheServiceManager) {
    const ProgramState state;
    const fs::path job = state.outside() / "job.toml";
    write_text(job,
               "[job]\nname = \"nights\"\n[system.early_help.transport]\nurl = \"https://127.0.0.1:1\"\n"
               "client_id = \"caseweave\"\n[system.early_help.secrets]\nclient_secret_credential = \"early_help\"\n");
    const ProgramOutcome without = state.run({"check", "--job", job.string()}, {{"CREDENTIALS_DIRECTORY", ""}});
    EXPECT_NE(without.all().find("LoadCredential=early_help:FILE"), std::string::npos) << without.all();
    write_text(state.outside() / "early_help", "a secret\n");
    const ProgramOutcome with =
        state.run({"check", "--job", job.string()}, {{"CREDENTIALS_DIRECTORY", state.outside().string()}});
    EXPECT_EQ(with.all().find("LoadCredential"), std::string::npos) << with.all();
    EXPECT_EQ(with.all().find("a secret"), std::string::npos) << with.all();
}

TEST(Schedule, TheUnitsThatShipAreOnesThatSystemdTakes) {
    const ProgramState state;
    const fs::path tools = fs::path(CASEWEAVE_SOURCE_DIR) / "tools";
    std::string service = text_of(tools / "caseweave-nightly.service");
    const std::string installed = "/usr/local/bin/caseweave";
    ASSERT_NE(service.find("ExecStart=" + installed), std::string::npos);
    // Every option of the line is one that the command has.
    std::string line = service.substr(service.find("ExecStart=" + installed));
    line = line.substr(0, line.find("\n#"));
    std::istringstream words(line);
    std::string word, command;
    words >> word >> command;
    const std::string help = run_caseweave({command, "--help"}).out + run_caseweave({"--help"}).out;
    for (std::size_t options = 0; words >> word;) {
        if (!word.starts_with("--")) continue;
        EXPECT_NE(help.find(word), std::string::npos) << word;
        ASSERT_LT(++options, 10U);
    }
    service.replace(service.find(installed), installed.size(), "\"" + built_program().string() + "\"");
    write_text(state.outside() / "caseweave-nightly.service", service);
    for (const char* name : {"caseweave-nightly.timer", "caseweave-nightly-failed.service"})
        fs::copy_file(tools / name, state.outside() / name);
    if (!fs::exists("/usr/bin/systemd-analyze"))
        GTEST_SKIP() << "systemd-analyze is not there: tools/install-packages --tests installs it";
    const auto verify = [&] {
        return RunningProgram("/usr/bin/systemd-analyze",
                              {"verify", "--man=no", (state.outside() / "caseweave-nightly.service").string(),
                               (state.outside() / "caseweave-nightly.timer").string()})
            .wait();
    };
    const ProgramOutcome outcome = verify();
    EXPECT_EQ(outcome.code, 0) << outcome.all();
    EXPECT_EQ(outcome.err.find("caseweave"), std::string::npos) << outcome.err;
    write_text(state.outside() / "caseweave-nightly.service", service + "ProtectSytem=strict\n");
    EXPECT_NE(verify().err.find("ProtectSytem"), std::string::npos) << "it looks";
}

}  // namespace
}  // namespace caseweave::testing
