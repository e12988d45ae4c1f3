// Measures `caseweave demo` from its start to its end, each time with a new state folder. Prints JSON.
// Usage: bench_demo PROGRAM [rounds] [scale]

#include <fmt/core.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "app/job/simulated_county.hpp"
#include "app/job/state_folder.hpp"
#include "bench/pipeline/attendance.hpp"
#include "load/private_cluster.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace caseweave;

struct Round {
    double seconds = 0;
    std::string summary;  // "seconds" of summary.json
};

Round run_once(const std::string& program, const std::string& scale) {
    const testing::TemporaryFolder folder;
    const std::filesystem::path state = std::filesystem::path(folder.path()) / "state";
    const std::filesystem::path log = std::filesystem::path(folder.path()) / "demo.log";
    Round round;
    const auto started = std::chrono::steady_clock::now();
    ChildProcess demo(program, {"demo", "--scale", scale, "--state", state.string()}, log);
    const int code = demo.wait();
    round.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    if (PrivateCluster::exists(state)) PrivateCluster::start(state).remove();
    if (code != static_cast<int>(ExitCode::quarantined)) {
        throw std::runtime_error(
            fmt::format("the demo ended with {}:\n{}", code, read_file_whole(log).value_or("no output")));
    }
    const std::string summary = read_file_whole(state / "runs" / "1" / "summary.json").value_or("");
    const std::size_t begin = summary.find("\"seconds\":");
    const std::size_t end = summary.find('}', begin);
    if (end == std::string::npos) throw std::runtime_error("summary.json does not tell the seconds of the stages");
    round.summary = summary.substr(begin + 10, end - begin - 9);
    return round;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: bench_demo PROGRAM [rounds] [scale]\n");
        return 2;
    }
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
    const std::string scale = argc > 3 ? argv[3] : "demo";
    try {
        std::vector<double> seconds;
        std::string results;
        for (int i = 0; i < rounds; ++i) {
            const Round round = run_once(argv[1], scale);
            seconds.push_back(round.seconds);
            results += fmt::format("{}\n    {{\"wall_seconds\": {:.2f}, \"stages\": {}}}", i > 0 ? "," : "",
                                   round.seconds, round.summary);
        }
        fmt::print(
            "{{\n  \"bench\": \"demo\", \"scale\": \"{}\", \"median_wall_seconds\": {:.2f}, \"bar_wall_seconds\": 30,\n"
            "  \"rounds\": [{}\n  ]\n}}\n",
            scale, bench::median(seconds), results);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_demo: {}\n", error.what());
        return 1;
    }
}
