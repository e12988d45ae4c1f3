#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/record_batch.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// A record with more columns than this is not a record: every column costs 16 bytes of every row.
inline constexpr std::size_t kMaxColumnsOfRecord = 2000;

/// Says which column of a row each field of a document becomes.
struct ColumnLayout {
    std::shared_ptr<const RowShape> shape;
    std::vector<std::size_t> column_of_field;  ///< one per field of the document: index into shape->columns
};

/// Finds an entity's declared columns in a header, in any order; what the header has besides becomes extras.
/// @throws Error(source) that names the entity, the document and the column that is missing or stands there twice.
ColumnLayout lay_out_columns(const EntityDefinition& entity, const std::vector<std::string>& header,
                             const std::string& document);

/// Tells whether a declared column may be missing in a source.
bool is_optional(const EntityDefinition& entity, std::string_view column) noexcept;

/// Finds the first declared column that must be there and is not: `met` tells by index which were met. Where a field
/// takes the first of several columns that has a value, one of them is enough. Null when there is none.
const std::string* find_column_not_met(const EntityDefinition& entity, const std::function<bool(std::size_t)>& met);

/// Gives the shape of an entity whose columns are known without a header: declared ones, no extras.
std::shared_ptr<const RowShape> declared_shape(const EntityDefinition& entity);

/// Makes the Error for a declared column that a source lacks.
[[noreturn]] void fail_missing_column(const EntityDefinition& entity, std::string_view column,
                                      const std::string& where);

/// Gives the field that a text is; no byte, or only blanks, is Missing::empty. The bytes stay where they are.
inline FieldView field_of(std::string_view text) noexcept {
    const bool blank = text.empty() || (text.front() == ' ' && text.find_first_not_of(' ') == std::string_view::npos);
    return blank ? FieldView(Missing::empty) : FieldView(text);
}

/// Sets a field of the row being built whose bytes live in the batch's arena.
inline void set_text(RecordBatch& batch, std::size_t column, std::string_view stored) noexcept {
    batch.open_row()[column] = field_of(stored);
}

/// Says where a bound of a format is raised: "raise max_depth in [format_settings] of connector.toml".
inline std::string where_raised(std::string_view setting) {
    return "raise " + std::string(setting) + " in [format_settings] of connector.toml";
}

/// Tells whether a batch is to be handed on: full of rows or bytes, or of rejects, which carry their raw text.
inline bool is_full(const RecordBatch& batch) noexcept {
    constexpr std::size_t kRejects = 256;
    return batch.full() || batch.rows_read() >= RecordBatch::row_limit() || batch.rejects().size() >= kRejects;
}

/// Gives the key of a row that is rejected for what stands elsewhere in it. `text_of` gives the text of the column at
/// an index, "" where it cannot be read.
/// @return "" where not every column of the key can be read.
std::string readable_key(const EntityDefinition& entity, const std::function<std::string(std::size_t)>& text_of);

/// Rejects one row; `raw` is cut to what a quarantine row can hold and a person can read.
/// @param key where it could be read; see readable_key.
void reject_row(RecordBatch& batch, RejectReason reason, const std::string& document, const Position& position,
                std::string column, std::string_view raw, std::string key = {});

}  // namespace caseweave
