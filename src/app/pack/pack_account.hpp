#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "app/books/run_books.hpp"
#include "app/job/job_sources.hpp"
#include "app/job/viewer.hpp"
#include "app/pack/mapping_document.hpp"
#include "attest/keyed_digest.hpp"
#include "canonical/row_digest.hpp"
#include "pipeline/progress.hpp"
#include "reconcile/run_report.hpp"

namespace caseweave {

/// One control total: rows and their digest, as sent to the target and as read back from it.
struct ControlTotal {
    TallyKey key;
    std::uint64_t rows_sent = 0, rows_found = 0;
    std::string digest_sent, digest_found;  ///< keyed: HMAC-SHA-256 over entity, rows and sum of the row digests
    bool agrees() const noexcept { return digest_sent == digest_found; }
};

/// Counts reviewers' decisions of one kind.
struct DecisionCount {
    std::string command, verdict, state;  ///< state: "in force", "waits for the next run", "superseded", "withdrawn"
    std::uint64_t decisions = 0;
};

/// Holds all that a reconciliation pack says. Counts and keyed digests only: no name, key or value of a person. Counts
/// are exact: the pages and tables suppress them.
struct PackAccount {
    RunReport report;  ///< of the newest run that loaded; its digests are keyed
    std::string target;
    std::vector<ControlTotal> totals;
    std::vector<std::string> unprotected;  ///< what of the target's protection is not as this program makes it
    std::vector<RunBooks> runs;            ///< newest first
    std::vector<DecisionCount> decisions;
    std::map<std::string, std::uint64_t> open_pairs;  ///< for review, by reason; those near a restricted record apart
    std::uint64_t open_shielded_pairs = 0;
    std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> quarantine;  ///< system, entity, reason
    MappingDocument mapping;
};

/// Reads the target as it stands, in one snapshot, while no run may change it: the balance, every row read back and
/// digested, what protects it, decisions, quarantine, coverage. Reads no source.
///
/// @param reader bound by the role the pack is made for: decisions and pairs for review are counted as it sees them.
/// @param key what digests are keyed with. @throws Error(locked) when a run is at work, Error(usage) when none has
/// ended.
PackAccount read_pack_account(const StateFolder& state, const ViewedTarget& viewed, JobSources& sources,
                              TargetConnection& reader, const DigestKey& key, Progress& progress);

}  // namespace caseweave
