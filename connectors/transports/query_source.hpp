#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extract/source.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// One value of a result row as the database gave it; lives until the next row is fetched.
struct RowField {
    std::string_view bytes;
    bool null = false;
    bool too_large = false;  ///< over the transport's bound; bytes hold its start
};

/// The key of a row, part by part; nullopt for the whole where a part is NULL.
using RowKey = std::optional<std::vector<std::string>>;

/// Runs one query. What differs between databases; QuerySource does what they share.
class RowCursor {
  public:
    virtual ~RowCursor() = default;
    /// Names the result's columns; known without running the query.
    virtual const std::vector<std::string>& columns() const = 0;
    /// Runs the query: from the first row whose key is not before `from` where seeks() says so, else from the
    /// beginning.
    virtual void start(const RowKey& from) = 0;
    virtual bool seeks() const noexcept { return false; }
    /// Fetches the next row. @return false at the end. @throws Error.
    virtual bool next(std::vector<RowField>& row) = 0;
};

/// Yields the rows of a query as batches.
///
/// The checkpoint is "<rows> <rows with the last key>\n<last key>". A cursor that cannot seek runs again and passes
/// over as many rows; when the last one then has another key, the source has changed: rows in key order are found by
/// key, others are an Error that asks to start anew. Rows that share a key and stand together come in the order of
/// their values, whatever order the database gives them in; but for those that share it with so many (1,000) that a
/// batch ends among them.
class QuerySource final : public Source {
  public:
    /// @throws Error(source) that names a declared column the result lacks. Names are compared without ASCII case.
    QuerySource(const EntityDefinition& entity, const std::string& system, std::unique_ptr<RowCursor> cursor,
                std::string_view checkpoint);

    std::shared_ptr<const RowShape> shape() const override { return shape_; }
    bool next(RecordBatch& batch) override;

  private:
    void lay_out();
    void resume();
    void resume_by_key(const std::string& key);
    bool fetch();
    std::string key_text() const;
    void read_row(RecordBatch& batch);
    std::string checkpoint() const;

    EntityDefinition entity_;
    std::string system_;
    std::unique_ptr<RowCursor> cursor_;
    std::shared_ptr<const RowShape> shape_;
    std::vector<std::size_t> column_of_field_;
    std::vector<std::size_t> key_fields_;
    std::vector<RowField> row_;
    std::string resume_from_;
    std::uint64_t rows_ = 0;      // rows of the result passed so far, those before the checkpoint included
    std::uint64_t same_key_ = 0;  // how many of the last ones share last_key_
    std::string last_key_;
    bool started_ = false;
    bool ended_ = false;
};

}  // namespace caseweave
