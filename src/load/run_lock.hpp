#pragma once

#include <string>
#include <string_view>

#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says who runs: "root@host, process 123".
std::string describe_holder();

/// Holds the target for one run, so that two runs never load at once. Frees it when it is destroyed or the process
/// dies.
///
/// An advisory lock on a connection of its own: a broken writer connection does not let another run in.
class RunLock {
  public:
    /// Takes the lock. @param command what is running ("bulk"), shown to whoever finds the target held.
    /// @throws Error(locked) that names the holder, its process and since when.
    RunLock(TargetConnection connection, std::string_view command);
    RunLock(const RunLock&) = delete;
    RunLock& operator=(const RunLock&) = delete;
    /// Tells whether any run holds the target now.
    static bool is_held(TargetConnection& connection);
    /// Frees the target before it returns: the server would, too, once it notices that the connection is gone.
    ~RunLock();

    /// Takes the target for the open transaction of `writer` as well: should the lock's own connection be lost, no
    /// other run that works in one transaction overlaps this one before it has ended.
    /// @throws Error(locked) when such a run is not over.
    void bind(TargetConnection& writer) const;

  private:
    TargetConnection connection_;
};

}  // namespace caseweave
