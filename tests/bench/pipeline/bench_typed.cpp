// Measures documents to typed columns on one core: CSV, XML and NDJSON through their format to RecordBatch, and on
// through EntityNormaliser to typed canonical values. Documents are in memory; rows are attendance. Prints JSON; the
// figures a processor second leave out what other programs of the machine took.
// Usage: bench_typed [megabytes] [rounds] [csv|xml|ndjson]

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <stdexcept>

#include "bench/pipeline/attendance.hpp"
#include "connectors/formats/delimited.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/formats/memory_stream.hpp"
#include "connectors/formats/xml.hpp"
#include "core/allocator.hpp"
#include "normalise/entity_normaliser.hpp"
#include "settings/places.hpp"

namespace {

using namespace caseweave;

struct Document {
    std::string name, settings, path_prefix, record, head, tail;
    double bar_mb_per_s;
    std::function<std::string(const std::vector<std::string>& columns, const std::vector<std::string>& fields)> row;
    std::function<std::unique_ptr<Format>()> make;
};

/// Joins name and value of each column by a template of the format; the made values need no escaping.
template <typename Piece>
std::string join(const std::vector<std::string>& columns, const std::vector<std::string>& fields, const Piece& piece) {
    std::string text;
    for (std::size_t i = 0; i < fields.size(); ++i) text += piece(i, columns[i], fields[i]);
    return text;
}

std::vector<Document> subjects(const EntityDefinition& entity) {
    std::string header;
    for (const std::string& column : entity.columns) header += (header.empty() ? "" : ",") + column;
    return {
        {"csv", "", "", "", header + "\n", "", 300,
         [](const auto& columns, const auto& fields) {
             return join(columns, fields,
                         [](std::size_t i, const auto&, const auto& field) { return (i > 0 ? "," : "") + field; }) +
                    "\n";
         },
         make_delimited_format},
        {"xml", "", "", "Rows/Row", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Rows>\n", "</Rows>\n", 200,
         [](const auto& columns, const auto& fields) {
             return "  <Row>\n" +
                    join(columns, fields,
                         [](std::size_t, const auto& column, const auto& field) {
                             return fmt::format("    <{0}>{1}</{0}>\n", column, field);
                         }) +
                    "  </Row>\n";
         },
         make_xml_format},
        {"ndjson", "ndjson = true", "/", "", "", "", 500,
         [](const auto& columns, const auto& fields) {
             return "{" +
                    join(columns, fields,
                         [](std::size_t i, const auto& column, const auto& field) {
                             return fmt::format("{}\"{}\":\"{}\"", i > 0 ? "," : "", column, field);
                         }) +
                    "}\n";
         },
         make_json_format},
    };
}

class OneDocument final : public DocumentSequence {
  public:
    explicit OneDocument(std::string_view text) : text_(text) {}
    std::unique_ptr<ByteStream> next() override {
        return std::exchange(given_, true) ? nullptr : std::make_unique<MemoryStream>("attendance", text_);
    }
    std::string checkpoint() const override { return given_ ? "attendance" : ""; }

  private:
    std::string_view text_;
    bool given_ = false;
};

std::string measure(const Document& subject, const CanonicalSchema& schema, std::size_t megabytes, int rounds) {
    ConnectorDefinition connector = bench::attendance_definition();
    EntityDefinition& entity = connector.entities.front();
    for (const std::string& column : entity.columns) entity.column_paths.push_back(subject.path_prefix + column);
    entity.record = subject.record;
    entity.resource = "attendance";
    connector.format_settings = TomlTable::parse(subject.settings, "connector.toml");

    bench::AttendanceRows made;
    std::string text = subject.head;
    std::uint64_t rows = 0;
    while (text.size() < megabytes * 1'000'000) text += subject.row(entity.columns, made.row(rows++));
    text += subject.tail;

    const auto format = subject.make();
    struct Speed {
        double mb_per_s, mb_per_processor_s;
    };
    const auto read = [&](bool typed) {
        const auto started = std::chrono::steady_clock::now();
        const std::clock_t processor_started = std::clock();
        EntityNormaliser normaliser(schema, connector, entity, {});
        const auto source = format->open(entity, connector, std::make_unique<OneDocument>(text), "");
        std::uint64_t got = 0;
        for (;;) {
            RecordBatch batch(source->shape());
            if (!source->next(batch)) break;
            got += typed ? normaliser.normalise(std::move(batch)).rows.size() : batch.rows();
        }
        if (got != rows) throw std::runtime_error(fmt::format("{} of {} rows were read", got, rows));
        const double megabytes_read = static_cast<double>(text.size()) / 1e6;
        return Speed{megabytes_read / std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count(),
                     megabytes_read * CLOCKS_PER_SEC / static_cast<double>(std::clock() - processor_started)};
    };
    std::vector<double> format_only, typed, format_only_processor, typed_processor;
    for (int round = 0; round < rounds; ++round) {
        const Speed to_columns = read(false);
        format_only.push_back(to_columns.mb_per_s);
        format_only_processor.push_back(to_columns.mb_per_processor_s);
        const Speed to_typed = read(true);
        typed.push_back(to_typed.mb_per_s);
        typed_processor.push_back(to_typed.mb_per_processor_s);
    }
    return fmt::format(
        "{{\"format\": \"{}\", \"bytes\": {}, \"rows\": {}, \"columns\": {}, \"bar_mb_per_s\": {:.0f}, "
        "\"to_columns_mb_per_s\": {:.0f}, \"to_typed_values_mb_per_s\": {:.0f}, \"best_to_typed_values_mb_per_s\": "
        "{:.0f}, \"typed_rows_per_s\": {:.0f}, \"to_columns_mb_per_processor_s\": {:.0f}, "
        "\"to_typed_values_mb_per_processor_s\": {:.0f}}}",
        subject.name, text.size(), rows, entity.columns.size(), subject.bar_mb_per_s, bench::median(format_only),
        bench::median(typed), *std::max_element(typed.begin(), typed.end()),
        bench::median(typed) * 1e6 * static_cast<double>(rows) / static_cast<double>(text.size()),
        bench::median(format_only_processor), bench::median(typed_processor));
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t megabytes = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 100;
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
    const std::string_view chosen = argc > 3 ? argv[3] : "";
    keep_freed_memory();  // as the program does
    try {
        const CanonicalSchema schema = CanonicalSchema::load(home_folder() / "schemas" / "canonical");
        const ConnectorDefinition connector = bench::attendance_definition();
        std::string results;
        for (const Document& subject : subjects(connector.entities.front())) {
            if (!chosen.empty() && chosen != subject.name) continue;
            results += (results.empty() ? "\n    " : ",\n    ") + measure(subject, schema, megabytes, rounds);
        }
        fmt::print("{{\n  \"bench\": \"typed_columns\", \"seed\": {}, \"rounds\": {},\n  \"formats\": [{}\n  ]\n}}\n",
                   bench::kSeed, rounds, results);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_typed: {}\n", error.what());
        return 1;
    }
}
