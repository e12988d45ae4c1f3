#include "load/review_decisions.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 3> kVerdicts = {"same", "different", "unsure"};

std::string condition_of(DecisionScope scope) {
    switch (scope) {
        case DecisionScope::in_force:
            return " WHERE ended_at IS NULL";
        case DecisionScope::applied:
            return " WHERE applied_run IS NOT NULL AND (ended_at IS NULL OR end_applied_run IS NULL)";
        case DecisionScope::all:
            break;
    }
    return {};
}

std::optional<std::string> number_or_null(PersonId person) {
    return person.value == 0 ? std::nullopt : std::optional(std::to_string(person.value));
}

std::int64_t insert(TargetConnection& loader, const DecisionRow& decision, std::optional<std::string_view> decided_at) {
    // Access of both records, as the crosswalk has them now; of a record it does not know, the strictest.
    const TargetResult row = loader.query(
        "WITH known AS (SELECT coalesce(bit_or(area), 0) AS area, coalesce(bit_or(access), 0) AS access, count(*) AS n"
        "  FROM lineage.crosswalk WHERE (source_system, source_person_key) IN (($1, $2), ($3, $4)))"
        "INSERT INTO review.decision (area, access, left_system, left_key, right_system, right_key, verdict, reason,"
        " reviewer, os_user, role, command, keeps_person_id, keeps_right, decided_at)"
        " SELECT CASE WHEN n = 2 THEN area ELSE 7 END, CASE WHEN n = 2 THEN access ELSE 3 END, $1, $2, $3, $4, $5, $6,"
        " $7, $8, $9, $10, $11::bigint, $12::boolean, coalesce($13::timestamptz, now()) FROM known RETURNING "
        "decision_id",
        {std::string_view(decision.left_system), std::string_view(decision.left_key),
         std::string_view(decision.right_system), std::string_view(decision.right_key), to_string(decision.verdict),
         std::string_view(decision.reason), std::string_view(decision.reviewer), std::string_view(decision.os_user),
         std::string_view(decision.role), std::string_view(decision.command), number_or_null(decision.keeps),
         std::string_view(decision.keeps_right ? "t" : "f"), decided_at});
    return row.integer(0, 0);
}

}  // namespace

std::string_view to_string(Verdict verdict) noexcept {
    return kVerdicts[static_cast<std::size_t>(verdict)];
}

std::optional<Verdict> verdict_of(std::string_view word) noexcept {
    const auto found = std::find(kVerdicts.begin(), kVerdicts.end(), word);
    if (found == kVerdicts.end()) return std::nullopt;
    return static_cast<Verdict>(found - kVerdicts.begin());
}

void DecisionRow::put_lower_first() {
    if (std::tie(left_system, left_key) <= std::tie(right_system, right_key)) return;
    std::swap(left_system, right_system);
    std::swap(left_key, right_key);
    keeps_right = !keeps_right;
}

std::vector<DecisionRow> read_decisions(TargetConnection& connection, DecisionScope scope) {
    const TargetResult rows = connection.execute(
        "SELECT decision_id, left_system, left_key, right_system, right_key, verdict, reason, reviewer, os_user, role,"
        " command, keeps_person_id, keeps_right, to_char(decided_at, 'YYYY-MM-DD HH24:MI:SS.US TZH:TZM'),"
        " applied_run IS NOT NULL, to_char(ended_at, 'YYYY-MM-DD HH24:MI'), ended_as, ended_by, end_reason"
        " FROM review.decision" +
            condition_of(scope) + " ORDER BY decision_id",
        TargetConnection::kLongDeadline);
    std::vector<DecisionRow> decisions;
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        DecisionRow decision;
        decision.id = rows.integer(i, 0);
        std::size_t column = 1;
        for (std::string* text :
             {&decision.left_system, &decision.left_key, &decision.right_system, &decision.right_key})
            *text = rows.text(i, column++);
        decision.verdict = verdict_of(rows.text(i, column++)).value_or(Verdict::unsure);
        for (std::string* text :
             {&decision.reason, &decision.reviewer, &decision.os_user, &decision.role, &decision.command})
            *text = rows.text(i, column++);
        if (!rows.is_null(i, column)) decision.keeps = PersonId{rows.integer(i, column)};
        decision.keeps_right = rows.boolean(i, ++column);
        decision.decided_at = rows.text(i, ++column);
        decision.applied = rows.boolean(i, ++column);
        for (std::string* text : {&decision.ended_at, &decision.ended_as, &decision.ended_by, &decision.end_reason})
            *text = rows.text(i, ++column);
        decisions.push_back(std::move(decision));
    }
    return decisions;
}

std::int64_t record_decision(TargetConnection& loader, const DecisionRow& decision) {
    loader.query(
        "UPDATE review.decision SET ended_at = now(), ended_as = 'superseded', ended_by = $5, end_reason = $6"
        " WHERE left_system = $1 AND left_key = $2 AND right_system = $3 AND right_key = $4 AND ended_at IS NULL",
        {std::string_view(decision.left_system), std::string_view(decision.left_key),
         std::string_view(decision.right_system), std::string_view(decision.right_key),
         std::string_view(decision.reviewer), std::string_view(decision.reason)});
    return insert(loader, decision, std::nullopt);
}

void restore_decision(TargetConnection& loader, const DecisionRow& decision) {
    insert(loader, decision,
           decision.decided_at.empty() ? std::nullopt : std::optional<std::string_view>(decision.decided_at));
}

bool withdraw_decision(TargetConnection& loader, std::int64_t id, std::string_view reviewer, std::string_view reason) {
    return loader
               .query(
                   "UPDATE review.decision SET ended_at = now(), ended_as = 'withdrawn', ended_by = $2, end_reason = $3"
                   " WHERE decision_id = $1 AND ended_at IS NULL",
                   {std::to_string(id), reviewer, reason})
               .affected_rows() == 1;
}

void take_back_decisions(TargetConnection& loader, RunId undone, RunId run, std::string_view actor,
                         std::string_view reason) {
    const std::string id = std::to_string(undone.value);
    // What the run itself decided or ended bears its time: now() is that of the transaction.
    const std::string began = "(SELECT started_at FROM lineage.run WHERE run_id = " + id + ")";
    loader.query(
        "UPDATE review.decision SET ended_at = now(), ended_as = 'withdrawn', ended_by = $2, end_reason = $3,"
        " end_applied_run = $4 WHERE applied_run = $1 AND ended_at IS NULL AND decided_at = " +
            began,
        {id, actor, reason, std::to_string(run.value)});
    loader.query("UPDATE review.decision SET applied_run = NULL WHERE applied_run = $1 AND ended_at IS NULL", {id});
    loader.query(
        "UPDATE review.decision SET ended_at = NULL, ended_as = NULL, ended_by = NULL, end_reason = NULL,"
        " end_applied_run = NULL WHERE end_applied_run = $1 AND ended_at = " +
            began,
        {id});
    loader.query("UPDATE review.decision SET end_applied_run = NULL WHERE end_applied_run = $1", {id});
}

void note_decisions_applied(TargetConnection& loader, RunId run) {
    const std::string id = std::to_string(run.value);
    loader.query("UPDATE review.decision SET applied_run = $1 WHERE applied_run IS NULL AND ended_at IS NULL", {id});
    loader.query(
        "UPDATE review.decision SET end_applied_run = $1"
        " WHERE applied_run IS NOT NULL AND ended_at IS NOT NULL AND end_applied_run IS NULL",
        {id});
}

void refresh_review(TargetConnection& loader) {
    loader.execute(
        "UPDATE review.decision d SET area = (l.area | r.area)::smallint, access = (l.access | r.access)::smallint"
        " FROM lineage.crosswalk l, lineage.crosswalk r"
        " WHERE l.source_system = d.left_system AND l.source_person_key = d.left_key"
        "   AND r.source_system = d.right_system AND r.source_person_key = d.right_key"
        "   AND (d.area, d.access) <> ((l.area | r.area)::smallint, (l.access | r.access)::smallint)",
        TargetConnection::kLongDeadline);
    loader.execute(
        "WITH answer AS ("
        "   SELECT least(l.person_id, r.person_id) AS low, greatest(l.person_id, r.person_id) AS high,"
        "          max(d.decision_id) AS decision_id"
        "     FROM review.decision d"
        "     JOIN lineage.crosswalk l ON l.source_system = d.left_system AND l.source_person_key = d.left_key"
        "     JOIN lineage.crosswalk r ON r.source_system = d.right_system AND r.source_person_key = d.right_key"
        "    WHERE d.ended_at IS NULL AND (d.verdict = 'unsure' OR d.applied_run IS NULL) GROUP BY 1, 2),"
        " asked AS ("
        "   SELECT p.pair_id, a.decision_id FROM review.pair p"
        "     JOIN lineage.crosswalk l ON l.source_system = p.left_system AND l.source_person_key = p.left_key"
        "     JOIN lineage.crosswalk r ON r.source_system = p.right_system AND r.source_person_key = p.right_key"
        "     LEFT JOIN answer a ON a.low = least(l.person_id, r.person_id) AND a.high = greatest(l.person_id, "
        "r.person_id))"
        " UPDATE review.pair p SET decision_id = asked.decision_id FROM asked"
        "  WHERE asked.pair_id = p.pair_id AND p.decision_id IS DISTINCT FROM asked.decision_id",
        TargetConnection::kLongDeadline);
}

}  // namespace caseweave
