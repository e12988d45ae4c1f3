#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/job/state_folder.hpp"
#include "ledger/balance.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Holds what the ledger's first page says of a run.
struct RunHead {
    std::int64_t id = 0;
    std::string kind, job, program, holder;
    std::string started;  ///< "2026-11-27 03:00 UTC"
    double seconds = 0;   ///< it took, or has taken so far
    std::string state;    ///< of lineage.run, or "killed" where it says running and nothing holds the target
    std::optional<int> exit_code;
    std::vector<std::string> phases;
    std::string actor, reason;  ///< of an undo or a repair: who asked for it, and why; else ""
};

/// Counts persons after a run, as its summary.json says.
struct PeopleFigures {
    std::uint64_t source_records = 0, children = 0, unborn = 0, adults = 0;
    bool operator==(const PeopleFigures&) const noexcept = default;
};

/// Holds one source entity's line of a run.
struct EntityBooks {
    EntityCounts counts;
    std::optional<bool> balanced;  ///< none until the books are closed
    std::string digest;            ///< of all that was tallied; equal digests: the same rows; "" until closed
};

/// Counts rows by system and rule or reason.
using NamedRows = std::map<std::pair<std::string, std::string>, std::uint64_t>;

/// Holds all that is known of one run. Counts only: no name, key or value of a person.
struct RunBooks {
    RunHead head;
    std::map<SourceEntity, EntityBooks> entities;
    std::map<std::string, std::uint64_t> events;        ///< of identity, by kind
    NamedRows quarantine;                               ///< by system and reason
    NamedRows issues;                                   ///< by system and rule
    std::map<std::string, std::uint64_t> review_pairs;  ///< by reason; those near a restricted record are left out
    std::optional<PeopleFigures> people;
    std::vector<std::pair<std::string, double>> stages;  ///< seconds; empty where there is no summary
    std::filesystem::path report;                        ///< report.html; "" where there is none

    EntityCounts total() const noexcept;
};

/// Reads every run of a target, newest first, with its counts and persons. @param loader reads all.
std::vector<RunBooks> read_runs(TargetConnection& loader, const StateFolder& state);

/// Reads all of one run. @throws Error(usage) that names the runs there are when it is not one of them.
RunBooks read_run(TargetConnection& loader, const StateFolder& state, std::int64_t id);

/// Warns on standard error, and returns the line to show above what is shown, where the newest run is under way or was
/// left unfinished, so that records may not be whole. "" where it is done. @param loader reads all.
std::string warn_of_unfinished_run(TargetConnection& loader);

/// Writes the table of runs for a terminal, and as JSON.
std::string render_runs(const std::vector<RunBooks>& runs);
std::string render_runs_json(const std::vector<RunBooks>& runs);

/// Writes all of one run for a terminal, and as JSON.
std::string render_run(const RunBooks& run);
std::string render_run_json(const RunBooks& run);

}  // namespace caseweave
