#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.hpp"

namespace caseweave {

/// Holds the options of the commands on runs and on what they put aside.
struct RunCommands {
    RunsOptions runs;
    QuarantineOptions list, show, rows;
    bool verbose() const { return runs.verbose || list.verbose || show.verbose || rows.verbose; }
};

/// Holds the options of the commands on signed packs.
struct PackCommands {
    PackOptions pack;
    PackKeyOptions key;
    VerifyOptions verify;
};

// Parsing a command sets `run` to what it does.

void add_runs_commands(CLI::App& app, RunsOptions& options, std::function<ExitCode()>& run);
void add_quarantine_commands(CLI::App& app, RunCommands& options, std::function<ExitCode()>& run);
void add_pack_commands(CLI::App& app, PackCommands& options, std::function<ExitCode()>& run);

}  // namespace caseweave
