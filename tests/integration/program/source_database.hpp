#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

struct sqlite3;

namespace caseweave::testing {

/// Owns an SQLite database of the simulated county.
class SourceDatabase {
  public:
    explicit SourceDatabase(const std::filesystem::path& file);
    SourceDatabase(const SourceDatabase&) = delete;
    SourceDatabase& operator=(const SourceDatabase&) = delete;
    ~SourceDatabase();

    /// @return rows changed.
    int run(const std::string& sql);
    std::vector<std::string> column(const std::string& sql);

    /// Changes about one row in thirty of every table: values exchanged for another row's, rows deleted, rows copied
    /// under a new key. Whatever comes of it (orphans, key conflicts, impossible values) is a night's to cope with.
    void change_at_random(std::uint64_t seed);

  private:
    sqlite3* database_ = nullptr;
};

}  // namespace caseweave::testing
