#include <fmt/core.h>

#include "app/books/run_comparison.hpp"
#include "app/commands.hpp"
#include "app/deciding/deciding.hpp"
#include "app/job/viewer.hpp"

namespace caseweave {

namespace {

/// Holds a target whose books are looked at: as the loader, which counts every row, since a count that left out what
/// one role may not see would not balance. No key and no value is read.
struct OpenedBooks {
    explicit OpenedBooks(const std::filesystem::path& folder)
        : state(StateFolder::of_earlier_run(folder)),
          viewed(open_for_viewing(state)),
          loader(viewed->target.connect()) {
        if (loader.execute("SELECT to_regclass('lineage.run')").is_null(0, 0)) state.refuse_as_unused();
    }
    RunBooks run(const std::string& id) { return read_run(loader, state, parse_number(id, "a run")); }

    StateFolder state;
    std::unique_ptr<ViewedTarget> viewed;
    TargetConnection loader;
};

}  // namespace

ExitCode run_runs(const RunsOptions& options) {
    OpenedBooks books(options.state);
    const auto runs = read_runs(books.loader, books.state);
    fmt::print("{}", options.json() ? render_runs_json(runs) : render_runs(runs));
    return ExitCode::done;
}

ExitCode run_runs_show(const RunsOptions& options) {
    OpenedBooks books(options.state);
    const RunBooks run = books.run(options.first);
    fmt::print("{}", options.json() ? render_run_json(run) : render_run(run));
    return ExitCode::done;
}

ExitCode run_runs_compare(const RunsOptions& options) {
    OpenedBooks books(options.state);
    const RunBooks first = books.run(options.first);
    const RunBooks second =
        options.other_state.empty() ? books.run(options.second) : OpenedBooks(options.other_state).run(options.second);
    const RunComparison comparison = compare_runs(first, second);
    fmt::print("{}", options.json() ? render_comparison_json(comparison) : render_comparison(comparison));
    return ExitCode::done;
}

}  // namespace caseweave
