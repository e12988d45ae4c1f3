#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/job/job_sources.hpp"
#include "app/proof/reconciliation.hpp"
#include "app/reading/people_of_run.hpp"
#include "app/runs/truth.hpp"
#include "app/writing/output_file.hpp"
#include "attest/keyed_digest.hpp"
#include "core/date.hpp"
#include "core/error.hpp"
#include "ledger/run_ledger.hpp"
#include "load/migrations.hpp"
#include "load/target.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/content_proof.hpp"
#include "reconcile/retention_rules.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

// What every command that ends in a report says of a run.

/// Gives the most memory this process has held, in bytes.
std::uint64_t peak_rss_bytes();

/// Gives the day it is, UTC.
Date today();

/// Writes the time: "2026-11-27 06:42 UTC".
std::string utc_now();

/// Fills the balance of every source entity of the job. @param counted the run's counters. @param emitted tallies of
/// what the run says is in the target, to stand beside those of `proof`. @param key what digests are keyed with.
void fill_balance(RunReport& report, const DigestKey& key, const JobSources& sources, const CountTable& counted,
                  const TallyTable& emitted, const ReconciliationResult& proof);

/// Counts sealed pairs that are linked and, where the truth is known, compares the people with it.
std::optional<LinkageQuality> note_hazards(RunReport& report, const std::optional<std::filesystem::path>& truth,
                                           const PeopleOfRun& people);

/// Counts rows that a restriction or a seal closes and an ordinary reader could see: asked as that reader, not
/// computed.
std::uint64_t count_opened(const Target& target, const TargetSchema& schema, const PeopleOfRun& people);

/// Says with which code a run ends, by its report.
ExitCode exit_code_of(const RunReport& report);
/// Names that in summary.json: "done", "done_with_quarantine", "unbalanced", "failed".
std::string_view status_of(ExitCode code);

/// Tells what of the target's protection, and of what runs told of person ids, is not as this program made it.
std::vector<std::string> check_protection(const Target& target, const TargetDefinition& definition);

/// Checks the balance of persons: every placed person record is in exactly one cluster, every cluster is one person in
/// the target.
std::vector<Imbalance> check_persons(TargetConnection& loader, const PeopleOfRun& people);

/// Holds the target's retention against what its rules give now and names the rows that differ, `limit` at most;
/// nothing where it was computed by other rules, which is logged: the next night computes it anew.
std::vector<RowDifference> check_retention(TargetConnection& loader, const RetentionRules& rules, std::size_t limit);

/// Writes all that does not balance as CSV: of each row that differs which it is, what is off and on which side, the
/// fields, and why; behind them the equations that do not hold and what of the protection is off. No value of a row.
void write_differences(OutputFile& file, const ReconciliationResult& proof);

/// Writes report.html, summary.json and, where something does not balance, differences.csv into `folder`.
/// @return the path of summary.json.
std::filesystem::path write_report(const std::filesystem::path& folder, const RunReport& report,
                                   const ReconciliationResult& proof);

/// Logs what does not hold, and prints the closing table: a line a system, children before and after, linkage, rows
/// that differ, the paths of the report and of differences.csv.
void print_closing(const RunReport& report, const ReconciliationResult& proof);

}  // namespace caseweave
