#include "link/link.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <thread>

#include "app/cluster_file.hpp"
#include "app/commands.hpp"
#include "app/link_summary.hpp"
#include "app/people_files.hpp"
#include "pipeline/progress.hpp"
#include "pipeline/shutdown.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

/// Rows in quarantine that are listed one by one: what a person reads.
constexpr std::size_t kQuarantineLines = 20;

enum class Mode { dedupe, link, both };

Mode mode_of(const LinkFilesOptions& options) {
    if (options.mode == "link" && options.files.size() < 2)
        throw Error(ErrorKind::usage, "--mode link compares files with one another and needs two at least");
    if (options.mode == "link") return Mode::link;
    if (options.mode == "both") return Mode::both;
    if (options.mode == "dedupe") return Mode::dedupe;
    return options.files.size() == 1 ? Mode::dedupe : Mode::both;
}

/// Gives the model that the records are linked under.
///
/// Training on the files' own records belongs here (--train); until it does, asking for it is refused rather than
/// passed over.
LinkageModel choose_or_train_model(const LinkFilesOptions& options) {
    if (options.train)
        throw Error(ErrorKind::usage,
                    "--train: training is not in this build; leave it out to link with the model of "
                    "--model, or the one that ships");
    return LinkageModel::load(options.model.empty() ? home_folder() / "config" / "linkage" / "default.toml"
                                                    : options.model);
}

PeopleFilesRequest request_of(const LinkFilesOptions& options, Mode mode) {
    PeopleFilesRequest request;
    request.files = options.files;
    request.columns = parse_people_columns(options.columns);
    request.form = {options.separator, options.encoding};
    request.as_one_source = mode == Mode::dedupe;
    return request;
}

LinkResult link_files(const PersonStore& store, const LinkageModel& model, const LinkFilesOptions& options, Mode mode,
                      Progress& progress) {
    const StopOnShutdown stop;
    LinkOptions how;
    how.threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    how.stop = stop.token();
    if (mode == Mode::link) {
        for (std::uint16_t i = 0; i < store.systems(); ++i) how.unique_systems.push_back(SystemId{i});
    }
    std::string_view step;
    how.progress = [&](std::string_view now, std::size_t done, std::size_t total) {
        if (now != step) progress.begin(step = now);
        progress.reach(done, total);
    };
    LinkResult linked = link_people(store, model, how);
    progress.end();
    if (linked.interrupted) throw_stopped();
    return linked;
}

}  // namespace

ExitCode run_link(const LinkFilesOptions& options) {
    const auto started = std::chrono::steady_clock::now();
    const Mode mode = mode_of(options);
    const PeopleFilesRequest request = request_of(options, mode);
    const LinkageModel model = choose_or_train_model(options);
    const CanonicalSchema schema = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    OutputFile clusters(options.output);
    Progress progress(options.quiet);

    const PeopleFromFiles people = read_people_files(schema, request, progress);
    const LinkResult linked = link_files(people.store, model, options, mode, progress);
    write_clusters(clusters, people, linked);
    clusters.finish();

    fmt::print(stderr, "{}", list_quarantine(people.files, kQuarantineLines));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (!options.quiet) fmt::print(stderr, "{}", summarise_link(people, linked, seconds));
    const bool all_taken = std::all_of(people.files.begin(), people.files.end(),
                                       [](const PeopleFileReading& file) { return file.quarantined.empty(); });
    return all_taken ? ExitCode::done : ExitCode::quarantined;
}

}  // namespace caseweave
