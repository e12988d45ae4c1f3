#include "simulate_county/nights/night_plan.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "simulate_county/habits.hpp"
#include "simulate_county/nights/newcomers.hpp"
#include "simulate_county/nights/night_layout.hpp"
#include "simulate_county/nights/row_key.hpp"
#include "simulate_county/random.hpp"

namespace simulate {
namespace {

using Kind = PersonChange::Kind;

constexpr double kTold = 0.7;         // of the systems that know a family: those that hear of a move or a new name
constexpr double kToldOfBirth = 0.5;  // systems other than social care
constexpr Day kBornWithin = 3;        // days before the night
constexpr int kOldestAdopted = 12;    // years

bool is_plain(const PersonView& view) {
    return view.side == Side::none && view.kind == Person::Kind::child && view.duplicate_of.empty();
}

bool has_wrong_birth(const PersonView& view, const Person& person) {
    if (!view.birth.complete() || view.birth.estimated || view.birth.disputed || person.birth_estimated ||
        person.birth_disputed || view.hazards.has(Hazard::date_1900) || view.hazards.has(Hazard::impossible_birth_date))
        return false;
    const CivilDay born = to_civil(person.birth);
    return view.birth.year != born.year || view.birth.month != born.month || view.birth.day != born.day;
}

}  // namespace

// Plans one night; holds who has a record in the systems that give data on it.
class NightPlanner::Night {
  public:
    Night(NightPlanner& planner, NightPlan& plan)
        : planner_(planner),
          plan_(plan),
          random_(Random(planner.county_.seed, "nights").stream("night", static_cast<std::uint64_t>(plan.night))) {
        for (std::size_t s = 0; s < planner_.views_.size(); ++s) {
            if (!layout_of(planner_.views_[s].system).gives_on(plan.night)) continue;
            giving_.push_back(s);
            for (std::size_t i = 0; i < planner_.views_[s].people.size(); ++i)
                records_[planner_.views_[s].people[i].person].push_back({s, i});
        }
        for (const auto& [person, records] : records_) people_.push_back(person);
        std::sort(people_.begin(), people_.end());
        for (const Person& person : planner_.county_.people) {
            if (person.kind != Person::Kind::adult) ++children_;
        }
    }

    void plan() {
        adopt();
        give_birth();
        restrict();
        rename();
        correct_births();
        move_house();
        merge_and_remove();
        bring_newcomers();
        settle();
    }

  private:
    struct Record {
        std::size_t system;
        std::size_t index;
    };
    using Records = std::vector<Record>;

    PersonView& view(const Record& record) { return planner_.views_[record.system].people[record.index]; }
    const std::string& system(const Record& record) const { return planner_.views_[record.system].system; }
    Day day() const { return kToday + plan_.night; }

    // So many of the county's children, at least one.
    std::size_t share(double rate) const {
        return std::max<std::size_t>(1, static_cast<std::size_t>(rate * static_cast<double>(children_) + 0.5));
    }

    // Draws people to whom something can happen, and to whom nothing else happens tonight.
    std::vector<PersonIndex> draw(std::string_view what, double rate,
                                  const std::function<bool(PersonIndex, const Records&)>& fits) {
        std::vector<PersonIndex> pool;
        for (const PersonIndex index : people_) {
            if (!used_.contains(index) && fits(index, records_.at(index))) pool.push_back(index);
        }
        Random random = random_.stream(what);
        random.shuffle(pool);
        pool.resize(std::min(pool.size(), share(rate)));
        used_.insert(pool.begin(), pool.end());
        plan_.people[std::string(what)] = pool.size();
        return pool;
    }

    PersonChange& change(const Record& record, Kind kind) {
        std::vector<PersonChange>& changes = plan_.changes[system(record)];
        changes.push_back({kind, view(record).key, {}, {}, {}, {}, {}, {}});
        return changes.back();
    }

    bool all_plain(const Records& records) {
        return std::all_of(records.begin(), records.end(), [&](const Record& record) {
            const PersonView& one = view(record);
            return one.side == Side::none && one.kind == Person::Kind::child;
        });
    }

    // The systems that hear of something: the first that knows, and most of the others.
    Records told(const Records& records, double chance, Random& random) {
        Records some;
        for (const Record& record : records) {
            if (some.empty() || random.chance(chance)) some.push_back(record);
        }
        return some;
    }

    void move_house() {
        Random random = random_.stream("moves");
        const auto fits = [&](PersonIndex, const Records& records) {
            return all_plain(records) && std::none_of(records.begin(), records.end(), [&](const Record& record) {
                       return view(record).restricted_address || view(record).addresses.empty();
                   });
        };
        std::vector<std::uint32_t> homes;
        for (std::uint32_t i = 0; i < planner_.county_.addresses.size(); ++i) {
            if (planner_.county_.addresses[i].kind == Address::Kind::home) homes.push_back(i);
        }
        for (const PersonIndex person : draw("moved", nightly_rates::kMoves, fits)) {
            const Address& home = planner_.county_.address(random.pick(homes));
            for (const Record& record : told(records_.at(person), kTold, random)) {
                AddressView& lives = view(record).addresses.front();
                lives.house = home.house;
                lives.street = home.street;
                lives.locality = home.locality;
                lives.town = home.town;
                lives.postcode = home.postcode;
                lives.uprn = home.uprn;
                lives.from = day();
                change(record, Kind::moved).address = lives;
            }
        }
    }

    void rename() {
        Random random = random_.stream("renames");
        for (const PersonIndex person : draw("renamed", nightly_rates::kRenamed,
                                             [&](PersonIndex, const Records& all) { return all_plain(all); })) {
            const Person& namesake = planner_.county_.people[random.index(planner_.county_.people.size())];
            if (namesake.identities.front().names.empty()) continue;
            NamePeriod name = namesake.identities.front().names.front();
            Person& renamed = planner_.altered(person);
            if (!renamed.identities.front().names.empty()) {
                name.given = renamed.identities.front().names.front().given;
                name.middle = renamed.identities.front().names.front().middle;
            }
            name.kind = NamePeriod::Kind::legal;
            name.from = day();
            name.to = kOpen;
            renamed.identities.front().names.push_back(name);
            for (const Record& record : told(records_.at(person), kTold, random)) {
                view(record).family = as_kept(name.family, habit_of(system(record)));
                view(record).hazards.add(Hazard::surname_change);
                change(record, Kind::renamed).family = view(record).family;
            }
        }
    }

    void correct_births() {
        const auto fits = [&](PersonIndex person, const Records& records) {
            return all_plain(records) && std::any_of(records.begin(), records.end(), [&](const Record& record) {
                       return has_wrong_birth(view(record), planner_.person(person));
                   });
        };
        for (const PersonIndex person : draw("birth_corrected", nightly_rates::kCorrected, fits)) {
            for (const Record& record : records_.at(person)) {
                if (!has_wrong_birth(view(record), planner_.person(person))) continue;
                view(record).birth = parts_of(planner_.person(person).birth);
                change(record, Kind::birth_corrected).birth = view(record).birth;
            }
        }
    }

    void restrict() {
        const auto fits = [&](PersonIndex, const Records& records) {
            return all_plain(records) &&
                   std::any_of(records.begin(), records.end(),
                               [&](const Record& record) { return system(record) == "social_care"; }) &&
                   std::none_of(records.begin(), records.end(),
                                [&](const Record& record) { return view(record).restricted_record; });
        };
        for (const PersonIndex person : draw("restricted", nightly_rates::kRestricted, fits)) {
            planner_.altered(person).restrictions.push_back(
                {RestrictionSpan::Scope::record, "Court order", day(), kOpen});
            for (const Record& record : records_.at(person)) {
                if (layout_of(system(record)).person.restricted.empty()) continue;
                PersonView& known = view(record);
                known.restricted_record = true;
                known.restriction_reason = "Court order";
                known.restricted_from = day();
                known.hazards.add(Hazard::restricted_record);
                change(record, Kind::restricted);
            }
        }
    }

    void give_birth() {
        Random random = random_.stream("births");
        const auto fits = [&](PersonIndex person, const Records& records) {
            return planner_.person(person).kind == Person::Kind::unborn &&
                   std::any_of(records.begin(), records.end(),
                               [&](const Record& record) { return !layout_of(system(record)).person.kind.empty(); });
        };
        for (const PersonIndex index : draw("born", nightly_rates::kBorn, fits)) {
            const Person* namesake = nullptr;
            while (namesake == nullptr || namesake->kind != Person::Kind::child)
                namesake = &planner_.county_.people[random.index(planner_.county_.people.size())];
            Person& child = planner_.altered(index);
            child.kind = Person::Kind::child;
            child.known_before_birth = true;
            child.birth = day() - random.between(0, kBornWithin);
            child.identities.front().sex = namesake->identities.back().sex;
            for (const Record& record : records_.at(index)) {
                const bool hears = system(record) == "social_care" || random.chance(kToldOfBirth);
                if (!hears || layout_of(system(record)).person.kind.empty()) continue;
                PersonView& known = view(record);
                known.kind = Person::Kind::child;
                known.given = as_kept(namesake->identities.back().names.front().given, habit_of(system(record)));
                known.birth = parts_of(child.birth);
                known.sex = std::string(1, child.identities.front().sex);
                known.hazards.remove(Hazard::unborn);
                known.hazards.add(Hazard::born_after_unborn);
                PersonChange& born = change(record, Kind::born);
                born.given = known.given;
                born.birth = known.birth;
                born.sex = known.sex;
            }
        }
    }

    // In the systems that merge and remove: whole records go, and with them what they alone say.
    void merge_and_remove() {
        std::vector<Record> seconds;
        std::vector<Record> others;
        std::set<std::pair<std::size_t, std::string>> mains;
        for (const std::size_t s : giving_) {
            if (!layout_of(planner_.views_[s].system).person.merges) continue;
            for (std::size_t i = 0; i < planner_.views_[s].people.size(); ++i) {
                const PersonView& one = planner_.views_[s].people[i];
                if (!one.duplicate_of.empty()) mains.emplace(s, one.duplicate_of);
                if (used_.contains(one.person) || one.side != Side::none) continue;
                if (!one.duplicate_of.empty())
                    seconds.push_back({s, i});
                else if (is_plain(one))
                    others.push_back({s, i});
            }
        }
        std::erase_if(others, [&](const Record& record) { return mains.contains({record.system, view(record).key}); });
        Random random = random_.stream("merges");
        random.shuffle(seconds);
        seconds.resize(std::min(seconds.size(), share(nightly_rates::kMerged)));
        for (const Record& record : seconds) {
            change(record, Kind::merged).into = view(record).duplicate_of;
            gone_[record.system].insert(view(record).key);
        }
        random.shuffle(others);
        others.resize(std::min(others.size(), share(nightly_rates::kRemoved)));
        for (const Record& record : others) {
            change(record, Kind::removed);
            gone_[record.system].insert(view(record).key);
        }
        plan_.people["merged"] = seconds.size();
        plan_.people["removed"] = others.size();
    }

    void bring_newcomers() {
        build();
        Random random = random_.stream("arrivals");
        std::set<PersonIndex> known;
        for (const SystemView& each : plan_.newcomer_views) {
            for (const PersonView& one : each.people) known.insert(one.person);
        }
        const std::vector<std::uint32_t> families =
            choose_families(plan_.newcomers, share(nightly_rates::kArrives), known, random);
        std::set<PersonIndex> coming;
        for (const Person& person : plan_.newcomers.people) {
            if (std::find(families.begin(), families.end(), person.family) != families.end())
                coming.insert(person.index);
        }
        give_keys([&](const PersonView& one) { return coming.contains(one.person); });
        std::map<PersonIndex, PersonIndex> now;
        std::size_t arrived = 0;
        for (const SystemView& each : plan_.newcomer_views) {
            for (const PersonView& one : each.people) {
                if (!coming.contains(one.person)) continue;
                const auto [place, is_new] = now.try_emplace(one.person, next_person());
                if (is_new) {
                    settle_newcomer(plan_.newcomers.person(one.person));
                    if (one.kind != Person::Kind::adult) ++arrived;
                }
                arrive(each.system, one, place->second);
            }
        }
        plan_.people["arrived"] = arrived;
        seal_adopted(coming);
    }

    // The newcomers' county, and what the systems that give data tonight know of it.
    void build() {
        plan_.newcomers =
            build_newcomers(planner_.scale_, planner_.county_, share(nightly_rates::kArrives), plan_.night,
                            {planner_.addresses_, planner_.families_, planner_.seals_}, planner_.issuer_);
        planner_.addresses_ += plan_.newcomers.addresses.size();
        planner_.seals_ += plan_.newcomers.seals.size();
        plan_.newcomer_views = make_views(plan_.newcomers, random_.stream("newcomers"));
        std::erase_if(plan_.newcomer_views,
                      [&](const SystemView& each) { return !layout_of(each.system).gives_on(plan_.night); });
        choose_new_identities();
        // Numbers of households (views.cpp, give_family_keys) go on where the county's end.
        constexpr std::size_t kFamilyStep = 7;
        for (SystemView& known : plan_.newcomer_views) {
            for (PersonView& one : known.people) {
                if (one.family_key.size() > 1 && one.family_key.front() == 'F')
                    one.family_key =
                        numbered(one.family_key, last_number(one.family_key) + kFamilyStep * (planner_.families_ + 1));
            }
        }
        planner_.families_ += plan_.newcomers.families.size();
    }

    void choose_new_identities() {
        const SystemView* fostering = newcomers_of("fostering_adoption");
        if (fostering == nullptr) return;
        for (const Seal& seal : plan_.newcomers.seals) {
            if (seal.kind != Seal::Kind::adoption || takes_.size() == wanting_.size()) continue;
            const bool known = std::any_of(fostering->people.begin(), fostering->people.end(), [&](const auto& one) {
                return one.person == seal.person && one.side == Side::later;
            });
            if (known) takes_.insert(seal.person);
        }
    }

    // Those who come get the next keys of each system; the others' keys are marked, so that no row that names them is
    // taken for one that names somebody else.
    void give_keys(const std::function<bool(const PersonView&)>& comes) {
        for (SystemView& known : plan_.newcomer_views) {
            std::map<std::string, std::string> keys;
            std::uint64_t& last = planner_.last_serial_.at(known.system);
            for (PersonView& one : known.people) {
                const bool coming = comes(one) || is_adopted(one);
                const std::string key = !coming                   ? "~" + one.key
                                        : ends_in_number(one.key) ? numbered(one.key, ++last)
                                                                  : one.key;
                keys[one.key] = key;
                one.key = key;
            }
            for (PersonView& one : known.people) {
                for (RelationView& relation : one.relations) {
                    if (const auto found = keys.find(relation.key); found != keys.end()) relation.key = found->second;
                }
                if (const auto found = keys.find(one.duplicate_of); found != keys.end())
                    one.duplicate_of = found->second;
            }
            known.seal_members.clear();
        }
    }

    // Later records of the newcomers whose new identity someone of the county takes.
    bool is_adopted(const PersonView& one) const { return one.side == Side::later && takes_.contains(one.person); }

    // Chooses children of the county, whose records of now become those of the birth identity.
    void adopt() {
        const auto fits = [&](PersonIndex person, const Records& records) {
            const auto knows = [&](std::string_view wanted) {
                return std::any_of(records.begin(), records.end(),
                                   [&](const Record& record) { return system(record) == wanted; });
            };
            const Person& child = planner_.person(person);
            return all_plain(records) && knows("fostering_adoption") && !child.sealed() && child.multiple_birth == 0 &&
                   age_on(child.birth, kToday) < kOldestAdopted && person < planner_.county_.people.size();
        };
        wanting_ = draw("sealed", nightly_rates::kAdopted, fits);
    }

    // Each of them takes the new identity of a newcomer who was adopted: the records of that identity arrive tonight,
    // with the adoption record, and the fostering system names the members of both.
    void seal_adopted(const std::set<PersonIndex>& coming) {
        SystemView* fostering = newcomers_of("fostering_adoption");
        std::size_t sealed = 0;
        for (const Seal& seal : plan_.newcomers.seals) {
            if (fostering == nullptr || sealed == wanting_.size() || coming.contains(seal.person)) continue;
            if (seal.kind != Seal::Kind::adoption || !takes_.contains(seal.person)) continue;
            const PersonIndex child = wanting_[sealed++];
            Seal now = seal;
            now.person = child;
            now.adoption = kNone;
            now.date = day();
            Person& adopted = planner_.altered(child);
            adopted.identities.push_back(plan_.newcomers.person(seal.person).identities.back());
            adopted.identities.back().residences.clear();
            planner_.new_seals_.push_back(now);
            std::vector<SealMember> members = bring_new_identity(seal, now);
            hand_over_birth_record(*fostering, seal.person, child);
            name_birth_records(now, members);
            fostering->seal_members.insert(fostering->seal_members.end(), members.begin(), members.end());
        }
        plan_.people["sealed"] = sealed;
    }

    std::vector<SealMember> bring_new_identity(const Seal& seal, const Seal& now) {
        std::vector<SealMember> members;
        for (SystemView& known : plan_.newcomer_views) {
            for (PersonView& one : known.people) {
                if (one.person != seal.person || one.side != Side::later) continue;
                members.push_back({now.domain, now.kind, Side::later, known.system, one.key, now.date});
                arrive(known.system, one, now.person);
            }
        }
        return members;
    }

    // Case rows of the adoption name the child's record of now where the newcomer's birth record would stand.
    void hand_over_birth_record(SystemView& fostering, PersonIndex newcomer, PersonIndex child) {
        std::string key;
        for (const Record& record : records_.at(child)) {
            if (system(record) == fostering.system) key = view(record).key;
        }
        for (SystemView& known : plan_.newcomer_views) {
            std::erase_if(known.people, [&](const PersonView& one) {
                return one.person == newcomer && one.side == Side::earlier && known.system != fostering.system;
            });
        }
        for (PersonView& one : fostering.people) {
            if (one.person == newcomer && one.side == Side::earlier) one.key = key;
        }
        plan_.named[fostering.system].insert(key);
    }

    // All but one of the records in other systems than the two that know: the copy that nobody flags.
    void name_birth_records(const Seal& now, std::vector<SealMember>& members) {
        bool left_out = false;
        for (std::size_t s = 0; s < planner_.views_.size(); ++s) {
            const std::string& name = planner_.views_[s].system;
            for (PersonView& one : planner_.views_[s].people) {
                if (one.person != now.person || one.side != Side::none) continue;
                one.side = Side::earlier;
                one.hazards.add(Hazard::adopted);
                const bool knows = name == "social_care" || name == "fostering_adoption";
                if (!knows && !left_out) {
                    left_out = true;
                    one.hazards.add(Hazard::unflagged_copy);
                    continue;
                }
                members.push_back({now.domain, now.kind, Side::earlier, name, one.key, now.date});
            }
        }
    }

    SystemView* newcomers_of(std::string_view name) {
        const auto found = std::find_if(plan_.newcomer_views.begin(), plan_.newcomer_views.end(),
                                        [&](const SystemView& each) { return each.system == name; });
        return found == plan_.newcomer_views.end() ? nullptr : &*found;
    }

    PersonIndex next_person() const {
        return static_cast<PersonIndex>(planner_.county_.people.size() + planner_.arrived_.size());
    }

    // What points into the newcomers' county stays behind.
    void settle_newcomer(const Person& newcomer) {
        Person person = newcomer;
        person.index = next_person();
        person.family = kNone;
        person.life = {};
        for (Identity& identity : person.identities) {
            identity.residences.clear();
            identity.mother = identity.father = kNobody;
        }
        planner_.arrived_.push_back(std::move(person));
    }

    void arrive(const std::string& name, const PersonView& one, PersonIndex person) {
        plan_.arriving[name].insert(one.key);
        arriving_[name].push_back(one);
        arriving_[name].back().person = person;
    }

    // Views as they are after the night: without the records that are gone, with those that arrived.
    void settle() {
        for (const std::size_t s : giving_) {
            SystemView& known = planner_.views_[s];
            if (const auto gone = gone_.find(s); gone != gone_.end()) {
                std::erase_if(known.people, [&](const PersonView& one) { return gone->second.contains(one.key); });
                for (PersonView& one : known.people) {
                    if (gone->second.contains(one.duplicate_of)) one.duplicate_of.clear();
                }
            }
            for (PersonView& one : arriving_[known.system]) known.people.push_back(std::move(one));
            std::sort(known.people.begin(), known.people.end(),
                      [](const PersonView& a, const PersonView& b) { return a.key < b.key; });
            known.index_people();
        }
        for (SystemView& known : plan_.newcomer_views) {
            std::sort(known.people.begin(), known.people.end(),
                      [](const PersonView& a, const PersonView& b) { return a.key < b.key; });
            known.index_people();
        }
    }

    NightPlanner& planner_;
    NightPlan& plan_;
    Random random_;
    std::vector<std::size_t> giving_;  // indices of views
    std::unordered_map<PersonIndex, Records> records_;
    std::vector<PersonIndex> people_;
    std::size_t children_ = 0;
    std::set<PersonIndex> used_;
    std::map<std::size_t, std::set<std::string>> gone_;
    std::map<std::string, std::vector<PersonView>> arriving_;
    std::vector<PersonIndex> wanting_;  // adopted tonight
    std::set<PersonIndex> takes_;       // newcomers whose new identity they take
};

NightPlanner::NightPlanner(const Scale& scale, const County& county, std::vector<SystemView> views)
    : scale_(scale),
      county_(county),
      views_(std::move(views)),
      issuer_(county.issuer),
      addresses_(county.addresses.size()),
      families_(county.families.size()),
      seals_(county.seals.size()) {
    if (scale.twins) throw std::invalid_argument("the scale twins has no nights: choose tiny, demo or county");
    for (const SystemView& view : views_) {
        std::uint64_t& last = last_serial_[view.system];
        for (const PersonView& person : view.people) {
            if (ends_in_number(person.key)) last = std::max(last, last_number(person.key));
        }
    }
}

NightPlan NightPlanner::plan_next() {
    NightPlan plan;
    plan.night = ++night_;
    Night(*this, plan).plan();
    return plan;
}

const Person& NightPlanner::person(PersonIndex index) const {
    if (const auto found = altered_.find(index); found != altered_.end()) return found->second;
    return index < county_.people.size() ? county_.people[index] : arrived_[index - county_.people.size()];
}

Person& NightPlanner::altered(PersonIndex index) {
    if (index >= county_.people.size()) return arrived_[index - county_.people.size()];
    return altered_.try_emplace(index, county_.people[index]).first->second;
}

TruthBook NightPlanner::truth(County& county) {
    const std::size_t people = county.people.size();
    const std::size_t seals = county.seals.size();
    for (const Seal& seal : new_seals_) {
        altered(seal.person).seal = static_cast<std::uint32_t>(county.seals.size());
        county.seals.push_back(seal);
    }
    for (auto& [index, person] : altered_) std::swap(county.people[index], person);
    county.people.insert(county.people.end(), arrived_.begin(), arrived_.end());
    TruthBook book(county, views_);
    county.people.resize(people);
    county.seals.resize(seals);
    for (auto& [index, person] : altered_) std::swap(county.people[index], person);
    return book;
}

}  // namespace simulate
