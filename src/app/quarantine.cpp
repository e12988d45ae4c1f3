#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "app/books/owner_file.hpp"
#include "app/books/quarantine_file.hpp"
#include "app/books/quarantine_rows.hpp"
#include "app/commands.hpp"
#include "app/deciding/deciding.hpp"
#include "app/job/viewer.hpp"
#include "app/writing/text_table.hpp"
#include "reconcile/published_count.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

/// Writes what a source held so that a terminal shows it and does not obey it.
std::string shown_raw(std::string_view raw) {
    std::string shown;
    for (std::size_t at = 0; at < raw.size();) {
        const auto next = text::decode_code_point(raw, at);
        const std::string_view piece = raw.substr(at, next.length_bytes);
        const bool control = next.code_point < 0x20 || (next.code_point >= 0x7f && next.code_point < 0xa0);
        if (control && piece != "\n" && piece != "\t")
            shown += fmt::format("\\x{:02X}", static_cast<unsigned>(next.code_point));
        else
            shown += piece;
        at += next.length_bytes;
    }
    return shown;
}

std::string describe(const QuarantineEntry& row, const std::optional<std::string>& raw) {
    std::string text = fmt::format("quarantined row {}, of run {}\n", row.number, row.run);
    const auto line = [&](std::string_view title, std::string_view value) {
        if (!value.empty()) text += fmt::format("  {:<10} {}\n", title, value);
    };
    line("system", row.system);
    line("entity", row.entity);
    line("stands at", row.position);
    line("key", row.key);
    line("reason", row.reason);
    line("field", row.field);
    line("owner", row.owner);
    line("what to do", row.advice);
    if (!raw)
        return text +
               "\nWhose row it is nobody knows, and it may be a sealed or restricted child's: its text and key are for "
               "who "
               "is cleared for both. Mend it where it stands.\n";
    return text + "\nas it was read:\n" + shown_raw(*raw) + '\n';
}

}  // namespace

ExitCode run_quarantine_list(const QuarantineOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    // Counts only: a row is looked at with quarantine show, which asks for a purpose.
    TargetConnection connection = connect_as(viewed->target, {options.role, "list", "quarantine list", ""});
    const auto rows = read_quarantine(connection, RowOwners(state), options.filter);
    struct Group {
        std::uint64_t rows = 0;
        std::int64_t first = 0;
    };
    std::map<std::tuple<std::string, std::string, std::string, std::string>, Group> groups;
    std::map<std::string, std::string> advice;
    for (const QuarantineEntry& row : rows) {
        Group& group = groups[{row.system, row.entity, row.reason, row.owner}];
        if (group.rows++ == 0) group.first = row.number;
        advice.emplace(row.reason, row.advice);
    }
    std::vector<std::vector<std::string>> shown;
    for (const auto& [names, group] : groups) {
        const auto& [system, entity, reason, owner] = names;
        shown.push_back({system, entity, reason, owner, with_commas(group.rows), std::to_string(group.first)});
    }
    if (!shown.empty())
        fmt::print("{}", render_table({"system", "entity", "reason", "owner", "rows", "first row"}, shown));
    fmt::print(
        "{} quarantined rows that you may see; those that may be about a restricted or sealed record need --as\n",
        with_commas(rows.size()));
    for (const auto& [reason, what] : advice) fmt::print("  {}: {}\n", reason, what);
    if (!rows.empty())
        fmt::print(
            "caseweave quarantine show NUMBER --purpose ... shows a row; quarantine export lists all of them.\n");
    return ExitCode::done;
}

ExitCode run_quarantine_show(const QuarantineOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    const std::int64_t number = parse_number(options.number, "a quarantined row");
    const std::string asked = "quarantined row " + options.number;
    const Asking asking{options.role, options.purpose, "quarantine show", asked};
    TargetConnection connection = connect_as(viewed->target, asking);
    std::optional<std::string> raw;
    const auto row = read_quarantine_entry(connection, RowOwners(state), number, raw);
    record_access(connection, asking, row.has_value());
    if (!row) throw Error(ErrorKind::usage, not_found_answer(asked));
    fmt::print("{}", describe(*row, raw));
    return ExitCode::done;
}

ExitCode run_quarantine_export(const QuarantineOptions& options) {
    require_owner_file(options.output);
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    const QuarantineFilter& filter = options.filter;
    std::string asked = "quarantined rows";
    for (const std::string& word : {filter.owner, filter.system, filter.entity, filter.reason,
                                    filter.run ? "run " + std::to_string(*filter.run) : std::string()})
        asked += word.empty() ? "" : ", " + word;
    const Asking asking{options.role, options.purpose, "quarantine export", asked};
    TargetConnection connection = connect_as(viewed->target, asking);
    const auto rows = read_quarantine(connection, RowOwners(state), filter);
    record_access(connection, asking, !rows.empty());
    write_quarantine_file(options.output, rows);
    if (options.output == "-") return ExitCode::done;
    std::set<std::string> owners;
    for (const QuarantineEntry& row : rows) owners.insert(row.owner);
    fmt::print("{} quarantined rows of {} owners: {}\n", with_commas(rows.size()), owners.size(),
               options.output.string());
    return ExitCode::done;
}

}  // namespace caseweave
