#include "app/proof/reconciliation.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "app/placing/golden_rows.hpp"
#include "app/placing/identity_rows.hpp"
#include "app/placing/load_pass.hpp"
#include "app/placing/row_digester.hpp"
#include "app/proof/lineage_proof.hpp"
#include "app/reading/read_ahead.hpp"
#include "core/log.hpp"
#include "core/source_ref.hpp"
#include "ledger/lineage_tables.hpp"
#include "ledger/lineage_writer.hpp"
#include "load/people_lineage.hpp"
#include "load/share_out.hpp"

namespace caseweave {

namespace {

using ExpectedTable = std::map<TallyKey, ExpectedRows>;

ExpectedTable rows_to_name(const std::vector<SegmentDifference>& segments) {
    std::map<TallyKey, std::set<unsigned>> by_key;
    for (const SegmentDifference& difference : segments) by_key[difference.key].insert(difference.segment);
    ExpectedTable expected;
    for (auto& [key, numbers] : by_key) expected.emplace(key, ExpectedRows(key, std::move(numbers)));
    return expected;
}

/// Digests rows as the loader did and hands them to the keys that want them; keeps some that the target does not hold.
class Gatherer {
  public:
    /// Tallies every row, and keeps none.
    Gatherer() = default;
    Gatherer(ExpectedTable& expected, SourceWitness& witness) : expected_(&expected), witness_(&witness) {}

    bool wants(const std::string& system, const std::string& source_entity) const {
        return wants_some(
            [&](const TallyKey& key) { return key.system == system && key.source_entity == source_entity; });
    }
    bool wants_system(const std::string& system) const {
        return wants_some([&](const TallyKey& key) { return key.system == system; });
    }
    bool wants_verbatim() const {
        return wants_some([](const TallyKey& key) { return table_of_tally(key.entity) == kSourceRows; });
    }

    void add(const std::string& system, const std::string& source_entity, const CanonicalRow& row) {
        if (expected_ == nullptr) {
            given_[{system, source_entity, row.entity->name}].add(row.source_key,
                                                                  digester_.digest(system, source_entity, row));
            return;
        }
        const auto wanted = expected_->find({system, source_entity, row.entity->name});
        if (wanted == expected_->end() || !wanted->second.covers(row.source_key)) return;
        CopyBuffer& rows = witness_->rows[wanted->first];
        const std::size_t before = rows.size();
        const Digest128 digest = digester_.encode(system, source_entity, row, rows);
        wanted->second.add(row.source_key, row.part, digest);
        given_[wanted->first].add(row.source_key, digest);
        if (wanted->second.was_found(row.source_key, row.part, digest) || before >= kKeptBytes) {
            rows.truncate(before);
            return;
        }
        off_.emplace(system, source_entity, row.source_key);
    }

    /// Notes where the rows stand of which something was kept.
    void note_positions(const std::string& system, const std::string& source_entity, const CanonicalBatch& batch) {
        if (off_.empty()) return;
        for (const SourceRowOutcome& outcome : batch.outcomes) {
            SourceRowName name{system, source_entity, outcome.key};
            if (off_.contains(name))
                witness_->positions.emplace(std::move(name), display_position(outcome.document, outcome.position));
        }
        off_.clear();
    }

    /// Takes a row that lineage keeps, digested as the loader did.
    void add_kept(const std::string& system, const std::string& source_entity, const TalliedRow& row) {
        if (expected_ == nullptr) {
            given_[{system, source_entity, std::string(row.table)}].add(row.source_key, row.digest);
            return;
        }
        const auto wanted = expected_->find({system, source_entity, std::string(row.table)});
        if (wanted == expected_->end() || !wanted->second.covers(row.source_key)) return;
        wanted->second.add(row.source_key, 0, row.digest);
        given_[wanted->first].add(row.source_key, row.digest);
        if (!wanted->second.was_found(row.source_key, 0, row.digest))
            off_.emplace(system, source_entity, row.source_key);
    }

    /// What the sources give of the segments that were wanted.
    const TallyTable& given() const noexcept { return given_; }

  private:
    /// Bytes of rows kept of each key: some thousand rows, which is more than anyone reads.
    static constexpr std::size_t kKeptBytes = 1024 * 1024;

    template <typename Condition>
    bool wants_some(const Condition& condition) const {
        return expected_ == nullptr ||
               std::ranges::any_of(*expected_, [&](const auto& e) { return condition(e.first); });
    }

    ExpectedTable* expected_ = nullptr;  // null: every row is wanted
    SourceWitness* witness_ = nullptr;
    TallyTable given_;
    std::set<SourceRowName> off_;  // of the batch in hand
    RowDigester digester_;
};

/// Notes the segments where the sources give something else than was loaded.
void note_changed_sources(SourceWitness& witness, const std::vector<SegmentDifference>& segments,
                          const TallyTable& given) {
    for (const SegmentDifference& difference : segments) {
        const auto now = given.find(difference.key);
        const RowTally tally = now == given.end() ? RowTally{} : now->second.segments[difference.segment];
        if (!(tally == difference.expected)) witness.changed.emplace(difference.key, difference.segment);
    }
}

/// Reads what the sources give of the rows that are wanted, and what linking and consolidation make of them.
void read_sources(Gatherer& gatherer, JobSources& sources, const CanonicalSchema& canonical, const TargetSchema& schema,
                  NormaliseOptions options, const std::optional<Consolidator>& consolidator,
                  const PeopleOfRun& people) {
    if (consolidator && gatherer.wants(std::string(kGoldenSystem), std::string(kGoldenEntity))) {
        write_golden_rows(
            people, *consolidator, schema,
            [&](const CanonicalRow& row, PersonId, std::uint8_t, std::uint8_t) {
                gatherer.add(std::string(kGoldenSystem), std::string(kGoldenEntity), row);
            },
            [](std::size_t) {});
    }
    if (gatherer.wants(review_pair_entity().system, review_pair_entity().entity)) {
        for (const ReviewPairRow& pair : review_pair_rows(people))
            gatherer.add_kept(review_pair_entity().system, review_pair_entity().entity, tallied_review_pair(pair));
    }
    ReadPlan plan;
    plan.options = options;
    plan.options.keep_verbatim = gatherer.wants_verbatim();
    // Parents and the makers of persons are read too: without them every row below would look like an orphan.
    plan.wanted = [&](const JobSystem& system, const EntityDefinition&) {
        return gatherer.wants_system(system.definition->name);
    };
    plan.knows_person = [&](std::size_t system, std::string_view key) {
        return people.crosswalk.find(SystemId{static_cast<std::uint16_t>(system)}, key) != nullptr;
    };
    ReadTaker taker;
    taker.take = [&](std::size_t system, const EntityDefinition& entity, const PlacedBatch& placed) {
        for_each_kept_row({RunId{0}, sources.systems()[system].definition->name, entity.name}, placed.batch,
                          [&](const TalliedRow& row) {
                              gatherer.add_kept(sources.systems()[system].definition->name, entity.name, row);
                          });
        for (const CanonicalRow& row : placed.batch.rows)
            gatherer.add(sources.systems()[system].definition->name, entity.name, row);
        gatherer.note_positions(sources.systems()[system].definition->name, entity.name, placed.batch);
    };
    read_ahead(sources, canonical, plan, taker);
}

/// Tells whether the ledger tallied what lineage keeps: runs of earlier versions did not.
bool tallies_lineage(const RunLedger& ledger) {
    return std::ranges::any_of(ledger.tallies(),
                               [](const auto& entry) { return is_lineage_table(entry.first.entity); });
}

/// Tells whether the ledger tallied the pairs for review: likewise.
bool tallies_review_pairs(const RunLedger& ledger) {
    return std::ranges::any_of(ledger.tallies(), [](const auto& entry) { return entry.first.entity == kReviewPairs; });
}

/// Names the key of the rows whose places a key tells.
TallyKey rows_of_places(const TallyKey& places) {
    return {places.system, places.source_entity, std::string(table_of_tally(places.entity))};
}

/// Takes what the books say for found where they do not tell of every row where it stood: earlier versions of the
/// program told of none, and nothing can be said then.
void pass_over_untold_places(const RunLedger& ledger, TallyTable& found) {
    const auto booked = [&](const TallyKey& key) {
        const auto known = ledger.tallies().find(key);
        return known == ledger.tallies().end() ? SegmentTallies{} : known->second;
    };
    std::set<TallyKey> keys;
    for (const TallyTable* tallies : {&ledger.tallies(), &std::as_const(found)})
        for (const auto& [key, segments] : *tallies)
            if (tells_places(key.entity)) keys.insert(key);
    for (const TallyKey& key : keys)
        if (booked(key).total().rows != booked(rows_of_places(key)).total().rows) found[key] = booked(key);
}

/// Digests what lineage keeps beside the canonical rows, and finds rows of it that are less protected than what became
/// of them.
void read_lineage_back(ReconciliationResult& result, std::span<TargetConnection* const> loaders,
                       const RunLedger& ledger, const CanonicalSchema& canonical, std::size_t named_rows) {
    if (tallies_lineage(ledger)) {
        std::array<TallyTable, kLineageTallies.size()> found;
        share_out(loaders, found.size(), [&](TargetConnection& loader, std::size_t number) {
            const std::string table(kLineageTallies[number]);
            read_back(loader, table, lineage_read_back_sql(table), found[number]);
        });
        for (TallyTable& table : found) result.found.merge(table);
        pass_over_untold_places(ledger, result.found);
    }
    if (tallies_review_pairs(ledger))
        read_back(*loaders.front(), std::string(kReviewPairs), review_pair_read_back_sql(), result.found);
    const auto opened = find_opened_lineage(*loaders.front(), canonical, named_rows);
    result.differences.insert(result.differences.end(), opened.begin(), opened.end());
}

/// Digests every table and finds its misplaced rows, table by table.
void read_tables_back(ReconciliationResult& result, std::span<TargetConnection* const> loaders, const RunLedger& ledger,
                      const CanonicalSchema& canonical, const TargetSchema& schema, const AreasOfSystems& areas,
                      std::size_t named_rows, Progress& progress) {
    struct Table {
        const EntityDescriptor* entity = nullptr;
        TallyTable found;
        std::vector<RowDifference> misplaced;
    };
    std::map<std::string, std::uint64_t> emitted;
    for (const auto& [key, tallies] : ledger.tallies()) emitted[key.entity] += tallies.total().rows;
    std::vector<Table> tables;
    for (const EntityDescriptor* entity : schema.entities()) tables.push_back({entity, {}, {}});
    // The largest first: the last one handed out should be short.
    std::vector<Table*> by_size;
    for (Table& table : tables) by_size.push_back(&table);
    std::stable_sort(by_size.begin(), by_size.end(), [&](const Table* a, const Table* b) {
        return emitted[a->entity->name] > emitted[b->entity->name];
    });
    share_out(loaders, by_size.size(), [&](TargetConnection& loader, std::size_t number) {
        Table& table = *by_size[number];
        read_back(loader, table.entity->name, digest_read_back_sql(*table.entity), table.found);
        const bool of_source = canonical.find(table.entity->name) != nullptr;
        table.misplaced = find_misplaced_rows(
            loader, *table.entity, of_source ? PersonKeys::of_source : PersonKeys::person_id, areas, named_rows);
        std::uint64_t rows = 0;
        for (const auto& [key, tallies] : table.found) rows += tallies.total().rows;
        progress.add(rows);
    });
    for (Table& table : tables) {
        result.found.merge(table.found);
        result.differences.insert(result.differences.end(), table.misplaced.begin(), table.misplaced.end());
    }
}

/// Writes the statement that gives a key's rows back.
std::string read_back_sql(const TallyKey& key, const TargetSchema& schema) {
    if (key.entity == kReviewPairs) return review_pair_read_back_sql();
    return is_lineage_table(key.entity) ? lineage_read_back_sql(key.entity, is_of(key))
                                        : digest_read_back_sql(*schema.find(key.entity), is_of(key));
}

/// Adds the segments where the sources give something else than the target holds, though the books agree with it: what
/// each side is now, and nothing that a loader said.
void add_unlike_sources(std::vector<SegmentDifference>& segments, const RunLedger& ledger, const TallyTable& given,
                        const TallyTable& found) {
    for (SegmentDifference& difference : compare_tallies(given, found)) {
        if (is_lineage_table(difference.key.entity) && !tallies_lineage(ledger)) continue;
        // A night leaves a row that says what it said at the place where it stood then.
        if (tells_places(difference.key.entity)) continue;
        if (difference.key.entity == kReviewPairs && !tallies_review_pairs(ledger)) continue;
        const auto same = [&](const SegmentDifference& known) {
            return known.key == difference.key && known.segment == difference.segment;
        };
        if (std::ranges::any_of(segments, same)) continue;
        const auto booked = ledger.tallies().find(difference.key);
        difference.expected =
            booked == ledger.tallies().end() ? RowTally{} : booked->second.segments[difference.segment];
        segments.push_back(difference);
    }
}

/// Leaves of the differences of a table's places those of rows that are there and stand elsewhere, by the table's name.
void name_places(std::vector<RowDifference>& named) {
    std::erase_if(named, [](const RowDifference& d) { return d.kind != RowDifference::Kind::changed; });
    for (RowDifference& difference : named) {
        difference.key = rows_of_places(difference.key);
        difference.account.fields = {std::string(kPositionField)};
    }
}

/// Compares what a load counted as set aside with what it kept: a rejected row or value that was counted and not kept
/// is lost. A nightly run counts rows that the target keeps from earlier runs, and checks this while it reads.
void check_set_aside(const RunLedger& ledger, std::vector<Imbalance>& imbalances) {
    if (ledger.description().kind == kNightlyRun || !tallies_lineage(ledger)) return;
    const auto compare = [&](std::string_view table, std::int64_t EntityCounts::*counter, const std::string& equation) {
        std::map<SourceEntity, std::int64_t> kept;
        for (const auto& [key, tallies] : ledger.tallies())
            if (key.entity == table)
                kept[{key.system, key.source_entity}] = static_cast<std::int64_t>(tallies.total().rows);
        for (const auto& [entity, counts] : ledger.counts()) {
            const auto found = kept.find(entity);
            const std::int64_t there = found == kept.end() ? 0 : found->second;
            if (counts.*counter != there) imbalances.push_back({entity, equation, counts.*counter, there});
        }
    };
    compare(kQuarantinedRows, &EntityCounts::quarantined, "quarantined = rows of lineage.quarantine");
    compare(kFieldIssues, &EntityCounts::field_issues, "field issues = rows of lineage.field_issue");
}

}  // namespace

ReconciliationResult reconcile_target(std::span<TargetConnection* const> loaders, const RunLedger& ledger,
                                      JobSources& sources, const CanonicalSchema& canonical, const TargetSchema& schema,
                                      NormaliseOptions options, const std::optional<Consolidator>& consolidator,
                                      const PeopleAgain& people_again, Progress& progress,
                                      const ReconcileDepth& depth) {
    ReconciliationResult result;
    result.imbalances = check_balance(ledger.counts(), ledger.tallies());
    check_set_aside(ledger, result.imbalances);
    AreasOfSystems areas;
    for (const JobSystem& system : sources.systems()) areas[system.definition->name] = system.area();
    read_tables_back(result, loaders, ledger, canonical, schema, areas, depth.named_rows, progress);
    read_lineage_back(result, loaders, ledger, canonical, depth.named_rows);
    const auto records = find_misplaced_records(*loaders.front(), areas, depth.named_rows);
    result.differences.insert(result.differences.end(), records.begin(), records.end());
    auto segments = compare_tallies(ledger.tallies(), result.found);
    if (depth.read_sources) {
        Gatherer every_row;
        const PeopleOfRun& people = people_again();
        read_sources(every_row, sources, canonical, schema, options, consolidator, people);
        add_unlike_sources(segments, ledger, every_row.given(), result.found);
        log::info("sources read whole: {} of {} segments differ and are read row by row", segments.size(),
                  result.found.size() * kSegments);
    }
    if (segments.empty()) return result;

    ExpectedTable expected = rows_to_name(segments);
    for (auto& [key, rows] : expected) read_back_rows(*loaders.front(), read_back_sql(key, schema), rows);
    try {
        const PeopleOfRun& people = people_again();  // makes the consolidator too
        Gatherer gatherer(expected, result.witness);
        read_sources(gatherer, sources, canonical, schema, options, consolidator, people);
        note_changed_sources(result.witness, segments, gatherer.given());
        result.witness.read = true;
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::interrupted) throw;
        log::warning("the sources cannot be read again to name the rows that differ: {}", error.what());
    }
    for (auto& [key, rows] : expected) {
        const TallyKey of_table = rows_of_places(key);
        if (result.witness.read) {
            auto named = rows.differences();
            if (tells_places(key.entity)) name_places(named);
            result.differences.insert(result.differences.end(), named.begin(), named.end());
            if (!named.empty()) continue;
        }
        // Of rows that are lost, strange or there twice their own tally tells.
        if (tells_places(key.entity) && expected.contains(of_table)) continue;
        result.differences.push_back({RowDifference::Kind::unexplained, of_table, "", 0});
    }
    return result;
}

}  // namespace caseweave
