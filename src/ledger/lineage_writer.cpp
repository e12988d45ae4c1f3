#include "ledger/lineage_writer.hpp"

#include <fmt/core.h>

#include "core/parsed.hpp"
#include "core/source_ref.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kQuarantineColumns =
    "run_id, area, access, source_system, source_entity, source_key, position, reason, field, advice, raw";
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

}  // namespace

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

void LineageWriter::add_reject(const LineageContext& context, const Reject& reject, std::uint8_t access) {
    const bool closed = may_be_about_anyone(reject.reason);
    const auto bits = static_cast<std::uint8_t>(access | (closed ? kAccessRestricted : kAccessOpen));
    begin(quarantine_, 11, context, bits);
    if (reject.key.empty())
        quarantine_.put_null();
    else
        put_storable(quarantine_, reject.key);
    quarantine_.put_text(display_position(reject.document, reject.position));
    quarantine_.put_text(to_string(reject.reason));
    quarantine_.put_text_or_null(reject.field);
    quarantine_.put_text(advice(reject.reason));
    put_storable(quarantine_, reject.raw);
}

void LineageWriter::add_issue(const LineageContext& context, const FieldIssue& issue, const SourceRowOutcome& outcome,
                              std::string_view source_person_key, std::uint8_t access) {
    begin(issues_, 12, context, access);
    put_storable(issues_, outcome.key);
    issues_.put_text_or_null(source_person_key);
    issues_.put_text(display_position(outcome.document, outcome.position));
    issues_.put_text(issue.field);
    issues_.put_text(to_string(issue.rule));
    issues_.put_text(advice(issue.rule));
    put_storable(issues_, issue.raw_value);
}

void LineageWriter::add_source_row(const LineageContext& context, const SourceRowOutcome& outcome,
                                   std::string_view source_person_key, std::string_view json, std::uint8_t access) {
    CopyBuffer& buffer = access != kAccessOpen ? sealed_rows_ : source_rows_;
    begin(buffer, 9, context, access);
    put_storable(buffer, outcome.key);
    buffer.put_text_or_null(source_person_key);
    buffer.put_text(display_position(outcome.document, outcome.position));
    put_storable(buffer, json);
}

void LineageWriter::write(TargetConnection& connection) {
    if (!quarantine_.empty()) copy_rows(connection, "lineage.quarantine", kQuarantineColumns, quarantine_);
    if (!issues_.empty()) copy_rows(connection, "lineage.field_issue", kIssueColumns, issues_);
    if (!source_rows_.empty()) copy_rows(connection, "lineage.source_row", kSourceRowColumns, source_rows_);
    if (!sealed_rows_.empty()) copy_rows(connection, "sealed.source_row", kSourceRowColumns, sealed_rows_);
}

void LineageWriter::clear() noexcept {
    quarantine_.clear();
    issues_.clear();
    source_rows_.clear();
    sealed_rows_.clear();
}

}  // namespace caseweave
