#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "canonical/schema.hpp"
#include "extract/connector.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Holds one system of a job, ready to be read.
struct JobSystem {
    SystemSettings settings;
    std::shared_ptr<const ConnectorDefinition> definition;
    std::unique_ptr<Connector> connector;  ///< null where the systems are only described

    /// Bit of the ServiceArea whose readers may see the system's rows.
    std::uint8_t area() const noexcept;
};

/// Says how one system's checks went.
struct SystemHealth {
    std::string system;
    std::vector<CheckFinding> findings;
    std::exception_ptr failure;  ///< what stopped the checks, or null
    bool passed_over = false;    ///< it need not be read, and was not checked
    bool healthy() const noexcept;
};

/// Tells whether what verify() found keeps a run from loading anything: one failure does, or with on_source_failure =
/// "continue" only the failure of every system.
bool stop_a_run(const std::vector<SystemHealth>& health, OnSourceFailure on_failure) noexcept;

/// Holds the systems of a job in job order.
class JobSources {
  public:
    /// Loads the connectors' definitions and makes their connectors; touches no system. @throws SettingsError.
    explicit JobSources(const Job& job);

    /// Loads the definitions only, for who describes the systems: they have no connector, and cannot be checked or
    /// read. Needs no secret. @throws SettingsError.
    static JobSources described(const Job& job);

    std::vector<JobSystem>& systems() noexcept { return systems_; }
    const std::vector<JobSystem>& systems() const noexcept { return systems_; }

    /// Asks every system at once whether it answers and has every declared column, where no record has to be read for
    /// that. Reads no record.
    std::vector<SystemHealth> check();

    /// Checks every system, then manifests, checksums and control totals, before a row is loaded.
    ///
    /// With on_source_failure = "continue" systems that fail are taken out of the job, unless all do. @param pass_over
    /// tells whether a system need not be read, and so not be checked; may be null. Called from a thread a system.
    std::vector<SystemHealth> verify(OnSourceFailure on_failure, const std::function<bool(JobSystem&)>& pass_over = {});

    /// Takes a system that failed while it was read out of the job, so that the run can begin again without it.
    /// @return false, and nothing is changed, where the job says stop, or no other system is left.
    bool leave_out(const SourceError& failure, OnSourceFailure on_failure);

  private:
    JobSources() = default;
    std::vector<JobSystem> systems_;
};

}  // namespace caseweave
