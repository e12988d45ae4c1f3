#include "settings/job.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <string>

#include "core/error.hpp"
#include "settings/toml_table.hpp"
#include "temporary_folder.hpp"

namespace caseweave {
namespace {

using test::message_of;

class JobFile : public testing::Test {
  protected:
    Job load(const std::string& text, const std::map<std::string, std::string>& variables = {}) {
        return Job::load(folder_.write("jobs/job.toml", text), variables);
    }
    /// The message, without the folder's name in front.
    std::string refusal(const std::string& text, const std::map<std::string, std::string>& variables = {}) {
        std::string message = message_of<Error>([&] { load(text, variables); });
        const std::string prefix = (folder_.path() / "jobs/").string();
        return message.starts_with(prefix) ? message.substr(prefix.size()) : message;
    }
    test::TemporaryFolder folder_;
};

TEST_F(JobFile, HoldsWhatItSays) {
    const Job job = load(R"(
[job]
name = "nightly"
accept_test_numbers = true
on_source_failure = "continue"
threads = 4
linkage_model = "linkage/other.toml"
survivorship = "/etc/survivorship.toml"
[target]
service = "integrated"
password_file = "/etc/caseweave/target.password"
[system.social_care]
[system.social_care.transport]
dsn = "Driver=SQLite3"
[system.social_care.secrets]
password_file = "/run/secrets/social_care"
client_secret_env = "SOCIAL_CARE_SECRET"
[system.education]
year = 2026
)");
    EXPECT_EQ(job.name, "nightly");
    EXPECT_TRUE(job.accept_test_numbers);
    EXPECT_EQ(job.on_source_failure, OnSourceFailure::proceed);
    EXPECT_EQ(job.threads, 4U);
    EXPECT_EQ(job.linkage_model, folder_.path() / "jobs/linkage/other.toml") << "relative to the job file";
    EXPECT_EQ(job.survivorship, "/etc/survivorship.toml");
    EXPECT_FALSE(job.target.private_cluster) << "a service was named";
    EXPECT_EQ(job.target.service, "integrated");
    ASSERT_EQ(job.systems.size(), 2U);
    EXPECT_EQ(job.systems[0].name, "social_care") << "in file order";
    EXPECT_EQ(job.systems[0].transport.string("dsn"), "Driver=SQLite3");
    EXPECT_EQ(job.systems[0].secrets.string("password_file"), "/run/secrets/social_care");
    EXPECT_EQ(job.systems[0].secrets.string("client_secret_env"), "SOCIAL_CARE_SECRET");
    EXPECT_EQ(job.systems[1].year, 2026);
}

TEST_F(JobFile, IsCarefulByDefault) {
    const Job job = load("[job]\nname = \"a\"\n[system.education]\n");
    EXPECT_FALSE(job.accept_test_numbers);
    EXPECT_EQ(job.on_source_failure, OnSourceFailure::stop);
    EXPECT_TRUE(job.target.private_cluster);
    // Wherever the job file lies, what ships is there.
    EXPECT_TRUE(std::filesystem::exists(job.linkage_model)) << job.linkage_model;
    EXPECT_TRUE(std::filesystem::exists(job.survivorship)) << job.survivorship;
}

TEST_F(JobFile, PutsVariablesIn) {
    const Job job = load("[job]\nname = \"${name}\"\n[system.education.transport]\nfolder = \"${folder}/education\"\n",
                         {{"name", "demo"}, {"folder", "/tmp/a \"b\"\\c"}});
    EXPECT_EQ(job.name, "demo");
    EXPECT_EQ(job.systems[0].transport.string("folder"), "/tmp/a \"b\"\\c/education")
        << "quotes and backslashes of a path cannot end the string";
}

TEST_F(JobFile, AnUnknownVariableIsRefusedAtItsPlace) {
    EXPECT_EQ(refusal("[job]\nname = \"${nmae}\"\n", {{"name", "x"}, {"state", "y"}}),
              "job.toml:2:9: unknown variable ${nmae}; known: name, state");
    EXPECT_EQ(refusal("[job]\nname = \"${name\"\n", {{"name", "x"}}).find("job.toml:2:9: unknown variable"), 0U)
        << "never closed";
}

TEST_F(JobFile, UnknownKeysAndWrongTypesAreRefusedAtTheirPlace) {
    EXPECT_EQ(refusal("[job]\nname = \"a\"\nthraeds = 1\n[system.education]\n"),
              "job.toml:3:1: unknown key \"thraeds\"; did you mean \"threads\"?");
    EXPECT_EQ(refusal("[job]\nname = \"a\"\n[tarket]\n[system.education]\n"),
              "job.toml:3:2: unknown key \"tarket\"; did you mean \"target\"?");
    EXPECT_EQ(refusal("[job]\nname = \"a\"\n[system.education]\nyaer = 2026\n"),
              "job.toml:4:1: unknown key \"yaer\"; did you mean \"year\"?");
    EXPECT_EQ(refusal("[job]\nname = \"a\"\nthreads = \"many\"\n[system.education]\n"),
              "job.toml:3:11: threads must be an integer, not a string");
    EXPECT_EQ(refusal("[job]\nname = \"a\"\nthreads = 257\n[system.education]\n")
                  .find("job.toml:3:11: threads must be between"),
              0U);
    EXPECT_EQ(refusal("[job]\nname = \"a\"\non_source_failure = \"retry\"\n[system.education]\n")
                  .find("job.toml:3:21: on_source_failure must be"),
              0U);
    EXPECT_NE(refusal("[job]\nname = \"a\"\n").find("the job has no system to read"), std::string::npos);
    EXPECT_NE(refusal("[job]\nname = \"a\"\n[system.education]\n[system.education]\n").find("job.toml:4:"),
              std::string::npos)
        << "a system named twice";
    EXPECT_NE(refusal("[system.education]\n").find("name is missing"), std::string::npos);
    EXPECT_EQ(refusal("[job]\nnmae = \"rv\"\n[system.education]\n"),
              "job.toml:2:1: name is missing; did you mean it by \"nmae\"?");
    EXPECT_EQ(refusal(""), "job.toml:1:1: name is missing: there is no [job]") << "no line of an empty file is line 0";
    const std::string unknown = refusal("[job]\nname = \"a\"\n[system.eduction]\n");
    EXPECT_EQ(unknown.find("job.toml:3:1: the job names system \"eduction\""), 0U) << unknown;
    EXPECT_NE(unknown.find("did you mean \"education\"?"), std::string::npos) << unknown;
    EXPECT_EQ(
        refusal("[job]\nname = \"a\"\n[target]\nprivate_cluster = true\nservice = \"records\"\n[system.education]\n")
            .find("job.toml:4:19: private_cluster = true"),
        0U);
}

TEST_F(JobFile, AYearThatNoReturnHasIsRefused) {
    for (const char* year : {"24", "1900", "1989", "2100", "2124", "-1", "20260"}) {
        EXPECT_EQ(refusal(std::string("[job]\nname = \"a\"\n[system.education]\nyear = ") + year + "\n")
                      .find("job.toml:4:8: year must be that of a return"),
                  0U)
            << year;
    }
    for (const int year : {0, 1990, 2024, 2026, 2099}) {
        const Job job = load("[job]\nname = \"a\"\n[system.education]\nyear = " + std::to_string(year) + "\n");
        EXPECT_EQ(job.systems.at(0).year, year);
    }
}

TEST_F(JobFile, PasswordsAreRefused) {
    for (const char* connection :
         {"host=db password=secret", "host=db password = secret", "password='a b' host=db",
          "postgresql://loader:secret@db/integrated", "postgresql://db/integrated?password=secret"}) {
        const std::string message = refusal(std::string("[job]\nname = \"a\"\n[target]\nconnection = \"") + connection +
                                            "\"\n[system.education]\n");
        EXPECT_EQ(message,
                  "job.toml:4:14: a password does not belong in a job file: use password_file "
                  "or password_credential")
            << connection;
    }
    for (const char* connection : {"host=db user=loader", "host=db passfile=/etc/pgpass",
                                   "postgresql://loader@db:5432/integrated", "service=integrated"}) {
        const Job job = load(std::string("[job]\nname = \"a\"\n[target]\nconnection = \"") + connection +
                             "\"\n[system.education]\n");
        EXPECT_EQ(job.target.connection, connection);
        EXPECT_FALSE(job.target.private_cluster);
    }
    EXPECT_EQ(
        refusal("[job]\nname = \"a\"\n[system.education.secrets]\npassword = \"secret\"\n"),
        "job.toml:4:12: a secret is given by password_file, password_env or password_credential; it never stands in a "
        "job file");
}

TEST_F(JobFile, ASystemWhoseInputIsNotGivenIsLeftOut) {
    const std::string text =
        "[job]\nname = \"a\"\n[system.cin_census]\ninput = \"${cin}\"\n[system.ssda903]\ninput = \"${ssda}\"\n";
    const Job job = load(text, {{"cin", ""}, {"ssda", "/data/ssda903"}});
    ASSERT_EQ(job.systems.size(), 1U);
    EXPECT_EQ(job.systems[0].name, "ssda903");
    EXPECT_EQ(job.systems[0].input, "/data/ssda903");
    EXPECT_NE(refusal(text, {{"cin", ""}, {"ssda", ""}}).find("no system to read"), std::string::npos);
}

TEST_F(JobFile, ATargetsConnectionIsOneThatLibpqTakes) {
    const auto told = [&](const std::string& connection) {
        return refusal("[job]\nname = \"a\"\n[target]\nconnection = \"" + connection + "\"\n[system.education]\n");
    };
    for (const char* connection : {"host=db sslrotcert=/etc/ca.pem", "postgresql://db/records?sslrotcert=/etc/ca.pem"})
        EXPECT_EQ(told(connection),
                  "job.toml:4:14: libpq knows no connection option \"sslrotcert\"; did you mean \"sslrootcert\"?");
    EXPECT_EQ(told("host=db zzzzzz=1"), "job.toml:4:14: libpq knows no connection option \"zzzzzz\"");
    const std::string broken = told("host=db password=open sesame");
    EXPECT_EQ(broken.find("job.toml:4:14: this is no connection string"), 0U) << broken;
    EXPECT_EQ(broken.find("sesame"), std::string::npos) << broken;
}

TEST_F(JobFile, SecretsAreReadFromFilesAndVariables) {
    setenv("CASEWEAVE_TEST_SECRET", "from the environment", 1);
    const std::string head = "[job]\nname = \"a\"\n[system.education.secrets]\n";
    const SystemSettings system =
        load(head + "password_file = \"" + folder_.write("secret", "s3cret with blanks \r\n").string() +
             "\"\nclient_secret_env = \"CASEWEAVE_TEST_SECRET\"\n")
            .systems[0];
    EXPECT_EQ(system.secret("password"), "s3cret with blanks ") << "only the line's end goes";
    EXPECT_EQ(system.secret("client_secret"), "from the environment");
    system.refuse_unused_secrets();
    unsetenv("CASEWEAVE_TEST_SECRET");
}

TEST_F(JobFile, ASecretThatIsNotThereIsToldAtItsPlace) {
    const std::string head = "[job]\nname = \"a\"\n[system.education]\n";
    const auto told = [&](const std::string& secrets) {
        const SystemSettings system = load(head + secrets).systems[0];
        const std::string message = message_of<SettingsError>([&] { system.secret("client_secret"); });
        return message.substr(std::min(message.size(), (folder_.path() / "jobs/").string().size()));
    };
    const std::string table = "[system.education.secrets]\n";
    const std::string needed =
        "system education needs a secret: give client_secret_file, client_secret_env or client_secret_credential in "
        "[system.education.secrets]";
    EXPECT_EQ(told(""), "job.toml:3:1: " + needed);
    EXPECT_EQ(told("[system.education.transport]\n"), "job.toml:3:1: " + needed);
    EXPECT_EQ(told(table), "job.toml:4:1: " + needed);
    EXPECT_EQ(told(table + "client_secrte_env = \"X\"\n"),
              "job.toml:5:1: unknown key \"client_secrte_env\"; did you mean \"client_secret_env\"?");
    EXPECT_EQ(told(table + "client_secret_file = \"/nonexistent/secret\"\n"),
              "job.toml:5:22: cannot read /nonexistent/secret, which client_secret_file names: check the path and its "
              "permissions");
    const std::string empty = folder_.write("empty", "\n").string();
    EXPECT_EQ(told(table + "client_secret_file = \"" + empty + "\"\n"),
              "job.toml:5:22: " + empty + ", which client_secret_file names, is empty: put the secret into it");
    const std::string by_variable = table + "client_secret_env = \"CASEWEAVE_TEST_SECRET\"\n";
    const std::string variable =
        "job.toml:5:21: environment variable CASEWEAVE_TEST_SECRET, which client_secret_env names, is ";
    unsetenv("CASEWEAVE_TEST_SECRET");
    EXPECT_EQ(told(by_variable), variable + "not set");
    setenv("CASEWEAVE_TEST_SECRET", "", 1);
    EXPECT_EQ(told(by_variable), variable + "empty");
    unsetenv("CASEWEAVE_TEST_SECRET");
    EXPECT_EQ(
        told(by_variable + "client_secret_file = \"" + empty + "\"\n").find("job.toml:5:21: client_secret is given"),
        0U);
}

TEST_F(JobFile, ASecretThatNothingUsesIsRefused) {
    const std::string head = "[job]\nname = \"a\"\n[system.education.secrets]\n";
    const std::string secret = folder_.write("secret", "s3cret").string();
    const SystemSettings unused = load(head + "password_env = \"X\"\n").systems[0];
    EXPECT_NE(message_of<SettingsError>([&] {
                  unused.refuse_unused_secrets();
              }).find("job.toml:4:16: nothing uses this secret: as its transport is set, system education needs none"),
              std::string::npos);
    const SystemSettings two =
        load(head + "password_file = \"" + secret + "\"\nclient_secret_env = \"X\"\n").systems[0];
    EXPECT_EQ(two.secret("password"), "s3cret");
    EXPECT_NE(message_of<SettingsError>([&] {
                  two.refuse_unused_secrets();
              }).find("job.toml:5:1: unknown key \"client_secret_env\""),
              std::string::npos);
}

TEST_F(JobFile, ACredentialIsAFileOfTheServiceManagersFolder) {
    const auto given = [&](const std::string& credential) {
        return load("[job]\nname = \"a\"\n[system.education.secrets]\npassword_credential = \"" + credential + "\"\n")
            .systems[0];
    };
    const SystemSettings system = given("education");
    unsetenv("CREDENTIALS_DIRECTORY");
    EXPECT_NE(message_of<Error>([&] { system.secret("password"); }).find("LoadCredential=education:FILE"),
              std::string::npos);
    setenv("CREDENTIALS_DIRECTORY", folder_.write("education", "s3cret\n").parent_path().c_str(), 1);
    EXPECT_EQ(system.secret("password"), "s3cret");
    EXPECT_NE(
        message_of<SettingsError>([&] { given("gone").secret("password"); }).find("which password_credential names"),
        std::string::npos);
    unsetenv("CREDENTIALS_DIRECTORY");

    const std::string head = "[job]\nname = \"a\"\n";
    EXPECT_EQ(load(head + "[target]\nservice = \"s\"\npassword_credential = \"target\"\n[system.education]\n")
                  .target.password_credential,
              "target");
    for (const char* wrong : {"", "/etc/shadow", "../shadow", ".."}) {
        EXPECT_NE(
            refusal(head + "[system.education.secrets]\npassword_credential = \"" + wrong + "\"\n").find("not a path"),
            std::string::npos)
            << wrong;
    }
    EXPECT_NE(refusal(head + "[target]\nservice = \"s\"\npassword_file = \"/x\"\npassword_credential = \"t\"\n"
                             "[system.education]\n")
                  .find("two passwords"),
              std::string::npos);
}

TEST_F(JobFile, SaysWhoMendsASystemAndWhatToStartOnFailure) {
    const std::string head = "[job]\nname = \"a\"\n";
    const Job job = load(head +
                         "[on_failure]\ncommand = [\"/usr/bin/logger\", \"it failed\"]\ntime_limit_seconds = 5\n"
                         "[system.education]\nowner = \"Education data team\"\n[system.send]\n");
    EXPECT_EQ(job.systems[0].owner, "Education data team");
    EXPECT_EQ(job.systems[1].owner, "");
    EXPECT_EQ(job.on_failure.words, (std::vector<std::string>{"/usr/bin/logger", "it failed"}));
    EXPECT_EQ(job.on_failure.time_limit, std::chrono::seconds(5));
    EXPECT_TRUE(load(head + "[system.send]\n").on_failure.words.empty());
    for (const auto& [text, word] : {std::pair{"[on_failure]\ncommand = \"logger it failed\"\n", "whole path"},
                                     {"[on_failure]\ncommand = []\n", "whole path"},
                                     {"[on_failure]\ntime_limit_seconds = 5\n", "there is none"},
                                     {"[on_failure]\ncommand = [\"/x\"]\ntime_limit_seconds = 0\n", "between 1 and"},
                                     {"[on_failure]\ncomand = [\"/x\"]\n", "comand"}})
        EXPECT_NE(refusal(head + text + "[system.send]\n").find(word), std::string::npos) << text;
    EXPECT_NE(refusal(head + "[system.send]\nowner = \" \"\n").find("owner says who"), std::string::npos);
}

TEST_F(JobFile, AMissingFileSaysSo) {
    EXPECT_EQ(message_of<Error>([&] { Job::load("/etc", {}); }), "cannot read job file /etc: it is a folder");
    EXPECT_EQ(message_of<Error>([&] { TomlTable::parse_file("/etc"); }), "cannot read /etc: it is a folder");
    EXPECT_NE(message_of<Error>([&] { Job::load(folder_.path() / "none.toml", {}); }).find("cannot read job file"),
              std::string::npos);
}

}  // namespace
}  // namespace caseweave
