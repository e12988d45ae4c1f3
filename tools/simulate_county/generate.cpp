#include "simulate_county/generate.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "simulate_county/habits.hpp"
#include "simulate_county/nights/dump_evolution.hpp"
#include "simulate_county/nights/night_plan.hpp"
#include "simulate_county/nights/night_report.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/systems/registry.hpp"
#include "simulate_county/truth.hpp"
#include "simulate_county/writers/certificates.hpp"
#include "simulate_county/writers/encoding.hpp"
#include "simulate_county/writers/writers.hpp"

namespace simulate {
namespace {

void write_dump(const SystemDump& dump, Interface interface, const std::filesystem::path& folder) {
    switch (interface) {
        case Interface::sqlite:
            return write_sqlite(dump, folder);
        case Interface::postgres_sql:
            return write_postgres_sql(dump, folder);
        case Interface::csv_drop:
            return write_csv_drop(dump, folder);
        case Interface::fixed_width:
            return write_fixed_width(dump, folder);
        case Interface::xml:
            return write_xml(dump, folder);
        case Interface::xlsx:
            return write_xlsx(dump, folder);
        case Interface::ledger:
            return write_ledger(dump, folder);
        case Interface::json_pages:
            return write_json_pages(dump, folder);
        case Interface::ndjson:
            return write_ndjson(dump, folder);
    }
}

std::string draw_secret(Random& random) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string secret;
    for (int i = 0; i < 32; ++i) secret += kDigits[random.index(kDigits.size())];
    return secret;
}

// One client per system that is read over HTTPS; the secrets are those of a simulation, drawn from its seed.
void write_clients(std::uint64_t seed, const std::filesystem::path& folder) {
    Random random(seed, "clients");
    std::string json = "[\n";
    for (const std::string system : {"early_help", "youth_support"}) {
        const std::string secret = draw_secret(random);
        json += "  {\"client_id\": \"caseweave-" + system + "\", \"client_secret\": \"" + secret +
                "\", \"system\": \"" + system + "\"}";
        json += system == "early_help" ? ",\n" : "\n";
        const std::filesystem::path file = folder / (system + ".secret");
        write_file(file, secret + "\n");
        std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    }
    write_file(folder / "clients.json", json + "]\n");
}

const SystemView& view_of(const std::vector<SystemView>& views, std::string_view system) {
    static const SystemView kNothing;
    const auto found =
        std::find_if(views.begin(), views.end(), [&](const SystemView& each) { return each.system == system; });
    return found == views.end() ? kNothing : *found;
}

// What one system wrote, and what the last night changed in it.
struct Outcome {
    WrittenSystem written;
    SystemChanges changes;
};

SystemChanges take_nights(SystemDump& dump, const SystemModule& module, const SystemView& view, std::uint64_t seed,
                          const std::vector<NightPlan>& nights) {
    SystemChanges changes;
    DumpEvolution evolution(dump, view, seed);
    for (const NightPlan& night : nights) {
        const SystemView& known = view_of(night.newcomer_views, module.system);
        SystemDump fresh;
        if (!known.people.empty()) {
            Random own = Random(seed, "newcomers' rows").stream(module.system, static_cast<std::uint64_t>(night.night));
            fresh = module.simulate(night.newcomers, known, own);
        }
        changes = evolution.take_night(night, fresh);
    }
    return changes;
}

// Simulates and writes one system, and lets go of its rows.
Outcome write_system(const SystemModule& module, const County& county, const SystemView& view, const Random& random,
                     const std::vector<NightPlan>& nights, const std::filesystem::path& output) {
    Random own = random.stream(module.system);
    SystemDump dump = module.simulate(county, view, own);
    dump.system = module.system;
    Outcome outcome;
    if (!nights.empty()) outcome.changes = take_nights(dump, module, view, county.seed, nights);
    write_dump(dump, module.interface, output / module.system);
    outcome.written = {dump.system, 0, std::move(dump.unplaced_people)};
    for (const Table& table : dump.tables) outcome.written.rows += table.rows.size();
    return outcome;
}

}  // namespace

Generated generate(const Scale& scale, std::uint64_t seed, const std::filesystem::path& output, int night) {
    const auto start = std::chrono::steady_clock::now();
    County county = build_county(scale, seed);
    const Random random(seed, "systems");
    std::vector<SystemView> views = make_views(county, random);
    std::vector<NightPlan> nights;
    std::optional<NightPlanner> planner;
    if (night > 0) planner.emplace(scale, county, views);
    for (int i = 0; i < night; ++i) nights.push_back(planner->plan_next());

    // Every system draws from a stream of its own, so they may run beside each other.
    std::vector<std::future<Outcome>> running;
    for (const SystemModule& module : system_modules()) {
        const SystemView& view = view_of(views, module.system);
        if (view.system.empty()) continue;
        running.push_back(std::async(std::launch::async, [&county, &random, &nights, &output, &module, &view] {
            return write_system(module, county, view, random, nights, output);
        }));
    }
    std::vector<WrittenSystem> written;
    std::vector<SystemChanges> changes;
    for (std::future<Outcome>& each : running) {
        Outcome outcome = each.get();
        written.push_back(std::move(outcome.written));
        changes.push_back(std::move(outcome.changes));
    }
    if (planner) {
        planner->complete(county);
        views = planner->views();
    }
    write_certificates(output / "server");
    write_clients(seed, output / "server");
    write_truth(county, views, written, output / "truth");
    if (!nights.empty()) write_changes(nights.back(), changes, output / "truth");

    Generated result;
    result.children =
        static_cast<std::size_t>(std::count_if(county.people.begin(), county.people.end(), [](const Person& person) {
            return person.kind != Person::Kind::adult;
        }));
    for (const SystemView& view : views) result.person_records += view.people.size();
    for (const WrittenSystem& system : written) result.rows += system.rows;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

}  // namespace simulate
