#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "load/private_cluster.hpp"
#include "postgres/target_connection.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Names the roles of the target that commands connect as.
inline constexpr std::string_view kLoaderRole = "caseweave_loader";
/// Reads every service area and nothing that is restricted or sealed: a run asks as this role what lies open.
inline constexpr std::string_view kOrdinaryReaderRole = "caseweave_data_quality";

/// Finds the integrated database a job names and opens connections to it, as the roles of DESIGN section 8.
class Target {
  public:
    /// Finds the target; a private cluster is started under `state` where it is not running.
    /// Its connections heed the operator's wish to stop, see TargetConnection::Settings::interrupted.
    static Target open(const TargetSettings& settings, const std::filesystem::path& state);

    /// Connects as a role: by peer authentication in a private cluster; elsewhere with the job's login, then SET ROLE.
    /// @throws Error as TargetConnection does, one sentence; of an unknown service it points at the job's key.
    TargetConnection connect(std::string_view role = kLoaderRole) const;

    /// Connects as whoever may change the schema: the cluster's own superuser, or the job's login as it is.
    TargetConnection connect_admin() const;

    /// Gives psql's connection string; for a private cluster as a role that reads and changes everything.
    std::string connection_string() const;

    bool is_private() const noexcept { return cluster_.has_value(); }
    const std::optional<PrivateCluster>& cluster() const noexcept { return cluster_; }

  private:
    TargetConnection open_connection(std::string_view cluster_role) const;

    TomlTable settings_;  // [target], to point at its keys
    std::optional<PrivateCluster> cluster_;
    std::vector<std::pair<std::string, std::string>> external_;  // libpq keywords where there is no cluster
    TargetConnection::Settings limits_;                          // deadlines and the operator's flag; no keywords
};

}  // namespace caseweave
