#include <sqlite3.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "conformance/source_data.hpp"
#include "support/private_postgres.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave::conformance {

namespace {

std::string read_text(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string quoted(const std::string& text) {
    std::string literal = "'";
    for (const char c : text) literal.append(c == '\'' ? 2U : 1U, c);
    return literal + "'";
}

/// Table that a connector's query reads.
std::string table_of(const EntityDefinition& entity) {
    std::string upper = entity.query;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::size_t at = upper.find("FROM");
    if (at == std::string::npos) throw std::runtime_error("entity " + entity.name + ": its query names no table");
    at = upper.find_first_not_of(" \n\t", at + 4);
    return entity.query.substr(at, std::min(upper.find_first_of(" \n\t;", at), upper.size()) - at);
}

/// testdata/schema.sql and data.sql, and SQL that changes them.
class DatabaseData : public SourceData {
  public:
    explicit DatabaseData(const ConnectorDefinition& connector) : connector_(&connector) {
        sql_ = read_text(connector.folder / "testdata/schema.sql") + "\n" +
               read_text(connector.folder / "testdata/data.sql") + "\n";
    }

    bool settable(const EntityDefinition&, const std::string&) const override { return true; }

    void add_column(const EntityDefinition& entity, const std::string& name, const std::string& value) override {
        const std::string table = table_of(entity);
        if (!widened_.insert(table).second) return;
        add("ALTER TABLE " + table + " ADD COLUMN " + name + " VARCHAR(40)");
        add("UPDATE " + table + " SET " + name + " = " + quoted(value));
    }

    void drop_column(const EntityDefinition& entity, const std::string& column) override {
        add("ALTER TABLE " + table_of(entity) + " DROP COLUMN " + column);
    }

    void remove_all_rows() override {
        for (const EntityDefinition& entity : connector_->entities) add("DELETE FROM " + table_of(entity));
    }

    void copy_row(const EntityDefinition& entity, const Fields& like, const Fields& changes) override {
        Fields literals;
        for (const auto& [column, value] : changes) literals[column] = value.empty() ? "NULL" : quoted(value);
        copy(entity, like, literals);
    }

    std::vector<RejectReason> add_unreadable_rows(const EntityDefinition&, const Fields&) override {
        return {};  // a result has one width
    }

    bool add_undecodable_row(const EntityDefinition& entity, const Fields& like, const std::string& column) override {
        copy(entity, like, {{column, bad_bytes()}});
        return true;
    }

    bool damage_document(const EntityDefinition&) override { return false; }

  protected:
    /// SQL for a text of 'A' and a byte that is not UTF-8.
    virtual std::string bad_bytes() const = 0;
    const std::string& sql() const noexcept { return sql_; }

  private:
    void add(const std::string& statement) { sql_ += statement + ";\n"; }

    void copy(const EntityDefinition& entity, const Fields& like, const Fields& literals) {
        const std::string table = table_of(entity);
        std::string query = "CREATE TABLE conformance_copy AS SELECT * FROM " + table;
        for (auto field = like.begin(); field != like.end(); ++field) {
            query += (field == like.begin() ? " WHERE " : " AND ") + field->first + " = " + quoted(field->second);
        }
        add(query + " LIMIT 1");
        for (const auto& [column, literal] : literals) add("UPDATE conformance_copy SET " + column + " = " + literal);
        add("INSERT INTO " + table + " SELECT * FROM conformance_copy");
        add("DROP TABLE conformance_copy");
    }

    const ConnectorDefinition* connector_;
    std::string sql_;
    std::set<std::string> widened_;
};

/// Stands in for the database behind ODBC: a SQLite file, which takes every name and type as it comes.
class SqliteData final : public DatabaseData {
  public:
    using DatabaseData::DatabaseData;

    std::unique_ptr<StagedSource> stage() const override {
        const auto folder = std::make_shared<testing::TemporaryFolder>();
        const std::filesystem::path file = folder->path() / "legacy.sqlite";
        sqlite3* database = nullptr;
        if (sqlite3_open(file.c_str(), &database) != SQLITE_OK)
            throw std::runtime_error("cannot make " + file.string());
        const std::string script = "PRAGMA synchronous = OFF;\nBEGIN;\n" + sql() + "COMMIT;\n";
        char* words = nullptr;
        const int outcome = sqlite3_exec(database, script.c_str(), nullptr, nullptr, &words);
        const std::string message = words == nullptr ? "" : words;
        sqlite3_free(words);
        sqlite3_close(database);
        if (outcome != SQLITE_OK) throw std::runtime_error("SQLite: " + message);
        auto staged = std::make_unique<StagedSource>();
        staged->settings = "connection = \"Driver=SQLite3;Database=" + file.string() + "\"\n";
        staged->owned = {folder};
        return staged;
    }

  protected:
    std::string bad_bytes() const override { return "CAST(X'4181' AS TEXT)"; }
};

/// A PostgreSQL database without an encoding of its own, as old ones are: only there can bad bytes be.
class PostgresData final : public DatabaseData {
  public:
    using DatabaseData::DatabaseData;

    std::unique_ptr<StagedSource> stage() const override {
        static unsigned databases = 0;
        testing::PrivatePostgres& server = testing::PrivatePostgres::shared();
        const std::string name = "conformance_" + std::to_string(++databases);
        server.execute("CREATE DATABASE " + name +
                       " TEMPLATE template0 ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'");
        server.execute(sql(), name);
        auto staged = std::make_unique<StagedSource>();
        staged->settings = "connection = \"" + server.connection(name) + "\"\n";
        return staged;
    }

  protected:
    std::string bad_bytes() const override { return "E'A\\x81'"; }
};

}  // namespace

std::unique_ptr<SourceData> load_database(const ConnectorDefinition& connector) {
    if (connector.transport == "postgres") return std::make_unique<PostgresData>(connector);
    if (connector.transport == "odbc") return std::make_unique<SqliteData>(connector);
    throw std::runtime_error("no stand-in for databases read through " + connector.transport);
}

}  // namespace caseweave::conformance
