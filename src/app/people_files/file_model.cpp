#include "app/people_files/file_model.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/shutdown.hpp"
#include "core/threads.hpp"
#include "link/model_file.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

std::string describe(const Training& training) {
    const TrainingReport& report = training.report;
    if (!report.enough) {
        return fmt::format("too few records of one person to train on: the weights are those that '{}' ships with\n",
                           training.model.name());
    }
    std::size_t used = 0;
    std::string doubts;
    for (const TrainingSession& session : report.sessions) {
        if (!session.used) continue;
        ++used;
        if (!session.converged) {
            doubts +=
                fmt::format("not converged after {} iterations: blocked by {} ({} still changed by {:.1e})\n",
                            session.iterations, session.blocked_by, session.largest_change_at, session.largest_change);
        }
    }
    return fmt::format(
               "trained on these records in {} session{}: {:.2f} other records of one person beside a record; links "
               "from "
               "probability {:.2f} on, estimated precision {:.4f}, recall {:.4f} of the pairs compared\n",
               used, used == 1 ? "" : "s", training.model.prior().partners, training.model.match_probability(),
               report.precision, report.recall) +
           doubts;
}

}  // namespace

std::filesystem::path start_model(const FileOptions& options) {
    return options.model.empty() ? home_folder() / "config" / "linkage" / "people.toml" : options.model;
}

LinkageModel load_start_model(const FileOptions& options, const PersonStore& store) {
    return model_for_file(LinkageModel::load(start_model(options)), store);
}

LinkProgress show_steps(Progress& progress) {
    return [&progress, step = std::string_view()](std::string_view now, std::size_t done, std::size_t total) mutable {
        if (now != step) progress.begin(step = now);
        progress.reach(done, total);
    };
}

PreparedPeople prepare_people(const FileOptions& options, const PersonStore& store, const LinkageModel& start,
                              Progress& progress) {
    const StopOnShutdown stop;
    PreparedPeople people(store, start, threads_to_use(options.threads), show_steps(progress), stop.token());
    progress.end();
    if (stop.token().stop_requested()) throw_stopped();
    return people;
}

FileModel choose_file_model(const LinkFilesOptions& options, const LinkageModel& start, PreparedPeople& people,
                            Progress& progress) {
    if (!options.model.empty() && !options.train) return {start, std::nullopt, ""};
    const StopOnShutdown stop;
    TrainingOptions how;
    how.threads = threads_to_use(options.threads);
    how.seed = options.seed;
    how.stop = stop.token();
    progress.begin("training");
    Training training = train_model(people, start, how);
    progress.add(people.store().size());
    progress.end();
    if (how.stop.stop_requested()) throw_stopped();
    std::string words = describe(training);
    return {std::move(training.model), std::move(training.report), std::move(words)};
}

}  // namespace caseweave
