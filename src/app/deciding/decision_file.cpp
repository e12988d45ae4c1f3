#include "app/deciding/decision_file.hpp"

#include <map>
#include <string>
#include <utility>

#include "app/people_files/csv_table.hpp"
#include "app/record/record_comparison.hpp"
#include "app/writing/output_file.hpp"
#include "core/error.hpp"

namespace caseweave {

void write_decision_file(const std::filesystem::path& file, std::span<const DecisionRow> decisions) {
    OutputFile out(file, {});
    CsvWriter rows(out);
    for (const std::string_view column :
         {"decision", "left", "right", "verdict", "reviewer", "reason", "decided_at", "command", "os_user", "role",
          "ended_at", "ended_as", "ended_by", "end_reason"})
        rows.field(column);
    rows.end_row();
    for (const DecisionRow& decision : decisions) {
        rows.field(std::to_string(decision.id))
            .field(decision.left_system + ':' + decision.left_key)
            .field(decision.right_system + ':' + decision.right_key)
            .field(to_string(decision.verdict))
            .field(decision.reviewer)
            .field(decision.reason)
            .field(decision.decided_at)
            .field(decision.command)
            .field(decision.os_user)
            .field(decision.role)
            .field(decision.ended_at)
            .field(decision.ended_as)
            .field(decision.ended_by)
            .field(decision.end_reason);
        rows.end_row();
    }
    out.finish();
}

std::vector<DecisionRow> read_decision_file(const std::filesystem::path& file) {
    CsvTable table(file);
    const std::size_t left = table.column("left");
    const std::size_t right = table.column("right");
    const std::size_t verdict = table.column("verdict");
    const std::size_t reviewer = table.column("reviewer");
    const std::size_t reason = table.column("reason");
    const auto ended = table.find_column("ended_at");
    const auto optional_text = [&](std::string_view column) {
        const auto found = table.find_column(column);
        return found ? std::string(table.field(*found)) : std::string();
    };
    std::vector<DecisionRow> decisions;
    std::map<std::pair<std::string, std::string>, std::uint64_t> decided;
    while (table.next()) {
        if (ended && !table.field(*ended).empty()) continue;
        DecisionRow decision;
        const auto said = verdict_of(table.required_field(verdict));
        if (!said) table.fail("the verdict is same, different or unsure");
        decision.verdict = *said;
        try {
            const SourceRecordId one = parse_record_id(std::string(table.required_field(left)));
            const SourceRecordId two = parse_record_id(std::string(table.required_field(right)));
            if (one.text() == two.text()) table.fail("a decision is about two records, not one");
            decision.left_system = one.system;
            decision.left_key = one.key;
            decision.right_system = two.system;
            decision.right_key = two.key;
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::usage) throw;
            table.fail("a record is named SYSTEM:ID");
        }
        decision.reviewer = table.required_field(reviewer);
        decision.reason = table.required_field(reason);
        decision.decided_at = optional_text("decided_at");
        decision.os_user = optional_text("os_user");
        decision.role = optional_text("role");
        if (const std::string command = optional_text("command"); !command.empty()) decision.command = command;
        decision.put_lower_first();
        const auto [known, added] = decided.emplace(
            std::pair(decision.left_system + ':' + decision.left_key, decision.right_system + ':' + decision.right_key),
            table.line());
        if (!added) table.fail("these two records are decided in line " + std::to_string(known->second) + " too");
        decisions.push_back(std::move(decision));
    }
    return decisions;
}

}  // namespace caseweave
