#include "simulate_county/nights/newcomers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "simulate_county/builder.hpp"

namespace simulate {
namespace {

// As many as the smallest county has, of which few come: each kind of family is among them.
constexpr std::size_t kFewest = 300;
constexpr std::size_t kToChooseFrom = 4;

bool may_come(const County& newcomers, const Family& family) {
    return !family.children.empty() &&
           std::all_of(family.children.begin(), family.children.end(), [&](PersonIndex index) {
               const Person& child = newcomers.person(index);
               return !child.sealed() && child.life.care.empty() && child.kind == Person::Kind::child;
           });
}

}  // namespace

County build_newcomers(const Scale& scale, const County& county, std::size_t children, int night,
                       const TakenNumbers& taken, IdentifierIssuer& issuer) {
    Builder builder(scale, county.seed);
    build_places(builder);
    builder.scale.children = std::max(kFewest, kToChooseFrom * children);
    builder.random = Random(county.seed, "newcomers").stream("night", static_cast<std::uint64_t>(night));
    builder.issuer = issuer;
    builder.addresses.skip_uprns(taken.addresses);
    build_people(builder);
    issuer = builder.issuer;
    for (std::size_t i = 0; i < builder.county.seals.size(); ++i) {
        std::array<char, 16> domain{};
        std::snprintf(domain.data(), domain.size(), "AD%06zu", 100 + (taken.seals + i) * 3);
        builder.county.seals[i].domain = domain.data();
    }
    for (Person& person : builder.county.people) {
        if (person.multiple_birth != 0) person.multiple_birth += static_cast<std::uint32_t>(taken.families);
    }
    return std::move(builder.county);
}

std::vector<std::uint32_t> choose_families(const County& newcomers, std::size_t children,
                                           const std::set<PersonIndex>& known, Random& random) {
    std::vector<std::uint32_t> families;
    for (const Family& family : newcomers.families) {
        const bool shows = std::any_of(family.children.begin(), family.children.end(),
                                       [&](PersonIndex child) { return known.contains(child); });
        if (shows && may_come(newcomers, family)) families.push_back(family.index);
    }
    random.shuffle(families);
    std::size_t chosen = 0;
    std::size_t coming = 0;
    while (chosen < families.size() && coming < children)
        coming += newcomers.families[families[chosen++]].children.size();
    families.resize(chosen);
    return families;
}

}  // namespace simulate
