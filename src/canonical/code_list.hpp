#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace caseweave {

/// Says what a code tells of the person, least first: nothing, that they would not say, or something.
enum class CodeMeaning : std::uint8_t { not_known, refused, known };

/// Holds one list of codes: canonical (code -> label) or a connector's (source code -> canonical code).
///
/// CSV with a header: `code,label[,meaning]` for canonical lists under schemas/canonical/codes, where meaning is
/// not_known, refused or "" (known), `source,canonical[,valid_from,valid_to]` for the lists under
/// connectors/<system>/codes, where the last two are years of the return, both included, "" for no bound. Codes compare
/// without regard to ASCII case and surrounding blanks.
class CodeList {
  public:
    /// Reads a list. With a `year` only the codes of that year count; 0 takes all, which a list that says a code twice
    /// for different years refuses with SettingsError; so is a meaning that is none.
    static CodeList load(const std::filesystem::path& file, int year = 0);

    /// Returns the second column for a code, or nullptr.
    const std::string* find(std::string_view code) const;
    const std::map<std::string, std::string, std::less<>>& entries() const noexcept { return entries_; }

    /// Returns the code as the list writes it (its own spelling), or nullptr.
    const std::string* spelling(std::string_view code) const;

    /// Returns what a code tells; CodeMeaning::known also for a code the list lacks.
    CodeMeaning meaning(std::string_view code) const;

  private:
    std::map<std::string, std::string, std::less<>> entries_;    // upper-cased code -> second column
    std::map<std::string, std::string, std::less<>> spellings_;  // upper-cased code -> code as written
    std::map<std::string, CodeMeaning, std::less<>> meanings_;   // upper-cased code -> meaning, known left out
};

}  // namespace caseweave
