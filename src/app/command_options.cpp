#include "app/command_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "settings/toml_table.hpp"

namespace caseweave {

void add_talk(CLI::App& command, TalkOptions& options) {
    command.add_flag("--verbose", options.verbose, "Say more");
    command.add_flag("--quiet", options.quiet, "No progress");
}

void add_common(CLI::App& command, CommonOptions& options) {
    command.add_option("--state", options.state, "Folder for the cluster, runs and reports")->capture_default_str();
    add_talk(command, options);
}

void add_metrics(CLI::App& command, JobOptions& options) {
    command.add_option("--metrics", options.metrics,
                       "File to write at the end, however it ends: OpenMetrics text for node_exporter's textfile "
                       "collector (*.prom)");
}

void add_job(CLI::App& command, JobOptions& options, bool required) {
    auto* job = command.add_option("--job", options.job, "Job file (config/*.toml)");
    if (required) job->required();
    command
        .add_option_function<std::vector<std::string>>(
            "--input",
            [&options](const std::vector<std::string>& inputs) {
                for (const std::string& input : inputs) {
                    const std::size_t equals = input.find('=');
                    if (equals == std::string::npos || equals == 0)
                        throw CLI::ValidationError("--input", "takes NAME=PATH, not " + input);
                    options.inputs[input.substr(0, equals)] = input.substr(equals + 1);
                }
            },
            "File or folder of a system that takes one: NAME=PATH (may be given several times)")
        ->take_all();
}

CLI::Option* add_role(CLI::App& command, std::string& role) {
    return command
        .add_option("--as", role, "social_care, education, youth_justice, data_quality, restricted or sealed")
        ->capture_default_str();
}

CLI::Validator one_of(std::vector<std::string> words) {
    const std::string known = fmt::format("{}", fmt::join(words, ", "));
    return {[words = std::move(words), known](const std::string& text) {
                if (std::ranges::find(words, text) != words.end()) return std::string();
                const std::string nearest = nearest_word(text, words);
                return fmt::format("there is no \"{}\", only {}{}", text, known,
                                   nearest.empty() ? "" : fmt::format(". Did you mean \"{}\"?", nearest));
            },
            "{" + known + "}"};
}

}  // namespace caseweave
