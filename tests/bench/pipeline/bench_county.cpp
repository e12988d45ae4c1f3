// Measures whole runs on a simulated county, each by the program itself. Prints JSON.
//   bulk:   the bulk load against a bare binary COPY, on one connection, of every row it wrote; and reconciliation
//   nights: nights against the bulk load they follow
// Usage: bench_county PROGRAM bulk|nights [scale] [state]
// A state folder that is named is kept, and a bulk load that is done in it is not done again.

#include <fmt/core.h>
#include <simdjson.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "app/job/simulated_county.hpp"
#include "app/job/state_folder.hpp"
#include "load/private_cluster.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace caseweave;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// What one run of the program took and did.
struct Measured {
    double wall_seconds = 0;   ///< of the process, from its start to its end
    double total_seconds = 0;  ///< of the run: without simulating the county
    double load_seconds = 0;
    std::string stages = "{}";
    std::int64_t rows_read = 0;     ///< by this run: of the entities that were read
    std::int64_t rows_changed = 0;  ///< new, changed or gone since the run before; of a night
    std::int64_t peak_rss_bytes = 0;
    std::int64_t differences = 0;
    bool balanced = true;
};

class County {
  public:
    County(fs::path program, std::string scale, fs::path state)
        : program_(std::move(program)), scale_(std::move(scale)), state_(std::move(state)) {}

    bool loaded() const { return fs::exists(summary_of(1)); }
    const fs::path& state() const { return state_; }

    /// Runs the program; its output goes to the state folder's side. @return wall seconds.
    double run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--state", state_.string()});
        const fs::path log = state_.string() + ".log";
        const auto start = std::chrono::steady_clock::now();
        ChildProcess process(program_, arguments, log);
        const int code = process.wait();
        const double seconds = seconds_since(start);
        if (code != static_cast<int>(ExitCode::done) && code != static_cast<int>(ExitCode::quarantined)) {
            throw std::runtime_error(fmt::format("{} ended with {}:\n{}", arguments.front(), code,
                                                 read_file_whole(log).value_or("no output")));
        }
        return seconds;
    }

    Measured run_and_read(const std::vector<std::string>& arguments) {
        const double wall = run(arguments);
        Measured measured = read_summary(summary_of(latest_run()));
        measured.wall_seconds = wall;
        return measured;
    }
    Measured bulk() {
        if (loaded()) return read_summary(summary_of(1));
        return run_and_read({"demo", "--scale", scale_, "--quiet"});
    }

  private:
    fs::path summary_of(int run) const { return state_ / "runs" / std::to_string(run) / "summary.json"; }
    int latest_run() const {
        int run = 1;
        while (fs::exists(summary_of(run + 1))) ++run;
        return run;
    }
    static Measured read_summary(const fs::path& path) {
        simdjson::dom::parser parser;
        const simdjson::dom::element summary = parser.load(path.string());
        Measured measured;
        const simdjson::dom::object seconds = summary["seconds"];
        measured.total_seconds = seconds["total"];
        measured.load_seconds = seconds["load"];
        measured.stages = simdjson::minify(seconds);
        measured.peak_rss_bytes = summary["peak_rss_bytes"];
        measured.differences = summary["differences"];
        for (const simdjson::dom::element entity : summary["systems"].get_array()) {
            measured.rows_read += std::int64_t(entity["read"]);
            measured.balanced = measured.balanced && bool(entity["balanced"]);
        }
        if (summary["night"].is_object()) {
            for (const char* kind : {"rows_new", "rows_changed", "rows_gone"})
                measured.rows_changed += std::int64_t(summary["night"][kind]);
        }
        return measured;
    }

    fs::path program_;
    std::string scale_;
    fs::path state_;
};

struct BareCopy {
    std::uint64_t rows = 0, bytes = 0;
    int tables = 0;
    double seconds = 0;
};

/// Copies every row of the target into tables without index or constraint, from files, one transaction a table.
BareCopy copy_barely(const fs::path& state) {
    const PrivateCluster cluster = PrivateCluster::start(state);
    TargetConnection admin(cluster.settings(PrivateCluster::kAdmin));
    admin.execute("DROP SCHEMA IF EXISTS bare CASCADE; CREATE SCHEMA bare");
    const auto tables = admin.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN"
        " ('integrated', 'lineage', 'sealed', 'review') ORDER BY 1");
    const testing::TemporaryFolder folder;
    const fs::path file = fs::path(folder.path()) / "rows";
    BareCopy copy;
    std::string chunk(1 << 18, '\0');
    for (std::size_t i = 0; i < tables.rows(); ++i) {
        const std::string table(tables.text(i, 0));
        const std::string bare = "bare.t" + std::to_string(i);
        {
            std::ofstream out(file, std::ios::binary | std::ios::trunc);
            admin.copy_out(fmt::format("COPY {} TO STDOUT (FORMAT binary)", table), [&](std::string_view piece) {
                out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
                copy.bytes += piece.size();
            });
        }
        admin.execute(fmt::format("CREATE TABLE {} AS SELECT * FROM {} WITH NO DATA; CHECKPOINT", bare, table),
                      TargetConnection::kLongDeadline);
        std::ifstream in(file, std::ios::binary);
        const auto start = std::chrono::steady_clock::now();
        admin.execute("BEGIN; SET LOCAL synchronous_commit = off");
        admin.copy_in_begin(fmt::format("COPY {} FROM STDIN (FORMAT binary)", bare));
        while (in.read(chunk.data(), static_cast<std::streamsize>(chunk.size())) || in.gcount() > 0)
            admin.copy_in_put({chunk.data(), static_cast<std::size_t>(in.gcount())});
        const std::uint64_t rows = admin.copy_in_end();
        admin.commit();
        copy.seconds += seconds_since(start);
        copy.rows += rows;
        copy.tables += rows > 0 ? 1 : 0;
        admin.execute(fmt::format("DROP TABLE {}", bare));
    }
    admin.execute("DROP SCHEMA bare CASCADE");
    return copy;
}

std::string run_json(const Measured& run) {
    return fmt::format(
        "\"seconds\": {:.2f}, \"stages\": {}, \"rows_read\": {}, \"balanced\": {}, \"differences\": {},"
        " \"peak_rss_bytes\": {}",
        run.total_seconds, run.stages, run.rows_read, run.balanced, run.differences, run.peak_rss_bytes);
}

void measure_bulk(County& county, const std::string& scale) {
    const Measured bulk = county.bulk();
    const BareCopy bare = copy_barely(county.state());
    const double reconcile = county.run({"reconcile"});
    fmt::print(
        "{{\n  \"bench\": \"county\", \"scale\": \"{}\", \"seed\": 1,\n  \"bulk\": {{{}}},\n"
        "  \"bar_peak_rss_bytes\": 1073741824,\n"
        "  \"bare_copy\": {{\"tables\": {}, \"rows\": {}, \"bytes\": {}, \"seconds\": {:.2f}}},\n"
        "  \"bulk_over_bare_copy\": {:.2f}, \"bar_bulk_over_bare_copy\": 6,\n"
        "  \"reconcile_seconds\": {:.2f}, \"reconcile_over_bulk\": {:.3f}, \"bar_reconcile_over_bulk\": 1\n}}\n",
        scale, run_json(bulk), bare.tables, bare.rows, bare.bytes, bare.seconds, bulk.total_seconds / bare.seconds,
        reconcile, reconcile / bulk.total_seconds);
}

void measure_nights(County& county, const std::string& scale) {
    const Measured bulk = county.bulk();
    struct Night {
        const char* name;
        std::vector<std::string> options;
        double bar;
    };
    // The first night after a bulk load reads everything that is not a delivery it knows; it sets the watermarks.
    const std::vector<Night> nights = {
        {"nothing changed, everything read", {"--full"}, 0.10},
        {"nothing changed, from watermarks on", {"--in-part"}, 0.02},
        {"changed, from watermarks on", {"--in-part", "--night", "1"}, 0.05},
        {"changed, everything read", {"--full", "--night", "2"}, 0.15},
    };
    std::string results;
    for (const Night& night : nights) {
        std::vector<std::string> arguments = {"nightly", "--quiet", "--accept-deletions"};
        arguments.insert(arguments.end(), night.options.begin(), night.options.end());
        const Measured run = county.run_and_read(arguments);
        results += fmt::format(
            "{}\n    {{\"night\": \"{}\", {}, \"rows_changed\": {}, \"share_of_rows_changed\": {:.4f},"
            " \"over_bulk\": {:.3f}, \"bar_over_bulk\": {:.2f}}}",
            results.empty() ? "" : ",", night.name, run_json(run), run.rows_changed,
            static_cast<double>(run.rows_changed) / static_cast<double>(bulk.rows_read),
            run.total_seconds / bulk.total_seconds, night.bar);
    }
    fmt::print(
        "{{\n  \"bench\": \"nightly\", \"scale\": \"{}\", \"seed\": 1,\n  \"bulk\": {{{}}},\n  \"nights\": [{}\n  "
        "]\n}}\n",
        scale, run_json(bulk), results);
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 2 ? argv[2] : "";
    if (what != "bulk" && what != "nights") {
        fmt::print(stderr, "usage: bench_county PROGRAM bulk|nights [scale] [state]\n");
        return 2;
    }
    const std::string scale = argc > 3 ? argv[3] : "county";
    try {
        const testing::TemporaryFolder folder;
        const bool kept = argc > 4;
        County county(argv[1], scale, kept ? fs::path(argv[4]) : fs::path(folder.path()) / "state");
        const auto measure = what == "bulk" ? measure_bulk : measure_nights;
        const auto forget = [&] {
            if (!kept && PrivateCluster::exists(county.state())) PrivateCluster::start(county.state()).remove();
        };
        try {
            measure(county, scale);
        } catch (...) {  // the server must not outlive the bench
            forget();
            throw;
        }
        forget();
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_county: {}\n", error.what());
        return 1;
    }
}
