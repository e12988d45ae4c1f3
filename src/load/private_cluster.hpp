#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "load/account.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Runs a PostgreSQL cluster of the program's own under the state folder: no network, peer authentication.
///
/// The cluster outlives the program, so that psql can look at it; start() finds it running, or starts it again, or
/// makes it. Only the operating-system user who made it, and root, can connect, and only as one of the program's roles.
///
/// initdb refuses root and no other account reads below a root home: as root the data lives under
/// /var/lib/caseweave/<hash of the state folder>, owned by `postgres`, with the link `<state>/cluster` to it. The link
/// decides: a state folder that was moved keeps its cluster. start() deletes no data: a new folder at the path of an
/// earlier one gets a cluster of its own beside what that left.
class PrivateCluster {
  public:
    /// Name of the database inside the cluster.
    static constexpr std::string_view kDatabase = "caseweave";
    /// The role that made the cluster; applies migrations.
    static constexpr std::string_view kAdmin = "caseweave_admin";
    /// May read and change everything and take every other role (SET ROLE); what `caseweave target` prints.
    static constexpr std::string_view kOperator = "caseweave_operator";

    /// Makes, starts or finds the cluster of a state folder. Safe to call from two programs at once.
    /// @throws Error(target) with the log's path when PostgreSQL does not start.
    static PrivateCluster start(const std::filesystem::path& state);

    /// Tells whether the state folder has a cluster, running or not.
    static bool exists(const std::filesystem::path& state);

    /// Gives what libpq needs to connect as a role ("caseweave_loader").
    TargetConnection::Settings settings(std::string_view role) const;
    /// Writes the same as a connection string for psql.
    std::string connection_string(std::string_view role) const;

    bool running() const;
    /// Ends the cluster: open transactions are rolled back. Does nothing when it is not running.
    void stop();
    /// Ends the cluster at once, as a power cut would; the next start recovers. For tests.
    void kill();
    /// Stops the cluster and deletes its data and its sockets.
    void remove();

    const std::filesystem::path& data_folder() const noexcept { return data_; }
    const std::filesystem::path& log_file() const noexcept { return log_; }
    const std::filesystem::path& socket_folder() const noexcept { return sockets_; }

  private:
    explicit PrivateCluster(const std::filesystem::path& state);
    void choose_places();
    /// Gives the folder that a state folder's link leads to. @throws Error(target) when it is another state folder's.
    std::filesystem::path follow(const std::filesystem::path& link);
    std::filesystem::path unclaimed_base(const std::string& name) const;
    /// Writes into the cluster's folder which state folder it belongs to.
    void claim() const;
    void make_cluster();
    void write_configuration();
    void clear_stale_locks();
    void start_postgres();
    void make_roles();
    pid_t postmaster() const;
    void end_postmaster(int signal);

    std::filesystem::path state_;
    std::filesystem::path base_;  // what holds data and log
    std::filesystem::path data_;
    std::filesystem::path log_;
    std::filesystem::path sockets_;
    Account account_;  // runs postgres
};

/// Finds the newest PostgreSQL server (15 or later) that is installed: its folder of programs.
/// @throws Error(target) that names the package to install.
std::filesystem::path find_postgres_programs();

}  // namespace caseweave
