#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/job/job_sources.hpp"
#include "app/reading/people_of_run.hpp"
#include "core/record_batch.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave::bench {

inline constexpr unsigned kSeed = 20260331;
/// Pupils the rows speak of; a county's schools hold about 110,000, and a crosswalk of that size leaves the cache.
inline constexpr std::uint32_t kPupils = 110'000;

/// Gives the education connector's definition with its most numerous entity alone: half-termly attendance.
ConnectorDefinition attendance_definition();

/// Makes attendance rows as the education database gives them, in the order of their key. Seeded: row n is always the
/// same.
class AttendanceRows {
  public:
    /// Fields of row `row`, one a column; missing ones are empty.
    const std::vector<std::string>& row(std::uint64_t row);

  private:
    std::vector<std::string> fields_;
};

/// Makes `rows` rows as an extractor hands them over.
std::vector<RecordBatch> attendance_batches(const EntityDefinition& entity, std::uint64_t rows);

/// Fills the crosswalk with every pupil; nobody is shielded.
void know_pupils(PeopleOfRun& people);

/// Makes a job system of one entity that reads `batches` from memory; each opening takes them.
JobSystem system_in_memory(std::shared_ptr<const ConnectorDefinition> definition,
                           std::shared_ptr<std::vector<RecordBatch>> batches);

/// Gives the middle of an odd number of measurements.
double median(std::vector<double> values);

}  // namespace caseweave::bench
