#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "connectors/formats/delimited.hpp"
#include "connectors/formats/fixed_width.hpp"
#include "connectors/formats/json.hpp"
#include "connectors/formats/xlsx.hpp"
#include "connectors/formats/xml.hpp"
#include "connectors/transports/file_drop.hpp"
#include "connectors/transports/https.hpp"
#include "connectors/transports/odbc.hpp"
#include "connectors/transports/postgres.hpp"

namespace caseweave {
namespace {

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
    EXPECT_EQ(documented("formats/README.md", "delimited"), described(delimited_options()));
    EXPECT_EQ(documented("formats/README.md", "fixed_width"), described(fixed_width_options()));
    EXPECT_EQ(documented("formats/README.md", "xml"), described(xml_options()));
    EXPECT_EQ(documented("formats/README.md", "json"), described(json_options()));
    EXPECT_EQ(documented("formats/README.md", "xlsx"), described(xlsx_options()));
    EXPECT_EQ(documented("transports/README.md", "odbc"), described(odbc_options()));
    EXPECT_EQ(documented("transports/README.md", "postgres"), described(postgres_options()));
    EXPECT_EQ(documented("transports/README.md", "https"), described(https_options()));
    EXPECT_EQ(documented("transports/README.md", "file_drop"), described(file_drop_options()));
}

TEST(OptionTables, SecretsAreMarked) {
    for (const auto* options : {&odbc_options(), &postgres_options(), &https_options(), &file_drop_options()}) {
        for (const OptionDescriptor& option : *options)
            EXPECT_EQ(option.secret, option.type == "secret") << option.name;
    }
}

}  // namespace
}  // namespace caseweave
