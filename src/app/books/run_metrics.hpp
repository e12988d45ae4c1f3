#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// Says how the last run of a command ended, for a monitoring host.
struct RunMetrics {
    std::string command, job;
    std::int64_t began = 0, ended = 0;         ///< seconds since 1970
    std::optional<std::int64_t> last_success;  ///< end of the last run that was done, this one or an earlier one
    double seconds = 0;
    ExitCode code = ExitCode::failed;
};

/// Writes the metrics of a run as OpenMetrics text: gauges only, so that what reads Prometheus' own text form takes it
/// too. Counts of rows by system; nothing of a person. @param report what is known of the run, as far as it came.
std::string render_metrics(const RunMetrics& metrics, const RunReport& report);

/// Finds in an earlier file's text when a run was last done. nullopt where it does not say.
std::optional<std::int64_t> last_success_in(std::string_view text);

/// Checks that a file can be written there, before any work. @throws Error(usage).
void require_metrics_folder(const std::filesystem::path& file);

/// Writes the file whole or not at all, for everyone to read. Where this run was not done, the time of the last success
/// is taken over from the file that is there. @throws Error(target).
void write_metrics(const std::filesystem::path& file, RunMetrics metrics, const RunReport& report);

}  // namespace caseweave
