#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "settings/toml_table.hpp"

namespace caseweave {

/// Says what a run does when one source fails: in its checks before anything is loaded, or while it is read.
enum class OnSourceFailure { stop, proceed };

/// Says how a nightly run reads entities that keep a watermark.
struct PartialReadingRules {
    int overlap_days = 3;  ///< read again before the last watermark: what was committed late
    int whole_days = 0;    ///< days after which an entity is read whole again; 0: always whole
};

/// Says which database to load into.
struct TargetSettings {
    bool private_cluster = true;      ///< a cluster the program starts itself under the state folder
    std::string service;              ///< pg_service.conf entry
    std::string connection;           ///< libpq keywords without a password
    std::string password_file;        ///< a file that holds the password alone
    std::string password_credential;  ///< a credential of the service manager, likewise
    TomlTable table;                  ///< [target], to point at its keys
    std::chrono::seconds connect_timeout{10};
    std::chrono::seconds answer_timeout{120};  ///< silence after which the server is asked whether it still works
};

/// Says what to run when a run ends badly.
struct FailureCommand {
    std::vector<std::string> words;       ///< program and arguments, started as they are, never by a shell; or none
    std::chrono::seconds time_limit{60};  ///< it is ended after that
};

/// Names one system of a job.
struct SystemSettings {
    std::string name;     ///< folder under connectors/
    TomlTable transport;  ///< [system.<name>.transport]
    TomlTable secrets;    ///< [system.<name>.secrets]: of each secret a file, variable or credential that holds it
    std::string owner;    ///< who mends its rows; "" = the system's title
    std::string input;    ///< file or folder given on the command line, for systems that take one
    int year = 0;         ///< return year, for statutory files; 0 = none

    /// Reads a secret ("password", "client_secret", ...). @throws SettingsError where there is none: it points at the
    /// key that names it, or one mistyped, else at the table.
    std::string secret(std::string_view secret_name) const;
    /// Throws for a secret that nobody has asked for: to be called once the system's connector is made.
    void refuse_unused_secrets() const;
};

/// Holds a job file: config/*.toml, with ${variables} put in.
struct Job {
    std::string name;
    bool accept_test_numbers = false;  ///< NHS numbers of the test range are valid (demo only)
    OnSourceFailure on_source_failure = OnSourceFailure::stop;
    unsigned threads = 0;  ///< 0 = as many as the machine has
    PartialReadingRules partial_reading;
    double largest_deletion = 0.2;  ///< share of an entity's rows that may be gone from its source in one night
    TargetSettings target;
    FailureCommand on_failure;
    std::filesystem::path linkage_model;
    std::filesystem::path survivorship;
    std::filesystem::path retention;
    std::filesystem::path quality_rules;
    std::vector<SystemSettings> systems;
    TomlTable head;     ///< [job], to point at its keys
    TomlTable quality;  ///< [quality], likewise
    std::string text;   ///< the file as it stands, variables not put in: what makes two runs the same job

    /// Reads a job; a system whose `input` is given and empty is left out. `variables` replace ${name} in strings; an
    /// unknown one is a SettingsError, as is an unknown key, a wrong type or a system named twice. Paths are relative
    /// to the job file unless absolute.
    static Job load(const std::filesystem::path& file, const std::map<std::string, std::string>& variables);

    /// Checks that the linkage model, the files of survivorship and retention and the quality rules are there: what a
    /// run needs, and who looks at a record does not. @throws SettingsError that points at the key that names the
    /// missing one.
    void require_settings_files() const;
};

}  // namespace caseweave
