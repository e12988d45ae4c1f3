// Measures loading against bare binary COPY of the same bytes on one connection, and what row-level security costs.
// Prints JSON. Usage: bench_load [rows] [rounds]

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "canonical/schema.hpp"
#include "load/batch_writer.hpp"
#include "load/crosswalk.hpp"
#include "load/migrations.hpp"
#include "load/private_cluster.hpp"
#include "load/target_ddl.hpp"

namespace {

using namespace caseweave;

double seconds_of(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Rows as normalisation hands them over: typed values whose texts stand in an arena.
struct Rows {
    CanonicalBatch batch;
    explicit Rows(const EntityDescriptor& entity, std::size_t count) {
        std::mt19937 random(1);
        for (std::size_t i = 0; i < count; ++i) {
            CanonicalRow row;
            row.entity = &entity;
            row.source_key = batch.arena.store(fmt::format("R{:08}", i));
            row.source_person_key = batch.arena.store(fmt::format("{}", 100000 + random() % 50000));
            Value* values = batch.allocate_values(entity.fields.size());
            for (std::size_t f = 0; f < entity.fields.size(); ++f) {
                if (random() % 6 == 0)
                    values[f] = Value::of_missing(Missing::null);
                else
                    switch (entity.fields[f].type) {
                        case FieldType::date:
                        case FieldType::partial_date:
                            values[f] =
                                Value::of_date({static_cast<std::int32_t>(random() % 9000), DatePrecision::day, false});
                            break;
                        case FieldType::boolean:
                            values[f] = Value::of_integer(random() % 2);
                            break;
                        case FieldType::integer:
                        case FieldType::decimal:
                        case FieldType::timestamp:
                            values[f] = Value::of_integer(static_cast<std::int64_t>(random()));
                            break;
                        case FieldType::code:
                            values[f] = Value::of_text(batch.arena.store(fmt::format("N{}", random() % 9)));
                            break;
                        default:
                            values[f] = Value::of_text(batch.arena.store(fmt::format("T{:07}", random() % 9999999)));
                            break;
                    }
            }
            row.values = values;
            batch.rows.push_back(row);
        }
    }
};

void bare_copy(TargetConnection& connection, const EntityDescriptor& entity, std::string_view bytes) {
    connection.execute("BEGIN; SET LOCAL synchronous_commit = off");
    connection.copy_in_begin(copy_in_sql(entity));
    connection.copy_in_put(copy_header());
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), BatchWriter::kChunkBytes)))
        connection.copy_in_put(bytes.substr(0, BatchWriter::kChunkBytes));
    connection.copy_in_put(copy_trailer());
    connection.copy_in_end();
    connection.commit();
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 300'000;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("caseweave_bench_{}", getpid());
    std::filesystem::create_directories(folder);
    PrivateCluster cluster = PrivateCluster::start(folder);
    {
        const CanonicalSchema canonical = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
        const TargetSchema schema(canonical);
        TargetConnection admin(cluster.settings(PrivateCluster::kAdmin));
        const double migrate = seconds_of([&] {
            migrate_target(admin, TargetDefinition::load(CASEWEAVE_SOURCE_DIR "/schemas/target", schema), schema);
        });
        const EntityDescriptor& entity = *schema.find("referral");
        const Rows rows(entity, count);
        Crosswalk crosswalk;
        for (int i = 0; i < 50000; ++i)
            crosswalk.insert(SystemId{0}, std::to_string(100000 + i), {PersonId{i + 1}, 1, 0});

        CopyBuffer bytes;
        RowEncoder encoder(entity, "social_care", "referral", 1, RunId{1});
        for (const CanonicalRow& row : rows.batch.rows) encoder.encode(row, {PersonId{7}, 0, {}}, bytes);

        std::vector<double> bare, two, pipeline, encode_only;
        TargetConnection connection(cluster.settings("caseweave_loader"));
        TargetConnection other(cluster.settings("caseweave_loader"));
        RunLedger ledger = RunLedger::begin(connection, {"bench", "bench", "0", 1, "bench", "bench"});
        for (int round = 0; round < rounds; ++round) {
            admin.execute("TRUNCATE integrated.referral; CHECKPOINT");
            bare.push_back(seconds_of([&] { bare_copy(connection, entity, bytes.view()); }));
            admin.execute("TRUNCATE integrated.referral; CHECKPOINT");
            pipeline.push_back(seconds_of([&] {
                BatchWriter writer(connection, ledger);
                writer.open({"social_care", "referral"}, 1, "cases");
                for (const CanonicalRow& row : rows.batch.rows) {
                    const CrosswalkEntry* person = crosswalk.find(SystemId{0}, row.source_person_key);
                    writer.add(row, {person->person, person->access, {}});
                    if (writer.full()) writer.commit();
                }
                writer.commit();
            }));
            // The best bare COPY: two connections, each half of the rows.
            admin.execute("TRUNCATE integrated.referral; CHECKPOINT");
            CopyBuffer first, second;
            for (std::size_t i = 0; i < count; ++i)
                encoder.encode(rows.batch.rows[i], {PersonId{7}, 0, {}}, i < count / 2 ? first : second);
            two.push_back(seconds_of([&] {
                std::thread half([&] { bare_copy(other, entity, second.view()); });
                bare_copy(connection, entity, first.view());
                half.join();
            }));
            CopyBuffer scratch;
            encode_only.push_back(seconds_of([&] {
                RowTally tally;
                for (const CanonicalRow& row : rows.batch.rows) {
                    if (scratch.size() > BatchWriter::kChunkBytes) scratch.clear();
                    tally.add(encoder.encode(row, {PersonId{7}, 0, {}}, scratch));
                }
            }));
        }
        const double indexes = seconds_of([&] { build_indexes(std::array{&connection, &other}, schema); });
        TargetConnection reader(cluster.settings("caseweave_reader_social_care"));
        std::vector<double> open, secured;
        for (int round = 0; round < rounds; ++round) {
            open.push_back(seconds_of([&] { admin.execute("SELECT count(close_date) FROM integrated.referral"); }));
            secured.push_back(seconds_of([&] { reader.execute("SELECT count(close_date) FROM integrated.referral"); }));
        }
        const double mega = 1024.0 * 1024.0;
        fmt::print(
            "{{\n  \"rows\": {}, \"bytes\": {}, \"rounds\": {},\n"
            "  \"bare_copy_seconds\": {:.3f}, \"bare_copy_two_connections_seconds\": {:.3f}, \"pipeline_seconds\": "
            "{:.3f},\n"
            "  \"bare_copy_mb_per_second\": {:.1f}, \"pipeline_mb_per_second\": {:.1f}, "
            "\"encode_and_digest_mb_per_second\": {:.1f},\n"
            "  \"pipeline_over_bare_copy\": {:.3f}, \"pipeline_over_best_bare_copy\": {:.3f},\n"
            "  \"migrate_seconds\": {:.3f}, \"build_indexes_seconds\": {:.3f},\n"
            "  \"scan_seconds\": {:.4f}, \"scan_with_row_security_seconds\": {:.4f}, \"row_security_over_scan\": "
            "{:.3f}\n}}\n",
            count, bytes.size(), rounds, median(bare), median(two), median(pipeline),
            static_cast<double>(bytes.size()) / mega / median(bare),
            static_cast<double>(bytes.size()) / mega / median(pipeline),
            static_cast<double>(bytes.size()) / mega / median(encode_only), median(bare) / median(pipeline),
            std::min(median(bare), median(two)) / median(pipeline), migrate, indexes, median(open), median(secured),
            median(secured) / median(open));
    }
    cluster.remove();
    std::filesystem::remove_all(folder);
    return 0;
}
