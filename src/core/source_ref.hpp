#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caseweave {

/// Separates the parts of a composite natural key: U+001F, which no source key holds.
inline constexpr char kKeySeparator = '\x1f';

/// Says where in a source something stands: line and byte of a document, or the ordinal of a query's row.
struct Position {
    std::uint32_t document = 0;  ///< index into RecordBatch::documents
    std::uint64_t line = 0;      ///< 1-based line or record; for a query, the 1-based row of its result
    std::uint64_t byte = 0;      ///< 0-based offset where it is known, else 0
};

/// Names one source row for people: system, entity, natural key, position.
///
/// The key is personal data in effect (it finds a child): it goes to quarantine and lineage tables and to
/// operators who ask for it, never to a log.
struct SourceRef {
    std::string system;
    std::string entity;
    std::string key;
    std::string position;
};

/// Writes a natural key for people: parts joined by '/'.
std::string display_key(std::string_view key);

/// Writes a position for people: "file.csv line 12", or "query row 12".
std::string display_position(std::string_view document, const Position& position);

}  // namespace caseweave
