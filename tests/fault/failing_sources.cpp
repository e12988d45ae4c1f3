#include "fault/failing_sources.hpp"

#include "fault/fault_seed.hpp"
#include "integration/program/source_database.hpp"

namespace caseweave::testing {

namespace fs = std::filesystem;

FailingSources::FailingSources() : rest_(loaded_county().state.sources() / "early_help") {
    database_.execute(std::string("CREATE DATABASE ") + kDatabase);
    restore();
}

void FailingSources::restore_link() {
    link_.cut_each(0);
    link_.hold_each(0);
    link_.slow_to(0);
    link_.cut();
}

void FailingSources::change() {
    SourceDatabase(education_).change_at_random(kFaultSeed);
    execute(
        "UPDATE estart.member SET known_as = 'Robin' WHERE member_id IN (SELECT member_id FROM estart.member"
        " ORDER BY member_id LIMIT 9)");
    execute(
        "DELETE FROM estart.attendance WHERE attendance_id IN (SELECT attendance_id FROM estart.attendance"
        " ORDER BY attendance_id LIMIT 20)");
}

void FailingSources::restore() {
    restore_link();
    rest_.heal();
    fs::copy_file(loaded_county().state.sources() / "education" / "education.sqlite", education_,
                  fs::copy_options::overwrite_existing);
    execute("SET client_min_messages = warning; " +
            text_of(loaded_county().state.sources() / "early_years" / "early_years.sql"));
    fs::remove_all(files());
    fs::copy(loaded_county().state.sources() / "send", files(), fs::copy_options::recursive);
}

std::string FailingSources::job_text(const std::string& on_failure, const std::vector<std::string>& systems) const {
    std::string text = "[job]\nname = \"failing\"\naccept_test_numbers = true\non_source_failure = \"" + on_failure +
                       "\"\n[nightly]\nlargest_deletion = 1\n"
                       "[target]\nconnection = \"" +
                       served_target().server().connection(ServedTarget::kDatabase) + "\"\n";
    for (const std::string& system : systems) {
        if (system == "education")
            text +=
                "[system.education.transport]\nconnection = \"Driver=SQLite3;Database=" + education_.string() + "\"\n";
        if (system == "early_years")
            text += "[system.early_years.transport]\nconnection = \"host=" + link_.folder().string() +
                    " dbname=" + kDatabase +
                    " user=postgres\"\nconnect_timeout_seconds = 3\nread_timeout_seconds = 2\n"
                    "entity_timeout_seconds = 3\n";
        if (system == "early_help")
            text += rest_.job_text(
                "read_timeout_seconds = 4\nanswer_timeout_seconds = 3\nattempts = 4\n"
                "retry_budget_seconds = 4\n");
        if (system == "send") text += "[system.send.transport]\nfolder = \"" + files().string() + "\"\n";
    }
    return text;
}

RunningProgram FailingSources::start(const std::string& command, const std::string& on_failure,
                                     const std::vector<std::string>& systems) const {
    // One name: a run is taken up again by the same text of its job.
    const fs::path job = folder_.path() / "job.toml";
    write_text(job, job_text(on_failure, systems));
    std::vector<std::string> words{command, "--job", job.string(), "--quiet"};
    if (command == "nightly") words.emplace_back("--full");
    return {built_program(), served_target().state().with_state(words)};
}

}  // namespace caseweave::testing
