#include <fmt/format.h>

#include <array>
#include <optional>

#include "app/commands.hpp"
#include "app/people_files/evaluated_records.hpp"
#include "app/people_files/evaluation_report.hpp"
#include "app/writing/output_file.hpp"
#include "pipeline/progress.hpp"

namespace caseweave {

ExitCode run_evaluate(const EvaluateOptions& options) {
    std::optional<OutputFile> json;
    if (!options.json.empty()) json.emplace(options.json, std::array{options.clusters, options.truth, options.groups});
    Progress progress(options.quiet);

    const EvaluatedRecords records =
        read_evaluated_records(options.clusters, options.truth, {options.by, options.groups}, progress);
    if (options.across_sources && !records.sources_known)
        throw Error(ErrorKind::usage, "--pairs-across-sources: neither file has a column \"source\"");
    EvaluationReport report = evaluate_records(records, options.across_sources);
    report.clusters_file = options.clusters.filename().string();
    report.truth_file = options.truth.filename().string();
    report.groups_file = options.groups.filename().string();

    if (json) {
        json->write(render_evaluation_json(report));
        json->finish();
    }
    // Where the JSON itself goes to the standard output, a program reads it.
    if (options.json != "-") fmt::print("{}", render_evaluation(report));
    return ExitCode::done;
}

}  // namespace caseweave
