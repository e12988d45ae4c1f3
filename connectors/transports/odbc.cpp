#include "connectors/transports/odbc.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "connectors/transports/odbc_rows.hpp"
#include "connectors/transports/odbc_session.hpp"
#include "connectors/transports/query_source.hpp"
#include "connectors/transports/transport_settings.hpp"
#include "core/arena.hpp"
#include "core/ascii.hpp"
#include "core/error.hpp"

namespace caseweave {

const std::vector<OptionDescriptor>& odbc_options() {
    static const std::vector<OptionDescriptor> options = {
        {"connection", "string", "required",
         "ODBC connection string without user and password, for instance "
         "\"Driver=SQLite3;Database=/data/case.sqlite\"."},
        {"user", "string", "", "Account; appended as UID. \"\" = none: file databases, socket peers."},
        {"password", "secret", "", "Appended as PWD; needed with a user.", true},
        {"page_by_key", "integer", "0",
         "Rows a page; 0 = one result. Drivers that hold whole results in memory (odbc-mariadb) need it; the entity "
         "needs a key."},
        {"login_timeout_seconds", "integer", "15", "How long a login may take."},
        {"query_timeout_seconds", "integer", "600", "How long the database may think before its first row."},
        {"max_field_bytes", "integer", "16777216", "Largest value; a row with a larger one is rejected."},
    };
    return options;
}

namespace {

std::string without_end(std::string query) {
    while (!query.empty() && std::string_view("; \t\r\n").find(query.back()) != std::string_view::npos)
        query.pop_back();
    return query;
}

/// Reads one result from its first row to its last.
class OdbcResultCursor final : public RowCursor {
  public:
    OdbcResultCursor(const OdbcSettings& settings, const EntityDefinition& entity)
        : settings_(settings), query_(without_end(entity.query)), entity_(entity.name), session_(settings) {
        prepare();
        for (const OdbcColumn& column : rows_->columns()) columns_.push_back(column.name);
    }
    const std::vector<std::string>& columns() const override { return columns_; }
    void start(const RowKey&) override {
        if (std::exchange(started_, true)) prepare();
        rows_->execute({});
    }
    bool next(std::vector<RowField>& row) override { return rows_->fetch(row); }

  private:
    void prepare() {
        rows_.reset();  // some drivers allow one statement with a result at a time
        rows_ = std::make_unique<OdbcRows>(settings_, session_, query_, entity_);
    }
    OdbcSettings settings_;
    std::string query_, entity_;
    OdbcSession session_;
    std::unique_ptr<OdbcRows> rows_;
    std::vector<std::string> columns_;
    bool started_ = false;
};

/// Reads a query in pages of its key's order, for drivers that would hold the whole result.
///
/// A page is read whole. The rows of its last key are left to the next page, which starts with that key: rows that
/// share a key (and key conflicts are what quarantine is for) must not fall between two pages.
class OdbcPageCursor final : public RowCursor {
  public:
    OdbcPageCursor(const OdbcSettings& settings, const EntityDefinition& entity)
        : settings_(settings), entity_(entity), session_(settings), query_(without_end(entity.query)) {
        constexpr std::string_view kHook = "/*PAGE*/";
        hook_ = query_.find(kHook);
        const OdbcRows probe(settings_, session_, query_, entity.name);
        for (const OdbcColumn& column : probe.columns()) columns_.push_back(column.name);
        if (hook_ != std::string::npos) query_.erase(hook_, kHook.size());
        for (const std::string& part : entity.key) {
            const auto same = [&](const OdbcColumn& column) { return ascii::equal_ignoring_case(column.name, part); };
            const auto found = std::find_if(probe.columns().begin(), probe.columns().end(), same);
            if (found == probe.columns().end()) {
                throw Error(ErrorKind::source, settings.system + ": entity " + entity.name + ": key column " + part +
                                                   " is missing in the result of its query, and pages need it");
            }
            key_.push_back({static_cast<std::size_t>(found - probe.columns().begin()), part, found->integer});
        }
        if (key_.empty()) {
            throw Error(ErrorKind::usage,
                        settings.system + ": entity " + entity.name + " has no key, and page_by_key needs one");
        }
    }

    const std::vector<std::string>& columns() const override { return columns_; }
    bool seeks() const noexcept override { return true; }
    void start(const RowKey& from) override { read_page(from); }
    bool next(std::vector<RowField>& row) override {
        if (at_ == kept_) {
            if (last_page_) return false;
            read_page(next_from_);
            if (at_ == kept_) return false;
        }
        row.assign(fields_.begin() + static_cast<std::ptrdiff_t>(at_ * columns_.size()),
                   fields_.begin() + static_cast<std::ptrdiff_t>((at_ + 1) * columns_.size()));
        ++at_;
        return true;
    }

  private:
    struct KeyPart {
        std::size_t field;
        std::string name;
        bool integer;  ///< compared as a number; texts are compared byte by byte
    };

    std::string compared(const KeyPart& part) const {
        const bool bytes = !part.integer && session_.driver() == OdbcDriver::mariadb;
        return bytes ? "BINARY " + part.name : part.name;
    }
    std::string page_query(const RowKey& from, std::vector<std::string>& parameters) const;
    void read_page(const RowKey& from);
    RowKey key_of(std::size_t row) const;

    OdbcSettings settings_;
    EntityDefinition entity_;
    OdbcSession session_;
    std::string query_;
    std::size_t hook_ = std::string::npos;
    std::vector<std::string> columns_;
    std::vector<KeyPart> key_;
    Arena arena_;                   // bytes of the page
    std::vector<RowField> fields_;  // row by row
    std::size_t at_ = 0, kept_ = 0;
    bool last_page_ = false;
    RowKey next_from_;
};

std::string OdbcPageCursor::page_query(const RowKey& from, std::vector<std::string>& parameters) const {
    std::string condition;
    if (from) {
        // (a > ?) OR (a = ? AND b > ?) OR (a = ? AND b = ?): not before the key, part by part.
        for (std::size_t differing = 0; differing <= key_.size(); ++differing) {
            condition += differing == 0 ? "(" : " OR (";
            for (std::size_t i = 0; i <= differing && i < key_.size(); ++i) {
                const bool number = key_[i].integer && !(*from)[i].empty() &&
                                    (*from)[i].find_first_not_of("-0123456789") == std::string::npos;
                condition += (i > 0 ? " AND " : "") + compared(key_[i]) + (i == differing ? " > " : " = ");
                condition += number ? (*from)[i] : "?";
                if (!number) parameters.push_back((*from)[i]);
            }
            condition += ")";
        }
    }
    std::string order;
    for (const KeyPart& part : key_) order += (order.empty() ? " ORDER BY " : ", ") + compared(part);
    order += " LIMIT " + std::to_string(settings_.page_rows);
    if (hook_ != std::string::npos) {
        std::string text = query_;
        if (from) text.insert(hook_, " AND (" + condition + ")");
        return text + order;
    }
    return "SELECT * FROM (" + query_ + "\n) caseweave_page" + (from ? " WHERE " + condition : "") + order;
}

RowKey OdbcPageCursor::key_of(std::size_t row) const {
    std::vector<std::string> parts;
    for (const KeyPart& part : key_) {
        const RowField& field = fields_[row * columns_.size() + part.field];
        if (field.null || field.too_large) return std::nullopt;
        parts.emplace_back(field.bytes);
    }
    return parts;
}

void OdbcPageCursor::read_page(const RowKey& from) {
    if (from && from->size() != key_.size()) {
        throw Error(ErrorKind::integrity, settings_.system + ": a checkpoint of entity " + entity_.name +
                                              " has another key; start it from the beginning");
    }
    std::vector<std::string> parameters;
    const std::string text = page_query(from, parameters);
    OdbcRows rows(settings_, session_, text, entity_.name);
    rows.execute(parameters);
    arena_ = Arena();
    fields_.clear();
    std::vector<RowField> row;
    std::size_t count = 0;
    for (; rows.fetch(row); ++count) {
        for (RowField& field : row) {
            field.bytes = arena_.store(field.bytes);
            fields_.push_back(field);
        }
    }
    at_ = 0;
    kept_ = count;
    last_page_ = count < settings_.page_rows;
    if (last_page_) return;
    next_from_ = key_of(count - 1);
    while (kept_ > 0 && key_of(kept_ - 1) == next_from_) --kept_;
    if (kept_ == 0 || !next_from_) {
        throw Error(ErrorKind::source, settings_.system + ": more rows of entity " + entity_.name +
                                           " share one key than a page holds; raise page_by_key");
    }
}

class OdbcTransport final : public Transport {
  public:
    explicit OdbcTransport(const TransportContext& context) {
        const TransportSettings settings(context, odbc_options());
        settings_.system = context.connector.name;
        settings_.connection = settings.string("connection");
        if (holds_odbc_password(settings_.connection))
            settings.fail("connection", "a password does not stand in a connection; set user and give it as a secret");
        settings_.user = settings.string("user");
        if (!settings_.user.empty()) settings_.password = settings.secret("password");
        settings_.page_rows = static_cast<std::size_t>(settings.integer("page_by_key", 0, 10'000'000));
        settings_.login_timeout_seconds =
            static_cast<std::uint32_t>(settings.integer("login_timeout_seconds", 1, 3600));
        settings_.query_timeout_seconds =
            static_cast<std::uint32_t>(settings.integer("query_timeout_seconds", 1, 86'400));
        settings_.max_field_bytes = static_cast<std::size_t>(settings.integer("max_field_bytes", 4096, 1'000'000'000));
        settings.finish();
    }
    void check_reachable() override { const OdbcSession session(settings_); }
    std::unique_ptr<Source> open_rows(const EntityDefinition& entity, std::string_view checkpoint) override {
        std::unique_ptr<RowCursor> cursor;
        if (settings_.page_rows > 0) {
            cursor = std::make_unique<OdbcPageCursor>(settings_, entity);
        } else {
            cursor = std::make_unique<OdbcResultCursor>(settings_, entity);
        }
        return std::make_unique<QuerySource>(entity, settings_.system, std::move(cursor), checkpoint);
    }
    bool yields_documents() const override { return false; }

  private:
    OdbcSettings settings_;
};

}  // namespace

std::unique_ptr<Transport> make_odbc_transport(const TransportContext& context) {
    return std::make_unique<OdbcTransport>(context);
}

}  // namespace caseweave
