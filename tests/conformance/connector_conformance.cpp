#include "conformance/connector_conformance.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

namespace caseweave::conformance {

namespace {

std::map<std::string, std::vector<std::string>>& coverage() {
    static std::map<std::string, std::vector<std::string>> lines;
    return lines;
}

class PrintCoverage final : public ::testing::Environment {
  public:
    void TearDown() override {
        for (const auto& [connector, lines] : coverage()) {
            std::printf("%s\n", connector.c_str());
            for (const std::string& line : lines) std::printf("    %s\n", line.c_str());
        }
    }
};
const auto* const kPrintCoverage = ::testing::AddGlobalTestEnvironment(new PrintCoverage);

const std::filesystem::path& connectors_folder() {
    static const std::filesystem::path folder = CASEWEAVE_SOURCE_DIR "/connectors";
    return folder;
}

INSTANTIATE_TEST_SUITE_P(Connectors, ConnectorConformance, ::testing::ValuesIn(connector_names()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace

std::vector<std::string> connector_names() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(connectors_folder())) {
        if (std::filesystem::exists(entry.path() / "connector.toml")) names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

void ConnectorConformance::SetUp() {
    definition_ =
        std::make_shared<const ConnectorDefinition>(ConnectorDefinition::load(connectors_folder() / GetParam()));
}

void ConnectorConformance::cover(const std::string& what) const {
    coverage()[GetParam()].push_back(what);
}

Fields ConnectorConformance::key_of(const SourceData& data, const EntityDefinition& entity,
                                    const EntityReading& reading) {
    Fields key;
    for (const std::string& column : entity.key) {
        if (!data.settable(entity, column)) continue;
        const auto& fields = reading.placed.at(0).fields;
        const auto field = fields.find(column);
        if (field != fields.end()) key.insert(*field);
    }
    return key;
}

}  // namespace caseweave::conformance
