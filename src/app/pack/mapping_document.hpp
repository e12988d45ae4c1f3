#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "app/job/job_sources.hpp"
#include "canonical/schema.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Counts the rows of one source entity in one canonical table, and those of them that have a value, by field.
struct FieldCoverage {
    std::uint64_t rows = 0;
    std::map<std::string, std::uint64_t> filled;
};
/// By system, source entity and canonical entity.
using CoverageTable = std::map<std::tuple<std::string, std::string, std::string>, FieldCoverage>;

/// Counts the values of every canonical field in the target. @param loader reads all.
CoverageTable count_coverage(TargetConnection& loader, const CanonicalSchema& canonical);

/// Says what becomes of one source column (or of several that make one value).
struct MappingLine {
    std::string system, entity;
    std::string columns;               ///< joined by " + "; "" for a constant
    std::string target_entity, field;  ///< "" where the column is read for keys and conditions only
    std::string rule;                  ///< in words
    std::string code_list, applies_when, coverage;
};

/// Names a column that no field of the model takes.
struct UnmappedColumn {
    std::string system, entity, column, reason;
};

/// The mapping as the connectors define it: every declared column stands in a line, or is unmapped.
struct MappingDocument {
    std::vector<MappingLine> lines;  ///< in the order of the job and its connectors
    std::vector<UnmappedColumn> unmapped;
};
MappingDocument make_mapping_document(const JobSources& sources, const CanonicalSchema& canonical,
                                      const CoverageTable& coverage);

}  // namespace caseweave
