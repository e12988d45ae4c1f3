#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/job/job_options.hpp"
#include "app/job/simulated_county.hpp"
#include "app/job/state_folder.hpp"
#include "settings/job.hpp"

namespace caseweave {

inline constexpr std::string_view kNameAJob = "load it with bulk or demo, give --job";

/// Says what a migration was asked to do: enough to do it, or to reconcile it, again. Kept in <state>/command.toml.
struct MigrationCommand {
    std::string name;  ///< "demo" or "bulk"
    std::filesystem::path job_file;
    std::map<std::string, std::string> inputs;  ///< --input NAME=PATH
    CountySettings county;                      ///< for demo

    /// Makes that of a job's options.
    static MigrationCommand of_job(const JobOptions& options);
    void save(const StateFolder& state) const;
    /// @return nullopt when the state folder has seen no migration.
    static std::optional<MigrationCommand> load(const StateFolder& state);
};

/// Opens the state folder of a command that takes up the last migration where --job names none: made for a job that is
/// named, that of an earlier run otherwise. @throws Error(usage) with `advice` where there is none.
StateFolder open_state(const JobOptions& options, std::string_view advice = kNameAJob);
/// Says what such a command is to do: the job that is named, or the last migration. @throws as open_state().
MigrationCommand named_or_last(const JobOptions& options, const StateFolder& state,
                               std::string_view advice = kNameAJob);

/// Holds a job ready to run, and what must live as long as it runs: the simulated county's server.
struct PreparedJob {
    std::unique_ptr<SimulatedCounty> county;  ///< null but for the demo
    Job job;
};

/// Prepares a command's job. For the demo it writes the county where it is missing, starts its server, and gives the
/// PostgreSQL source a database of its own in the private cluster.
PreparedJob prepare_job(const MigrationCommand& command, const StateFolder& state);

/// Prepares a demo's job on a county that stands beside the one the target was loaded from, which stays as it is: the
/// county of a night that is only planned.
PreparedJob prepare_planned_night(const MigrationCommand& command, const StateFolder& state);

/// Takes the county of prepare_planned_night() away again.
void remove_planned_night(const StateFolder& state);

/// Reads a command's job for what it says of the target and the model; prepares no source.
Job job_for_viewing(const MigrationCommand& command, const StateFolder& state);

}  // namespace caseweave
