#pragma once

#include <string>

#include "app/job/viewer.hpp"
#include "app/record/record_comparison.hpp"

namespace caseweave {

/// Holds why two records are, or are not, one person.
struct PairExplanation {
    std::string text;  ///< for a terminal; "" where there is nothing to tell
    std::string svg;   ///< the same waterfall as a picture; "" where nothing was weighed
};

/// Links the target's people as they were linked and explains two of its records: in words, as a waterfall and, where
/// both are of one person, by the path of links from one to the other. Ask it only about records that the connection's
/// role sees. What rests on values or on other records that it does not see is left out. Nothing holds a value of a
/// record.
PairExplanation explain_records(const ViewedTarget& viewed, TargetConnection& connection, const SourceRecordId& left,
                                const SourceRecordId& right);

}  // namespace caseweave
