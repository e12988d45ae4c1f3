#include "app/viewer.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/prepared_job.hpp"
#include "core/error.hpp"
#include "settings/places.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kRoles = {{
    {"social_care", "caseweave_reader_social_care"},
    {"education", "caseweave_reader_education"},
    {"youth_justice", "caseweave_reader_youth_justice"},
    {"data_quality", "caseweave_data_quality"},
    {"restricted", "caseweave_safeguarding"},
    {"sealed", "caseweave_adoption_officer"},
}};

std::string_view database_role(std::string_view word) {
    const auto found = std::find_if(kRoles.begin(), kRoles.end(), [&](const auto& role) { return role.first == word; });
    if (found != kRoles.end()) return found->second;
    std::vector<std::string> known;
    for (const auto& role : kRoles) known.emplace_back(role.first);
    std::string message = "--as takes one of";
    for (const std::string& name : known) message += " " + name;
    if (const std::string suggestion = nearest_word(word, known); !suggestion.empty())
        message += "; did you mean " + suggestion + "?";
    throw Error(ErrorKind::usage, message);
}

std::string user_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

}  // namespace

std::unique_ptr<ViewedTarget> open_for_viewing(const StateFolder& state) {
    TargetSettings settings;
    std::filesystem::path model = home_folder() / "config" / "linkage" / "default.toml";
    if (const auto command = MigrationCommand::load(state)) {
        const Job job = job_for_viewing(*command, state);
        settings = job.target;
        model = job.linkage_model;
    }
    return std::make_unique<ViewedTarget>(CanonicalSchema::load(home_folder() / "schemas" / "canonical"),
                                          Target::open(settings, state.root()), model);
}

TargetConnection connect_as(const Target& target, const Asking& asking) {
    const std::string_view role = database_role(asking.role);
    if (asking.purpose.find_first_not_of(' ') == std::string::npos) {
        throw Error(ErrorKind::usage,
                    "--purpose must say why you look at this record; it is written to the access log");
    }
    return target.connect(role);
}

void record_access(TargetConnection& connection, const Asking& asking, bool found) {
    const std::string user = user_name();
    connection.query(
        "SELECT audit.record_access($1, $2, $3, $4, $5, $6)",
        {std::string_view(asking.role), std::string_view(user), std::string_view(asking.command),
         std::string_view(asking.purpose), std::string_view(asking.asked_for), std::string_view(found ? "t" : "f")});
}

std::string not_found_answer(std::string_view asked_for) {
    return "No record " + std::string(asked_for) +
           " that you may see. Check the id, or ask whoever keeps access to it.";
}

}  // namespace caseweave
