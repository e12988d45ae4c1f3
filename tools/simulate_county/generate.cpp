#include "simulate_county/generate.hpp"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
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

template <typename Views>
auto* find_view(Views& views, std::string_view system) {
    const auto found =
        std::find_if(views.begin(), views.end(), [&](const SystemView& each) { return each.system == system; });
    return found == views.end() ? nullptr : &*found;
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
        const SystemView* known = find_view(night.newcomer_views, module.system);
        SystemDump fresh;
        if (known != nullptr) {
            Random own = Random(seed, "newcomers' rows").stream(module.system, static_cast<std::uint64_t>(night.night));
            fresh = module.simulate(night.newcomers, *known, own);
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

// Half of all rows are in here: written when the other systems' rows and views are gone, and alone.
constexpr std::string_view kLargest = "education";
// Systems simulated at a time: what is in memory at once must not grow with their number.
constexpr std::size_t kWriters = 2;

// Writes every system that has a view, and lets go of each view. In the order of system_modules().
std::vector<Outcome> write_systems(const County& county, std::vector<SystemView>& views, const Random& random,
                                   const std::vector<NightPlan>& nights, const std::filesystem::path& output) {
    std::vector<std::pair<const SystemModule*, SystemView>> wanted;
    for (const SystemModule& module : system_modules()) {
        if (SystemView* view = find_view(views, module.system)) wanted.emplace_back(&module, std::move(*view));
    }
    views.clear();
    std::vector<Outcome> outcomes(wanted.size());
    // Every system draws from a stream of its own, so they may run beside each other.
    const auto write = [&](std::size_t i) {
        outcomes[i] = write_system(*wanted[i].first, county, wanted[i].second, random, nights, output);
        wanted[i].second = {};
    };
    std::atomic<std::size_t> next = 0;
    std::vector<std::future<void>> writers;
    for (std::size_t w = 0; w < kWriters; ++w) {
        writers.push_back(std::async(std::launch::async, [&] {
            for (std::size_t i = next++; i < wanted.size(); i = next++) {
                if (wanted[i].first->system != kLargest) write(i);
            }
        }));
    }
    for (std::future<void>& writer : writers) writer.get();
    malloc_trim(0);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i].first->system == kLargest) write(i);
    }
    return outcomes;
}

// Plans the nights up to the wanted one. Gives what is true after it.
TruthBook plan_nights(const Scale& scale, County& county, const std::vector<SystemView>& views, int night,
                      std::vector<NightPlan>& nights, std::size_t& records) {
    NightPlanner planner(scale, county, views);
    for (int i = 0; i < night; ++i) nights.push_back(planner.plan_next());
    records = 0;
    for (const SystemView& view : planner.views()) records += view.people.size();
    return planner.truth(county);
}

}  // namespace

Generated generate(const Scale& scale, std::uint64_t seed, const std::filesystem::path& output, int night) {
    const auto start = std::chrono::steady_clock::now();
    County county = build_county(scale, seed);
    const Random random(seed, "systems");
    std::vector<SystemView> views = make_views(county, random);
    malloc_trim(0);  // what the threads that made the views have freed would stay theirs
    std::size_t records = 0;
    for (const SystemView& view : views) records += view.people.size();
    std::vector<NightPlan> nights;
    const TruthBook truth =
        night == 0 ? TruthBook(county, views) : plan_nights(scale, county, views, night, nights, records);
    const std::vector<Outcome> outcomes = write_systems(county, views, random, nights, output);
    std::vector<WrittenSystem> written;
    std::vector<SystemChanges> changes;
    for (const Outcome& outcome : outcomes) {
        written.push_back(outcome.written);
        changes.push_back(outcome.changes);
    }
    write_certificates(output / "server");
    write_clients(seed, output / "server");
    truth.write(written, output / "truth");
    if (!nights.empty()) write_changes(nights.back(), changes, output / "truth");

    Generated result;
    result.children =
        static_cast<std::size_t>(std::count_if(county.people.begin(), county.people.end(), [](const Person& person) {
            return person.kind != Person::Kind::adult;
        }));
    result.person_records = records;
    for (const WrittenSystem& system : written) result.rows += system.rows;
    result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

}  // namespace simulate
