#include "simulate_county/view_hazards.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "simulate_county/habits.hpp"
#include "simulate_county/hazard_rates.hpp"
#include "simulate_county/names/community.hpp"

namespace simulate {
namespace {

class HazardMaker {
  public:
    HazardMaker(const County& county, std::vector<SystemView>& views, const Random& random)
        : county_(county), views_(views), random_(random) {}

    template <typename Eligible, typename Apply>
    void spread(const char* name, Hazard hazard, double rate, Eligible eligible, Apply apply) {
        Random random = random_.stream(name);
        std::vector<std::pair<std::size_t, std::size_t>> pool;
        for (std::size_t v = 0; v < views_.size(); ++v) {
            for (std::size_t i = 0; i < views_[v].people.size(); ++i) {
                const PersonView& view = views_[v].people[i];
                if (view.kind == Person::Kind::child && eligible(views_[v].system, view)) pool.emplace_back(v, i);
            }
        }
        const auto wanted =
            std::max<std::size_t>(2, static_cast<std::size_t>(rate * static_cast<double>(pool.size()) + 0.5));
        random.shuffle(pool);
        if (pool.size() > wanted) pool.resize(wanted);
        for (const auto& [v, i] : pool) {
            PersonView& view = views_[v].people[i];
            apply(views_[v], view, random);
            view.hazards.add(hazard);
        }
    }

    const County& county() const { return county_; }

  private:
    const County& county_;
    std::vector<SystemView>& views_;
    Random random_;
};

bool keeps_nhs_number(std::string_view system) {
    const auto all = habits();
    return std::any_of(all.begin(), all.end(),
                       [&](const Habit& habit) { return habit.system == system && habit.nhs_number > 0; });
}

void spread_number_hazards(HazardMaker& maker) {
    maker.spread(
        "uln as nhs number", Hazard::uln_as_nhs_number, rates::kUlnAsNhs,
        [&](const std::string& system, const PersonView& view) {
            return keeps_nhs_number(system) && !maker.county().person(view.person).identity(view.side).uln.empty();
        },
        [&](const SystemView&, PersonView& view, Random&) {
            view.nhs_number = maker.county().person(view.person).identity(view.side).uln;
            view.nhs_status = "unverified";
        });
    maker.spread(
        "dummy nhs numbers", Hazard::dummy_nhs_number, rates::kDummyNhs,
        [](const std::string& system, const PersonView& view) {
            return view.nhs_number.empty() && keeps_nhs_number(system);
        },
        [](const SystemView&, PersonView& view, Random& random) {
            static constexpr std::array<std::string_view, 6> kDummies = {"9999999999", "0000000000", "1111111111",
                                                                         "1234567890", "9876543210", "0123456789"};
            view.nhs_number = random.pick(kDummies);
            view.nhs_status = "unverified";
        });
    maker.spread(
        "shared nhs numbers", Hazard::shared_nhs_number, rates::kSharedNhs,
        [](const std::string&, const PersonView& view) {
            return view.nhs_number.size() == 10 && view.nhs_number.starts_with("999") &&
                   view.nhs_number != "9999999999" && view.side == Side::none;
        },
        [](const SystemView& system, PersonView& view, Random& random) {
            // A neighbour in the list, or the twin: whoever stood next to it when it was typed in.
            for (int tries = 0; tries < 200; ++tries) {
                const PersonView& other = random.pick(system.people);
                if (other.person == view.person || other.kind != Person::Kind::child || other.side != Side::none ||
                    other.nhs_number.empty())
                    continue;
                view.nhs_number = other.nhs_number;
                view.nhs_status = random.chance(0.2) ? "verified" : "unverified";
                return;
            }
        });
}

void spread_text_hazards(HazardMaker& maker) {
    maker.spread(
        "name order", Hazard::name_order,
        rates::kNameOrder * 6.0,  // of the sixth whose families name so or are not English
        [&](const std::string&, const PersonView& view) { return maker.county().person(view.person).community >= 3; },
        [](const SystemView&, PersonView& view, Random&) { std::swap(view.given, view.family); });
    maker.spread(
        "duplicate in names", Hazard::duplicate_name_marker, rates::kDuplicateNameMarker,
        [](const std::string&, const PersonView& view) { return !view.duplicate_of.empty(); },
        [](const SystemView&, PersonView& view, Random& random) {
            if (random.chance(0.6))
                view.family += " DUPLICATE";
            else
                view.given = "DUPLICATE " + view.given;
        });
    maker.spread(
        "1900 dates", Hazard::date_1900, rates::kDate1900,
        [](const std::string&, const PersonView& view) { return view.birth.complete(); },
        [](const SystemView&, PersonView& view, Random&) {
            view.birth.year = 1900;
            view.birth.month = 1;
            view.birth.day = 1;
        });
    maker.spread(
        "address placeholders", Hazard::address_placeholder, rates::kAddressPlaceholder,
        [](const std::string&, const PersonView& view) { return !view.addresses.empty(); },
        [](const SystemView&, PersonView& view, Random& random) {
            static constexpr std::array<std::string_view, 4> kTexts = {"ADDRESS NOT FOUND", "UNKNOWN", "NO FIXED ABODE",
                                                                       "NOT KNOWN"};
            AddressView& address = view.addresses.front();
            address = {};
            address.type = "home";
            address.street = random.pick(kTexts);
        });
    maker.spread(
        "minus one ids", Hazard::minus_one_id, rates::kMinusOneId,
        [](const std::string&, const PersonView& view) { return !view.family_key.empty() || !view.relations.empty(); },
        [](const SystemView&, PersonView& view, Random&) {
            if (!view.family_key.empty())
                view.family_key = "-1";
            else
                view.relations.push_back({"other", "-1", false});
        });
}

void mark_cousins(const County& county, std::vector<SystemView>& views) {
    // Same birth name in another family, within four years: by name, with people of one name together.
    std::vector<PersonIndex> order;
    for (const Person& person : county.people) {
        if (person.kind == Person::Kind::child) order.push_back(person.index);
    }
    const auto name = [&](PersonIndex index) {
        const NamePeriod& period = county.person(index).identities.front().names.front();
        return std::pair<const std::string&, const std::string&>(period.family, period.given);
    };
    std::stable_sort(order.begin(), order.end(), [&](PersonIndex a, PersonIndex b) { return name(a) < name(b); });
    std::vector<bool> cousin(county.people.size());
    for (std::size_t i = 1; i < order.size(); ++i) {
        const Person& a = county.person(order[i - 1]);
        const Person& b = county.person(order[i]);
        if (name(a.index) != name(b.index) || a.family == b.family || std::abs(a.birth - b.birth) > 4 * 365) continue;
        cousin[a.index] = cousin[b.index] = true;
    }
    for (SystemView& system : views) {
        for (PersonView& view : system.people) {
            if (cousin[view.person] && view.side != Side::later) view.hazards.add(Hazard::same_name_cousin);
        }
    }
}

}  // namespace

void add_view_hazards(const County& county, std::vector<SystemView>& views, const Random& random) {
    HazardMaker maker(county, views, random);
    spread_number_hazards(maker);
    spread_text_hazards(maker);
    mark_cousins(county, views);
}

void seal_views(const County& county, std::vector<SystemView>& views, const Random& random) {
    std::vector<SealMember> members;
    for (const Seal& seal : county.seals) {
        Random draw = random.stream("seal", seal.person);
        const bool adoption = seal.kind == Seal::Kind::adoption;
        std::vector<std::pair<SystemView*, PersonView*>> copies;
        for (SystemView& system : views) {
            for (PersonView& view : system.people) {
                if (view.person != seal.person) continue;
                view.hazards.add(adoption ? Hazard::adopted : Hazard::gender_recognition);
                const bool knows = system.system == "social_care" || system.system == "fostering_adoption";
                const bool told = view.side == Side::later && adoption && !knows &&
                                  !(system.system == "education" && draw.chance(0.6));
                if (view.side == Side::earlier && adoption && !knows)
                    copies.emplace_back(&system, &view);
                else if (!told)
                    members.push_back({seal.domain, seal.kind, view.side, system.system, view.key, seal.date});
            }
        }
        draw.shuffle(copies);
        const std::size_t unflagged =
            std::min<std::size_t>(copies.size(), draw.chance(rates::kUnflaggedCopies - 1.0) ? 2 : 1);
        for (std::size_t i = 0; i < copies.size(); ++i) {
            if (i < unflagged)
                copies[i].second->hazards.add(Hazard::unflagged_copy);
            else
                members.push_back(
                    {seal.domain, seal.kind, Side::earlier, copies[i].first->system, copies[i].second->key, seal.date});
        }
    }
    std::stable_sort(members.begin(), members.end(), [](const SealMember& a, const SealMember& b) {
        return std::tie(a.domain, a.side, a.system, a.key) < std::tie(b.domain, b.side, b.system, b.key);
    });
    for (SystemView& system : views) {
        if (system.system == "fostering_adoption") system.seal_members = members;
    }
}

}  // namespace simulate
