#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace caseweave::conformance {

/// What a connector's README promises about its testdata/, in the list under its heading "## Test data":
///
///     - planted: `entity` reason count
///     - not_in_testdata: `entity -> canonical entity [n]`: why (n: which of the entity's emits to it, from 0)
struct ReadmePromises {
    std::map<std::pair<std::string, std::string>, unsigned> planted;  ///< entity and reject reason -> rows
    std::map<std::string, std::string> not_in_testdata;               ///< emit -> why
};

/// Reads them. @throws std::runtime_error at a line of the section that is neither.
ReadmePromises read_promises(const std::filesystem::path& readme);

}  // namespace caseweave::conformance
