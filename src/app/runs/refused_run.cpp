#include "app/runs/refused_run.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "app/runs/run_account.hpp"
#include "core/log.hpp"

namespace caseweave {

namespace {

std::string_view advice_on(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::integrity:
            return "Have the delivery exported and sent again, whole and with its manifest; then start the run again.";
        case ErrorKind::unavailable:
            return "Start the run again when the system answers. Until then look at the address in the job, the "
                   "network, and whether its share is mounted.";
        case ErrorKind::usage:
            return "Correct the job or the connector's settings; caseweave check says when they are right.";
        default:
            return "Ask whoever keeps the system; look at the login, its rights and the certificate named in the job. "
                   "caseweave check says when it is right.";
    }
}

/// @throws what the check itself threw where that is no Error: the caller cannot know what it means.
RefusedSource refusal_of(const SystemHealth& system) {
    try {
        std::rethrow_exception(system.failure);
    } catch (const SourceError& error) {
        return {system.system, error.entity(), error.what(), std::string(advice_on(error.kind()))};
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::interrupted) throw;
        return {system.system, "", error.what(), std::string(advice_on(error.kind()))};
    }
}

int exit_code_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const Error& error) {
        return static_cast<int>(error.exit_code());
    }
}

}  // namespace

void refuse_run(const Workplace& workplace, RunReport& report, const std::vector<SystemHealth>& health) {
    std::exception_ptr first;
    for (const SystemHealth& system : health) {
        if (!system.failure) {
            report.sound_systems.push_back(system.system);
            continue;
        }
        report.refusals.push_back(refusal_of(system));
        if (first)
            log::error("{}", report.refusals.back().what);  // main tells the first
        else
            first = system.failure;
    }
    for (const JobSystem& system : workplace.sources.systems())
        report.titles[system.definition->name] = system.definition->title;
    report.status = "refused";
    report.exit_code = exit_code_of(first);
    report.summary = write_report(workplace.state->refused_run(), report, {});
    fmt::print("\nREFUSED: nothing was loaded; {} of {} systems did not pass their checks\n\nreport: {}\nsummary: {}\n",
               report.refusals.size(), health.size(), (report.summary.parent_path() / "report.html").string(),
               report.summary.string());
    std::fflush(stdout);  // before main says on stderr what was wrong
    std::rethrow_exception(first);
}

}  // namespace caseweave
