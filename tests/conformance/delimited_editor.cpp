#include <algorithm>
#include <stdexcept>

#include "conformance/document_editor.hpp"
#include "connectors/formats/delimited_settings.hpp"
#include "core/decimal.hpp"

namespace caseweave::conformance {

namespace {

using Record = std::vector<std::string>;

/// A delimited file taken apart. Written here anew, not with the product's reader: a test must not agree with its bugs.
struct Table {
    std::string mark;  // byte order mark
    std::string line_end = "\n";
    std::vector<Record> records;
};

class DelimitedEditor final : public DocumentEditor {
  public:
    explicit DelimitedEditor(const ConnectorDefinition& connector)
        : connector_(&connector), settings_(DelimitedSettings::read(connector.format_settings)) {}

    bool settable(const EntityDefinition&, const std::string&) const override { return true; }

    void add_column(std::string& document, const EntityDefinition& entity, const std::string& name,
                    const std::string& value) const override {
        Table table = take_apart(document);
        if (!settings_.record_types) {
            Record& header = table.records.at(0);
            if (std::find(header.begin(), header.end(), name) != header.end()) return;
            header.push_back(name);
        }
        for (Record* record : rows_of(table, entity)) record->push_back(value);
        document = put_together(table);
    }

    void drop_column(std::string& document, const EntityDefinition& entity, const std::string& column) const override {
        Table table = take_apart(document);
        const std::size_t field = field_of(table, entity, column);
        if (field == std::string::npos) return;
        auto rows = rows_of(table, entity);
        if (!settings_.record_types) rows.push_back(&table.records.front());
        for (Record* record : rows) {
            if (record->size() <= field) continue;
            const auto at = record->begin() + static_cast<std::ptrdiff_t>(field);
            // By position a column can only be missing together with those after it.
            record->erase(at, settings_.record_types ? record->end() : at + 1);
        }
        document = put_together(table);
    }

    void remove_all_rows(std::string& document, const std::vector<const EntityDefinition*>&) const override {
        Table table = take_apart(document);
        if (settings_.record_types) {
            table.records = {table.records.front(), table.records.back()};
        } else {
            table.records.resize(1);
        }
        document = put_together(table);
    }

    bool copy_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                  const Fields& changes) const override {
        Table table = take_apart(document);
        const Record* const found = find(table, entity, like);
        if (found == nullptr) return false;
        Record copy = *found;
        for (const auto& [column, value] : changes) copy.at(field_of(table, entity, column)) = value;
        append(table, std::move(copy));
        document = put_together(table);
        return true;
    }

    std::vector<RejectReason> add_unreadable_rows(std::string& document, const EntityDefinition& entity,
                                                  const Fields& like) const override {
        Table table = take_apart(document);
        const Record* const found = find(table, entity, like);
        if (found == nullptr) return {};
        Record narrow = *found;
        narrow.resize(std::max<std::size_t>(narrow.size() / 2, 1));
        Record wide = *found;
        wide.emplace_back("one field too many");
        append(table, std::move(narrow));
        append(table, std::move(wide));
        document = put_together(table);
        return {RejectReason::wrong_width, RejectReason::wrong_width};
    }

    bool add_undecodable_row(std::string& document, const EntityDefinition& entity, const Fields& like,
                             const std::string& column) const override {
        // 0x81 is a byte that neither UTF-8 (alone) nor Windows-1252 knows.
        return copy_row(document, entity, like, {{column, "A\x81"}});
    }

    void seal(std::string& document) const override {
        if (!settings_.record_types) return;
        Table table = take_apart(document);
        Record& trailer = table.records.back();
        if (trailer.front() != settings_.trailer_type) throw std::runtime_error("a ledger file without its trailer");
        std::int64_t hundredths = 0;
        for (const Record& record : table.records) {
            const auto entity = std::find_if(connector_->entities.begin(), connector_->entities.end(),
                                             [&](const EntityDefinition& e) { return e.record == record.front(); });
            if (entity == connector_->entities.end()) continue;
            for (const std::string& total : settings_.total_columns) {
                const auto column = std::find(entity->columns.begin(), entity->columns.end(), total);
                if (column == entity->columns.end()) continue;
                const auto field = static_cast<std::size_t>(column - entity->columns.begin()) + 1;
                if (field < record.size()) {
                    if (const auto amount = parse_decimal(record[field])) hundredths += amount->hundredths;
                }
                break;
            }
        }
        if (settings_.trailer_count > 0)
            trailer.at(settings_.trailer_count - 1) = std::to_string(table.records.size() - 2);
        if (settings_.trailer_total > 0) trailer.at(settings_.trailer_total - 1) = to_string(Decimal{hundredths});
        document = put_together(table);
    }

  private:
    Table take_apart(const std::string& document) const {
        Table table;
        std::size_t at = 0;
        if (document.starts_with("\xEF\xBB\xBF")) {
            table.mark = document.substr(0, 3);
            at = 3;
        }
        if (document.find("\r\n") != std::string::npos) table.line_end = "\r\n";
        Record record;
        std::string field;
        bool quoted = false;
        const char quote = settings_.dialect.quote;
        for (; at < document.size(); ++at) {
            const char c = document[at];
            if (quoted) {
                if (c != quote) {
                    field += c;
                } else if (at + 1 < document.size() && document[at + 1] == quote) {
                    field += document[++at];
                } else {
                    quoted = false;
                }
            } else if (quote != '\0' && c == quote && field.empty()) {
                quoted = true;
            } else if (c == settings_.dialect.separator) {
                record.push_back(std::move(field));
                field.clear();
            } else if (c == '\n') {
                if (field.ends_with('\r')) field.pop_back();
                record.push_back(std::move(field));
                field.clear();
                table.records.push_back(std::move(record));
                record.clear();
            } else {
                field += c;
            }
        }
        if (!field.empty() || !record.empty()) {
            record.push_back(std::move(field));
            table.records.push_back(std::move(record));
        }
        return table;
    }

    std::string put_together(const Table& table) const {
        std::string document = table.mark;
        const char quote = settings_.dialect.quote;
        const std::string special = std::string("\r\n") + settings_.dialect.separator + (quote == '\0' ? '\n' : quote);
        for (const Record& record : table.records) {
            for (std::size_t i = 0; i < record.size(); ++i) {
                if (i > 0) document += settings_.dialect.separator;
                if (quote == '\0' || record[i].find_first_of(special) == std::string::npos) {
                    document += record[i];
                    continue;
                }
                document += quote;
                for (const char c : record[i]) document.append(c == quote ? 2U : 1U, c);
                document += quote;
            }
            document += table.line_end;
        }
        return document;
    }

    std::vector<Record*> rows_of(Table& table, const EntityDefinition& entity) const {
        std::vector<Record*> rows;
        for (std::size_t i = settings_.record_types ? 0 : 1; i < table.records.size(); ++i) {
            if (!settings_.record_types || table.records[i].front() == entity.record) rows.push_back(&table.records[i]);
        }
        return rows;
    }

    std::size_t field_of(const Table& table, const EntityDefinition& entity, const std::string& column) const {
        const Record& names = settings_.record_types ? entity.columns : table.records.at(0);
        const auto found = std::find(names.begin(), names.end(), column);
        if (found == names.end()) return std::string::npos;
        return static_cast<std::size_t>(found - names.begin()) + (settings_.record_types ? 1 : 0);
    }

    const Record* find(Table& table, const EntityDefinition& entity, const Fields& like) const {
        for (const Record* record : rows_of(table, entity)) {
            const bool same = std::all_of(like.begin(), like.end(), [&](const auto& field) {
                const std::size_t at = field_of(table, entity, field.first);
                return at < record->size() && (*record)[at] == field.second;
            });
            if (same) return record;
        }
        return nullptr;
    }

    void append(Table& table, Record record) const {
        table.records.insert(settings_.record_types ? table.records.end() - 1 : table.records.end(), std::move(record));
    }

    const ConnectorDefinition* connector_;
    DelimitedSettings settings_;
};

}  // namespace

std::unique_ptr<DocumentEditor> make_delimited_editor(const ConnectorDefinition& connector) {
    return std::make_unique<DelimitedEditor>(connector);
}

}  // namespace caseweave::conformance
