#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace caseweave {

/// Lays out the folder that holds everything a run leaves behind (--state, by default .caseweave).
///
///     cluster        the private cluster (a link when the program runs as root)
///     sources/       the simulated county of `caseweave demo`
///     planned/       the simulated county of another night, while `plan --night` reads it
///     lock           held by the command that is at work here
///     command.toml   what the last migration was asked to do: what `reconcile` does again
///     decisions.csv  reviewers' decisions that the demo takes over when it loads the same county again
///     digest.key     what digests are keyed with that leave the target, in reports and packs; mode 0600
///     runs/<id>/     report.html, summary.json; the same in reconciliation/ after `reconcile`
///     runs/plan/     the same of the last plan
///     runs/refused/  the same of the last run that was refused before a row was loaded
class StateFolder {
  public:
    /// Makes the folder (mode 0700: it holds children's data) where it does not exist yet. @throws Error(usage), one
    /// sentence, where it cannot be made, read or written.
    explicit StateFolder(const std::filesystem::path& root);
    /// Opens the folder of an earlier run; makes nothing. @throws Error(usage), one sentence, where no command has left
    /// a migration or a cluster in it (a mistyped --state), or it cannot be read or written. @param advice what to do
    /// where it has seen no run, but for naming another folder.
    static StateFolder of_earlier_run(const std::filesystem::path& root,
                                      std::string_view advice = "load it with bulk or demo");

    /// Says that nothing was ever loaded here. @throws Error(usage).
    [[noreturn]] void refuse_as_unused(std::string_view advice = "load it with bulk or demo") const;

    const std::filesystem::path& root() const noexcept { return root_; }
    std::filesystem::path sources() const { return root_ / "sources"; }
    std::filesystem::path planned_sources() const { return root_ / "planned"; }
    std::filesystem::path command_file() const { return root_ / "command.toml"; }
    std::filesystem::path decisions_file() const { return root_ / "decisions.csv"; }
    std::filesystem::path digest_key_file() const { return root_ / "digest.key"; }
    /// Makes and returns runs/<id>.
    std::filesystem::path run(std::int64_t run_id) const;
    /// Makes and returns runs/refused.
    std::filesystem::path refused_run() const;
    /// Makes and returns runs/plan.
    std::filesystem::path plan() const;
    /// Makes and returns runs/<id>/reconciliation.
    std::filesystem::path reconciliation(std::int64_t run_id) const;

  private:
    StateFolder() = default;
    /// Keeps others out of the folder. @throws Error(usage) where this process cannot read and write it.
    void take_possession() const;
    void require_access() const;
    static std::filesystem::path make(const std::filesystem::path& folder);
    std::filesystem::path root_;
};

/// Keeps a second command from changing what lies in a state folder (the simulated county, its server, the cluster)
/// while one is at work there. Freed with the object, or with the process.
class StateLock {
  public:
    /// @param command what is running ("demo"), shown to whoever finds the folder held.
    /// @throws Error(locked) that names the holder.
    StateLock(const StateFolder& state, std::string_view command);
    StateLock(const StateLock&) = delete;
    StateLock& operator=(const StateLock&) = delete;
    ~StateLock();

  private:
    int descriptor_;
};

/// Writes a file so that it is there whole or not at all (temporary name, fsync, rename). @throws Error(usage).
void write_file_whole(const std::filesystem::path& file, std::string_view content);
/// Reads a whole file; nullopt when it is not there.
std::optional<std::string> read_file_whole(const std::filesystem::path& file);

}  // namespace caseweave
