#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>

#include "link/linkage_model.hpp"
#include "people/person_store.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Knows which of some records a role sees, and which comparisons of them rest on rows that it does not see.
///
/// A comparison rests on all rows of a record that its kind of value can come from: where one of them is hidden, what
/// the comparison found is, whichever row decided it.
class ShownEvidence {
  public:
    /// Asks the target about the records, as the loader, who sees all, and as the role of `reader`.
    ShownEvidence(TargetConnection& loader, TargetConnection& reader, const PersonStore& store,
                  const LinkageModel& model, std::span<const PersonRow> records);

    /// Tells whether the role sees a record; it must be one of those asked about.
    bool sees(PersonRow record) const { return !unseen_.contains(record); }
    /// Tells whether the role sees all of the records and all that they were compared by.
    bool sees_everything() const noexcept { return unseen_.empty() && hidden_.empty(); }
    /// Gives the comparisons of two records whose finding is not for the role.
    std::set<Comparison> withheld(PersonRow a, PersonRow b) const;

  private:
    std::set<PersonRow> unseen_;
    std::map<PersonRow, std::set<Comparison>> hidden_;
};

}  // namespace caseweave
