#include "canonical/name_words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace caseweave {

namespace {

/// What names shorten, as people write it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 19> kAbbreviations = {
    {{"cin", "CIN"},
     {"cla", "CLA"},
     {"cp", "CP"},
     {"ehc", "EHC"},
     {"email", "e-mail"},
     {"iro", "IRO"},
     {"la", "LA"},
     {"neet", "NEET"},
     {"nhs", "NHS"},
     {"pep", "PEP"},
     {"pnc", "PNC"},
     {"sdq", "SDQ"},
     {"sen", "SEN"},
     {"send", "SEND"},
     {"uln", "ULN"},
     {"upn", "UPN"},
     {"uprn", "UPRN"},
     {"urn", "URN"},
     {"section47", "section 47"}}};

}  // namespace

std::string name_in_words(std::string_view name) {
    std::string words;
    while (!name.empty()) {
        std::string_view word = name.substr(0, name.find('_'));
        name.remove_prefix(std::min(name.size(), word.size() + 1));
        const auto* const known =
            std::ranges::find(kAbbreviations, word, [](const auto& entry) { return entry.first; });
        if (known != kAbbreviations.end()) word = known->second;
        words += (words.empty() ? "" : " ") + std::string(word);
    }
    return words;
}

}  // namespace caseweave
