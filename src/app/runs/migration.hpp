#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/job/job_sources.hpp"
#include "app/job/state_folder.hpp"
#include "app/job/viewer.hpp"
#include "app/proof/reconciliation.hpp"
#include "app/reading/people_of_run.hpp"
#include "app/reading/people_pass.hpp"
#include "consolidate/consolidator.hpp"
#include "ledger/run_ledger.hpp"
#include "link/linkage_model.hpp"
#include "load/migrations.hpp"
#include "load/review_decisions.hpp"
#include "load/target.hpp"
#include "load/target_schema.hpp"
#include "reconcile/quality_rules.hpp"
#include "reconcile/retention_rules.hpp"
#include "reconcile/run_report.hpp"
#include "settings/job.hpp"
#include "settings/survivorship.hpp"

namespace caseweave {

/// Says what a command asks of a migration besides its job.
struct MigrationRequest {
    std::string command;                         ///< "bulk", "demo"
    std::optional<std::uint64_t> seed;           ///< of the simulated county
    std::optional<std::filesystem::path> truth;  ///< truth file to compare with, after linking
    std::filesystem::path decisions;             ///< file of reviewers' decisions a new run links under; empty: none
    bool quiet = false;
    std::function<void()> begun;  ///< called once a run has begun or is taken up again; before, nothing is touched
};

struct PeopleUpdateTools;

/// Holds what every command that touches records reads first: schema, job, model, rules, systems. What is wrong in a
/// file of settings is found here, before any source or target is asked.
struct Workplace {
    Workplace(const StateFolder& folder, Job settings);

    const StateFolder* state;
    Job job;
    CanonicalSchema canonical;
    TargetSchema schema;
    LinkageModel model;
    SurvivorshipSettings survivorship;
    RetentionRules retention;
    QualityRules quality_rules;
    JobSources sources;

    /// Says how the rows of a run are normalised: by the day it began, the same on every reading.
    NormaliseOptions normalise_options(const RunLedger& ledger) const;
    /// Gives what bringing the target's people up to date works with; it points into this.
    PeopleUpdateTools people_update_tools() const;
    /// Reads what this program expects of a target.
    TargetDefinition target_definition() const;
    /// Opens the target and brings its schema up to this program. @throws Error(target) where the job's login may not
    /// load.
    Target open_target() const;
};

/// Moves everything the job's systems hold into the target, and proves it. Composes the stages; decides nothing itself.
/// @param report takes what the report says, as far as the run comes; its exit_code is the command's.
void migrate(Workplace& workplace, const MigrationRequest& request, RunReport& report);

struct RepairRequest;

/// Says what a command asks of a reconciliation.
struct ReconcileRequest {
    std::optional<Asking> naming;  ///< who asks for the rows that quality rules find; none: they are counted only
    bool read_sources = false;     ///< as ReconcileDepth
    const RepairRequest* repair = nullptr;  ///< null: nothing is mended
    std::filesystem::path output;           ///< CSV of every difference; empty: none beside that of the report
    bool quiet = false;
};

/// Compares the target with what was loaded, then holds the job's quality rules against it. What these find changes
/// neither the balance nor the exit code. @param report as for migrate.
void reconcile_last_run(Workplace& workplace, const ReconcileRequest& request, RunReport& report);

/// Reads, links and identifies the people of the job, as migrate() and reconciliation both do. @param scope reviewers'
/// decisions that linking obeys. @param in_target as for gather_people.
void make_people(PeopleOfRun& people, Workplace& workplace, TargetConnection& loader, const RunLedger& ledger,
                 DecisionScope scope, Progress& progress, StageSeconds& seconds,
                 const PeopleInTarget* in_target = nullptr);

}  // namespace caseweave
