#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "simulate_county/generate.hpp"
#include "simulate_county/habits.hpp"
#include "simulate_county/nights/dump_evolution.hpp"
#include "simulate_county/nights/night_plan.hpp"
#include "simulate_county/nights/row_key.hpp"
#include "simulate_county/systems/registry.hpp"

namespace simulate {
namespace {

constexpr std::uint64_t kSeed = 11;
constexpr int kNights = 8;  // a week and a day: every system but admissions gives data

std::filesystem::path folder(const std::string& name) {
    return std::filesystem::path(CASEWEAVE_BINARY_DIR) / "nights_test" / name;
}

std::map<std::string, std::string> files_of_nights(const std::filesystem::path& root) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (!entry.is_regular_file() || entry.path().parent_path().filename() == "server") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        files[std::filesystem::relative(entry.path(), root).string()] = {std::istreambuf_iterator<char>(in),
                                                                         std::istreambuf_iterator<char>()};
    }
    return files;
}

/// One system through several nights: its dumps from night 0 on, and what each night says that it did.
struct History {
    std::vector<SystemDump> dumps;
    std::vector<SystemChanges> changes;  // [n]: of night n + 1
};

// One county, large enough for rates, is taken through the nights once.
class Nights : public ::testing::TestWithParam<const char*> {
  protected:
    struct Told {
        County county;
        std::vector<NightPlan> plans;
        std::vector<std::vector<SystemView>> views;  // from night 0 on
        std::map<std::string, History> systems;
    };

    static const Told& told() {
        static const Told kTold = [] {
            const Scale scale{"tiny", 900, false};
            Told all{build_county(scale, kSeed), {}, {}, {}};
            const Random random(kSeed, "systems");
            all.views.push_back(make_views(all.county, random));
            NightPlanner planner(scale, all.county, all.views.front());
            for (int i = 0; i < kNights; ++i) {
                all.plans.push_back(planner.plan_next());
                all.views.push_back(planner.views());
            }
            for (const SystemModule& module : system_modules()) follow(all, module, random);
            return all;
        }();
        return kTold;
    }

    static const SystemView* find(const std::vector<SystemView>& views, std::string_view system) {
        for (const SystemView& view : views) {
            if (view.system == system) return &view;
        }
        return nullptr;
    }

    static void follow(Told& all, const SystemModule& module, const Random& random) {
        const SystemView& view = *find(all.views.front(), module.system);
        Random own = random.stream(module.system);
        History& history = all.systems[std::string(module.system)];
        SystemDump dump = module.simulate(all.county, view, own);
        dump.system = module.system;
        history.dumps.push_back(dump);
        DumpEvolution evolution(dump, view, kSeed);
        for (const NightPlan& plan : all.plans) {
            SystemDump fresh;
            if (const SystemView* known = find(plan.newcomer_views, module.system)) {
                Random drawn(kSeed, "newcomers");
                fresh = module.simulate(plan.newcomers, *known, drawn);
            }
            history.changes.push_back(evolution.take_night(plan, fresh));
            history.dumps.push_back(dump);
        }
    }

    static const History& history() { return told().systems.at(GetParam()); }
};

std::string joined(const Row& row) {
    std::string text;
    for (const Cell& cell : row) text += (cell ? *cell : std::string("\x01")) + '\x1f';
    return text;
}

/// How many rows two versions of a table do not share.
struct Difference {
    std::size_t gone = 0;
    std::size_t come = 0;
};

Difference difference(const Table& before, const Table& after) {
    std::map<std::string, int> rows;
    for (const Row& row : before.rows) ++rows[joined(row)];
    for (const Row& row : after.rows) --rows[joined(row)];
    Difference found;
    for (const auto& [row, count] : rows) {
        if (count > 0) found.gone += static_cast<std::size_t>(count);
        if (count < 0) found.come += static_cast<std::size_t>(-count);
    }
    return found;
}

// What the report says is what a comparison of all rows finds, to the row.
TEST_P(Nights, ReportWhatTheyDid) {
    const SystemLayout& layout = layout_of(GetParam());
    for (std::size_t night = 0; night < kNights; ++night) {
        Difference by_report;
        for (const auto& [entity, some] : history().changes[night].entities) {
            by_report.gone += some.updated + some.deleted + some.touched;
            by_report.come += some.updated + some.inserted + some.touched;
        }
        Difference by_rows;
        for (std::size_t t = 0; t < history().dumps[night].tables.size(); ++t) {
            const Table& before = history().dumps[night].tables[t];
            const Table& after = history().dumps[night + 1].tables[t];
            const Difference found = difference(before, after);
            const auto owner = std::find_if(layout.cases.begin(), layout.cases.end(),
                                            [&](const CaseLayout& each) { return each.table == before.name; });
            // Rows of nested entities are counted as the nested rows that a change of their parent reaches.
            if (owner == layout.cases.end() || owner->counted_in.empty()) {
                by_rows.gone += found.gone;
                by_rows.come += found.come;
                continue;
            }
            const std::size_t link = after.column(owner->key);
            std::set<std::string> changed;
            std::map<Cell, std::string> old;
            for (const Row& row : before.rows) old[row[link]] = joined(row);
            for (const Row& row : after.rows) {
                if (old.contains(row[link]) && old[row[link]] != joined(row)) changed.insert(*row[link]);
            }
            for (const Table& nested : history().dumps[night].tables) {
                if (nested.name != owner->counted_in) continue;
                for (const Row& row : nested.rows) {
                    if (!changed.contains(row[nested.column(owner->key)].value_or(""))) continue;
                    ++by_rows.gone;
                    ++by_rows.come;
                }
            }
        }
        // A broken record that is put right changes in its bytes, and in its row where it has the time of a change.
        EXPECT_EQ(by_report.gone, by_rows.gone) << "night " << night + 1;
        EXPECT_EQ(by_report.come, by_rows.come) << "night " << night + 1;
    }
}

TEST_P(Nights, LeaveTheOtherRowsInTheirOrder) {
    for (std::size_t night = 0; night < kNights; ++night) {
        for (std::size_t t = 0; t < history().dumps[night].tables.size(); ++t) {
            const std::vector<Row>& before = history().dumps[night].tables[t].rows;
            const std::vector<Row>& after = history().dumps[night + 1].tables[t].rows;
            std::map<std::string, std::size_t> shared;
            for (const Row& row : after) ++shared[joined(row)];
            std::vector<std::string> kept;
            for (const Row& row : before) {
                const auto found = shared.find(joined(row));
                if (found == shared.end() || found->second == 0) continue;
                --found->second;
                kept.push_back(found->first);
            }
            std::size_t next = 0;
            for (const Row& row : after) {
                if (next < kept.size() && joined(row) == kept[next]) ++next;
            }
            EXPECT_EQ(next, kept.size()) << history().dumps[night].tables[t].name;
        }
    }
}

TEST_P(Nights, ChangeAboutOneRowInAHundred) {
    const SystemLayout& layout = layout_of(GetParam());
    double changed = 0;
    double rows = 0;
    for (std::size_t night = 0; night < kNights; ++night) {
        const SystemChanges& changes = history().changes[night];
        EXPECT_EQ(changes.gives, layout.gives_on(static_cast<int>(night) + 1));
        if (!changes.gives) {
            EXPECT_TRUE(changes.entities.empty());
            continue;
        }
        for (const auto& [entity, some] : changes.entities)
            changed += static_cast<double>(some.inserted + some.updated + some.deleted);
        for (const Table& table : history().dumps[night].tables) rows += static_cast<double>(table.rows.size());
    }
    if (rows == 0) return;  // admissions: the first change comes on the thirtieth night
    // Small systems have one of each kind of change a night, whatever the rate.
    const double fewest = static_cast<double>(kNights) * 8;
    EXPECT_GE(changed, 0.004 * rows);
    EXPECT_LE(changed, 0.02 * rows + fewest);
}

TEST_P(Nights, KeepTheTruthAndTheRowsTogether) {
    const SystemLayout& layout = layout_of(GetParam());
    for (std::size_t night = 0; night <= kNights; ++night) {
        std::set<std::string> keys;
        for (const Table& table : history().dumps[night].tables) {
            const bool people = table.name == layout.person.table || table.name == "carers";
            if (!people) continue;
            const std::size_t key = table.column(table.name == "carers" ? "Carer Ref" : layout.person_columns[0]);
            for (const Row& row : table.rows) {
                if (row[key] && *row[key] != "-1") keys.insert(*row[key]);
            }
        }
        std::set<std::string> known;
        for (const PersonView& view : find(told().views[night], GetParam())->people) known.insert(view.key);
        EXPECT_EQ(keys, known) << "night " << night;
    }
}

TEST_P(Nights, NeverUseASerialKeyTwice) {
    const SystemLayout& layout = layout_of(GetParam());
    for (const CaseLayout& each : layout.cases) {
        if (each.key.empty()) continue;
        for (std::size_t t = 0; t < history().dumps.front().tables.size(); ++t) {
            if (history().dumps.front().tables[t].name != each.table) continue;
            std::set<std::string> ever;
            std::set<std::string> present;
            for (const SystemDump& dump : history().dumps) {
                const std::size_t key = dump.tables[t].column(each.key);
                std::set<std::string> now;
                for (const Row& row : dump.tables[t].rows) now.insert(row[key].value_or(""));
                for (const std::string& one : now) {
                    EXPECT_TRUE(present.contains(one) || !ever.contains(one)) << each.table << " brings a key back";
                }
                ever.insert(now.begin(), now.end());
                present = std::move(now);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Systems, Nights,
                         ::testing::Values("social_care", "early_help", "fostering_adoption", "education", "admissions",
                                           "send", "youth_support", "youth_justice", "virtual_school", "early_years",
                                           "placement_finance"),
                         [](const auto& tested) { return std::string(tested.param); });

using NightsOfSocialCare = Nights;

TEST_P(NightsOfSocialCare, HaveLateCommitsAndEqualTimes) {
    const History& social = told().systems.at(GetParam());
    std::string latest;
    const auto stamps = [](const SystemDump& dump) {
        std::multiset<std::string> all;
        for (const Table& table : dump.tables) {
            if (table.name != "CONTACTS") continue;
            for (const Row& row : table.rows) all.insert(row[table.column("UPDATED_DTTM")].value_or(""));
        }
        return all;
    };
    for (std::size_t night = 0; night < kNights; ++night) {
        EXPECT_GE(social.changes[night].late, 1U);
        EXPECT_GE(social.changes[night].equal, 1U);
        EXPECT_LE(social.changes[night].mended, 2U);
        const std::multiset<std::string> before = stamps(social.dumps[night]);
        const std::multiset<std::string> after = stamps(social.dumps[night + 1]);
        latest = *before.rbegin();
        EXPECT_LE(*after.rbegin(), format_moment(at(kToday + static_cast<int>(night) + 1, 20)));
    }
    EXPECT_GT(latest, "2026-04-01");
}

TEST_P(NightsOfSocialCare, HappenToPeople) {
    std::map<std::string, std::size_t> happened;
    for (const NightPlan& plan : told().plans) {
        for (const auto& [what, count] : plan.people) happened[what] += count;
        EXPECT_GE(plan.people.at("arrived"), 1U);
    }
    for (const char* what :
         {"birth_corrected", "born", "merged", "moved", "removed", "renamed", "restricted", "sealed"}) {
        EXPECT_GE(happened[what], 1U) << what;
    }
}

// A seal of the night names records that were there and a new identity that was not; all of them are in the truth.
TEST_P(NightsOfSocialCare, SealRecordsThatWereOpen) {
    std::size_t seals = 0;
    for (std::size_t night = 0; night < kNights; ++night) {
        const SystemView* fostering = find(told().plans[night].newcomer_views, "fostering_adoption");
        if (fostering == nullptr) continue;
        std::map<std::string, std::set<PersonIndex>> people;
        for (const SealMember& member : fostering->seal_members) {
            const auto key = [&](const PersonView& view) { return view.key == member.key; };
            const auto& before = find(told().views[night], member.system)->people;
            const auto& after = find(told().views[night + 1], member.system)->people;
            const auto now = std::find_if(after.begin(), after.end(), key);
            ASSERT_NE(now, after.end());
            EXPECT_EQ(now->side, member.side);
            people[member.domain].insert(now->person);
            const auto was = std::find_if(before.begin(), before.end(), key);
            EXPECT_EQ(was != before.end(), member.side == Side::earlier);
            if (was != before.end()) {
                EXPECT_EQ(was->side, Side::none);
            }
        }
        for (const auto& [domain, of] : people) EXPECT_EQ(of.size(), 1U) << domain;
        seals += people.size();
        for (const Seal& seal : told().county.seals) EXPECT_FALSE(people.contains(seal.domain));
    }
    EXPECT_GE(seals, 1U);
}

TEST_P(NightsOfSocialCare, GiveNewcomersNumbersOfTheirOwn) {
    std::set<std::string> numbers;
    for (const Person& person : told().county.people) {
        for (const Identity& identity : person.identities) numbers.insert(identity.nhs_number);
    }
    for (const NightPlan& plan : told().plans) {
        EXPECT_EQ(plan.newcomers.schools.size(), told().county.schools.size());
        for (std::size_t i = 0; i < plan.newcomers.workers.size(); ++i)
            EXPECT_EQ(plan.newcomers.workers[i].staff_number, told().county.workers[i].staff_number);
        for (const Person& person : plan.newcomers.people) {
            for (const Identity& identity : person.identities) {
                const bool is_new = identity.nhs_number.empty() || numbers.insert(identity.nhs_number).second;
                EXPECT_TRUE(is_new);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Systems, NightsOfSocialCare, ::testing::Values("social_care"));

TEST(NightFiles, AreCumulativeAndTheSameEachTime) {
    std::filesystem::remove_all(folder(""));
    const Scale scale = scale_named("tiny");
    std::vector<std::map<std::string, std::string>> nights;
    for (int night = 0; night <= 2; ++night) {
        generate(scale, kSeed, folder(std::to_string(night)), night);
        nights.push_back(files_of_nights(folder(std::to_string(night))));
    }
    generate(scale, kSeed, folder("again"), 2);
    EXPECT_TRUE(files_of_nights(folder("again")) == nights[2]) << "a night differs between two runs";

    // Where a system gives no data, all its files are as they were.
    for (int night = 1; night <= 2; ++night) {
        const auto now = static_cast<std::size_t>(night);
        std::set<std::string> changed;
        for (const auto& [name, bytes] : nights[now]) {
            const auto before = nights[now - 1].find(name);
            if (before == nights[now - 1].end() || before->second != bytes)
                changed.insert(name.substr(0, name.find('/')));
        }
        std::size_t giving = 0;
        for (const SystemLayout& layout : system_layouts()) {
            const bool has_changed = changed.contains(std::string(layout.system));
            EXPECT_TRUE(layout.gives_on(night) || !has_changed) << layout.system;
            if (has_changed) ++giving;
        }
        EXPECT_GE(giving, 6U);
    }

    EXPECT_FALSE(nights[0].contains("truth/changes.json"));
    EXPECT_NE(nights[1].at("truth/changes.json"), nights[2].at("truth/changes.json"));
    std::filesystem::remove_all(folder(""));
}

TEST(NightFiles, AreNotOfTheScaleTwins) {
    EXPECT_THROW(generate({"twins", 20, true}, 1, folder("twins"), 1), std::invalid_argument);
}

TEST(RowKey, CountsOnTheNumberAtItsEnd) {
    EXPECT_EQ(numbered("R0001234", 1240), "R0001240");
    EXPECT_EQ(numbered("YJ2022/00099", 100), "YJ2022/00100");
    EXPECT_EQ(numbered("VS99999", 100000), "VS100000");
    EXPECT_EQ(last_number("SEN-002042"), 2042U);
    EXPECT_EQ(last_number("AD"), 0U);
    EXPECT_TRUE(ends_in_number("1000200"));
    EXPECT_FALSE(ends_in_number("8d089373-3385-4c5e-000000001004"));
}

}  // namespace
}  // namespace simulate
