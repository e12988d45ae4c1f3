#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Writes the nightly files of the fostering and adoption system. One object a run; call in the order given.
class FosteringAdoptionWriter {
  public:
    FosteringAdoptionWriter(const County& county, const SystemView& view, const Random& random);

    /// Children, carers, their further names and relationships, and the members of every seal.
    void write_people();
    void write_staff();
    void write_households();
    /// Matches, placements and adoptions.
    void write_children_cases();
    /// Adds orphans, rows of lost parents, key conflicts, duplicates and broken lines.
    void write_dirt();
    SystemDump take_dump();

  private:
    void write_child(const PersonView& child);
    void write_carer(const PersonView& carer);
    void write_ties(const PersonView& person);
    void write_placement(const PersonView& child, const CarePeriod& care, const Placement& placement);
    void write_adoption(const Adoption& adoption, const Seal& seal);
    void write_involvement(const PersonView& child, WorkerIndex worker, std::string_view role, Day from, Day to);
    void write_document(const PersonView& child, std::string_view type, std::string_view title, Day day,
                        WorkerIndex worker);
    Cell worker_key(WorkerIndex worker) const;
    std::string agency_of(const CarerHousehold& household) const;
    static std::string household_key(std::uint32_t household);

    const County& county_;
    const SystemView& view_;
    Random random_;
    FormAnswers answers_;
    KeySeries name_keys_{"N", 1, 6};
    KeySeries relationship_keys_{"R", 1, 6};
    KeySeries approval_keys_{"A", 1, 6};
    KeySeries match_keys_{"M", 1, 6};
    KeySeries placement_keys_{"P", 1, 6};
    KeySeries involvement_keys_{"I", 1, 6};
    KeySeries document_keys_{"D", 1, 6};
    Table children_, carers_, names_, relationships_, identity_members_, teams_, workers_, households_, approvals_,
        matches_, placements_, adoptions_, child_workers_, documents_;
};

}  // namespace simulate
