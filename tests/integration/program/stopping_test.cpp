// Ctrl-C in every long phase of a run, and stopping the cluster under one.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "integration/program/program.hpp"
#include "integration/program/source_database.hpp"
#include "load/run_lock.hpp"

namespace caseweave::testing {
namespace {

using Clock = std::chrono::steady_clock;

/// What "within a few seconds" may take on a loaded machine.
constexpr std::chrono::seconds kAtOnce{8};
/// The same where SQLite waits for a lock: its driver does so for ten seconds, whatever it is told meanwhile.
constexpr std::chrono::seconds kAfterALock{16};

/// Takes connections and never says a word.
class SilentServer {
  public:
    SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (socket_ < 0 || ::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
            ::listen(socket_, 64) != 0 || ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("no socket to listen on");
        port_ = std::to_string(ntohs(address.sin_port));
    }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;
    ~SilentServer() { ::close(socket_); }
    const std::string& port() const noexcept { return port_; }

  private:
    int socket_;
    std::string port_;
};

/// Sends Ctrl-C and expects the run to end soon, with five.
void expect_stopped(RunningProgram& program, std::chrono::seconds within = kAtOnce) {
    program.send(SIGINT);
    const auto asked = Clock::now();
    const ProgramOutcome outcome = program.wait(std::chrono::seconds(90));
    const std::chrono::duration<double> took = Clock::now() - asked;
    EXPECT_EQ(outcome.code, 5) << outcome.all();
    EXPECT_LT(took, within) << outcome.all();
    std::cout << "ended " << took.count() << " s after Ctrl-C\n";
}

TEST(Stopping, CtrlCEndsTheStagesAfterTheLoadPassAndTheRunIsResumed) {
    const ProgramState state;
    for (const char* ended : {"all rows", "build indexes", "compute retention"}) {
        SCOPED_TRACE(ended);
        RunningProgram program(built_program(), state.with_state({"demo", "--scale", "tiny"}));
        ASSERT_TRUE(program.wait_for_err(ended)) << program.err_so_far();
        expect_stopped(program);
        TargetConnection connection = state.connect();
        EXPECT_EQ(value_of(connection, "SELECT state FROM lineage.run ORDER BY run_id DESC LIMIT 1"), "interrupted");
    }
    const ProgramOutcome resumed = state.run({"demo", "--scale", "tiny"});
    ASSERT_EQ(resumed.code, 3) << resumed.all();
    EXPECT_EQ(books_and_identities(state, summary_of(resumed)),
              books_and_identities(loaded_county().state, summary_of(loaded_county().outcome)));
}

/// A run that checks a source which does not answer, stopped a moment later.
void expect_stopped_while_checking(const std::string& transport, std::chrono::seconds within = kAtOnce) {
    const ProgramState state;
    const auto job = state.outside() / "job.toml";
    write_text(job, "[job]\nname = \"silent\"\naccept_test_numbers = true\n" + transport);
    for (const char* command : {"bulk", "check"}) {
        SCOPED_TRACE(command);
        RunningProgram program(built_program(), state.with_state({command, "--job", job.string()}));
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        ASSERT_TRUE(program.running()) << program.err_so_far();
        expect_stopped(program, within);
    }
}

TEST(Stopping, CtrlCEndsTheCheckOfAnHttpsServiceThatNeverAnswers) {
    const SilentServer server;
    const TemporaryFolder folder;
    const auto secret = folder.path() / "secret";
    write_text(secret, "a secret\n");
    std::filesystem::permissions(secret, std::filesystem::perms::owner_read);
    expect_stopped_while_checking("[system.early_help.transport]\nurl = \"https://127.0.0.1:" + server.port() +
                                  "\"\nclient_id = \"council\"\n[system.early_help.secrets]\nclient_secret_file = \"" +
                                  secret.string() + "\"\n");
}

TEST(Stopping, CtrlCEndsTheWaitBeforeAServiceIsAskedAgain) {
    // Nobody listens: each try fails at once, and what is waited for is the next one.
    std::string port;
    {
        const SilentServer gone;
        port = gone.port();
    }
    const TemporaryFolder folder;
    const auto secret = folder.path() / "secret";
    write_text(secret, "a secret\n");
    std::filesystem::permissions(secret, std::filesystem::perms::owner_read);
    expect_stopped_while_checking("[system.early_help.transport]\nurl = \"https://127.0.0.1:" + port +
                                  "\"\nattempts = 12\nretry_budget_seconds = 600\nclient_id = \"council\"\n"
                                  "[system.early_help.secrets]\nclient_secret_file = \"" +
                                  secret.string() + "\"\n");
}

TEST(Stopping, CtrlCEndsTheCheckOfADatabaseThatNeverAnswers) {
    const SilentServer server;
    expect_stopped_while_checking("[system.early_years.transport]\nconnection = \"host=127.0.0.1 port=" +
                                  server.port() + " dbname=x user=x\"\nconnect_timeout_seconds = 60\n");
}

TEST(Stopping, CtrlCEndsTheCheckOfALockedDatabaseFile) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "education.sqlite";
    std::filesystem::copy_file(loaded_county().state.sources() / "education" / "education.sqlite", file);
    SourceDatabase database(file);
    database.run("BEGIN EXCLUSIVE");
    expect_stopped_while_checking(
        "[system.education.transport]\nconnection = \"Driver=SQLite3;Database=" + file.string() + "\"\n", kAfterALock);
}

TEST(Stopping, TheClusterIsNotStoppedUnderARun) {
    const ProgramState state;
    RunningProgram program(built_program(), state.with_state({"demo", "--scale", "tiny"}));
    ASSERT_TRUE(program.wait_for_err("people: read")) << program.err_so_far();
    const ProgramOutcome refused = state.run({"target", "--stop"});
    EXPECT_EQ(refused.code, 75) << refused.all();
    EXPECT_NE(refused.err.find("held by caseweave demo"), std::string::npos) << refused.err;
    const ProgramOutcome loaded = program.wait();
    EXPECT_EQ(loaded.code, 3) << loaded.all();
    {
        const RunLock deciding(state.connect(), "review");
        const ProgramOutcome held = state.run({"target", "--stop"});
        EXPECT_EQ(held.code, 75) << held.all();
        EXPECT_NE(held.err.find("held by caseweave review"), std::string::npos) << held.err;
    }
    EXPECT_EQ(state.run({"target", "--stop"}).code, 0);
}

}  // namespace
}  // namespace caseweave::testing
