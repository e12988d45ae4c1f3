// Measures how fast each format becomes typed-ready columns (RecordBatch) on one core, from files in the page cache,
// and what a million rows of each source cost in memory and time. Prints JSON. Usage: bench_formats [megabytes] [rows]

#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <stdexcept>
#include <vector>

#include "connectors/formats/delimited.hpp"
#include "connectors/formats/fixed_width.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/formats/xml.hpp"
#include "connectors/transports/file_drop.hpp"
#include "connectors/transports/odbc.hpp"
#include "core/allocator.hpp"
#include "core/error.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace caseweave;

constexpr unsigned kSeed = 20260331;
constexpr int kRounds = 5;

const std::vector<std::string> kColumns = {"person_id", "given_name", "family_name", "birth_date",
                                           "sex",       "ethnicity",  "nhs_number",  "upn",
                                           "address_1", "town",       "postcode",    "updated_at"};
const std::vector<unsigned> kWidths = {8, 12, 16, 10, 1, 4, 10, 13, 24, 14, 8, 19};

/// Rows of about 130 bytes, every hundredth with a letter outside ASCII and a quote or separator inside.
class PersonRows {
  public:
    explicit PersonRows(std::size_t) : random_(kSeed) {}
    std::vector<std::string> next() {
        static const std::vector<std::string> given = {"Amelia", "Oliver", "Zofia", "Mohammed",
                                                       "Isla",   "Chidi",  "Noor",  "Jack"};
        static const std::vector<std::string> family = {"Hartfield", "Nowak",        "Okafor", "Patel",
                                                        "Smith",     "van der Berg", "O'Brien"};
        static const std::vector<std::string> town = {"Worthing", "Crawley", "Horsham", "Chichester", "Burgess Hill"};
        ++row_;
        const bool odd = row_ % 100 == 0;
        return {fmt::format("{:08}", row_),
                odd ? "Zoë" : given[random_() % given.size()],
                odd ? "Smith, \"Jo\"" : family[random_() % family.size()],
                fmt::format("20{:02}-{:02}-{:02}", random_() % 20 + 5, random_() % 12 + 1, random_() % 28 + 1),
                random_() % 2 == 0 ? "F" : "M",
                "WBRI",
                fmt::format("999{:07}", random_() % 10'000'000),
                random_() % 3 == 0 ? "" : fmt::format("A938{:09}", random_() % 1'000'000'000),
                fmt::format("{} The Street", random_() % 200),
                town[random_() % town.size()],
                fmt::format("RH{} {}AB", random_() % 20, random_() % 9),
                "2026-03-30 10:15:00"};
    }

  private:
    std::mt19937 random_;
    std::size_t row_ = 0;
};

std::string csv_field(const std::string& text) {
    if (text.find_first_of(",\"") == std::string::npos) return text;
    std::string out = "\"";
    for (const char c : text) out.append(c == '"' ? 2 : 1, c);
    return out + "\"";
}

std::string xml_text(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
    return out;
}

std::string json_text(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) out += c == '"' ? "\\\"" : std::string(1, c);
    return out + "\"";
}

struct Subject {
    std::string name, file, format_settings, head, tail;
    std::function<std::string(const std::vector<std::string>&)> row;
    std::function<std::unique_ptr<Format>()> make;
};

std::vector<Subject> subjects() {
    std::string header;
    for (const std::string& column : kColumns) header += (header.empty() ? "" : ",") + column;
    return {
        {"delimited", "people.csv", "", header + "\n", "",
         [](const auto& fields) {
             std::string line;
             for (const std::string& field : fields) line += (line.empty() ? "" : ",") + csv_field(field);
             return line + "\n";
         },
         make_delimited_format},
        {"fixed_width", "people.dat", "encoding = \"utf-8\"", "", "",
         [](const auto& fields) {
             std::string line;
             for (std::size_t i = 0; i < fields.size(); ++i) {
                 std::string field = fields[i].find('\xC3') == std::string::npos ? fields[i] : "Zoe";
                 field.resize(kWidths[i], ' ');
                 line += field;
             }
             return line + "\n";
         },
         make_fixed_width_format},
        {"xml", "people.xml", "", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<People>\n", "</People>\n",
         [](const auto& fields) {
             std::string element = "  <Person>\n";
             for (std::size_t i = 0; i < fields.size(); ++i)
                 element += "    <" + kColumns[i] + ">" + xml_text(fields[i]) + "</" + kColumns[i] + ">\n";
             return element + "  </Person>\n";
         },
         make_xml_format},
        {"ndjson", "people.ndjson", "ndjson = true", "", "",
         [](const auto& fields) {
             std::string object = "{";
             for (std::size_t i = 0; i < fields.size(); ++i)
                 object += (i > 0 ? ",\"" : "\"") + kColumns[i] + "\":" + json_text(fields[i]);
             return object + "}\n";
         },
         make_json_format},
    };
}

struct Delivery {
    EntityDefinition entity;
    ConnectorDefinition connector;
    std::unique_ptr<Transport> transport;
    std::unique_ptr<Format> format;

    Delivery(const Subject& subject, const std::string& folder) {
        entity.name = "person";
        entity.resource = subject.file;
        entity.columns = kColumns;
        entity.key = {"person_id"};
        unsigned start = 1;
        for (std::size_t i = 0; i < kColumns.size(); ++i) {
            entity.column_paths.push_back((subject.name == "xml" ? "" : "/") + kColumns[i]);
            entity.column_extents.emplace_back(start, kWidths[i]);
            start += kWidths[i];
        }
        if (subject.name == "xml") entity.record = "People/Person";
        connector.name = "bench";
        connector.format_settings = TomlTable::parse(subject.format_settings, "connector.toml");
        connector.entities = {entity};
        transport = make_file_drop_transport(
            {connector,
             TomlTable::parse("manifest = \"\"\nfolder = \"" + folder + "/" + subject.file + "\"", "job.toml"),
             {}});
        format = subject.make();
    }
    std::uint64_t read() const {
        const auto source = format->open(entity, connector, transport->open_documents(entity, ""), "");
        return read_all(*source);
    }
    static std::uint64_t read_all(Source& source) {
        RecordBatch batch;
        std::uint64_t rows = 0;
        while (source.next(batch)) {
            if (!batch.rejects().empty()) throw std::runtime_error("a row of the bench was rejected");
            rows += batch.rows();
        }
        return rows;
    }
};

void write_file(const Subject& subject, const std::string& folder, std::size_t megabytes, std::size_t rows) {
    std::ofstream file(folder + "/" + subject.file, std::ios::binary);
    PersonRows people(rows);
    file << subject.head;
    std::size_t bytes = 0;
    for (std::size_t row = 0; megabytes > 0 ? bytes < megabytes * 1'000'000 : row < rows; ++row) {
        const std::string text = subject.row(people.next());
        bytes += text.size();
        file << text;
    }
    file << subject.tail;
    if (!file) throw std::runtime_error("cannot write the bench's files");
}

void make_database(const std::string& path, std::size_t rows) {
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    std::string columns;
    for (const std::string& column : kColumns) columns += (columns.empty() ? "" : ", ") + column;
    sqlite3_exec(database, ("CREATE TABLE person (" + columns + "); BEGIN").c_str(), nullptr, nullptr, nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(database, "INSERT INTO person VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", -1, &insert, nullptr);
    PersonRows people(rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::vector<std::string> fields = people.next();
        for (std::size_t i = 0; i < fields.size(); ++i)
            sqlite3_bind_text(insert, static_cast<int>(i + 1), fields[i].c_str(), -1, nullptr);
        sqlite3_step(insert);
        sqlite3_reset(insert);
    }
    sqlite3_finalize(insert);
    sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr);
    sqlite3_close(database);
}

/// Runs `work` in a process of its own: peak memory counts from a fresh start.
std::string in_child(const std::function<std::string()>& work) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("pipe failed");
    const pid_t child = ::fork();
    if (child == 0) {
        std::string text;
        try {
            text = work();
        } catch (const std::exception& error) {
            text = fmt::format("{{\"error\": \"{}\"}}", error.what());
        }
        const bool written = ::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
        ::_exit(written ? 0 : 1);
    }
    ::close(ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t got = ::read(ends[0], buffer, sizeof buffer); got > 0; got = ::read(ends[0], buffer, sizeof buffer)) {
        text.append(buffer, static_cast<std::size_t>(got));
    }
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return text;
}

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Processor time of this process: what one core does, whatever else the machine does.
double processor_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string measure_speed(const Subject& subject, const std::string& folder) {
    const Delivery delivery(subject, folder);
    const double bytes = static_cast<double>(std::filesystem::file_size(folder + "/" + subject.file));
    double best_wall = 1e9;
    double best_processor = 1e9;
    std::uint64_t rows = 0;
    for (int round = 0; round < kRounds; ++round) {
        const double processor = processor_seconds();
        const auto start = std::chrono::steady_clock::now();
        rows = delivery.read();
        best_wall = std::min(best_wall, seconds_since(start));
        best_processor = std::min(best_processor, processor_seconds() - processor);
    }
    return fmt::format(
        "{{\"format\": \"{}\", \"bytes\": {:.0f}, \"rows\": {}, \"mb_per_s\": {:.0f}, \"mb_per_processor_s\": {:.0f}}}",
        subject.name, bytes, rows, bytes / 1e6 / best_wall, bytes / 1e6 / best_processor);
}

std::string memory_report(const std::string& source, std::uint64_t rows, double seconds) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return fmt::format("{{\"source\": \"{}\", \"rows\": {}, \"rows_per_s\": {:.0f}, \"peak_rss_bytes\": {}}}", source,
                       rows, static_cast<double>(rows) / seconds, usage.ru_maxrss * 1024L);
}

std::string measure_file_memory(const Subject& subject, const std::string& folder) {
    const auto start = std::chrono::steady_clock::now();
    const std::uint64_t rows = Delivery(subject, folder).read();
    return memory_report(subject.name, rows, seconds_since(start));
}

std::string measure_odbc_memory(const std::string& path) {
    EntityDefinition entity;
    entity.name = "person";
    entity.columns = kColumns;
    entity.key = {"person_id"};
    entity.query = "SELECT * FROM person ORDER BY rowid";
    ConnectorDefinition connector;
    connector.name = "bench";
    const auto start = std::chrono::steady_clock::now();
    const auto transport = make_odbc_transport(
        {connector, TomlTable::parse("connection = \"Driver=SQLite3;Database=" + path + "\"", "job.toml"), {}});
    const std::uint64_t rows = Delivery::read_all(*transport->open_rows(entity, ""));
    return memory_report("odbc", rows, seconds_since(start));
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();  // as the program does
    const std::size_t megabytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
    const std::size_t rows = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
    try {
        const caseweave::testing::TemporaryFolder folder;
        std::string speed, memory;
        for (const Subject& subject : subjects()) {
            (void)in_child([&] {
                write_file(subject, folder.path(), megabytes, 0);
                return std::string();
            });
            speed += (speed.empty() ? "\n    " : ",\n    ") +
                     in_child([&] { return measure_speed(subject, folder.path()); });
            (void)in_child([&] {
                write_file(subject, folder.path(), 0, rows);
                return std::string();
            });
            memory += (memory.empty() ? "\n    " : ",\n    ") +
                      in_child([&] { return measure_file_memory(subject, folder.path()); });
            std::filesystem::remove(folder.path() / subject.file);
        }
        const std::string database = folder.path() / "people.sqlite";
        (void)in_child([&] {
            make_database(database, rows);
            return std::string();
        });
        memory += ",\n    " + in_child([&] { return measure_odbc_memory(database); });
        fmt::print(
            "{{\n  \"bench\": \"formats\",\n  \"seed\": {},\n  \"rounds\": {},\n  \"formats\": [{}\n  ],\n  "
            "\"memory\": [{}\n  ]\n}}\n",
            kSeed, kRounds, speed, memory);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_formats: {}\n", error.what());
        return 1;
    }
}
