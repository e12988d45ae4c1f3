#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "link/further_comparisons.hpp"
#include "link/linkage_model.hpp"
#include "link/name_terms.hpp"
#include "link/text_terms.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Counts records in canonical order: sorted by system name, then key. Everything inside linking speaks of ranks,
/// never of PersonRows, so that the order in which records arrive cannot change a result.
using Rank = std::uint32_t;

/// A run inside one of FeatureTable's side arrays.
struct Slice {
    std::uint32_t begin = 0;
    std::uint32_t count = 0;
};

enum class PersonKind : std::uint8_t { child, unborn, adult };

/// Holds what is known of a birth date, unpacked for comparing.
struct BirthFeature {
    std::int32_t days = 0;  ///< since 2000-01-01
    std::uint16_t year = 0;
    std::uint8_t month = 0;
    std::uint8_t day = 0;
    DatePrecision precision = DatePrecision::day;
    bool known = false;
    bool estimated = false;
    bool disputed = false;
    bool default_day = false;  ///< 1 January, or the 15th of an estimated date: says little about the day
    std::uint16_t range = 0;   ///< from 1: of FeatureTable::birth_range(); 0 = none. Beside a known date, or instead
};

/// Holds one name a record bears: the folded whole and its words. Words are terms too.
struct NameForm {
    TermId whole = kNoTerm;
    Slice words;  ///< into FeatureTable::words
};

/// Holds one address as keys that compare by equality (0 = unknown); finer to coarser.
struct AddressFeature {
    std::uint32_t property = 0;  ///< UPRN
    std::uint32_t dwelling = 0;  ///< postcode and house
    std::uint32_t house = 0;     ///< house and street
    std::uint32_t unit = 0;      ///< full postcode
    std::uint32_t sector = 0;    ///< "PO19 1"
    std::uint32_t district = 0;  ///< "PO19"
    std::uint32_t street = 0;    ///< of FeatureTable::texts()
    std::uint32_t town = 0;      ///< of FeatureTable::texts()
    bool communal = false;       ///< the source calls it a children's home, refuge or hostel
};

enum class IdentifierKind : std::uint8_t { nhs_number, upn, uln, other };
/// Says how far an identifier speaks for its bearer now.
enum class IdentifierState : std::uint8_t {
    verified,   ///< NHS number, traced
    current,    ///< NHS number not traced; permanent UPN; any other
    temporary,  ///< UPN
    former,     ///< superseded NHS number, former UPN
};

struct IdentifierFeature {
    std::uint32_t value = 0;   ///< key of the value within its kind (and issuer, for `other`)
    std::uint32_t issuer = 0;  ///< for `other`: kind and issuer; two values of one issuer speak against each other
    IdentifierKind kind = IdentifierKind::other;
    IdentifierState state = IdentifierState::current;
    bool own_key = false;      ///< the record's own key in its own system
    bool issued_once = false;  ///< an authority gives a person one: NHS number, UPN, ULN, Home Office reference, PNC id
};

struct ParentFeature {
    TermId given = kNoTerm;
    TermId family = kNoTerm;
    bool mother = false;
};

/// Holds a telephone number or e-mail address.
struct ContactFeature {
    std::uint32_t key = 0;   ///< equal where the contact is
    std::uint32_t text = 0;  ///< of FeatureTable::texts()
    bool email = false;
};

/// Names a side of a seal: the domain's id, shifted, and the side (0 earlier, 1 later).
struct SealTag {
    std::uint32_t value = 0;
    static constexpr SealTag of(std::uint32_t domain, bool later) noexcept {
        return {(domain << 1U) | (later ? 1U : 0U)};
    }
    constexpr std::uint32_t domain() const noexcept { return value >> 1U; }
    constexpr SealTag opposite() const noexcept { return {value ^ 1U}; }
    constexpr auto operator<=>(const SealTag&) const noexcept = default;
};

/// Holds the features of one record: fixed size, ids instead of texts. Sets are runs of the table's side arrays.
struct RecordFeatures {
    BirthFeature birth;
    std::int32_t expected_days = 0;  ///< expected birth date, days since 2000-01-01; see has_expected
    std::uint32_t school_urn = 0;
    std::uint32_t school_name = 0;
    std::uint32_t birth_place = 0;  ///< of FeatureTable::texts()
    std::uint32_t present = 0;      ///< comparisons this record may have a value for, a bit each, by index
    Slice given, family;            ///< NameForm: current, preferred, former, alias and birth names alike
    Slice middle;                   ///< TermId of words
    Slice parents, addresses, identifiers, contacts;
    Slice seals;   ///< SealTag of direct domain members
    Slice barred;  ///< Rank: records of the same source that stand in a relationship to this one
    std::uint16_t system = 0;
    PersonKind kind = PersonKind::child;
    std::uint8_t birth_order = 0;  ///< from 1; 0 unknown
    char sex = 0;                  ///< 'M', 'F' or 0
    bool has_expected = false;
    bool multiple_birth = false;  ///< some source says so
    bool restricted = false;      ///< a restriction of scope "record"
};

/// Sums a record up in two cache lines side by side: enough to tell nearly all candidate pairs apart without reading
/// anything else.
///
/// Holds only what a record of the plain kind has: one forename, one family name, one address, a birth date known to
/// the day. What is not plain is marked so, and may be anything.
struct alignas(128) RecordHead {
    /// Bits of `plain`: what the head says whole. From kBorn on: what the record is not, has not.
    static constexpr std::uint8_t kBirth = 1, kGiven = 2, kFamily = 4, kAddress = 8, kBorn = 16, kNoMiddle = 32,
                                  kSingle = 64, kOwnKeyOnly = 128;
    /// The further columns that compare exactly whose keys a head holds: the model's first ones.
    static constexpr std::size_t kExact = 3;
    /// A text::Signature less its symbols.
    struct Letters {
        std::uint8_t length = 0;
        std::uint8_t overflow = 0;
        char first = 0;
        char second = 0;
    };

    std::uint64_t given_symbols = 0, family_symbols = 0;  ///< of text::Signature
    std::uint32_t present = 0;                            ///< as RecordFeatures::present
    std::uint32_t birth = 0;                              ///< year, month, day: 16, 8, 8 bits
    TermId given = kNoTerm, family = kNoTerm;
    std::uint32_t unit = 0, street = 0, town = 0;  ///< as in AddressFeature
    std::uint32_t variants = 0;                    ///< of the forename, as in NameTerm
    float given_bits = 0, family_bits = 0;         ///< as in NameTerm
    Letters given_letters, family_letters;

    std::uint64_t street_symbols = 0, town_symbols = 0;
    Letters street_letters, town_letters;
    std::uint32_t house = 0;                    ///< as in AddressFeature
    float town_bits = 0;                        ///< FeatureTable::place_bits() of the town
    std::array<std::uint32_t, kExact> exact{};  ///< keys of further columns
    std::uint16_t system = 0;
    char sex = 0;
    std::uint8_t plain = 0;
};
static_assert(sizeof(RecordHead) == 128);

/// Holds the features of every record of a PersonStore, in rank order. Any number of threads may read.
///
/// About 300 bytes a record. Depends on the store's contents alone, not on row or pool order.
class FeatureTable {
  public:
    FeatureTable() = default;
    /// `further`: the columns beside the person record that a model compares. `threads` changes the time only.
    FeatureTable(const PersonStore& store, const TermFrequencySettings& settings,
                 std::span<const FurtherComparison> further = {}, bool separate_address_parts = false,
                 unsigned threads = 1);
    FeatureTable(const PersonStore& store, const LinkageModel& model, unsigned threads = 1)
        : FeatureTable(store, model.term_frequency(), model.further(), model.separate_address_parts(), threads) {}

    /// Pairs ahead of the one compared that are worth fetching: enough for memory to answer, few enough to be in the
    /// cache still.
    static constexpr std::size_t kRecordsAhead = 12;
    static constexpr std::size_t kPartsAhead = 6;
    /// Fetches what comparing a record reads first, and then what that leads to: a large table is not in the cache.
    void prefetch(Rank r) const noexcept {
        __builtin_prefetch(&records_[r]);
        __builtin_prefetch(reinterpret_cast<const char*>(&records_[r] + 1) - 1);
    }
    void prefetch_parts(Rank r) const noexcept {
        const RecordFeatures& record = records_[r];
        __builtin_prefetch(forms_.data() + record.given.begin);
        __builtin_prefetch(addresses_.data() + record.addresses.begin);
        further_.prefetch(r);
    }

    /// Counts rarity afresh, from other average chances. Nobody may read meanwhile.
    void weigh(const TermFrequencySettings& settings);

    void prefetch_head(Rank r) const noexcept {
        __builtin_prefetch(&heads_[r]);
        __builtin_prefetch(&heads_[r].street_symbols);
    }

    std::size_t size() const noexcept { return records_.size(); }
    const RecordHead& head(Rank rank) const noexcept { return heads_[rank]; }
    const RecordFeatures& record(Rank rank) const noexcept { return records_[rank]; }
    PersonRow row(Rank rank) const noexcept { return order_[rank]; }
    Rank rank(PersonRow row) const noexcept { return ranks_[row.value]; }

    std::span<const NameForm> given(Rank r) const noexcept { return cut(forms_, records_[r].given); }
    std::span<const NameForm> family(Rank r) const noexcept { return cut(forms_, records_[r].family); }
    std::span<const TermId> words(const NameForm& form) const noexcept { return cut(words_, form.words); }
    std::span<const TermId> middle(Rank r) const noexcept { return cut(words_, records_[r].middle); }
    std::span<const ParentFeature> parents(Rank r) const noexcept { return cut(parents_, records_[r].parents); }
    std::span<const AddressFeature> addresses(Rank r) const noexcept { return cut(addresses_, records_[r].addresses); }
    std::span<const IdentifierFeature> identifiers(Rank r) const noexcept {
        return cut(identifiers_, records_[r].identifiers);
    }
    std::span<const ContactFeature> contacts(Rank r) const noexcept { return cut(contacts_, records_[r].contacts); }
    std::span<const SealTag> seals(Rank r) const noexcept { return cut(seals_, records_[r].seals); }
    std::span<const Rank> barred(Rank r) const noexcept { return cut(barred_, records_[r].barred); }

    /// Days between which the record says its person was born; the record must have such a range.
    const BirthRange& birth_range(Rank r) const noexcept { return birth_ranges_[records_[r].birth.range - 1U]; }

    const NameTerms& terms() const noexcept { return terms_; }
    const TextTerms& texts() const noexcept { return texts_; }
    const FurtherTable& further() const noexcept { return further_; }
    /// Gives the bits to add where this birth place or town agrees: rarer than average is positive.
    float place_bits(std::uint32_t text) const noexcept { return place_bits_[text]; }
    /// Bound what rarity adds: no name, no place adds more bits.
    float most_given_bits() const noexcept { return most_given_bits_; }
    float most_family_bits() const noexcept { return most_family_bits_; }
    float most_place_bits() const noexcept { return most_place_bits_; }
    /// Counts the families (by how their name sounds) that use an address, telephone number or e-mail.
    std::uint32_t families_using(std::uint32_t key) const noexcept { return families_[key]; }
    std::size_t domains() const noexcept { return domains_; }
    bool separate_address_parts() const noexcept { return separate_address_parts_; }

  private:
    friend class FeatureBuilder;
    using ExactColumns = std::array<std::size_t, RecordHead::kExact>;
    RecordHead make_head(Rank rank, const ExactColumns& exact) const;
    void weigh_heads() noexcept;
    template <typename T>
    static std::span<const T> cut(const std::vector<T>& all, Slice slice) noexcept {
        return std::span(all).subspan(slice.begin, slice.count);
    }

    std::vector<PersonRow> order_;
    std::vector<Rank> ranks_;
    std::vector<RecordFeatures> records_;
    std::vector<RecordHead> heads_;
    NameTerms terms_;
    TextTerms texts_;
    FurtherTable further_;
    std::size_t named_people_ = 0;  // people who have a forename, counted by birth date
    std::size_t place_people_ = 0;
    std::vector<std::uint32_t> place_bearers_;  // by text
    std::vector<float> place_bits_;             // by text
    float most_given_bits_ = 0;
    float most_family_bits_ = 0;
    float most_place_bits_ = 0;
    std::vector<NameForm> forms_;
    std::vector<TermId> words_;
    std::vector<ParentFeature> parents_;
    std::vector<AddressFeature> addresses_;
    std::vector<IdentifierFeature> identifiers_;
    std::vector<ContactFeature> contacts_;
    std::vector<SealTag> seals_;
    std::vector<Rank> barred_;
    std::vector<BirthRange> birth_ranges_;
    std::vector<std::uint32_t> families_;
    std::size_t domains_ = 0;
    bool separate_address_parts_ = false;
};

}  // namespace caseweave
