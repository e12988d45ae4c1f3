#include "load/target.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "integration/load/target_fixture.hpp"
#include "support/private_postgres.hpp"

namespace caseweave {
namespace {

/// Uses the tests' cluster as if it were a council's own server.
class TargetTest : public TargetFixture {
  protected:
    static TargetSettings external() {
        TargetSettings settings;
        settings.private_cluster = false;
        settings.connection = cluster().connection_string(PrivateCluster::kOperator);
        return settings;
    }
    static Error failure(const TargetSettings& settings) {
        try {
            Target::open(settings, {}).connect();
        } catch (const Error& error) {
            return error;
        }
        return Error(ErrorKind::interrupted, "accepted");
    }
    TemporaryFolder folder_;
};

TEST_F(TargetTest, APasswordGivenAsACredentialIsNotPrinted) {
    const std::filesystem::path file = folder_.path() / "target";
    std::ofstream(file) << "open sesame\n";
    ::setenv("CREDENTIALS_DIRECTORY", folder_.path().c_str(), 1);
    TargetSettings settings = external();
    settings.password_credential = "target";
    const Target target = Target::open(settings, {});
    ::unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_EQ(target.connection_string().find("sesame"), std::string::npos) << target.connection_string();
    EXPECT_NE(target.connection_string().find("host="), std::string::npos);
    TargetConnection loader = target.connect();
    EXPECT_EQ(value(loader, "SELECT current_user"), "caseweave_loader");
    EXPECT_NE(std::string(failure(settings).what()).find("LoadCredential=target:FILE"), std::string::npos);
}

TEST_F(TargetTest, ALoginOfTheJobBecomesTheRole) {
    const Target target = Target::open(external(), {});
    EXPECT_FALSE(target.is_private());
    TargetConnection loader = target.connect();
    EXPECT_EQ(value(loader, "SELECT current_user || '/' || session_user"), "caseweave_loader/caseweave_operator");
    TargetConnection reader = target.connect("caseweave_reader_education");
    EXPECT_EQ(value(reader, "SELECT integrated.service_areas()"), "2");
    EXPECT_EQ(value(reader, "SELECT integrated.access_clearance()"), "0") << "the login's clearances stay outside";
}

TEST_F(TargetTest, AServiceNameIsEnough) {
    std::ofstream(folder_.path() / "services")
        << "[records]\nhost=" << cluster().socket_folder().string() << "\ndbname=caseweave\nuser=caseweave_operator\n";
    setenv("PGSERVICEFILE", (folder_.path() / "services").c_str(), 1);
    TargetSettings settings;
    settings.private_cluster = false;
    settings.service = "records";
    TargetConnection loader = Target::open(settings, {}).connect();
    EXPECT_EQ(value(loader, "SELECT current_user"), "caseweave_loader");
    settings.service = "no_such_service";
    settings.table = TomlTable::parse("service = \"no_such_service\"\n", "job.toml");
    EXPECT_EQ(failure(settings).kind(), ErrorKind::usage);
    EXPECT_EQ(std::string(failure(settings).what()).find("job.toml:1:11: "), 0U) << failure(settings).what();
    unsetenv("PGSERVICEFILE");
}

TEST_F(TargetTest, FailuresSayWhatToTry) {
    TargetSettings settings = external();
    settings.connection = "host=/nonexistent dbname=caseweave user=x";
    EXPECT_EQ(failure(settings).kind(), ErrorKind::unavailable);
    EXPECT_EQ(failure(settings).exit_code(), ExitCode::try_later);
    settings.connection = cluster().connection_string("caseweave_owner");
    EXPECT_EQ(failure(settings).kind(), ErrorKind::target) << "refused, and trying later does not help";
    settings.connection = "host=x password=secret";
    EXPECT_EQ(failure(settings).kind(), ErrorKind::usage);
    EXPECT_EQ(std::string(failure(settings).what()).find("secret "), std::string::npos);
    settings.connection = "nonsense";
    EXPECT_EQ(failure(settings).kind(), ErrorKind::usage);
}

TEST_F(TargetTest, APasswordFileHoldsThePasswordAloneAndIsForItsOwnerOnly) {
    const testing::PrivatePostgres& server = testing::PrivatePostgres::shared();
    server.execute("CREATE ROLE loader LOGIN PASSWORD 'open: sesame' IN ROLE password_roles");
    const auto file = folder_.path() / "pass";
    std::ofstream(file) << "open: sesame\n";
    TargetSettings settings;
    settings.private_cluster = false;
    settings.connection = server.connection("postgres", "loader");
    settings.password_file = file;
    chmod(file.c_str(), 0600);
    const Target target = Target::open(settings, {});
    TargetConnection admin = target.connect_admin();
    EXPECT_EQ(value(admin, "SELECT session_user"), "loader");
    EXPECT_EQ(target.connection_string().find("sesame"), std::string::npos) << target.connection_string();

    std::ofstream(file) << "other\n";
    const Error wrong = failure(settings);
    EXPECT_EQ(wrong.kind(), ErrorKind::target);
    EXPECT_NE(std::string(wrong.what()).find("the password alone"), std::string::npos) << wrong.what();
    chmod(file.c_str(), 0644);
    EXPECT_EQ(failure(settings).kind(), ErrorKind::usage);
    std::ofstream(file, std::ios::trunc).flush();
    chmod(file.c_str(), 0600);
    EXPECT_EQ(failure(settings).kind(), ErrorKind::usage) << "empty";
}

TEST_F(TargetTest, ThePlaceOfAWrongPasswordFileIsTold) {
    TargetSettings settings = external();
    settings.table = TomlTable::parse("service = \"x\"\npassword_file = \"/nonexistent/pass\"\n", "job.toml");
    settings.password_file = "/nonexistent/pass";
    EXPECT_EQ(std::string(failure(settings).what()).find("job.toml:2:17: cannot read /nonexistent/pass"), 0U);
}

TEST_F(TargetTest, APrivateClusterIsStartedWhereItIsNotRunning) {
    const Target target = Target::open({}, folder_.path());
    EXPECT_TRUE(target.is_private());
    {
        TargetConnection admin = target.connect_admin();
        EXPECT_EQ(value(admin, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"), "t");
    }
    EXPECT_NE(target.connection_string().find("caseweave_operator"), std::string::npos);
    PrivateCluster(*target.cluster()).remove();
}

}  // namespace
}  // namespace caseweave
