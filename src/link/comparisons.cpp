#include "link/comparisons.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#include "link/name_comparisons.hpp"
#include "text/similarity.hpp"

namespace caseweave {

using namespace level;

namespace {

Level better(Level a, Level b) noexcept {
    return a == kNull ? b : b == kNull ? a : std::min(a, b);
}

bool one_digit_differs(const BirthFeature& a, const BirthFeature& b) {
    const auto digits = [](const BirthFeature& d) {
        return std::array<char, 8>{static_cast<char>(d.year / 1000 % 10), static_cast<char>(d.year / 100 % 10),
                                   static_cast<char>(d.year / 10 % 10),   static_cast<char>(d.year % 10),
                                   static_cast<char>(d.month / 10),       static_cast<char>(d.month % 10),
                                   static_cast<char>(d.day / 10),         static_cast<char>(d.day % 10)};
    };
    const auto x = digits(a);
    const auto y = digits(b);
    std::size_t differing = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        if (x[i] != y[i]) {
            ++differing;
            last = i;
        }
    }
    // Two neighbouring digits typed in the wrong order are one slip too.
    return differing == 1 || (differing == 2 && last > 0 && x[last] == y[last - 1] && x[last - 1] == y[last]);
}

constexpr std::int32_t kDaysPerYear = 366;

// Days between which a record's person was born: the range it gives, else the day, month or year of its date.
BirthRange birth_span(const FeatureTable& f, Rank rank) {
    const BirthFeature& birth = f.record(rank).birth;
    if (birth.range != 0) return f.birth_range(rank);
    return {birth.days, last_day({birth.days, birth.precision})};
}

// Birth date. "default_day": equal, but on 1 January or an estimated 15th; "month_known", "year_known": one is known
// to the month or year only, and agrees so far; "transposed": day and month exchanged; "one_digit": one digit, or two
// neighbours exchanged; "shifted": two of day, month and year agree; "estimated":
// within a year, one being an estimate; "disputed": further apart, but one is disputed or estimated. "in_range": one
// gives a range of days that holds what the other says of the date; a date within a year of it is "disputed", which
// weighs against the two, but less than "different".
Agreement compare_birth(const FeatureTable& f, Rank a, Rank b) {
    const BirthFeature& x = f.record(a).birth;
    const BirthFeature& y = f.record(b).birth;
    const bool ranges = x.range != 0 || y.range != 0;
    if (ranges && !(x.known && y.known)) {
        if (!(x.known || x.range != 0) || !(y.known || y.range != 0)) return {};
        const std::int32_t apart = birth_days_apart(f, a, b);
        return {apart == 0 ? birth_in_range : apart <= kDaysPerYear ? birth_disputed : birth_different, 0};
    }
    if (!x.known || !y.known) return {};
    const bool soft = x.estimated || y.estimated || x.disputed || y.disputed;
    const std::int32_t apart = std::abs(x.days - y.days);
    if (x.precision != DatePrecision::day || y.precision != DatePrecision::day) {
        const bool month_known = x.precision != DatePrecision::year && y.precision != DatePrecision::year;
        if (x.year == y.year && month_known && x.month == y.month) return {birth_month_known, 0};
        if (x.year == y.year && !month_known) return {birth_year_known, 0};
    } else {
        if (apart == 0) return {x.default_day && y.default_day ? birth_default_day : birth_exact, 0};
        if (x.year == y.year && x.month == y.day && x.day == y.month) return {birth_transposed, 0};
        if (one_digit_differs(x, y)) return {birth_one_digit, 0};
        if ((x.year == y.year) + (x.month == y.month) + (x.day == y.day) == 2) return {birth_shifted, 0};
    }
    if (ranges && birth_days_apart(f, a, b) == 0) return {birth_in_range, 0};
    if (soft && apart <= kDaysPerYear) return {birth_estimated, 0};
    if (soft) return {birth_disputed, 0};
    return {birth_different, 0};
}

// A due date is right within three weeks for nine births in ten; earlier births reach back to 24 weeks (16 weeks
// early).
constexpr std::int32_t kCloseToDueDays = 21;
constexpr std::int32_t kEarliestBirthDays = 112;

// Expected date of an unborn child against a birth date or another expected date. Null unless one is unborn.
Agreement compare_expected(const FeatureTable& f, Rank a, Rank b) {
    const RecordFeatures* x = &f.record(a);
    const RecordFeatures* y = &f.record(b);
    if (x->kind != PersonKind::unborn && y->kind != PersonKind::unborn) return {};
    if (x->kind != PersonKind::unborn) std::swap(x, y);
    if (!x->has_expected) return {};
    const bool both = y->kind == PersonKind::unborn;
    if (both ? !y->has_expected : !(y->birth.known && y->birth.precision == DatePrecision::day)) return {};
    const std::int32_t late = (both ? y->expected_days : y->birth.days) - x->expected_days;
    if (std::abs(late) <= kCloseToDueDays) return {expected_close, 0};
    if (!both && late < 0 && late >= -kEarliestBirthDays) return {expected_early, 0};
    return {expected_apart, 0};
}

Agreement compare_sex(const FeatureTable& f, Rank a, Rank b) {
    const char x = f.record(a).sex;
    const char y = f.record(b).sex;
    if (x == 0 || y == 0) return {};
    return {x == y ? sex_same : sex_different, 0};
}

// Agreement at a place that f families use is f times as likely by chance.
float shared_by(std::uint32_t families) {
    return families > 1 ? -std::log2(static_cast<float>(families)) : 0.0F;
}
// A place the source itself calls communal is shared by more families than have records here.
constexpr std::uint32_t kCommunalFamilies = 16;

// Streets spelt this alike are one street.
constexpr double kSameStreet = 0.92;

// Address: the closest two of the records' addresses, by UPRN, by postcode and house, by house and street, by postcode
// unit, street, postcode sector and district, town. The first two weigh less the more families use the place. Where
// street and town are compared on their own, by UPRN and postcode alone.
Agreement compare_address(const FeatureTable& f, Rank a, Rank b) {
    const auto all_a = f.addresses(a);
    const auto all_b = f.addresses(b);
    if (all_a.empty() || all_b.empty()) return {};
    const bool whole = !f.separate_address_parts();
    bool compared = whole;
    Agreement best{address_different, 0};
    const auto offer = [&](Level level, float rarity) {
        if (level < best.level)
            best = {level, rarity};
        else if (level == best.level)
            best.rarity_bits = std::max(best.rarity_bits, rarity);
    };
    for (const AddressFeature& x : all_a) {
        for (const AddressFeature& y : all_b) {
            const auto same = [](std::uint32_t p, std::uint32_t q) { return p != 0 && p == q; };
            compared = compared || (x.unit != 0 && y.unit != 0) || (x.property != 0 && y.property != 0);
            const auto shared = [&](std::uint32_t key) {
                return shared_by(std::max(f.families_using(key), x.communal || y.communal ? kCommunalFamilies : 0));
            };
            if (same(x.property, y.property))
                offer(address_property, shared(x.property));
            else if (whole && same(x.dwelling, y.dwelling))
                offer(address_dwelling, shared(x.dwelling));
            else if (whole && same(x.house, y.house))
                offer(address_house, shared(x.house));
            else if (same(x.unit, y.unit))
                offer(address_postcode, 0);
            else if (whole && best.level > address_street && x.street != 0 && y.street != 0 &&
                     (x.street == y.street || jaro_winkler_reaches(f.texts(), x.street, y.street, kSameStreet)))
                offer(address_street, 0);
            else if (same(x.sector, y.sector))
                offer(address_sector, 0);
            else if (same(x.district, y.district))
                offer(address_district, 0);
            else if (whole && best.level > address_town && x.town != 0 && y.town != 0 &&
                     (x.town == y.town || jaro_winkler_reaches(f.texts(), x.town, y.town, kSamePlace)))
                offer(address_town, 0);
        }
    }
    return compared ? best : Agreement{};
}

// Street: the closest two of the records' addresses by house and street, by street, by how the street is spelt.
Agreement compare_street(const FeatureTable& f, Rank a, Rank b) {
    Agreement best;
    const auto offer = [&](Level level) { best.level = better(best.level, level); };
    for (const AddressFeature& x : f.addresses(a)) {
        for (const AddressFeature& y : f.addresses(b)) {
            if (x.street == 0 || y.street == 0) continue;
            if (x.street == y.street)
                offer(x.house != 0 && x.house == y.house ? street_house : street_same);
            else
                offer(jaro_winkler_reaches(f.texts(), x.street, y.street, kSamePlace) ? street_close
                                                                                      : street_different);
        }
    }
    return best;
}

// Town: the closest two of the records' addresses; a small town weighs more than a large one. One postcode lies in one
// town: where postcodes agree, the town says nothing more, and counting it again would make neighbours one person.
Agreement compare_town(const FeatureTable& f, Rank a, Rank b) {
    Agreement best;
    for (const AddressFeature& x : f.addresses(a)) {
        for (const AddressFeature& y : f.addresses(b)) {
            if (x.town == 0 || y.town == 0 || (x.unit != 0 && x.unit == y.unit)) continue;
            const bool same = x.town == y.town;
            const Level level = same                                                          ? town_same
                                : jaro_winkler_reaches(f.texts(), x.town, y.town, kSamePlace) ? town_close
                                                                                              : town_different;
            if (best.level == kNull || level < best.level) best = {level, same ? f.place_bits(x.town) : 0};
        }
    }
    return best;
}

// Birth place: the same, spelt alike, or another.
Agreement compare_birth_place(const FeatureTable& f, Rank a, Rank b) {
    const std::uint32_t x = f.record(a).birth_place;
    const std::uint32_t y = f.record(b).birth_place;
    if (x == 0 || y == 0) return {};
    if (x == y) return {place_same, f.place_bits(x)};
    return {jaro_winkler_reaches(f.texts(), x, y, kSamePlace) ? place_close : place_different, 0};
}

// NHS number. "verified": one number, traced on at least one side; "same": one number, traced on neither; "former":
// one number, superseded on a side; "conflict": both have a verified one and share none; "different": both have one.
Agreement compare_nhs(const FeatureTable& f, Rank a, Rank b) {
    Level best = kNull;
    for (const IdentifierFeature& x : f.identifiers(a)) {
        if (x.kind != IdentifierKind::nhs_number) continue;
        for (const IdentifierFeature& y : f.identifiers(b)) {
            if (y.kind != IdentifierKind::nhs_number) continue;
            const bool former = x.state == IdentifierState::former || y.state == IdentifierState::former;
            const bool one_verified = x.state == IdentifierState::verified || y.state == IdentifierState::verified;
            const bool both_verified = x.state == IdentifierState::verified && y.state == IdentifierState::verified;
            if (x.value == y.value)
                best = better(best, former ? nhs_former : one_verified ? nhs_verified : nhs_same);
            else if (!former)
                best = better(best, both_verified ? nhs_conflict : nhs_different);
        }
    }
    // A traced conflict is not softened by a second, untraced number that differs as well.
    if (best == nhs_different) {
        for (const IdentifierFeature& x : f.identifiers(a)) {
            for (const IdentifierFeature& y : f.identifiers(b)) {
                if (x.kind == IdentifierKind::nhs_number && y.kind == x.kind && x.state == IdentifierState::verified &&
                    y.state == x.state)
                    best = nhs_conflict;
            }
        }
    }
    return {best, 0};
}

// UPN. "permanent": one number, current on both sides; "other": one number, temporary or former on a side; "conflict":
// two permanent numbers and none shared (schools do issue second ones); "different": others differ.
Agreement compare_upn(const FeatureTable& f, Rank a, Rank b) {
    Level best = kNull;
    bool conflict = false;
    for (const IdentifierFeature& x : f.identifiers(a)) {
        if (x.kind != IdentifierKind::upn) continue;
        for (const IdentifierFeature& y : f.identifiers(b)) {
            if (y.kind != IdentifierKind::upn) continue;
            const bool permanent = x.state == IdentifierState::current && y.state == IdentifierState::current;
            if (x.value == y.value)
                best = better(best, permanent ? upn_permanent : upn_other);
            else if (permanent)
                conflict = true;
            else if (x.state == y.state && x.state == IdentifierState::temporary)
                best = better(best, upn_different);
        }
    }
    if (conflict && (best == kNull || best > upn_other)) best = upn_conflict;
    return {best, 0};
}

Agreement compare_uln(const FeatureTable& f, Rank a, Rank b) {
    Level best = kNull;
    for (const IdentifierFeature& x : f.identifiers(a)) {
        for (const IdentifierFeature& y : f.identifiers(b)) {
            if (x.kind != IdentifierKind::uln || y.kind != IdentifierKind::uln) continue;
            best = better(best, x.value == y.value ? uln_same : uln_different);
        }
    }
    return {best, 0};
}

// Any other identifier of one kind and issuer, the record's own key in its system among them: another system may
// hold it. Two own keys of one system differ always and say nothing.
Agreement compare_other_id(const FeatureTable& f, Rank a, Rank b) {
    Level best = kNull;
    // Records of one system that hold nothing beyond their own keys, as nearly all records of a file.
    const RecordFeatures& p = f.record(a);
    const RecordFeatures& q = f.record(b);
    if (p.identifiers.count == 1 && q.identifiers.count == 1 && p.system == q.system) return {};
    for (const IdentifierFeature& x : f.identifiers(a)) {
        for (const IdentifierFeature& y : f.identifiers(b)) {
            if (x.kind != IdentifierKind::other || y.kind != IdentifierKind::other) continue;
            if (x.issuer != y.issuer || (x.own_key && y.own_key)) continue;
            best = better(best, x.value == y.value ? other_same : other_different);
        }
    }
    return {best, 0};
}

// Two e-mail addresses of one user part at two providers, or spelt alike; two telephone numbers one digit apart.
constexpr double kCloseEmail = 0.92;
constexpr std::size_t kTellingUserPart = 6;

bool contacts_close(const FeatureTable& f, const ContactFeature& x, const ContactFeature& y) {
    if (x.email != y.email) return false;
    const std::string_view a = f.texts().text(x.text);
    const std::string_view b = f.texts().text(y.text);
    if (!x.email) {
        return text::osa_distance_at_least(f.texts().signature(x.text), f.texts().signature(y.text)) <= 1 &&
               text::osa_distance(a, b, 1) <= 1;
    }
    const auto user = [](std::string_view address) { return address.substr(0, address.find('@')); };
    if (user(a).size() >= kTellingUserPart && user(a) == user(b)) return true;
    return jaro_winkler_reaches(f.texts(), x.text, y.text, kCloseEmail);
}

// Telephone numbers and e-mail addresses: one shared, weighed less the more families use it; "close": one a slip away
// from one of the other's, or the same user at another e-mail provider; or none.
Agreement compare_contact(const FeatureTable& f, Rank a, Rank b) {
    const auto all_a = f.contacts(a);
    const auto all_b = f.contacts(b);
    if (all_a.empty() || all_b.empty()) return {};
    Agreement best{contact_different, 0};
    for (const ContactFeature& x : all_a) {
        for (const ContactFeature& y : all_b) {
            if (x.key == y.key) {
                const float rarity = shared_by(f.families_using(x.key));
                best = best.level == contact_same ? Agreement{contact_same, std::max(best.rarity_bits, rarity)}
                                                  : Agreement{contact_same, rarity};
            } else if (best.level == contact_different && contacts_close(f, x, y)) {
                best.level = contact_close;
            }
        }
    }
    return best;
}

// Multiple birth: what sources say of it. "one": one record is known to be of a multiple birth, the other is not known
// to be; a twin's records are often flagged in one system only. Null for adults.
Agreement compare_multiple(const FeatureTable& f, Rank a, Rank b) {
    const RecordFeatures& x = f.record(a);
    const RecordFeatures& y = f.record(b);
    if (x.kind == PersonKind::adult || y.kind == PersonKind::adult) return {};
    if (x.birth_order != 0 && y.birth_order != 0 && (x.multiple_birth || y.multiple_birth)) {
        return {x.birth_order == y.birth_order ? multiple_same_place : multiple_other_place, 0};
    }
    if (x.multiple_birth && y.multiple_birth) return {multiple_both, 0};
    return {x.multiple_birth || y.multiple_birth ? multiple_one : multiple_neither, 0};
}

Agreement compare_school(const FeatureTable& f, Rank a, Rank b) {
    const RecordFeatures& x = f.record(a);
    const RecordFeatures& y = f.record(b);
    const bool by_urn = x.school_urn != 0 && y.school_urn != 0;
    const bool by_name = x.school_name != 0 && y.school_name != 0;
    if (!by_urn && !by_name) return {};
    const bool same = (by_urn && x.school_urn == y.school_urn) || (by_name && x.school_name == y.school_name);
    return {same ? school_same : school_different, 0};
}

// Two keys of one system are seldom one person: the source itself thinks they are two. An unborn child and the child
// are two records by design.
Agreement compare_source(const FeatureTable& f, Rank a, Rank b) {
    if ((f.record(a).kind == PersonKind::unborn) != (f.record(b).kind == PersonKind::unborn)) return {};
    return {f.record(a).system == f.record(b).system ? source_same : source_other, 0};
}

constexpr std::array<Agreement (*)(const FeatureTable&, Rank, Rank), kComparisons> kCompare = {
    compare_given,       compare_middle,  compare_family,  compare_birth,    compare_expected,
    compare_sex,         compare_address, compare_nhs,     compare_upn,      compare_uln,
    compare_other_id,    compare_contact, compare_parents, compare_multiple, compare_school,
    compare_birth_place, compare_street,  compare_town,    compare_source};

}  // namespace

std::int32_t birth_days_apart(const FeatureTable& features, Rank a, Rank b) {
    const BirthFeature& x = features.record(a).birth;
    const BirthFeature& y = features.record(b).birth;
    if (x.range == 0 && y.range == 0) return std::abs(x.days - y.days);
    const BirthRange first = birth_span(features, a);
    const BirthRange second = birth_span(features, b);
    return std::max({0, first.first - second.last, second.first - first.last});
}

Agreement compare(const FeatureTable& features, Comparison comparison, Rank a, Rank b) {
    return kCompare[static_cast<std::size_t>(comparison)](features, a, b);
}

Agreement compare(const FeatureTable& features, std::size_t comparison, Rank a, Rank b) {
    if (comparison < kComparisons) return kCompare[comparison](features, a, b);
    const std::size_t column = comparison - kComparisons;
    const Level level = features.further().compare(column, a, b);
    return {level, level == 1 ? features.further().rarity_bits(column, a) : 0.0F};
}

// A bound is summed in another order than a weight, and rounded otherwise.
constexpr double kRoundingBits = 1e-6;

// What looks at numbers comes before what looks at sets, and that before what reads texts.
constexpr std::array<Comparison, kComparisons> kByCost = {
    Comparison::birth_date,     Comparison::sex,         Comparison::source,
    Comparison::expected_birth, Comparison::school,      Comparison::multiple_birth,
    Comparison::nhs_number,     Comparison::upn,         Comparison::uln,
    Comparison::other_id,       Comparison::family_name, Comparison::given_name,
    Comparison::birth_place,    Comparison::town,        Comparison::street,
    Comparison::address,        Comparison::contact,     Comparison::middle_names,
    Comparison::parent_name};

PairScorer::PairScorer(const FeatureTable& features, const LinkageModel& model)
    : features_(&features), model_(&model), bound_(features, model) {
    for (std::size_t i = 0; i < kAlternatives; ++i) {
        prior_bits_[i] = model.prior_bits(static_cast<Alternative>(i), features.size());
    }
    std::size_t place = 0;
    const auto add_further = [&](bool exact) {
        for (std::size_t i = 0; i < model.further().size(); ++i) {
            if ((model.further()[i].kind == FurtherKind::exact) == exact)
                by_cost_[place++] = static_cast<std::uint8_t>(kComparisons + i);
        }
    };
    add_further(true);
    for (const Comparison c : kByCost) by_cost_[place++] = static_cast<std::uint8_t>(c);
    add_further(false);
}

PairScore PairScorer::add_up(Rank a, Rank b, std::uint32_t compared,
                             const std::array<Agreement, kMaxComparisons>& agreements) const {
    PairScore score;
    score.against = prior_bits_;
    for (; compared != 0; compared &= compared - 1) {
        const auto c = static_cast<std::size_t>(std::countr_zero(compared));
        const Agreement agreement = agreements[c];
        if (agreement.level == kNull) continue;
        const LevelWeights& weights = model_->level(c, agreement.level);
        score.pattern = with_level(score.pattern, c, agreement.level);
        for (std::size_t i = 0; i < kAlternatives; ++i) score.against[i] += weights.bits[i];
        if (weights.term_frequency) {
            score.rarity_bits[c] = agreement.rarity_bits;
            score.against[0] += static_cast<double>(agreement.rarity_bits);
        }
    }
    // An unborn record stands for the whole birth: where there was a second child, it is as near to that one too, and
    // clustering finds it ambiguous; where there was none, no twin stands against it.
    const bool unborn =
        features_->record(a).kind == PersonKind::unborn || features_->record(b).kind == PersonKind::unborn;
    // Odds against all alternatives together: their chances add up.
    double chances = 0;
    for (std::size_t i = 0; i < kAlternatives; ++i) {
        if (unborn && static_cast<Alternative>(i) == Alternative::twin) continue;
        chances += std::exp2(-score.against[i]);
    }
    score.bits = -std::log2(chances);
    return score;
}

PairScore PairScorer::score(Rank a, Rank b) const {
    // One order for both directions: sums of doubles depend on it.
    if (b < a) std::swap(a, b);
    // Where one record has no value there is nothing to compare.
    const std::uint32_t both = features_->record(a).present & features_->record(b).present;
    std::array<Agreement, kMaxComparisons> agreements;
    for (std::uint32_t left = both; left != 0; left &= left - 1) {
        const auto c = static_cast<std::size_t>(std::countr_zero(left));
        agreements[c] = compare(*features_, c, a, b);
    }
    return add_up(a, b, both, agreements);
}

bool PairScorer::may_reach(Rank a, Rank b, double floor_bits) const noexcept {
    return bound_.at_most(features_->head(a), features_->head(b)) >= floor_bits - kRoundingBits;
}

std::optional<PairScore> PairScorer::score_from(Rank a, Rank b, double floor_bits) const {
    if (b < a) std::swap(a, b);
    const std::uint32_t both = features_->record(a).present & features_->record(b).present;
    double most = prior_bits_[0];
    for (std::uint32_t left = both; left != 0; left &= left - 1)
        most += bound_.most_bits(static_cast<std::size_t>(std::countr_zero(left)));
    const double floor = floor_bits - kRoundingBits;
    std::array<Agreement, kMaxComparisons> agreements;
    for (std::size_t i = 0; i < model_->comparisons(); ++i) {
        const std::size_t c = by_cost_[i];
        if ((both >> c & 1U) == 0) continue;
        const Agreement agreement = agreements[c] = compare(*features_, c, a, b);
        most -= bound_.most_bits(c);
        if (agreement.level != kNull) {
            const LevelWeights& weights = model_->level(c, agreement.level);
            most += weights.bits[0] + (weights.term_frequency ? static_cast<double>(agreement.rarity_bits) : 0);
        }
        if (most < floor) return std::nullopt;
    }
    PairScore score = add_up(a, b, both, agreements);
    if (score.bits < floor_bits) return std::nullopt;
    return score;
}

Pattern PairScorer::pattern(Rank a, Rank b) const {
    Pattern pattern;
    std::uint32_t both = features_->record(a).present & features_->record(b).present;
    for (; both != 0; both &= both - 1) {
        const auto c = static_cast<std::size_t>(std::countr_zero(both));
        pattern = with_level(pattern, c, compare(*features_, c, a, b).level);
    }
    return pattern;
}

bool forenames_clearly_differ(const Pattern& pattern) noexcept {
    const Level level = level_of(pattern, Comparison::given_name);
    return level == given_alike || level == given_different;
}

}  // namespace caseweave
