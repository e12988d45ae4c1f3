#include "simulate_county/generate.hpp"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>
#include <vector>

#include "simulate_county/habits.hpp"
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

// Simulates and writes one system, and lets go of its rows.
WrittenSystem write_system(const SystemModule& module, const County& county, const SystemView& view,
                           const Random& random, const std::filesystem::path& output) {
    Random own = random.stream(module.system);
    SystemDump dump = module.simulate(county, view, own);
    dump.system = module.system;
    write_dump(dump, module.interface, output / module.system);
    WrittenSystem written{dump.system, 0, std::move(dump.unplaced_people)};
    for (const Table& table : dump.tables) written.rows += table.rows.size();
    return written;
}

}  // namespace

Generated generate(const Scale& scale, std::uint64_t seed, const std::filesystem::path& output) {
    const auto start = std::chrono::steady_clock::now();
    const County county = build_county(scale, seed);
    const Random random(seed, "systems");
    const std::vector<SystemView> views = make_views(county, random);

    // Every system draws from a stream of its own, so they may run beside each other.
    std::vector<std::future<WrittenSystem>> running;
    for (const SystemModule& module : system_modules()) {
        const auto view = std::find_if(views.begin(), views.end(),
                                       [&](const SystemView& each) { return each.system == module.system; });
        if (view == views.end()) continue;
        running.push_back(std::async(std::launch::async, [&county, &random, &output, &module, &known = *view] {
            return write_system(module, county, known, random, output);
        }));
    }
    std::vector<WrittenSystem> written;
    for (std::future<WrittenSystem>& each : running) written.push_back(each.get());
    write_certificates(output / "server");
    write_clients(seed, output / "server");
    write_truth(county, views, written, output / "truth");

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
