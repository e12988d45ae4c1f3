#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "extract/registry.hpp"
#include "settings/asked_keys.hpp"
#include "support/source_reading.hpp"

namespace caseweave {
namespace {

const Registry& registry() {
    static const Registry filled = [] {
        Registry made;
        register_transports_and_formats(made);
        return made;
    }();
    return filled;
}

/// The table of one section of a README: every line that starts with "| `".
std::vector<std::string> documented(const std::string& file, const std::string& section) {
    std::ifstream readme(std::string(CASEWEAVE_SOURCE_DIR) + "/connectors/" + file);
    std::vector<std::string> lines;
    bool inside = false;
    for (std::string line; std::getline(readme, line);) {
        if (line.starts_with("## ")) inside = line == "## " + section;
        if (inside && line.starts_with("| `")) lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> described(const std::vector<OptionDescriptor>& options) {
    std::vector<std::string> lines;
    for (const OptionDescriptor& option : options) {
        const bool code = !option.fallback.empty() && option.fallback != "required";
        const std::string fallback = code ? "`" + option.fallback + "`" : option.fallback;
        lines.push_back("| `" + option.name + "` | " + option.type + " | " + fallback + " | " + option.description +
                        " |");
    }
    return lines;
}

TEST(OptionTables, AreWhatTheReadmesSay) {
    for (const auto& [name, format] : registry().formats())
        EXPECT_EQ(documented("formats/README.md", name), described(format.options)) << name;
    for (const auto& [name, transport] : registry().transports())
        EXPECT_EQ(documented("transports/README.md", name), described(transport.options)) << name;
}

TEST(OptionTables, SecretsAreMarked) {
    for (const auto& [name, transport] : registry().transports()) {
        for (const OptionDescriptor& option : transport.options)
            EXPECT_EQ(option.secret, option.type == "secret") << name << ' ' << option.name;
    }
}

using Types = std::multimap<std::string, std::string>;

/// Option and type, as the table says it.
Types described_types(const std::vector<OptionDescriptor>& options) {
    Types types;
    for (const OptionDescriptor& option : options) types.emplace(option.name, option.type);
    return types;
}

/// Option and type, as the code asked for it.
Types asked_types(const TomlTable& settings) {
    static const std::map<TomlKind, std::string> kWords = {{TomlKind::string, "string"},
                                                           {TomlKind::strings, "strings"},
                                                           {TomlKind::integer, "integer"},
                                                           {TomlKind::boolean, "boolean"}};
    Types types;
    for (const auto& [name, key] : settings.asked().keys) {
        for (const TomlKind kind : key.kinds) types.emplace(name, kWords.at(kind));
    }
    return types;
}

TEST(OptionTables, ListWhatEachTransportAsksFor) {
    // What a job has to say so that the transport asks for everything, its secret too.
    const std::map<std::string, std::string> job = {
        {"odbc", "connection = \"Driver=none\"\nuser = \"reader\""},
        {"postgres", "connection = \"host=none\"\nuse_password = true"},
        {"https", "url = \"https://none.example\"\nclient_id = \"caseweave\""},
        {"file_drop", "folder = \"/nonexistent\""}};
    for (const auto& [name, transport] : registry().transports()) {
        SCOPED_TRACE(name);
        const auto text = job.find(name);
        ASSERT_NE(text, job.end()) << "say above what the new transport needs";
        ConnectorDefinition connector;
        connector.transport_settings = TomlTable::parse("", "connector.toml");
        Types secrets;
        const TransportContext context{connector, TomlTable::parse(text->second, "job.toml"),
                                       [&](std::string_view secret) {
                                           secrets.emplace(secret, "secret");
                                           return std::string("x");
                                       }};
        transport.make(context);
        for (const TomlTable& table : {connector.transport_settings, context.job_settings}) {
            Types asked = asked_types(table);
            asked.merge(Types(secrets));
            EXPECT_EQ(asked, described_types(transport.options));
        }
    }
}

TEST(OptionTables, ListWhatEachFormatAsksFor) {
    for (const auto& [name, format] : registry().formats()) {
        SCOPED_TRACE(name);
        EntityDefinition entity = testing::make_entity("person", {"ID"});
        if (name == "xml" || name == "json") entity.column_paths = {name == "xml" ? "ID" : "/ID"};
        if (name == "xml") entity.record = "People/Person";
        if (name == "fixed_width") entity.column_extents = {{1, 8}};
        const ConnectorDefinition connector = testing::make_connector(entity);
        const testing::MemoryDocuments::Documents none;
        format.make()->open(entity, connector, std::make_unique<testing::MemoryDocuments>(none, ""), "");
        EXPECT_EQ(asked_types(connector.format_settings), described_types(format.options));
    }
}

}  // namespace
}  // namespace caseweave
