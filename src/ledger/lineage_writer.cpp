#include "ledger/lineage_writer.hpp"

#include <fmt/core.h>

#include <initializer_list>

#include "core/digest.hpp"
#include "core/parsed.hpp"
#include "core/source_ref.hpp"
#include "ledger/lineage_tables.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kQuarantineColumns =
    "run_id, area, access, source_system, source_entity, raw_access, source_key, source_person_key, position, reason, "
    "field, advice, raw";
constexpr std::string_view kIssueColumns =
    "run_id, area, access, source_system, source_entity, source_key, source_person_key, position, field, rule, advice, "
    "raw_value";
constexpr std::string_view kSourceRowColumns =
    "run_id, area, access, source_system, source_entity, source_key, source_person_key, position, row";

/// Bytes handed to libpq at once: enough to amortise the call, small enough for the socket to take.
constexpr std::size_t kChunkBytes = 128 * 1024;

void begin(CopyBuffer& buffer, std::int16_t fields, const LineageContext& context, std::uint8_t access) {
    buffer.begin_row(fields);
    buffer.put_bigint(context.run.value);
    buffer.put_smallint(context.area);
    buffer.put_smallint(access);
    buffer.put_text(context.system);
    buffer.put_text(context.entity);
}

/// Tells whether a rejected row's person cannot be known, so that it may be one who is shielded.
bool may_be_about_anyone(RejectReason reason) {
    switch (reason) {
        case RejectReason::no_key:
        case RejectReason::wrong_width:
        case RejectReason::undecodable:
        case RejectReason::malformed:
        case RejectReason::unknown_type:
        case RejectReason::too_large:
        case RejectReason::shielded:
            return true;
        case RejectReason::orphan_person:
        case RejectReason::orphan_parent:
        case RejectReason::key_conflict:
            return false;
    }
    return true;
}

void put_storable(CopyBuffer& buffer, std::string_view bytes) {
    if (text::is_valid_utf8(bytes) && bytes.find('\0') == std::string_view::npos)
        buffer.put_text(bytes);
    else
        buffer.put_text(storable_text(bytes));
}

/// Digests a row as it comes back: every text, the missing ones as "", with a part in the place canonical rows have
/// one.
TalliedRow tallied(std::string_view table, const LineageContext& context, std::string_view source_key,
                   std::initializer_list<std::string_view> texts) {
    CopyBuffer buffer;
    buffer.begin_row(static_cast<std::int16_t>(4 + texts.size()));
    buffer.put_text(context.system);
    buffer.put_text(context.entity);
    put_storable(buffer, source_key);
    buffer.put_smallint(0);
    for (const std::string_view text : texts) put_storable(buffer, text);
    constexpr std::size_t kFieldCountBytes = 2;
    return {table, storable_text(source_key), digest_bytes(buffer.view().substr(kFieldCountBytes))};
}

}  // namespace

TalliedRow tallied_reject(const LineageContext& context, const Reject& reject) {
    return tallied_quarantine(context, reject.key, to_string(reject.reason), reject.field, advice(reject.reason),
                              reject.raw);
}

TalliedRow tallied_quarantine(const LineageContext& context, std::string_view source_key, std::string_view reason,
                              std::string_view field, std::string_view advice, std::string_view raw) {
    return tallied(kQuarantinedRows, context, source_key, {reason, field, advice, raw});
}

TalliedRow tallied_issue(const LineageContext& context, const FieldIssue& issue, const SourceRowOutcome& outcome,
                         std::string_view source_person_key) {
    return tallied(kFieldIssues, context, outcome.key,
                   {source_person_key, issue.field, to_string(issue.rule), advice(issue.rule), issue.raw_value});
}

TalliedRow tallied_source_row(const LineageContext& context, const SourceRowOutcome& outcome,
                              std::string_view source_person_key, std::string_view json) {
    return tallied(kSourceRows, context, outcome.key, {source_person_key, json});
}

TalliedRow tallied_place(const LineageContext& context, std::string_view table, std::string_view source_key,
                         std::string_view position) {
    return tallied(places_of(table), context, source_key, {position});
}

std::string lineage_read_back_sql(std::string_view table, std::string_view condition) {
    const std::string where = condition.empty() ? std::string() : " WHERE " + std::string(condition);
    const auto rows = [&](std::string_view from, std::string_view texts) {
        return fmt::format("SELECT source_system, source_entity, coalesce(source_key, ''), 0::smallint, {} FROM {}{}",
                           texts, from, where);
    };
    const auto verbatim_rows = [&](std::string_view texts) {
        return rows(kSourceRows, texts) + " UNION ALL " + rows("sealed.source_row", texts);
    };
    std::string sql;
    if (table == kSourceRows)
        sql = verbatim_rows("coalesce(source_person_key, ''), row");
    else if (table == kSourceRowPlaces)
        sql = verbatim_rows("position");
    else if (tells_places(table))
        sql = rows(table_of_tally(table), "position");
    else if (table == kQuarantinedRows)
        sql = rows(table, "reason, coalesce(field, ''), advice, raw");
    else
        sql = rows(table, "coalesce(source_person_key, ''), field, rule, advice, raw_value");
    return "COPY (" + sql + ") TO STDOUT (FORMAT binary)";
}

std::string storable_text(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size() + 16);
    for (std::size_t at = 0; at < bytes.size();) {
        const auto code_point = text::decode_code_point(bytes, at);
        const std::string_view piece = bytes.substr(at, code_point.length_bytes);
        if (code_point.valid && code_point.code_point != 0)
            out += piece;
        else
            for (const char byte : piece) out += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
        at += code_point.length_bytes;
    }
    return out;
}

std::uint64_t copy_rows(TargetConnection& connection, std::string_view table, std::string_view columns,
                        const CopyBuffer& rows) {
    connection.copy_in_begin(fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table, columns));
    connection.copy_in_put(copy_header());
    for (std::string_view rest = rows.view(); !rest.empty();) {
        const std::string_view chunk = rest.substr(0, kChunkBytes);
        connection.copy_in_put(chunk);
        rest.remove_prefix(chunk.size());
    }
    connection.copy_in_put(copy_trailer());
    return connection.copy_in_end();
}

RejectAccess access_of_reject(const Reject& reject, std::uint8_t access, bool person_known) noexcept {
    const bool anyones = may_be_about_anyone(reject.reason);
    RejectAccess bits;
    bits.row = static_cast<std::uint8_t>(access | (anyones ? kAccessRestricted : kAccessOpen));
    bits.raw = static_cast<std::uint8_t>(bits.row |
                                         (anyones || !person_known ? kAccessRestricted | kAccessSealed : kAccessOpen));
    return bits;
}

void LineageWriter::add_reject(const LineageContext& context, const Reject& reject, RejectAccess access) {
    begin(quarantine_, 13, context, access.row);
    quarantine_.put_smallint(access.raw);
    if (reject.key.empty())
        quarantine_.put_null();
    else
        put_storable(quarantine_, reject.key);
    reject.person_key.empty() ? quarantine_.put_null() : put_storable(quarantine_, reject.person_key);
    const std::string position = display_position(reject.document, reject.position);
    quarantine_.put_text(position);
    quarantine_.put_text(to_string(reject.reason));
    quarantine_.put_text_or_null(reject.field);
    quarantine_.put_text(advice(reject.reason));
    put_storable(quarantine_, reject.raw);
    tally(context, tallied_reject(context, reject), reject.key, position);
}

void LineageWriter::add_issue(const LineageContext& context, const FieldIssue& issue, const SourceRowOutcome& outcome,
                              std::string_view source_person_key, std::uint8_t access) {
    begin(issues_, 12, context, access);
    put_storable(issues_, outcome.key);
    issues_.put_text_or_null(source_person_key);
    const std::string position = display_position(outcome.document, outcome.position);
    issues_.put_text(position);
    issues_.put_text(issue.field);
    issues_.put_text(to_string(issue.rule));
    issues_.put_text(advice(issue.rule));
    put_storable(issues_, issue.raw_value);
    tally(context, tallied_issue(context, issue, outcome, source_person_key), outcome.key, position);
}

void LineageWriter::add_source_row(const LineageContext& context, const SourceRowOutcome& outcome,
                                   std::string_view source_person_key, std::string_view json, std::uint8_t access) {
    CopyBuffer& buffer = access != kAccessOpen ? sealed_rows_ : source_rows_;
    begin(buffer, 9, context, access);
    put_storable(buffer, outcome.key);
    buffer.put_text_or_null(source_person_key);
    const std::string position = display_position(outcome.document, outcome.position);
    buffer.put_text(position);
    put_storable(buffer, json);
    tally(context, tallied_source_row(context, outcome, source_person_key, json), outcome.key, position);
}

void LineageWriter::tally(const LineageContext& context, const TalliedRow& row, std::string_view source_key,
                          std::string_view position) {
    for (const TalliedRow& tallied : {row, tallied_place(context, row.table, source_key, position)}) {
        tallies_[{std::string(context.system), std::string(context.entity), std::string(tallied.table)}].add(
            tallied.source_key, tallied.digest);
    }
}

void LineageWriter::write(TargetConnection& connection) {
    if (!quarantine_.empty()) copy_rows(connection, "lineage.quarantine", kQuarantineColumns, quarantine_);
    if (!issues_.empty()) copy_rows(connection, "lineage.field_issue", kIssueColumns, issues_);
    if (!source_rows_.empty()) copy_rows(connection, "lineage.source_row", kSourceRowColumns, source_rows_);
    if (!sealed_rows_.empty()) copy_rows(connection, "sealed.source_row", kSourceRowColumns, sealed_rows_);
}

void LineageWriter::clear() noexcept {
    tallies_.clear();
    quarantine_.clear();
    issues_.clear();
    source_rows_.clear();
    sealed_rows_.clear();
}

}  // namespace caseweave
