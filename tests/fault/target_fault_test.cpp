// The target fails while a run is at work: every wait ends, nothing is there twice or half, and the next run finishes.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <random>
#include <thread>

#include "fault/fault_seed.hpp"
#include "fault/served_target.hpp"
#include "integration/program/source_database.hpp"
#include "integration/program/target_picture.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

/// Exit codes of a run that lost its target, and may be run again.
bool may_be_run_again(int code) {
    return code == 1 || code == 75;
}

/// What a load and the night after it leave where nothing fails. Databases of these states are kept on the server.
struct UndisturbedRuns {
    std::string loaded, after_night;
    UndisturbedRuns() {
        ServedTarget& target = served_target();
        target.reset();
        const ProgramOutcome bulk = target.run({"bulk"});
        EXPECT_EQ(bulk.code, 3) << bulk.all();
        loaded = target.everything();
        target.keep_as("before_night");
        SourceDatabase(changed_source()).change_at_random(kFaultSeed);
        const ProgramOutcome night = target.run({"nightly"});
        EXPECT_EQ(night.code, 3) << night.all();
        after_night = target.everything();
        restore_source();
    }
    static fs::path changed_source() { return served_target().sources() / "education" / "education.sqlite"; }
    static void restore_source() {
        fs::copy_file(loaded_county().state.sources() / "education" / "education.sqlite", changed_source(),
                      fs::copy_options::overwrite_existing);
    }
};

const UndisturbedRuns& undisturbed() {
    static const UndisturbedRuns runs;
    return runs;
}

class TargetFault : public ::testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const UndisturbedRuns& runs = undisturbed();
        UndisturbedRuns::restore_source();
        expected_ = is_night() ? runs.after_night : runs.loaded;
        target_.reset(is_night() ? "before_night" : "template0");
        if (is_night()) SourceDatabase(UndisturbedRuns::changed_source()).change_at_random(kFaultSeed);
    }
    void TearDown() override {
        target_.link().cut();
        target_.link().hold_new_links(false);
        UndisturbedRuns::restore_source();
    }

    bool is_night() const { return command() == "nightly"; }
    std::string command() const { return GetParam(); }

    /// Starts the run and stops it at a fault point.
    RunningProgram stopped_at(const std::string& point) const { return target_.start({command()}, point + ":stop"); }
    /// Expects that the run has ended with a sentence, and that a night has changed nothing.
    void expect_failed_cleanly(const ProgramOutcome& outcome, const std::string& says) const {
        EXPECT_TRUE(may_be_run_again(outcome.code)) << outcome.all();
        EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.all();
        expect_unchanged_by_a_night();
    }
    /// The same of a run whose target went away once it had begun to write: it is not one that never began.
    void expect_lost(const ProgramOutcome& outcome) const {
        EXPECT_EQ(outcome.code, 1) << outcome.all();
        expect_failed_cleanly(outcome, "un the same command again");
    }
    void expect_unchanged_by_a_night() const {
        if (!is_night()) return;
        EXPECT_EQ(difference(target_.everything(), undisturbed().loaded), "");
    }
    void expect_finished_by_the_next() const {
        const ProgramOutcome next = target_.run({command()});
        EXPECT_EQ(next.code, 3) << next.all();
        expect_all_there();
    }
    void expect_all_there() const { EXPECT_EQ(difference(target_.everything(), expected_), ""); }

    /// Points at which to let something happen: in the middle, and at the last commit.
    std::vector<std::string> moments() const {
        if (is_night()) return {"night.lose_batch:9", "certain_commit.before:1"};
        return {"load.before_commit:6", "after_commit:11", "certain_commit.before:1"};
    }

    ServedTarget& target_ = served_target();
    std::string expected_;
};

INSTANTIATE_TEST_SUITE_P(Runs, TargetFault, ::testing::Values("bulk", "nightly"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(TargetFault, AServerStoppedAtOnceAndStartedAgain) {
    for (const std::string& moment : moments()) {
        SCOPED_TRACE(moment);
        SetUp();
        RunningProgram program = stopped_at(moment);
        ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
        target_.server().crash();
        target_.server().start();
        program.send(SIGCONT);
        expect_lost(program.wait());
        expect_finished_by_the_next();
    }
}

TEST_P(TargetFault, ALinkThatIsCut) {
    for (const std::string& moment : moments()) {
        SCOPED_TRACE(moment);
        SetUp();
        RunningProgram program = stopped_at(moment);
        ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
        target_.link().cut();
        program.send(SIGCONT);
        expect_lost(program.wait());
        expect_finished_by_the_next();
    }
}

TEST_P(TargetFault, ALinkThatNeverAnswersAgain) {
    for (const std::string& moment : moments()) {
        SCOPED_TRACE(moment);
        SetUp();
        RunningProgram program = stopped_at(moment);
        ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
        target_.link().hold_open_links(LinkProxy::Hold::everything);
        target_.link().hold_new_links(true);
        program.send(SIGCONT);
        const ProgramOutcome outcome = program.wait();  // killed where it waits for ever
        target_.link().cut();
        target_.link().hold_new_links(false);
        expect_lost(outcome);
        expect_finished_by_the_next();
    }
}

TEST_P(TargetFault, ACommitWhoseAnswerIsLostIsFoundToBeThere) {
    RunningProgram program = stopped_at("certain_commit.before:1");
    ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
    target_.link().hold_open_links(LinkProxy::Hold::answers);
    program.send(SIGCONT);
    const ProgramOutcome outcome = program.wait();
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_NE(outcome.err.find("the target has committed the run"), std::string::npos) << outcome.err;
    EXPECT_TRUE(fs::exists(summary_of(outcome)));
    expect_all_there();
}

TEST_P(TargetFault, ACommitThatNeverArrivedIsFoundNotToBeThere) {
    RunningProgram program = stopped_at("certain_commit.before:1");
    ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
    // The server still has the transaction open, and would for hours.
    target_.link().hold_open_links(LinkProxy::Hold::everything);
    program.send(SIGCONT);
    expect_failed_cleanly(program.wait(), "and the run was not");
    const ProgramOutcome early = target_.run({command()});
    EXPECT_EQ(early.code, 75) << "the server does not know yet that the lock's owner is gone" << early.all();
    target_.link().cut();
    expect_finished_by_the_next();
}

TEST_P(TargetFault, ACommitWhoseServerDiedAfterItIsFoundToBeThere) {
    RunningProgram program = stopped_at("certain_commit.before:1");
    ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
    target_.link().hold_open_links(LinkProxy::Hold::answers);
    const std::string kind = command();
    program.send(SIGCONT);
    const std::string is_done = "SELECT count(*) FROM lineage.run WHERE state = 'done' AND kind = '" + kind + "'";
    while (target_.value(is_done) != "1") std::this_thread::sleep_for(std::chrono::milliseconds(5));
    target_.server().crash();
    target_.server().start();
    const ProgramOutcome outcome = program.wait();
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    expect_all_there();
}

/// Holds a table against every other session until it is gone.
class TableLock {
  public:
    explicit TableLock(const PrivatePostgres& server, const std::string& table)
        : connection_({.keywords = {{"host", server.socket_folder().string()},
                                    {"dbname", ServedTarget::kDatabase},
                                    {"user", "postgres"}}}) {
        connection_.begin();
        connection_.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
    }

  private:
    TargetConnection connection_;
};

TEST_P(TargetFault, ATableThatAnotherSessionHoldsIsNotWaitedForForEver) {
    for (const bool statements_are_limited : {false, true}) {
        SetUp();
        // Between two batches, for a load; before a night has written what it replaces.
        RunningProgram program = stopped_at(is_night() ? "night.lose_batch:1" : "after_commit:11");
        ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
        ProgramOutcome outcome;
        {
            const TableLock lock(target_.server(), "lineage.source_row");
            program.send(SIGCONT);
            outcome = program.wait();
        }
        expect_failed_cleanly(outcome, "Another session holds a lock");
        if (statements_are_limited) {
            target_.server().execute(std::string("ALTER DATABASE ") + ServedTarget::kDatabase +
                                     " SET statement_timeout = '1s'");
            const TableLock lock(target_.server(), "lineage.source_row");
            outcome = target_.run({command()});
            EXPECT_TRUE(may_be_run_again(outcome.code)) << outcome.all();
            EXPECT_NE(outcome.err.find("statement_timeout"), std::string::npos) << outcome.all();
            target_.server().execute(std::string("ALTER DATABASE ") + ServedTarget::kDatabase +
                                     " RESET statement_timeout");
        }
        expect_finished_by_the_next();
    }
}

TEST_P(TargetFault, NoOtherRunWorksOnTheTargetMeanwhile) {
    if (!is_night()) target_.run({"bulk"}, "load.before_commit:1:kill");  // so that there is a schema to look at
    RunningProgram program = stopped_at("certain_commit.before:1");
    ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
    const ProgramState elsewhere;
    const auto run_elsewhere = [&](const std::string& what) {
        return elsewhere.run({what, "--job", target_.job().string(), "--quiet"});
    };
    const std::string first = "process " + std::to_string(program.id());
    for (const std::string other : {"bulk", "nightly", "plan"}) {
        const ProgramOutcome here = target_.run({other});
        EXPECT_EQ(here.code, 75) << here.all();
        const ProgramOutcome there = run_elsewhere(other);
        EXPECT_EQ(there.code, 75) << there.all();
        EXPECT_NE(there.err.find(first), std::string::npos) << there.err;
    }
    const ProgramOutcome undo =
        target_.state().run({"undo", "1", "--actor", "J. Hall", "--reason", "wrong export", "--apply"});
    EXPECT_EQ(undo.code, 75) << undo.all();
    program.send(SIGCONT);
    const ProgramOutcome outcome = program.wait();
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    expect_all_there();
}

TEST_P(TargetFault, AClockThatWasSetBackChangesNothing) {
    // The ledger then holds a run that began, and batches that came, later than now.
    if (is_night()) {
        target_.execute(
            "UPDATE lineage.run SET started_at = started_at + interval '5 hours', finished_at = finished_at"
            " + interval '5 hours'");
    } else {
        ASSERT_EQ(target_.run({"bulk"}, "after_commit:9:kill").code, 128 + SIGKILL);
        target_.execute("UPDATE lineage.run SET started_at = started_at + interval '5 hours'");
    }
    expect_finished_by_the_next();
}

/// Lets the target be lost while a run makes its schema, and expects that the run has failed.
void lose_while_the_schema_is_made(const std::function<void(ServedTarget&)>& lose) {
    ServedTarget& target = served_target();
    target.reset();
    const auto wait_for = [&](const char* locks) {
        const std::string sql =
            std::string("SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND ") + locks;
        for (int i = 0; i < 3000 && target.value(sql) != "t"; ++i) ::usleep(10'000);
    };
    // Whoever makes a schema holds this lock: the run waits for it in the middle.
    std::jthread another([&] {
        EXPECT_THROW(target.execute("SELECT pg_advisory_lock(1668773426), pg_sleep(120)"), std::runtime_error);
    });
    wait_for("granted");
    RunningProgram program = target.start({"bulk"});
    wait_for("NOT granted");
    lose(target);
    const ProgramOutcome outcome = program.wait();
    EXPECT_EQ(outcome.code, 1) << outcome.all();
    EXPECT_NE(outcome.err.find("un the same command again"), std::string::npos) << outcome.all();
    target.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'");
    another.join();
    EXPECT_EQ(target.run({"bulk"}).code, 3);
}

TEST(SchemaInTheMaking, ATargetThatIsGoneMeanwhileFailsTheRun) {
    lose_while_the_schema_is_made([](ServedTarget& target) { target.link().cut(); });
}

TEST(SchemaInTheMaking, ASessionThatTheServerEndsFailsTheRun) {
    // The server says so (57P01) over a link that is still up.
    lose_while_the_schema_is_made([](ServedTarget& target) {
        target.link().hold_open_links(LinkProxy::Hold::the_end);
        target.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND"
            " NOT granted");
    });
}

TEST_P(TargetFault, ASessionThatTheServerEnds) {
    for (const std::string& moment : moments()) {
        SCOPED_TRACE(moment);
        SetUp();
        RunningProgram program = stopped_at(moment);
        ASSERT_TRUE(wait_until_stopped(program)) << program.wait().all();
        target_.link().hold_open_links(LinkProxy::Hold::the_end);
        target_.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND"
            " pid <> pg_backend_pid()");
        program.send(SIGCONT);
        expect_lost(program.wait());
        expect_finished_by_the_next();
    }
}

TEST_P(TargetFault, ATargetThatIsAwayBeforeAnythingIsWrittenIsForLater) {
    target_.server().crash();
    const ProgramOutcome away = target_.run({command()});
    target_.server().start();
    EXPECT_EQ(away.code, 75) << away.all();
    expect_finished_by_the_next();
}

/// Lock of the target that a run holds by a connection of its own; nights hold it by their transaction, too.
TEST(RunsOfOneTransaction, DoNotOverlapWhereTheLocksConnectionIsLost) {
    ServedTarget& target = served_target();
    const std::string& expected = undisturbed().after_night;
    target.reset("before_night");
    SourceDatabase(UndisturbedRuns::changed_source()).change_at_random(kFaultSeed);
    RunningProgram first = target.start({"nightly"}, "certain_commit.before:1:stop");
    ASSERT_TRUE(wait_until_stopped(first)) << first.wait().all();
    EXPECT_EQ(target.value("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' AND"
                           " objid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = 'council')"),
              "t");
    const ProgramState elsewhere;
    const ProgramOutcome second = elsewhere.run({"nightly", "--job", target.job().string(), "--quiet"});
    EXPECT_EQ(second.code, 75) << second.all();
    first.send(SIGCONT);
    const ProgramOutcome outcome = first.wait();
    EXPECT_EQ(outcome.code, 3) << outcome.all();
    EXPECT_EQ(difference(target.everything(), expected), "");
    UndisturbedRuns::restore_source();
}

/// A file system of a few megabytes, for a tablespace that fills up.
class SmallDisk {
  public:
    explicit SmallDisk(const std::string& size) {
        mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, ("mode=0700,size=" + size).c_str()) == 0;
        if (mounted_) Account::for_server("postgres").own(folder_.path());
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
    }
    bool mounted() const { return mounted_; }
    std::string path() const { return folder_.path().string(); }
    void grow() const { ASSERT_EQ(::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT, "size=512m"), 0); }

  private:
    TemporaryFolder folder_;
    bool mounted_ = false;
};

TEST_P(TargetFault, ADiskThatIsFullAndThenIsNot) {
    const SmallDisk disk("128k");
    if (!disk.mounted()) GTEST_SKIP() << "only root can mount a small file system";
    // Rows as they were read take the most room of a load; of a night, the rows it replaces.
    if (!is_night()) {  // so that there is a schema
        ASSERT_EQ(target_.run({"bulk"}, "load.before_commit:1:kill").code, 128 + SIGKILL);
    }
    target_.server().execute("DROP TABLESPACE IF EXISTS small");
    target_.server().execute("CREATE TABLESPACE small LOCATION '" + disk.path() + "'");
    target_.execute(std::string("ALTER TABLE ") + (is_night() ? "lineage.row_history" : "lineage.source_row") +
                    " SET TABLESPACE small");
    const ProgramOutcome full = target_.run({command()});
    expect_failed_cleanly(full, "Make room on the server's disk");
    disk.grow();
    expect_finished_by_the_next();
    target_.reset();
    target_.server().execute("DROP TABLESPACE small");
}

TEST_P(TargetFault, MemoryThatIsLimited) {
    // Megabytes of address space, from what the program takes to be started to what the whole of the run needs.
    std::vector<unsigned> limits{150};
    if (number_from("CASEWEAVE_FAULT_TRIALS", limits.size()) > limits.size()) {
        limits.clear();
        for (unsigned limit = 80; limit <= 400; limit += 10) limits.push_back(limit);
    }
    for (const unsigned limit : limits) {
        SCOPED_TRACE(limit);
        SetUp();
        const ProgramOutcome outcome =
            RunningProgram("/usr/bin/prlimit", target_.state().with_state({"--as=" + std::to_string(limit) + "000000",
                                                                           built_program().string(), command(), "--job",
                                                                           target_.job().string(), "--quiet"}))
                .wait(std::chrono::seconds(60));
        if (outcome.code == 3) {
            EXPECT_GT(limit, 150U) << "nothing ran out";
        } else {
            EXPECT_EQ(outcome.code, 1) << outcome.all();
            EXPECT_NE(outcome.err.find("memory has run out"), std::string::npos) << outcome.all();
            expect_unchanged_by_a_night();
            expect_finished_by_the_next();
        }
        expect_all_there();
    }
}

}  // namespace
}  // namespace caseweave::testing
