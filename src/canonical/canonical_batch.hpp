#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/entity.hpp"
#include "core/arena.hpp"
#include "core/date.hpp"
#include "core/decimal.hpp"
#include "core/digest.hpp"
#include "core/field_view.hpp"
#include "core/parsed.hpp"
#include "core/record_batch.hpp"
#include "core/reject.hpp"

namespace caseweave {

/// Holds one typed value of a canonical row, or why it is missing. Text points into the batch's arena.
struct Value {
    Missing missing = Missing::absent;
    std::string_view text;  ///< every text-like type
    union {
        std::int64_t integer;  ///< integer, boolean (0/1), decimal (hundredths), timestamp (microseconds)
        Date date;             ///< date, partial_date
    };

    Value() noexcept : integer(0) {}
    bool has_value() const noexcept { return missing == Missing::no; }
    // Each writes the least: of a value that is there nobody looks at the other type, of one that is missing at
    // neither.
    void set_text(std::string_view t) noexcept {
        missing = Missing::no;
        text = t;
    }
    void set_integer(std::int64_t i) noexcept {
        missing = Missing::no;
        integer = i;
    }
    void set_date(Date d) noexcept {
        missing = Missing::no;
        date = d;
    }
    void set_missing(Missing reason) noexcept {
        missing = reason;
        text = {};
    }
    static Value of_text(std::string_view t) noexcept {
        Value v;
        v.set_text(t);
        return v;
    }
    static Value of_integer(std::int64_t i) noexcept {
        Value v;
        v.set_integer(i);
        return v;
    }
    static Value of_date(Date d) noexcept {
        Value v;
        v.set_date(d);
        return v;
    }
    static Value of_missing(Missing reason) noexcept {
        Value v;
        v.set_missing(reason);
        return v;
    }
};

/// Holds one canonical row: where it came from, whom it speaks of, its typed values.
struct CanonicalRow {
    const EntityDescriptor* entity = nullptr;
    std::string_view source_key;         ///< natural key, parts joined by kKeySeparator
    std::uint16_t part = 0;              ///< which of several rows of this entity the source row gave
    std::string_view source_person_key;  ///< key of the person in the source; "" where subject is none
    std::string_view parent_key;         ///< natural key of the parent case record, or ""
    std::uint32_t source_row = 0;        ///< index of the source row in the batch
    const Value* values = nullptr;       ///< one per entity->fields
    std::string_view extras;             ///< JSON object of columns no mapping names, or ""
};

/// Records one value that was set aside while its row loads.
struct FieldIssue {
    std::uint32_t source_row = 0;
    IssueRule rule{};
    std::string_view field;      ///< source column
    std::string_view raw_value;  ///< personal data: only for lineage.field_issue
};

/// Places one source row: its key, how it ended, and its digest.
struct SourceRowOutcome {
    enum class Kind : std::uint8_t { emitted, excluded, rejected } kind = Kind::emitted;
    std::string_view key;
    std::uint64_t key_hash = 0;
    std::uint64_t content_hash = 0;  ///< over all source columns; tells duplicate_in_source from key_conflict
    Position position;
    std::string_view document;
};

/// Carries canonical rows of one source entity from normalisation to linking and loading. Move-only.
struct CanonicalBatch {
    RecordBatch source;  ///< the source rows; canonical rows and outcomes point into it
    Arena arena;
    std::vector<CanonicalRow> rows;          ///< in source-row order
    std::vector<SourceRowOutcome> outcomes;  ///< one per committed source row
    std::vector<FieldIssue> issues;
    std::vector<Reject> rejects;             ///< rows that cannot be placed, extraction's included
    std::vector<std::string_view> verbatim;  ///< JSON of each source row, only where asked for (people pass)
    std::string checkpoint;
    std::uint64_t rows_read = 0;

    /// Allocates the values of one row in the arena, all Missing::absent.
    Value* allocate_values(std::size_t count);

    CanonicalBatch() = default;
    CanonicalBatch(CanonicalBatch&&) noexcept = default;
    CanonicalBatch& operator=(CanonicalBatch&&) noexcept = default;
};

}  // namespace caseweave
