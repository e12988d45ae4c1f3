#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace caseweave {

/// Options that every command has.
struct TalkOptions {
    bool verbose = false;
    bool quiet = false;
};

/// Options of every command that works on a state folder.
struct CommonOptions : TalkOptions {
    std::filesystem::path state = ".caseweave";
};

struct JobOptions : CommonOptions {
    std::filesystem::path job;
    std::map<std::string, std::string> inputs;
    std::filesystem::path metrics;    ///< of bulk and reconcile: file for a monitoring host to collect; empty: none
    std::filesystem::path decisions;  ///< of bulk: reviewers' decisions to link under; empty: none
};

}  // namespace caseweave
