#include "conformance/readme_promises.hpp"

#include <fstream>
#include <regex>
#include <stdexcept>

namespace caseweave::conformance {

ReadmePromises read_promises(const std::filesystem::path& readme) {
    static const std::regex planted("- planted: `([a-z0-9_]+)` ([a-z_]+) ([0-9]+)");
    static const std::regex excused("- not_in_testdata: `([a-z0-9_]+ -> [a-z0-9_]+ \\[[0-9]+\\])`: (.+)");
    ReadmePromises promises;
    std::ifstream in(readme);
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("## ")) inside = line == "## Test data";
        if (!inside || !line.starts_with("- ")) continue;
        std::smatch match;
        if (std::regex_match(line, match, planted)) {
            promises.planted[{match[1], match[2]}] = static_cast<unsigned>(std::stoul(match[3]));
        } else if (std::regex_match(line, match, excused)) {
            promises.not_in_testdata[match[1]] = match[2];
        } else {
            throw std::runtime_error(readme.string() + ": not a promise about the test data: " + line);
        }
    }
    return promises;
}

}  // namespace caseweave::conformance
