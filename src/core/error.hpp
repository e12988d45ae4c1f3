#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace caseweave {

/// Lists what the process can end with; README documents each.
enum class ExitCode : int {
    done = 0,
    failed = 1,
    usage = 2,        ///< wrong command line or settings; nothing was touched
    quarantined = 3,  ///< done, with rows in quarantine
    unbalanced = 4,   ///< source and target disagree; the report names the rows
    interrupted = 5,  ///< stopped cleanly, can be resumed
    try_later = 75,   ///< a lock is held or a source is away (EX_TEMPFAIL)
};

/// Says in a few words how a process ended.
std::string_view in_words(ExitCode code) noexcept;

/// Says which part of the world failed.
enum class ErrorKind {
    usage,        ///< command line or settings file
    source,       ///< a legacy system, its files or its interface
    unavailable,  ///< not reachable now; the same call may succeed later
    lost,         ///< the target went away under a run that had begun to write; the same call may succeed later
    integrity,    ///< checksum, manifest, control total, truncated file
    target,       ///< the integrated database
    locked,       ///< another run holds the target
    in_doubt,     ///< the outcome of a commit is unknown; read the ledger before deciding
    interrupted,  ///< the operator asked to stop
};

/// Reports that a source, file, database or setting failed: the one exception root.
///
/// what() is a sentence for an operator: what failed, where, and what to do. It never holds a value
/// from a record. Dirty data is not an Error; see Parsed and Reject.
class Error : public std::runtime_error {
  public:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

    ErrorKind kind() const noexcept { return kind_; }

    /// Tells whether the same call may succeed later without a change by the operator.
    bool retryable() const noexcept {
        return kind_ == ErrorKind::unavailable || kind_ == ErrorKind::lost || kind_ == ErrorKind::locked;
    }

    ExitCode exit_code() const noexcept;

  private:
    ErrorKind kind_;
};

/// Reports a settings problem with the place it stands at; exit code 2.
class SettingsError : public Error {
  public:
    /// `file`, 1-based `line` and `column`, then the sentence and what to do about it.
    SettingsError(const std::string& file, unsigned line, unsigned column, const std::string& message);
};

}  // namespace caseweave
