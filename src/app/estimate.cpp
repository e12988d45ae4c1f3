#include <fmt/format.h>

#include <array>
#include <optional>

#include "app/commands.hpp"
#include "app/people_files/estimate_report.hpp"
#include "app/people_files/reviewed_sample.hpp"
#include "app/writing/output_file.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

ExitCode run_estimate(const EstimateOptions& options) {
    std::optional<OutputFile> json;
    if (!options.json.empty()) json.emplace(options.json, std::array{options.sample, options.pairs});
    Progress progress(options.quiet);

    const ReviewedSample sample = read_reviewed_sample(options.sample);
    if (!options.pairs.empty()) require_drawn_from(sample, options.pairs, progress);

    if (json) {
        json->write(render_estimates_json(sample));
        json->finish();
    }
    // Where the JSON itself goes to the standard output, a program reads it.
    if (options.json != "-") fmt::print("{}", render_estimates(sample));
    return ExitCode::done;
}

}  // namespace caseweave
