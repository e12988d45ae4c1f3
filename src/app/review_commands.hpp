#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.hpp"

namespace caseweave {

/// Holds the options of the commands by which reviewers decide whose a record is.
struct ReviewCommands {
    ReviewListOptions list;
    ReviewShowOptions show;
    DecideOptions decide, withdraw, unmerge;
    bool verbose() const {
        return list.verbose || show.verbose || decide.verbose || withdraw.verbose || unmerge.verbose;
    }
};

/// Adds the commands by which reviewers decide. Parsing one sets `run` to what it does.
void add_review_commands(CLI::App& app, ReviewCommands& options, std::function<ExitCode()>& run);

}  // namespace caseweave
