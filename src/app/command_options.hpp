#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "app/commands.hpp"

namespace caseweave {

// Options that several commands have, alike in each.

void add_talk(CLI::App& command, TalkOptions& options);
void add_common(CLI::App& command, CommonOptions& options);
/// Adds what the commands have that a schedule starts.
void add_metrics(CLI::App& command, JobOptions& options);
void add_job(CLI::App& command, JobOptions& options, bool required);
CLI::Option* add_role(CLI::App& command, std::string& role);

/// Makes the check of an option that takes one of a few words: another is refused with the nearest of them.
CLI::Validator one_of(std::vector<std::string> words);

}  // namespace caseweave
