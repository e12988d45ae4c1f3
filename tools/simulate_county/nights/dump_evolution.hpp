#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "simulate_county/nights/night_layout.hpp"
#include "simulate_county/nights/night_plan.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Of a table's rows: how often what happens in one night (README, "Nights").
namespace nightly_rates {
inline constexpr double kInserted = 0.006;
inline constexpr double kUpdated = 0.006;   ///< a value changes, or an open row is closed
inline constexpr double kDeleted = 0.0015;  ///< of tables that nothing hangs from
inline constexpr double kLate = 0.05;       ///< of the rows written: saved before the last night's end
inline constexpr double kEqual = 0.05;      ///< of the rows written: saved at the very time of last night's last row
}  // namespace nightly_rates

/// Counts what one night did to the rows of one entity.
struct EntityChanges {
    std::size_t inserted = 0;
    std::size_t updated = 0;
    std::size_t deleted = 0;
    std::size_t touched = 0;  ///< nothing but the time of the last change differs: something nested changed
};

/// Counts what one night did to one system. Of the rows inserted and updated, some are `late` and so on.
struct SystemChanges {
    std::string system;
    bool gives = false;  ///< the system gives data on this night; else it is as the night before
    std::map<std::string, EntityChanges, std::less<>> entities;
    std::size_t late = 0;     ///< written tonight, but saved before last night's end by their own account
    std::size_t equal = 0;    ///< saved at the very time of the latest row of last night
    std::size_t mended = 0;   ///< rows that could not be placed before
    std::size_t spoiled = 0;  ///< rows that cannot be placed any more
};

/// Takes the tables of one system from night to night. Rows that nothing happens to keep their place and bytes; new
/// rows come after the others.
class DumpEvolution {
  public:
    /// @param view who is known to the system in the dump as it is
    DumpEvolution(SystemDump& dump, const SystemView& view, std::uint64_t seed);

    /// Makes the next night of the dump.
    /// @param fresh the newcomers' dump of this system, made of plan.newcomer_views; empty where it gives no data
    SystemChanges take_night(const NightPlan& plan, const SystemDump& fresh);

  private:
    class Night;

    SystemDump& dump_;
    const SystemLayout& layout_;
    Random random_;
    std::unordered_set<std::string> people_;                         // keys of all person records
    std::map<std::string, std::uint64_t, std::less<>> last_serial_;  // by table
};

}  // namespace simulate
