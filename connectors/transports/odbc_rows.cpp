#include "connectors/transports/odbc_rows.hpp"

#include <algorithm>
#include <array>

#include "core/shutdown.hpp"

namespace caseweave {

namespace {

/// A column's first buffer: most values fit, and forty columns stay within a first-level cache.
constexpr std::size_t kLeastBufferBytes = 256;
/// What a buffer may start with on the driver's word, and what it may grow to; longer values go through SQLGetData.
constexpr std::size_t kFirstBufferBytes = 1024;
constexpr std::size_t kMostBufferBytes = 64 * 1024;

bool is_integer(SQLSMALLINT type) noexcept {
    return type == SQL_INTEGER || type == SQL_SMALLINT || type == SQL_BIGINT || type == SQL_TINYINT;
}

}  // namespace

OdbcRows::OdbcRows(const OdbcSettings& settings, const OdbcSession& session, std::string query, std::string entity)
    : settings_(settings),
      session_(&session),
      query_(std::move(query)),
      entity_(std::move(entity)),
      statement_(session) {
    const SQLHSTMT statement = statement_.handle();
    SQLSetStmtAttr(statement, SQL_ATTR_CURSOR_TYPE, sql_number(SQL_CURSOR_FORWARD_ONLY), 0);
    SQLSetStmtAttr(statement, SQL_ATTR_QUERY_TIMEOUT, sql_number(settings_.query_timeout_seconds), 0);
    throw_if_shutdown_requested();
    if (!succeeded(session_->call_until_free(SQL_HANDLE_STMT, statement,
                                             [&] { return SQLPrepare(statement, sql_text(query_), SQL_NTS); }))) {
        fail_statement(settings_, statement, "preparing the query of entity " + entity_, true);
    }
    describe();
}

void OdbcRows::describe() {
    const SQLHSTMT statement = statement_.handle();
    SQLSMALLINT count = 0;
    if (!succeeded(SQLNumResultCols(statement, &count)) || count <= 0) {
        fail_statement(settings_, statement, "describing the query of entity " + entity_, true);
    }
    columns_.clear();
    for (SQLUSMALLINT i = 1; i <= static_cast<SQLUSMALLINT>(count); ++i) {
        std::array<SQLCHAR, 512> name{};
        SQLSMALLINT length = 0, type = 0, digits = 0, nullable = 0;
        SQLULEN size = 0;
        if (!succeeded(SQLDescribeCol(statement, i, name.data(), static_cast<SQLSMALLINT>(name.size()), &length, &type,
                                      &size, &digits, &nullable))) {
            fail_statement(settings_, statement, "describing the query of entity " + entity_, true);
        }
        columns_.push_back(
            {reinterpret_cast<const char*>(name.data()), is_integer(type), static_cast<std::size_t>(size)});
    }
}

void OdbcRows::bind(std::size_t column) {
    Buffer& buffer = buffers_[column];
    if (!succeeded(SQLBindCol(statement_.handle(), static_cast<SQLUSMALLINT>(column + 1), SQL_C_CHAR,
                              buffer.bytes.data(), static_cast<SQLLEN>(buffer.bytes.size()), &buffer.indicator))) {
        fail_statement(settings_, statement_.handle(), "binding the columns of entity " + entity_, true);
    }
}

void OdbcRows::execute(const std::vector<std::string>& parameters) {
    const SQLHSTMT statement = statement_.handle();
    std::vector<SQLLEN> lengths(parameters.size());
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        lengths[i] = static_cast<SQLLEN>(parameters[i].size());
        SQLBindParameter(statement, static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, SQL_C_CHAR, SQL_VARCHAR,
                         std::max<SQLULEN>(1, parameters[i].size()), 0, sql_text(parameters[i]), lengths[i],
                         &lengths[i]);
    }
    throw_if_shutdown_requested();
    const SQLRETURN code = session_->call_until_free(SQL_HANDLE_STMT, statement, [&] { return SQLExecute(statement); });
    if (!succeeded(code) && code != SQL_NO_DATA) {
        fail_statement(settings_, statement, "running the query of entity " + entity_, parameters.empty());
    }
    SQLFreeStmt(statement, SQL_RESET_PARAMS);
    buffers_.resize(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (buffers_[i].bytes.empty()) {
            // A size in characters can take four bytes each, and the closing NUL one more.
            buffers_[i].bytes.resize(std::clamp(columns_[i].width * 4 + 1, kLeastBufferBytes, kFirstBufferBytes));
        }
        bind(i);
    }
}

void OdbcRows::fetch_long(std::size_t column, RowField& field) {
    Buffer& buffer = buffers_[column];
    std::string& value = buffer.long_value;
    value.clear();
    std::vector<char> piece(kMostBufferBytes);
    for (;;) {
        SQLLEN left = 0;
        const SQLRETURN code = SQLGetData(statement_.handle(), static_cast<SQLUSMALLINT>(column + 1), SQL_C_CHAR,
                                          piece.data(), static_cast<SQLLEN>(piece.size()), &left);
        if (code == SQL_NO_DATA) break;
        if (!succeeded(code))
            fail_statement(settings_, statement_.handle(), "reading a long value of entity " + entity_, false);
        if (left == SQL_NULL_DATA) break;
        const bool more =
            code == SQL_SUCCESS_WITH_INFO && (left == SQL_NO_TOTAL || left >= static_cast<SQLLEN>(piece.size()));
        value.append(piece.data(), more ? piece.size() - 1 : static_cast<std::size_t>(left));
        if (value.size() > settings_.max_field_bytes) {
            value.resize(settings_.max_field_bytes);
            field.too_large = true;
            break;
        }
        if (!more) break;
    }
    field.bytes = value;
    if (value.size() + 1 > buffer.bytes.size() && buffer.bytes.size() < kMostBufferBytes) {
        buffer.bytes.resize(std::min(kMostBufferBytes, (value.size() + 1) * 2));
        bind(column);
    }
}

bool OdbcRows::fetch(std::vector<RowField>& row) {
    const SQLRETURN code =
        session_->call_until_free(SQL_HANDLE_STMT, statement_.handle(), [&] { return SQLFetch(statement_.handle()); });
    if (code == SQL_NO_DATA) return false;
    if (!succeeded(code)) fail_statement(settings_, statement_.handle(), "reading entity " + entity_, false);
    row.assign(columns_.size(), {});
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const SQLLEN size = buffers_[i].indicator;
        if (size == SQL_NULL_DATA) {
            row[i].null = true;
        } else if (size == SQL_NO_TOTAL || size >= static_cast<SQLLEN>(buffers_[i].bytes.size())) {
            fetch_long(i, row[i]);
        } else {
            row[i].bytes = {buffers_[i].bytes.data(), static_cast<std::size_t>(size)};
        }
    }
    return true;
}

}  // namespace caseweave
