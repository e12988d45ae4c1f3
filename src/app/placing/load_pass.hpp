#pragma once

#include <exception>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/job/job_sources.hpp"
#include "app/placing/golden_rows.hpp"
#include "app/reading/entity_stream.hpp"
#include "app/reading/people_of_run.hpp"
#include "canonical/schema.hpp"
#include "consolidate/consolidator.hpp"
#include "ledger/lineage_writer.hpp"
#include "ledger/run_ledger.hpp"
#include "load/batch_writer.hpp"
#include "load/target_schema.hpp"
#include "normalise/entity_normaliser.hpp"
#include "pipeline/progress.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says whose a canonical row is and who may see it: the same answer for loading and for reconciliation.
class RowPlacer {
  public:
    RowPlacer(const PeopleOfRun& people, SystemId system) : people_(&people), system_(system) {}

    /// The placement refers to this object's memory until the next call.
    RowPlacement place(const CanonicalRow& row);

    bool knows_person(std::string_view key) const noexcept { return people_->crosswalk.find(system_, key) != nullptr; }
    /// Access bits for what is known of a source person; an unknown person's data is for the cleared only.
    std::uint8_t access_of(std::string_view person_key) const noexcept;
    /// Access bits for the text of a row of a source person that was not taken apart: it may hold any field.
    std::uint8_t access_of_unread(std::string_view person_key) const noexcept;

  private:
    const PeopleOfRun* people_;
    SystemId system_;
    std::vector<PersonId> references_;
};

/// Says that what an interrupted run has committed is not what the sources give now: the run has to start over.
class SourceChanged : public std::exception {
  public:
    /// @param what names what changed: "education attendance", "the people".
    explicit SourceChanged(std::string what) : what_(std::move(what)) {}
    const char* what() const noexcept override { return what_.c_str(); }

  private:
    std::string what_;
};

/// Gives the source person key of each source row of a batch; "" where none of its rows has one.
std::vector<std::string_view> person_keys_of(const CanonicalBatch& batch);
/// Hands over one row of each source row whose text is kept: the first it gave.
void for_each_verbatim_row(const CanonicalBatch& batch, const std::function<void(const CanonicalRow&)>& take);
/// Digests what lineage keeps of a batch beside its rows: rejects, values set aside, source rows as they were read.
void for_each_kept_row(const LineageContext& context, const CanonicalBatch& batch,
                       const std::function<void(const TalliedRow&)>& take);

/// Sets what was read and emitted of an entity to the reader's count, which no batch lost or loaded twice on its way to
/// the writer can change: the ledger's equations then do not hold. @return whether both counts agree.
bool take_readers_count(BatchWriter& writer, const RunLedger& ledger, const SourceEntity& entity,
                        const EntityCounts& totals);

/// Notes the columns that rows of the source have and connector.toml does not know: "early_help family newMember".
/// Pages and objects show theirs only while they are read.
void note_unmapped(const std::string& system, const EntityDefinition& entity, const RecordBatch& source,
                   std::set<std::string>& unmapped);

/// Loads what the placed source rows of a batch became: rows, values set aside, their text where it is kept. What is
/// kept beside the rows needs the strictest clearance of what its source row became, since its text holds all of that.
/// @param wanted by source row, which of them; null: all.
void add_source_rows(BatchWriter& writer, RowPlacer& placer, const CanonicalBatch& batch,
                     const std::vector<bool>* wanted);

/// Tells whether rows of an entity can name a place that is hidden apart from the row.
bool may_name_place(const EntityDefinition& entity, const CanonicalSchema& schema);

/// Gives the access bits of a row that cannot be placed. @param may_name_place of its entity.
RejectAccess access_of_reject(const RowPlacer& placer, const Reject& reject, bool may_name_place);

/// Consolidates one cluster, with the clearance that its person needs.
GoldenRecord golden_record(const PeopleOfRun& people, const Consolidator& consolidator, std::size_t cluster);
/// Gives every golden row of the people; `end_person` is called behind each person's.
void write_golden_rows(const PeopleOfRun& people, const Consolidator& consolidator, const TargetSchema& schema,
                       const GoldenRowWriter::Take& take, const std::function<void(std::size_t cluster)>& end_person);
/// Loads one golden row.
void add_golden_row(BatchWriter& writer, const CanonicalRow& row, PersonId person, std::uint8_t areas,
                    std::uint8_t access);

/// Loads golden records, crosswalk, review pairs and identity events: once, in the phase "people". A resumed run finds
/// the crosswalk and the golden records there. @throws SourceChanged when they are not these people's.
void load_people(TargetConnection& connection, RunLedger& ledger, const PeopleOfRun& people, const LinkageModel& model,
                 const Consolidator& consolidator, const TargetSchema& schema, Progress& progress);

/// Streams every row of every system into the target: extract, normalise, attach the person, COPY. Rows, ledger and
/// checkpoint commit together; a resumed run passes over what is committed, once it has seen that the sources still
/// give the same rows. @throws SourceChanged when they do not. @return the time of reading, spent meanwhile. `unmapped`
/// takes a line for each column that only the source knows ("early_help family newMember").
ReadSeconds load_rows(TargetConnection& connection, RunLedger& ledger, JobSources& sources,
                      const CanonicalSchema& schema, NormaliseOptions options, const PeopleOfRun& people,
                      Progress& progress, std::set<std::string>& unmapped);

/// Stands as the pass of load_rows in checkpoints.
inline constexpr std::string_view kLoadPass = "load";

}  // namespace caseweave
