#include "app/job/viewer.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "app/job/prepared_job.hpp"
#include "canonical/copy_encoding.hpp"
#include "core/error.hpp"
#include "load/people_lineage.hpp"
#include "settings/places.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

struct Role {
    std::string_view word, database_role;
    bool all_areas;
    std::uint8_t clearance;
};
constexpr std::array<Role, 6> kRoles = {{
    {"social_care", "caseweave_reader_social_care", false, kAccessOpen},
    {"education", "caseweave_reader_education", false, kAccessOpen},
    {"youth_justice", "caseweave_reader_youth_justice", false, kAccessOpen},
    {"data_quality", "caseweave_data_quality", true, kAccessOpen},
    {"restricted", "caseweave_safeguarding", true, kAccessRestricted},
    {"sealed", "caseweave_adoption_officer", true, kAccessSealed},
}};

const Role& role_of(std::string_view word) {
    const auto found = std::ranges::find(kRoles, word, &Role::word);
    if (found != kRoles.end()) return *found;
    std::vector<std::string> known;
    for (const Role& role : kRoles) known.emplace_back(role.word);
    std::string message = "--as takes one of";
    for (const std::string& name : known) message += " " + name;
    if (const std::string suggestion = nearest_word(word, known); !suggestion.empty())
        message += "; did you mean " + suggestion + "?";
    throw Error(ErrorKind::usage, message);
}

}  // namespace

std::string user_name() {
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_name : std::to_string(::getuid());
}

std::uint8_t clearance_of(std::string_view role) {
    return role_of(role).clearance;
}

std::unique_ptr<ViewedTarget> open_for_viewing(const StateFolder& state) {
    TargetSettings settings;
    std::filesystem::path model = home_folder() / "config" / "linkage" / "default.toml";
    std::filesystem::path survivorship = home_folder() / "config" / "survivorship.toml";
    std::filesystem::path retention = home_folder() / "config" / "retention.toml";
    if (const auto command = MigrationCommand::load(state)) {
        const Job job = job_for_viewing(*command, state);
        settings = job.target;
        model = job.linkage_model;
        survivorship = job.survivorship;
        retention = job.retention;
    }
    // Whoever looks makes no cluster.
    if (settings.private_cluster && !PrivateCluster::exists(state.root())) state.refuse_as_unused();
    return std::make_unique<ViewedTarget>(CanonicalSchema::load(home_folder() / "schemas" / "canonical"),
                                          Target::open(settings, state.root()), model, survivorship, retention);
}

bool sees_all_areas(std::string_view role) {
    return role_of(role).all_areas;
}

void require_asking(const Asking& asking) {
    role_of(asking.role);
    if (asking.purpose.find_first_not_of(' ') == std::string::npos) {
        throw Error(ErrorKind::usage,
                    "--purpose must say why you look at this record; it is written to the access log");
    }
}

TargetConnection connect_as(const Target& target, const Asking& asking) {
    require_asking(asking);
    TargetConnection connection = target.connect(role_of(asking.role).database_role);
    if (connection.execute("SELECT to_regclass('lineage.crosswalk')").is_null(0, 0))
        throw Error(ErrorKind::usage, "the target holds no records yet: load it first with bulk or demo");
    return connection;
}

void record_access(TargetConnection& connection, const Asking& asking, bool found) {
    record_access(connection, user_name(), asking.command, asking.purpose, asking.asked_for, found);
}

std::string not_found_answer(std::string_view asked_for) {
    return "No record " + std::string(asked_for) +
           " that you may see. Check the id, or ask whoever keeps access to it.";
}

}  // namespace caseweave
