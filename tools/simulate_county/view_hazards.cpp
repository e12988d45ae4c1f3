#include "simulate_county/view_hazards.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <tuple>
#include <utility>

#include "simulate_county/errors.hpp"
#include "simulate_county/habits.hpp"
#include "simulate_county/hazard_rates.hpp"
#include "simulate_county/names/community.hpp"

namespace simulate {
namespace {

constexpr Day kHalfYear = 182;

bool keeps_nhs_number(std::string_view system) {
    return habit_of(system).nhs_number > 0;
}

bool is_county_number(const std::string& text) {
    return text.size() == 10 && text.starts_with("999") && text != "9999999999";
}

class HazardMaker {
  public:
    HazardMaker(const County& county, std::vector<SystemView>& views, const Random& random)
        : county_(county), views_(views), random_(random) {}

    template <typename Eligible, typename Apply>
    void spread(Hazard hazard, double rate, Eligible eligible, Apply apply) {
        Random random = random_.stream(hazard_name(hazard));
        std::vector<std::pair<std::size_t, std::size_t>> pool;
        std::size_t base = 0;
        for (std::size_t v = 0; v < views_.size(); ++v) {
            for (std::size_t i = 0; i < views_[v].people.size(); ++i) {
                const PersonView& view = views_[v].people[i];
                if (view.kind != Person::Kind::child || !in_base(hazard, county_, views_[v].system, view)) continue;
                ++base;
                if (eligible(identity_of(view), view)) pool.emplace_back(v, i);
            }
        }
        const auto share = static_cast<std::size_t>(rate * static_cast<double>(base) + 0.5);
        const std::size_t wanted = std::max<std::size_t>(2, share);
        random.shuffle(pool);
        if (pool.size() > wanted) pool.resize(wanted);
        for (const auto& [v, i] : pool) {
            PersonView& view = views_[v].people[i];
            apply(views_[v], view, random);
            view.hazards.add(hazard);
        }
    }

    const Person& person_of(const PersonView& view) const { return county_.person(view.person); }
    const Identity& identity_of(const PersonView& view) const { return person_of(view).identity(view.side); }
    // A twin, else another child of the family, with a number and one identity; nullptr for none.
    const Person* sibling_with_number(const PersonView& view) const {
        const Person& person = county_.person(view.person);
        if (person.sealed() || person.family == kNone) return nullptr;
        const Person* found = nullptr;
        for (const PersonIndex index : county_.families[person.family].children) {
            const Person& other = county_.person(index);
            const bool fits = index != person.index && !other.sealed() && other.kind == Person::Kind::child &&
                              !other.identities.front().nhs_number.empty();
            if (!fits) continue;
            const bool twin = person.multiple_birth != 0 && other.multiple_birth == person.multiple_birth;
            if (found == nullptr || twin) found = &other;
        }
        return found;
    }
    const Community& community_of(const PersonView& view) const { return communities()[person_of(view).community]; }

  private:
    const County& county_;
    std::vector<SystemView>& views_;
    Random random_;
};

bool always(const Identity&, const PersonView&) {
    return true;
}

void spread_nhs_hazards(HazardMaker& maker) {
    maker.spread(
        Hazard::superseded_nhs_number, rates::kSupersededNhs,
        [](const Identity& identity, const PersonView&) { return !identity.nhs_superseded.empty(); },
        [&](const SystemView&, PersonView& view, Random& random) {
            view.nhs_number = maker.identity_of(view).nhs_superseded;
            view.nhs_superseded.clear();
            view.nhs_status = random.chance(0.5) ? "superseded" : "unverified";
        });
    maker.spread(Hazard::uln_as_nhs_number, rates::kUlnAsNhs, always,
                 [&](const SystemView&, PersonView& view, Random&) {
                     view.nhs_number = maker.identity_of(view).uln;
                     view.nhs_status = "unverified";
                 });
    maker.spread(Hazard::dummy_nhs_number, rates::kDummyNhs, always,
                 [](const SystemView&, PersonView& view, Random& random) {
                     static constexpr std::array<std::string_view, 6> kDummies = {
                         "9999999999", "0000000000", "1111111111", "1234567890", "9876543210", "0123456789"};
                     view.nhs_number = random.pick(kDummies);
                     view.nhs_status = "unverified";
                 });
    maker.spread(
        Hazard::siblings_nhs_number, rates::kSiblingsNhs,
        [&](const Identity&, const PersonView& view) { return maker.sibling_with_number(view) != nullptr; },
        [&](const SystemView&, PersonView& view, Random&) {
            view.nhs_number = maker.sibling_with_number(view)->identities.front().nhs_number;
            view.nhs_status = "unverified";
        });
    maker.spread(
        Hazard::shared_nhs_number, rates::kSharedNhs,
        [](const Identity&, const PersonView& view) {
            return view.side == Side::none && !view.hazards.has(Hazard::siblings_nhs_number);
        },
        [](const SystemView& system, PersonView& view, Random& random) {
            // A neighbour in the list: whoever stood next to it when it was typed in.
            for (int tries = 0; tries < 1000; ++tries) {
                const PersonView& other = random.pick(system.people);
                const bool fits = other.person != view.person && other.kind == Person::Kind::child &&
                                  other.side == Side::none && is_county_number(other.nhs_number);
                if (!fits) continue;
                view.nhs_number = other.nhs_number;
                view.nhs_status = random.chance(0.2) ? "verified" : "unverified";
                return;
            }
        });
}

void spread_upn_hazards(HazardMaker& maker) {
    maker.spread(
        Hazard::temporary_upn, rates::kTemporaryUpn,
        [](const Identity& identity, const PersonView&) { return !identity.upn_temporary.empty(); },
        [&](const SystemView&, PersonView& view, Random&) { view.upn = maker.identity_of(view).upn_temporary; });
    maker.spread(
        Hazard::former_upn, rates::kFormerUpn,
        [](const Identity& identity, const PersonView& view) {
            return !identity.upn_former.empty() && view.upn == identity.upn;
        },
        [&](const SystemView&, PersonView& view, Random&) {
            view.upn = maker.identity_of(view).upn_former;
            view.upn_former.clear();
        });
}

// Last of the numbers' hazards: what stands there is the person's own, but for a digit.
void spread_typing_hazards(HazardMaker& maker) {
    maker.spread(Hazard::bad_nhs_number, rates::kBadCheckDigit, always,
                 [](const SystemView&, PersonView& view, Random& random) {
                     view.nhs_number = wrong_digit(view.nhs_number, random);
                     view.nhs_status = "unverified";
                 });
    maker.spread(Hazard::bad_upn, rates::kBadCheckDigit, always,
                 [](const SystemView&, PersonView& view, Random& random) { view.upn = wrong_digit(view.upn, random); });
    maker.spread(Hazard::bad_uln, rates::kBadCheckDigit, always,
                 [](const SystemView&, PersonView& view, Random& random) { view.uln = wrong_digit(view.uln, random); });
    maker.spread(Hazard::bad_postcode, rates::kBadPostcode, always,
                 [](const SystemView&, PersonView& view, Random& random) {
                     std::string& postcode = view.addresses.front().postcode;
                     postcode = no_postcode(postcode, random);
                 });
}

void spread_name_hazards(HazardMaker& maker) {
    maker.spread(
        Hazard::name_order, rates::kNameOrder,
        [&](const Identity&, const PersonView& view) { return maker.community_of(view).language != "ENG"; },
        [](const SystemView&, PersonView& view, Random&) { std::swap(view.given, view.family); });
    maker.spread(
        Hazard::alias, rates::kAlias,
        [](const Identity& identity, const PersonView&) {
            return identity.names.back().kind == NamePeriod::Kind::alias;
        },
        [&](const SystemView& system, PersonView& view, Random&) {
            const NamePeriod& alias = maker.identity_of(view).names.back();
            view.given = as_kept(alias.given, habit_of(system.system));
            view.family = as_kept(alias.family, habit_of(system.system));
        });
    maker.spread(
        Hazard::transliterated, rates::kTransliterated,
        [&](const Identity& identity, const PersonView& view) {
            Random probe(0);
            const bool foreign = maker.community_of(view).language != "ENG";
            return foreign && !other_form(identity.names.front().given, probe).empty();
        },
        [&](const SystemView& system, PersonView& view, Random& random) {
            const std::string form = other_form(maker.identity_of(view).names.front().given, random);
            view.given = as_kept(form, habit_of(system.system));
        });
    maker.spread(Hazard::baby_name, rates::kBabyName, always, [](const SystemView& system, PersonView& view, Random&) {
        view.given = as_kept("Baby", habit_of(system.system));
        view.middle.clear();
    });
    maker.spread(Hazard::typographic_apostrophe, rates::kTypographicApostrophe, always,
                 [](const SystemView&, PersonView& view, Random&) {
                     for (std::string* name : {&view.given, &view.family}) {
                         for (std::size_t at = name->find('\''); at != std::string::npos; at = name->find('\'', at))
                             name->replace(at, 1, "\u2019");
                     }
                 });
    maker.spread(Hazard::duplicate_name_marker, rates::kDuplicateNameMarker, always,
                 [](const SystemView&, PersonView& view, Random& random) {
                     if (random.chance(0.6))
                         view.family += " DUPLICATE";
                     else
                         view.given = "DUPLICATE " + view.given;
                 });
}

void spread_date_hazards(HazardMaker& maker) {
    const auto whole = [](const Identity&, const PersonView& view) { return view.birth.complete(); };
    maker.spread(Hazard::birth_month_only, rates::kBirthMonthOnly, whole,
                 [](const SystemView&, PersonView& view, Random&) { view.birth.day.reset(); });
    maker.spread(Hazard::birth_year_only, rates::kBirthYearOnly, whole,
                 [](const SystemView&, PersonView& view, Random&) {
                     view.birth.day.reset();
                     view.birth.month.reset();
                 });
    maker.spread(Hazard::impossible_birth_date, rates::kImpossibleBirth, whole,
                 [](const SystemView&, PersonView& view, Random&) {
                     view.birth.month = 2;
                     view.birth.day = 31;
                 });
    maker.spread(Hazard::birth_range, rates::kBirthRange, always,
                 [&](const SystemView&, PersonView& view, Random& random) {
                     const Person& person = maker.person_of(view);
                     view.birth_earliest = std::min(person.birth, person.disputed_birth) - random.between(30, 200);
                     view.birth_latest = std::max(person.birth, person.disputed_birth) + random.between(30, 200);
                 });
    maker.spread(Hazard::date_1900, rates::kDate1900, whole, [](const SystemView&, PersonView& view, Random&) {
        view.birth.year = 1900;
        view.birth.month = 1;
        view.birth.day = 1;
    });
    maker.spread(
        Hazard::birth_range_only, rates::kBirthRangeOnly,
        [&](const Identity& identity, const PersonView& view) {
            return whole(identity, view) && !view.hazards.has(Hazard::date_1900) &&
                   !view.hazards.has(Hazard::impossible_birth_date);
        },
        [](const SystemView&, PersonView& view, Random&) {
            view.birth.year.reset();
            view.birth.month.reset();
            view.birth.day.reset();
        });
}

void spread_other_hazards(HazardMaker& maker) {
    maker.spread(Hazard::gender_as_sex, rates::kGenderAsSex, always, [](const SystemView&, PersonView& view, Random&) {
        view.sex = view.gender == "N" ? "U" : view.gender;
    });
    maker.spread(Hazard::address_placeholder, rates::kAddressPlaceholder, always,
                 [](const SystemView&, PersonView& view, Random& random) {
                     static constexpr std::array<std::string_view, 4> kTexts = {"ADDRESS NOT FOUND", "UNKNOWN",
                                                                                "NO FIXED ABODE", "NOT KNOWN"};
                     const bool restricted = view.addresses.front().restricted;
                     view.addresses.front() = {};
                     view.addresses.front().type = "home";
                     view.addresses.front().street = random.pick(kTexts);
                     view.addresses.front().restricted = restricted;
                 });
    maker.spread(Hazard::minus_one_id, rates::kMinusOneId, always, [](const SystemView&, PersonView& view, Random&) {
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

bool in_base(Hazard hazard, const County& county, std::string_view system, const PersonView& view) {
    const bool has_number = is_county_number(view.nhs_number);
    switch (hazard) {
        case Hazard::shared_nhs_number:
        case Hazard::superseded_nhs_number:
        case Hazard::siblings_nhs_number:
        case Hazard::bad_nhs_number:
            return has_number;
        case Hazard::bad_uln:
            return !view.uln.empty();
        case Hazard::bad_postcode:
            return view.address() != nullptr && !view.address()->postcode.empty();
        case Hazard::uln_as_nhs_number:
            return keeps_nhs_number(system) && !county.person(view.person).identity(view.side).uln.empty();
        case Hazard::dummy_nhs_number:
            return keeps_nhs_number(system) && !has_number;
        case Hazard::temporary_upn:
        case Hazard::former_upn:
        case Hazard::bad_upn:
            return !view.upn.empty();
        case Hazard::typographic_apostrophe:
            return habit_of(system).diacritics && (view.given + view.family).find('\'') != std::string::npos;
        case Hazard::duplicate_name_marker:
            return !view.duplicate_of.empty();
        case Hazard::birth_month_only:
        case Hazard::birth_year_only:
        case Hazard::impossible_birth_date:
            return habit_of(system).partial_dates && view.birth.year.has_value();
        case Hazard::gender_as_sex:
            return !habit_of(system).gender && !county.person(view.person).gender.empty() && !view.sex.empty();
        case Hazard::birth_range:
            return system == "social_care" && county.person(view.person).birth_disputed;
        case Hazard::birth_range_only:
            return view.birth_earliest != 0;
        case Hazard::baby_name:
            return view.created < at(county.person(view.person).birth + kHalfYear);
        case Hazard::minus_one_id:
            return !view.family_key.empty() || !view.relations.empty();
        case Hazard::address_placeholder:
            return !view.addresses.empty();
        default:
            return true;
    }
}

void add_view_hazards(const County& county, std::vector<SystemView>& views, const Random& random) {
    HazardMaker maker(county, views, random);
    spread_nhs_hazards(maker);
    spread_upn_hazards(maker);
    spread_typing_hazards(maker);
    spread_name_hazards(maker);
    spread_date_hazards(maker);
    spread_other_hazards(maker);
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
