#include "app/books/run_metrics.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <regex>
#include <set>
#include <sstream>

#include "app/job/state_folder.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave {
namespace {

RunReport report() {
    RunReport report;
    EntityBalance& entity = report.entities.emplace_back();
    entity.system = "education";
    entity.entity = "pupil";
    entity.read = 10;
    entity.placed = 8;
    entity.quarantined = 2;
    entity.balanced = true;
    report.entities.push_back(entity);
    report.summary = "runs/1/summary.json";
    report.seconds.load = 1.5;
    return report;
}

RunMetrics metrics(ExitCode code) {
    RunMetrics metrics;
    metrics.command = "bulk";
    metrics.job = "night \"A\"";
    metrics.began = 100;
    metrics.ended = 160;
    metrics.code = code;
    return metrics;
}

bool has(const std::string& text, const std::string& line) {
    return text.find(line + "\n") != text.npos;
}

TEST(RunMetrics, AreOpenMetricsText) {
    const std::string text = render_metrics(metrics(ExitCode::quarantined), report());
    EXPECT_TRUE(text.ends_with("\n# EOF\n"));
    // Each sample stands below the type of its family; no family comes twice; a unit ends the name.
    static const std::regex type(R"(# TYPE (caseweave_run_[a-z_]+) gauge)");
    static const std::regex unit(R"(# UNIT (\S+) (\S+))");
    static const std::regex help(R"(# HELP (\S+) \S.*\.)");
    static const std::regex sample(R"((\S+)\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\} [0-9.]+)");
    std::istringstream lines(text);
    std::set<std::string> families;
    std::string family;
    for (std::string line; std::getline(lines, line) && line != "# EOF";) {
        std::smatch match;
        if (std::regex_match(line, match, type)) {
            family = match[1];
            EXPECT_TRUE(families.insert(family).second) << family;
        } else if (std::regex_match(line, match, unit)) {
            EXPECT_EQ(match[1], family);
            EXPECT_TRUE(family.ends_with("_" + match[2].str())) << line;
        } else {
            ASSERT_TRUE(std::regex_match(line, match, help) || std::regex_match(line, match, sample)) << line;
            EXPECT_EQ(match[1], family) << line;
        }
    }
    EXPECT_TRUE(has(text, R"(caseweave_run_exit_code{command="bulk",job_name="night \"A\""} 3)")) << text;
    EXPECT_TRUE(has(text, R"(caseweave_run_balanced{command="bulk",job_name="night \"A\""} 1)")) << text;
    EXPECT_TRUE(
        has(text, R"(caseweave_run_rows{command="bulk",job_name="night \"A\"",system="education",place="placed"} 16)"))
        << text;
}

TEST(RunMetrics, ARunWithoutProofHasNotBalanced) {
    RunReport broken = report();
    broken.summary.clear();
    EXPECT_NE(render_metrics(metrics(ExitCode::failed), broken)
                  .find("balanced{command=\"bulk\",job_name=\"night "
                        "\\\"A\\\"\"} 0"),
              std::string::npos);
}

TEST(RunMetrics, KeepTheTimeOfTheLastSuccess) {
    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "caseweave.prom";
    RunMetrics failed = metrics(ExitCode::failed);
    write_metrics(file, failed, {});
    EXPECT_EQ(last_success_in(*read_file_whole(file)), std::nullopt) << "there was none";
    write_metrics(file, metrics(ExitCode::done), report());
    EXPECT_EQ(last_success_in(*read_file_whole(file)), 160);
    failed.ended = 900;
    write_metrics(file, failed, {});
    EXPECT_EQ(last_success_in(*read_file_whole(file)), 160);
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0644U) << "the collector runs as another user";
    EXPECT_THROW(require_metrics_folder(folder.path() / "missing" / "x.prom"), Error);
    EXPECT_NO_THROW(require_metrics_folder(file));
}

}  // namespace
}  // namespace caseweave
