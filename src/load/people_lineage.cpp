#include "load/people_lineage.hpp"

#include <string>

#include "canonical/copy_encoding.hpp"
#include "core/digest.hpp"
#include "core/source_ref.hpp"
#include "ledger/lineage_tables.hpp"
#include "ledger/run_ledger.hpp"
#include "load/target_schema.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kPairColumns =
    "run_id, area, access, shielded, left_system, left_key, right_system, right_key, weight_bits, probability, reason";

constexpr std::string_view kCrosswalkColumns =
    "person_id, area, access, run_id, source_system, source_person_key, link_bits, link_reason";

/// Weights that differ by less say the same: how common a name is moves a little with every record that comes, and with
/// it nearly every weight.
constexpr double kSameBits = 0.05;

CopyBuffer encode_crosswalk(RunId run, std::span<const CrosswalkRow> rows) {
    CopyBuffer buffer;
    for (const CrosswalkRow& row : rows) {
        buffer.begin_row(8);
        buffer.put_bigint(row.entry.person.value);
        buffer.put_smallint(row.entry.area);
        buffer.put_smallint(row.entry.access);
        buffer.put_bigint(run.value);
        buffer.put_text(row.source_system);
        buffer.put_text(row.source_person_key);
        row.link_bits ? buffer.put_double(*row.link_bits) : buffer.put_null();
        buffer.put_text_or_null(row.link_reason);
    }
    return buffer;
}

void put_number_or_null(CopyBuffer& buffer, std::int64_t number) {
    number != 0 ? buffer.put_bigint(number) : buffer.put_null();
}

}  // namespace

void write_crosswalk(TargetConnection& loader, RunId run, std::span<const CrosswalkRow> rows) {
    const CopyBuffer buffer = encode_crosswalk(run, rows);
    if (!buffer.empty()) copy_rows(loader, "lineage.crosswalk", std::string(kCrosswalkColumns), buffer);
}

namespace {

/// Puts the rows into the temporary table given_record, shaped as lineage.crosswalk.
void give_crosswalk(TargetConnection& loader, RunId run, std::span<const CrosswalkRow> rows) {
    const CopyBuffer buffer = encode_crosswalk(run, rows);
    loader.execute(
        "DROP TABLE IF EXISTS pg_temp.given_record; CREATE TEMPORARY TABLE given_record (LIKE lineage.crosswalk);"
        "ALTER TABLE given_record DROP COLUMN row_id");
    if (!buffer.empty()) copy_rows(loader, "pg_temp.given_record", std::string(kCrosswalkColumns), buffer);
}

}  // namespace

void update_crosswalk(TargetConnection& loader, RunId run, std::span<const CrosswalkRow> rows) {
    give_crosswalk(loader, run, rows);
    loader.execute("ANALYZE pg_temp.given_record");
    loader.execute(
        "DELETE FROM lineage.crosswalk c WHERE NOT EXISTS (SELECT FROM pg_temp.given_record g WHERE"
        " g.source_system = c.source_system AND g.source_person_key = c.source_person_key)",
        TargetConnection::kLongDeadline);
    loader.execute("INSERT INTO lineage.crosswalk (" + std::string(kCrosswalkColumns) + ") SELECT " +
                       std::string(kCrosswalkColumns) +
                       " FROM pg_temp.given_record g WHERE NOT EXISTS (SELECT FROM lineage.crosswalk c WHERE"
                       " g.source_system = c.source_system AND g.source_person_key = c.source_person_key)",
                   TargetConnection::kLongDeadline);
    loader.execute(
        "UPDATE lineage.crosswalk c SET person_id = g.person_id, area = g.area, access = g.access, run_id = g.run_id,"
        " link_bits = g.link_bits, link_reason = g.link_reason FROM pg_temp.given_record g"
        " WHERE c.source_system = g.source_system AND c.source_person_key = g.source_person_key"
        " AND ((c.person_id, c.area, c.access, c.link_reason, c.link_bits IS NULL) IS DISTINCT FROM"
        "      (g.person_id, g.area, g.access, g.link_reason, g.link_bits IS NULL) OR abs(c.link_bits - g.link_bits) "
        "> " +
            std::to_string(kSameBits) + ")",
        TargetConnection::kLongDeadline);
    loader.execute("DROP TABLE pg_temp.given_record");
}

bool crosswalk_equals(TargetConnection& loader, std::span<const CrosswalkRow> rows) {
    give_crosswalk(loader, RunId{0}, rows);
    constexpr std::string_view kColumns = "person_id, area, access, source_system, source_person_key, link_bits";
    const std::string columns(kColumns);
    const TargetResult differs =
        loader.execute("SELECT EXISTS ((SELECT " + columns + " FROM lineage.crosswalk EXCEPT ALL SELECT " + columns +
                           " FROM pg_temp.given_record) UNION ALL (SELECT " + columns +
                           " FROM pg_temp.given_record EXCEPT ALL SELECT " + columns + " FROM lineage.crosswalk))",
                       TargetConnection::kLongDeadline);
    loader.execute("DROP TABLE pg_temp.given_record");
    return !differs.boolean(0, 0);
}

Crosswalk read_crosswalk(TargetConnection& loader,
                         const std::function<std::optional<SystemId>(std::string_view)>& system_of) {
    const TargetResult rows =
        loader.execute("SELECT source_system, source_person_key, person_id, area, access FROM lineage.crosswalk",
                       TargetConnection::kLongDeadline);
    Crosswalk crosswalk;
    crosswalk.reserve(rows.rows());
    for (std::size_t row = 0; row < rows.rows(); ++row)
        if (const auto system = system_of(rows.text(row, 0)))
            crosswalk.insert(*system, rows.text(row, 1),
                             {PersonId{rows.integer(row, 2)}, static_cast<std::uint8_t>(rows.integer(row, 3)),
                              static_cast<std::uint8_t>(rows.integer(row, 4))});
    return crosswalk;
}

void write_review_pairs(TargetConnection& loader, RunId run, std::span<const ReviewPairRow> rows) {
    CopyBuffer buffer;
    for (const ReviewPairRow& row : rows) {
        buffer.begin_row(11);
        buffer.put_bigint(run.value);
        buffer.put_smallint(row.area);
        buffer.put_smallint(row.access);
        buffer.put_boolean(row.shielded);
        buffer.put_text(row.left_system);
        buffer.put_text(row.left_key);
        buffer.put_text(row.right_system);
        buffer.put_text(row.right_key);
        buffer.put_double(row.weight_bits);
        buffer.put_double(row.probability);
        buffer.put_text(row.reason);
    }
    loader.execute("DROP TABLE IF EXISTS pg_temp.given_pair; CREATE TEMPORARY TABLE given_pair (LIKE review.pair)");
    loader.execute("ALTER TABLE given_pair DROP COLUMN pair_id, DROP COLUMN decision_id");
    if (!buffer.empty()) copy_rows(loader, "pg_temp.given_pair", std::string(kPairColumns), buffer);
    constexpr std::string_view kSamePair =
        " g.left_system = p.left_system AND g.left_key = p.left_key AND g.right_system = p.right_system"
        " AND g.right_key = p.right_key";
    const std::string same(kSamePair);
    loader.execute("DELETE FROM review.pair p WHERE NOT EXISTS (SELECT FROM given_pair g WHERE" + same + ")");
    loader.execute(
        "UPDATE review.pair p SET run_id = g.run_id, area = g.area, access = g.access, shielded = g.shielded, "
        "weight_bits = g.weight_bits,"
        " probability = g.probability, reason = g.reason FROM given_pair g WHERE" +
        same +
        " AND (p.area, p.access, p.shielded, p.weight_bits, p.probability, p.reason) <>"
        " (g.area, g.access, g.shielded, g.weight_bits, g.probability, g.reason)");
    loader.execute("INSERT INTO review.pair (" + std::string(kPairColumns) + ") SELECT " + std::string(kPairColumns) +
                   " FROM given_pair g WHERE NOT EXISTS (SELECT FROM review.pair p WHERE" + same +
                   ") ORDER BY weight_bits DESC, left_system, left_key, right_system, right_key");
    loader.execute("DROP TABLE pg_temp.given_pair");
}

const SourceEntity& review_pair_entity() {
    static const SourceEntity entity{std::string(kGoldenSystem), "review_pair"};
    return entity;
}

TalliedRow tallied_review_pair(const ReviewPairRow& row) {
    std::string key;
    for (const std::string_view part : {row.left_system, row.left_key, row.right_system, row.right_key}) {
        if (!key.empty()) key += kKeySeparator;
        key += part;
    }
    CopyBuffer buffer;
    buffer.begin_row(10);
    buffer.put_text(review_pair_entity().system);
    buffer.put_text(review_pair_entity().entity);
    buffer.put_text(key);
    buffer.put_smallint(0);
    buffer.put_smallint(row.area);
    buffer.put_smallint(row.access);
    buffer.put_boolean(row.shielded);
    buffer.put_double(row.weight_bits);
    buffer.put_double(row.probability);
    buffer.put_text(row.reason);
    constexpr std::size_t kFieldCountBytes = 2;
    return {kReviewPairs, key, digest_bytes(buffer.view().substr(kFieldCountBytes))};
}

std::string review_pair_read_back_sql() {
    const SourceEntity& entity = review_pair_entity();
    return "COPY (SELECT '" + entity.system + "'::text, '" + entity.entity +
           "'::text, concat_ws(E'\\x1f', left_system, left_key, right_system, right_key), 0::smallint, area, access,"
           " shielded, weight_bits, probability, reason FROM review.pair) TO STDOUT (FORMAT binary)";
}

void write_identity_events(TargetConnection& loader, RunId run, std::span<const IdentityEventRow> rows) {
    CopyBuffer buffer;
    for (const IdentityEventRow& row : rows) {
        buffer.begin_row(8);
        buffer.put_bigint(run.value);
        buffer.put_smallint(row.entry.area);
        buffer.put_smallint(row.entry.access);
        buffer.put_bigint(row.entry.person.value);
        buffer.put_text(row.event);
        put_number_or_null(buffer, row.other.value);
        buffer.put_text_or_null(row.reason);
        put_number_or_null(buffer, row.decision);
    }
    if (!buffer.empty())
        copy_rows(loader, "lineage.identity_event",
                  "run_id, area, access, person_id, event, other_id, reason, decision_id", buffer);
    note_identity_events(loader, run);
}

namespace {

/// Selects of each run how many events it told, and one digest of them.
constexpr std::string_view kEventsOfRuns =
    "SELECT e.run_id, count(*) AS rows, md5(string_agg(md5(jsonb_build_array(e.event_id, e.area, e.access, e.person_id,"
    " e.event, e.other_id, e.reason, e.decision_id)::text), '' ORDER BY e.event_id)) AS digest"
    " FROM lineage.identity_event e GROUP BY e.run_id";

}  // namespace

void note_identity_events(TargetConnection& loader, RunId run) {
    loader.query(
        "UPDATE lineage.run r SET event_rows = coalesce(o.rows, 0), event_digest = o.digest FROM (SELECT) one"
        " LEFT JOIN (" +
            std::string(kEventsOfRuns) + " HAVING e.run_id = $1) o ON true WHERE r.run_id = $1",
        {std::to_string(run.value)}, TargetConnection::kLongDeadline);
}

std::vector<UnlikeEvents> find_unlike_events(TargetConnection& loader) {
    const TargetResult rows = loader.execute(
        "SELECT r.run_id, r.event_rows, coalesce(o.rows, 0) FROM lineage.run r LEFT JOIN (" +
            std::string(kEventsOfRuns) +
            ") o USING (run_id) WHERE r.event_rows IS NOT NULL AND r.event_digest IS DISTINCT FROM o.digest ORDER BY 1",
        TargetConnection::kLongDeadline);
    std::vector<UnlikeEvents> unlike;
    for (std::size_t i = 0; i < rows.rows(); ++i)
        unlike.push_back({RunId{rows.integer(i, 0)}, rows.integer(i, 1), rows.integer(i, 2)});
    return unlike;
}

void write_record_moves(TargetConnection& loader, RunId run, std::span<const RecordMoveRow> rows) {
    CopyBuffer buffer;
    for (const RecordMoveRow& row : rows) {
        buffer.begin_row(8);
        buffer.put_bigint(run.value);
        buffer.put_smallint(row.area);
        buffer.put_smallint(row.access);
        buffer.put_text(row.source_system);
        buffer.put_text(row.source_person_key);
        buffer.put_bigint(row.from.value);
        put_number_or_null(buffer, row.to.value);
        put_number_or_null(buffer, row.decision);
    }
    if (!buffer.empty())
        copy_rows(loader, "lineage.record_move",
                  "run_id, area, access, source_system, source_person_key, from_person_id, to_person_id, decision_id",
                  buffer);
}

std::uint64_t open_people(TargetConnection& loader, RunId run) {
    const std::string id = std::to_string(run.value);
    TargetTransaction transaction(loader);
    RunLedger::sign_changes(loader, run);
    const TargetResult moved = loader.query(
        "WITH protected AS (SELECT source_system, source_person_key, access FROM lineage.crosswalk WHERE access <> 0),"
        " moved AS (DELETE FROM lineage.source_row s USING protected p"
        "   WHERE s.run_id = $1 AND s.source_system = p.source_system AND s.source_person_key = p.source_person_key"
        "   RETURNING s.run_id, s.area, (s.access | p.access)::smallint, s.source_system, s.source_entity, "
        "s.source_key,"
        "             s.source_person_key, s.position, s.row)"
        " INSERT INTO sealed.source_row (run_id, area, access, source_system, source_entity, source_key, "
        "source_person_key, position, row)"
        " SELECT * FROM moved",
        {id}, TargetConnection::kLongDeadline);
    loader.query(
        "UPDATE lineage.field_issue f SET access = (f.access | c.access)::smallint FROM lineage.crosswalk c"
        " WHERE c.access <> 0 AND f.run_id = $1 AND f.source_system = c.source_system AND f.source_person_key = "
        "c.source_person_key",
        {id}, TargetConnection::kLongDeadline);
    // A quarantined row may keep no person key; in the people pass its own key is the person's, or begins with it.
    loader.query(
        "UPDATE lineage.quarantine q SET access = (q.access | c.access)::smallint, raw_access = (q.raw_access |"
        " c.access)::smallint FROM lineage.crosswalk c"
        " WHERE c.access <> 0 AND q.run_id = $1 AND q.source_system = c.source_system"
        "   AND coalesce(q.source_person_key, split_part(q.source_key, E'\\x1f', 1)) = c.source_person_key",
        {id}, TargetConnection::kLongDeadline);
    open_lineage(loader, run);
    transaction.commit();
    return moved.affected_rows();
}

void open_lineage(TargetConnection& loader, RunId run) {
    loader.query("UPDATE lineage.run SET people_open = true WHERE run_id = $1", {std::to_string(run.value)});
}

void record_access(TargetConnection& connection, std::string_view os_user, std::string_view command,
                   std::string_view purpose, std::string_view asked_for, bool found) {
    connection.query("SELECT audit.record_access($1, $2, $3, $4, $5)",
                     {os_user, command, purpose, asked_for, found ? std::string_view("t") : std::string_view("f")});
}

bool target_is_empty(TargetConnection& loader) {
    return loader
        .execute(
            "SELECT FROM lineage.run WHERE undoes IS NULL AND run_id NOT IN"
            " (SELECT undoes FROM lineage.run WHERE undoes IS NOT NULL) LIMIT 1")
        .empty();
}

}  // namespace caseweave
