#include <fmt/format.h>

#include "core/json_text.hpp"
#include "reconcile/quality_report.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

namespace {

std::string entity_json(const EntityBalance& e) {
    return fmt::format(
        R"({{"name":{},"entity":{},"read":{},"placed":{},"unchanged":{},"duplicate_in_source":{},"quarantined":{},"excluded":{},)"
        R"("field_issues":{},"emitted":{},"inserted":{},"updated":{},"kept":{},"deleted":{},"balanced":{},"digest_source":{},"digest_target":{}}})",
        json_text(e.system), json_text(e.entity), e.read, e.placed, e.unchanged, e.duplicate_in_source, e.quarantined,
        e.excluded, e.field_issues, e.emitted, e.inserted, e.updated, e.kept, e.deleted, e.balanced,
        json_text(e.digest_source), json_text(e.digest_target));
}

}  // namespace

std::string render_summary_json(const RunReport& report) {
    std::string json = fmt::format("{{\"status\":{},\"exit_code\":{},\"run_id\":{},\"seed\":{},\n \"systems\":[",
                                   json_text(report.status), report.exit_code,
                                   report.refused() ? "null" : std::to_string(report.run_id),
                                   report.seed ? std::to_string(*report.seed) : "null");
    for (std::size_t i = 0; i < report.entities.size(); ++i)
        json += (i == 0 ? "\n  " : ",\n  ") + entity_json(report.entities[i]);
    json += fmt::format(
        "],\n \"people\":{{\"source_records\":{},\"children\":{},\"unborn\":{},\"adults\":{},\"review_pairs\":{}}},\n",
        report.source_records, report.children, report.unborn, report.adults, report.review_pairs);
    if (report.truth) {
        json +=
            fmt::format(" \"linkage\":{{\"precision\":{:.6f},\"recall\":{:.6f},\"f1\":{:.6f},\"truth\":{}}},\n",
                        report.truth->precision, report.truth->recall, report.truth->f1, json_text(report.truth->path));
    } else {
        json += " \"linkage\":{\"precision\":null,\"recall\":null,\"f1\":null,\"truth\":null},\n";
    }
    if (const auto& h = report.hazards) {
        json += fmt::format(
            " \"hazards\":{{\"sealed_pairs_linked\":{},\"twins_merged\":{},\"twin_pairs\":{},\"restricted_opened\":{}}}"
            ",\n",
            h->sealed_pairs_linked, h->twins_merged, h->twin_pairs, h->restricted_opened);
    } else {
        json += " \"hazards\":null,\n";
    }
    if (const auto& n = report.night) {
        std::string events;
        for (const auto& [kind, count] : n->identity_events)
            events += fmt::format("{}{}:{}", events.empty() ? "" : ",", json_text(kind), count);
        json += fmt::format(
            " \"night\":{{\"applied\":{},\"rows_new\":{},\"rows_changed\":{},\"rows_gone\":{},\"golden_records\":{},"
            "\"records_moved\":{},\"rows_moved\":{},\"rows_reshielded\":{},\"identity_events\":{{{}}}}},\n",
            n->applied, n->rows_new, n->rows_changed, n->rows_gone, n->golden_records, n->records_moved, n->rows_moved,
            n->rows_reshielded, events);
    } else {
        json += " \"night\":null,\n";
    }
    json += " \"quality\":" + render_quality_json(report.quality_rules) + ",\n";
    json += " \"systems_left_out\":[";
    for (std::size_t i = 0; i < report.systems_left_out.size(); ++i)
        json += (i == 0 ? "" : ",") + json_text(report.systems_left_out[i]);
    json += "],\n \"systems_unchanged\":[";
    for (std::size_t i = 0; i < report.systems_unchanged.size(); ++i)
        json += (i == 0 ? "" : ",") + json_text(report.systems_unchanged[i]);
    json += fmt::format("],\n \"entities_in_part\":{},\n \"refusals\":[", report.entities_in_part);
    for (std::size_t i = 0; i < report.refusals.size(); ++i) {
        const RefusedSource& refusal = report.refusals[i];
        json += fmt::format("{}\n  {{\"name\":{},\"entity\":{},\"what\":{},\"advice\":{}}}", i == 0 ? "" : ",",
                            json_text(refusal.system), refusal.entity.empty() ? "null" : json_text(refusal.entity),
                            json_text(refusal.what), json_text(refusal.advice));
    }
    json += "],\n";
    const StageSeconds& s = report.seconds;
    json += fmt::format(
        " \"seconds\":{{\"extract\":{:.3f},\"normalise\":{:.3f},\"link\":{:.3f},\"consolidate\":{:.3f},\"load\":{:.3f},"
        "\"reconcile\":{:.3f},\"total\":{:.3f}}},\n"
        " \"differences\":{},\"peak_rss_bytes\":{}}}\n",
        s.extract, s.normalise, s.link, s.consolidate, s.load, s.reconcile, s.total, report.differences,
        report.peak_rss_bytes);
    return json;
}

}  // namespace caseweave
