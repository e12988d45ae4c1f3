#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "app/commands.hpp"
#include "app/deciding/deciding.hpp"
#include "app/deciding/decision_file.hpp"
#include "app/job/viewer.hpp"
#include "app/record/child_record.hpp"
#include "app/record/pair_explanation.hpp"
#include "app/record/record_comparison.hpp"
#include "app/writing/output_file.hpp"
#include "app/writing/text_table.hpp"
#include "link/constraints.hpp"
#include "reconcile/report_charts.hpp"
#include "settings/toml_table.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

/// Holds a pair as the command line names it.
struct NamedPair {
    SourceRecordId left, right;
};

/// Finds the pair that the words name: a number of the list, or two records.
NamedPair find_pair(TargetConnection& connection, std::span<const std::string> words) {
    if (words.size() == 2) return {parse_record_id(words[0]), parse_record_id(words[1])};
    if (words.size() != 1)
        throw Error(ErrorKind::usage, "name a pair by its number in review list, or as SYSTEM:ID SYSTEM:ID");
    const std::int64_t number = parse_number(words[0], "a pair for review");
    const TargetResult row =
        connection.query("SELECT left_system, left_key, right_system, right_key FROM review.pair WHERE pair_id = $1",
                         {std::to_string(number)});
    if (row.empty()) throw Error(ErrorKind::usage, not_found_answer("pair " + words[0]));
    const auto text = [&](std::size_t column) { return std::string(row.text(0, column)); };
    return {{text(0), text(1)}, {text(2), text(3)}};
}

bool sees_both(TargetConnection& connection, const NamedPair& pair) {
    return find_person(connection, pair.left.text()) != 0 && find_person(connection, pair.right.text()) != 0;
}

/// Says why a pair is for a reviewer, from its stored name.
std::string_view reason_in_words(std::string_view stored) {
    for (std::size_t i = 0; i < kRefusalReasons; ++i) {
        const auto reason = static_cast<RefusalReason>(i);
        if (to_string(reason) == stored) return in_words(reason);
    }
    return stored;
}

void check_reason(const std::string& reason) {
    if (reason.empty()) return;
    std::vector<std::string> known;
    for (std::size_t i = 0; i < kRefusalReasons; ++i) {
        known.emplace_back(to_string(static_cast<RefusalReason>(i)));
        if (known.back() == reason) return;
    }
    std::string message = "--reason takes the name of a reason, as review list shows them, not " + reason;
    if (const std::string nearest = nearest_word(reason, known); !nearest.empty())
        message += "; did you mean " + nearest + "?";
    throw Error(ErrorKind::usage, message);
}

std::string state_of(const DecisionRow& decision) {
    if (decision.ended_at.empty()) return decision.applied ? "in force" : "in force from the next run";
    return decision.ended_as + " by " + decision.ended_by;
}

void list_decisions(TargetConnection& connection, const ReviewListOptions& options) {
    std::vector<DecisionRow> decisions =
        read_decisions(connection, options.all ? DecisionScope::all : DecisionScope::in_force);
    if (!options.output.empty()) return write_decision_file(options.output, decisions);
    std::vector<std::vector<std::string>> rows;
    for (const DecisionRow& decision : std::views::reverse(decisions)) {
        if (rows.size() == options.limit) break;
        rows.push_back({std::to_string(decision.id), decision.left_system + ':' + decision.left_key,
                        decision.right_system + ':' + decision.right_key, std::string(to_string(decision.verdict)),
                        decision.decided_at.substr(0, 16), decision.reviewer, state_of(decision), decision.reason});
    }
    if (!rows.empty())
        fmt::print(
            "{}",
            render_table({"decision", "left", "right", "verdict", "decided at", "reviewer", "state", "reason"}, rows));
    fmt::print("{} decisions{}\n", with_commas(decisions.size()), options.all ? "" : " in force");
}

void list_pairs(TargetConnection& connection, const ReviewListOptions& options) {
    check_reason(options.reason);
    std::string condition = options.all ? " WHERE true" : " WHERE decision_id IS NULL";
    if (!options.reason.empty()) condition += " AND reason = " + TargetConnection::quote_literal(options.reason);
    const TargetResult rows = connection.execute(
        "SELECT pair_id, left_system || ':' || left_key, right_system || ':' || right_key,"
        " to_char(weight_bits, 'FMS990.0'), to_char(probability, 'FM0.0000'), reason, coalesce(decision_id::text, '')"
        " FROM review.pair" +
            condition + " ORDER BY weight_bits DESC, pair_id",
        TargetConnection::kLongDeadline);
    const std::vector<std::string> titles = {"pair",        "left",   "right",   "weight_bits",
                                             "probability", "reason", "decision"};
    const auto row_at = [&](std::size_t r) {
        std::vector<std::string> row;
        for (std::size_t i = 0; i < titles.size(); ++i) row.emplace_back(text::trim(rows.text(r, i)));
        return row;
    };
    if (!options.output.empty()) {
        OutputFile file(options.output, {});
        CsvWriter writer(file);
        const auto write = [&](const std::vector<std::string>& row) {
            for (const std::string& field : row) writer.field(field);
            writer.end_row();
        };
        write(titles);
        for (std::size_t r = 0; r < rows.rows(); ++r) write(row_at(r));
        return file.finish();
    }
    std::vector<std::vector<std::string>> shown;
    for (std::size_t r = 0; r < std::min(options.limit, rows.rows()); ++r) shown.push_back(row_at(r));
    if (!shown.empty()) fmt::print("{}", render_table(titles, shown));
    fmt::print("{} pairs {}", with_commas(rows.rows()), options.all ? "in all" : "wait for a reviewer");
    if (rows.rows() > options.limit) fmt::print("; --limit shows more, --output writes all of them");
    fmt::print("\n");
    std::vector<std::string_view> reasons;
    for (std::size_t r = 0; r < std::min(options.limit, rows.rows()); ++r) {
        if (std::ranges::find(reasons, rows.text(r, 5)) != reasons.end()) continue;
        reasons.push_back(rows.text(r, 5));
        fmt::print("  {}: {}\n", rows.text(r, 5), reason_in_words(rows.text(r, 5)));
    }
    if (!rows.empty()) fmt::print("caseweave review show PAIR --purpose ... shows the two records.\n");
}

}  // namespace

ExitCode run_review_list(const ReviewListOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    // Keys only: whose they are is looked at with review show, which asks for a purpose.
    TargetConnection connection = connect_as(viewed->target, {options.role, "list", "review list", ""});
    options.decided ? list_decisions(connection, options) : list_pairs(connection, options);
    return ExitCode::done;
}

ExitCode run_review_show(const ReviewShowOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    Asking asking{options.role, options.purpose, "review show", fmt::format("{}", fmt::join(options.pair, " "))};
    TargetConnection connection = connect_as(viewed->target, asking);
    const NamedPair pair = find_pair(connection, options.pair);
    asking.asked_for = pair.left.text() + " " + pair.right.text();
    std::string text;
    if (sees_both(connection, pair)) {
        const std::string explanation = explain_records(*viewed, connection, pair.left, pair.right).text;
        if (!explanation.empty())
            text = compare_records(connection, viewed->canonical, pair.left, pair.right) + '\n' + explanation;
    }
    record_access(connection, asking, !text.empty());
    if (text.empty()) throw Error(ErrorKind::usage, not_found_answer(pair.left.text() + " with " + pair.right.text()));
    fmt::print("{}", text);
    return ExitCode::done;
}

ExitCode run_review_decide(const DecideOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    TargetConnection connection = connect_to_decide(*viewed, options);
    std::vector<std::string> words = options.words;
    const auto verdict = verdict_of(words.back());
    if (!verdict) {
        std::string message = "the verdict is same, different or unsure, not " + words.back();
        if (const std::string nearest = nearest_word(words.back(), {"same", "different", "unsure"}); !nearest.empty())
            message += "; did you mean " + nearest + "?";
        throw Error(ErrorKind::usage, message);
    }
    words.pop_back();
    const NamedPair pair = find_pair(connection, words);
    if (pair.left.text() == pair.right.text())
        throw Error(ErrorKind::usage, "a decision is about two records: " + pair.left.text() + " is one");
    const Asking asking{options.role, options.reason, "review decide", pair.left.text() + " " + pair.right.text()};
    const bool visible = sees_both(connection, pair);
    record_access(connection, asking, visible);
    if (!visible) throw Error(ErrorKind::usage, not_found_answer(pair.left.text() + " with " + pair.right.text()));

    Deciding deciding = deciding_of(options, "review");
    DecisionRow& decision = deciding.decisions.emplace_back();
    decision.left_system = pair.left.system;
    decision.left_key = pair.left.key;
    decision.right_system = pair.right.system;
    decision.right_key = pair.right.key;
    decision.verdict = *verdict;
    const Decided decided = decide(*viewed, deciding);
    fmt::print("{} and {}: {}, decided by {}\n{}", pair.left.text(), pair.right.text(),
               *verdict == Verdict::same        ? "one person"
               : *verdict == Verdict::different ? "two persons"
                                                : "not sure",
               options.reviewer, describe(decided, options.apply));
    return ExitCode::done;
}

ExitCode run_review_withdraw(const DecideOptions& options) {
    const auto state = StateFolder::of_earlier_run(options.state);
    const auto viewed = open_for_viewing(state);
    TargetConnection connection = connect_to_decide(*viewed, options);
    Deciding deciding = deciding_of(options, "review");
    for (const std::string& word : options.words) {
        const std::int64_t id = parse_number(word, "a decision");
        if (connection.query("SELECT FROM review.decision WHERE decision_id = $1", {std::to_string(id)}).empty())
            throw Error(ErrorKind::usage, not_found_answer("decision " + word));
        deciding.withdrawals.push_back(id);
    }
    record_access(connection,
                  {options.role, options.reason, "review withdraw", fmt::format("{}", fmt::join(options.words, " "))},
                  true);
    const Decided decided = decide(*viewed, deciding);
    fmt::print("withdrawn by {}: {} {}\n{}", options.reviewer, options.words.size() == 1 ? "decision" : "decisions",
               fmt::join(options.words, ", "), describe(decided, options.apply));
    return ExitCode::done;
}

}  // namespace caseweave
