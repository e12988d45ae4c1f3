#include "app/job/simulated_county.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <thread>

#include "app/job/state_folder.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/shutdown.hpp"

namespace caseweave {

namespace {

/// The simulator stands beside this program in the build folder.
std::filesystem::path simulator() {
    std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "simulate_county";
    if (!std::filesystem::exists(program)) {
        throw Error(ErrorKind::usage, "cannot find " + program.string() +
                                          ": build the target simulate_county, or run tools/run-demo, which does");
    }
    return program;
}

std::string last_line_of(const std::filesystem::path& log) {
    std::string text = read_file_whole(log).value_or("");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const std::size_t start = text.rfind('\n');
    return start == text.npos ? text : text.substr(start + 1);
}

std::string county_mark(const CountySettings& settings) {
    return "scale=" + settings.scale + "\nseed=" + std::to_string(settings.seed) + "\n" +
           (settings.night > 0 ? "night=" + std::to_string(settings.night) + "\n" : "");
}

}  // namespace

ChildProcess::ChildProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                           const std::filesystem::path& log) {
    std::string name = program.string();
    std::vector<std::string> copies = arguments;
    std::vector<char*> argv = {name.data()};
    for (std::string& argument : copies) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const std::string log_path = log.string();
    const pid_t parent = ::getpid();
    process_ = ::fork();
    if (process_ < 0) throw Error(ErrorKind::source, "cannot start " + name + ": " + std::strerror(errno));
    if (process_ == 0) {
        // Only async-signal-safe calls: the parent may have threads. The child must not outlive a killed parent.
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (::getppid() != parent) ::_exit(127);
        const int null_input = ::open("/dev/null", O_RDONLY);
        const int output = ::open(log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        ::dup2(null_input, STDIN_FILENO);
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
        ::setpgid(0, 0);  // Ctrl-C is for the parent, which ends its children itself
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
}

ChildProcess::~ChildProcess() {
    if (process_ <= 0) return;
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept : process_(std::exchange(other.process_, -1)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
    std::swap(process_, other.process_);
    return *this;
}

int ChildProcess::wait() {
    int status = 0;
    while (true) {
        const pid_t ended = ::waitpid(process_, &status, WNOHANG);
        if (ended == process_) break;
        throw_if_shutdown_requested();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool ChildProcess::running() {
    if (process_ <= 0) return false;
    if (::waitpid(process_, nullptr, WNOHANG) == 0) return true;
    process_ = -1;
    return false;
}

bool SimulatedCounty::exists() const {
    return std::filesystem::exists(folder_ / "county");
}

void SimulatedCounty::generate(const CountySettings& settings) {
    const std::string mark = county_mark(settings);
    if (read_file_whole(folder_ / "county") == mark) return;
    log::info("simulating a county: scale {}, seed {}{}", settings.scale, settings.seed,
              settings.night > 0 ? ", night " + std::to_string(settings.night) : "");
    std::error_code error;
    std::filesystem::remove_all(folder_, error);
    std::filesystem::create_directories(folder_, error);
    if (error) throw Error(ErrorKind::usage, "cannot make " + folder_.string() + ": " + error.message());
    const auto log = folder_ / "simulate_county.log";
    ChildProcess process(simulator(),
                         {"generate", "--scale", settings.scale, "--seed", std::to_string(settings.seed), "--night",
                          std::to_string(settings.night), "--output", folder_.string()},
                         log);
    const int code = process.wait();
    if (code != 0)
        throw Error(code == 2 ? ErrorKind::usage : ErrorKind::source,
                    "simulate_county ended with " + std::to_string(code) + ": " + last_line_of(log));
    write_file_whole(folder_ / "county", mark);
}

int SimulatedCounty::serve() {
    constexpr auto kPatience = std::chrono::seconds(20);
    const auto ready = folder_ / "server.ready";
    const auto log = folder_ / "server.log";
    std::error_code ignored;
    std::filesystem::remove(ready, ignored);
    server_ = ChildProcess(
        simulator(), {"serve", "--sources", folder_.string(), "--port", "0", "--ready-file", ready.string()}, log);
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < until) {
        throw_if_shutdown_requested();
        if (const auto text = read_file_whole(ready); text && text->ends_with('\n')) return std::stoi(*text);
        if (!server_.running()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    throw Error(ErrorKind::source,
                "the simulated REST server did not start: " + last_line_of(log) + " (see " + log.string() + ")");
}

}  // namespace caseweave
