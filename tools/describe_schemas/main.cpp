#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "describe_schemas/data_dictionary.hpp"
#include "describe_schemas/settings_schemas.hpp"
#include "load/migrations.hpp"
#include "settings/places.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

void write_file(const std::filesystem::path& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Writes what follows from schemas/canonical.", "describe_schemas");
    app.require_subcommand(1);
    const CLI::App* ddl = app.add_subcommand("ddl", "Print the tables and views that migration makes in the target");
    const CLI::App* dictionary = app.add_subcommand("dictionary", "Print the data dictionary in Markdown");
    std::filesystem::path folder;
    CLI::App* settings = app.add_subcommand("settings", "Write the JSON Schemas of the settings files");
    settings->add_option("folder", folder, "Folder to write to")->required();
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kUsage;
    }
    try {
        using namespace caseweave;
        const std::filesystem::path schemas = home_folder() / "schemas";
        const CanonicalSchema canonical = CanonicalSchema::load(schemas / "canonical");
        const TargetSchema target(canonical);
        if (*ddl) {
            const TargetDefinition definition = TargetDefinition::load(schemas / "target", target);
            std::cout << "-- What follows from schemas/canonical; migration runs it as caseweave_owner after the "
                         "numbered files of schemas/target.\n"
                      << definition.tables_sql << definition.views_sql;
        }
        if (*dictionary) std::cout << data_dictionary(canonical, target);
        if (*settings) {
            for (const auto& [file, text] : settings_schemas(home_folder())) write_file(folder / file, text);
        }
        return std::cout.flush() ? 0 : kFailed;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "describe_schemas: %s\n", error.what());
        return kFailed;
    }
}
