#include "simulate_county/generate.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "simulate_county/habits.hpp"
#include "simulate_county/systems/registry.hpp"
#include "simulate_county/writers/manifest.hpp"

namespace simulate {
namespace {

std::filesystem::path folder(const char* name) {
    return std::filesystem::path(CASEWEAVE_BINARY_DIR) / "generate_test" / name;
}

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::map<std::string, std::string> contents(const std::filesystem::path& root) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.is_regular_file()) files[std::filesystem::relative(entry.path(), root).string()] = read(entry.path());
    }
    return files;
}

class Generate : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        std::filesystem::remove_all(folder("one"));
        std::filesystem::remove_all(folder("two"));
        generate(scale_named("tiny"), 5, folder("one"));
        generate(scale_named("tiny"), 5, folder("two"));
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder("")); }
};

TEST_F(Generate, SameSeedGivesTheSameBytesButForKeys) {
    const auto one = contents(folder("one"));
    const auto two = contents(folder("two"));
    const std::set<std::string> keys = {"server/ca.pem", "server/server.pem", "server/server.key"};
    ASSERT_EQ(one.size(), two.size());
    EXPECT_GT(one.size(), 40U);
    for (const auto& [name, bytes] : one) {
        if (keys.contains(name)) {
            EXPECT_NE(bytes, two.at(name)) << name;
        } else {
            EXPECT_TRUE(bytes == two.at(name)) << name << " differs between two runs";
        }
    }
}

TEST_F(Generate, ManifestsMatchTheirFiles) {
    int manifests = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder("one"))) {
        const std::filesystem::path manifest = entry.path() / "manifest.csv";
        if (!std::filesystem::exists(manifest)) continue;
        ++manifests;
        std::istringstream lines(read(manifest));
        std::string line;
        std::getline(lines, line);
        EXPECT_EQ(line, "file,bytes,rows,sha256");
        std::set<std::string> named = {"manifest.csv"};
        while (std::getline(lines, line)) {
            std::istringstream fields(line);
            std::string file;
            std::string bytes;
            std::string rows;
            std::string sha;
            std::getline(fields, file, ',');
            std::getline(fields, bytes, ',');
            std::getline(fields, rows, ',');
            std::getline(fields, sha, ',');
            const std::string content = read(entry.path() / file);
            EXPECT_EQ(std::to_string(content.size()), bytes) << file;
            EXPECT_EQ(sha256_hex(content), sha) << file;
            named.insert(file);
        }
        for (const auto& file : std::filesystem::directory_iterator(entry.path())) {
            EXPECT_TRUE(named.contains(file.path().filename().string())) << file.path();
        }
    }
    EXPECT_EQ(manifests, 6);
}

TEST_F(Generate, KeysAreReadableByTheirOwnerOnly) {
    using std::filesystem::perms;
    for (const char* name : {"server/server.key", "server/early_help.secret", "server/youth_support.secret"}) {
        const perms mode = std::filesystem::status(folder("one") / name).permissions();
        EXPECT_EQ(mode & (perms::group_all | perms::others_all), perms::none) << name;
    }
}

// Capitals with marks, one byte each: C0 (À) to DE (Þ) in Windows-1252.
TEST_F(Generate, AdmissionsHoldsNamesInWindows1252) {
    constexpr std::size_t kSurname = 10;  // SURNAME and FORENAME of connectors/admissions
    constexpr std::size_t kBothNames = 70;
    std::istringstream lines(read(folder("one") / "admissions/ADMCHLD_20260331.dat"));
    std::string line;
    int marked = 0;
    while (std::getline(lines, line)) {
        if (line.size() < kSurname + kBothNames) continue;
        for (const char c : line.substr(kSurname, kBothNames)) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte >= 0xC0 && byte <= 0xDE) ++marked;
            EXPECT_TRUE(byte < 0xDF) << "a small letter or a byte of UTF-8 in " << line.substr(0, kSurname);
        }
    }
    EXPECT_GE(marked, 1);
}

// Every record that a system has of a person is a row of that system, and one line of the truth.
TEST_F(Generate, TruthCoversEveryPersonRow) {
    const County county = build_county(scale_named("tiny"), 5);
    const Random random(5, "systems");
    const std::vector<SystemView> views = make_views(county, random);
    std::set<std::string> truth;
    std::istringstream lines(read(folder("one") / "truth/persons.csv"));
    std::string line;
    std::getline(lines, line);
    EXPECT_EQ(line, "system,key,person,kind,domain,multiple_birth,hazards");
    while (std::getline(lines, line)) {
        const auto second_comma = line.find(',', line.find(',') + 1);
        EXPECT_TRUE(truth.insert(line.substr(0, second_comma)).second) << "a key stands twice";
    }
    ASSERT_EQ(system_modules().size(), views.size());
    std::size_t expected = 0;
    for (std::size_t i = 0; i < views.size(); ++i) {
        Random own = random.stream(views[i].system);
        const SystemModule& module = system_modules()[i];
        ASSERT_EQ(module.system, views[i].system);
        const SystemDump dump = module.simulate(county, views[i], own);
        std::set<std::string> values;
        std::size_t rows = 0;
        for (const Table& table : dump.tables) {
            rows += table.rows.size();
            for (const Row& row : table.rows) {
                ASSERT_EQ(row.size(), table.columns.size()) << table.name;
                for (const Cell& cell : row) {
                    if (cell) values.insert(*cell);
                }
            }
        }
        EXPECT_GT(rows, 2 * views[i].people.size()) << views[i].system << " has few case rows";
        const std::set<std::string> unplaced(dump.unplaced_people.begin(), dump.unplaced_people.end());
        for (const PersonView& person : views[i].people) {
            EXPECT_TRUE(values.contains(person.key)) << views[i].system;
            const bool placed = !unplaced.contains(person.key);
            EXPECT_EQ(truth.contains(views[i].system + "," + person.key), placed) << views[i].system;
            if (placed) ++expected;
        }
    }
    EXPECT_EQ(truth.size(), expected);
}

TEST(GenerateErrors, NameTheFolder) {
    try {
        generate(scale_named("tiny"), 1, "/proc/no_such_place");
        FAIL() << "writing below /proc cannot work";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("/proc/no_such_place"), std::string::npos);
    }
}

}  // namespace
}  // namespace simulate
