#include "link/name_comparisons.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "text/diminutives.hpp"
#include "text/similarity.hpp"

namespace caseweave {

using namespace level;

namespace {

// Winkler's own cut for "close" and the looser one Splink's name comparison uses below it.
constexpr double kCloseSimilarity = 0.92;
constexpr double kSimilarSimilarity = 0.85;
// One edit in a forename this long is a slip ("Lity"), in a family name this long too; in shorter ones it is
// another name ("Ann" / "Ian", "Hall" / "Hill").
constexpr std::size_t kForenameSlipLength = 4;
constexpr std::size_t kFamilySlipLength = 5;
// A shared word shorter than this ("de", "al") is a particle, not a part of the name.
constexpr std::size_t kPartLength = 3;

std::string joined(std::string_view name) {
    std::string out;
    std::ranges::copy_if(name, std::back_inserter(out), [](char c) { return c != ' '; });
    return out;
}

bool same_without_blanks(const NameTerms& terms, const NameForm& a, const NameForm& b) {
    if (a.words.count == 1 && b.words.count == 1) return false;
    return joined(terms.text(a.whole)) == joined(terms.text(b.whole));
}

// Signatures settle most comparisons before a letter is read: their bounds are never wrong.
bool is_close(const NameTerm& a, const NameTerm& b, std::size_t slip_length) {
    if (static_cast<double>(text::jaro_winkler_at_most(a.signature, b.signature)) >= kCloseSimilarity &&
        text::jaro_winkler(a.text, b.text) >= kCloseSimilarity)
        return true;
    return std::min(a.text.size(), b.text.size()) >= slip_length &&
           text::osa_distance_at_least(a.signature, b.signature) <= 1 && text::osa_distance(a.text, b.text, 1) <= 1;
}

bool is_similar(const NameTerm& a, const NameTerm& b) {
    const double least = sound_alike(a, b) ? kSoundSimilarity : kSimilarSimilarity;
    if (static_cast<double>(text::jaro_winkler_at_most(a.signature, b.signature)) < least) return false;
    return text::jaro_winkler(a.text, b.text) >= least;
}

/// Compares two single forenames; the best of the levels a pair of words can reach.
Level compare_given_words(const NameTerms& terms, TermId a, TermId b) {
    const NameTerm& x = terms[a];
    const NameTerm& y = terms[b];
    if (x.text.size() == 1 || y.text.size() == 1) return x.text[0] == y.text[0] ? given_initial : given_different;
    if ((x.variants & y.variants) != 0 && text::same_name_family(x.text, y.text)) return given_variant;
    const bool close = is_close(x, y, kForenameSlipLength);
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
                else if (best > given_close && is_close(terms[given.whole], terms[family.whole], kForenameSlipLength))
                    best = given_close;
            }
        }
        if (best == given_different || (worst == given_close && best == given_close)) return false;
        worst = std::max(worst, best);
    }
    return true;
}

}  // namespace

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
            if (same_without_blanks(terms, x, y)) offer(given_close, kNoTerm);
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
            if (same_without_blanks(terms, x, y) || is_close(terms[x.whole], terms[y.whole], kFamilySlipLength))
                offer(family_close, kNoTerm);
            else if (is_similar(terms[x.whole], terms[y.whole]))
                offer(family_similar, kNoTerm);
        }
    }
    if (best.level <= family_close) return best;
    if (names_swapped(f, a, b)) offer(family_swapped, kNoTerm);
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

}  // namespace caseweave
