#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "core/error.hpp"

namespace caseweave {

/// Options that every command has.
struct CommonOptions {
    std::filesystem::path state = ".caseweave";
    bool verbose = false;
    bool quiet = false;
};

struct DemoOptions : CommonOptions {
    std::string scale = "demo";
    std::uint64_t seed = 1;
};

struct JobOptions : CommonOptions {
    std::filesystem::path job;
    std::map<std::string, std::string> inputs;
};

struct ViewOptions : CommonOptions {
    std::string first, second;  ///< ids as typed
    std::string role = "data_quality";
    std::string purpose;
};

struct TargetOptions : CommonOptions {
    bool stop = false;
};

// One command a file; each reads as a table of contents.
ExitCode run_demo(const DemoOptions& options);
ExitCode run_check(const JobOptions& options);
ExitCode run_bulk(const JobOptions& options);
ExitCode run_reconcile(const JobOptions& options);
ExitCode run_explain(const ViewOptions& options);
ExitCode run_child(const ViewOptions& options);
ExitCode run_target(const TargetOptions& options);

}  // namespace caseweave
