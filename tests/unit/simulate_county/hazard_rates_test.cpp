#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "simulate_county/difficulty.hpp"
#include "simulate_county/errors.hpp"
#include "simulate_county/habits.hpp"
#include "simulate_county/identifiers.hpp"
#include "simulate_county/scale.hpp"
#include "simulate_county/stated_hazards.hpp"
#include "simulate_county/utf8.hpp"
#include "simulate_county/writers/encoding.hpp"

namespace simulate {
namespace {

// A binomial count lies within four standard deviations of its mean 16,000 times in 16,001.
constexpr double kDeviations = 4.0;
constexpr std::array<std::uint64_t, 4> kSeeds = {41, 42, 43, 44};

struct Sample {
    std::size_t found = 0;
    std::size_t base = 0;

    void add(bool has) {
        ++base;
        if (has) ++found;
    }
    double share() const { return base == 0 ? 0.0 : static_cast<double>(found) / static_cast<double>(base); }
    double deviation(double rate) const { return std::sqrt(rate * (1.0 - rate) / static_cast<double>(base)); }
};

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

// Letters without marks, blanks and case, as far as the narrowest column goes.
std::string letters(std::string_view text) {
    constexpr std::size_t kNarrowest = 30;
    std::string out;
    for (const char c : upper_case(fold_marks(text))) {
        if (c >= 'A' && c <= 'Z') out += c;
    }
    return out.substr(0, kNarrowest);
}

// Tells what a county really holds from its people and from the values in the records. It never asks which hazards the
// simulator meant a record to have.
class Census {
  public:
    void add(const County& county, const std::vector<SystemView>& views) {
        count_people(county);
        const Holders holders = holders_of_numbers(county);
        std::set<std::pair<std::string, std::string>> named_by_seals;
        for (const SystemView& system : views) {
            for (const SealMember& member : system.seal_members) named_by_seals.emplace(member.system, member.key);
        }
        adoptions_ += county.adoptions.size();
        for (const SystemView& system : views) {
            std::map<PersonIndex, std::size_t> records;
            for (const PersonView& view : system.people) {
                if (view.kind != Person::Kind::unborn && view.side == Side::none) ++records[view.person];
                if (view.kind != Person::Kind::child) continue;
                const Person& person = county.person(view.person);
                count_numbers(county, system.system, view, holders);
                count_names(system.system, view, person);
                count_others(system.system, view);
                count_addresses(view);
                if (system.system == "social_care" && person.disputed_birth != 0) {
                    const bool within = view.birth_earliest < person.birth && person.birth < view.birth_latest;
                    note(Hazard::birth_range, view.birth_earliest != 0 && within);
                }
                count_gender(system.system, view, person);
                const bool copy = view.side == Side::earlier && adopted_.contains({county.seed, view.person}) &&
                                  !named_by_seals.contains({system.system, view.key});
                if (copy) ++unflagged_copies_;
            }
            for (const auto& [person, count] : records) second_records_[system.system].add(count > 1);
        }
    }

    const Sample& of(Hazard hazard) const { return samples_[static_cast<std::size_t>(hazard)]; }
    std::size_t adoptions() const { return adoptions_; }
    std::size_t unflagged_copies() const { return unflagged_copies_; }
    const std::map<std::string, Sample>& second_records() const { return second_records_; }
    /// Letters of admissions' names that Windows-1252 writes as one byte beyond ASCII.
    const std::set<char32_t>& admissions_letters() const { return admissions_letters_; }

  private:
    using Holders = std::map<std::string, PersonIndex>;

    void note(Hazard hazard, bool has) { samples_[static_cast<std::size_t>(hazard)].add(has); }

    static Holders holders_of_numbers(const County& county) {
        Holders holders;
        for (const Person& person : county.people) {
            for (const Identity& identity : person.identities) {
                holders[identity.nhs_number] = person.index;
                holders[identity.nhs_superseded] = person.index;
            }
        }
        holders.erase("");
        return holders;
    }

    // Children born to one family on one day: 1, 2 or 3.
    static std::map<PersonIndex, std::size_t> births_of(const County& county) {
        std::map<std::pair<std::uint32_t, Day>, std::vector<PersonIndex>> births;
        for (const Person& person : county.people) {
            if (person.kind == Person::Kind::child && person.family != kNone)
                births[{person.family, person.birth}].push_back(person.index);
        }
        std::map<PersonIndex, std::size_t> sizes;
        for (const auto& [birth, members] : births) {
            for (const PersonIndex member : members) sizes[member] = members.size();
        }
        return sizes;
    }

    static std::set<PersonIndex> cousins_of(const County& county) {
        std::map<std::string, std::vector<const Person*>> by_name;
        for (const Person& person : county.people) {
            const NamePeriod& name = person.identities.front().names.front();
            if (person.kind == Person::Kind::child) by_name[name.given + "|" + name.family].push_back(&person);
        }
        std::set<PersonIndex> cousins;
        for (const auto& [name, bearers] : by_name) {
            for (const Person* a : bearers) {
                for (const Person* b : bearers) {
                    if (a->family != b->family && std::abs(a->birth - b->birth) <= 4 * 365) cousins.insert(a->index);
                }
            }
        }
        return cousins;
    }

    void count_people(const County& county) {
        const auto births = births_of(county);
        const auto cousins = cousins_of(county);
        for (const Adoption& adoption : county.adoptions) adopted_.emplace(county.seed, adoption.person);
        for (const Person& person : county.people) {
            if (person.kind == Person::Kind::adult) continue;
            const Identity& first = person.identities.front();
            const Identity& present = person.identities.back();
            const auto birth = births.find(person.index);
            const std::size_t together = birth == births.end() ? 1 : birth->second;
            note(Hazard::twin, together == 2);
            note(Hazard::triplet, together == 3);
            note(Hazard::same_name_cousin, cousins.contains(person.index));
            const bool adopted = adopted_.contains({county.seed, person.index});
            note(Hazard::adopted, adopted && present.nhs_number != first.nhs_number);
            note(Hazard::gender_recognition, !adopted && present.sex != first.sex);
            bool record = false;
            bool address = false;
            for (const RestrictionSpan& restriction : person.restrictions)
                (restriction.scope == RestrictionSpan::Scope::record ? record : address) = true;
            note(Hazard::restricted_record, record);
            note(Hazard::restricted_address, address);
            note(Hazard::unborn, person.birth > kToday);
            note(Hazard::born_after_unborn, person.birth <= kToday && person.expected_birth != 0);
            note(Hazard::estimated_birth_date, person.birth_estimated);
            note(Hazard::disputed_birth_date, person.disputed_birth != 0);
            note(Hazard::surname_change, first.name_on(kToday).family != first.names.front().family);
            note(Hazard::truncated_name, characters(first.names.front().family) > 35);
            const Address& home = county.address(present.residence_on(kToday).address);
            note(Hazard::refuge, home.kind == Address::Kind::refuge);
            note(Hazard::hostel, home.kind == Address::Kind::hostel);
            note(Hazard::other_council, !person.home_council_child_id.empty());
            note(Hazard::unaccompanied, person.kind == Person::Kind::child && person.family == kNone);
            const std::string sex(1, first.sex);
            note(Hazard::gender_differs, !person.gender.empty() && person.gender != sex);
            note(Hazard::deceased, person.death <= kToday);
        }
    }

    static bool keeps_nhs_numbers(std::string_view system) {
        return !is_any_of(system, {"admissions", "virtual_school", "placement_finance"});
    }

    // A number of the identity but for one digit.
    static bool is_one_digit_off(const std::string& text, const Identity& identity) {
        for (const std::string& own : {identity.nhs_number, identity.nhs_superseded}) {
            if (own.size() != text.size()) continue;
            int off = 0;
            for (std::size_t i = 0; i < own.size(); ++i) off += own[i] != text[i];
            if (off == 1) return true;
        }
        return false;
    }

    void count_numbers(const County& county, std::string_view system, const PersonView& view, const Holders& holders) {
        const Person& person = county.person(view.person);
        const Identity& identity = person.identity(view.side);
        const auto holder = holders.find(view.nhs_number);
        const bool issued = holder != holders.end();
        if (issued) {
            const bool own = holder->second == view.person;
            const bool siblings = person.family != kNone && county.person(holder->second).family == person.family;
            note(Hazard::shared_nhs_number, !own && !siblings);
            note(Hazard::siblings_nhs_number, !own && siblings);
            note(Hazard::superseded_nhs_number, view.nhs_number == identity.nhs_superseded);
        }
        const bool bad = view.nhs_number.size() == 10 && !is_nhs_number(view.nhs_number) &&
                         is_one_digit_off(view.nhs_number, identity);
        if (issued || bad) note(Hazard::bad_nhs_number, bad);
        if (!view.uln.empty()) note(Hazard::bad_uln, !is_uln(view.uln));
        const bool uln = !identity.uln.empty() && view.nhs_number == identity.uln;
        if (keeps_nhs_numbers(system) && !identity.uln.empty()) note(Hazard::uln_as_nhs_number, uln);
        const bool dummy = is_any_of(
            view.nhs_number, {"9999999999", "0000000000", "1111111111", "1234567890", "9876543210", "0123456789"});
        if (keeps_nhs_numbers(system) && !issued) note(Hazard::dummy_nhs_number, dummy);
        if (view.upn.empty()) return;
        note(Hazard::bad_upn, !is_upn(view.upn));
        note(Hazard::temporary_upn, view.upn.back() > '9');
        note(Hazard::former_upn, view.upn == identity.upn_former);
    }

    static bool keeps_marks(std::string_view system) {
        return !is_any_of(system, {"education", "youth_justice", "placement_finance"});
    }

    void count_names(std::string_view system, const PersonView& view, const Person& person) {
        const std::string both = view.given + view.family;
        for (std::size_t at = 0; system == "admissions" && at < both.size();) {
            const std::size_t start = at;
            const char32_t letter = take_code_point(both, at);
            const std::string byte = to_windows_1252(both.substr(start, at - start));
            if (byte.size() == 1 && static_cast<unsigned char>(byte[0]) >= 0x80) admissions_letters_.insert(letter);
        }
        const Identity& identity = person.identity(view.side);
        const std::string given = letters(view.given);
        const std::string family = letters(view.family);
        bool own = false;      // a name the person bears or bore, in its place
        bool swapped = false;  // ... in the other's place
        for (const NamePeriod& name : identity.names) {
            if (name.kind == NamePeriod::Kind::alias) continue;
            own = own || (given == letters(name.given) && family == letters(name.family));
            swapped = swapped || given == letters(name.family) || family == letters(name.given);
        }
        const NamePeriod& last = identity.names.back();
        const bool alias =
            last.kind == NamePeriod::Kind::alias && given == letters(last.given) && family == letters(last.family);
        note(Hazard::alias, alias && !own);
        note(Hazard::name_order, swapped && !own);
        const bool baby = letters(view.given) == "BABY" || letters(view.given) == "DUPLICATEBABY";
        if (view.created < at(person.birth + 182)) note(Hazard::baby_name, baby);
        const bool typographic = (view.given + view.family).find("\u2019") != std::string::npos;
        const bool typed = (view.given + view.family).find('\'') != std::string::npos;
        if (keeps_marks(system) && (typed || typographic)) note(Hazard::typographic_apostrophe, typographic);
        const bool marked = (view.given + view.family).find("DUPLICATE") != std::string::npos;
        if (!view.duplicate_of.empty()) note(Hazard::duplicate_name_marker, marked);
        // The error habits write other spellings too, so that a spelling alone does not show who wrote it.
        const bool other = view.hazards.has(Hazard::transliterated);
        note(Hazard::transliterated, other && !own);
    }

    void count_others(std::string_view system, const PersonView& view) {
        bool minus_one = view.family_key == "-1";
        for (const RelationView& relation : view.relations) minus_one = minus_one || relation.key == "-1";
        if (!view.family_key.empty() || !view.relations.empty()) note(Hazard::minus_one_id, minus_one);
        if (view.birth_earliest != 0) note(Hazard::birth_range_only, !view.birth.year);
        note(Hazard::date_1900, view.birth.text() == "1900-01-01");
        if (!view.birth.year) return;
        const bool partial = !is_any_of(system, {"education", "admissions", "send", "virtual_school"});
        if (partial) note(Hazard::birth_month_only, view.birth.month && !view.birth.day);
        if (partial) note(Hazard::birth_year_only, !view.birth.month && !view.birth.day);
        if (partial) note(Hazard::impossible_birth_date, view.birth.month == 2 && view.birth.day == 31);
        EXPECT_TRUE(partial || view.birth.complete()) << system << " takes no partial date";
    }

    void count_gender(std::string_view system, const PersonView& view, const Person& person) {
        const bool both =
            is_any_of(system, {"social_care", "early_help", "education", "youth_support", "youth_justice"});
        if (person.gender.empty() || view.sex.empty()) return;
        const std::string registered(1, person.identity(view.side).sex);
        if (both) {
            EXPECT_TRUE(view.sex == registered || view.sex == "U") << system;
        } else {
            note(Hazard::gender_as_sex, view.sex == (person.gender == "N" ? "U" : person.gender));
        }
    }

    void count_addresses(const PersonView& view) {
        if (view.address() == nullptr) return;
        static const std::regex postcode("(?!ZZ)[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}");
        const std::string& code = view.address()->postcode;
        if (!code.empty()) note(Hazard::bad_postcode, !std::regex_match(code, postcode));
        note(Hazard::address_placeholder,
             is_any_of(view.address()->street, {"ADDRESS NOT FOUND", "UNKNOWN", "NO FIXED ABODE", "NOT KNOWN"}));
    }

    std::array<Sample, static_cast<std::size_t>(Hazard::count_)> samples_{};
    std::set<std::pair<std::uint64_t, PersonIndex>> adopted_;
    std::size_t adoptions_ = 0;
    std::size_t unflagged_copies_ = 0;
    std::map<std::string, Sample> second_records_;
    std::set<char32_t> admissions_letters_;
};

// Pairs of records of one identity, in whatever systems, that both have a value.
struct PairCount {
    Sample forename, surname, birth, postcode, without_number;
    std::size_t children = 0;  // that have a pair

    void add(const std::vector<SystemView>& views) {
        std::map<std::pair<PersonIndex, Side>, std::vector<const PersonView*>> records;
        for (const SystemView& system : views) {
            for (const PersonView& view : system.people) {
                if (view.kind != Person::Kind::child) continue;
                records[{view.person, view.side}].push_back(&view);
                without_number.add(!(view.nhs_number.starts_with("999") && is_nhs_number(view.nhs_number) &&
                                     view.nhs_number != "9999999999"));
            }
        }
        for (const auto& [identity, own] : records) {
            if (own.size() > 1) ++children;
            for (std::size_t i = 0; i < own.size(); ++i) {
                for (std::size_t j = 0; j < i; ++j) add(*own[i], *own[j]);
            }
        }
    }

  private:
    static void compare(Sample& sample, const std::string& a, const std::string& b) {
        if (!a.empty() && !b.empty()) sample.add(a != b);
    }
    void add(const PersonView& a, const PersonView& b) {
        compare(forename, letters(a.given), letters(b.given));
        compare(surname, letters(a.family), letters(b.family));
        compare(birth, a.birth.text().value_or(""), b.birth.text().value_or(""));
        const auto code = [](const PersonView& view) { return view.address() ? view.address()->postcode : ""; };
        compare(postcode, code(a), code(b));
    }
};

using RecordCounts = std::array<std::size_t, static_cast<std::size_t>(Hazard::count_)>;

// Records of children, born or not, that bear each hazard, as truth/summary.json counts them.
RecordCounts count_records(const std::vector<SystemView>& views) {
    RecordCounts records{};
    for (const SystemView& system : views) {
        for (const PersonView& view : system.people) {
            if (view.kind == Person::Kind::adult) continue;
            for (std::size_t i = 0; i < records.size(); ++i) records[i] += view.hazards.has(static_cast<Hazard>(i));
        }
    }
    return records;
}

struct Measured {
    Census census;
    PairCount pairs;
    std::vector<RecordCounts> records;
};

const Measured& measured() {
    static const Measured result = [] {
        Measured out;
        for (const std::uint64_t seed : kSeeds) {
            const County county = build_county(scale_named("demo"), seed);
            const std::vector<SystemView> views = make_views(county, Random(seed, "systems"));
            out.census.add(county, views);
            out.pairs.add(views);
            out.records.push_back(count_records(views));
        }
        return out;
    }();
    return result;
}

std::string percent(double rate) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g %%", rate * 100.0);
    return text.data();
}

// Lines of README.md that are rows of a table below a heading, without the table's head.
std::vector<std::string> readme_rows(std::string_view heading) {
    std::ifstream in(std::string(CASEWEAVE_SOURCE_DIR) + "/tools/simulate_county/README.md");
    std::vector<std::string> rows;
    std::string line;
    bool below = false;
    bool body = false;
    while (std::getline(in, line)) {
        if (line.starts_with("#")) below = line == heading;
        if (!below) continue;
        if (body && line.starts_with("|")) rows.push_back(line);
        body = line.starts_with("|---") || (body && line.starts_with("|"));
    }
    return rows;
}

TEST(HazardRates, TheListNamesEveryHazardInOrder) {
    ASSERT_EQ(stated_hazards().size(), static_cast<std::size_t>(Hazard::count_));
    for (std::size_t i = 0; i < stated_hazards().size(); ++i)
        EXPECT_EQ(static_cast<std::size_t>(stated_hazards()[i].hazard), i);
}

TEST(HazardRates, OccurAsStated) {
    for (const StatedHazard& stated : stated_hazards()) {
        if (stated.rate == 0.0 || stated.of == StatedHazard::Of::adoptions) continue;
        const Sample& sample = measured().census.of(stated.hazard);
        ASSERT_GT(sample.base, 0U) << hazard_name(stated.hazard);
        // Each county's share is rounded to whole children or records.
        const double slack = kDeviations * sample.deviation(stated.rate) +
                             0.5 * static_cast<double>(kSeeds.size()) / static_cast<double>(sample.base);
        EXPECT_GE(sample.share(), stated.rate - slack) << hazard_name(stated.hazard) << " of " << sample.base;
        const double rate = stated.at_demo > 0 ? stated.at_demo : stated.rate;
        EXPECT_NEAR(sample.share(), rate, slack) << hazard_name(stated.hazard) << " of " << sample.base;
    }
}

TEST(HazardRates, EachOccursTwiceInADemoCounty) {
    for (const RecordCounts& records : measured().records) {
        for (std::size_t i = 0; i < records.size(); ++i)
            EXPECT_GE(records[i], 2U) << hazard_name(static_cast<Hazard>(i));
    }
}

// What a hundred tiny counties hold: which hazards stand in fewer than two records, and the least and the most of each
// difficulty.
struct TinyCounties {
    static constexpr std::uint64_t kCounties = 100;

    TinyCounties() {
        for (std::uint64_t seed = 1; seed <= kCounties; ++seed) {
            const County county = build_county(scale_named("tiny"), seed);
            const std::vector<SystemView> views = make_views(county, Random(seed, "systems"));
            const RecordCounts records = count_records(views);
            for (std::size_t i = 0; i < records.size(); ++i) {
                if (records[i] < 2) lacking[i].push_back(seed);
            }
            const Difficulty difficulty = measure_difficulty(views);
            const std::array<double, 5> realised = {difficulty.forename, difficulty.surname, difficulty.birth_date,
                                                    difficulty.postcode, difficulty.nhs_absent};
            for (std::size_t i = 0; i < realised.size(); ++i) {
                least[i] = std::min(least[i], realised[i]);
                most[i] = std::max(most[i], realised[i]);
            }
        }
    }
    std::string range(std::size_t of) const {
        std::array<char, 64> text{};
        std::snprintf(text.data(), text.size(), "%.1f to %.1f %%", least[of] * 100.0, most[of] * 100.0);
        return text.data();
    }

    std::array<std::vector<std::uint64_t>, static_cast<std::size_t>(Hazard::count_)> lacking;
    std::array<double, 5> least{1, 1, 1, 1, 1}, most{};
};

const TinyCounties& tiny_counties() {
    static const TinyCounties counties;
    return counties;
}

TEST(HazardRates, TheReadmeNamesWhatATinyCountyMayLack) {
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < tiny_counties().lacking.size(); ++i) {
        const std::vector<std::uint64_t>& seeds = tiny_counties().lacking[i];
        if (seeds.empty()) continue;
        rows.push_back("| " + std::string(hazard_name(static_cast<Hazard>(i))) + " | " + std::to_string(seeds.size()) +
                       " | " + std::to_string(seeds.front()) + " |");
        EXPECT_GT(seeds.front(), 1U) << "the tests' county holds every hazard";
    }
    EXPECT_EQ(readme_rows("### What a tiny county may lack"), rows);
}

TEST(HazardRates, AdmissionsUsesBothHalvesOfWindows1252) {
    // Latin-1's letters, and those that stand in 0x80 to 0x9F: S and Z with caron, the apostrophe.
    for (const char32_t letter : {U'\u00C9', U'\u00D6', U'\u0160', U'\u017D', U'\u2019'})
        EXPECT_TRUE(measured().census.admissions_letters().contains(letter)) << std::hex << std::uint32_t{letter};
    EXPECT_FALSE(measured().census.admissions_letters().contains(U'\u00E9')) << "small letters are for others";
}

TEST(HazardRates, AdoptionsHaveTheStatedUnflaggedCopies) {
    const StatedHazard& stated = stated_hazards()[static_cast<std::size_t>(Hazard::unflagged_copy)];
    const auto adoptions = static_cast<double>(measured().census.adoptions());
    const double mean = static_cast<double>(measured().census.unflagged_copies()) / adoptions;
    const double deviation = 0.5 / std::sqrt(adoptions);  // 1 or 2, each half of the time
    EXPECT_NEAR(mean, stated.rate, kDeviations * deviation);
}

TEST(HazardRates, SystemsHoldTheStatedSecondRecords) {
    ASSERT_EQ(measured().census.second_records().size(), habits().size());
    for (const Habit& habit : habits()) {
        const Sample& sample = measured().census.second_records().at(std::string(habit.system));
        EXPECT_NEAR(sample.share(), habit.duplicate, kDeviations * sample.deviation(habit.duplicate)) << habit.system;
    }
}

TEST(HazardRates, PairsDifferAsStated) {
    const PairCount& pairs = measured().pairs;
    const auto near = [&](const Sample& sample, double stated, const char* what) {
        // A wrong record spoils all pairs of its child: as many independent draws as there are children.
        const double deviation = std::sqrt(stated * (1.0 - stated) / static_cast<double>(pairs.children));
        EXPECT_NEAR(sample.share(), stated, kDeviations * deviation) << what << " of " << sample.base;
    };
    near(pairs.forename, kStatedDifficulty.forename, "forename");
    near(pairs.surname, kStatedDifficulty.surname, "surname");
    near(pairs.birth, kStatedDifficulty.birth_date, "birth date");
    near(pairs.postcode, kStatedDifficulty.postcode, "postcode");
    near(pairs.without_number, kStatedDifficulty.nhs_absent, "NHS number");
}

TEST(HazardRates, TheReadmeRepeatsTheList) {
    std::vector<std::string> rows;
    for (const StatedHazard& stated : stated_hazards()) {
        std::string rate = stated.rate == 0.0 ? "-" : percent(stated.rate);
        if (stated.at_demo > 0) rate += " or more, " + percent(stated.at_demo) + " at demo";
        rows.push_back("| " + std::string(hazard_name(stated.hazard)) + " | " + rate + " | " +
                       std::string(stated.of_what) + " | " + std::string(stated.what) + " |");
    }
    EXPECT_EQ(readme_rows("## Hazards and their rates"), rows);
}

TEST(HazardRates, TheReadmeStatesTheDifficulty) {
    const std::vector<std::string> rows = {
        "| forename differs | " + percent(kStatedDifficulty.forename) + " of pairs | " + tiny_counties().range(0) +
            " |",
        "| surname differs | " + percent(kStatedDifficulty.surname) + " of pairs | " + tiny_counties().range(1) + " |",
        "| birth date differs | " + percent(kStatedDifficulty.birth_date) + " of pairs | " + tiny_counties().range(2) +
            " |",
        "| postcode differs | " + percent(kStatedDifficulty.postcode) + " of pairs | " + tiny_counties().range(3) +
            " |",
        "| NHS number absent | " + percent(kStatedDifficulty.nhs_absent) + " of records | " + tiny_counties().range(4) +
            " |"};
    EXPECT_EQ(readme_rows("## Difficulty"), rows);
}

TEST(HazardRates, TheReadmeStatesTheHabits) {
    std::vector<std::string> rows;
    for (const Habit& habit : habits())
        rows.push_back("| " + std::string(habit.system) + " | " + percent(habit.duplicate) + " | " +
                       percent(habit.slips.typing) + " | " + percent(habit.slips.hearing) + " | " +
                       percent(habit.slips.reading) + " | " + percent(habit.exchanged) + " |");
    EXPECT_EQ(readme_rows("## Habits of the systems"), rows);
}

}  // namespace
}  // namespace simulate
