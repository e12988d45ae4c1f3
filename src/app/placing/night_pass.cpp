#include "app/placing/night_pass.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

#include "app/placing/load_pass.hpp"
#include "app/placing/row_digester.hpp"
#include "app/placing/stored_rejects.hpp"
#include "app/reading/key_register.hpp"
#include "app/reading/stored_content.hpp"
#include "canonical/copy_encoding.hpp"
#include "core/digest.hpp"
#include "core/fault_point.hpp"
#include "core/shutdown.hpp"
#include "core/source_ref.hpp"
#include "ledger/lineage_tables.hpp"
#include "ledger/lineage_writer.hpp"
#include "load/batch_writer.hpp"
#include "load/people_lineage.hpp"
#include "reconcile/content_proof.hpp"

namespace caseweave {

namespace {

/// Changed source rows that wait to be written together: each writing asks the target some questions a table.
constexpr std::size_t kWaitingRows = 2000;
/// Batches they may stand in: a batch's memory stays while one of its rows waits.
constexpr std::size_t kWaitingBatches = 16;

/// Rows of an entity that may be gone whatever their share: of a handful, half is no sign of an export cut short.
constexpr std::size_t kFewRows = 20;

/// Hold what is kept beside the canonical rows of a source row.
const std::vector<std::string> kKeptTables = {"lineage.source_row", "sealed.source_row", "lineage.field_issue"};

/// A batch some of whose source rows are to be written.
struct Waiting {
    PlacedBatch placed;
    std::vector<bool> wanted;  // by source row
};

/// Takes the batches of a night into the target.
class Night {
  public:
    Night(const NightTools& tools, NightOutcome& outcome)
        : tools_(&tools), outcome_(&outcome), writer_(*tools.loader, *tools.ledger, BatchWriter::Transactions::joined) {
        tools.loader->execute("CREATE TEMPORARY TABLE changed_key (source_key text) ON COMMIT DROP");
    }

    void take(std::size_t system, const EntityDefinition& entity, PlacedBatch placed) {
        open(system, entity);
        tools_->progress->add(static_cast<std::uint64_t>(placed.counts.read));
        note_unmapped(name_.system, entity, placed.batch.source, outcome_->unmapped);
        watermark_.note(placed.batch.source);
        if (fault_point("night.lose_batch")) return;
        count_places(placed.counts);
        if (partial_) read_stored_of(placed.batch);
        take_rejects(placed.batch);
        compare(std::move(placed));
        if (waiting_rows_ >= kWaitingRows || waiting_.size() >= kWaitingBatches) write_waiting();
    }

    void end_entity(std::size_t system, const EntityDefinition& entity, const EntityCounts& totals) {
        open(system, entity);
        write_waiting();
        partial_ ? take_away_unplaced() : take_away_unseen();
        take_away_rejects();
        note_watermark();
        take_readers_count(writer_, *tools_->ledger, name_, totals);
        if (rejects_seen_ != quarantined_) {
            outcome_->imbalances.push_back(
                {name_, "quarantined = rejected rows handed over", quarantined_, rejects_seen_});
        }
        writer_.set_checkpoint("", true);
        writer_.commit();
        entity_ = nullptr;
    }

  private:
    void open(std::size_t system, const EntityDefinition& entity) {
        if (entity_ == &entity) return;
        entity_ = &entity;
        const JobSystem& job_system = tools_->sources->systems()[system];
        name_ = {job_system.definition->name, entity.name};
        tables_.clear();
        for (const EmitDefinition& emit : entity.emits) {
            const EntityDescriptor* table = tools_->canonical->find(emit.to);
            if (table != nullptr && std::ranges::find(tables_, table) == tables_.end()) tables_.push_back(table);
        }
        may_name_place_ = may_name_place(entity, *tools_->canonical);
        placer_.emplace(*tools_->people, SystemId{static_cast<std::uint16_t>(system)});
        writer_.open(name_, job_system.area(), kLoadPass);
        rejects_ = StoredRejects(*tools_->reader, writer_.context());
        rejects_seen_ = 0;
        quarantined_ = 0;
        watermark_.open(entity);
        partial_ = tools_->partial->narrowed(name_.system, entity) != nullptr;
        seen_ = KeyRegister();
        placed_ = KeyRegister();
        unplaced_.clear();
        stored_ = StoredContent();
        if (!partial_) read_stored(of_entity());
    }

    std::string of_entity() const { return is_of({name_.system, name_.entity, {}}); }

    /// Digests what the target has of the entity, or of some of its keys.
    void read_stored(const std::string& condition) {
        const auto read = [&](std::string_view table, const std::string& sql) {
            RowDigestReader reader([&](const DigestedRowView& row) { stored_.add(row.source_key, table, row.digest); });
            tools_->reader->copy_out(sql, [&](std::string_view bytes) { reader.feed(bytes); });
        };
        for (const EntityDescriptor* table : tables_) read(table->name, digest_read_back_sql(*table, condition));
        for (const std::string_view table : {kSourceRows, kFieldIssues})
            read(table, lineage_read_back_sql(table, condition));
    }

    /// Does so for the keys of a batch; notes them as seen.
    void read_stored_of(const CanonicalBatch& batch) {
        CopyBuffer keys;
        const auto see = [&](std::string_view key) {
            if (key.empty() || seen_.insert(hash64(key), 0) != KeyRegister::Seen::fresh) return;
            keys.begin_row(1);
            keys.put_text(storable_text(key));
        };
        for (const SourceRowOutcome& outcome : batch.outcomes) see(outcome.key);
        for (const Reject& reject : batch.rejects) see(reject.key);
        if (keys.empty()) return;
        TargetConnection& reader = *tools_->reader;
        reader.execute("CREATE TEMPORARY TABLE IF NOT EXISTS asked_key (source_key text); TRUNCATE pg_temp.asked_key");
        copy_rows(reader, "pg_temp.asked_key", "source_key", keys);
        reader.execute("ANALYZE pg_temp.asked_key");
        read_stored(of_entity() + " AND source_key IN (SELECT source_key FROM pg_temp.asked_key)");
    }

    void count_places(const EntityCounts& placed) {
        EntityCounts& counts = writer_.counts();
        counts.read += placed.read;
        counts.placed += placed.placed;
        counts.duplicate_in_source += placed.duplicate_in_source;
        counts.quarantined += placed.quarantined;
        counts.excluded += placed.excluded;
        counts.field_issues += placed.field_issues;
        counts.emitted += placed.emitted;
        quarantined_ += placed.quarantined;
    }

    void take_rejects(const CanonicalBatch& batch) {
        for (const Reject& reject : batch.rejects) {
            ++rejects_seen_;
            if (partial_ && !reject.key.empty()) unplaced_.insert(reject.key);
            const RejectAccess access = access_of_reject(*placer_, reject, may_name_place_);
            const TalliedRow place = tallied_place(writer_.context(), kQuarantinedRows, reject.key,
                                                   display_position(reject.document, reject.position));
            if (rejects_.take(tallied_reject(writer_.context(), reject), access,
                              is_misplaced(reject.key) ? &place : nullptr))
                continue;
            writer_.lineage().add_reject(writer_.context(), reject, access);
        }
    }

    /// Tells whether a source row is to be written again because the target has it at another place.
    bool is_misplaced(std::string_view source_key) const {
        return tools_->misplaced != nullptr &&
               tools_->misplaced->contains({name_.system, name_.entity, storable_text(source_key)});
    }

    /// Finds the source rows of a batch that the target does not have as they are.
    void compare(PlacedBatch placed) {
        const CanonicalBatch& batch = placed.batch;
        std::vector<std::uint64_t> content(batch.outcomes.size(), 0);
        std::vector<std::int64_t> rows(batch.outcomes.size(), 0);
        for (const CanonicalRow& row : batch.rows) {
            content[row.source_row] +=
                StoredContent::content_of(row.entity->name, digester_.digest(name_.system, name_.entity, row));
            ++rows[row.source_row];
        }
        const std::vector<std::string_view> person_keys = person_keys_of(batch);
        for (const FieldIssue& issue : batch.issues) {
            const TalliedRow row = tallied_issue(writer_.context(), issue, batch.outcomes[issue.source_row],
                                                 person_keys[issue.source_row]);
            content[issue.source_row] += StoredContent::content_of(row.table, row.digest);
        }
        for_each_verbatim_row(batch, [&](const CanonicalRow& first) {
            const TalliedRow row = tallied_source_row(writer_.context(), batch.outcomes[first.source_row],
                                                      first.source_person_key, batch.verbatim[first.source_row]);
            content[first.source_row] += StoredContent::content_of(row.table, row.digest);
        });

        EntityCounts& counts = writer_.counts();
        Waiting waiting{{}, std::vector<bool>(batch.outcomes.size(), false)};
        std::size_t wanted = 0;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string_view key = batch.outcomes[i].key;
            if (content[i] == 0) {  // nothing became of it: nothing can be there, or must stay
                if (partial_) unplaced_.emplace(key);
                continue;
            }
            if (partial_) placed_.insert(hash64(key), 0);
            StoredContent::Answer answer = stored_.compare(key, content[i]);
            if (answer == StoredContent::Answer::same && is_misplaced(key)) answer = StoredContent::Answer::changed;
            if (answer == StoredContent::Answer::same) {
                counts.kept += rows[i];
                continue;
            }
            waiting.wanted[i] = true;
            ++wanted;
            if (answer == StoredContent::Answer::changed) {
                replaced_[std::string(key)] += rows[i];
                ++outcome_->source_rows_changed;
            } else {
                ++outcome_->source_rows_new;
            }
        }
        const auto same = placed.counts.placed - static_cast<std::int64_t>(wanted);
        counts.placed -= same;
        counts.unchanged += same;
        if (wanted == 0) return;
        waiting_rows_ += wanted;
        waiting.placed = std::move(placed);
        waiting_.push_back(std::move(waiting));
    }

    /// Writes the rows that wait, in the place of what the target has under their keys.
    void write_waiting() {
        if (waiting_.empty()) return;
        throw_if_shutdown_requested();
        take_away_replaced();
        for (const Waiting& waiting : waiting_) {
            for (const CanonicalRow& row : waiting.placed.batch.rows) {
                if (!waiting.wanted[row.source_row]) continue;
                --writer_.counts().emitted;  // the reader has counted it; the writer does again
                note_written(row);
            }
            add_source_rows(writer_, *placer_, waiting.placed.batch, &waiting.wanted);
        }
        waiting_.clear();
        waiting_rows_ = 0;
        writer_.commit();
    }

    void note_written(const CanonicalRow& row) {
        outcome_->written[{name_.system, name_.entity, row.entity->name}].add(
            row.source_key, digester_.digest(name_.system, name_.entity, row));
        if (row.entity->pass == Pass::people) touch(row.source_person_key);
        if (describes_places(*row.entity)) outcome_->touched.places = true;
    }

    void touch(std::string_view person_key) {
        if (!person_key.empty()) outcome_->touched.records.emplace(name_.system, std::string(person_key));
    }

    /// Takes away what stands under the keys of replaced_, and counts what it is replaced by.
    void take_away_replaced() {
        if (replaced_.empty()) return;
        std::vector<std::string> keys;
        for (const auto& [key, rows] : replaced_) keys.push_back(key);
        const std::unordered_map<std::string, std::int64_t> old = take_away(keys);
        EntityCounts& counts = writer_.counts();
        for (const auto& [key, rows] : replaced_) {
            const auto had = old.find(key);
            const std::int64_t updated = std::min(rows, had == old.end() ? 0 : had->second);
            counts.updated += updated;
            counts.inserted -= updated;
            counts.deleted -= updated;
        }
        replaced_.clear();
    }

    /// Takes away whatever the target has under these source keys. @return how many canonical rows each had.
    std::unordered_map<std::string, std::int64_t> take_away(const std::vector<std::string>& keys) {
        std::unordered_map<std::string, std::int64_t> taken;
        TargetConnection& loader = *tools_->loader;
        CopyBuffer rows;
        for (const std::string& key : keys) {
            rows.begin_row(1);
            rows.put_text(key);
        }
        loader.execute("TRUNCATE pg_temp.changed_key");
        copy_rows(loader, "pg_temp.changed_key", "source_key", rows);
        loader.execute("ANALYZE pg_temp.changed_key");
        const std::string condition = of_entity() + " AND source_key IN (SELECT source_key FROM pg_temp.changed_key)";
        for (const EntityDescriptor* table : tables_) {
            RowDigestReader reader([&](const DigestedRowView& row) {
                writer_.take_away(*table, row.source_key, row.digest);
                ++taken[std::string(row.source_key)];
            });
            loader.copy_out(digest_read_back_sql(*table, condition),
                            [&](std::string_view bytes) { reader.feed(bytes); });
            if (reader.rows() == 0) continue;
            if (describes_places(*table)) outcome_->touched.places = true;
            delete_rows(*table, condition);
        }
        for (const std::string_view table : {kSourceRows, kSourceRowPlaces, kFieldIssues, kFieldIssuePlaces}) {
            RowDigestReader reader(
                [&](const DigestedRowView& row) { writer_.take_away_kept(table, row.source_key, row.digest); });
            loader.copy_out(lineage_read_back_sql(table, condition),
                            [&](std::string_view bytes) { reader.feed(bytes); });
        }
        for (const std::string& table : kKeptTables)
            loader.execute("DELETE FROM " + table + " WHERE " + condition, TargetConnection::kLongDeadline);
        return taken;
    }

    /// Deletes rows of a table, and notes whom they spoke of and named where they were of people.
    void delete_rows(const EntityDescriptor& table, const std::string& condition) {
        std::string sql = "DELETE FROM " + qualified_table(table) + " WHERE " + condition;
        std::vector<std::string> columns;
        if (table.pass == Pass::people) {
            if (table.subject != Subject::none) columns.emplace_back("source_person_key");
            for (const FieldDescriptor& field : table.fields)
                if (field.type == FieldType::person_ref)
                    columns.push_back(TargetConnection::quote_identifier(field.name));
        }
        for (std::size_t i = 0; i < columns.size(); ++i) sql += (i == 0 ? " RETURNING " : ", ") + columns[i];
        const TargetResult gone = tools_->loader->execute(sql, TargetConnection::kLongDeadline);
        for (std::size_t row = 0; row < (columns.empty() ? 0 : gone.rows()); ++row)
            for (std::size_t column = 0; column < columns.size(); ++column)
                if (!gone.is_null(row, column)) touch(gone.text(row, column));
    }

    /// Takes away what the target has under keys that came and have no place any more. A key that stands twice, and was
    /// placed once, stays.
    void take_away_unplaced() {
        std::vector<std::string> keys;
        for (const std::string& key : unplaced_)
            if (!placed_.contains(hash64(key)) && stored_.is_unseen(key)) keys.push_back(key);
        outcome_->source_rows_gone += keys.size();
        if (!keys.empty()) take_away(keys);
    }

    void note_watermark() {
        auto greatest = watermark_.greatest();
        const auto known = tools_->known->find(name_);
        if (partial_ && (!greatest || *greatest < known->second.value)) greatest = known->second.value;
        if (greatest)
            outcome_->watermarks[name_] = {*greatest, partial_ ? known->second.whole_run : tools_->ledger->run()};
    }

    /// Takes away what the target has and a full listing does not name any more.
    void take_away_unseen() {
        if (stored_.unseen() == 0) return;
        if (stored_.unseen() > kFewRows &&
            static_cast<double>(stored_.unseen()) > tools_->largest_deletion * static_cast<double>(stored_.keys())) {
            throw Error(
                ErrorKind::source,
                fmt::format("{} {}: {} of {} rows are gone from the source, more than largest_deletion allows "
                            "({}). Nothing was changed. If they are meant to be gone, run once with "
                            "--accept-deletions",
                            name_.system, name_.entity, stored_.unseen(), stored_.keys(), tools_->largest_deletion));
        }
        std::set<std::string> unseen;
        const auto collect = [&](const std::string& table) {
            for_each_source_key(*tools_->reader, table, name_, [&](std::string_view key) {
                if (stored_.is_unseen(key)) unseen.emplace(key);
            });
        };
        for (const EntityDescriptor* table : tables_) collect(qualified_table(*table));
        for (const std::string& table : kKeptTables) collect(table);
        outcome_->source_rows_gone += unseen.size();
        std::vector<std::string> keys;
        const auto flush = [&] {
            if (!keys.empty()) take_away(keys);
            keys.clear();
        };
        for (const std::string& key : unseen) {
            keys.push_back(key);
            if (keys.size() >= kWaitingRows) flush();
        }
        flush();
    }

    void take_away_rejects() {
        std::string ids;
        rejects_.for_each_left([&](const std::string& row_id, const TalliedRow& row, const TalliedRow& place) {
            if (partial_ && !seen_.contains(hash64(row.source_key))) return;
            ids += (ids.empty() ? "" : ",") + row_id;
            for (const TalliedRow* tallied : {&row, &place})
                writer_.take_away_kept(tallied->table, tallied->source_key, tallied->digest);
        });
        if (ids.empty()) return;
        // Tonight's stand in the writer until its batch is written.
        tools_->loader->query("DELETE FROM lineage.quarantine WHERE row_id = ANY ($1::bigint[])", {"{" + ids + "}"},
                              TargetConnection::kLongDeadline);
    }

    const NightTools* tools_;
    NightOutcome* outcome_;
    BatchWriter writer_;
    RowDigester digester_;
    const EntityDefinition* entity_ = nullptr;
    SourceEntity name_;
    std::vector<const EntityDescriptor*> tables_;  // that the open entity's rows go to
    std::optional<RowPlacer> placer_;
    bool may_name_place_ = false;
    WatermarkReader watermark_;
    bool partial_ = false;            // of the open entity only what changed is read; then:
    KeyRegister seen_, placed_;       // its keys that came, and those that have a place
    std::set<std::string> unplaced_;  // keys of rows that came and have none
    StoredContent stored_;
    StoredRejects rejects_;
    std::int64_t rejects_seen_ = 0, quarantined_ = 0;
    std::vector<Waiting> waiting_;
    std::size_t waiting_rows_ = 0;
    std::map<std::string, std::int64_t> replaced_;  // source keys that wait: canonical rows they give now
};

}  // namespace

NightOutcome apply_night(const NightTools& tools, NormaliseOptions options) {
    NightOutcome outcome;
    Night night(tools, outcome);
    ReadPlan plan;
    plan.options = options;
    plan.options.keep_verbatim = true;
    plan.warns_of_date_forms = true;
    plan.partial = tools.partial;
    plan.wanted = [&](const JobSystem& system, const EntityDefinition&) {
        return !tools.passed_over->contains(system.definition->name);
    };
    plan.knows_person = [&](std::size_t system, std::string_view key) {
        return tools.people->crosswalk.find(SystemId{static_cast<std::uint16_t>(system)}, key) != nullptr;
    };
    ReadTaker taker;
    taker.take = [&](std::size_t system, const EntityDefinition& entity, PlacedBatch batch) {
        night.take(system, entity, std::move(batch));
    };
    taker.end_entity = [&](std::size_t system, const EntityDefinition& entity, const EntityCounts& totals) {
        night.end_entity(system, entity, totals);
    };
    outcome.read = read_ahead(*tools.sources, *tools.canonical, plan, taker);
    return outcome;
}

}  // namespace caseweave
