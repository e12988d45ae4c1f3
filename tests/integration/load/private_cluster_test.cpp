#include "load/private_cluster.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "integration/load/target_fixture.hpp"

namespace caseweave {
namespace {

namespace fs = std::filesystem;

class PrivateClusterTest : public testing::Test {
  protected:
    ~PrivateClusterTest() override {
        if (PrivateCluster::exists(folder_.path())) PrivateCluster::start(folder_.path()).remove();
    }
    static std::string ask(const PrivateCluster& cluster, std::string_view role, const std::string& sql) {
        TargetConnection connection(cluster.settings(role));
        return std::string(connection.execute(sql).text(0, 0));
    }
    TemporaryFolder folder_;
};

TEST_F(PrivateClusterTest, StaysUpAndIsFoundAgain) {
    EXPECT_FALSE(PrivateCluster::exists(folder_.path()));
    const PrivateCluster first = PrivateCluster::start(folder_.path());
    EXPECT_TRUE(PrivateCluster::exists(folder_.path()));
    const std::string started = ask(first, PrivateCluster::kOperator, "SELECT pg_postmaster_start_time()");
    const PrivateCluster second = PrivateCluster::start(folder_.path());
    EXPECT_EQ(ask(second, PrivateCluster::kOperator, "SELECT pg_postmaster_start_time()"), started);
    EXPECT_EQ(second.connection_string("x"), first.connection_string("x"));
}

TEST_F(PrivateClusterTest, StartsAgainAfterAStopAndAfterAKill) {
    PrivateCluster cluster = PrivateCluster::start(folder_.path());
    ask(cluster, PrivateCluster::kAdmin,
        "CREATE TABLE public.kept (a integer); INSERT INTO public.kept VALUES (7); SELECT 1");
    cluster.stop();
    EXPECT_FALSE(cluster.running());
    cluster = PrivateCluster::start(folder_.path());
    EXPECT_EQ(ask(cluster, PrivateCluster::kAdmin, "SELECT a FROM public.kept"), "7");
    cluster.kill();
    EXPECT_FALSE(cluster.running());
    cluster = PrivateCluster::start(folder_.path());
    EXPECT_EQ(ask(cluster, PrivateCluster::kAdmin, "SELECT a FROM public.kept"), "7");
}

// After a restart of the machine the pid in the lock files may be another program's.
TEST_F(PrivateClusterTest, AStaleProcessIdDoesNotKeepItDown) {
    PrivateCluster cluster = PrivateCluster::start(folder_.path());
    cluster.kill();
    for (const fs::path& lock :
         {cluster.data_folder() / "postmaster.pid", cluster.socket_folder() / ".s.PGSQL.5432.lock"}) {
        std::ifstream in(lock);
        std::string old_pid;
        std::getline(in, old_pid);
        const std::string rest(std::istreambuf_iterator<char>(in), {});
        std::ofstream(lock) << getpid() << '\n' << rest;
    }
    EXPECT_FALSE(cluster.running());
    EXPECT_NO_THROW(cluster = PrivateCluster::start(folder_.path()));
    EXPECT_TRUE(cluster.running());
}

TEST_F(PrivateClusterTest, HasNoNetworkAndTrustsNobody) {
    const PrivateCluster cluster = PrivateCluster::start(folder_.path());
    EXPECT_EQ(ask(cluster, PrivateCluster::kAdmin, "SHOW listen_addresses"), "");
    EXPECT_EQ(ask(cluster, PrivateCluster::kAdmin,
                  "SELECT string_agg(DISTINCT type || ' ' || auth_method, ',') FROM pg_hba_file_rules"),
              "local peer");
    EXPECT_EQ(
        ask(cluster, PrivateCluster::kAdmin, "SELECT count(*) FROM pg_ident_file_mappings WHERE error IS NOT NULL"),
        "0");
    struct stat info {};
    ASSERT_EQ(stat(cluster.data_folder().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 077U, 0U);
    EXPECT_THROW(TargetConnection(cluster.settings("caseweave_owner")), Error) << "the owner never logs in";
    EXPECT_THROW(TargetConnection(cluster.settings("caseweave_restricted")), Error) << "a clearance is not a login";
    EXPECT_LE((cluster.socket_folder() / ".s.PGSQL.5432").string().size(), 107U);
}

TEST_F(PrivateClusterTest, AFolderMadeAnewHasNothingOfTheOneThatWasDeleted) {
    PrivateCluster first = PrivateCluster::start(folder_.path());
    ask(first, PrivateCluster::kAdmin, "CREATE TABLE public.old (a integer); SELECT 1");
    fs::remove_all(folder_.path());
    const PrivateCluster second = PrivateCluster::start(folder_.path());
    EXPECT_EQ(ask(second, PrivateCluster::kAdmin, "SELECT to_regclass('public.old') IS NULL"), "t");
    if (first.data_folder() != second.data_folder()) {  // as root: what lies outside the folder stays
        EXPECT_TRUE(fs::exists(first.data_folder() / "PG_VERSION"));
        first.kill();
        fs::remove_all(first.data_folder().parent_path());
    }
}

TEST_F(PrivateClusterTest, AMovedStateFolderKeepsItsDataAndGivesItToNobody) {
    const fs::path old_place = folder_.path() / "state";
    const fs::path new_place = folder_.path() / "kept";
    const auto has_table = [&](const PrivateCluster& cluster) {
        return ask(cluster, PrivateCluster::kAdmin, "SELECT to_regclass('public.mine') IS NOT NULL");
    };
    for (const bool running : {true, false}) {
        SCOPED_TRACE(running ? "moved while it runs" : "moved while it is stopped");
        PrivateCluster original = PrivateCluster::start(old_place);
        ask(original, PrivateCluster::kAdmin, "CREATE TABLE public.mine (a integer); SELECT 1");
        if (!running) original.stop();
        fs::rename(old_place, new_place);
        // Another folder at the old path neither gets the data nor removes them.
        PrivateCluster newcomer = PrivateCluster::start(old_place);
        EXPECT_EQ(has_table(newcomer), "f");
        PrivateCluster moved = PrivateCluster::start(new_place);
        EXPECT_EQ(has_table(moved), "t");
        EXPECT_EQ(has_table(PrivateCluster::start(old_place)), "f");
        EXPECT_EQ(has_table(PrivateCluster::start(new_place)), "t");
        moved.remove();
        EXPECT_EQ(has_table(PrivateCluster::start(old_place)), "f") << "its own cluster is still there";
        newcomer.remove();
        fs::remove_all(old_place);
        fs::remove_all(new_place);
    }
}

TEST_F(PrivateClusterTest, ACopyOfAStateFolderIsToldWhoseTheClusterIs) {
    if (geteuid() != 0) GTEST_SKIP() << "an ordinary user's copy holds the data itself";
    const fs::path state = folder_.path() / "state";
    const fs::path copy = folder_.path() / "copy";
    PrivateCluster cluster = PrivateCluster::start(state);
    fs::copy(state, copy, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    try {
        PrivateCluster::start(copy);
        ADD_FAILURE() << "two folders share a cluster";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find(state.string()), std::string::npos) << error.what();
    }
    fs::remove_all(copy);
    cluster.remove();
}

TEST_F(PrivateClusterTest, AnInterruptedInitdbIsDoneAgain) {
    PrivateCluster cluster = PrivateCluster::start(folder_.path());
    cluster.stop();
    fs::rename(cluster.data_folder(), fs::path(cluster.data_folder().string() + ".new"));
    EXPECT_FALSE(PrivateCluster::exists(folder_.path()));
    EXPECT_NO_THROW(cluster = PrivateCluster::start(folder_.path()));
    EXPECT_TRUE(cluster.running());
    EXPECT_FALSE(fs::exists(cluster.data_folder().string() + ".new"));
}

TEST_F(PrivateClusterTest, AStateFolderThatCannotBeMadeIsOneSentence) {
    std::ofstream(folder_.path() / "file") << "x";
    try {
        PrivateCluster::start(folder_.path() / "file" / "state");
        FAIL() << "started";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("--state"), std::string::npos);
    }
}

// The same as an ordinary user, in a child process that gives root away; another user is kept out.
TEST_F(PrivateClusterTest, WorksForAnOrdinaryUserAndKeepsOthersOut) {
    if (geteuid() != 0) GTEST_SKIP() << "only root can become two other users";
    const auto owner = find_account("nobody");
    const auto stranger = find_account("daemon");
    ASSERT_TRUE(owner && stranger);
    const fs::path state = folder_.path() / "state";
    fs::create_directories(state);
    ASSERT_EQ(chown(state.c_str(), owner->user, owner->group), 0);
    const auto in_child = [](const Account& account, const std::function<bool()>& body) {
        const pid_t child = fork();
        if (child == 0) {
            unsetenv("XDG_RUNTIME_DIR");
            if (setgid(account.group) != 0 || setuid(account.user) != 0) _exit(2);
            bool good = false;
            try {
                good = body();
            } catch (const std::exception& error) {
                fprintf(stderr, "%s\n", error.what());
            }
            _exit(good ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    };
    EXPECT_TRUE(in_child(*owner, [&] {
        return ask(PrivateCluster::start(state), "caseweave_loader", "SELECT current_user") == "caseweave_loader";
    }));
    // Root finds the user's cluster and may connect to it.
    PrivateCluster cluster = PrivateCluster::start(state);
    EXPECT_EQ(ask(cluster, "caseweave_reader_education", "SELECT current_user"), "caseweave_reader_education");
    EXPECT_FALSE(fs::is_symlink(state / "cluster"));
    const auto settings = cluster.settings("caseweave_loader");
    EXPECT_TRUE(in_child(*stranger, [&] {
        try {
            TargetConnection connection(settings);
            return false;
        } catch (const Error&) {
            return true;
        }
    }));
    cluster.remove();
    EXPECT_FALSE(fs::exists(state / "cluster"));
}

}  // namespace
}  // namespace caseweave
