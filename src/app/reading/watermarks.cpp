#include "app/reading/watermarks.hpp"

#include <algorithm>
#include <cctype>
#include <span>

#include "core/ascii.hpp"
#include "core/date.hpp"
#include "core/source_ref.hpp"
#include "normalise/dates.hpp"

namespace caseweave {

namespace {

constexpr std::size_t kDateLength = 10;  // 2026-03-31

std::optional<Date> date_of(std::string_view text) {
    static const std::vector<DateForm> kForms = compile_date_forms({"%Y-%m-%d"});
    if (text.size() < kDateLength) return std::nullopt;
    const auto date = parse_date(text.substr(0, kDateLength), kForms);
    return date ? std::optional(*date) : std::nullopt;
}

/// Takes a query's own order off its end: not every database takes one inside another query. @return the order.
std::string take_order(std::string& query) {
    const std::string lower = ascii::to_lower(query);
    const std::size_t at = lower.rfind("order by");
    // One that a parenthesis closes behind is a part's, not the query's.
    if (at == std::string::npos || lower.find(')', at) != std::string::npos) return {};
    std::string order = query.substr(at);
    query.erase(at);
    while (!order.empty() && (std::isspace(static_cast<unsigned char>(order.back())) != 0 || order.back() == ';'))
        order.pop_back();
    return order;
}

/// Writes that a row has this natural key.
std::string has_key(const EntityDefinition& entity, const std::string& key) {
    std::string_view rest = key;
    std::string condition;
    for (const std::string& column : entity.key) {
        const std::size_t end = rest.find(kKeySeparator);
        condition +=
            (condition.empty() ? "(" : " AND ") + column + " = " + TargetConnection::quote_literal(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return condition + ")";
}

/// Writes that a row has one of these natural keys. Of one column they are a list, which databases look keys up in;
/// else alternatives, halved again and again: databases bound how deep a chain of them may be (SQLite: 1,000).
std::string has_one_of(const EntityDefinition& entity, std::span<const std::string> keys) {
    if (entity.key.size() == 1) {
        std::string list;
        for (const std::string& key : keys) list += (list.empty() ? "" : ", ") + TargetConnection::quote_literal(key);
        return entity.key.front() + " IN (" + list + ")";
    }
    if (keys.size() == 1) return has_key(entity, keys.front());
    const std::size_t half = keys.size() / 2;
    return "(" + has_one_of(entity, keys.first(half)) + " OR " + has_one_of(entity, keys.subspan(half)) + ")";
}

}  // namespace

Watermarks read_watermarks(TargetConnection& loader) {
    const TargetResult rows = loader.execute(
        "SELECT source_system, source_entity, watermark, whole_run, extract(day FROM now() - r.started_at)::int"
        " FROM lineage.source_watermark JOIN lineage.run r ON r.run_id = whole_run");
    Watermarks watermarks;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        watermarks[{std::string(rows.text(i, 0)), std::string(rows.text(i, 1))}] = {
            std::string(rows.text(i, 2)), RunId{rows.integer(i, 3)}, static_cast<int>(rows.integer(i, 4))};
    }
    return watermarks;
}

void write_watermarks(TargetConnection& loader, RunId run, const Watermarks& read) {
    for (const auto& [entity, watermark] : read) {
        loader.query(
            "INSERT INTO lineage.source_watermark (source_system, source_entity, run_id, watermark, whole_run)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (source_system, source_entity) DO UPDATE SET run_id = "
            "excluded.run_id, watermark = excluded.watermark, whole_run = excluded.whole_run"
            " WHERE (lineage.source_watermark.watermark, lineage.source_watermark.whole_run) <>"
            " (excluded.watermark, excluded.whole_run)",
            {entity.system, entity.entity, std::to_string(run.value), watermark.value,
             std::to_string(watermark.whole_run.value)});
    }
}

void WatermarkReader::open(const EntityDefinition& entity) {
    column_ = entity.watermark;
    greatest_.clear();
    comparable_ = true;
}

void WatermarkReader::note(const RecordBatch& source) {
    if (column_.empty() || !comparable_ || source.rows() == 0) return;
    const auto& columns = source.shape().columns;
    const auto found = std::find(columns.begin(), columns.end(), column_);
    if (found == columns.end()) return;
    const auto column = static_cast<std::size_t>(found - columns.begin());
    for (std::size_t i = 0; i < source.rows(); ++i) {
        const FieldView& field = source.row(i)[column];
        if (!field.has_value()) continue;
        const std::string_view value = field.text();
        if (!greatest_.empty() && value.size() != greatest_.size()) {
            comparable_ = false;
            return;
        }
        if (value > greatest_) greatest_ = value;
    }
}

std::optional<std::string> WatermarkReader::greatest() const {
    if (!comparable_ || !date_of(greatest_)) return std::nullopt;
    return greatest_;
}

std::optional<std::string> days_before(std::string_view watermark, int days) {
    auto date = date_of(watermark);
    if (!date) return std::nullopt;
    date->days -= days;
    return to_string(*date) + std::string(watermark.substr(kDateLength));
}

EntityDefinition changed_since(const EntityDefinition& entity, std::string_view since,
                               const std::vector<std::string>& keys) {
    EntityDefinition narrowed = entity;
    const std::string order = take_order(narrowed.query);
    while (!narrowed.query.empty() &&
           (std::isspace(static_cast<unsigned char>(narrowed.query.back())) != 0 || narrowed.query.back() == ';'))
        narrowed.query.pop_back();
    narrowed.query = "SELECT * FROM (" + narrowed.query + "\n) caseweave_changed WHERE " + entity.watermark +
                     " >= " + TargetConnection::quote_literal(since) + " OR " + entity.watermark + " IS NULL" +
                     (keys.empty() ? "" : " OR " + has_one_of(entity, keys)) + "\n" + order;
    return narrowed;
}

}  // namespace caseweave
