// A council's own server: what the job's login may do there is known before a row is loaded.
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "integration/program/program.hpp"
#include "load/private_cluster.hpp"

namespace caseweave::testing {
namespace {

namespace fs = std::filesystem;

/// A server with an empty database, and a login that may do nothing there yet.
class ExternalTarget : public ::testing::Test {
  protected:
    static constexpr const char* kLogin = "council_login";

    ExternalTarget() : cluster_(PrivateCluster::start(folder_.path() / "server")) {
        admin().execute("CREATE DATABASE council");
        let_log_in(kLogin);
        job_ = folder_.write("job.toml",
                             "[job]\nname = \"test\"\naccept_test_numbers = true\n[target]\nconnection = \"host=" +
                                 cluster_.socket_folder().string() + " dbname=council user=" + kLogin +
                                 "\"\n[system.fostering_adoption.transport]\nfolder = \"" +
                                 (loaded_county().state.sources() / "fostering_adoption").string() + "\"\n");
    }
    ~ExternalTarget() override { cluster_.remove(); }

    TargetConnection admin(const std::string& database = "postgres") const {
        auto settings = cluster_.settings(PrivateCluster::kAdmin);
        for (auto& [keyword, value] : settings.keywords)
            if (keyword == "dbname") value = database;
        return TargetConnection(settings);
    }
    /// Makes a login that is none of the program's own roles.
    void let_log_in(const std::string& login) const {
        TargetConnection server = admin();
        server.execute("CREATE ROLE " + login + " LOGIN");
        const fs::path map = value_of(server, "SHOW ident_file");
        // Whoever may log in as the auditor may as the login.
        const std::string auditor = "caseweave_auditor";
        std::istringstream lines(text_of(map));
        std::ofstream more(map, std::ios::app);
        for (std::string line; std::getline(lines, line);)
            if (const std::size_t at = line.find(auditor); at != std::string::npos)
                more << line.replace(at, auditor.size(), login) << '\n';
        more.close();
        server.execute("SELECT pg_reload_conf()");
        auto settings = cluster_.settings(login);
        for (auto& [keyword, value] : settings.keywords)
            if (keyword == "dbname") value = "council";
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        while (true) {
            try {
                const TargetConnection let_in(settings);
                return;
            } catch (const Error& error) {
                ASSERT_LT(std::chrono::steady_clock::now(), patience) << error.what();
                std::this_thread::sleep_for(std::chrono::milliseconds(20));
            }
        }
    }
    ProgramOutcome run(const std::string& command) const {
        return state_.run({command, "--job", job_.string(), "--quiet"});
    }
    ProgramOutcome check() const { return state_.run({"check", "--job", job_.string()}); }

    /// Expects check and a run to end alike, saying `words`, and nothing to be made in the database.
    void expect_told(const std::vector<std::string>& words) const {
        for (const ProgramOutcome& outcome : {check(), run("bulk")}) {
            EXPECT_EQ(outcome.code, 1) << outcome.all();
            const std::string told = outcome.out + outcome.err;
            for (const std::string& word : words)
                EXPECT_NE(told.find(word), std::string::npos) << word << "\n" << outcome.all();
        }
        TargetConnection council = admin("council");
        EXPECT_EQ(value_of(council, "SELECT to_regclass('lineage.run') IS NULL"), "t");
    }

    TemporaryFolder folder_;
    PrivateCluster cluster_;
    ProgramState state_;
    fs::path job_;
};

TEST_F(ExternalTarget, WhatItsLoginMayNotDoIsToldBeforeARowIsLoaded) {
    const std::string login = kLogin;
    admin().execute("ALTER ROLE caseweave_data_quality RENAME TO set_aside");
    expect_told(
        {"the role caseweave_data_quality, which does not exist", "CREATE ROLE caseweave_data_quality NOLOGIN"});
    admin().execute("ALTER ROLE set_aside RENAME TO caseweave_data_quality");
    expect_told({login, "become caseweave_loader", "become caseweave_data_quality",
                 "GRANT caseweave_loader TO \"" + login + "\"", "GRANT caseweave_data_quality TO \"" + login + "\""});
    admin().execute("GRANT caseweave_loader TO " + login);
    expect_told({"become caseweave_data_quality"});
    admin().execute("GRANT caseweave_data_quality TO " + login);
    expect_told({"become caseweave_owner", "create schemas in the database council", "create roles",
                 "GRANT caseweave_owner TO", "GRANT CREATE ON DATABASE \"council\" TO \"" + login + "\""});
    admin().execute("GRANT caseweave_owner TO " + login);
    admin().execute("GRANT CREATE ON DATABASE council TO " + login);
    expect_told({"ALTER ROLE \"" + login + "\" CREATEROLE"});
    admin().execute("ALTER ROLE " + login + " CREATEROLE NOINHERIT");
    expect_told({"ALTER ROLE \"" + login + "\" INHERIT"});
    admin().execute("ALTER ROLE " + login + " INHERIT");
    admin().execute("ALTER ROLE caseweave_loader NOBYPASSRLS");
    expect_told({"ALTER ROLE caseweave_loader BYPASSRLS"});
    admin().execute("ALTER ROLE caseweave_loader BYPASSRLS");

    // These rights are enough.
    EXPECT_EQ(check().code, 0) << check().all();
    const ProgramOutcome outcome = run("bulk");
    ASSERT_TRUE(outcome.code == 0 || outcome.code == 3) << outcome.all();
    TargetConnection council = admin("council");
    EXPECT_NE(value_of(council, "SELECT count(*) FROM integrated.person"), "0");

    // Where no migration is due, those of the schema are not asked for; those of a run are.
    admin().execute("REVOKE caseweave_owner FROM " + login);
    admin().execute("REVOKE CREATE ON DATABASE council FROM " + login);
    admin().execute("ALTER ROLE " + login + " NOCREATEROLE");
    EXPECT_EQ(check().code, 0) << check().all();
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, outcome.code);
    admin().execute("REVOKE caseweave_data_quality FROM " + login);
    EXPECT_EQ(check().code, 1) << check().all();
    EXPECT_EQ(state_.run({"reconcile", "--quiet"}).code, 1);
}

}  // namespace
}  // namespace caseweave::testing
