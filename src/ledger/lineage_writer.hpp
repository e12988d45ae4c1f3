#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "canonical/canonical_batch.hpp"
#include "canonical/copy_encoding.hpp"
#include "canonical/row_digest.hpp"
#include "core/ids.hpp"
#include "core/reject.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Says which source entity of which run lineage rows speak of.
struct LineageContext {
    RunId run;
    std::string_view system;
    std::string_view entity;
    std::uint8_t area = 0;  ///< bit of ServiceArea
};

/// Holds what a tally takes of one lineage row. The digest is over what the row says, or over where it stood in its
/// source; who may see it stays out.
struct TalliedRow {
    std::string_view table;  ///< one of kLineageTallies, or kReviewPairs
    std::string source_key;  ///< as the table holds it; "" for none
    Digest128 digest;
};

/// Give what tallies take of rows as LineageWriter writes them.
TalliedRow tallied_reject(const LineageContext& context, const Reject& reject);
/// The same of a rejected row as lineage.quarantine holds it.
TalliedRow tallied_quarantine(const LineageContext& context, std::string_view source_key, std::string_view reason,
                              std::string_view field, std::string_view advice, std::string_view raw);
TalliedRow tallied_issue(const LineageContext& context, const FieldIssue& issue, const SourceRowOutcome& outcome,
                         std::string_view source_person_key);
TalliedRow tallied_source_row(const LineageContext& context, const SourceRowOutcome& outcome,
                              std::string_view source_person_key, std::string_view json);
/// The same of where a row of one of kLineageTables stood. @param position as display_position writes it.
TalliedRow tallied_place(const LineageContext& context, std::string_view table, std::string_view source_key,
                         std::string_view position);

/// Writes the `COPY ... TO STDOUT (FORMAT binary)` of one of kLineageTallies whose rows RowDigestReader reads.
/// `condition` follows WHERE and may be empty.
std::string lineage_read_back_sql(std::string_view table, std::string_view condition = {});

/// Holds the access bits of a rejected row.
struct RejectAccess {
    std::uint8_t row = kAccessOpen;  ///< of where it stands, and of what to do about it
    std::uint8_t raw = kAccessOpen;  ///< of its text and its keys
    bool operator==(const RejectAccess&) const = default;
};

/// Gives the access bits of a rejected row. @param access bits of the person it speaks of, where the caller knows them.
/// A row that could not be read may be about anyone, a shielded row is about a restricted person: both are restricted.
/// The text of a row whose person nobody knows can be a sealed child's as well: it needs both clearances.
RejectAccess access_of_reject(const Reject& reject, std::uint8_t access, bool person_known) noexcept;

/// Collects quarantined rows, field issues and verbatim source rows, and copies them to `lineage` inside the
/// transaction of the rows they speak of. Values live in these tables only. One thread.
///
/// Bytes that PostgreSQL text cannot hold (not UTF-8, NUL) are written as \xNN, so that an undecodable row is kept
/// whole.
class LineageWriter {
  public:
    /// Takes a row that cannot be placed.
    void add_reject(const LineageContext& context, const Reject& reject, RejectAccess access);

    /// Takes a value that was set aside; `outcome` is that of the issue's source row.
    void add_issue(const LineageContext& context, const FieldIssue& issue, const SourceRowOutcome& outcome,
                   std::string_view source_person_key, std::uint8_t access = kAccessOpen);

    /// Takes one source row as JSON. A row that needs a clearance goes to sealed.source_row at once; rows of persons
    /// found sealed or restricted later follow when people are opened.
    void add_source_row(const LineageContext& context, const SourceRowOutcome& outcome,
                        std::string_view source_person_key, std::string_view json, std::uint8_t access);

    /// Tallies of what was collected, by kLineageTallies.
    const TallyTable& tallies() const noexcept { return tallies_; }

    bool empty() const noexcept { return bytes() == 0; }
    std::size_t bytes() const noexcept {
        return quarantine_.size() + issues_.size() + source_rows_.size() + sealed_rows_.size();
    }

    /// Copies what was collected; the caller's transaction is open. Call clear() once it is committed.
    void write(TargetConnection& connection);
    void clear() noexcept;

  private:
    /// Tallies what a row says and where it stood.
    void tally(const LineageContext& context, const TalliedRow& row, std::string_view source_key,
               std::string_view position);

    TallyTable tallies_;
    CopyBuffer quarantine_;
    CopyBuffer issues_;
    CopyBuffer source_rows_;
    CopyBuffer sealed_rows_;
};

/// Writes bytes as PostgreSQL text: valid UTF-8 as it is, everything else and NUL as \xNN.
std::string storable_text(std::string_view bytes);

/// Copies rows encoded in `rows` into a table. @return rows the server took. @param columns names, separated by commas.
std::uint64_t copy_rows(TargetConnection& connection, std::string_view table, std::string_view columns,
                        const CopyBuffer& rows);

}  // namespace caseweave
