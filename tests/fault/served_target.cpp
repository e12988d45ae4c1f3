#include "fault/served_target.hpp"

#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "integration/program/target_picture.hpp"

namespace caseweave::testing {

namespace fs = std::filesystem;

namespace {

std::string job_text(const fs::path& server, const fs::path& sources) {
    std::string text =
        "[job]\nname = \"faults\"\naccept_test_numbers = true\n"
        "[nightly]\nlargest_deletion = 1\n"
        "[target]\nconnect_timeout_seconds = 4\nanswer_timeout_seconds = 4\nconnection = \"host=" +
        server.string() + " dbname=" + ServedTarget::kDatabase + " user=postgres\"\n";
    for (const std::string system : {"social_care", "education"})
        text += "[system." + system + ".transport]\nconnection = \"Driver=SQLite3;Database=" +
                (sources / system / (system + ".sqlite")).string() + "\"\n";
    for (const std::string system : {"fostering_adoption", "admissions", "send", "youth_justice", "virtual_school"})
        text += "[system." + system + ".transport]\nfolder = \"" + (sources / system).string() + "\"\n";
    return text;
}

}  // namespace

ServedTarget::ServedTarget() : sources_(folder_.path() / "sources") {
    fs::copy(loaded_county().state.sources(), sources_, fs::copy_options::recursive);
    job_ = folder_.write("job.toml", job_text(link_.folder(), sources_));
    reset();
}

void ServedTarget::reset(const std::string& kept) {
    server_.execute(std::string("DROP DATABASE IF EXISTS ") + kDatabase + " WITH (FORCE)");
    server_.execute(std::string("CREATE DATABASE ") + kDatabase + " TEMPLATE " + kept);
}

void ServedTarget::keep_as(const std::string& name) {
    // A backend whose client has gone may take a moment to go.
    server_.execute(std::string("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '") +
                    kDatabase + "'");
    server_.execute("DROP DATABASE IF EXISTS " + name);
    server_.execute("CREATE DATABASE " + name + " TEMPLATE " + kDatabase);
}

RunningProgram ServedTarget::start(std::vector<std::string> words, const std::string& fault,
                                   const Environment& more) const {
    words.insert(words.begin() + 1, {"--job", job_.string(), "--quiet"});
    Environment environment = more;
    environment.emplace("CASEWEAVE_FAULT", fault);
    return RunningProgram(built_program("caseweave_with_faults"), state_.with_state(std::move(words)), environment);
}

std::string ServedTarget::everything() const {
    return picture_with_ids_and_books(state_);
}

ServedTarget& served_target() {
    static ServedTarget target;
    return target;
}

bool wait_until_stopped(RunningProgram& program) {
    while (program.running()) {
        const std::string stat = text_of("/proc/" + std::to_string(program.id()) + "/stat");
        const std::size_t name_end = stat.rfind(')');
        if (name_end != std::string::npos && name_end + 2 < stat.size() && stat[name_end + 2] == 'T') return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

std::vector<std::string> fault_points_of_the_source() {
    static const std::regex kPoint("fault_point\\(\"([^\"]+)\"\\)");
    std::set<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(CASEWEAVE_SOURCE_DIR) / "src")) {
        if (entry.path().extension() != ".cpp") continue;
        const std::string text = text_of(entry.path());
        for (std::sregex_iterator at(text.begin(), text.end(), kPoint), end; at != end; ++at)
            if (!names.insert((*at)[1]).second) throw std::runtime_error("two fault points are named " + at->str(1));
    }
    return {names.begin(), names.end()};
}

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* text = std::getenv(variable);
    return text == nullptr ? otherwise : std::stoull(text);
}

std::map<std::string, long> read_passages(const fs::path& file) {
    std::map<std::string, long> passages;
    std::ifstream in(file);
    std::string name;
    for (long count = 0; in >> name >> count;) passages[name] = count;
    return passages;
}

}  // namespace caseweave::testing
