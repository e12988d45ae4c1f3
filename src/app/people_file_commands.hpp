#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "app/commands.hpp"

namespace caseweave {

// The commands on files of people, each with its options. Parsing one sets `run` to what it does.

void add_train_command(CLI::App& app, LinkFilesOptions& options, std::function<ExitCode()>& run);
void add_link_command(CLI::App& app, LinkFilesOptions& options, std::function<ExitCode()>& run);
void add_blocking_command(CLI::App& app, BlockingOptions& options, std::function<ExitCode()>& run);
void add_score_command(CLI::App& app, ScoreOptions& options, std::function<ExitCode()>& run);
void add_evaluate_command(CLI::App& app, EvaluateOptions& options, std::function<ExitCode()>& run);
void add_sample_command(CLI::App& app, SampleOptions& options, std::function<ExitCode()>& run);
void add_estimate_command(CLI::App& app, EstimateOptions& options, std::function<ExitCode()>& run);

}  // namespace caseweave
