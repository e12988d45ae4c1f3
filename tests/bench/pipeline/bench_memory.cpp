// Measures what a load of a million rows adds to the memory of the process: attendance from SQLite through its ODBC
// driver, and from a CSV drop, all the way into a private cluster. The person store and crosswalk are there before.
// Prints JSON. Usage: bench_memory [rows]

#include <fmt/core.h>
#include <malloc.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <stdexcept>

#include "app/placing/load_pass.hpp"
#include "bench/pipeline/attendance.hpp"
#include "connectors/formats/delimited.hpp"
#include "connectors/transports/file_drop.hpp"
#include "connectors/transports/odbc.hpp"
#include "load/migrations.hpp"
#include "load/private_cluster.hpp"
#include "settings/places.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace caseweave;

/// Reads a line such as "VmHWM:   1234 kB" of this process.
std::uint64_t memory_bytes(std::string_view line) {
    std::ifstream status("/proc/self/status");
    for (std::string text; std::getline(status, text);) {
        if (text.starts_with(line)) return std::strtoull(text.c_str() + line.size() + 1, nullptr, 10) * 1024;
    }
    throw std::runtime_error("/proc/self/status does not tell the memory of the process");
}

void make_database(const std::string& path, const std::string& table, const EntityDefinition& entity,
                   std::uint64_t rows) {
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    std::string columns, places;
    for (const std::string& column : entity.columns) {
        columns += (columns.empty() ? "" : ", ") + column + " TEXT";
        places += places.empty() ? "?" : ",?";
    }
    // The key order of the query is the primary key's: nothing is sorted while it is read.
    sqlite3_exec(database,
                 ("CREATE TABLE " + table + " (" + columns +
                  ", PRIMARY KEY (stud_id, acad_year, half_term)) WITHOUT ROWID; BEGIN")
                     .c_str(),
                 nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database, ("INSERT INTO " + table + " VALUES (" + places + ")").c_str(), -1, &insert, nullptr);
    bench::AttendanceRows made;
    for (std::uint64_t row = 0; row < rows; ++row) {
        const std::vector<std::string>& fields = made.row(row);
        for (std::size_t i = 0; i < fields.size(); ++i)
            sqlite3_bind_text(insert, static_cast<int>(i + 1), fields[i].c_str(), -1, nullptr);
        if (sqlite3_step(insert) != SQLITE_DONE) throw std::runtime_error("cannot write the bench's database");
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    if (sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK)
        throw std::runtime_error("cannot write the bench's database");
    sqlite3_close(database);
}

void make_file(const std::string& path, const EntityDefinition& entity, std::uint64_t rows) {
    std::ofstream file(path, std::ios::binary);
    const auto write = [&](const std::vector<std::string>& fields) {
        for (std::size_t i = 0; i < fields.size(); ++i) file << (i > 0 ? "," : "") << fields[i];
        file << '\n';
    };
    write(entity.columns);
    bench::AttendanceRows made;
    for (std::uint64_t row = 0; row < rows; ++row) write(made.row(row));
    if (!file) throw std::runtime_error("cannot write the bench's file");
}

JobSystem odbc_system(const std::string& path) {
    JobSystem system;
    auto definition = std::make_shared<ConnectorDefinition>(bench::attendance_definition());
    const TransportContext context{
        *definition, TomlTable::parse("connection = \"Driver=SQLite3;Database=" + path + "\"", "job.toml"), {}};
    system.settings.name = definition->name;
    system.connector = std::make_unique<Connector>(definition, make_odbc_transport(context), nullptr);
    system.definition = std::move(definition);
    return system;
}

JobSystem file_system(const std::string& path) {
    JobSystem system;
    auto definition = std::make_shared<ConnectorDefinition>(bench::attendance_definition());
    definition->entities.front().resource = "attendance.csv";
    const TransportContext context{
        *definition, TomlTable::parse("manifest = \"\"\nfolder = \"" + path + "\"", "job.toml"), {}};
    system.settings.name = definition->name;
    system.connector =
        std::make_unique<Connector>(definition, make_file_drop_transport(context), make_delimited_format());
    system.definition = std::move(definition);
    return system;
}

/// Runs `work` in a process of its own, so that no memory freed before it hides what it takes.
std::string in_child(const std::function<std::string()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error("no process");
    if (child == 0) {
        std::string text;
        int code = 0;
        try {
            text = work();
        } catch (const std::exception& error) {
            text = error.what();
            code = 1;
        }
        if (::write(ends[1], text.data(), text.size()) != static_cast<ssize_t>(text.size())) code = 1;
        ::_exit(code);
    }
    ::close(ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t got = ::read(ends[0], buffer, sizeof buffer); got > 0; got = ::read(ends[0], buffer, sizeof buffer))
        text.append(buffer, static_cast<std::size_t>(got));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error(text);
    return text;
}

struct Target {
    TargetConnection admin, loader;
    CanonicalSchema canonical = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    explicit Target(const PrivateCluster& cluster)
        : admin(cluster.settings(PrivateCluster::kAdmin)), loader(cluster.settings("caseweave_loader")) {}
};

std::string measure(const std::string& name, JobSystem system, const PrivateCluster& cluster, std::uint64_t rows) {
    Target target(cluster);
    PeopleOfRun people;
    bench::know_pupils(people);
    target.admin.execute("TRUNCATE integrated.attendance_summary");
    RunLedger ledger = RunLedger::begin(target.loader, {"bench", "bench", "0", bench::kSeed, "bench", "bench"});
    JobSources sources{Job{}};
    std::set<std::string> unmapped;
    const SourceEntity entity{system.definition->name, system.definition->entities.front().name};
    sources.systems().push_back(std::move(system));
    Progress progress(true);
    ::malloc_trim(0);
    const std::uint64_t before = memory_bytes("VmRSS");
    std::ofstream("/proc/self/clear_refs") << "5\n";  // the peak starts again from here
    const auto started = std::chrono::steady_clock::now();
    load_rows(target.loader, ledger, sources, target.canonical, {}, people, progress, unmapped);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const std::uint64_t peak = memory_bytes("VmHWM");
    const std::int64_t inserted = ledger.counts().at(entity).inserted;
    if (inserted != static_cast<std::int64_t>(rows))
        throw std::runtime_error(fmt::format("{} of {} rows were loaded", inserted, rows));
    ledger.close(target.loader, ExitCode::done);
    return fmt::format(
        "{{\"source\": \"{}\", \"rows\": {}, \"rows_per_s\": {:.0f}, \"rss_before_bytes\": {}, \"peak_rss_bytes\": {}, "
        "\"added_bytes\": {}, \"bar_added_bytes\": 150000000}}",
        name, rows, static_cast<double>(rows) / seconds, before, peak, peak - before);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    try {
        const testing::TemporaryFolder folder;
        const ConnectorDefinition definition = bench::attendance_definition();
        const std::string database = (std::filesystem::path(folder.path()) / "education.sqlite").string();
        const std::string drop = (std::filesystem::path(folder.path()) / "attendance.csv").string();
        in_child([&] {
            make_database(database, "stud_att_halfterm", definition.entities.front(), rows);
            make_file(drop, definition.entities.front(), rows);
            return std::string();
        });
        PrivateCluster cluster = PrivateCluster::start(folder.path());
        std::string results;
        try {
            in_child([&] {
                Target target(cluster);
                const TargetSchema schema(target.canonical);
                migrate_target(target.admin, TargetDefinition::load(home_folder() / "schemas" / "target", schema),
                               schema);
                return std::string();
            });
            results = in_child([&] { return measure("odbc (SQLite)", odbc_system(database), cluster, rows); }) +
                      ",\n    " +
                      in_child([&] { return measure("csv file", file_system(folder.path()), cluster, rows); });
        } catch (...) {  // the server must not outlive the bench
            cluster.remove();
            throw;
        }
        cluster.remove();
        fmt::print("{{\n  \"bench\": \"memory\", \"seed\": {},\n  \"sources\": [\n    {}\n  ]\n}}\n", bench::kSeed,
                   results);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_memory: {}\n", error.what());
        return 1;
    }
}
