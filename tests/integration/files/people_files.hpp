#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "integration/program/program.hpp"
#include "support/temporary_folder.hpp"

namespace caseweave::testing {

/// Heads a file of people that most tests write.
inline const std::string kPeopleHeader = "unique_id,first_name,surname,dob\n";

/// Splits CSV that a command wrote into rows of fields, without the header.
std::vector<std::vector<std::string>> csv_rows(std::string_view text);

/// Owns a folder with files of people and runs commands on them.
class PeopleFolder {
  public:
    /// Writes a file and returns its path.
    std::string write(const std::string& name, std::string_view text) const;
    std::string path(const std::string& name) const { return (folder_.path() / name).string(); }
    bool has(const std::string& name) const { return std::filesystem::exists(folder_.path() / name); }
    std::string text(const std::string& name) const { return text_of(folder_.path() / name); }
    /// Names of all files in the folder, sorted.
    std::vector<std::string> names() const;

  private:
    TemporaryFolder folder_;
};

/// Holds what `caseweave link` wrote.
class Clusters {
  public:
    explicit Clusters(std::string_view csv);
    std::size_t size() const noexcept { return rows_.size(); }
    const std::vector<std::vector<std::string>>& rows() const noexcept { return rows_; }
    /// Tells whether two records, named "source:id", are one person.
    bool together(const std::string& a, const std::string& b) const { return of_.at(a) == of_.at(b); }
    std::size_t count() const;  ///< of clusters

  private:
    std::vector<std::vector<std::string>> rows_;
    std::map<std::string, std::string> of_;
};

}  // namespace caseweave::testing
