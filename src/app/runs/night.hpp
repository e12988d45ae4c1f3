#pragma once

#include <filesystem>
#include <optional>

#include "app/runs/migration.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// Says what a nightly run is asked for besides its job.
struct NightRequest {
    bool apply = true;              ///< false: find out what it would do, and change nothing
    bool full = false;              ///< reads deliveries too that are the last ones again
    bool in_part = false;           ///< reads from watermarks on, whatever the job says of whole readings
    bool accept_deletions = false;  ///< however many rows are gone from their sources
    std::optional<std::uint64_t> seed;
    std::optional<std::filesystem::path> truth;  ///< truth file to compare with, after linking
    bool quiet = false;
};

/// Brings a loaded target up to what its sources hold now: adds, replaces and takes away what differs, links the people
/// again and moves what is another person's now.
///
/// All of it is one transaction of the target: readers see last night's state or this one's, never a half; a run that
/// is killed, fails or does not balance has changed nothing, and the next one starts from the same state. What is
/// replaced stays as history. Reads every source whole, but for files that were
/// delivered again as they were, and entities that keep a watermark, where the job says so. @param report takes what
/// the report says, as far as the run comes; its exit_code is the command's.
void run_night(Workplace& workplace, const NightRequest& request, RunReport& report);

}  // namespace caseweave
