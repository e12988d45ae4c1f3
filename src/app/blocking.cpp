#include <fmt/format.h>

#include <optional>

#include "app/commands.hpp"
#include "app/people_files/blocking_columns.hpp"
#include "app/people_files/blocking_report.hpp"
#include "app/people_files/file_model.hpp"
#include "app/people_files/link_mode.hpp"
#include "app/people_files/link_summary.hpp"
#include "app/people_files/people_files.hpp"
#include "app/people_files/record_entities.hpp"
#include "app/writing/output_file.hpp"
#include "core/shutdown.hpp"
#include "core/threads.hpp"
#include "link/blocking_yield.hpp"
#include "pipeline/progress.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

std::vector<RuleYield> count_yield(const PreparedPeople& people, const LinkageModel& model, BlockingYieldOptions how,
                                   Progress& progress) {
    const StopOnShutdown stop;
    how.stop = stop.token();
    how.progress = show_steps(progress);
    std::vector<RuleYield> yields = count_blocking_yield(people, model, how);
    progress.end();
    if (how.stop.stop_requested()) throw_stopped();
    return yields;
}

BlockingReport report_of(const PeopleFromFiles& people, const LinkageModel& model,
                         const std::vector<RuleYield>& yields) {
    BlockingReport report;
    report.model = model.name();
    report.records = people.store.size();
    for (std::size_t i = 0; i < yields.size(); ++i) {
        const BlockingRule& rule = model.blocking()[i];
        report.rules.push_back({rule.name, has_columns_of(rule, model, people.columns), yields[i]});
    }
    return report;
}

}  // namespace

ExitCode run_blocking(const BlockingOptions& options) {
    const LinkMode mode = mode_of(options);
    const PeopleFilesRequest request = request_of(options, mode);
    const CanonicalSchema schema = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    std::vector<std::filesystem::path> inputs = options.files;
    if (!options.truth.empty()) inputs.push_back(options.truth);
    OutputFile output(options.output, inputs);
    Progress progress(options.quiet);

    const PeopleFromFiles people = read_people_files(schema, request, progress);
    std::optional<RecordEntities> truth;
    if (!options.truth.empty()) truth = read_record_entities(options.truth, people, progress);
    const LinkageModel model = load_start_model(options, people.store);
    const PreparedPeople prepared = prepare_people(options, people.store, model, progress);

    BlockingYieldOptions how;
    how.threads = threads_to_use(options.threads);
    how.across_systems = mode == LinkMode::link;
    if (truth) how.entities = truth->of_row;
    BlockingReport report = report_of(people, model, count_yield(prepared, model, how, progress));
    report.across_files = how.across_systems;
    if (truth) {
        report.truth = {options.truth.filename().string(),
                        count_true_pairs(people.store, truth->of_row, how.across_systems), truth->known,
                        truth->only_in_truth};
    }
    output.write(options.format == "json" ? render_blocking_json(report) : render_blocking(report));
    output.finish();

    tell_quarantine(people.files);
    if (!options.quiet) fmt::print(stderr, "{}", summarise_values(people.files));
    return people.all_rows_taken() ? ExitCode::done : ExitCode::quarantined;
}

}  // namespace caseweave
