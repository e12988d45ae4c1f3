#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>

#include "describe_schemas/data_dictionary.hpp"
#include "load/migrations.hpp"
#include "settings/places.hpp"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Writes what follows from schemas/canonical.", "describe_schemas");
    app.require_subcommand(1);
    const CLI::App* ddl = app.add_subcommand("ddl", "Print the tables and views that migration makes in the target");
    const CLI::App* dictionary = app.add_subcommand("dictionary", "Print the data dictionary in Markdown");
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
        return std::cout.flush() ? 0 : kFailed;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "describe_schemas: %s\n", error.what());
        return kFailed;
    }
}
