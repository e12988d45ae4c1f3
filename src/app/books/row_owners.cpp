#include "app/books/row_owners.hpp"

#include <filesystem>

#include "app/job/prepared_job.hpp"
#include "settings/connector_definition.hpp"
#include "settings/places.hpp"

namespace caseweave {

RowOwners::RowOwners(const StateFolder& state) {
    const auto command = MigrationCommand::load(state);
    if (command) name(job_for_viewing(*command, state));
}

RowOwners::RowOwners(const Job& job) {
    name(job);
}

void RowOwners::name(const Job& job) {
    for (const SystemSettings& system : job.systems) {
        if (!system.owner.empty()) named_.emplace(system.name, system.owner);
    }
}

const std::string& RowOwners::of(const std::string& system) const {
    if (const auto named = named_.find(system); named != named_.end()) return named->second;
    const auto [title, is_new] = titles_.try_emplace(system, system);
    if (is_new) {
        const std::filesystem::path connector = home_folder() / "connectors" / system;
        if (std::filesystem::exists(connector / "connector.toml"))
            title->second = ConnectorDefinition::load(connector).title;
    }
    return title->second;
}

}  // namespace caseweave
