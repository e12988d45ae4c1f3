#pragma once

#include "app/people_files/people_columns.hpp"
#include "link/linkage_model.hpp"

namespace caseweave {

/// Tells whether a file with these columns can give every part of the rule's key a value. What a too large block is
/// refined by is not asked for: a rule works without.
bool has_columns_of(const BlockingRule& rule, const LinkageModel& model, const PeopleColumns& columns);

}  // namespace caseweave
