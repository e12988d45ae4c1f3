#include "integration/program/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "load/private_cluster.hpp"

namespace caseweave::testing {

namespace fs = std::filesystem;

namespace {
constexpr std::chrono::milliseconds kPoll{5};
}

std::string ProgramOutcome::last_line() const {
    std::string text = out;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const std::size_t start = text.rfind('\n');
    return start == text.npos ? text : text.substr(start + 1);
}

std::string ProgramOutcome::all() const {
    return "exit code " + std::to_string(code) + "\n--- stdout\n" + out + "--- stderr\n" + err;
}

fs::path built_program(std::string_view name) {
    return fs::path(CASEWEAVE_BINARY_DIR) / name;
}

RunningProgram::RunningProgram(const fs::path& program, const std::vector<std::string>& arguments,
                               const Environment& environment) {
    std::vector<std::string> words = {program.string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const std::string out = folder_.path() / "out";
    const std::string err = folder_.path() / "err";
    id_ = ::fork();
    if (id_ < 0) throw std::runtime_error("fork failed");
    if (id_ == 0) {
        for (const auto& [name, value] : environment) {
            if (value.empty()) {
                ::unsetenv(name.c_str());
            } else {
                ::setenv(name.c_str(), value.c_str(), 1);
            }
        }
        ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
        ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
        ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
}

RunningProgram::~RunningProgram() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
}

void RunningProgram::send(int signal) {
    if (running()) ::kill(id_, signal);
}

bool RunningProgram::running() {
    if (id_ <= 0) return false;
    rusage usage{};
    if (::wait4(id_, &status_, WNOHANG, &usage) == 0) return true;
    peak_rss_bytes_ = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    id_ = -1;
    return false;
}

std::string RunningProgram::err_so_far() const {
    return text_of(folder_.path() / "err");
}

bool RunningProgram::wait_for_err(std::string_view text, std::chrono::seconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
        const bool lives = running();
        if (err_so_far().find(text) != std::string::npos) return true;
        if (!lives) return false;
        std::this_thread::sleep_for(kPoll);
    }
    return false;
}

ProgramOutcome RunningProgram::wait(std::chrono::seconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (running()) {
        if (std::chrono::steady_clock::now() > until) send(SIGKILL);
        std::this_thread::sleep_for(kPoll);
    }
    ProgramOutcome outcome;
    outcome.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    outcome.peak_rss_bytes = peak_rss_bytes_;
    outcome.out = text_of(folder_.path() / "out");
    outcome.err = text_of(folder_.path() / "err");
    return outcome;
}

ProgramOutcome run_caseweave(const std::vector<std::string>& arguments, const Environment& environment) {
    return RunningProgram(built_program(), arguments, environment).wait();
}

ProgramState::ProgramState() : path_(folder_.path() / "the state") {}

ProgramState::~ProgramState() {
    try {
        if (PrivateCluster::exists(path_)) PrivateCluster::start(path_).remove();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "the private cluster of a test was not removed: %s\n", error.what());
    }
}

std::vector<std::string> ProgramState::with_state(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--state", path_.string()});
    return arguments;
}

ProgramOutcome ProgramState::run(std::vector<std::string> arguments, const Environment& environment) const {
    return run_caseweave(with_state(std::move(arguments)), environment);
}

TargetConnection ProgramState::connect(std::string_view role) const {
    const ProgramOutcome target = run({"target"});
    if (target.code != 0) throw std::runtime_error("caseweave target: " + target.all());
    TargetConnection::Settings settings;
    std::istringstream words(target.last_line());
    for (std::string word; words >> word;) {
        const std::size_t equals = word.find('=');
        std::string text = word.substr(equals + 1);
        std::erase(text, '\'');  // what a job names is quoted; none of the tests' names holds a quote
        settings.keywords.emplace_back(word.substr(0, equals), text);
        if (settings.keywords.back().first == "user" && !role.empty()) settings.keywords.back().second = role;
    }
    return TargetConnection(settings);
}

pid_t ProgramState::postmaster() const {
    return static_cast<pid_t>(std::stol(text_of(path_ / "cluster" / "data" / "postmaster.pid")));
}

LoadedCounty::LoadedCounty() : outcome(state.run({"demo", "--scale", "tiny", "--seed", "1"})) {}

const LoadedCounty& loaded_county() {
    static const LoadedCounty county;
    return county;
}

std::string value_of(TargetConnection& connection, const std::string& sql) {
    const TargetResult rows = connection.execute(sql);
    return rows.empty() ? std::string() : std::string(rows.text(0, 0));
}

std::vector<std::string> column_of(TargetConnection& connection, const std::string& sql) {
    const TargetResult rows = connection.execute(sql);
    std::vector<std::string> column;
    for (std::size_t i = 0; i < rows.rows(); ++i) column.emplace_back(rows.text(i, 0));
    return column;
}

std::string books_and_identities(const ProgramState& state, const fs::path& summary) {
    simdjson::dom::parser parser;
    const simdjson::dom::element root = parser.load(summary.string());
    // Digests in the summary are keyed with the state's own secret: those of the target are compared.
    static const std::regex kKeyedDigests(R"re("digest_(source|target)":"[0-9a-f]*")re");
    std::string text = std::regex_replace(std::string(simdjson::minify(root["systems"])), kKeyedDigests, "") +
                       simdjson::minify(root["people"]);
    TargetConnection connection = state.connect();
    text +=
        value_of(connection,
                 "SELECT md5(string_agg(concat_ws('|', source_system, source_entity, entity, segment, rows, digest),"
                 " E'\\n' ORDER BY source_system, source_entity, entity, segment)) FROM lineage.row_tally"
                 " WHERE run_id = (SELECT max(run_id) FROM lineage.row_tally)");
    text += value_of(connection,
                     "SELECT md5(string_agg(concat_ws('|', source_system, source_person_key, person_id, access), E'\\n'"
                     " ORDER BY source_system, source_person_key)) FROM lineage.crosswalk");
    return text;
}

fs::path summary_of(const ProgramOutcome& outcome) {
    constexpr std::string_view kPrefix = "summary: ";
    const std::string line = outcome.last_line();
    if (!line.starts_with(kPrefix)) throw std::runtime_error("no summary on the last line: " + outcome.all());
    return line.substr(kPrefix.size());
}

std::string text_of(const fs::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

void write_text(const fs::path& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace caseweave::testing
