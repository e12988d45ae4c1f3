#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/canonical_batch.hpp"
#include "canonical/entity.hpp"
#include "core/date.hpp"
#include "core/decimal.hpp"
#include "core/digest.hpp"
#include "core/ids.hpp"

namespace caseweave {

/// Describes one column of a canonical table; DDL, COPY and read-back all come from the same list.
struct TableColumn {
    std::string name;
    std::string type;  ///< as information_schema.columns.data_type writes it ("bigint", "text", "numeric", ...)
    bool nullable = true;
    bool in_digest = true;   ///< false: surrogate ids and what the target itself decides
    bool generated = false;  ///< row_id: the server fills it
};

/// Lists the columns of an entity's table in order: row_id, id column, area, access, address_access (where the entity
/// closes_address_apart), run_id, source reference, missing, extras, then the fields (`<f>_precision` beside a
/// partial_date, `<f>_id` beside a person_ref).
std::vector<TableColumn> table_columns(const EntityDescriptor& entity);

/// Names the column that holds the person: "child_id", "person_id", or "" for subject none.
std::string_view id_column(const EntityDescriptor& entity) noexcept;

/// Lists the columns of a table that closes_address_apart that may say where: the fields that disclose an address, and
/// what is kept of the row as text. Empty for any other table.
std::vector<std::string> address_columns(const EntityDescriptor& entity);
/// Writes the clearance that a text holding all of a row `alias` of the table needs.
std::string access_to_all_sql(const EntityDescriptor& entity, std::string_view alias);

/// Gives the table's quoted name with its schema: "integrated"."referral".
std::string qualified_table(const EntityDescriptor& entity);

/// Writes the `COPY ... FROM STDIN (FORMAT binary)` that RowEncoder's rows fit.
std::string copy_in_sql(const EntityDescriptor& entity);
/// Writes the `COPY (SELECT ...) TO STDOUT (FORMAT binary)` whose rows RowDigestReader reads. `condition` follows WHERE
/// and may be empty.
std::string digest_read_back_sql(const EntityDescriptor& entity, std::string_view condition = {});

/// Bytes before the first row of a binary COPY, and after the last.
std::string_view copy_header() noexcept;
std::string_view copy_trailer() noexcept;

/// Collects encoded rows: a byte buffer that grows without zeroing. Move-only, single-threaded.
class CopyBuffer {
  public:
    /// Ensures room for `bytes` more and gives the write position.
    char* reserve(std::size_t bytes) {
        if (capacity_ - size_ < bytes) grow(bytes);
        return bytes_.get() + size_;
    }
    void advance_to(const char* end) noexcept { size_ = static_cast<std::size_t>(end - bytes_.get()); }
    std::string_view view() const noexcept { return {bytes_.get(), size_}; }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    void clear() noexcept { size_ = 0; }
    void truncate(std::size_t size) noexcept { size_ = size; }

    /// Appends one row made of fields: call begin_row(n), then n of the put calls. For ledger tables; canonical rows go
    /// through RowEncoder.
    void begin_row(std::int16_t fields);
    void put_null();
    void put_text(std::string_view text);
    void put_text_or_null(std::string_view text) { text.empty() ? put_null() : put_text(text); }
    void put_bigint(std::int64_t value);
    void put_integer(std::int32_t value);
    void put_smallint(std::int16_t value);
    void put_boolean(bool value);
    void put_double(double value);

  private:
    void grow(std::size_t bytes);
    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

/// Bits of the target's `access` column: what a reader has to be cleared for to see the row.
inline constexpr std::uint8_t kAccessOpen = 0;
inline constexpr std::uint8_t kAccessRestricted = 1;
inline constexpr std::uint8_t kAccessSealed = 2;

/// Says where a canonical row goes: whose it is and who may see it. All of it stays out of the digest.
struct RowPlacement {
    PersonId person;                    ///< 0 = unknown or none (NULL)
    std::uint8_t access = kAccessOpen;  ///< bits kAccess*
    /// Resolved persons of the entity's person_ref fields, in field order; 0 = NULL. May be empty when there are none.
    std::span<const PersonId> references;
    std::uint8_t address_access = kAccessOpen;  ///< of the address the row discloses, where it is closed apart
};

/// Encodes canonical rows of one source entity into one canonical table's binary COPY format, digesting on the way.
///
/// The digest is XXH3-128 over the encoded fields (int32 length and bytes) of source_system to the last field, without
/// `<f>_id` columns: RowDigestReader hashes the same bytes when they come back. Holds a scratch buffer: one thread.
class RowEncoder {
  public:
    /// @param area bit of ServiceArea of the source system. The entity must outlive the encoder.
    RowEncoder(const EntityDescriptor& entity, std::string_view source_system, std::string_view source_entity,
               std::uint8_t area, RunId run);

    /// Appends one row to `out` and gives its digest. Row values are those of `entity()`, one per field.
    Digest128 encode(const CanonicalRow& row, const RowPlacement& placement, CopyBuffer& out);

    const EntityDescriptor& entity() const noexcept { return *entity_; }
    std::string_view source_system() const noexcept { return source_system_; }
    std::string_view source_entity() const noexcept { return source_entity_; }
    /// Number of person_ref fields: the size RowPlacement::references must have.
    std::size_t references() const noexcept { return references_; }

  private:
    char* put_value(char* at, std::size_t field, const Value& value) const;

    const EntityDescriptor* entity_;
    std::string source_system_;
    std::string source_entity_;
    std::string with_id_;        // encoded head of a row: field count to source_entity, id and access to be patched
    std::string without_id_;     // the same with a NULL id
    std::size_t id_at_ = 0;      // 0 = the table has no id column
    std::size_t access_at_ = 0;  // in with_id_; 8 less in without_id_
    std::size_t address_access_at_ = 0;  // likewise; 0 = the table has no such column
    std::size_t digest_at_ = 0;          // likewise
    std::size_t references_ = 0;
    std::size_t fixed_bytes_ = 0;       // the most a row takes besides its texts
    std::vector<std::string> reasons_;  // "field:reason" of each field and Missing, row-major
    std::string scratch_;
    std::string missing_;
};

/// Appends the binary form of numeric(19,2) (length word included) at `at`, up to 28 bytes; gives the end.
char* put_numeric(char* at, Decimal value) noexcept;

/// Names a date's precision as stored beside a partial_date: "day", "month", "year", with "~" when estimated.
std::string_view stored_precision(Date date) noexcept;

}  // namespace caseweave
