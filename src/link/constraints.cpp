#include "link/constraints.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>

namespace caseweave {

using namespace level;

std::string_view to_string(RefusalReason reason) noexcept {
    constexpr std::string_view kNames[] = {"none",
                                           "identity_domain",
                                           "person_kind",
                                           "reviewer",
                                           "verified_nhs_conflict",
                                           "multiple_birth",
                                           "related_in_source",
                                           "unique_in_source",
                                           "permanent_upn_conflict",
                                           "numbers_apart",
                                           "possible_twin",
                                           "birth_dates_apart",
                                           "ambiguous",
                                           "incoherent",
                                           "weak_bridge",
                                           "too_many_records",
                                           "disputed_number",
                                           "below_match"};
    return kNames[static_cast<std::size_t>(reason)];
}

std::string_view in_words(RefusalReason reason) noexcept {
    constexpr std::string_view kWords[] = {
        "",
        "",
        "one is an adult's record and the other a child's",
        "a reviewer decided that they are two people",
        "they hold two different NHS numbers, both traced",
        "born the same day into one family but with different forenames: children of a multiple birth",
        "their source records them as related to each other",
        "their source keeps one record for each person",
        "they hold two different permanent UPNs",
        "numbers that several authorities gave them differ, and none is the same",
        "they may be twins: their forenames are alike but not the same, and one is known to be a twin or their numbers "
        "differ",
        "their birth dates are far apart",
        "the record is as near to another person, who cannot be the same",
        "other records of the two speak against it",
        "one thin link would join two well-founded groups of records",
        "together they would have more records than one person can have",
        "they have one number, and differ in what else is known: it may stand on the wrong record",
        "the evidence is not strong enough to decide"};
    return kWords[static_cast<std::size_t>(reason)];
}

namespace {

void sort_pairs(std::vector<std::pair<Rank, Rank>>& pairs) {
    std::ranges::sort(pairs);
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
}

}  // namespace

Constraints::Constraints(const FeatureTable& features, const PersonStore& store,
                         std::span<const ReviewerDecision> decisions, std::span<const SystemId> unique_systems,
                         bool multiple_births)
    : features_(&features), unique_systems_(store.systems(), false), multiple_births_(multiple_births) {
    for (const SystemId system : unique_systems) unique_systems_[system.value] = true;
    const auto find = [&](const std::string& system, const std::string& key) -> std::optional<PersonRow> {
        const auto id = store.find_system(system);
        return id ? store.find(*id, key) : std::nullopt;
    };
    for (const ReviewerDecision& decision : decisions) {
        const auto a = find(decision.system_a, decision.key_a);
        const auto b = find(decision.system_b, decision.key_b);
        if (!a || !b || *a == *b) continue;
        const std::pair<Rank, Rank> pair = std::minmax(features.rank(*a), features.rank(*b));
        (decision.same ? must_links_ : cannot_links_).push_back(pair);
    }
    sort_pairs(must_links_);
    sort_pairs(cannot_links_);
    tie_groups();
}

void Constraints::tie_groups() {
    std::map<Rank, std::shared_ptr<std::vector<Rank>>> groups;
    const auto group_of = [&](Rank rank) {
        auto& group = groups[rank];
        if (group == nullptr) group = std::make_shared<std::vector<Rank>>(1, rank);
        return group;
    };
    std::vector<std::pair<Rank, Rank>> obeyed;
    for (const auto& [a, b] : must_links_) {
        const auto one = group_of(a);
        const auto other = group_of(b);
        if (one != other) {
            const bool parted = std::ranges::any_of(*one, [&](Rank x) {
                return std::ranges::any_of(*other, [&](Rank y) { return decided_different(x, y); });
            });
            if (parted) continue;
            one->insert(one->end(), other->begin(), other->end());
            for (const Rank member : std::vector<Rank>(*other)) groups[member] = one;
        }
        obeyed.emplace_back(a, b);
    }
    must_links_ = std::move(obeyed);
    std::vector<std::pair<Rank, Rank>> inherited;
    for (const auto& [a, b] : cannot_links_) {
        for (const Rank x : *group_of(a))
            for (const Rank y : *group_of(b)) inherited.push_back(std::minmax(x, y));
    }
    cannot_links_ = std::move(inherited);
    sort_pairs(cannot_links_);
}

bool Constraints::decided_same(Rank a, Rank b) const noexcept {
    return std::ranges::binary_search(must_links_, std::pair<Rank, Rank>(std::min(a, b), std::max(a, b)));
}

bool Constraints::decided_different(Rank a, Rank b) const noexcept {
    return std::ranges::binary_search(cannot_links_, std::pair<Rank, Rank>(std::min(a, b), std::max(a, b)));
}

RefusalReason Constraints::fixed_bar(Rank a, Rank b) const noexcept {
    const RecordFeatures& x = features_->record(a);
    const RecordFeatures& y = features_->record(b);
    if ((x.kind == PersonKind::adult) != (y.kind == PersonKind::adult)) return RefusalReason::person_kind;
    if (!cannot_links_.empty() && decided_different(a, b)) return RefusalReason::reviewer;
    if (x.system == y.system) {
        if (std::ranges::binary_search(features_->barred(a), b)) return RefusalReason::related_in_source;
        if (unique_systems_[x.system]) return RefusalReason::unique_in_source;
    }
    return RefusalReason::none;
}

RefusalReason Constraints::bar(Rank a, Rank b, const Pattern& pattern) const {
    const RefusalReason fixed = fixed_bar(a, b);
    if (fixed != RefusalReason::none) return fixed;
    if (level_of(pattern, Comparison::nhs_number) == nhs_conflict) return RefusalReason::verified_nhs_conflict;
    return is_multiple_birth(a, b, pattern) ? RefusalReason::multiple_birth : RefusalReason::none;
}

bool Constraints::is_multiple_birth(Rank a, Rank b, const Pattern& pattern) const {
    const RecordFeatures& x = features_->record(a);
    const RecordFeatures& y = features_->record(b);
    if (!multiple_births_ || x.kind == PersonKind::adult) return false;
    const Level birth = level_of(pattern, Comparison::birth_date);
    const bool both_flagged = x.multiple_birth && y.multiple_birth;
    // Twins on either side of midnight, where both are known to be twins.
    const bool within_a_day =
        both_flagged && x.birth.known && y.birth.known && std::abs(x.birth.days - y.birth.days) <= 1;
    if (birth != birth_exact && birth != birth_default_day && !within_a_day) return false;

    const Level given = level_of(pattern, Comparison::given_name);
    const Level family = level_of(pattern, Comparison::family_name);
    const Level address = level_of(pattern, Comparison::address);
    const Level parent = level_of(pattern, Comparison::parent_name);
    const bool one_family = (family != kNull && family <= family_similar) ||
                            (address != kNull && address <= address_dwelling) ||
                            (parent != kNull && parent <= parent_given);
    if (!one_family) return false;
    const bool known_twin = x.multiple_birth || y.multiple_birth;
    // A slip can turn one name into another, or into none at all ("Ail"); a shared number then outweighs it, unless a
    // source knows of a twin.
    if (!known_twin && identifiers_agree(pattern) && (given == given_alike || !both_names(a, b))) return false;
    if (forenames_clearly_differ(pattern)) return true;
    if (both_flagged) {
        // Twins' names are often chosen alike, and one may bear the other's as a middle name.
        if (given == given_similar || given == given_middle) return true;
        if (given != kNull && level_of(pattern, Comparison::middle_names) == middle_different) return true;
        if (given != given_exact && level_of(pattern, Comparison::multiple_birth) == multiple_other_place) return true;
    }
    return false;
}

bool Constraints::both_names(Rank a, Rank b) const {
    return std::ranges::any_of(features_->given(a), [&](const NameForm& x) {
        return std::ranges::any_of(features_->given(b), [&](const NameForm& y) {
            return features_->terms().both_established(x.whole, y.whole);
        });
    });
}

bool Constraints::explains(Rank member, Rank a, Rank b) const {
    const Level farthest = both_names(a, b) ? given_variant : given_close;
    const auto stands_for = [&](Rank other) {
        if (member == other || decided_same(member, other)) return true;
        const Level given = compare(*features_, Comparison::given_name, member, other).level;
        return given == given_exact || (given >= given_variant && given <= farthest);
    };
    return stands_for(a) && stands_for(b);
}

bool identifiers_agree(const Pattern& pattern) noexcept {
    const Level nhs = level_of(pattern, Comparison::nhs_number);
    const Level upn = level_of(pattern, Comparison::upn);
    return (nhs != kNull && nhs <= nhs_former) || (upn != kNull && upn <= upn_other) ||
           level_of(pattern, Comparison::uln) == uln_same;
}

bool numbers_agree(const Pattern& pattern) noexcept {
    const Level nhs = level_of(pattern, Comparison::nhs_number);
    return nhs == nhs_verified || nhs == nhs_same || level_of(pattern, Comparison::upn) == upn_permanent ||
           level_of(pattern, Comparison::uln) == uln_same || level_of(pattern, Comparison::other_id) == other_same;
}

}  // namespace caseweave
