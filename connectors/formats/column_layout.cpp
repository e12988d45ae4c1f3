#include "connectors/formats/column_layout.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/error.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {
/// Bytes of a broken record that are kept: a real record is far below it, and a quarantine full of them stays small.
constexpr std::size_t kRawBytes = 16 * 1024;

/// A file without its line of column names has its first record there: a name nobody declared may be a person's.
[[noreturn]] void fail_column_twice(const EntityDefinition& entity, const std::vector<std::string>& header,
                                    std::size_t first, std::size_t second, const std::string& document) {
    const bool declared =
        std::find(entity.columns.begin(), entity.columns.end(), header[first]) != entity.columns.end();
    const std::string what = declared ? "column " + header[first] + " stands twice in " + document
                                      : "columns " + std::to_string(first + 1) + " and " + std::to_string(second + 1) +
                                            " of " + document + " have one name";
    throw Error(ErrorKind::source,
                "entity " + entity.name + ": " + what + "; have it exported with distinct column names");
}
}  // namespace

bool is_optional(const EntityDefinition& entity, std::string_view column) noexcept {
    return std::find(entity.optional_columns.begin(), entity.optional_columns.end(), column) !=
           entity.optional_columns.end();
}

const std::string* find_column_not_met(const EntityDefinition& entity, const std::function<bool(std::size_t)>& met) {
    const auto is_met = [&](const std::string& column) {
        const auto found = std::find(entity.columns.begin(), entity.columns.end(), column);
        return found != entity.columns.end() && met(static_cast<std::size_t>(found - entity.columns.begin()));
    };
    const auto stands_in = [&](const FieldMapping& field, const std::string& column) {
        const bool first_of = field.combine.empty() || field.combine == "first";
        return first_of && std::find(field.columns.begin(), field.columns.end(), column) != field.columns.end() &&
               std::any_of(field.columns.begin(), field.columns.end(), is_met);
    };
    const auto has_stand_in = [&](const std::string& column) {
        return std::any_of(entity.emits.begin(), entity.emits.end(), [&](const EmitDefinition& emit) {
            return std::any_of(emit.fields.begin(), emit.fields.end(),
                               [&](const FieldMapping& field) { return stands_in(field, column); });
        });
    };
    for (const std::string& column : entity.columns) {
        if (!is_optional(entity, column) && !is_met(column) && !has_stand_in(column)) return &column;
    }
    return nullptr;
}

void fail_missing_column(const EntityDefinition& entity, std::string_view column, const std::string& where) {
    throw Error(
        ErrorKind::source,
        "entity " + entity.name + ": column " + std::string(column) + " is missing in " + where +
            "; ask the supplier what became of it, then change connector.toml or list it under optional_columns");
}

std::shared_ptr<const RowShape> declared_shape(const EntityDefinition& entity) {
    return std::make_shared<const RowShape>(RowShape{entity.columns, entity.columns.size()});
}

ColumnLayout lay_out_columns(const EntityDefinition& entity, const std::vector<std::string>& header,
                             const std::string& document) {
    auto shape = std::make_shared<RowShape>(RowShape{entity.columns, entity.columns.size()});
    ColumnLayout layout;
    std::optional<std::pair<std::size_t, std::size_t>> twice;  // places in the header
    for (const std::string& name : header) {
        auto found = std::find(shape->columns.begin(), shape->columns.end(), name);
        if (found == shape->columns.end()) found = shape->columns.insert(found, name);
        const auto column = static_cast<std::size_t>(found - shape->columns.begin());
        const auto& placed = layout.column_of_field;
        const auto earlier = std::find(placed.begin(), placed.end(), column);
        if (earlier != placed.end() && !twice) twice = {earlier - placed.begin(), placed.size()};
        layout.column_of_field.push_back(column);
    }
    for (std::size_t i = 0; i < entity.columns.size(); ++i) {
        const bool there =
            std::find(layout.column_of_field.begin(), layout.column_of_field.end(), i) != layout.column_of_field.end();
        if (!there && !is_optional(entity, entity.columns[i])) fail_missing_column(entity, entity.columns[i], document);
    }
    if (twice) fail_column_twice(entity, header, twice->first, twice->second, document);
    layout.shape = std::move(shape);
    return layout;
}

std::string readable_key(const EntityDefinition& entity, const std::function<std::string(std::size_t)>& text_of) {
    std::string key;
    for (const std::string& name : entity.key) {
        const auto column = std::find(entity.columns.begin(), entity.columns.end(), name);
        if (column == entity.columns.end()) return {};
        const std::string text = text_of(static_cast<std::size_t>(column - entity.columns.begin()));
        if (text::trim(text).empty()) return {};
        if (&name != &entity.key.front()) key += kKeySeparator;
        key += text::trim(text);
    }
    return key;
}

void reject_row(RecordBatch& batch, RejectReason reason, const std::string& document, const Position& position,
                std::string column, std::string_view raw, std::string key) {
    Reject reject;
    reject.reason = reason;
    reject.key = std::move(key);
    reject.document = document;
    reject.position = position;
    reject.field = std::move(column);
    reject.raw = raw.substr(0, kRawBytes);
    batch.reject(std::move(reject));
}

}  // namespace caseweave
