#include "connectors/transports/delivered_names.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <cstddef>

#include "core/ascii.hpp"
#include "text/similarity.hpp"

namespace caseweave {

namespace {

// Two slips in a name of this many letters are still the name; in a shorter one they make another word.
constexpr std::size_t kLongName = 6;
// An abbreviation has a third of the name's letters ("prevperm"); with fewer anything is one.
constexpr std::size_t kLettersOfOneAbbreviated = 3;
constexpr std::size_t kShortestAbbreviation = 3;

/// What is compared of a name or glob: ASCII letters in lower case and digits; of other scripts every byte.
std::string letters_of(std::string_view text) {
    std::string letters;
    for (const char c : text) {
        if (ascii::is_letter(c) || ascii::is_digit(c) || static_cast<unsigned char>(c) >= 0x80)
            letters += ascii::to_lower(c);
    }
    return letters;
}

std::string without_digits(std::string letters) {
    std::erase_if(letters, ascii::is_digit);
    return letters;
}

bool is_abbreviation(std::string_view shorter, std::string_view name) {
    if (shorter.size() < kShortestAbbreviation || shorter.size() * kLettersOfOneAbbreviated < name.size() ||
        shorter.front() != name.front())
        return false;
    std::size_t at = 0;
    for (const char c : name) at += at < shorter.size() && shorter[at] == c ? 1U : 0U;
    return at == shorter.size();
}

struct NameParts {
    explicit NameParts(std::string_view name)
        : stem(letters_of(name.substr(0, name.rfind('.')))),
          extension(name.rfind('.') == name.npos ? "" : letters_of(name.substr(name.rfind('.')))) {}
    std::string stem, extension;
};

bool is_near(const NameParts& name, const NameParts& resource) {
    if (name.stem.empty() || text::osa_distance(name.extension, resource.extension, 1) > 1) return false;
    const std::string words = without_digits(name.stem);
    if (!words.empty() && words == without_digits(resource.stem)) return true;
    const std::size_t slips = resource.stem.size() < kLongName ? 1 : 2;
    return text::osa_distance(name.stem, resource.stem, slips) <= slips || is_abbreviation(name.stem, resource.stem);
}

}  // namespace

bool is_delivered_as(const std::string& glob, const std::string& name) {
    return ::fnmatch(glob.c_str(), name.c_str(), FNM_PERIOD | FNM_CASEFOLD) == 0;
}

std::string probably_meant(std::string_view name, const std::vector<std::string>& resources) {
    std::string nearest;
    std::size_t nearest_distance = 0;
    for (const std::string& resource : resources) {
        const bool is_glob = resource.find_first_of("*?[") != resource.npos;
        NameParts delivered(name);
        if (is_glob) delivered.stem = without_digits(delivered.stem);  // a glob leaves the date or number open
        const NameParts wanted(resource);
        if (!is_near(delivered, wanted)) continue;
        const std::size_t distance = text::osa_distance(delivered.stem, wanted.stem);
        if (!nearest.empty() && distance >= nearest_distance) continue;
        nearest = resource;
        nearest_distance = distance;
    }
    return nearest;
}

}  // namespace caseweave
