#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/books/quarantine_rows.hpp"
#include "app/deciding/decide_options.hpp"
#include "app/job/job_options.hpp"
#include "app/people_files/file_options.hpp"
#include "core/error.hpp"

namespace caseweave {

struct DemoOptions : CommonOptions {
    std::string scale = "demo";
    std::uint64_t seed = 1;
    std::uint32_t night = 0;
};

/// Options of reconcile.
struct ReconcileOptions : JobOptions {
    std::string role = "data_quality";
    std::optional<std::string> purpose;  ///< none: what quality rules find is counted, not named
    std::filesystem::path output;        ///< CSV of every difference; empty: none beside that of the report
    bool read_sources = false;
    bool repair = false, apply = false;
    std::string actor, reason;  ///< of a repair
};

/// Options of nightly and plan.
struct NightlyOptions : JobOptions {
    bool full = false, in_part = false;
    std::optional<std::uint32_t> night;  ///< of a demo: the county as it is so many nights after the first
    bool accept_deletions = false;
};

struct ViewOptions : CommonOptions {
    std::string first, second;  ///< ids as typed
    std::string role = "data_quality";
    std::string purpose;
};

struct ChildOptions : ViewOptions {
    std::string as_of;  ///< day or instant as typed; empty: as the record is now
};

/// Options of lineage: first is the person, second the field.
struct LineageOptions : ViewOptions {
    std::vector<std::string> source;  ///< system, entity and key of a source row instead of both
};

struct ExplainOptions : ViewOptions {
    std::filesystem::path svg;  ///< file for the waterfall as a picture; empty: none
};

/// Options of review list.
struct ReviewListOptions : CommonOptions {
    std::string role = "data_quality";
    std::string reason;    ///< only pairs for this reason; "": all
    bool all = false;      ///< answered pairs too
    bool decided = false;  ///< decisions instead of pairs
    std::size_t limit = 20;
    std::filesystem::path output;  ///< CSV to write instead; empty: none
};

/// Options of review show.
struct ReviewShowOptions : CommonOptions {
    std::vector<std::string> pair;  ///< number of a pair, or two SYSTEM:ID
    std::string role = "data_quality";
    std::string purpose;
};

struct UndoOptions : CommonOptions {
    std::int64_t run = 0;
    std::string actor, reason;
    bool apply = false;
};

/// Options of the commands that look at runs.
struct RunsOptions : CommonOptions {
    std::string first, second;          ///< ids as typed
    std::filesystem::path other_state;  ///< of compare: where the second run is; empty: in the same target
    std::string format = "text";        ///< or "json"
    bool json() const noexcept { return format == "json"; }
};

/// Options of the commands that look at quarantined rows.
struct QuarantineOptions : CommonOptions {
    QuarantineFilter filter;
    std::string role = "data_quality";
    std::string purpose;           ///< of show and export
    std::string number;            ///< of show: as typed
    std::filesystem::path output;  ///< of export
};

/// Options of the command that makes a signed pack.
struct PackOptions : CommonOptions {
    std::filesystem::path key;         ///< Ed25519 private key, PEM
    std::filesystem::path digest_key;  ///< empty: digest.key of the state folder, made where there is none
    std::filesystem::path folder;      ///< to write; must not exist
    std::string role = "data_quality";
    std::string purpose;
    bool pdf = false;  ///< print the page to pack.pdf too
};

struct PackKeyOptions {
    std::filesystem::path output;
};

/// Options of the command that checks a pack.
struct VerifyOptions {
    std::filesystem::path folder;
    std::filesystem::path public_key;  ///< empty: the pack's own
};

struct TargetOptions : CommonOptions {
    bool stop = false;
};

// One command a file; each reads as a table of contents.
ExitCode run_demo(const DemoOptions& options);
ExitCode run_check(const JobOptions& options);
ExitCode run_bulk(const JobOptions& options);
ExitCode run_nightly(const NightlyOptions& options);
ExitCode run_plan(const NightlyOptions& options);
ExitCode run_undo(const UndoOptions& options);
ExitCode run_reconcile(const ReconcileOptions& options);
ExitCode run_explain(const ExplainOptions& options);
ExitCode run_child(const ChildOptions& options);
ExitCode run_lineage(const LineageOptions& options);
ExitCode run_review_list(const ReviewListOptions& options);
ExitCode run_review_show(const ReviewShowOptions& options);
ExitCode run_review_decide(const DecideOptions& options);
ExitCode run_review_withdraw(const DecideOptions& options);
ExitCode run_unmerge(const DecideOptions& options);
ExitCode run_runs(const RunsOptions& options);
ExitCode run_runs_show(const RunsOptions& options);
ExitCode run_runs_compare(const RunsOptions& options);
ExitCode run_quarantine_list(const QuarantineOptions& options);
ExitCode run_quarantine_show(const QuarantineOptions& options);
ExitCode run_quarantine_export(const QuarantineOptions& options);
ExitCode run_pack(const PackOptions& options);
ExitCode run_pack_key(const PackKeyOptions& options);
ExitCode run_verify(const VerifyOptions& options);
ExitCode run_target(const TargetOptions& options);
ExitCode run_link(const LinkFilesOptions& options);
ExitCode run_train(const LinkFilesOptions& options);
ExitCode run_blocking(const BlockingOptions& options);
ExitCode run_score(const ScoreOptions& options);
ExitCode run_evaluate(const EvaluateOptions& options);
ExitCode run_sample_for_review(const SampleOptions& options);
ExitCode run_estimate(const EstimateOptions& options);

}  // namespace caseweave
