#include "app/job/prepared_job.hpp"

#include <fmt/format.h>

#include "core/error.hpp"
#include "load/private_cluster.hpp"
#include "settings/places.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

/// Says where a simulated county stands: its files, and the database of its PostgreSQL source, beside the target in the
/// private cluster.
struct CountyPlace {
    std::filesystem::path folder;
    std::string_view database;
};

CountyPlace loaded_county(const StateFolder& state) {
    return {state.sources(), "early_years_source"};
}

CountyPlace planned_county(const StateFolder& state) {
    return {state.planned_sources(), "early_years_planned"};
}

/// Writes libpq keywords for a database of the private cluster.
std::string source_connection(const PrivateCluster& cluster, std::string_view database) {
    std::string text;
    for (auto [keyword, value] : cluster.settings(PrivateCluster::kOperator).keywords) {
        if (keyword == "application_name") continue;
        if (keyword == "dbname") value = database;
        std::string escaped;
        for (const char c : value) {
            if (c == '\'' || c == '\\') escaped += '\\';
            escaped += c;
        }
        text += (text.empty() ? "" : " ") + keyword + "='" + escaped + "'";
    }
    return text;
}

/// Fills the source database from the county's SQL, once.
void fill_source_database(const PrivateCluster& cluster, std::string_view database, const std::filesystem::path& sql) {
    const auto mark = std::filesystem::path(sql).replace_extension(".loaded");
    TargetConnection admin(cluster.settings(PrivateCluster::kAdmin));
    const bool exists =
        !admin.execute("SELECT FROM pg_database WHERE datname = '" + std::string(database) + "'").empty();
    if (exists && std::filesystem::exists(mark)) return;
    if (exists) admin.execute("DROP DATABASE " + std::string(database) + " WITH (FORCE)");
    admin.execute("CREATE DATABASE " + std::string(database) + " OWNER " + std::string(PrivateCluster::kOperator));
    const auto log = std::filesystem::path(sql).replace_extension(".log");
    ChildProcess psql(
        find_postgres_programs() / "psql",
        {"-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", source_connection(cluster, database), "-f", sql.string()}, log);
    if (const int code = psql.wait(); code != 0) {
        throw Error(ErrorKind::source,
                    fmt::format("psql could not fill the simulated early years database (exit {}): see {}", code,
                                log.string()));
    }
    write_file_whole(mark, "loaded\n");
}

/// Variables every job may use: ${state}, ${home}, ${input.NAME}.
std::map<std::string, std::string> command_variables(const MigrationCommand& command, const StateFolder& state) {
    std::map<std::string, std::string> variables;
    for (const auto& entry : std::filesystem::directory_iterator(home_folder() / "connectors")) {
        if (std::filesystem::exists(entry.path() / "connector.toml"))
            variables["input." + entry.path().filename().string()] = "";
    }
    for (const auto& [name, path] : command.inputs) {
        const auto known = variables.find("input." + name);
        if (known == variables.end()) {
            std::vector<std::string> connectors;
            for (const auto& [variable, value] : variables)
                connectors.push_back(variable.substr(variable.find('.') + 1));
            const std::string nearest = nearest_word(name, connectors);
            throw Error(ErrorKind::usage,
                        fmt::format("--input {}: no connector of that name; {}", name,
                                    nearest.empty() ? "see connectors/" : fmt::format("did you mean {}?", nearest)));
        }
        if (!std::filesystem::exists(path))
            throw Error(ErrorKind::usage, "--input " + name + "=" + path + ": no such file or folder");
        known->second = std::filesystem::absolute(path).string();
    }
    variables["state"] = state.root().string();
    variables["home"] = home_folder().string();
    return variables;
}

PreparedJob prepare_at(const CountyPlace& place, const MigrationCommand& command, const StateFolder& state) {
    PreparedJob prepared;
    std::map<std::string, std::string> variables = command_variables(command, state);
    if (command.name == "demo") {
        prepared.county = std::make_unique<SimulatedCounty>(place.folder);
        prepared.county->generate(command.county);
        const PrivateCluster cluster = PrivateCluster::start(state.root());
        // A system that is read from PostgreSQL leaves its database as SQL, named as the system.
        for (const auto& system : std::filesystem::directory_iterator(place.folder)) {
            const auto sql = system.path() / (system.path().filename().string() + ".sql");
            if (std::filesystem::exists(sql)) fill_source_database(cluster, place.database, sql);
        }
        variables["sources"] = place.folder.string();
        variables["port"] = std::to_string(prepared.county->serve());
        variables["source_connection"] = source_connection(cluster, place.database);
    }
    prepared.job = Job::load(command.job_file, variables);
    return prepared;
}

}  // namespace

MigrationCommand MigrationCommand::of_job(const JobOptions& options) {
    MigrationCommand command;
    command.name = "bulk";
    command.job_file = options.job;
    command.inputs = options.inputs;
    return command;
}

void MigrationCommand::save(const StateFolder& state) const {
    std::string text = fmt::format("command = {}\njob = {}\nscale = {}\nseed = {}\nnight = {}\n\n[inputs]\n",
                                   quote_toml(name), quote_toml(std::filesystem::absolute(job_file).string()),
                                   quote_toml(county.scale), county.seed, county.night);
    for (const auto& [input, path] : inputs)
        text += fmt::format("{} = {}\n", input, quote_toml(std::filesystem::absolute(path).string()));
    write_file_whole(state.command_file(), text);
}

std::optional<MigrationCommand> MigrationCommand::load(const StateFolder& state) {
    if (!std::filesystem::exists(state.command_file())) return std::nullopt;
    const TomlTable table = TomlTable::parse_file(state.command_file());
    MigrationCommand command;
    command.name = table.string("command");
    command.job_file = table.string("job");
    command.county.scale = table.string("scale");
    command.county.seed = static_cast<std::uint64_t>(table.integer("seed", 1));
    command.county.night = static_cast<std::uint32_t>(table.integer("night", 0));
    const TomlTable inputs = table.table("inputs");
    for (const std::string& name : inputs.keys()) command.inputs.emplace(name, inputs.string(name));
    table.finish();
    return command;
}

StateFolder open_state(const JobOptions& options, std::string_view advice) {
    return options.job.empty() ? StateFolder::of_earlier_run(options.state, advice) : StateFolder(options.state);
}

MigrationCommand named_or_last(const JobOptions& options, const StateFolder& state, std::string_view advice) {
    if (!options.job.empty()) return MigrationCommand::of_job(options);
    const auto last = MigrationCommand::load(state);
    if (!last) state.refuse_as_unused(advice);
    return *last;
}

PreparedJob prepare_job(const MigrationCommand& command, const StateFolder& state) {
    return prepare_at(loaded_county(state), command, state);
}

PreparedJob prepare_planned_night(const MigrationCommand& command, const StateFolder& state) {
    return prepare_at(planned_county(state), command, state);
}

void remove_planned_night(const StateFolder& state) {
    const CountyPlace place = planned_county(state);
    std::filesystem::remove_all(place.folder);
    TargetConnection admin(PrivateCluster::start(state.root()).settings(PrivateCluster::kAdmin));
    admin.execute("DROP DATABASE IF EXISTS " + std::string(place.database) + " WITH (FORCE)");
}

Job job_for_viewing(const MigrationCommand& command, const StateFolder& state) {
    std::map<std::string, std::string> variables = command_variables(command, state);
    for (const std::string_view name : {"sources", "port", "source_connection"}) variables.emplace(name, "");
    return Job::load(command.job_file, variables);
}

}  // namespace caseweave
