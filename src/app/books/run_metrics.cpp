#include "app/books/run_metrics.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <map>
#include <utility>
#include <vector>

#include "app/job/state_folder.hpp"
#include "app/writing/output_file.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kLastSuccess = "caseweave_run_last_success_timestamp_seconds";

/// Writes a label's value as OpenMetrics quotes it.
std::string label_value(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out + '"';
}

/// Writes families of gauges, each with the labels that all share.
class MetricsText {
  public:
    explicit MetricsText(const RunMetrics& metrics)
        : labels_(fmt::format("command={},job_name={}", label_value(metrics.command), label_value(metrics.job))) {}

    /// Begins a family. @param unit the last word of its name where that is a unit, else "".
    void family(std::string_view name, std::string_view unit, std::string_view help) {
        name_ = name;
        text_ += fmt::format("# TYPE {} gauge\n", name);
        if (!unit.empty()) text_ += fmt::format("# UNIT {} {}\n", name, unit);
        text_ += fmt::format("# HELP {} {}\n", name, help);
    }
    template <typename Number>
    void sample(Number value, const std::vector<std::pair<std::string_view, std::string_view>>& labels = {}) {
        text_ += fmt::format("{}{{{}", name_, labels_);
        for (const auto& [label, text] : labels) text_ += fmt::format(",{}={}", label, label_value(text));
        text_ += fmt::format("}} {}\n", value);
    }
    template <typename Number>
    void gauge(std::string_view name, std::string_view unit, std::string_view help, Number value) {
        family(name, unit, help);
        sample(value);
    }
    std::string finish() && { return std::move(text_) + "# EOF\n"; }

  private:
    std::string labels_, name_, text_;
};

struct SystemRows {
    std::uint64_t read = 0, issues = 0;
    std::array<std::uint64_t, 5> places{};
};
constexpr std::array<std::string_view, 5> kPlaces = {"placed", "unchanged", "duplicate_in_source", "quarantined",
                                                     "excluded"};

std::map<std::string, SystemRows> rows_by_system(const RunReport& report) {
    std::map<std::string, SystemRows> systems;
    for (const EntityBalance& entity : report.entities) {
        SystemRows& rows = systems[entity.system];
        rows.read += entity.read;
        rows.issues += entity.field_issues;
        const std::array ends = {entity.placed, entity.unchanged, entity.duplicate_in_source, entity.quarantined,
                                 entity.excluded};
        for (std::size_t i = 0; i < ends.size(); ++i) rows.places[i] += ends[i];
    }
    return systems;
}

void add_rows(MetricsText& text, const RunReport& report) {
    const auto systems = rows_by_system(report);
    if (systems.empty()) return;
    text.family("caseweave_run_rows_read", "", "Rows that the last run read, by system.");
    for (const auto& [system, rows] : systems) text.sample(rows.read, {{"system", system}});
    text.family("caseweave_run_rows", "", "Rows of the last run by system and by the place where they ended.");
    for (const auto& [system, rows] : systems) {
        for (std::size_t i = 0; i < kPlaces.size(); ++i)
            text.sample(rows.places[i], {{"system", system}, {"place", kPlaces[i]}});
    }
    text.family("caseweave_run_field_issues", "", "Values that the last run set aside, by system.");
    for (const auto& [system, rows] : systems) text.sample(rows.issues, {{"system", system}});
}

}  // namespace

std::string render_metrics(const RunMetrics& metrics, const RunReport& report) {
    MetricsText text(metrics);
    text.gauge("caseweave_run_start_timestamp_seconds", "seconds", "When the last run began.", metrics.began);
    text.gauge("caseweave_run_end_timestamp_seconds", "seconds", "When the last run ended.", metrics.ended);
    if (metrics.last_success)
        text.gauge(kLastSuccess, "seconds", "When a run last ended with exit code 0 or 3.", *metrics.last_success);
    text.gauge("caseweave_run_exit_code", "", "Exit code of the last run: 0 done, 3 done with rows in quarantine.",
               static_cast<int>(metrics.code));
    // A run that did not come to its proof has not balanced.
    const bool balanced = !report.refused() && !report.summary.empty() && report.balanced();
    text.gauge("caseweave_run_balanced", "", "Whether the last run proved that source and target agree.",
               balanced ? 1 : 0);
    text.gauge("caseweave_run_differences", "", "Rows that the last run found to differ.", report.differences);
    text.gauge("caseweave_run_duration_seconds", "seconds", "How long the last run took.",
               fmt::format("{:.3f}", metrics.seconds));
    text.family("caseweave_run_stage_duration_seconds", "seconds",
                "How long the stages of the last run took; they overlap.");
    const StageSeconds& s = report.seconds;
    const std::array<std::pair<std::string_view, double>, 6> stages = {{{"extract", s.extract},
                                                                        {"normalise", s.normalise},
                                                                        {"link", s.link},
                                                                        {"consolidate", s.consolidate},
                                                                        {"load", s.load},
                                                                        {"reconcile", s.reconcile}}};
    for (const auto& [stage, seconds] : stages) text.sample(fmt::format("{:.3f}", seconds), {{"stage", stage}});
    add_rows(text, report);
    if (report.peak_rss_bytes > 0)
        text.gauge("caseweave_run_peak_memory_bytes", "bytes", "Memory that the last run took at its peak.",
                   report.peak_rss_bytes);
    return std::move(text).finish();
}

std::optional<std::int64_t> last_success_in(std::string_view text) {
    for (std::size_t at = text.find(kLastSuccess); at != text.npos; at = text.find(kLastSuccess, at + 1)) {
        if (at > 0 && text[at - 1] != '\n') continue;  // of a comment
        const std::string_view line = text.substr(at, text.find('\n', at) - at);
        const std::string_view value = line.substr(line.rfind(' ') + 1);
        std::int64_t seconds = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
        if (error == std::errc() && end == value.data() + value.size()) return seconds;
    }
    return std::nullopt;
}

void require_metrics_folder(const std::filesystem::path& file) {
    const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
    if (::access(folder.c_str(), W_OK) == 0 && !std::filesystem::is_directory(file)) return;
    throw Error(ErrorKind::usage, "--metrics " + file.string() + ": no file can be written there; name a file in a " +
                                      "folder that is there and yours to write");
}

void write_metrics(const std::filesystem::path& file, RunMetrics metrics, const RunReport& report) {
    if (metrics.code == ExitCode::done || metrics.code == ExitCode::quarantined)
        metrics.last_success = metrics.ended;
    else if (const auto earlier = read_file_whole(file))
        metrics.last_success = last_success_in(*earlier);
    OutputFile out(file, {}, OutputFile::Readers::everyone);
    out.write(render_metrics(metrics, report));
    out.finish();
}

}  // namespace caseweave
