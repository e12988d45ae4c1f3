#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/scale.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/truth.hpp"

namespace simulate {

/// How often things happen to people in one night, of the county's children; each at least once where there is someone
/// whom it can happen to.
namespace nightly_rates {
inline constexpr double kArrives = 0.0003;     ///< comes to the county, with family and history
inline constexpr double kMoves = 0.0008;       ///< the family's new address reaches seven systems in ten
inline constexpr double kRenamed = 0.0002;     ///< a new surname, likewise
inline constexpr double kCorrected = 0.0002;   ///< a wrong birth date is put right
inline constexpr double kRestricted = 0.0001;  ///< the record is restricted, and every system is told
inline constexpr double kBorn = 0.0001;        ///< an unborn child is born and named
inline constexpr double kMerged = 0.0001;      ///< a second record of a child is merged into the first
inline constexpr double kRemoved = 0.0001;     ///< a record is deleted, with what hangs from it
inline constexpr double kAdopted = 0.00002;    ///< an adoption order seals the records that are there
}  // namespace nightly_rates

/// One thing that happens to one record in one night.
struct PersonChange {
    enum class Kind { moved, renamed, birth_corrected, restricted, born, merged, removed } kind = Kind::moved;
    std::string key;
    std::string into;     ///< merged: the record that stays
    AddressView address;  ///< moved
    std::string given, family, sex;
    DateParts birth;
};

/// What one night brings to the people of all systems. What it brings to their case rows follows from the rows
/// (DumpEvolution).
struct NightPlan {
    int night = 0;
    std::map<std::string, std::vector<PersonChange>, std::less<>> changes;  ///< by system
    County newcomers;                                                       ///< who arrives, and others who do not
    std::vector<SystemView> newcomer_views;                                 ///< under keys that no record has
    std::map<std::string, std::set<std::string>, std::less<>> arriving;     ///< keys of the records that are new
    /// Keys of records that are there already, and that rows of newcomers may name: the birth records of the adopted.
    std::map<std::string, std::set<std::string>, std::less<>> named;
    std::map<std::string, std::size_t, std::less<>> people;  ///< how many, by what happened
};

/// Plans nights one after the other, and keeps what is true up to date: the views and the county as they are after the
/// last planned night. Deterministic in county, scale and number of the night.
class NightPlanner {
  public:
    /// Throws std::invalid_argument for the scale twins, which has no nights.
    NightPlanner(const Scale& scale, const County& county, std::vector<SystemView> views);

    NightPlan plan_next();

    const std::vector<SystemView>& views() const { return views_; }
    /// Gives what is true after the last planned night.
    /// @param county the one that the nights are planned for; it is as before afterwards
    TruthBook truth(County& county);

  private:
    class Night;

    const Person& person(PersonIndex index) const;
    Person& altered(PersonIndex index);

    const Scale scale_;
    const County& county_;
    std::vector<SystemView> views_;
    int night_ = 0;
    IdentifierIssuer issuer_;
    std::size_t addresses_;
    std::size_t families_;
    std::size_t seals_;
    std::map<std::string, std::uint64_t, std::less<>> last_serial_;  // of each system's person keys
    std::vector<Person> arrived_;                                    // indices go on where the county's end
    std::map<PersonIndex, Person> altered_;                          // as they are now
    std::vector<Seal> new_seals_;
};

}  // namespace simulate
