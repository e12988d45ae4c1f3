#include "link/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>

#include "app/commands.hpp"
#include "app/people_files/cluster_file.hpp"
#include "app/people_files/file_model.hpp"
#include "app/people_files/link_mode.hpp"
#include "app/people_files/link_summary.hpp"
#include "app/people_files/people_files.hpp"
#include "core/shutdown.hpp"
#include "core/stopwatch.hpp"
#include "core/threads.hpp"
#include "pipeline/progress.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

LinkOptions link_options(const LinkFilesOptions& options, LinkMode mode, const PersonStore& store) {
    LinkOptions how;
    how.threads = threads_to_use(options.threads);
    how.weigh_every_pair = false;
    how.keep_pairs = !options.pairs_output.empty();
    if (mode == LinkMode::link) {
        for (std::uint16_t i = 0; i < store.systems(); ++i) how.unique_systems.push_back(SystemId{i});
    }
    return how;
}

LinkResult link_files(PreparedPeople& people, const LinkageModel& model, LinkOptions how, Progress& progress) {
    const StopOnShutdown stop;
    how.stop = stop.token();
    how.progress = show_steps(progress);
    LinkResult linked = link_people(people, model, how);
    progress.end();
    if (linked.interrupted) throw_stopped();
    return linked;
}

}  // namespace

ExitCode run_link(const LinkFilesOptions& options) {
    const auto started = SteadyClock::now();
    const LinkMode mode = mode_of(options);
    const PeopleFilesRequest request = request_of(options, mode);
    const CanonicalSchema schema = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    OutputFile clusters(options.output, options.files);
    std::optional<OutputFile> pairs;
    if (!options.pairs_output.empty()) pairs.emplace(options.pairs_output, options.files);
    Progress progress(options.quiet);

    const PeopleFromFiles people = read_people_files(schema, request, progress);
    const LinkageModel start = load_start_model(options, people.store);
    PreparedPeople prepared = prepare_people(options, people.store, start, progress);
    const FileModel model = choose_file_model(options, start, prepared, progress);
    const LinkOptions how = link_options(options, mode, people.store);
    const LinkResult linked = link_files(prepared, model.model, how, progress);
    write_clusters(clusters, people, linked);
    if (pairs) write_pairs(*pairs, people, linked, model.model, how, mode == LinkMode::link);
    clusters.finish();
    if (pairs) pairs->finish();

    const double seconds = seconds_since(started);
    tell_quarantine(people.files);
    if (!options.quiet) fmt::print(stderr, "{}", summarise_link(people, model, linked, seconds));
    return people.all_rows_taken() ? ExitCode::done : ExitCode::quarantined;
}

}  // namespace caseweave
