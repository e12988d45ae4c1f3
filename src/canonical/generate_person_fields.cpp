// Writes the X-macro list of the person record's fields from schemas/canonical/person.toml.

#include <toml++/toml.h>

#include <filesystem>
#include <fstream>
#include <iostream>

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: generate_person_fields person.toml person_fields.inc\n";
        return 2;
    }
    try {
        const toml::table schema = toml::parse_file(argv[1]);
        std::filesystem::create_directories(std::filesystem::path(argv[2]).parent_path());
        std::ofstream out(argv[2]);
        out << "// Made from schemas/canonical/person.toml; X(name, type).\n";
        for (const toml::node& node : *schema["field"].as_array()) {
            const toml::table& field = *node.as_table();
            out << "CASEWEAVE_PERSON_FIELD(" << *field["name"].value<std::string>() << ", "
                << *field["type"].value<std::string>() << ")\n";
        }
        return out.good() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << argv[1] << ": " << error.what() << '\n';
        return 1;
    }
}
