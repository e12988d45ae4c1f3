#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "canonical/schema.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/field_quality.hpp"
#include "reconcile/linkage_account.hpp"
#include "reconcile/quality_check.hpp"

namespace caseweave {

/// Counts one source entity's rows, as the ledger closed them.
struct EntityBalance {
    std::string system, entity;
    std::uint64_t read = 0, placed = 0, unchanged = 0, duplicate_in_source = 0, quarantined = 0, excluded = 0;
    std::uint64_t field_issues = 0, emitted = 0, inserted = 0, updated = 0, kept = 0, deleted = 0;
    bool balanced = false;
    std::string digest_source, digest_target;  ///< keyed, as every digest that leaves the target: never a bare one
    bool reads_again = false;  ///< its rows are those of an entity in front of it: a file that says two things
};

/// Counts the rows that the sources hold, each once; what is read, placed or excluded counts it for each entity.
std::uint64_t rows_in_sources(const std::vector<EntityBalance>& entities) noexcept;

struct NamedCount {
    std::string system, name;
    std::uint64_t count = 0;
};

/// Says why one system kept a run from loading anything, and what to try.
struct RefusedSource {
    std::string system;
    std::string entity;  ///< "" where it concerns the whole system, or a file that several entities read
    std::string what;    ///< an Error's sentence
    std::string advice;
};

/// Holds linkage figures that only a run with known truth has.
struct TruthFigures {
    std::string path;
    double precision = 0, recall = 0, f1 = 0;
};

/// Counts what must not happen, hazard by hazard.
struct HazardFigures {
    std::uint64_t sealed_pairs_linked = 0;  ///< with truth: against it; without: across declared seals
    std::uint64_t twins_merged = 0;
    std::uint64_t twin_pairs = 0;
    std::uint64_t restricted_opened = 0;  ///< rows of shielded persons that an ordinary reader could see
};

/// Says what a nightly run changed.
struct NightFigures {
    bool applied = true;                                          ///< false: a plan, which changed nothing
    std::uint64_t rows_new = 0, rows_changed = 0, rows_gone = 0;  ///< source rows
    std::uint64_t golden_records = 0;                             ///< persons whose golden record differs
    std::uint64_t records_moved = 0;                              ///< person records that are another's now, or gone
    std::uint64_t rows_moved = 0;                                 ///< rows of records and cases that moved with them
    std::uint64_t rows_reshielded = 0;                            ///< rows that need another clearance
    std::map<std::string, std::uint64_t> identity_events;         ///< kind -> persons
};

/// Times of the stages, in seconds. Extract and normalise are summed over the threads that read: these work side by
/// side, and in the load pass while the target is written. Stages overlap, so they do not add up to the total.
struct StageSeconds {
    double extract = 0, normalise = 0, link = 0, consolidate = 0, load = 0, reconcile = 0, total = 0;
};

/// Holds everything the report and summary.json say. Counts only: no name, key or value of a person.
struct RunReport {
    std::string command, job, status;
    int exit_code = 0;
    std::int64_t run_id = 0;
    std::optional<std::uint64_t> seed;
    std::string started;
    std::vector<EntityBalance> entities;        ///< in job order
    std::map<std::string, std::string> titles;  ///< system -> its title
    std::uint64_t source_records = 0, children = 0, unborn = 0, adults = 0, review_pairs = 0, shielded_pairs = 0;
    std::uint64_t children_before = 0;      ///< source records of children and unborn
    std::vector<NamedCount> quarantine;     ///< system, reason
    std::vector<NamedCount> issues;         ///< system, rule
    std::vector<NamedCount> within_system;  ///< system, "": records beyond the first of a person in the same system
    std::map<std::pair<std::string, std::string>, std::uint64_t> known_to_both;  ///< persons two systems share
    std::map<std::uint64_t, std::uint64_t> cluster_sizes;                        ///< records of a person -> persons
    std::vector<FieldQuality> quality;         ///< lines in the order a page shows them
    std::vector<QualityResult> quality_rules;  ///< of reconcile, in the order of their file
    std::vector<std::string>
        source_notes;  ///< columns that no mapping names ("system entity column") and files refused by name
    std::vector<std::string> systems_left_out;   ///< systems of the job that failed their checks and were not loaded
    std::vector<std::string> systems_unchanged;  ///< that delivered what they had, and were not read
    std::uint64_t entities_in_part = 0;          ///< source entities that were read from their watermark on
    std::vector<RefusedSource> refusals;     ///< of a run that was refused before a row was loaded; it has no run_id
    std::vector<std::string> sound_systems;  ///< of such a run: those that passed their checks
    std::uint64_t differences = 0;           ///< rows that reconciliation named
    std::optional<TruthFigures> truth;
    std::optional<HazardFigures> hazards;   ///< measured by runs that link
    std::optional<LinkageAccount> linkage;  ///< likewise
    std::optional<NightFigures> night;      ///< of nightly and plan
    StageSeconds seconds;
    std::uint64_t peak_rss_bytes = 0;
    std::filesystem::path summary;  ///< summary.json; "" while it is not written

    bool balanced() const noexcept;
    bool refused() const noexcept { return !refusals.empty(); }
};

/// Fills what the target itself knows of a run: counts, quarantine, issues, clusters, completeness. @param loader reads
/// all.
void collect_from_target(TargetConnection& loader, const CanonicalSchema& canonical, RunReport& report);

/// Writes one self-contained HTML page: no network, no script, inline SVG; cells from 1 to 4 are shown as "<5" and
/// cannot be computed from the rest of the page.
std::string render_html(const RunReport& report);

/// Writes summary.json; README documents its members.
std::string render_summary_json(const RunReport& report);

}  // namespace caseweave
