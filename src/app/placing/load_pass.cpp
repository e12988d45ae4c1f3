#include "app/placing/load_pass.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "app/placing/golden_rows.hpp"
#include "app/placing/identity_rows.hpp"
#include "app/placing/row_digester.hpp"
#include "app/reading/read_ahead.hpp"
#include "app/reading/watermarks.hpp"
#include "core/fault_point.hpp"
#include "core/shutdown.hpp"
#include "core/source_ref.hpp"
#include "ledger/lineage_tables.hpp"
#include "ledger/lineage_writer.hpp"
#include "load/batch_writer.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"

namespace caseweave {

namespace {

void write_identity(TargetConnection& connection, RunLedger& ledger, const PeopleOfRun& people,
                    const LinkageModel& model) {
    TargetTransaction transaction(connection);
    for (const std::string_view table : {"lineage.crosswalk", "review.pair", "lineage.identity_event"}) {
        connection.execute("DELETE FROM " + std::string(table) +
                           " WHERE run_id = " + std::to_string(ledger.run().value));
    }
    write_crosswalk(connection, ledger.run(), crosswalk_rows(people, model));
    keep_review_pairs(connection, ledger, people);
    write_identity_events(connection, ledger.run(), identity_event_rows(people));
    note_decisions_applied(connection, ledger.run());
    refresh_review(connection);
    ledger.finish_phase(connection, "crosswalk");
    transaction.commit();
}

/// Digests the golden rows of the people, as loading them would.
TallyTable tally_golden_rows(const PeopleOfRun& people, const Consolidator& consolidator, const TargetSchema& schema) {
    const std::string system(kGoldenSystem);
    const std::string source_entity(kGoldenEntity);
    TallyTable tallies;
    RowDigester digester;
    write_golden_rows(
        people, consolidator, schema,
        [&](const CanonicalRow& row, PersonId, std::uint8_t, std::uint8_t) {
            tallies[{system, source_entity, row.entity->name}].add(row.source_key,
                                                                   digester.digest(system, source_entity, row));
        },
        [](std::size_t) {});
    return tallies;
}

/// Gives what a run has committed of one source entity.
TallyTable committed_rows(const RunLedger& ledger, const SourceEntity& entity) {
    TallyTable committed;
    for (const auto& [key, segments] : ledger.tallies()) {
        if (key.system == entity.system && key.source_entity == entity.entity && segments.total() != RowTally{})
            committed.emplace(key, segments);
    }
    return committed;
}

std::uint64_t committed_batches(const std::optional<Checkpoint>& checkpoint) {
    std::uint64_t count = 0;
    if (checkpoint)
        std::from_chars(checkpoint->position.data(), checkpoint->position.data() + checkpoint->position.size(), count);
    return count;
}

/// Takes the batches of load_rows into the target.
class Loader {
  public:
    Loader(TargetConnection& connection, RunLedger& ledger, JobSources& sources, const CanonicalSchema& schema,
           const PeopleOfRun& people, Progress& progress, std::set<std::string>& unmapped)
        : connection_(&connection),
          writer_(connection, ledger),
          ledger_(&ledger),
          sources_(&sources),
          schema_(&schema),
          people_(&people),
          progress_(&progress),
          unmapped_(&unmapped) {}

    void take(std::size_t system, const EntityDefinition& entity, const PlacedBatch& placed) {
        progress_->add(static_cast<std::uint64_t>(placed.counts.read));
        open(system, entity);
        note_unmapped(name_.system, entity, placed.batch.source, *unmapped_);
        watermark_.note(placed.batch.source);
        if (placed.ordinal < committed_) return pass_over(placed);  // committed before the run was interrupted
        require_as_committed();
        if (fault_point("lose_batch")) return;
        add(placed);
        writer_.set_checkpoint(std::to_string(placed.ordinal + 1), false);
        if (writer_.full()) commit();
    }

    void end_entity(std::size_t system, const EntityDefinition& entity, const EntityCounts& totals) {
        open(system, entity);
        require_as_committed();
        const bool agree = take_readers_count(writer_, *ledger_, name_, totals);
        if (!complete_ || !agree) {
            writer_.set_checkpoint(std::to_string(last_ordinal_), true);
            commit();
        }
        if (const auto greatest = watermark_.greatest())
            write_watermarks(*connection_, ledger_->run(), {{name_, {*greatest, ledger_->run()}}});
        entity_ = nullptr;
    }

  private:
    /// Counts and digests what an earlier attempt has committed, as the source gives it now.
    void pass_over(const PlacedBatch& placed) {
        passed_ += placed.counts;
        for (const CanonicalRow& row : placed.batch.rows) {
            passed_rows_[{name_.system, name_.entity, row.entity->name}].add(
                row.source_key, digester_.digest(name_.system, name_.entity, row));
        }
        for_each_kept_row(writer_.context(), placed.batch, [&](const TalliedRow& row) {
            passed_rows_[{name_.system, name_.entity, std::string(row.table)}].add(row.source_key, row.digest);
        });
    }

    /// Compares that with the ledger, once for each entity, before anything is added to it. What a source has inserted,
    /// changed or deleted meanwhile has moved every later batch: rows would be lost, and others loaded twice.
    void require_as_committed() {
        if (committed_ == 0 || compared_) return;
        compared_ = true;
        const auto known = ledger_->counts().find(name_);
        const EntityCounts counts = known == ledger_->counts().end() ? EntityCounts{} : known->second;
        const auto places = [](const EntityCounts& c) {
            return std::array{c.read, c.placed, c.duplicate_in_source, c.quarantined, c.excluded, c.field_issues};
        };
        if (passed_rows_ != committed_rows(*ledger_, name_) || places(passed_) != places(counts))
            throw SourceChanged(name_.system + " " + name_.entity);
    }

    void open(std::size_t system, const EntityDefinition& entity) {
        if (entity_ == &entity) return;
        entity_ = &entity;
        const JobSystem& job_system = sources_->systems()[system];
        name_ = {job_system.definition->name, entity.name};
        const auto checkpoint = ledger_->checkpoint(name_, kLoadPass);
        committed_ = committed_batches(checkpoint);
        complete_ = checkpoint && checkpoint->complete;
        if (complete_) committed_ = UINT64_MAX;
        last_ordinal_ = complete_ ? 0 : committed_;
        compared_ = false;
        passed_ = {};
        passed_rows_.clear();
        may_name_place_ = may_name_place(entity, *schema_);
        watermark_.open(entity);
        placer_.emplace(*people_, SystemId{static_cast<std::uint16_t>(system)});
        writer_.open(name_, job_system.area(), kLoadPass);
    }

    void add(const PlacedBatch& placed) {
        const CanonicalBatch& batch = placed.batch;
        last_ordinal_ = placed.ordinal + 1;
        EntityCounts& counts = writer_.counts();
        counts.read += placed.counts.read;
        counts.placed += placed.counts.placed;
        counts.duplicate_in_source += placed.counts.duplicate_in_source;
        counts.quarantined += placed.counts.quarantined;
        counts.excluded += placed.counts.excluded;
        counts.field_issues += placed.counts.field_issues;
        add_source_rows(writer_, *placer_, batch, nullptr);
        for (const Reject& reject : batch.rejects) {
            writer_.lineage().add_reject(writer_.context(), reject,
                                         access_of_reject(*placer_, reject, may_name_place_));
        }
    }

    void commit() {
        fault_point("before_commit");
        writer_.commit();
        fault_point("after_commit");
    }

    TargetConnection* connection_;
    BatchWriter writer_;
    RunLedger* ledger_;
    JobSources* sources_;
    const CanonicalSchema* schema_;
    const PeopleOfRun* people_;
    Progress* progress_;
    std::set<std::string>* unmapped_;
    const EntityDefinition* entity_ = nullptr;
    SourceEntity name_;
    WatermarkReader watermark_;
    std::optional<RowPlacer> placer_;
    bool may_name_place_ = false;     // rows of the open entity: one that is hidden apart from the row
    std::uint64_t committed_ = 0;     // batches of the open entity that an earlier attempt committed
    std::uint64_t last_ordinal_ = 0;  // batches of the open entity that are written
    bool complete_ = false;
    bool compared_ = false;  // what was committed of the open entity with what its source gives
    EntityCounts passed_;    // of the batches passed over
    TallyTable passed_rows_;
    RowDigester digester_;
};

}  // namespace

std::vector<std::string_view> person_keys_of(const CanonicalBatch& batch) {
    std::vector<std::string_view> keys(batch.outcomes.size());
    for (const CanonicalRow& row : batch.rows) keys[row.source_row] = row.source_person_key;
    return keys;
}

void for_each_verbatim_row(const CanonicalBatch& batch, const std::function<void(const CanonicalRow&)>& take) {
    if (batch.verbatim.empty()) return;
    std::uint32_t previous = UINT32_MAX;
    for (const CanonicalRow& row : batch.rows) {
        if (row.source_row != previous) take(row);
        previous = row.source_row;
    }
}

void for_each_kept_row(const LineageContext& context, const CanonicalBatch& batch,
                       const std::function<void(const TalliedRow&)>& take) {
    for (const Reject& reject : batch.rejects) {
        take(tallied_reject(context, reject));
        take(tallied_place(context, kQuarantinedRows, reject.key, display_position(reject.document, reject.position)));
    }
    const auto take_place = [&](std::string_view table, const SourceRowOutcome& outcome) {
        take(tallied_place(context, table, outcome.key, display_position(outcome.document, outcome.position)));
    };
    const std::vector<std::string_view> person_keys = person_keys_of(batch);
    for (const FieldIssue& issue : batch.issues) {
        const SourceRowOutcome& outcome = batch.outcomes[issue.source_row];
        take(tallied_issue(context, issue, outcome, person_keys[issue.source_row]));
        take_place(kFieldIssues, outcome);
    }
    for_each_verbatim_row(batch, [&](const CanonicalRow& row) {
        const SourceRowOutcome& outcome = batch.outcomes[row.source_row];
        take(tallied_source_row(context, outcome, row.source_person_key, batch.verbatim[row.source_row]));
        take_place(kSourceRows, outcome);
    });
}

bool take_readers_count(BatchWriter& writer, const RunLedger& ledger, const SourceEntity& entity,
                        const EntityCounts& totals) {
    EntityCounts& open = writer.counts();
    EntityCounts sum = open;
    if (const auto known = ledger.counts().find(entity); known != ledger.counts().end()) sum += known->second;
    open.read += totals.read - sum.read;
    open.emitted += totals.emitted - sum.emitted;
    return totals.read == sum.read && totals.emitted == sum.emitted;
}

void note_unmapped(const std::string& system, const EntityDefinition& entity, const RecordBatch& source,
                   std::set<std::string>& unmapped) {
    const RowShape& shape = source.shape();
    // A column may have been met in a record that was rejected: then no extras keep it.
    const auto any_row_has = [&](std::size_t column) {
        for (std::size_t row = 0; row < source.rows(); ++row) {
            if (source.row(row)[column].missing() != Missing::absent) return true;
        }
        return false;
    };
    for (std::size_t i = shape.declared; i < shape.columns.size(); ++i) {
        const std::string& column = shape.columns[i];
        if (std::find(entity.ignored.begin(), entity.ignored.end(), column) != entity.ignored.end()) continue;
        std::string name = system + " " + entity.name + " " + column;
        if (!unmapped.contains(name) && any_row_has(i)) unmapped.insert(std::move(name));
    }
}

void add_source_rows(BatchWriter& writer, RowPlacer& placer, const CanonicalBatch& batch,
                     const std::vector<bool>* wanted) {
    const auto is_wanted = [&](std::uint32_t source_row) { return wanted == nullptr || (*wanted)[source_row]; };
    std::vector<std::uint8_t> access(batch.outcomes.size(), kAccessOpen);
    for (const CanonicalRow& row : batch.rows) {
        if (!is_wanted(row.source_row)) continue;
        const RowPlacement placement = placer.place(row);
        access[row.source_row] |= placement.access | placement.address_access;
        writer.add(row, placement);
        if (fault_point("load_row_twice")) writer.add(row, placement);
    }
    const LineageContext context = writer.context();
    const std::vector<std::string_view> person_keys = person_keys_of(batch);
    for (const FieldIssue& issue : batch.issues) {
        if (!is_wanted(issue.source_row)) continue;
        const std::string_view key = person_keys[issue.source_row];
        const std::uint8_t of_person = key.empty() ? kAccessOpen : placer.access_of(key);
        writer.lineage().add_issue(context, issue, batch.outcomes[issue.source_row], key,
                                   static_cast<std::uint8_t>(of_person | access[issue.source_row]));
    }
    for_each_verbatim_row(batch, [&](const CanonicalRow& row) {
        if (!is_wanted(row.source_row)) return;
        writer.lineage().add_source_row(context, batch.outcomes[row.source_row], row.source_person_key,
                                        batch.verbatim[row.source_row], access[row.source_row]);
    });
}

bool may_name_place(const EntityDefinition& entity, const CanonicalSchema& schema) {
    return std::ranges::any_of(entity.emits, [&](const EmitDefinition& emit) {
        const EntityDescriptor* descriptor = schema.find(emit.to);
        return descriptor != nullptr && closes_address_apart(*descriptor);
    });
}

RejectAccess access_of_reject(const RowPlacer& placer, const Reject& reject, bool may_name_place) {
    // Where a row that was not taken apart says, nobody has looked: it may be a hidden place.
    const std::uint8_t of_address = may_name_place ? kAccessRestricted : kAccessOpen;
    return access_of_reject(reject, static_cast<std::uint8_t>(placer.access_of_unread(reject.person_key) | of_address),
                            placer.knows_person(reject.person_key));
}

GoldenRecord golden_record(const PeopleOfRun& people, const Consolidator& consolidator, std::size_t cluster) {
    GoldenRecord golden = consolidator.consolidate(people.identity.person[cluster], people.members[cluster]);
    golden.access |= people.shields->of_person(golden.id);
    return golden;
}

void write_golden_rows(const PeopleOfRun& people, const Consolidator& consolidator, const TargetSchema& schema,
                       const GoldenRowWriter::Take& take, const std::function<void(std::size_t cluster)>& end_person) {
    GoldenRowWriter rows(people.store, schema);
    for (std::size_t cluster = 0; cluster < people.members.size(); ++cluster) {
        rows.write(golden_record(people, consolidator, cluster), take);
        end_person(cluster);
    }
}

void add_golden_row(BatchWriter& writer, const CanonicalRow& row, PersonId person, std::uint8_t areas,
                    std::uint8_t access) {
    RowPlacement placement;
    placement.person = person;
    placement.access = access;
    writer.add(row, placement, areas);
}

RowPlacement RowPlacer::place(const CanonicalRow& row) {
    RowPlacement placement;
    const CrosswalkEntry* entry =
        row.entity->subject == Subject::none ? nullptr : people_->crosswalk.find(system_, row.source_person_key);
    if (entry != nullptr) placement.person = entry->person;
    references_.clear();
    for (std::size_t i = 0; i < row.entity->fields.size(); ++i) {
        if (row.entity->fields[i].type != FieldType::person_ref) continue;
        const CrosswalkEntry* other =
            row.values[i].has_value() ? people_->crosswalk.find(system_, row.values[i].text) : nullptr;
        references_.push_back(other != nullptr ? other->person : PersonId{});
    }
    placement.references = references_;
    placement.access = people_->shields->of_row(row, placement.person, references_);
    placement.address_access = people_->shields->of_address(people_->store.system_name(system_), row);
    if (row.entity->name == "family") {
        const Value& key = row.values[row.entity->find("family_key")];
        if (key.has_value()) placement.access |= people_->shields->of_family(system_, key.text);
    }
    return placement;
}

std::uint8_t RowPlacer::access_of(std::string_view person_key) const noexcept {
    const CrosswalkEntry* entry = people_->crosswalk.find(system_, person_key);
    return entry != nullptr ? entry->access : kAccessRestricted;
}

std::uint8_t RowPlacer::access_of_unread(std::string_view person_key) const noexcept {
    const CrosswalkEntry* entry = people_->crosswalk.find(system_, person_key);
    return entry != nullptr ? people_->shields->of_unread_row(entry->person) : kAccessRestricted;
}

void load_people(TargetConnection& connection, RunLedger& ledger, const PeopleOfRun& people, const LinkageModel& model,
                 const Consolidator& consolidator, const TargetSchema& schema, Progress& progress) {
    if (!ledger.phase_done("crosswalk")) {
        write_identity(connection, ledger, people, model);
    } else if (!crosswalk_equals(connection, crosswalk_rows(people, model))) {
        throw SourceChanged("the people");
    }
    const SourceEntity golden_entity{std::string(kGoldenSystem), std::string(kGoldenEntity)};
    if (ledger.phase_done("people")) {
        if (tally_golden_rows(people, consolidator, schema) != committed_rows(ledger, golden_entity))
            throw SourceChanged("the people");
        return;
    }
    // An interrupted attempt starts again: golden rows are few, and their order is the persons'.
    std::vector<std::string> tables;
    for (const EntityDescriptor* entity : {&schema.golden_person(), &schema.child(), &schema.person_value()})
        tables.push_back(qualified_table(*entity));
    if (ledger.checkpoint(golden_entity, kLoadPass)) ledger.discard(connection, golden_entity, kLoadPass, tables);

    BatchWriter writer(connection, ledger);
    writer.open(golden_entity, 0, kLoadPass);
    write_golden_rows(
        people, consolidator, schema,
        [&](const CanonicalRow& row, PersonId person, std::uint8_t areas, std::uint8_t access) {
            add_golden_row(writer, row, person, areas, access);
        },
        [&](std::size_t cluster) {
            writer.set_checkpoint(std::to_string(cluster + 1), cluster + 1 == people.members.size());
            if (writer.full()) {
                writer.commit();
                throw_if_shutdown_requested();
            }
            progress.add(1);
        });
    writer.commit();
    ledger.finish_phase(connection, "people");
}

ReadSeconds load_rows(TargetConnection& connection, RunLedger& ledger, JobSources& sources,
                      const CanonicalSchema& schema, NormaliseOptions options, const PeopleOfRun& people,
                      Progress& progress, std::set<std::string>& unmapped) {
    Loader loader(connection, ledger, sources, schema, people, progress, unmapped);
    ReadPlan plan;
    plan.options = options;
    plan.options.keep_verbatim = true;
    plan.warns_of_date_forms = true;
    plan.wanted = [](const JobSystem&, const EntityDefinition&) { return true; };
    plan.knows_person = [&](std::size_t system, std::string_view key) {
        return people.crosswalk.find(SystemId{static_cast<std::uint16_t>(system)}, key) != nullptr;
    };
    ReadTaker taker;
    taker.take = [&](std::size_t system, const EntityDefinition& entity, const PlacedBatch& batch) {
        loader.take(system, entity, batch);
    };
    taker.end_entity = [&](std::size_t system, const EntityDefinition& entity, const EntityCounts& totals) {
        loader.end_entity(system, entity, totals);
    };
    return read_ahead(sources, schema, plan, taker);
}

}  // namespace caseweave
