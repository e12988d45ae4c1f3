#include <algorithm>
#include <array>
#include <cstdio>
#include <future>
#include <map>

#include "simulate_county/difficulty.hpp"
#include "simulate_county/habits.hpp"
#include "simulate_county/knowledge.hpp"
#include "simulate_county/view_hazards.hpp"
#include "simulate_county/view_maker.hpp"

namespace simulate {
namespace {

// Forms of the systems' own keys; numbers count up in order of creation, so keys of one family lie apart.
std::string key_text(std::string_view system, std::size_t number, const PersonView& view, Random& random) {
    std::array<char, 64> out{};
    const auto serial = static_cast<unsigned long long>(number);
    const bool adult = view.kind == Person::Kind::adult;
    const int year = to_civil(static_cast<Day>(view.created / 1440)).year;
    if (system == "social_care")
        std::snprintf(out.data(), out.size(), "%07llu", 1000200 + serial * 3);
    else if (system == "early_help")
        std::snprintf(out.data(), out.size(), "EHP%06llu", 1000 + serial * 2);
    else if (system == "fostering_adoption")
        std::snprintf(out.data(), out.size(), "%s%06llu", adult ? "CA" : "CH", 500 + serial);
    else if (system == "education")
        std::snprintf(out.data(), out.size(), "%08llu", 20000100 + serial * 7);
    else if (system == "admissions")
        std::snprintf(out.data(), out.size(), "A%07llu", 1000 + serial);
    else if (system == "send")
        std::snprintf(out.data(), out.size(), "SEN-%06llu", 2000 + serial * 3);
    else if (system == "youth_support") {
        const auto high = static_cast<unsigned long long>(random.next() & 0xFFFFFFFFU);
        std::snprintf(out.data(), out.size(), "%08llx-%04llx-4c5e-%012llx", high, high * 2654435761U >> 20 & 0xFFFFU,
                      serial + 4096);
    } else if (system == "youth_justice")
        std::snprintf(out.data(), out.size(), "YJ%04d/%05llu", year, 100 + serial);
    else if (system == "virtual_school")
        std::snprintf(out.data(), out.size(), "VS%05llu", 10 + serial);
    else if (system == "early_years")
        std::snprintf(out.data(), out.size(), "%07llu", 3000000 + serial * 11);
    else
        std::snprintf(out.data(), out.size(), "C%06llu", 100200 + serial * 5);
    return out.data();
}

struct Draft {
    PersonView view;
    std::uint32_t copy = 0;
};

using MainRecords = std::map<std::pair<PersonIndex, Side>, std::size_t>;

void assign_keys(std::string_view system, std::vector<Draft>& drafts, Random& random) {
    std::stable_sort(drafts.begin(), drafts.end(),
                     [](const Draft& a, const Draft& b) { return a.view.created < b.view.created; });
    for (std::size_t i = 0; i < drafts.size(); ++i) drafts[i].view.key = key_text(system, i, drafts[i].view, random);
}

MainRecords main_records(const std::vector<Draft>& drafts) {
    MainRecords records;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        if (drafts[i].copy == 0) records[{drafts[i].view.person, drafts[i].view.side}] = i;
    }
    return records;
}

void mark_duplicates(std::vector<Draft>& drafts, const MainRecords& records, bool relates) {
    for (Draft& draft : drafts) {
        if (draft.copy == 0) continue;
        const PersonView& main = drafts[records.at({draft.view.person, draft.view.side})].view;
        draft.view.duplicate_of = main.key;
        draft.view.hazards.add(Hazard::duplicate_in_system);
        if (relates && draft.view.person % 3 == 0) draft.view.relations.push_back({"duplicate", main.key, false});
    }
}

// Ties of one identity to those the system knows as well; never across a seal.
void relate(const County& county, std::vector<Draft>& drafts, const MainRecords& records, std::string_view system,
            Random& random) {
    const auto find = [&](PersonIndex person, Side side) -> const PersonView* {
        const auto found = records.find({person, side});
        return found == records.end() ? nullptr : &drafts[found->second].view;
    };
    for (Draft& draft : drafts) {
        PersonView& view = draft.view;
        const Person& person = county.person(view.person);
        if (person.kind == Person::Kind::adult) continue;
        const Identity& identity = person.identity(view.side);
        const auto tie = [&](PersonIndex other, const char* type, double chance) {
            const PersonView* related = other == kNobody ? nullptr : find(other, Side::none);
            if (related != nullptr && random.chance(chance)) view.relations.push_back({type, related->key, false});
        };
        const bool adopted = view.side == Side::later && county.seals[person.seal].kind == Seal::Kind::adoption;
        tie(identity.mother, adopted ? "adoptive_parent" : "mother", 0.92);
        tie(identity.father, adopted ? "adoptive_parent" : "father", 0.85);
        if (!adopted && person.family != kNone) {
            for (const PersonIndex sibling : county.families[person.family].children) {
                const Person& other = county.person(sibling);
                if (sibling == view.person) continue;
                const PersonView* related = find(sibling, other.sealed() ? Side::earlier : Side::none);
                if (related == nullptr || !random.chance(0.6)) continue;
                const bool half = other.identities.front().father != person.identities.front().father;
                const bool multiple = person.multiple_birth != 0 && other.multiple_birth == person.multiple_birth;
                view.relations.push_back(
                    {half && !multiple ? "half_sibling" : "sibling", related->key, multiple && random.chance(0.7)});
            }
        }
        if (view.side == Side::later || system == "early_help") continue;
        for (const CarePeriod& care : person.life.care) {
            for (const Placement& placement : care.placements) {
                if (placement.carers == kNone || placement.type.starts_with("A")) continue;
                for (const PersonIndex carer : county.carer_households[placement.carers].carers) {
                    const PersonView* related = find(carer, Side::none);
                    const bool there = related != nullptr && std::any_of(view.relations.begin(), view.relations.end(),
                                                                         [&](const RelationView& relation) {
                                                                             return relation.key == related->key;
                                                                         });
                    if (related != nullptr && !there) view.relations.push_back({"foster_carer", related->key, false});
                }
            }
        }
    }
}

void give_family_keys(const County& county, std::vector<Draft>& drafts) {
    for (Draft& draft : drafts) {
        const Person& person = county.person(draft.view.person);
        if (person.family == kNone) continue;
        // The new family of an adopted child is another family.
        const bool later = draft.view.side == Side::later && county.seals[person.seal].kind == Seal::Kind::adoption;
        const std::uint32_t family = later ? 500000 + person.index : person.family * 7 + 1000;
        std::array<char, 16> key{};
        std::snprintf(key.data(), key.size(), "F%06u", family);
        draft.view.family_key = key.data();
    }
}

SystemView make_view(const County& county, const KnowledgeBook& book, const Habit& habit, const Random& random) {
    const ViewMaker maker(county, habit, random);
    Random draw = random.stream("assembly").stream(habit.system);
    std::vector<Draft> drafts;
    for (const Knowledge& known : book.known_to(habit.system)) {
        const Person& person = county.person(known.person);
        drafts.push_back({maker.make(known, 0), 0});
        // A sealed person's records stay single, so that what the adoption record names is what there is.
        const bool again = draw.chance(habit.duplicate) && !person.sealed() && person.kind != Person::Kind::unborn &&
                           !known.still_unborn;
        if (again) drafts.push_back({maker.make(known, 1), 1});
    }
    assign_keys(habit.system, drafts, draw);
    const MainRecords records = main_records(drafts);
    const bool relates = habit.adults;
    mark_duplicates(drafts, records, relates);
    if (relates) relate(county, drafts, records, habit.system, draw);
    if (habit.system == "early_help" || habit.system == "early_years") give_family_keys(county, drafts);

    SystemView view;
    view.system = habit.system;
    for (Draft& draft : drafts) view.people.push_back(std::move(draft.view));
    std::sort(view.people.begin(), view.people.end(),
              [](const PersonView& a, const PersonView& b) { return a.key < b.key; });
    view.index_people();
    return view;
}

// What the habits' rates are multiplied with, so that the county as a whole has the stated difficulty: how often two
// records meet depends on the life courses, which no table of rates can know.
struct Correction {
    double forename = 1, surname = 1, birth_date = 1, address = 1, nhs_number = 1;
};

// Twice is enough: the draws of a record stay the same, only their thresholds move.
constexpr int kCorrections = 2;
constexpr double kGreatestStep = 2.0;

double step(double stated, double realised) {
    return realised <= 0 ? 1.0 : std::clamp(stated / realised, 1.0 / kGreatestStep, kGreatestStep);
}

void correct(Correction& correction, const Difficulty& realised) {
    correction.forename *= step(kStatedDifficulty.forename, realised.forename);
    correction.surname *= step(kStatedDifficulty.surname, realised.surname);
    correction.birth_date *= step(kStatedDifficulty.birth_date, realised.birth_date);
    correction.address *= step(kStatedDifficulty.postcode, realised.postcode);
    correction.nhs_number *= step(1.0 - kStatedDifficulty.nhs_absent, 1.0 - realised.nhs_absent);
}

// The twins scale asks for the rate of false merges among many pairs: pairs in two systems are enough.
std::vector<Habit> habits_for(const County& county, const Correction& correction) {
    std::vector<Habit> wanted;
    for (Habit habit : habits()) {
        const bool twins = habit.system == "social_care" || habit.system == "education";
        if (county.scale == "twins" && !twins) continue;
        habit.forename_error *= correction.forename;
        habit.surname_error *= correction.surname;
        habit.birth_date_error *= correction.birth_date;
        habit.stale_address *= correction.address;
        habit.nhs_number = std::min(0.98, habit.nhs_number * correction.nhs_number);
        wanted.push_back(habit);
    }
    return wanted;
}

std::vector<SystemView> make_views_once(const County& county, const KnowledgeBook& book, const Correction& correction,
                                        const Random& random) {
    // Every system draws from a stream of its own, so they may be made beside each other.
    std::vector<std::future<SystemView>> making;
    for (const Habit& habit : habits_for(county, correction)) {
        making.push_back(std::async(
            std::launch::async, [&county, &book, &random, habit] { return make_view(county, book, habit, random); }));
    }
    std::vector<SystemView> views;
    for (std::future<SystemView>& each : making) views.push_back(each.get());
    add_view_hazards(county, views, random.stream("view hazards"));
    return views;
}

}  // namespace

std::vector<SystemView> make_views(const County& county, const Random& random) {
    const KnowledgeBook book(county);
    Correction correction;
    std::vector<SystemView> views = make_views_once(county, book, correction, random);
    for (int i = 0; i < kCorrections; ++i) {
        correct(correction, measure_difficulty(views));
        views.clear();  // before the next are made: they are most of the memory
        views = make_views_once(county, book, correction, random);
    }
    seal_views(county, views, random.stream("seals"));
    return views;
}

}  // namespace simulate
