#include "app/job/job_sources.hpp"

#include <gtest/gtest.h>

#include <string>

#include "core/error.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

/// What is said of a job's systems while their connectors are made; the file's folder is cut off.
std::string refusal(const std::string& systems) {
    const testing::TemporaryFolder folder;
    const auto file = folder.write("job.toml", "[job]\nname = \"a\"\n" + systems);
    try {
        const JobSources sources(Job::load(file, {}));
    } catch (const SettingsError& error) {
        return std::string(error.what()).substr(folder.path().string().size() + 1);
    }
    return "";
}

TEST(JobSourcesOfAJob, EachSecretIsOneThatItsSystemAsksFor) {
    ::setenv("CASEWEAVE_TEST_SECRET", "open sesame", 1);
    const std::string rest =
        "[system.early_help.transport]\nurl = \"https://none.example\"\nclient_id = \"caseweave\"\n"
        "[system.early_help.secrets]\n";
    EXPECT_EQ(refusal(rest + "client_secret_env = \"CASEWEAVE_TEST_SECRET\"\n"), "");
    EXPECT_EQ(refusal(rest + "client_secrte_env = \"CASEWEAVE_TEST_SECRET\"\n"),
              "job.toml:7:1: unknown key \"client_secrte_env\"; did you mean \"client_secret_env\"?");
    EXPECT_EQ(refusal(rest + "client_secret_env = \"CASEWEAVE_TEST_SECRET\"\npassword_env = \"X\"\n")
                  .find("job.toml:8:1: unknown key \"password_env\""),
              0U);
    EXPECT_EQ(refusal(rest).find("job.toml:6:1: system early_help needs a secret"), 0U);
    EXPECT_EQ(
        refusal("[system.send.transport]\nfolder = \"/nonexistent\"\n[system.send.secrets]\npassword_env = \"X\"\n")
            .find("job.toml:6:16: nothing uses this secret"),
        0U);
    ::unsetenv("CASEWEAVE_TEST_SECRET");
}

}  // namespace
}  // namespace caseweave
