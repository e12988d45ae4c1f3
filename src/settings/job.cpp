#include "settings/job.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "core/error.hpp"
#include "settings/asked_keys.hpp"
#include "settings/connection_string.hpp"
#include "settings/credential.hpp"
#include "settings/places.hpp"

namespace caseweave {

namespace {

/// Replaces ${name} in a whole file, keeping line numbers.
std::string put_variables_in(const std::string& text, const std::string& file,
                             const std::map<std::string, std::string>& variables) {
    std::string result;
    unsigned line = 1;
    unsigned column = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.compare(i, 2, "${") == 0) {
            const std::size_t end = text.find('}', i);
            const std::string name = text.substr(i + 2, end == text.npos ? text.npos : end - i - 2);
            const auto found = variables.find(name);
            if (end == text.npos || found == variables.end()) {
                std::string known;
                for (const auto& entry : variables) known += (known.empty() ? "" : ", ") + entry.first;
                throw SettingsError(file, line, column, "unknown variable ${" + name + "}; known: " + known);
            }
            // TOML basic strings: a path with a backslash or quote must not end the string.
            for (const char c : found->second) {
                if (c == '\\' || c == '"') result += '\\';
                result += c;
            }
            column += static_cast<unsigned>(end - i + 1);
            i = end;
            continue;
        }
        if (text[i] == '\n') {
            ++line;
            column = 0;
        }
        ++column;
        result += text[i];
    }
    return result;
}

/// @throws SettingsError with the nearest name when no connector has this one.
void require_connector(const TomlTable& systems, const std::string& name) {
    const std::filesystem::path connectors = home_folder() / "connectors";
    if (std::filesystem::exists(connectors / name / "connector.toml")) return;
    std::vector<std::string> known;
    for (const auto& entry : std::filesystem::directory_iterator(connectors)) {
        if (std::filesystem::exists(entry.path() / "connector.toml")) known.push_back(entry.path().filename().string());
    }
    const std::string suggestion = nearest_word(name, known);
    systems.fail(name, "the job names system \"" + name + "\", but there is no folder " + (connectors / name).string() +
                           (suggestion.empty() ? "" : "; did you mean \"" + suggestion + "\"?"));
}

/// A credential is a file of one folder: its name leads nowhere else.
void require_credential_name(const TomlTable& table, const std::string& key, const std::string& name) {
    if (!name.empty() && name.find('/') == std::string::npos && name != "." && name != "..") return;
    table.fail(key, key + " is the name of a credential as LoadCredential= gives it, not a path");
}

FailureCommand read_failure_command(const TomlTable& table) {
    FailureCommand command;
    command.words = table.strings("command");
    if (table.has("command") && (command.words.empty() || !std::filesystem::path(command.words.front()).is_absolute()))
        table.fail("command", "command is a list: the program's whole path, then its arguments. No shell reads it");
    constexpr std::int64_t kLongestSeconds = 3600;  // a run that failed must not hang on what tells of it
    const std::int64_t limit = table.integer("time_limit_seconds", command.time_limit.count());
    if (limit < 1 || limit > kLongestSeconds)
        table.fail("time_limit_seconds", "time_limit_seconds must be between 1 and 3600");
    command.time_limit = std::chrono::seconds(limit);
    if (command.words.empty() && table.has("time_limit_seconds"))
        table.fail("time_limit_seconds", "time_limit_seconds is that of command, and there is none");
    return command;
}

/// Reads the year of a return; 0 where no year is asked for.
int read_return_year(const TomlTable& table) {
    constexpr std::int64_t kFirst = 1990;  // no return that is read here is older
    constexpr std::int64_t kLast = 2099;
    const std::int64_t year = table.integer("year", 0);
    if (year != 0 && (year < kFirst || year > kLast))
        table.fail("year", fmt::format("year must be that of a return, from {} to {}, or 0 for any, and is {}", kFirst,
                                       kLast, year));
    return static_cast<int>(year);
}

SystemSettings read_system(const TomlTable& table, const std::string& name) {
    SystemSettings system;
    system.name = name;
    system.transport = table.detached_table("transport");
    system.input = table.string("input", "");
    system.year = read_return_year(table);
    system.owner = table.string("owner", "");
    if (table.has("owner") && system.owner.find_first_not_of(' ') == std::string::npos)
        table.fail("owner", "owner says who mends the rows of this system; leave it out for the system's title");
    const TomlTable secrets = table.table("secrets");
    for (const std::string& key : secrets.keys()) {
        const std::string value = secrets.string(key);
        if (key.ends_with("_credential")) {
            require_credential_name(secrets, key, value);
        } else if (!key.ends_with("_file") && !key.ends_with("_env")) {
            secrets.fail(key, "a secret is given by " + key + "_file, " + key + "_env or " + key +
                                  "_credential; it never stands in a job file");
        }
    }
    system.secrets = table.detached_table("secrets");
    return system;
}

}  // namespace

std::string SystemSettings::secret(std::string_view secret_name) const {
    const std::string of_file = fmt::format("{}_file", secret_name);
    const std::string of_variable = fmt::format("{}_env", secret_name);
    const std::string of_credential = fmt::format("{}_credential", secret_name);
    const auto file = secrets.optional_string(of_file);
    const auto variable = secrets.optional_string(of_variable);
    const auto credential = secrets.optional_string(of_credential);
    if ((file && (variable || credential)) || (variable && credential)) {
        secrets.fail(variable ? of_variable : of_credential,
                     fmt::format("{} is given more than once: keep one of {}, {} and {}", secret_name, of_file,
                                 of_variable, of_credential));
    }
    if (file) return read_secret_file(*file, secrets, of_file);
    if (credential) return read_credential(*credential, secrets, of_credential);
    if (variable) {
        const char* value = std::getenv(variable->c_str());
        if (value == nullptr || *value == '\0') {
            secrets.fail(of_variable, fmt::format("environment variable {}, which {} names, is {}", *variable,
                                                  of_variable, value == nullptr ? "not set" : "empty"));
        }
        return value;
    }
    secrets.finish();  // what stands there instead may be it, mistyped
    secrets.fail(of_file, fmt::format("system {} needs a secret: give {}, {} or {} in [system.{}.secrets]", name,
                                      of_file, of_variable, of_credential, name));
}

void SystemSettings::refuse_unused_secrets() const {
    if (secrets.asked().keys.empty()) {
        for (const std::string& key : secrets.keys()) {
            secrets.fail(key, fmt::format("nothing uses this secret: as its transport is set, system {} needs none. "
                                          "Leave it out, or set what needs it in [system.{}.transport]",
                                          name, name));
        }
    }
    secrets.finish();
}

Job Job::load(const std::filesystem::path& file, const std::map<std::string, std::string>& variables) {
    Job job;
    job.text = read_settings_file(file, "job file ");
    const TomlTable table = TomlTable::parse(put_variables_in(job.text, file.string(), variables), file.string());
    const auto resolve = [&](const std::string& path) {
        const std::filesystem::path given(path);
        return given.is_absolute() || path.empty() ? given : file.parent_path() / given;
    };

    const TomlTable head = table.table("job");
    job.name = head.string("name");
    job.accept_test_numbers = head.boolean("accept_test_numbers", false);
    constexpr std::array<std::string_view, 2> kOnFailure = {"stop", "continue"};
    job.on_source_failure =
        head.word("on_source_failure", kOnFailure, "stop") == "stop" ? OnSourceFailure::stop : OnSourceFailure::proceed;
    const std::int64_t threads = head.integer("threads", 0);
    if (threads < 0 || threads > 256)
        head.fail("threads", "threads must be between 0 (as many as the machine has) and 256");
    job.threads = static_cast<unsigned>(threads);
    // What ships with the program is there wherever the job file lies.
    const auto setting = [&](const TomlTable& of, const char* key, const std::filesystem::path& shipped) {
        const std::string given = of.string(key, "");
        return given.empty() ? home_folder() / "config" / shipped : resolve(given);
    };
    job.linkage_model = setting(head, "linkage_model", "linkage/default.toml");
    job.survivorship = setting(head, "survivorship", "survivorship.toml");
    job.retention = setting(head, "retention", "retention.toml");
    job.quality = table.table("quality");
    job.quality_rules = setting(job.quality, "rules", "quality_rules.toml");

    const TomlTable nightly = table.table("nightly");
    job.largest_deletion = nightly.number("largest_deletion", job.largest_deletion);
    const auto days = [&](const char* key, int fallback) {
        const std::int64_t value = nightly.integer(key, fallback);
        if (value < 0 || value > 366) nightly.fail(key, std::string(key) + " is a number of days, from 0 to 366");
        return static_cast<int>(value);
    };
    job.partial_reading.overlap_days = days("overlap_days", job.partial_reading.overlap_days);
    job.partial_reading.whole_days = days("whole_reading_days", job.partial_reading.whole_days);
    if (!(job.largest_deletion >= 0 && job.largest_deletion <= 1))
        nightly.fail("largest_deletion", "largest_deletion is a share: from 0 (nothing may go) to 1 (all may)");

    const TomlTable target = table.table("target");
    job.target.private_cluster = target.boolean("private_cluster", !target.has("service") && !target.has("connection"));
    job.target.service = target.string("service", "");
    job.target.connection = target.string("connection", "");
    if (job.target.private_cluster && (target.has("service") || target.has("connection")))
        target.fail("private_cluster", "private_cluster = true and a server named beside it are two targets: keep one");
    job.target.password_file = target.string("password_file", "");
    job.target.password_credential = target.string("password_credential", "");
    if (target.has("password_credential")) {
        require_credential_name(target, "password_credential", job.target.password_credential);
        if (target.has("password_file"))
            target.fail("password_credential", "password_file and password_credential are two passwords: keep one");
    }
    const ConnectionString connection = parse_connection_string(job.target.connection);
    if (connection.holds_password)
        target.fail("connection", "a password does not belong in a job file: use password_file or password_credential");
    if (!connection.fault.empty()) target.fail("connection", connection.fault);
    job.target.table = target;
    const auto seconds = [&](const char* key, std::chrono::seconds shipped, int most) {
        const std::int64_t given = target.integer(key, shipped.count());
        if (given < 1 || given > most) target.fail(key, fmt::format("{} must be between 1 and {}", key, most));
        return std::chrono::seconds(given);
    };
    job.target.connect_timeout = seconds("connect_timeout_seconds", job.target.connect_timeout, 600);
    job.target.answer_timeout = seconds("answer_timeout_seconds", job.target.answer_timeout, 3600);

    job.on_failure = read_failure_command(table.table("on_failure"));

    const TomlTable systems = table.table("system");
    for (const std::string& name : systems.keys()) {
        const TomlTable entry = systems.table(name);
        require_connector(systems, name);
        SystemSettings system = read_system(entry, name);
        const bool left_out = entry.has("input") && system.input.empty();
        if (!left_out) job.systems.push_back(std::move(system));
    }
    if (job.systems.empty()) {
        table.fail(
            "system",
            "the job has no system to read: add [system.<name>] tables, or give --input for those that take one");
    }
    table.finish();
    job.head = head;
    return job;
}

void Job::require_settings_files() const {
    const auto require = [](const TomlTable& of, const char* key, const std::filesystem::path& file) {
        std::error_code error;
        if (std::filesystem::is_regular_file(file, error)) return;
        of.fail(key, std::string(key) + " names " + file.string() +
                         ", and there is no such file; a path is taken from the job file's folder. Correct it, or "
                         "leave the key out for the file that ships with the program");
    };
    require(head, "linkage_model", linkage_model);
    require(head, "survivorship", survivorship);
    require(head, "retention", retention);
    require(quality, "rules", quality_rules);
}

}  // namespace caseweave
