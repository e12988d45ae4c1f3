#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "simulate_county/habits.hpp"
#include "simulate_county/scale.hpp"
#include "simulate_county/systems/registry.hpp"

namespace simulate {
namespace {

const Table& table_of(const SystemDump& dump, std::string_view name) {
    const auto found =
        std::find_if(dump.tables.begin(), dump.tables.end(), [&](const Table& table) { return table.name == name; });
    if (found == dump.tables.end()) throw std::logic_error("no table " + std::string(name));
    return *found;
}

SystemDump simulate_youth_justice_of(const char* scale, std::uint64_t seed) {
    const County county = build_county(scale_named(scale), seed);
    const Random random(seed, "systems");
    for (const SystemView& view : make_views(county, random)) {
        if (view.system != "youth_justice") continue;
        Random own = random.stream(view.system);
        return simulate_youth_justice(county, view, own);
    }
    throw std::logic_error("no such system");
}

// One young person in six, from the first on, besides former names and those a person had all along.
TEST(YouthJustice, EverySixthYoungPersonIsKnownToThePoliceByAnotherName) {
    for (const auto& [scale, seed] : {std::pair{"tiny", 5U}, std::pair{"tiny", 6U}, std::pair{"demo", 2U}}) {
        SCOPED_TRACE(std::string(scale) + " " + std::to_string(seed));
        const SystemDump dump = simulate_youth_justice_of(scale, seed);
        const Table& people = table_of(dump, "YoungPerson");
        const Table& aliases = table_of(dump, "Alias");
        std::map<std::string, std::string> names;
        for (const Row& row : people.rows)
            names[*row[people.column("YoungPersonID")]] =
                row[people.column("Forenames")].value_or("") + " " + row[people.column("Surname")].value_or("");
        std::set<std::string> known;
        for (const Row& row : aliases.rows) {
            const std::string& key = *row[aliases.column("YoungPersonID")];
            ASSERT_TRUE(names.contains(key));
            EXPECT_TRUE(row[aliases.column("Forenames")] && row[aliases.column("Surname")]);
            EXPECT_NE(*row[aliases.column("Forenames")] + " " + *row[aliases.column("Surname")], names[key])
                << "an alias is another name";
            if (row[aliases.column("AliasType")] == "Alias") known.insert(key);
        }
        const std::size_t due = (people.rows.size() + 5) / 6;
        EXPECT_GE(due, 1U);
        EXPECT_GE(known.size(), due);
        EXPECT_LE(known.size(), due + people.rows.size() / 10) << "aliases that persons had all along are rare";
    }
}

// One address in a hundred, and one at least; none of a person whom a hazard makes hard.
TEST(YouthJustice, SomeAddressesHoldBytesThatAreNotUtf8) {
    for (const auto& [scale, seed] : {std::pair{"tiny", 5U}, std::pair{"tiny", 6U}, std::pair{"demo", 2U}}) {
        const SystemDump dump = simulate_youth_justice_of(scale, seed);
        const Table& addresses = table_of(dump, "Address");
        EXPECT_GE(addresses.defects.size(), 1U) << scale << " " << seed;
        EXPECT_LE(addresses.defects.size(), 1 + addresses.rows.size() / 25) << scale << " " << seed;
        for (const Defect& defect : addresses.defects) {
            EXPECT_EQ(defect.kind, DefectKind::undecodable_byte);
            EXPECT_EQ(addresses.columns[defect.column], "Street");
            EXPECT_FALSE(addresses.rows[defect.row][addresses.column("Withheld")]);
        }
    }
}

}  // namespace
}  // namespace simulate
