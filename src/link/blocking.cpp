#include "link/blocking.hpp"

#include <algorithm>

#include "core/date.hpp"
#include "link/parallel.hpp"

namespace caseweave {

namespace {

// A record with many aliases and addresses could make thousands of combinations; the first ones do.
constexpr std::size_t kMaxKeysPerRecord = 64;
// Quarter-years: a child born up to 16 weeks early stands within two of the expected date's.
constexpr std::int32_t kSeasonDays = 91;

constexpr std::uint64_t combine(std::uint64_t seed, std::uint64_t value) noexcept {
    // SplitMix64's finaliser over a running state: keys are compared by equality alone.
    std::uint64_t x = seed * 0x9e3779b97f4a7c15ULL + value + 0x632be59bd9b4e019ULL;
    x ^= x >> 30U;
    x *= 0xbf58476d1ce4e5b9ULL;
    x ^= x >> 27U;
    x *= 0x94d049bb133111ebULL;
    return x ^ (x >> 31U);
}

using Values = std::vector<std::uint64_t>;

void add_sounds(const NameTerms& terms, TermId id, Values& out) {
    const NameTerm& term = terms[id];
    if (term.sound == 0) {
        // A name that ICU could not bring into Latin letters has no sound; it stands for itself.
        if (!term.text.empty()) out.push_back(combine(id, 1));
        return;
    }
    out.push_back(term.sound);
    if (term.other_sound != term.sound) out.push_back(term.other_sound);
}

void add_family_sounds(const FeatureTable& f, Rank rank, Values& out) {
    for (const NameForm& form : f.family(rank)) {
        for (const TermId word : f.words(form)) {
            if (f.terms().text(word).size() > 2 || form.words.count == 1) add_sounds(f.terms(), word, out);
        }
    }
}

void add_given_sounds(const FeatureTable& f, Rank rank, Values& out) {
    for (const NameForm& form : f.given(rank)) {
        for (const TermId word : f.words(form)) {
            if (f.terms().text(word).size() > 1) add_sounds(f.terms(), word, out);
        }
    }
}

void add_identifiers(const FeatureTable& f, Rank rank, IdentifierKind kind, Values& out) {
    for (const IdentifierFeature& id : f.identifiers(rank)) {
        if (id.kind == kind) out.push_back(id.value);
    }
}

void add_swapped(const BirthFeature& birth, Values& out) {
    out.push_back(static_cast<std::uint32_t>(birth.days));
    if (birth.month != birth.day && is_calendar_date(birth.year, birth.day, birth.month)) {
        out.push_back(static_cast<std::uint32_t>(to_date(birth.year, birth.day, birth.month).days));
    }
}

Values part_values(const FeatureTable& f, KeyPart part, Rank rank) {
    Values out;
    const RecordFeatures& record = f.record(rank);
    const BirthFeature& birth = record.birth;
    const bool to_the_day = birth.known && birth.precision == DatePrecision::day;
    const bool to_the_month = birth.known && birth.precision != DatePrecision::year;
    const auto addresses = [&](auto member) {
        for (const AddressFeature& address : f.addresses(rank)) {
            if (address.*member != 0) out.push_back(address.*member);
        }
    };
    switch (part) {
        case KeyPart::nhs_number:
            add_identifiers(f, rank, IdentifierKind::nhs_number, out);
            break;
        case KeyPart::upn:
            add_identifiers(f, rank, IdentifierKind::upn, out);
            break;
        case KeyPart::uln:
            add_identifiers(f, rank, IdentifierKind::uln, out);
            break;
        case KeyPart::other_id:
            add_identifiers(f, rank, IdentifierKind::other, out);
            break;
        case KeyPart::contact:
            for (const auto key : f.contacts(rank)) out.push_back(key);
            break;
        case KeyPart::birth_date:
            if (to_the_day) out.push_back(static_cast<std::uint32_t>(birth.days));
            break;
        case KeyPart::birth_date_or_swapped:
            if (to_the_day) add_swapped(birth, out);
            break;
        case KeyPart::birth_year:
            if (birth.known) out.push_back(birth.year);
            break;
        case KeyPart::birth_year_month:
            if (to_the_month) out.push_back(birth.year * 16U + birth.month);
            break;
        case KeyPart::birth_month_day:
            if (to_the_day) out.push_back(birth.month * 32U + birth.day);
            break;
        case KeyPart::birth_year_day:
            if (to_the_day) out.push_back(birth.year * 32U + birth.day);
            break;
        case KeyPart::birth_season:
            if (birth.known || record.has_expected) {
                // Biased so that division rounds one way for dates before 2000 too.
                const std::int32_t days = (birth.known ? birth.days : record.expected_days) + 4'000'000;
                const auto season = static_cast<std::uint32_t>(days / kSeasonDays);
                out = {season - 1, season, season + 1};
            }
            break;
        case KeyPart::family:
            for (const NameForm& form : f.family(rank)) out.push_back(form.whole);
            break;
        case KeyPart::family_sound:
            add_family_sounds(f, rank, out);
            break;
        case KeyPart::given:
            for (const NameForm& form : f.given(rank)) {
                for (const TermId word : f.words(form)) out.push_back(word);
            }
            break;
        case KeyPart::given_sound:
            add_given_sounds(f, rank, out);
            break;
        case KeyPart::forename_sound:
            add_given_sounds(f, rank, out);
            for (const TermId word : f.middle(rank)) {
                if (f.terms().text(word).size() > 1) add_sounds(f.terms(), word, out);
            }
            break;
        case KeyPart::given_initial:
            for (const NameForm& form : f.given(rank))
                out.push_back(static_cast<unsigned char>(f.terms().text(form.whole)[0]));
            break;
        case KeyPart::names_unordered: {
            Values given;
            Values family;
            add_given_sounds(f, rank, given);
            add_family_sounds(f, rank, family);
            for (const auto g : given) {
                for (const auto s : family) out.push_back(combine(std::min(g, s), std::max(g, s)));
            }
            break;
        }
        case KeyPart::property:
            addresses(&AddressFeature::property);
            break;
        case KeyPart::dwelling:
            addresses(&AddressFeature::dwelling);
            break;
        case KeyPart::postcode:
            addresses(&AddressFeature::unit);
            break;
        case KeyPart::postcode_sector:
            addresses(&AddressFeature::sector);
            break;
        case KeyPart::parent_given:
            for (const ParentFeature& parent : f.parents(rank)) add_sounds(f.terms(), parent.given, out);
            break;
        case KeyPart::parent_name:
            for (const ParentFeature& parent : f.parents(rank)) {
                if (parent.family != kNoTerm) out.push_back(combine(parent.given, parent.family));
            }
            break;
    }
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

}  // namespace

std::vector<std::uint64_t> blocking_keys(const FeatureTable& features, const BlockingRule& rule, Rank rank) {
    // Children and the unborn may be one person; adults are a world of their own.
    Values keys = {features.record(rank).kind == PersonKind::adult ? 2U : 1U};
    for (const KeyPart part : rule.key) {
        const Values values = part_values(features, part, rank);
        Values longer;
        for (const auto key : keys) {
            for (const auto value : values) {
                if (longer.size() < kMaxKeysPerRecord) longer.push_back(combine(key, value));
            }
        }
        keys = std::move(longer);
        if (keys.empty()) break;
    }
    return keys;
}

BlockIndex::RuleBlocks BlockIndex::build(const FeatureTable& features, const BlockingRule& rule, std::uint16_t number) {
    struct Keyed {
        std::uint64_t key;
        Rank rank;
        auto operator<=>(const Keyed&) const = default;
    };
    std::vector<Keyed> keyed;
    for (Rank rank = 0; rank < features.size(); ++rank) {
        for (const auto key : blocking_keys(features, rule, rank)) keyed.push_back({key, rank});
    }
    std::ranges::sort(keyed);
    keyed.erase(std::unique(keyed.begin(), keyed.end()), keyed.end());

    RuleBlocks blocks;
    for (std::size_t begin = 0, end = 0; begin < keyed.size(); begin = end) {
        while (end < keyed.size() && keyed[end].key == keyed[begin].key) ++end;
        const std::size_t size = end - begin;
        if (size < 2) continue;
        if (size > rule.max_block) {
            blocks.capped.push_back({number, static_cast<std::uint32_t>(size)});
            continue;
        }
        const auto first = static_cast<std::uint32_t>(blocks.members.size());
        for (std::size_t i = begin; i < end; ++i) {
            blocks.members.push_back(keyed[i].rank);
            // The last member has nobody above it to meet.
            if (i + 1 < end) {
                blocks.entries.push_back({keyed[i].rank, first + static_cast<std::uint32_t>(i - begin) + 1,
                                          first + static_cast<std::uint32_t>(size)});
            }
        }
    }
    std::ranges::sort(blocks.capped, std::ranges::greater{}, &CappedBlock::records);
    std::ranges::stable_sort(blocks.entries, {}, &RuleBlocks::Entry::rank);
    blocks.starts.assign(features.size() + 1, 0);
    for (const auto& entry : blocks.entries) ++blocks.starts[entry.rank + 1];
    for (std::size_t i = 1; i < blocks.starts.size(); ++i) blocks.starts[i] += blocks.starts[i - 1];
    return blocks;
}

BlockIndex::BlockIndex(const FeatureTable& features, const std::vector<BlockingRule>& rules, unsigned threads)
    : records_(features.size()), rules_(rules.size()) {
    for_each_index(
        rules.size(), threads, {}, [] { return 0; },
        [&](int, std::size_t i) { rules_[i] = build(features, rules[i], static_cast<std::uint16_t>(i)); });
    for (const RuleBlocks& rule : rules_) capped_.insert(capped_.end(), rule.capped.begin(), rule.capped.end());
}

std::span<const BlockIndex::Candidate> BlockIndex::Walker::candidates(Rank rank) {
    found_.clear();
    for (std::uint16_t number = 0; number < index_->rules_.size(); ++number) {
        const RuleBlocks& rule = index_->rules_[number];
        for (std::uint32_t i = rule.starts[rank]; i < rule.starts[rank + 1]; ++i) {
            for (std::uint32_t m = rule.entries[i].begin; m < rule.entries[i].end; ++m) {
                const Rank partner = rule.members[m];
                if (seen_[partner] == rank + 1) continue;
                seen_[partner] = rank + 1;
                found_.push_back({partner, number});
            }
        }
    }
    return found_;
}

}  // namespace caseweave
