#include "app/books/quarantine_rows.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <tuple>

#include "core/error.hpp"
#include "core/reject.hpp"
#include "core/source_ref.hpp"
#include "settings/places.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kColumns =
    "row_id, run_id, source_system, source_entity, reason, coalesce(field, ''), coalesce(source_key, ''), position, "
    "advice";

/// @throws Error(usage) when the word is none of those known, with the nearest.
void require_known(std::string_view option, const std::string& word, const std::vector<std::string>& known) {
    if (word.empty() || std::ranges::find(known, word) != known.end()) return;
    std::string message = std::string(option) + ": there is no " + word;
    if (const std::string nearest = nearest_word(word, known); !nearest.empty())
        message += "; did you mean " + nearest + "?";
    throw Error(ErrorKind::usage, message);
}

std::vector<std::string> known_systems() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(home_folder() / "connectors")) {
        if (std::filesystem::exists(entry.path() / "connector.toml")) names.push_back(entry.path().filename().string());
    }
    return names;
}

std::vector<std::string> known_reasons() {
    std::vector<std::string> names;
    for (const RejectReason reason : kRejectReasons) names.emplace_back(to_string(reason));
    return names;
}

void require_numbers(TargetConnection& connection) {
    if (!connection.execute("SELECT to_regclass('lineage.quarantine_visible')").is_null(0, 0)) return;
    throw Error(ErrorKind::usage,
                "the target's schema is older than this program, and its quarantined rows are not protected apart from "
                "their text yet: "
                "caseweave reconcile brings it up");
}

QuarantineEntry row_at(const TargetResult& rows, std::size_t i, const RowOwners& owners) {
    const auto text = [&](std::size_t column) { return std::string(rows.text(i, column)); };
    QuarantineEntry row;
    row.number = rows.integer(i, 0);
    row.run = rows.integer(i, 1);
    row.system = text(2);
    row.owner = owners.of(row.system);
    row.entity = text(3);
    row.reason = text(4);
    row.field = text(5);
    row.key = display_key(rows.text(i, 6));
    row.position = text(7);
    row.advice = text(8);
    return row;
}

}  // namespace

std::vector<QuarantineEntry> read_quarantine(TargetConnection& connection, const RowOwners& owners,
                                             const QuarantineFilter& filter) {
    require_known("--system", filter.system, known_systems());
    require_known("--reason", filter.reason, known_reasons());
    require_numbers(connection);
    std::string sql = "SELECT " + std::string(kColumns) + " FROM lineage.quarantine_visible WHERE true";
    const auto only = [&](const char* column, const std::string& value) {
        if (!value.empty()) sql += std::string(" AND ") + column + " = " + TargetConnection::quote_literal(value);
    };
    only("source_system", filter.system);
    only("source_entity", filter.entity);
    only("reason", filter.reason);
    if (filter.run) sql += " AND run_id = " + std::to_string(*filter.run);
    const TargetResult found = connection.execute(sql, TargetConnection::kLongDeadline);
    std::vector<QuarantineEntry> rows;
    for (std::size_t i = 0; i < found.rows(); ++i) {
        QuarantineEntry row = row_at(found, i, owners);
        if (filter.owner.empty() || row.owner == filter.owner) rows.push_back(std::move(row));
    }
    if (rows.empty() && !found.empty()) {
        std::vector<std::string> all;
        for (std::size_t i = 0; i < found.rows(); ++i) all.push_back(owners.of(std::string(found.text(i, 2))));
        require_known("--owner", filter.owner, all);
    }
    std::ranges::sort(rows, {}, [](const QuarantineEntry& row) {
        return std::tie(row.owner, row.system, row.entity, row.reason, row.number);
    });
    return rows;
}

std::optional<QuarantineEntry> read_quarantine_entry(TargetConnection& connection, const RowOwners& owners,
                                                     std::int64_t number, std::optional<std::string>& raw) {
    require_numbers(connection);
    const TargetResult found =
        connection.query("SELECT " + std::string(kColumns) + ", raw FROM lineage.quarantine_visible WHERE row_id = $1",
                         {std::to_string(number)});
    if (found.empty()) return std::nullopt;
    if (!found.is_null(0, 9)) raw = found.text(0, 9);
    return row_at(found, 0, owners);
}

}  // namespace caseweave
