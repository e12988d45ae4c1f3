#include "app/record/child_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "app/record/shown_values.hpp"
#include "canonical/copy_encoding.hpp"
#include "canonical/name_words.hpp"
#include "core/source_ref.hpp"
#include "load/golden_view.hpp"
#include "load/visible_views.hpp"
#include "text/fold.hpp"

namespace caseweave {

namespace {

std::string heading(std::string_view title) {
    return fmt::format("\n{}\n{}\n", title, std::string(title.size(), '-'));
}

bool is_dated(FieldType type) noexcept {
    return type == FieldType::date || type == FieldType::timestamp || type == FieldType::partial_date;
}

std::string column_list(const EntityDescriptor& entity) {
    std::string columns;
    for (const FieldDescriptor& field : entity.fields) columns += ", " + TargetConnection::quote_identifier(field.name);
    return columns;
}

/// Says between which days a golden row's person was born; "" where it tells no such days.
std::string birth_range(const TargetResult& row, const EntityDescriptor& golden) {
    const auto bound = [&](std::string_view field) {
        return row.text(0, static_cast<std::size_t>(golden.find(field)) + 1);
    };
    return shown_birth_range(bound("birth_date_earliest"), bound("birth_date_latest"));
}

/// Says which run wrote what a line shows, where the view tells it.
std::string of_run(const RecordView& view, std::string_view run) {
    return view.tells_runs && !run.empty() ? fmt::format(" (run {})", run) : std::string();
}

std::string golden_part(const RecordView& view, const CanonicalSchema& canonical, const TargetSchema& schema,
                        const std::string& id) {
    const EntityDescriptor& golden = schema.golden_person();
    const TargetResult row = view.connection->query(
        "SELECT person_id" + column_list(golden) + " FROM " + view.golden + " WHERE person_id = $1", {id});
    if (row.empty()) return {};
    const TargetResult origins = view.connection->query(
        "SELECT field, value, origin_system, chosen, run_id FROM " + view.rows_of(schema.person_value()) +
            " WHERE person_id = $1 ORDER BY field, chosen DESC, origin_system, value",
        {id});
    std::string text = fmt::format("Person {}\n", id);
    for (std::size_t i = 0; i < golden.fields.size(); ++i) {
        const FieldDescriptor& field = golden.fields[i];
        std::string value;
        std::string from;
        std::string dissent;
        if (!row.is_null(0, i + 1)) value = row.text(0, i + 1);
        for (std::size_t r = 0; r < origins.rows(); ++r) {
            if (origins.text(r, 0) != field.name) continue;
            // A golden value that only other services gave is not shown: what the asker's own say stands in for it.
            if (value.empty()) value = origins.text(r, 1);
            if (origins.boolean(r, 3)) {
                from = std::string(origins.text(r, 2)) + of_run(view, origins.text(r, 4));
            } else if (text::fold_name(origins.text(r, 1)) == text::fold_name(value)) {
                if (from.empty()) from = std::string(origins.text(r, 2)) + of_run(view, origins.text(r, 4));
            } else {
                const std::string other =
                    fmt::format("{}: {}", origins.text(r, 2), shown_value(canonical, field, origins.text(r, 1)));
                if (dissent.find(other) == dissent.npos) dissent += (dissent.empty() ? "" : "; ") + other;
            }
        }
        if (value.empty() && field.name == "birth_date") value = birth_range(row, golden);
        if (value.empty()) continue;
        text += fmt::format("  {:<22} {:<32}", name_in_words(field.name), shown_value(canonical, field, value));
        if (!from.empty()) text += fmt::format(" from {}", from);
        if (!dissent.empty()) text += fmt::format("  [other: {}]", dissent);
        while (text.back() == ' ') text.pop_back();
        text += '\n';
    }
    return text;
}

/// Lists the rows of a people entity: names, identifiers, addresses, relationships.
std::string list_part(const RecordView& view, const CanonicalSchema& canonical, const EntityDescriptor& entity,
                      const std::string& id) {
    const TargetResult rows = view.connection->query(
        "SELECT source_system" + column_list(entity) + ", run_id FROM " + view.rows_of(entity) + " WHERE " +
            std::string(id_column(entity)) + " = $1 ORDER BY source_system, source_key, source_part",
        {id});
    std::vector<std::string> lines;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        std::string line;
        for (std::size_t i = 0; i < entity.fields.size(); ++i) {
            if (rows.is_null(r, i + 1)) continue;
            const FieldDescriptor& field = entity.fields[i];
            std::string value = shown_value(canonical, field, rows.text(r, i + 1));
            if (field.type == FieldType::boolean) value = name_in_words(field.name) + ": " + value;
            if (is_dated(field.type)) value = name_in_words(field.name) + " " + value;
            line += (line.empty() ? "" : ", ") + value;
        }
        lines.push_back(fmt::format("  {:<20} {}{}\n", rows.text(r, 0), line,
                                    of_run(view, rows.text(r, entity.fields.size() + 1))));
    }
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line;
    return text.empty() ? text : heading(name_in_words(entity.table)) + text;
}

/// Says until when the record must stand, as far as it rests on rows that the view shows.
std::string retention_part(const RecordView& view, const std::string& id) {
    const TargetResult row =
        view.connection->query("SELECT rule, legal_hold, retain_until, basis, basis_date, unknown FROM " +
                                   view.retention + " WHERE person_id = $1",
                               {id});
    if (row.empty()) return {};
    std::string text;
    if (row.boolean(0, 1))
        text = fmt::format("kept under a legal hold: {}", row.text(0, 0));
    else if (row.is_null(0, 2))
        text = fmt::format("kept: {} cannot be told, {}", row.text(0, 0), row.text(0, 5));
    else
        text = fmt::format("kept at least until {}: {}, from {} {}", row.text(0, 2), row.text(0, 0), row.text(0, 3),
                           row.text(0, 4));
    return heading("retention") + "  " + text + "\n";
}

struct Event {
    std::string date, line;
};

void add_events(const RecordView& view, const CanonicalSchema& canonical, const EntityDescriptor& entity,
                const std::string& id, std::vector<Event>& events) {
    const TargetResult rows = view.connection->query(
        "SELECT source_system" + column_list(entity) + ", run_id FROM " + view.rows_of(entity) + " WHERE " +
            std::string(id_column(entity)) + " = $1 ORDER BY source_system, source_key, source_part",
        {id});
    constexpr std::size_t kShownFields = 5;
    for (std::size_t r = 0; r < rows.rows(); ++r) {
        Event event;
        std::string words;
        std::size_t shown = 0;
        for (std::size_t i = 0; i < entity.fields.size(); ++i) {
            const FieldDescriptor& field = entity.fields[i];
            if (rows.is_null(r, i + 1)) continue;
            const std::string_view value = rows.text(r, i + 1);
            if (is_dated(field.type) && event.date.empty()) {
                event.date = value.substr(0, 10);
                continue;
            }
            if (field.type == FieldType::key || field.type == FieldType::person_ref || ++shown > kShownFields) continue;
            words += fmt::format("{}{}: {}", words.empty() ? "" : "; ", name_in_words(field.name),
                                 shown_value(canonical, field, value));
        }
        event.line =
            fmt::format("  {:<10}  {:<20} {:<26} {}{}\n", event.date.empty() ? "undated" : event.date, rows.text(r, 0),
                        name_in_words(entity.table), words, of_run(view, rows.text(r, entity.fields.size() + 1)));
        events.push_back(std::move(event));
    }
}

}  // namespace

RecordView record_now(TargetConnection& connection) {
    return {&connection, readable_table, std::string(kGoldenView), std::string(kRetentionView), false};
}

std::int64_t find_person(TargetConnection& connection, const std::string& id) {
    const std::size_t colon = id.find(':');
    if (colon == id.npos) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), number);
        if (error != std::errc() || end != id.data() + id.size()) return 0;
        const TargetResult row = connection.query("SELECT person_id FROM integrated.person WHERE person_id = $1", {id});
        return row.empty() ? 0 : row.integer(0, 0);
    }
    const std::string system = id.substr(0, colon);
    const std::string key = id.substr(colon + 1);
    const TargetResult row = connection.query(
        "SELECT person_id FROM lineage.crosswalk WHERE source_system = $1 AND source_person_key = $2", {system, key});
    return row.empty() ? 0 : row.integer(0, 0);
}

std::string describe_person(const RecordView& view, const CanonicalSchema& canonical, const TargetSchema& schema,
                            std::int64_t person_id) {
    const std::string id = std::to_string(person_id);
    std::string text = golden_part(view, canonical, schema, id);
    if (text.empty()) return text;
    std::vector<Event> events;
    for (const EntityDescriptor& entity : canonical.entities()) {
        if (entity.schema != "integrated" || id_column(entity).empty()) continue;
        if (entity.pass == Pass::people) {
            text += list_part(view, canonical, entity, id);
        } else {
            add_events(view, canonical, entity, id, events);
        }
    }
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.date < b.date; });
    text += retention_part(view, id);
    text += heading(fmt::format("chronology: {} entries", events.size()));
    for (const Event& event : events) text += event.line;
    return text;
}

}  // namespace caseweave
