// Measures the whole way of case rows into the target (normalise, map, place, crosswalk, digest, COPY, ledger) against
// a bare binary COPY of the very same bytes: on one connection, and halved over two. Prints JSON.
// Usage: bench_copy [rows] [rounds]

#include <fmt/core.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "app/placing/load_pass.hpp"
#include "bench/pipeline/attendance.hpp"
#include "load/batch_writer.hpp"
#include "load/migrations.hpp"
#include "load/private_cluster.hpp"
#include "settings/places.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace caseweave;

constexpr std::string_view kTable = "integrated.attendance_summary";

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto of = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// What the pipeline sends for its rows, in two halves.
struct EncodedRows {
    CopyBuffer first, second;
    const EntityDescriptor* entity = nullptr;
    std::size_t bytes() const noexcept { return first.size() + second.size(); }
};

EncodedRows encode_all(const CanonicalSchema& schema, const ConnectorDefinition& definition, const PeopleOfRun& people,
                       std::uint64_t rows) {
    EncodedRows encoded;
    const EntityDefinition& entity = definition.entities.front();
    EntityNormaliser normaliser(schema, definition, entity, {});
    RowPlacer placer(people, SystemId{0});
    std::optional<RowEncoder> encoder;
    std::uint64_t done = 0;
    for (RecordBatch& batch : bench::attendance_batches(entity, rows)) {
        const CanonicalBatch canonical = normaliser.normalise(std::move(batch));
        for (const CanonicalRow& row : canonical.rows) {
            if (!encoder) {
                encoded.entity = row.entity;
                encoder.emplace(*row.entity, definition.name, entity.name, 2, RunId{1});
            }
            encoder->encode(row, placer.place(row), 2 * done++ < rows ? encoded.first : encoded.second);
        }
    }
    return encoded;
}

/// The least a client can do: one transaction, chunks of the writer's size.
void bare_copy(TargetConnection& connection, const EntityDescriptor& entity,
               std::initializer_list<std::string_view> pieces) {
    connection.execute("BEGIN; SET LOCAL synchronous_commit = off");
    connection.copy_in_begin(copy_in_sql(entity));
    connection.copy_in_put(copy_header());
    for (std::string_view bytes : pieces) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), BatchWriter::kChunkBytes)))
            connection.copy_in_put(bytes.substr(0, BatchWriter::kChunkBytes));
    }
    connection.copy_in_put(copy_trailer());
    connection.copy_in_end();
    connection.commit();
}

struct Times {
    std::vector<double> bare, bare_two, pipeline, pipeline_cpu, of_one, of_best;
};

std::string measure(const PrivateCluster& cluster, std::uint64_t rows, int rounds) {
    const CanonicalSchema canonical = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
    const TargetSchema schema(canonical);
    TargetConnection admin(cluster.settings(PrivateCluster::kAdmin));
    migrate_target(admin, TargetDefinition::load(home_folder() / "schemas" / "target", schema), schema);
    TargetConnection connection(cluster.settings("caseweave_loader"));
    TargetConnection other(cluster.settings("caseweave_loader"));

    const auto definition = std::make_shared<const ConnectorDefinition>(bench::attendance_definition());
    PeopleOfRun people;
    bench::know_pupils(people);
    const EncodedRows encoded = encode_all(canonical, *definition, people, rows);
    const auto fresh_table = [&] { admin.execute(fmt::format("TRUNCATE {}; CHECKPOINT", kTable)); };
    Progress progress(true);
    std::set<std::string> unmapped;
    Times times;
    for (int round = 0; round < rounds; ++round) {
        fresh_table();
        times.bare.push_back(seconds_of([&] {
            bare_copy(connection, *encoded.entity, {encoded.first.view(), encoded.second.view()});
        }));

        fresh_table();
        auto batches =
            std::make_shared<std::vector<RecordBatch>>(bench::attendance_batches(definition->entities.front(), rows));
        JobSources sources{Job{}};
        sources.systems().push_back(bench::system_in_memory(definition, std::move(batches)));
        RunLedger ledger = RunLedger::begin(connection, {"bench", "bench", "0", bench::kSeed, "bench", "bench"});
        const double cpu = cpu_seconds();
        times.pipeline.push_back(
            seconds_of([&] { load_rows(connection, ledger, sources, canonical, {}, people, progress, unmapped); }));
        times.pipeline_cpu.push_back(cpu_seconds() - cpu);
        const auto inserted = ledger.counts().at({definition->name, "attendance"}).inserted;
        if (inserted != static_cast<std::int64_t>(rows))
            throw std::runtime_error(fmt::format("{} of {} rows were loaded", inserted, rows));
        ledger.close(connection, ExitCode::done);

        fresh_table();
        times.bare_two.push_back(seconds_of([&] {
            std::jthread half([&] { bare_copy(other, *encoded.entity, {encoded.second.view()}); });
            bare_copy(connection, *encoded.entity, {encoded.first.view()});
        }));
        times.of_one.push_back(times.bare.back() / times.pipeline.back());
        times.of_best.push_back(std::min(times.bare.back(), times.bare_two.back()) / times.pipeline.back());
    }
    using bench::median;
    return fmt::format(
        "{{\n  \"bench\": \"load\", \"seed\": {}, \"entity\": \"education attendance -> attendance_summary\",\n"
        "  \"rows\": {}, \"bytes\": {}, \"rounds\": {},\n"
        "  \"seconds\": {{\"bare_copy\": {:.3f}, \"bare_copy_two_connections\": {:.3f}, \"pipeline\": {:.3f}, "
        "\"pipeline_own_cpu\": {:.3f}}},\n"
        "  \"rows_per_second\": {{\"bare_copy\": {:.0f}, \"pipeline\": {:.0f}}},\n"
        "  \"pipeline_over_bare_copy\": {:.3f}, \"bar_over_bare_copy\": 0.9,\n"
        "  \"pipeline_over_best_bare_copy\": {:.3f}, \"bar_over_best_bare_copy\": 0.6\n}}\n",
        bench::kSeed, rows, encoded.bytes(), rounds, median(times.bare), median(times.bare_two), median(times.pipeline),
        median(times.pipeline_cpu), static_cast<double>(rows) / median(times.bare),
        static_cast<double>(rows) / median(times.pipeline), median(times.of_one), median(times.of_best));
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    try {
        const testing::TemporaryFolder folder;
        PrivateCluster cluster = PrivateCluster::start(folder.path());
        std::string result;
        try {
            result = measure(cluster, rows, rounds);
        } catch (...) {  // the server must not outlive the bench
            cluster.remove();
            throw;
        }
        cluster.remove();
        fmt::print("{}", result);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_copy: {}\n", error.what());
        return 1;
    }
}
