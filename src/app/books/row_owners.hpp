#pragma once

#include <map>
#include <string>

#include "app/job/state_folder.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Says who mends the rows of each system: `owner` in the job's [system.<name>], else the system's title.
class RowOwners {
  public:
    /// Reads the job of the state folder's last migration; where there is none, every system's title.
    explicit RowOwners(const StateFolder& state);
    /// Reads a job that is at hand.
    explicit RowOwners(const Job& job);

    /// Names the owner; the system itself where no connector has its name any more.
    const std::string& of(const std::string& system) const;

  private:
    void name(const Job& job);

    std::map<std::string, std::string> named_;           // by the job
    mutable std::map<std::string, std::string> titles_;  // by the connectors, as they are asked for
};

}  // namespace caseweave
