#include "ledger/run_ledger.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "canonical/copy_encoding.hpp"
#include "core/log.hpp"
#include "ledger/lineage_writer.hpp"

namespace caseweave {

namespace {

[[noreturn]] void broken_ledger() {
    throw Error(ErrorKind::target, "The target's ledger (lineage.batch) cannot be read; it has been changed by hand.");
}

/// Takes the text up to `separator` off the front of `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view piece = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return piece;
}

std::int64_t to_number(std::string_view digits) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) broken_ledger();
    return value;
}

std::string write_counts(const EntityCounts& counts) {
    std::string text = "{";
    for (const CountField& field : kCountFields)
        text += fmt::format("{}{}", text.size() > 1 ? "," : "", counts.*field.member);
    return text + '}';
}

EntityCounts read_counts(std::string_view text) {
    if (text.size() < 2 || text.front() != '{' || text.back() != '}') broken_ledger();
    text = text.substr(1, text.size() - 2);
    EntityCounts counts;
    // Batches of earlier versions have fewer counters: those that came later are at the end, and were 0.
    for (const CountField& field : kCountFields)
        if (!text.empty()) counts.*field.member = to_number(take_until(text, ','));
    if (!text.empty()) broken_ledger();
    return counts;
}

std::vector<std::string> read_names(std::string_view array) {
    std::vector<std::string> names;
    if (array.size() < 2) return names;
    array = array.substr(1, array.size() - 2);
    while (!array.empty()) names.emplace_back(take_until(array, ','));
    return names;
}

/// Writes the days from 2000-01-01 to the day in England on which a run began.
constexpr std::string_view kBeganDays = "(started_at AT TIME ZONE 'Europe/London')::date - DATE '2000-01-01'";

/// Writes the condition that a run loaded from sources, and was not undone.
std::string loads_from_sources() {
    std::string condition = "kind NOT IN (";
    for (const std::string_view kind : kRunsWithoutSources)
        condition += (kind == kRunsWithoutSources[0] ? "'" : ", '") + std::string(kind) + "'";
    return condition + ") AND run_id NOT IN (SELECT undoes FROM lineage.run WHERE undoes IS NOT NULL)";
}

std::string_view end_state(ExitCode exit_code) {
    switch (exit_code) {
        case ExitCode::done:
        case ExitCode::quarantined:
        case ExitCode::unbalanced:
            return "done";
        case ExitCode::interrupted:
            return "interrupted";
        case ExitCode::failed:
        case ExitCode::usage:
        case ExitCode::try_later:
            return "failed";
    }
    return "failed";
}

}  // namespace

std::string write_tallies(const TallyTable& tallies) {
    std::string text;
    for (const auto& [key, segments] : tallies) {
        text += key.entity;
        for (unsigned segment = 0; segment < kSegments; ++segment)
            // Rows that were exchanged for as many others leave a digest alone; rows taken away a negative count.
            if (const RowTally& tally = segments.segments[segment]; tally != RowTally{})
                text += fmt::format(" {}:{}:{}", segment, static_cast<std::int64_t>(tally.rows), to_hex(tally.digest));
        text += '\n';
    }
    return text;
}

TallyTable read_tallies(const SourceEntity& entity, std::string_view text) {
    TallyTable tallies;
    while (!text.empty()) {
        std::string_view line = take_until(text, '\n');
        SegmentTallies& segments = tallies[{entity.system, entity.entity, std::string(take_until(line, ' '))}];
        while (!line.empty()) {
            std::string_view piece = take_until(line, ' ');
            const std::int64_t segment = to_number(take_until(piece, ':'));
            const std::int64_t rows = to_number(take_until(piece, ':'));
            if (segment < 0 || segment >= static_cast<std::int64_t>(kSegments) || piece.size() != 32) broken_ledger();
            segments.segments[static_cast<std::size_t>(segment)] = {static_cast<std::uint64_t>(rows),
                                                                    digest_from_hex(piece)};
        }
    }
    return tallies;
}

RunLedger RunLedger::begin(TargetConnection& connection, const RunDescription& description) {
    RunLedger ledger;
    ledger.description_ = description;
    ledger.state_ = "running";
    const std::optional<std::string> seed =
        description.seed ? std::optional(std::to_string(*description.seed)) : std::nullopt;
    const TargetResult run = connection.query(
        "INSERT INTO lineage.run (kind, job, job_digest, seed, program, holder)"
        " VALUES ($1, $2, $3, $4, $5, $6) RETURNING run_id, " +
            std::string(kBeganDays),
        {description.kind, description.job, description.job_digest, seed, description.program, description.holder});
    ledger.run_.value = run.integer(0, 0);
    log::set_run(ledger.run_.value);
    ledger.loading_began_.days = static_cast<std::int32_t>(run.integer(0, 1));
    return ledger;
}

std::optional<RunLedger> RunLedger::read(TargetConnection& connection, const std::string& which, Books books) {
    const TargetResult run = connection.execute(
        "SELECT run_id, kind, job, job_digest, seed, program, holder, state, phases FROM lineage.run WHERE run_id = "
        "(SELECT max(run_id) FROM lineage.run" +
        which);
    if (run.empty()) return std::nullopt;
    RunLedger ledger;
    ledger.run_.value = run.integer(0, 0);
    ledger.description_ = {std::string(run.text(0, 1)), std::string(run.text(0, 2)),
                           std::string(run.text(0, 3)), std::nullopt,
                           std::string(run.text(0, 5)), std::string(run.text(0, 6))};
    if (!run.is_null(0, 4)) ledger.description_.seed = run.integer(0, 4);
    ledger.state_ = run.text(0, 7);
    ledger.phases_ = read_names(run.text(0, 8));
    const TargetResult loading = connection.execute("SELECT " + std::string(kBeganDays) + " FROM lineage.run WHERE " +
                                                    loads_from_sources() + " ORDER BY run_id DESC LIMIT 1");
    if (!loading.empty()) ledger.loading_began_.days = static_cast<std::int32_t>(loading.integer(0, 0));

    const std::string id = std::to_string(ledger.run_.value);
    const TargetResult batches = connection.execute(
        "SELECT source_system, source_entity, counts, tallies, batch_no, run_id FROM lineage.batch" +
        (books == Books::of_run ? " WHERE run_id = " + id : std::string()) + " ORDER BY run_id, batch_no");
    for (std::size_t row = 0; row < batches.rows(); ++row) {
        const SourceEntity entity{std::string(batches.text(row, 0)), std::string(batches.text(row, 1))};
        ledger.counts_[entity] += read_counts(batches.text(row, 2));
        for (const auto& [key, segments] : read_tallies(entity, batches.text(row, 3))) ledger.tallies_[key] += segments;
        if (batches.integer(row, 5) == ledger.run_.value) ledger.last_batch_ = batches.integer(row, 4);
    }
    const TargetResult checkpoints = connection.query(
        "SELECT source_system, source_entity, pass, position, complete FROM lineage.checkpoint WHERE run_id = $1",
        {id});
    for (std::size_t row = 0; row < checkpoints.rows(); ++row)
        ledger.checkpoints_[{{std::string(checkpoints.text(row, 0)), std::string(checkpoints.text(row, 1))},
                             std::string(checkpoints.text(row, 2))}] = {std::string(checkpoints.text(row, 3)),
                                                                        checkpoints.boolean(row, 4)};
    return ledger;
}

std::optional<RunLedger> RunLedger::resume(TargetConnection& connection, std::string_view holder) {
    auto ledger = read(connection, ") AND state <> 'done'", Books::of_run);
    if (!ledger) return ledger;
    connection.query(
        "UPDATE lineage.run SET state = 'running', holder = $2, exit_code = NULL, finished_at = NULL WHERE run_id = $1",
        {std::to_string(ledger->run_.value), holder});
    log::set_run(ledger->run_.value);
    ledger->state_ = "running";
    ledger->description_.holder = holder;
    return ledger;
}

std::optional<RunLedger> RunLedger::newest(TargetConnection& connection) {
    return read(connection, ")", Books::of_run);
}

std::optional<RunLedger> RunLedger::of_target(TargetConnection& connection) {
    return read(connection, " WHERE " + loads_from_sources() + ")", Books::of_target);
}

std::optional<RunLedger> RunLedger::of_run(TargetConnection& connection, RunId run) {
    return read(connection, " WHERE run_id = " + std::to_string(run.value) + ")", Books::of_run);
}

bool RunLedger::phase_done(std::string_view phase) const noexcept {
    return std::find(phases_.begin(), phases_.end(), phase) != phases_.end();
}

void RunLedger::finish_phase(TargetConnection& connection, std::string_view phase) {
    if (phase_done(phase)) return;
    connection.query("UPDATE lineage.run SET phases = phases || $2::text WHERE run_id = $1",
                     {std::to_string(run_.value), phase});
    phases_.emplace_back(phase);
}

void RunLedger::sign_changes(TargetConnection& connection, RunId run) {
    connection.execute(fmt::format("SET LOCAL caseweave.run = '{}'", run.value));
}

std::int64_t RunLedger::write(TargetConnection& connection, const BatchRecord& record) const {
    const std::int64_t batch = last_batch_ + 1;
    connection.query(
        "INSERT INTO lineage.batch (run_id, batch_no, source_system, source_entity, counts, tallies)"
        " VALUES ($1, $2, $3, $4, $5, $6)",
        {std::to_string(run_.value), std::to_string(batch), record.entity.system, record.entity.entity,
         write_counts(record.counts), write_tallies(record.tallies)});
    connection.query(
        "INSERT INTO lineage.checkpoint (run_id, source_system, source_entity, pass, position, complete)"
        " VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (run_id, source_system, source_entity, pass)"
        " DO UPDATE SET position = excluded.position, complete = excluded.complete",
        {std::to_string(run_.value), record.entity.system, record.entity.entity, record.pass,
         record.checkpoint.position, record.checkpoint.complete ? "t" : "f"});
    return batch;
}

void RunLedger::committed(const BatchRecord& record) {
    ++last_batch_;
    counts_[record.entity] += record.counts;
    for (const auto& [key, segments] : record.tallies) tallies_[key] += segments;
    checkpoints_[{record.entity, record.pass}] = record.checkpoint;
}

void RunLedger::take_back(TargetConnection& connection, const RunLedger& undone) {
    std::map<SourceEntity, BatchRecord> records;
    for (const auto& [entity, counts] : undone.counts_) records[entity].counts -= counts;
    for (const auto& [key, segments] : undone.tallies_)
        records[{key.system, key.source_entity}].tallies[key] -= segments;
    for (auto& [entity, record] : records) {
        record.entity = entity;
        record.pass = kUndoRun;
        record.checkpoint.complete = true;
        write(connection, record);
        committed(record);
    }
}

bool RunLedger::is_committed(TargetConnection& connection, std::int64_t batch) const {
    return !connection
                .query("SELECT FROM lineage.batch WHERE run_id = $1 AND batch_no = $2",
                       {std::to_string(run_.value), std::to_string(batch)})
                .empty();
}

std::optional<Checkpoint> RunLedger::checkpoint(const SourceEntity& entity, std::string_view pass) const {
    const auto found = checkpoints_.find({entity, std::string(pass)});
    return found == checkpoints_.end() ? std::nullopt : std::optional(found->second);
}

void RunLedger::discard(TargetConnection& connection, const SourceEntity& entity, std::string_view pass,
                        const std::vector<std::string>& tables) {
    const std::string run = std::to_string(run_.value);
    TargetTransaction transaction(connection);
    sign_changes(connection);  // its own rows leave no history
    std::vector<std::string> all{"lineage.batch", "lineage.source_row", "sealed.source_row", "lineage.quarantine",
                                 "lineage.field_issue"};
    all.insert(all.end(), tables.begin(), tables.end());
    for (const std::string& table : all)
        connection.query("DELETE FROM " + table + " WHERE run_id = $1 AND source_system = $2 AND source_entity = $3",
                         {run, entity.system, entity.entity}, TargetConnection::kLongDeadline);
    connection.query(
        "DELETE FROM lineage.checkpoint WHERE run_id = $1 AND source_system = $2 AND source_entity = $3 AND pass = $4",
        {run, entity.system, entity.entity, pass});
    transaction.commit();
    counts_.erase(entity);
    std::erase_if(tallies_, [&](const auto& item) {
        return item.first.system == entity.system && item.first.source_entity == entity.entity;
    });
    checkpoints_.erase({entity, std::string(pass)});
}

void RunLedger::start_over(TargetConnection& connection, const std::vector<std::string>& tables) {
    const std::string run = std::to_string(run_.value);
    TargetTransaction transaction(connection);
    sign_changes(connection);  // its own rows leave no history
    std::vector<std::string> all{"lineage.batch",     "lineage.checkpoint",  "lineage.source_row",
                                 "sealed.source_row", "lineage.quarantine",  "lineage.field_issue",
                                 "lineage.crosswalk", "lineage.record_move", "lineage.identity_event",
                                 "review.pair"};
    all.insert(all.end(), tables.begin(), tables.end());
    for (const std::string& table : all)
        connection.query("DELETE FROM " + table + " WHERE run_id = $1", {run}, TargetConnection::kLongDeadline);
    connection.query("UPDATE review.decision SET applied_run = NULL WHERE applied_run = $1", {run});
    connection.query("UPDATE lineage.run SET phases = '{}', people_open = false WHERE run_id = $1", {run});
    transaction.commit();
    counts_.clear();
    tallies_.clear();
    checkpoints_.clear();
    phases_.clear();
    last_batch_ = 0;
}

std::vector<Imbalance> RunLedger::close(TargetConnection& connection, ExitCode exit_code) {
    TargetTransaction transaction(connection);
    std::vector<Imbalance> imbalances = close_within(connection, exit_code);
    transaction.commit();
    return imbalances;
}

std::vector<Imbalance> RunLedger::close_within(TargetConnection& connection, ExitCode exit_code) {
    const std::string run = std::to_string(run_.value);
    std::vector<Imbalance> imbalances = check_balance(counts_, tallies_);
    CopyBuffer balances;
    CopyBuffer tallies;
    for (const auto& [entity, counts] : counts_) {
        balances.begin_row(static_cast<std::int16_t>(4 + kCountFields.size()));
        balances.put_bigint(run_.value);
        balances.put_text(entity.system);
        balances.put_text(entity.entity);
        for (const CountField& field : kCountFields) balances.put_bigint(counts.*field.member);
        balances.put_boolean(std::none_of(imbalances.begin(), imbalances.end(),
                                          [&name = entity](const Imbalance& i) { return i.entity == name; }));
    }
    for (const auto& [key, segments] : tallies_)
        for (unsigned segment = 0; segment < kSegments; ++segment) {
            const RowTally& tally = segments.segments[segment];
            if (tally == RowTally{}) continue;
            tallies.begin_row(7);
            tallies.put_bigint(run_.value);
            tallies.put_text(key.system);
            tallies.put_text(key.source_entity);
            tallies.put_text(key.entity);
            tallies.put_smallint(static_cast<std::int16_t>(segment));
            tallies.put_bigint(static_cast<std::int64_t>(tally.rows));
            tallies.put_text(to_hex(tally.digest));
        }

    connection.query("DELETE FROM lineage.balance WHERE run_id = $1", {run});
    connection.query("DELETE FROM lineage.row_tally WHERE run_id = $1", {run});
    std::string columns = "run_id, source_system, source_entity";
    for (const CountField& field : kCountFields) columns += fmt::format(", {}", field.name);
    if (!balances.empty()) copy_rows(connection, "lineage.balance", columns + ", balanced", balances);
    if (!tallies.empty())
        copy_rows(connection, "lineage.row_tally",
                  "run_id, source_system, source_entity, entity, segment, rows, digest", tallies);
    // A night is whole in itself: whatever it left out, the next one begins anew.
    const std::string_view state = description_.kind == kNightlyRun ? "done" : end_state(exit_code);
    connection.query(
        "UPDATE lineage.run SET state = $2, exit_code = $3, finished_at = clock_timestamp() WHERE run_id = $1",
        {run, state, std::to_string(static_cast<int>(exit_code))});
    // Batches commit without waiting for the disk; this commit waits, and with it everything before is on disk.
    connection.execute("SET LOCAL synchronous_commit = on");
    state_ = state;
    return imbalances;
}

}  // namespace caseweave
