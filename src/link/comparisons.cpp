#include "link/comparisons.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "text/diminutives.hpp"
#include "text/similarity.hpp"

namespace caseweave {

using namespace level;

namespace {

// Winkler's own cut for "close" and the looser one Splink's name comparison uses below it.
constexpr double kCloseSimilarity = 0.92;
constexpr double kSimilarSimilarity = 0.85;
// Two names that sound alike but share little spelling ("Ng", "Ngu") are not similar for that alone.
constexpr double kSoundSimilarity = 0.78;
// One edit in a forename this long is a slip ("Lity"), in a family name this long too; in shorter ones it is
// another name ("Ann" / "Ian", "Hall" / "Hill").
constexpr std::size_t kForenameSlipLength = 4;
constexpr std::size_t kFamilySlipLength = 5;
// Some systems cut names at 35 characters, fewer once folded; shorter prefixes are other names.
constexpr std::size_t kTruncatedLength = 28;
// A shared word shorter than this ("de", "al") is a particle, not a part of the name.
constexpr std::size_t kPartLength = 3;

Level better(Level a, Level b) noexcept {
    return a == kNull ? b : b == kNull ? a : std::min(a, b);
}

std::string joined(std::string_view name) {
    std::string out;
    std::ranges::copy_if(name, std::back_inserter(out), [](char c) { return c != ' '; });
    return out;
}

bool same_without_blanks(std::string_view a, std::string_view b) {
    if (a.find(' ') == std::string_view::npos && b.find(' ') == std::string_view::npos) return false;
    return joined(a) == joined(b);
}

bool is_close(std::string_view a, std::string_view b, std::size_t slip_length) {
    return text::jaro_winkler(a, b) >= kCloseSimilarity ||
           (std::min(a.size(), b.size()) >= slip_length && text::osa_distance(a, b, 1) <= 1);
}

bool is_similar(const NameTerm& a, const NameTerm& b) {
    const double similarity = text::jaro_winkler(a.text, b.text);
    return similarity >= kSimilarSimilarity || (similarity >= kSoundSimilarity && sound_alike(a, b));
}

/// Compares two single forenames; the best of the levels a pair of words can reach.
Level compare_given_words(const NameTerms& terms, TermId a, TermId b) {
    const NameTerm& x = terms[a];
    const NameTerm& y = terms[b];
    if (x.text.size() == 1 || y.text.size() == 1) return x.text[0] == y.text[0] ? given_initial : given_different;
    if (x.in_table && y.in_table && text::same_name_family(x.text, y.text)) return given_variant;
    const bool close = is_close(x.text, y.text, kForenameSlipLength);
    if (!close && !is_similar(x, y)) return given_different;
    // Close spellings of two names that people do bear are two children, unless they only spell one sound.
    if (terms.both_established(a, b) && !(x.sound == y.sound && x.text[0] == y.text[0])) return given_alike;
    return close ? given_close : given_similar;
}

/// Tells whether the forename of one is the family name of the other, both ways round. One way alone is what brothers
/// with one patronymic show when a clerk exchanged the names of one of them. Misspelling is forgiven on one of the two.
bool names_swapped(const FeatureTable& f, Rank a, Rank b) {
    const NameTerms& terms = f.terms();
    Level worst = kNull;
    for (const auto& [x, y] : {std::pair(a, b), std::pair(b, a)}) {
        Level best = given_different;
        for (const NameForm& given : f.given(x)) {
            for (const NameForm& family : f.family(y)) {
                if (given.whole == family.whole)
                    best = given_exact;
                else if (best > given_close &&
                         is_close(terms.text(given.whole), terms.text(family.whole), kForenameSlipLength))
                    best = given_close;
            }
        }
        if (best == given_different || (worst == given_close && best == given_close)) return false;
        worst = std::max(worst, best);
    }
    return true;
}

// Forename: best level over all forenames the two records give (current, preferred, former, alias). "part": one is a
// word of the other ("Jane", "Mary Jane"); "variant": the table of diminutives; "close": Jaro-Winkler >= 0.92 or one
// edit; "swapped": it is the other's family name; "middle": it is the other's middle name; "similar": Jaro-Winkler >=
// 0.85 or sounds alike; "alike": as close or similar, but both are names in their own right. Null: none known, or a
// placeholder. Levels after Winkler 1990; sets and placeholders from practice with children's files.
Agreement compare_given(const FeatureTable& f, Rank a, Rank b) {
    const auto forms_a = f.given(a);
    const auto forms_b = f.given(b);
    if (forms_a.empty() || forms_b.empty()) return {};
    const NameTerms& terms = f.terms();
    Agreement best{given_different, 0};
    const auto offer = [&](Level level, TermId shared) {
        const float rarity = shared == kNoTerm ? 0 : terms[shared].given_bits;
        if (level < best.level) best = {level, rarity};
        // Of several agreeing names the rarest speaks.
        else if (level == best.level && shared != kNoTerm)
            best.rarity_bits = std::max(best.rarity_bits, rarity);
    };
    for (const NameForm& x : forms_a) {
        for (const NameForm& y : forms_b) {
            if (x.whole == y.whole) {
                offer(terms.text(x.whole).size() == 1 ? given_initial : given_exact, x.whole);
                continue;
            }
            if (best.level == given_exact) continue;
            const auto words_a = f.words(x);
            const auto words_b = f.words(y);
            if (same_without_blanks(terms.text(x.whole), terms.text(y.whole))) offer(given_close, kNoTerm);
            // One word of the other's several; two sets of several that share only the first ("Mohammed Hassan",
            // "Mohammed Hussain") are as good as similar.
            const auto holds = [&](std::span<const TermId> words, TermId word) {
                return terms.text(word).size() >= kPartLength && std::ranges::find(words, word) != words.end();
            };
            if (words_a.size() == 1 && holds(words_b, words_a.front())) offer(given_part, words_a.front());
            if (words_b.size() == 1 && holds(words_a, words_b.front())) offer(given_part, words_b.front());
            if (words_a.size() > 1 && words_b.size() > 1 && words_a.front() == words_b.front()) {
                if (words_a[1] == words_b[1]) {
                    offer(given_part, words_a.front());
                } else {
                    offer(
                        compare_given_words(terms, words_a[1], words_b[1]) <= given_close ? given_close : given_similar,
                        kNoTerm);
                }
                continue;
            }
            offer(compare_given_words(terms, words_a.front(), words_b.front()), kNoTerm);
        }
    }
    if (best.level <= given_close) return best;
    if (names_swapped(f, a, b)) offer(given_swapped, kNoTerm);
    const auto is_middle = [&](std::span<const NameForm> forms, Rank other) {
        for (const NameForm& x : forms) {
            if (terms.text(x.whole).size() > 1 &&
                std::ranges::find(f.middle(other), x.whole) != f.middle(other).end()) {
                offer(given_middle, x.whole);
            }
        }
    };
    is_middle(forms_a, b);
    is_middle(forms_b, a);
    return best;
}

// Middle names as a set of words: "exact" one shared, "initial" one side gives only the first letter of one of the
// other's, "similar" one close to one of the other's, "different" none. Null: either has none.
Agreement compare_middle(const FeatureTable& f, Rank a, Rank b) {
    const auto words_a = f.middle(a);
    const auto words_b = f.middle(b);
    if (words_a.empty() || words_b.empty()) return {};
    Agreement best{middle_different, 0};
    for (const TermId x : words_a) {
        for (const TermId y : words_b) {
            const std::string_view tx = f.terms().text(x);
            const std::string_view ty = f.terms().text(y);
            if (x == y && tx.size() > 1) {
                best = best.level == middle_exact
                           ? Agreement{middle_exact, std::max(best.rarity_bits, f.terms()[x].given_bits)}
                           : Agreement{middle_exact, f.terms()[x].given_bits};
            } else if (best.level > middle_initial && (tx.size() == 1 || ty.size() == 1) && tx[0] == ty[0]) {
                best = {middle_initial, 0};
            } else if (best.level > middle_similar && tx.size() > 1 && ty.size() > 1 &&
                       is_similar(f.terms()[x], f.terms()[y])) {
                best = {middle_similar, 0};
            }
        }
    }
    return best;
}

bool is_truncation(std::string_view a, std::string_view b) {
    const std::size_t shorter = std::min(a.size(), b.size());
    return shorter >= kTruncatedLength && a.substr(0, shorter) == b.substr(0, shorter);
}

// Family name: best level over all family names of both (current, former, alias, birth). "part": one word of a double
// name shared; "truncated": one is the other cut off at a column's width; "swapped": it is the other's forename; the
// rest as for forenames.
Agreement compare_family(const FeatureTable& f, Rank a, Rank b) {
    const auto forms_a = f.family(a);
    const auto forms_b = f.family(b);
    if (forms_a.empty() || forms_b.empty()) return {};
    const NameTerms& terms = f.terms();
    Agreement best{family_different, 0};
    const auto offer = [&](Level level, TermId shared) {
        const float rarity = shared == kNoTerm ? 0 : terms[shared].family_bits;
        if (level < best.level)
            best = {level, rarity};
        else if (level == best.level && shared != kNoTerm)
            best.rarity_bits = std::max(best.rarity_bits, rarity);
    };
    for (const NameForm& x : forms_a) {
        for (const NameForm& y : forms_b) {
            if (x.whole == y.whole) {
                offer(family_exact, x.whole);
                continue;
            }
            if (best.level == family_exact) continue;
            const std::string_view tx = terms.text(x.whole);
            const std::string_view ty = terms.text(y.whole);
            for (const TermId word : f.words(x)) {
                const auto words_b = f.words(y);
                if (terms.text(word).size() >= kPartLength && std::ranges::find(words_b, word) != words_b.end())
                    offer(family_part, word);
            }
            if (is_truncation(tx, ty)) offer(family_truncated, kNoTerm);
            if (best.level <= family_close) continue;
            if (same_without_blanks(tx, ty) || is_close(tx, ty, kFamilySlipLength))
                offer(family_close, kNoTerm);
            else if (is_similar(terms[x.whole], terms[y.whole]))
                offer(family_similar, kNoTerm);
        }
    }
    if (best.level <= family_close) return best;
    if (names_swapped(f, a, b)) offer(family_swapped, kNoTerm);
    return best;
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

// Birth date. "default_day": equal, but on 1 January or an estimated 15th; "month_known", "year_known": one is known
// to the month or year only, and agrees so far; "transposed": day and month exchanged; "one_digit": one digit, or two
// neighbours exchanged; "shifted": two of day, month and year agree; "estimated":
// within a year, one being an estimate; "disputed": further apart, but one is disputed or estimated.
Agreement compare_birth(const FeatureTable& f, Rank a, Rank b) {
    const BirthFeature& x = f.record(a).birth;
    const BirthFeature& y = f.record(b).birth;
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

// Address: the closest two of the records' addresses, by UPRN, by postcode and house, by postcode unit, sector,
// district. The first two weigh less the more families use the place.
Agreement compare_address(const FeatureTable& f, Rank a, Rank b) {
    const auto all_a = f.addresses(a);
    const auto all_b = f.addresses(b);
    if (all_a.empty() || all_b.empty()) return {};
    Agreement best{address_different, 0};
    const auto offer = [&](Level level, float rarity) {
        if (level < best.level)
            best = {level, rarity};
        else if (level == best.level)
            best.rarity_bits = std::max(best.rarity_bits, rarity);
    };
    for (const AddressFeature& x : all_a) {
        for (const AddressFeature& y : all_b) {
            const auto shared = [&](std::uint32_t key) {
                return shared_by(std::max(f.families_using(key), x.communal || y.communal ? kCommunalFamilies : 0));
            };
            if (x.property != 0 && x.property == y.property)
                offer(address_property, shared(x.property));
            else if (x.dwelling != 0 && x.dwelling == y.dwelling)
                offer(address_dwelling, shared(x.dwelling));
            else if (x.unit != 0 && x.unit == y.unit)
                offer(address_postcode, 0);
            else if (x.sector != 0 && x.sector == y.sector)
                offer(address_sector, 0);
            else if (x.district != 0 && x.district == y.district)
                offer(address_district, 0);
        }
    }
    return best;
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
    for (const IdentifierFeature& x : f.identifiers(a)) {
        for (const IdentifierFeature& y : f.identifiers(b)) {
            if (x.kind != IdentifierKind::other || y.kind != IdentifierKind::other) continue;
            if (x.issuer != y.issuer || (x.own_key && y.own_key)) continue;
            best = better(best, x.value == y.value ? other_same : other_different);
        }
    }
    return {best, 0};
}

// Telephone numbers and e-mail addresses: one shared, weighed less the more families use it; or none.
Agreement compare_contact(const FeatureTable& f, Rank a, Rank b) {
    const auto all_a = f.contacts(a);
    const auto all_b = f.contacts(b);
    if (all_a.empty() || all_b.empty()) return {};
    Agreement best{contact_different, 0};
    for (const std::uint32_t key : all_a) {
        if (std::ranges::find(all_b, key) == all_b.end()) continue;
        const float rarity = shared_by(f.families_using(key));
        best = best.level == contact_same ? Agreement{contact_same, std::max(best.rarity_bits, rarity)}
                                          : Agreement{contact_same, rarity};
    }
    return best;
}

// Mother and guardians: "full" one with the same forename and family name, "given" the same or a variant or close
// forename (she married), "mother_different" both name a mother and not the same, "different" nobody in both.
Agreement compare_parents(const FeatureTable& f, Rank a, Rank b) {
    const auto all_a = f.parents(a);
    const auto all_b = f.parents(b);
    if (all_a.empty() || all_b.empty()) return {};
    const NameTerms& terms = f.terms();
    Agreement best{parent_different, 0};
    bool mothers_differ = false;
    for (const ParentFeature& x : all_a) {
        for (const ParentFeature& y : all_b) {
            const Level given = x.given == y.given ? Level{given_exact} : compare_given_words(terms, x.given, y.given);
            if (given <= given_close) {
                const bool full = x.family != kNoTerm && x.family == y.family;
                const Level level = full ? parent_full : parent_given;
                const float rarity = given == given_exact ? terms[x.given].given_bits : 0;
                if (level < best.level)
                    best = {level, rarity};
                else if (level == best.level)
                    best.rarity_bits = std::max(best.rarity_bits, rarity);
            } else if (x.mother && y.mother) {
                mothers_differ = true;
            }
        }
    }
    if (best.level == parent_different && mothers_differ) best.level = mother_different;
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
    compare_given,   compare_middle,   compare_family, compare_birth, compare_expected, compare_sex,
    compare_address, compare_nhs,      compare_upn,    compare_uln,   compare_other_id, compare_contact,
    compare_parents, compare_multiple, compare_school, compare_source};

}  // namespace

Agreement compare(const FeatureTable& features, Comparison comparison, Rank a, Rank b) {
    return kCompare[static_cast<std::size_t>(comparison)](features, a, b);
}

PairScorer::PairScorer(const FeatureTable& features, const LinkageModel& model) : features_(&features), model_(&model) {
    for (std::size_t i = 0; i < kAlternatives; ++i) {
        prior_bits_[i] = model.prior_bits(static_cast<Alternative>(i), features.size());
    }
}

PairScore PairScorer::score(Rank a, Rank b) const {
    // One order for both directions: sums of doubles depend on it.
    if (b < a) std::swap(a, b);
    PairScore score;
    score.against = prior_bits_;
    for (std::size_t i = 0; i < kComparisons; ++i) {
        const auto c = static_cast<Comparison>(i);
        const Agreement agreement = kCompare[i](*features_, a, b);
        if (agreement.level == kNull) continue;
        score.pattern = with_level(score.pattern, c, agreement.level);
        for (std::size_t alternative = 0; alternative < kAlternatives; ++alternative) {
            score.against[alternative] += model_->bits(c, agreement.level, static_cast<Alternative>(alternative));
        }
        if (model_->level(c, agreement.level).term_frequency) {
            score.rarity_bits[i] = agreement.rarity_bits;
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

bool forenames_clearly_differ(Pattern pattern) noexcept {
    const Level level = level_of(pattern, Comparison::given_name);
    return level == given_alike || level == given_different;
}

}  // namespace caseweave
