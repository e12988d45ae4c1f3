#include "link/blocking.hpp"

#include <algorithm>
#include <bit>
#include <optional>

#include "core/date.hpp"
#include "core/mix.hpp"
#include "link/parallel.hpp"

namespace caseweave {

namespace {

// A record with many aliases and addresses could make thousands of combinations; the first ones do.
constexpr std::size_t kMaxKeysPerRecord = 64;
// Quarter-years: a child born up to 16 weeks early stands within two of the expected date's.
constexpr std::int32_t kSeasonDays = 91;
// A range that touches more calendar years says too little of the birth to look a record up by.
constexpr int kMaxYearsOfRange = 3;

constexpr std::uint64_t combine(std::uint64_t seed, std::uint64_t value) noexcept {
    // Over a running state: keys are compared by equality alone.
    return mix_bits(seed * 0x9e3779b97f4a7c15ULL + value + 0x632be59bd9b4e019ULL);
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

// Gives the range of a record that has no birth date and whose range is narrow enough to look it up by.
std::optional<BirthRange> range_to_block_by(const FeatureTable& f, Rank rank) {
    const BirthFeature& birth = f.record(rank).birth;
    if (birth.known || birth.range == 0) return std::nullopt;
    const BirthRange range = f.birth_range(rank);
    if (to_civil({range.last}).year - to_civil({range.first}).year >= kMaxYearsOfRange) return std::nullopt;
    return range;
}

void add_years(const BirthRange& range, Values& out) {
    for (int year = to_civil({range.first}).year; year <= to_civil({range.last}).year; ++year)
        out.push_back(static_cast<std::uint64_t>(year));
}

/// Adds the quarter-years from the one before `first` to the one after `last`.
void add_seasons(std::int32_t first, std::int32_t last, Values& out) {
    // Biased so that division rounds one way for dates before 2000 too.
    const auto season = [](std::int32_t days) { return static_cast<std::uint32_t>((days + 4'000'000) / kSeasonDays); };
    for (std::uint32_t s = season(first) - 1; s <= season(last) + 1; ++s) out.push_back(s);
}

/// Replaces `out` by a record's values of a key part, sorted, each once.
void part_values(const FeatureTable& f, KeyPart part, Rank rank, Values& out) {
    out.clear();
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
        case KeyPart::street:
            addresses(&AddressFeature::street);
            break;
        case KeyPart::town:
            addresses(&AddressFeature::town);
            break;
        case KeyPart::anyone:
            out.push_back(1);
            break;
        case KeyPart::birth_place:
            if (record.birth_place != 0) out.push_back(record.birth_place);
            break;
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
            for (const ContactFeature& contact : f.contacts(rank)) out.push_back(contact.key);
            break;
        case KeyPart::birth_date:
            if (to_the_day) out.push_back(static_cast<std::uint32_t>(birth.days));
            break;
        case KeyPart::birth_date_or_swapped:
            if (to_the_day) add_swapped(birth, out);
            break;
        case KeyPart::birth_year:
            if (birth.known) out.push_back(birth.year);
            if (const auto range = range_to_block_by(f, rank)) add_years(*range, out);
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
                const std::int32_t days = birth.known ? birth.days : record.expected_days;
                add_seasons(days, days, out);
            }
            if (const auto range = range_to_block_by(f, rank)) add_seasons(range->first, range->last, out);
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
        case KeyPart::further:
            break;
    }
    if (part >= KeyPart::further) {
        const auto column = static_cast<std::size_t>(part) - static_cast<std::size_t>(KeyPart::further);
        if (const std::uint32_t key = f.further().key(column, rank); key != 0) out.push_back(key);
    }
    if (out.size() < 2) return;
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
}

void sort_unique(std::vector<KeyedRecord>& keyed) {
    std::ranges::sort(keyed);
    keyed.erase(std::unique(keyed.begin(), keyed.end()), keyed.end());
}

/// Makes keys of records, one after another; keeps its memory from one to the next.
class KeyMaker {
  public:
    KeyMaker(const FeatureTable& features, const BlockingRule& rule) : features_(features), rule_(rule) {}

    const Values& keys_of(Rank rank) {
        // Children and the unborn may be one person; adults are a world of their own.
        keys_.assign(1, features_.record(rank).kind == PersonKind::adult ? 2U : 1U);
        for (const KeyPart part : rule_.key) {
            part_values(features_, part, rank, values_);
            longer_.clear();
            for (const auto key : keys_) {
                for (const auto value : values_) {
                    if (longer_.size() < kMaxKeysPerRecord) longer_.push_back(combine(key, value));
                }
            }
            keys_.swap(longer_);
            if (keys_.empty()) break;
        }
        return keys_;
    }

  private:
    const FeatureTable& features_;
    const BlockingRule& rule_;
    Values keys_;
    Values longer_;
    Values values_;
};

// Keys are hashes, so that their top bits spread them evenly: lists of this many are sorted in the cache.
constexpr std::size_t kBucketRecords = 512;
// Ranks a thread keys at once.
constexpr std::size_t kKeyingChunk = 16'384;

}  // namespace

std::vector<std::uint64_t> blocking_keys(const FeatureTable& features, const BlockingRule& rule, Rank rank) {
    return KeyMaker(features, rule).keys_of(rank);
}

std::vector<KeyedRecord> keyed_records(const FeatureTable& features, const BlockingRule& rule, unsigned threads) {
    std::vector<std::vector<KeyedRecord>> chunks((features.size() + kKeyingChunk - 1) / kKeyingChunk);
    for_each_index(
        chunks.size(), threads, {}, [&] { return KeyMaker(features, rule); },
        [&](KeyMaker& maker, std::size_t chunk) {
            const std::size_t end = std::min(features.size(), (chunk + 1) * kKeyingChunk);
            for (Rank rank = static_cast<Rank>(chunk * kKeyingChunk); rank < end; ++rank) {
                for (const auto key : maker.keys_of(rank)) chunks[chunk].push_back({key, rank});
            }
        });
    std::size_t count = 0;
    for (const auto& chunk : chunks) count += chunk.size();
    const auto bits = static_cast<unsigned>(std::bit_width(count / kBucketRecords));
    const auto bucket_of = [&](const KeyedRecord& keyed) {
        return bits == 0 ? 0 : static_cast<std::size_t>(keyed.key >> (64U - bits));
    };
    std::vector<std::size_t> starts((std::size_t{1} << bits) + 1, 0);
    for (const auto& chunk : chunks) {
        for (const KeyedRecord& keyed : chunk) ++starts[bucket_of(keyed) + 1];
    }
    for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
    std::vector<KeyedRecord> keyed(count);
    std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
    for (auto& chunk : chunks) {
        for (const KeyedRecord& record : chunk) keyed[next[bucket_of(record)]++] = record;
        chunk = {};
    }
    for_each_index(
        starts.size() - 1, threads, {}, [] { return 0; },
        [&](int, std::size_t bucket) {
            std::sort(keyed.begin() + static_cast<std::ptrdiff_t>(starts[bucket]),
                      keyed.begin() + static_cast<std::ptrdiff_t>(starts[bucket + 1]));
        });
    keyed.erase(std::unique(keyed.begin(), keyed.end()), keyed.end());
    return keyed;
}

/// Gathers the blocks of one rule; lives only as long as that takes.
class BlockIndex::Builder {
  public:
    Builder(const FeatureTable& features, const BlockingRule& rule, std::uint16_t number)
        : features_(features), rule_(rule), number_(number) {}

    RuleBlocks build() {
        // A rule for small files is not a rule whose block came out too large.
        const bool anyone = std::ranges::find(rule_.key, KeyPart::anyone) != rule_.key.end();
        if (!anyone || features_.size() <= rule_.max_block) {
            const std::vector<KeyedRecord> keyed = keyed_records(features_, rule_);
            for_each_block(keyed, [&](std::span<const KeyedRecord> block) { take(block, rule_.refine); });
        }
        std::ranges::sort(blocks_.capped, std::ranges::greater{}, &CappedBlock::records);
        if (!blocks_.members.empty()) place_members();
        return std::move(blocks_);
    }

  private:
    /// Takes a block, or, where it is too large, what each part left to refine by splits it into.
    void take(std::span<const KeyedRecord> block, std::span<const KeyPart> refine) {
        if (block.size() < 2) return;
        if (block.size() <= rule_.max_block) {
            add(block);
            return;
        }
        if (refine.empty()) {
            blocks_.capped.push_back({number_, static_cast<std::uint32_t>(block.size())});
            return;
        }
        for (std::size_t i = 0; i < refine.size(); ++i) {
            std::vector<KeyedRecord> finer;
            for (const KeyedRecord& member : block) {
                part_values(features_, refine[i], member.rank, values_);
                for (const auto value : values_) finer.push_back({combine(member.key, value), member.rank});
            }
            sort_unique(finer);
            for_each_block(finer, [&](std::span<const KeyedRecord> part) { take(part, refine.subspan(i + 1)); });
        }
    }

    void add(std::span<const KeyedRecord> block) {
        for (const KeyedRecord& member : block) blocks_.members.push_back(member.rank);
        blocks_.members.back() |= kLast;
    }

    /// Finds each record's places: the last member of a block has nobody above it to meet.
    void place_members() {
        blocks_.members.shrink_to_fit();
        std::vector<std::uint32_t>& starts = blocks_.starts;
        starts.assign(features_.size() + 1, 0);
        for (const Rank member : blocks_.members) {
            if ((member & kLast) == 0) ++starts[member + 1];
        }
        for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
        blocks_.places.resize(starts.back());
        for (std::uint32_t place = 0; place < blocks_.members.size(); ++place) {
            const Rank member = blocks_.members[place];
            if ((member & kLast) == 0) blocks_.places[starts[member]++] = place;
        }
        // Filling moved each start to the next one's.
        std::shift_right(starts.begin(), starts.end(), 1);
        starts.front() = 0;
    }

    const FeatureTable& features_;
    const BlockingRule& rule_;
    std::uint16_t number_;
    RuleBlocks blocks_;
    Values values_;
};

BlockIndex::BlockIndex(const FeatureTable& features, const std::vector<BlockingRule>& rules, unsigned threads)
    : records_(features.size()), rules_(rules.size()) {
    for_each_index(
        rules.size(), threads, {}, [] { return 0; },
        [&](int, std::size_t i) { rules_[i] = Builder(features, rules[i], static_cast<std::uint16_t>(i)).build(); });
    for (const RuleBlocks& rule : rules_) capped_.insert(capped_.end(), rule.capped.begin(), rule.capped.end());
}

std::span<const BlockIndex::Candidate> BlockIndex::Walker::candidates(Rank rank) {
    found_.clear();
    for (std::size_t number = first_rule_; number < end_rule_; ++number) {
        const RuleBlocks& rule = index_->rules_[number];
        if (rule.members.empty()) continue;
        for (std::uint32_t i = rule.starts[rank]; i < rule.starts[rank + 1]; ++i) {
            bool last = false;
            for (std::uint32_t place = rule.places[i] + 1; !last; ++place) {
                last = (rule.members[place] & kLast) != 0;
                const Rank partner = rule.members[place] & ~kLast;
                if (seen_[partner] == rank + 1) continue;
                seen_[partner] = rank + 1;
                found_.push_back({partner, static_cast<std::uint16_t>(number)});
            }
        }
    }
    return found_;
}

}  // namespace caseweave
