#include "app/books/run_books.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "app/writing/text_table.hpp"
#include "core/error.hpp"
#include "core/json_text.hpp"
#include "core/log.hpp"
#include "load/run_lock.hpp"
#include "reconcile/published_count.hpp"

namespace caseweave {

namespace {

std::vector<RunHead> read_heads(TargetConnection& loader) {
    const bool at_work = RunLock::is_held(loader);
    const TargetResult rows = loader.execute(
        "SELECT run_id, kind, job, program, holder,"
        " to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI \"UTC\"'),"
        " (1000 * extract(epoch FROM coalesce(finished_at, now()) - started_at))::bigint, state, exit_code,"
        " array_to_string(phases, ','), coalesce(actor, ''), coalesce(reason, '') FROM lineage.run ORDER BY run_id "
        "DESC");
    std::vector<RunHead> heads;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(i, column)); };
        RunHead& head = heads.emplace_back();
        head.id = rows.integer(i, 0);
        head.kind = text(1);
        head.job = text(2);
        head.program = text(3);
        head.holder = text(4);
        head.started = text(5);
        head.seconds = static_cast<double>(rows.integer(i, 6)) / 1000;
        head.state = text(7) == "running" && !at_work ? "killed" : text(7);
        if (!rows.is_null(i, 8)) head.exit_code = static_cast<int>(rows.integer(i, 8));
        head.actor = text(10);
        head.reason = text(11);
        std::string phases = text(9);
        for (std::size_t comma = phases.find(','); !phases.empty(); comma = phases.find(',')) {
            head.phases.push_back(phases.substr(0, comma));
            phases.erase(0, comma == phases.npos ? comma : comma + 1);
        }
    }
    return heads;
}

/// Sums what the committed batches say: right for a run that was killed, too. @param condition follows WHERE.
std::map<std::int64_t, std::map<SourceEntity, EntityBooks>> read_entities(TargetConnection& loader,
                                                                          const std::string& condition) {
    std::string sums;
    for (std::size_t i = 0; i < kCountFields.size(); ++i) sums += fmt::format(", coalesce(sum(counts[{}]), 0)", i + 1);
    std::map<std::int64_t, std::map<SourceEntity, EntityBooks>> runs;
    const auto entity_at = [&](const TargetResult& rows, std::size_t i) -> EntityBooks& {
        return runs[rows.integer(i, 0)][{std::string(rows.text(i, 1)), std::string(rows.text(i, 2))}];
    };
    const TargetResult counts = loader.execute("SELECT run_id, source_system, source_entity" + sums +
                                                   " FROM lineage.batch WHERE " + condition + " GROUP BY 1, 2, 3",
                                               TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < counts.rows(); ++i) {
        EntityBooks& books = entity_at(counts, i);
        for (std::size_t f = 0; f < kCountFields.size(); ++f)
            books.counts.*kCountFields[f].member = counts.integer(i, 3 + f);
    }
    const TargetResult closed =
        loader.execute("SELECT run_id, source_system, source_entity, balanced FROM lineage.balance WHERE " + condition);
    for (std::size_t i = 0; i < closed.rows(); ++i) entity_at(closed, i).balanced = closed.boolean(i, 3);
    const TargetResult digests = loader.execute(
        "SELECT run_id, source_system, source_entity, md5(string_agg(entity || ' ' || segment || ' ' || rows || ' ' ||"
        " digest, E'\\n' ORDER BY entity COLLATE \"C\", segment)) FROM lineage.row_tally WHERE " +
            condition + " GROUP BY 1, 2, 3",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < digests.rows(); ++i) entity_at(digests, i).digest = digests.text(i, 3);
    return runs;
}

NamedRows count_named(TargetConnection& loader, const std::string& table, const std::string& name, std::int64_t run) {
    NamedRows counts;
    const TargetResult rows = loader.execute(
        fmt::format("SELECT source_system, {}, count(*) FROM {} WHERE run_id = {} GROUP BY 1, 2", name, table, run),
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i)
        counts[{std::string(rows.text(i, 0)), std::string(rows.text(i, 1))}] = rows.count(i, 2);
    return counts;
}

std::map<std::string, std::uint64_t> count_by(TargetConnection& loader, const std::string& name,
                                              const std::string& from) {
    std::map<std::string, std::uint64_t> counts;
    const TargetResult rows = loader.execute(fmt::format("SELECT {}, count(*) FROM {} GROUP BY 1", name, from));
    for (std::size_t i = 0; i < rows.rows(); ++i) counts[std::string(rows.text(i, 0))] = rows.count(i, 1);
    return counts;
}

/// Takes persons and times from the run's summary.json. One that is missing, or that a person has changed so that it
/// cannot be read, says nothing.
void take_summary(const StateFolder& state, RunBooks& run) {
    const std::filesystem::path folder = state.root() / "runs" / std::to_string(run.head.id);
    if (std::filesystem::exists(folder / "report.html")) run.report = folder / "report.html";
    const auto text = read_file_whole(folder / "summary.json");
    if (!text) return;
    simdjson::dom::parser parser;
    simdjson::dom::element summary;
    if (parser.parse(simdjson::padded_string(*text)).get(summary) != simdjson::SUCCESS) return;
    PeopleFigures people;
    const auto number = [&](const char* name, std::uint64_t& count) {
        return summary["people"][name].get(count) == simdjson::SUCCESS;
    };
    if (number("source_records", people.source_records) && number("children", people.children) &&
        number("unborn", people.unborn) && number("adults", people.adults))
        run.people = people;
    for (const char* stage : {"extract", "normalise", "link", "consolidate", "load", "reconcile", "total"}) {
        double seconds = 0;
        if (summary["seconds"][stage].get(seconds) == simdjson::SUCCESS) run.stages.emplace_back(stage, seconds);
    }
}

std::string took(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds);
    if (whole < 60) return fmt::format("{:.1f} s", seconds);
    if (whole < 3600) return fmt::format("{}:{:02} min", whole / 60, whole % 60);
    return fmt::format("{}:{:02} h", whole / 3600, whole / 60 % 60);
}

std::string exit_in_words(const RunHead& head) {
    if (head.exit_code) return std::string(in_words(static_cast<ExitCode>(*head.exit_code)));
    return head.state == "killed" ? "ended without a word; run it again to resume" : "";
}

std::string count_text(std::int64_t count) {
    return (count < 0 ? "-" : "") + with_commas(static_cast<std::uint64_t>(count < 0 ? -count : count));
}

std::string head_json(const RunBooks& run) {
    const RunHead& head = run.head;
    std::string json = fmt::format(
        R"("run_id":{},"kind":{},"job":{},"program":{},"started":{},"seconds":{:.3f},"state":{},"exit_code":{})",
        head.id, json_text(head.kind), json_text(head.job), json_text(head.program), json_text(head.started),
        head.seconds, json_text(head.state), head.exit_code ? std::to_string(*head.exit_code) : "null");
    const EntityCounts total = run.total();
    for (const CountField& field : kCountFields) json += fmt::format(",\"{}\":{}", field.name, total.*field.member);
    if (const auto& people = run.people) {
        json += fmt::format(R"(,"people":{{"source_records":{},"children":{},"unborn":{},"adults":{}}})",
                            people->source_records, people->children, people->unborn, people->adults);
    } else {
        json += ",\"people\":null";
    }
    return json;
}

std::string counts_json(const std::map<std::string, std::uint64_t>& counts) {
    std::string json;
    for (const auto& [name, count] : counts)
        json += fmt::format("{}{}:{}", json.empty() ? "" : ",", json_text(name), count);
    return "{" + json + "}";
}

std::string named_json(const NamedRows& counts) {
    std::string json;
    for (const auto& [key, count] : counts)
        json += fmt::format("{}\n  {{\"system\":{},\"name\":{},\"rows\":{}}}", json.empty() ? "" : ",",
                            json_text(key.first), json_text(key.second), count);
    return "[" + json + "]";
}

}  // namespace

EntityCounts RunBooks::total() const noexcept {
    EntityCounts sum;
    for (const auto& [entity, books] : entities) sum += books.counts;
    return sum;
}

std::vector<RunBooks> read_runs(TargetConnection& loader, const StateFolder& state) {
    auto entities = read_entities(loader, "true");
    std::vector<RunBooks> runs;
    for (RunHead& head : read_heads(loader)) {
        RunBooks& run = runs.emplace_back();
        run.head = std::move(head);
        run.entities = std::move(entities[run.head.id]);
        take_summary(state, run);
    }
    return runs;
}

RunBooks read_run(TargetConnection& loader, const StateFolder& state, std::int64_t id) {
    const std::vector<RunHead> heads = read_heads(loader);
    const auto found = std::ranges::find(heads, id, &RunHead::id);
    if (found == heads.end()) {
        std::vector<std::int64_t> ids;
        for (const RunHead& head : heads) ids.push_back(head.id);
        std::ranges::reverse(ids);
        throw Error(ErrorKind::usage,
                    fmt::format("{} has no run {}; its runs: {}", state.root().string(), id, fmt::join(ids, ", ")));
    }
    RunBooks run;
    run.head = *found;
    run.entities = std::move(read_entities(loader, fmt::format("run_id = {}", id))[id]);
    run.events = count_by(loader, "event", fmt::format("lineage.identity_event WHERE run_id = {}", id));
    run.quarantine = count_named(loader, "lineage.quarantine", "reason", id);
    run.issues = count_named(loader, "lineage.field_issue", "rule", id);
    run.review_pairs = count_by(loader, "reason", fmt::format("review.pair WHERE run_id = {} AND NOT shielded", id));
    take_summary(state, run);
    return run;
}

std::string warn_of_unfinished_run(TargetConnection& loader) {
    const std::vector<RunHead> heads = read_heads(loader);
    if (heads.empty() || heads.front().state == "done") return {};
    const RunHead& run = heads.front();
    const std::string warning =
        run.state == "running"
            ? fmt::format("run {} ({}) is under way: what is shown here may not be whole yet", run.id, run.kind)
            : fmt::format("run {} ({}) was {}: what is shown here may not be whole; run {} again to finish it", run.id,
                          run.kind, run.state == "failed" ? "ended by a failure" : run.state, run.kind);
    log::warning("{}", warning);
    return warning + '\n';
}

std::string render_runs(const std::vector<RunBooks>& runs) {
    std::vector<std::vector<std::string>> rows;
    for (const RunBooks& run : runs) {
        const EntityCounts total = run.total();
        rows.push_back({std::to_string(run.head.id), run.head.kind, run.head.job, run.head.started,
                        took(run.head.seconds), run.head.state, count_text(total.read), count_text(total.placed),
                        count_text(total.unchanged), count_text(total.quarantined),
                        run.people ? with_commas(run.people->children) : "-", exit_in_words(run.head)});
    }
    return render_table({"run", "kind", "job", "started", "took", "state", "read", "placed", "unchanged", "quarantined",
                         "children", "ended as"},
                        rows);
}

std::string render_runs_json(const std::vector<RunBooks>& runs) {
    std::string json;
    for (const RunBooks& run : runs) json += (json.empty() ? "\n {" : ",\n {") + head_json(run) + "}";
    return "{\"runs\":[" + json + "]}\n";
}

std::string render_run(const RunBooks& run) {
    const RunHead& head = run.head;
    std::string text = fmt::format("run {}: {}, job {}, program {}\n", head.id, head.kind, head.job, head.program);
    text += fmt::format("started {} by {}, took {}\n", head.started, head.holder, took(head.seconds));
    if (!head.actor.empty()) text += fmt::format("asked for by {}: {}\n", head.actor, head.reason);
    text += fmt::format("state {}{}\n", head.state,
                        head.exit_code || head.state == "killed" ? ": " + exit_in_words(head) : std::string());
    text += fmt::format("phases done: {}\n",
                        head.phases.empty() ? "none" : fmt::format("{}", fmt::join(head.phases, ", ")));
    if (run.people) {
        text += fmt::format("people: {} records, {} children, {} unborn, {} adults\n",
                            with_commas(run.people->source_records), with_commas(run.people->children),
                            with_commas(run.people->unborn), with_commas(run.people->adults));
    }
    if (!run.stages.empty()) {
        text += "seconds:";
        for (const auto& [stage, seconds] : run.stages) text += fmt::format(" {} {:.1f}", stage, seconds);
        text += '\n';
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& [entity, books] : run.entities) {
        const EntityCounts& c = books.counts;
        rows.push_back({entity.system, entity.entity, count_text(c.read), count_text(c.placed), count_text(c.unchanged),
                        count_text(c.duplicate_in_source), count_text(c.quarantined), count_text(c.excluded),
                        count_text(c.field_issues),
                        !books.balanced   ? "not closed"
                        : *books.balanced ? "yes"
                                          : "NO"});
    }
    if (!rows.empty())
        text += '\n' + render_table({"system", "entity", "read", "placed", "unchanged", "duplicate", "quarantined",
                                     "excluded", "field issues", "balanced"},
                                    rows);
    const auto list = [&](std::string_view title, const std::map<std::string, std::uint64_t>& counts) {
        if (counts.empty()) return;
        text += fmt::format("\n{}\n", title);
        for (const auto& [name, count] : counts) text += fmt::format("  {:<28} {:>10}\n", name, with_commas(count));
    };
    const auto list_named = [&](std::string_view title, const NamedRows& counts) {
        if (counts.empty()) return;
        text += fmt::format("\n{}\n", title);
        for (const auto& [key, count] : counts)
            text += fmt::format("  {:<20} {:<28} {:>10}\n", key.first, key.second, with_commas(count));
    };
    list("events of identity", run.events);
    list_named("quarantined, by reason", run.quarantine);
    list_named("field issues, by rule", run.issues);
    list("pairs for review, by reason", run.review_pairs);
    if (!run.report.empty()) text += fmt::format("\nreport: {}\n", run.report.string());
    return text;
}

std::string render_run_json(const RunBooks& run) {
    std::string json = "{" + head_json(run) + ",\n \"phases\":[";
    for (std::size_t i = 0; i < run.head.phases.size(); ++i)
        json += (i == 0 ? "" : ",") + json_text(run.head.phases[i]);
    json += "],\n \"stages\":{";
    for (std::size_t i = 0; i < run.stages.size(); ++i)
        json += fmt::format("{}\"{}\":{:.3f}", i == 0 ? "" : ",", run.stages[i].first, run.stages[i].second);
    json += "},\n \"entities\":[";
    bool first = true;
    for (const auto& [entity, books] : run.entities) {
        json += fmt::format("{}\n  {{\"system\":{},\"entity\":{}", first ? "" : ",", json_text(entity.system),
                            json_text(entity.entity));
        for (const CountField& field : kCountFields)
            json += fmt::format(",\"{}\":{}", field.name, books.counts.*field.member);
        json += fmt::format(",\"balanced\":{}}}", !books.balanced ? "null" : *books.balanced ? "true" : "false");
        first = false;
    }
    json += "],\n \"events\":" + counts_json(run.events) + ",\n \"quarantine\":" + named_json(run.quarantine) +
            ",\n \"field_issues\":" + named_json(run.issues) + ",\n \"review_pairs\":" + counts_json(run.review_pairs) +
            ",\n \"report\":" + (run.report.empty() ? "null" : json_text(run.report.string())) + "}\n";
    return json;
}

}  // namespace caseweave
