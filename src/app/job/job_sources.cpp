#include "app/job/job_sources.hpp"

#include <algorithm>
#include <thread>

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/shutdown.hpp"
#include "extract/registry.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

/// Runs `what` for every system at once: sources answer from far away, and one slow one must not hold the others.
template <typename What>
std::vector<SystemHealth> ask_all(std::vector<JobSystem>& systems, const What& what) {
    std::vector<SystemHealth> health(systems.size());
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < systems.size(); ++i) {
        threads.emplace_back([&, i] {
            health[i].system = systems[i].definition->name;
            try {
                what(systems[i], health[i]);
            } catch (...) {  // thread entry: the caller decides
                health[i].failure = std::current_exception();
            }
        });
    }
    threads.clear();
    throw_if_shutdown_requested();  // what a check that was stopped says of its source is nothing
    return health;
}

}  // namespace

std::uint8_t JobSystem::area() const noexcept {
    for (const ServiceArea area : {ServiceArea::social_care, ServiceArea::education, ServiceArea::youth_justice}) {
        if (to_string(area) == definition->service_area) return static_cast<std::uint8_t>(area);
    }
    return 0;
}

bool SystemHealth::healthy() const noexcept {
    return failure == nullptr && std::none_of(findings.begin(), findings.end(), [](const CheckFinding& finding) {
               return finding.level == CheckFinding::Level::failure;
           });
}

JobSources JobSources::described(const Job& job) {
    JobSources sources;
    for (const SystemSettings& settings : job.systems) {
        JobSystem system;
        system.settings = settings;
        system.definition = std::make_shared<ConnectorDefinition>(
            ConnectorDefinition::load(home_folder() / "connectors" / settings.name));
        sources.systems_.push_back(std::move(system));
    }
    return sources;
}

JobSources::JobSources(const Job& job) : JobSources(described(job)) {
    Registry registry;
    register_transports_and_formats(registry);
    for (JobSystem& system : systems_) {
        const TransportContext context{
            *system.definition, system.settings.transport,
            [settings = system.settings](std::string_view name) { return settings.secret(name); }};
        system.connector = registry.connect(system.definition, context);
        system.settings.refuse_unused_secrets();
    }
}

std::vector<SystemHealth> JobSources::check() {
    return ask_all(systems_, [](JobSystem& system, SystemHealth& health) {
        health.findings = system.connector->check(LookInto::headers);
    });
}

std::vector<SystemHealth> JobSources::verify(OnSourceFailure on_failure,
                                             const std::function<bool(JobSystem&)>& pass_over) {
    auto health = ask_all(systems_, [&](JobSystem& system, SystemHealth& result) {
        result.passed_over = pass_over && pass_over(system);
        if (result.passed_over) return;
        system.connector->verify();
        result.findings = system.connector->check(LookInto::records);
    });
    for (const SystemHealth& system : health) {
        for (const CheckFinding& finding : system.findings) {
            if (finding.level == CheckFinding::Level::warning && !finding.about_columns)
                log::warning("{}: {}", system.system, finding.what);
        }
    }
    if (stop_a_run(health, on_failure)) return health;
    for (std::size_t i = health.size(); i-- > 0;) {
        if (!health[i].failure) continue;
        try {
            std::rethrow_exception(health[i].failure);
        } catch (const std::exception& error) {
            log::error("{}; the run goes on without this system", error.what());
        }
        systems_.erase(systems_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    return health;
}

bool JobSources::leave_out(const SourceError& failure, OnSourceFailure on_failure) {
    const auto failed = std::ranges::find_if(
        systems_, [&](const JobSystem& system) { return system.definition->name == failure.system(); });
    if (on_failure == OnSourceFailure::stop || failed == systems_.end() || systems_.size() == 1) return false;
    log::error("{}; the run begins again without this system", failure.what());
    systems_.erase(failed);
    return true;
}

bool stop_a_run(const std::vector<SystemHealth>& health, OnSourceFailure on_failure) noexcept {
    const auto failed = [](const SystemHealth& system) { return system.failure != nullptr; };
    return on_failure == OnSourceFailure::stop ? std::ranges::any_of(health, failed)
                                               : std::ranges::all_of(health, failed);
}

}  // namespace caseweave
