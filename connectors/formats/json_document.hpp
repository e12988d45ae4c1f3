#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/json_plain_object.hpp"
#include "connectors/formats/json_plan.hpp"
#include "core/field_view.hpp"
#include "core/reject.hpp"

namespace caseweave {

/// One value of a record; lives until the next document is read.
struct JsonCell {
    std::size_t column = 0;
    Missing missing = Missing::no;
    std::string_view text;
};

/// One record of a document: its cells, or why it is rejected.
struct JsonRow {
    std::size_t begin = 0, end = 0;  ///< of cells(); of an undecodable one, what was read: null where it could not be
    bool rejected = false;
    RejectReason reason{};
    std::size_t column = 0;  ///< the one that made it fail; beyond the columns when none did
    std::string_view raw;
    std::string_view
        texts;  ///< stretch of the document that most cells' texts view, so that it can be copied in one piece
};

/// Says who reads records. Parser alone is the slow obvious twin of the other: the rows are the same.
enum class JsonReading : std::uint8_t {
    plain_objects_first,  ///< JsonPlainObject those documents that it can, and the parser the rest
    parser_only,
};

/// Reads documents into rows of cells. Owns what the cells view.
class JsonDocumentReader {
  public:
    enum class Outcome {
        read,
        malformed,    ///< not JSON, or records not where the plan says
        undecodable,  ///< not UTF-8
    };

    /// Extras are added to `columns` as they are met. Both must outlive the reader.
    JsonDocumentReader(const JsonPlan& plan, std::vector<std::string>& columns, std::size_t max_depth,
                       JsonReading reading = JsonReading::plain_objects_first);
    ~JsonDocumentReader();

    /// Reads one document. `text` must be followed by kPadding readable bytes and outlive the cells.
    Outcome read(std::string_view text);
    /// Reads one document around bytes that no JSON text holds (ill-formed UTF-8, control characters): a record that
    /// would take such bytes from its own values, or from those of the objects around it, is rejected as undecodable,
    /// and the others are read. Where they stand between values the document is malformed. `text` as for read().
    Outcome read_around(std::string_view text);
    static const std::size_t kPadding;
    /// Forgets the rows of the last document.
    void clear() noexcept;

    const std::vector<JsonRow>& rows() const noexcept { return rows_; }
    const JsonCell* cells() const noexcept { return cells_.data(); }
    /// Tells whether the column at `index` has been met in any record so far.
    bool seen(std::size_t index) const noexcept { return index < seen_in_.size() && seen_in_[index] != 0; }

  private:
    struct Simdjson;
    class Walk;

    bool read_plain_object();
    /// Tells whether a view lies in the document that is being read.
    bool holds(std::string_view text) const noexcept;
    /// Gives a part of the document with the bytes it came with.
    std::string_view as_it_came(std::string_view text) const noexcept;

    const JsonPlan* plan_;
    std::vector<std::string>* columns_;
    std::size_t max_depth_;
    std::map<std::string, std::size_t, std::less<>> extras_;
    std::vector<JsonRow> rows_;
    std::vector<JsonCell> cells_;
    std::vector<std::uint64_t> seen_in_;  // per column: the record it was met in last; 0 = none
    std::uint64_t records_ = 1;
    std::string_view text_;                // the document being read
    std::string_view original_;            // the same before bytes in it were replaced
    std::string replaced_;                 // what text_ views then
    std::vector<std::size_t> unreadable_;  // offsets of those bytes, ascending
    std::unique_ptr<Simdjson> simdjson_;
    std::optional<JsonPlainObject> plain_;  // where the document is the record
    unsigned documents_in_a_row_ = 0;       // that were not plain: after them so many more go by unlooked at
    unsigned documents_to_pass_ = 0;
};

}  // namespace caseweave
