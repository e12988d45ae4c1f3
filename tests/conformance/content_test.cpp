#include <algorithm>
#include <map>

#include "conformance/connector_conformance.hpp"
#include "conformance/readme_promises.hpp"

namespace caseweave::conformance {

namespace {

TEST_P(ConnectorConformance, IsHealthyOnItsTestData) {
    const auto staged = test_data()->stage();
    const auto connector = staged->connect(shared_definition());
    connector->verify();
    const auto findings = connector->check(LookInto::records);
    EXPECT_GE(findings.size(), entities().size());
    for (const CheckFinding& finding : findings) EXPECT_EQ(finding.level, CheckFinding::Level::ok) << finding.what;
}

TEST_P(ConnectorConformance, ReadsEveryEntityAndFiresEveryEmit) {
    const auto staged = test_data()->stage();
    const SystemReading readings = read_system(*staged, shared_definition());
    const ReadmePromises promises = read_promises(definition().folder / "README.md");
    auto excuses = promises.not_in_testdata;
    std::int64_t rows = 0, emitted = 0;
    std::size_t emits = 0, fired = 0;
    for (const EntityDefinition& entity : entities()) {
        SCOPED_TRACE("entity " + entity.name);
        const EntityReading& reading = readings.at(entity.name);
        EXPECT_GT(reading.read, 0) << "testdata/ has no row of it";
        EXPECT_FALSE(reading.placed.empty()) << "no row of it could be placed";
        EXPECT_FALSE(reading.empty_key_or_person) << "a canonical row without key or person";
        rows += reading.read;
        emitted += reading.emitted;
        std::map<std::string, unsigned> parts;
        for (const EmitDefinition& emit : entity.emits) {
            const unsigned part = parts[emit.to]++;
            const std::string name = entity.name + " -> " + emit.to + " [" + std::to_string(part) + "]";
            ++emits;
            if (reading.fired.contains({emit.to, part})) {
                ++fired;
                EXPECT_FALSE(excuses.contains(name)) << "README.md excuses " << name << ", but testdata/ has it";
            } else {
                EXPECT_TRUE(excuses.contains(name)) << "testdata/ has no row for " << name
                                                    << ": add one, or say why not under not_in_testdata of README.md";
            }
            excuses.erase(name);
        }
    }
    for (const auto& [name, why] : excuses) ADD_FAILURE() << "README.md excuses " << name << ", which is no emit";
    cover(std::to_string(entities().size()) + " entities, " + std::to_string(rows) + " source rows, " +
          std::to_string(emitted) + " canonical rows, " + std::to_string(fired) + " of " + std::to_string(emits) +
          " emits fire, " + std::to_string(emits - fired) + " excused");
}

TEST_P(ConnectorConformance, RejectsWhatIsPlantedAndNothingElse) {
    const auto staged = test_data()->stage();
    const SystemReading readings = read_system(*staged, shared_definition());
    std::map<std::pair<std::string, std::string>, unsigned> rejected;
    for (const auto& [entity, reading] : readings) {
        for (const Reject& reject : reading.rejects) ++rejected[{entity, std::string(to_string(reject.reason))}];
    }
    const ReadmePromises promises = read_promises(definition().folder / "README.md");
    unsigned planted = 0;
    for (const auto& [what, rows] : promises.planted) {
        EXPECT_EQ(rejected[what], rows) << what.first << " " << what.second << ": planted by README.md";
        planted += rows;
    }
    for (const auto& [what, rows] : rejected) {
        EXPECT_TRUE(rows == 0 || promises.planted.contains(what))
            << what.first << " " << what.second << ": " << rows << " rows rejected that README.md does not plant";
    }
    cover(std::to_string(planted) + " planted rows rejected");
}

}  // namespace

}  // namespace caseweave::conformance
