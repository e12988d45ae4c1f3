#include "link/features.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/mix.hpp"
#include "link/name_comparisons.hpp"
#include "link/parallel.hpp"
#include "text/fold.hpp"

namespace caseweave {

namespace {

// Words that stand where a name should and name nobody. A first word of these empties the forename.
constexpr std::string_view kNotAForename[] = {
    "unborn", "baby", "bump", "foetus", "infant", "newborn", "unknown", "unnamed", "unk",  "not",  "na",     "nk",
    "tbc",    "tba",  "none", "male",   "female", "boy",     "girl",    "child",   "test", "twin", "triplet"};
// What stands in an address for "we do not know".
constexpr std::string_view kNotAPlace[] = {
    "unknown",  "not known", "not found", "address not found", "na", "nk", "nfa", "no fixed abode", "none",
    "homeless", "tbc",       "not given", "of no fixed abode"};
constexpr std::string_view kNotAFamilyName[] = {"unknown", "unk", "not", "na", "nk", "tbc", "tba", "none", "test"};

// Records whose heads a thread makes at once.
constexpr std::size_t kHeadsAtOnce = 16'384;

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_duplicate_word(std::string_view word) {
    return word.starts_with("duplicate") || word == "dup";
}

std::uint64_t pair_key(std::uint32_t high, std::uint32_t low) {
    return (static_cast<std::uint64_t>(high) << 32U) | low;
}

// What the second half of a number of shareable_ is, beside a house.
constexpr std::uint32_t kDwelling = 1U << 31U;
constexpr std::uint32_t kHouse = 1U << 30U;
constexpr std::uint32_t kTelephone = 1;
constexpr std::uint32_t kEmail = 2;

/// Numbers pairs of ids from 1 in order of first sight.
class PairNumbers {
  public:
    std::uint32_t number(std::uint32_t a, std::uint32_t b) {
        if ((pairs_.size() + 1) * 3 > slots_.size() * 2) grow();
        const std::uint64_t pair = pair_key(a, b);
        std::uint32_t& held = slots_[slot_of(pair)];
        if (held == 0) {
            pairs_.push_back(pair);
            held = static_cast<std::uint32_t>(pairs_.size());
        }
        return held;
    }
    /// One beyond the largest number given.
    std::size_t end() const noexcept { return pairs_.size() + 1; }

  private:
    std::size_t slot_of(std::uint64_t pair) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        std::size_t slot = mix_bits(pair) & mask;
        while (slots_[slot] != 0 && pairs_[slots_[slot] - 1] != pair) slot = (slot + 1) & mask;
        return slot;
    }
    void grow() {
        slots_.assign(std::max<std::size_t>(slots_.size() * 2, 1024), 0);
        for (std::uint32_t i = 0; i < pairs_.size(); ++i) slots_[slot_of(pairs_[i])] = i + 1;
    }

    std::vector<std::uint64_t> pairs_;
    std::vector<std::uint32_t> slots_;  // number, 0 = free; open addressing
};

/// Holds something for ids of the store's pool, most of which it is never asked for.
template <typename Value>
class ByPoolId {
  public:
    explicit ByPoolId(const StringPool& pool) : size_(pool.size()) {}
    /// Gives the place of an id, made empty at first sight of any.
    Value& operator[](std::uint32_t id) {
        if (values_.empty()) values_.resize(size_);
        return values_[id];
    }

  private:
    std::size_t size_;
    std::vector<Value> values_;
};

}  // namespace

/// Does two pieces of work, at once where there are threads for it.
template <typename One, typename Other>
void side_by_side(unsigned threads, One&& one, Other&& other) {
    for_each_index(
        2, threads, {}, [] { return 0; }, [&](int, std::size_t which) { which == 0 ? one() : other(); });
}

/// Folds texts of the store's pool, each once.
class FoldedTexts {
  public:
    explicit FoldedTexts(const StringPool& pool) : pool_(pool), known_(pool) {}
    /// Numbers the folded text; 0 for "".
    std::uint32_t id(std::uint32_t pool_id) {
        std::uint32_t& known = known_[pool_id];
        if (known == 0) {
            text::fold_name(pool_.view(pool_id), scratch_);
            known = texts_.intern(scratch_) + 1;
        }
        return known - 1;
    }
    std::string_view text(std::uint32_t pool_id) { return texts_.view(id(pool_id)); }

  private:
    const StringPool& pool_;
    StringPool texts_;
    ByPoolId<std::uint32_t> known_;  // id + 1
    std::string scratch_;
};

/// Builds a FeatureTable; lives only as long as the building takes. What a person is called and what a person has are
/// built side by side: neither touches what the other fills.
class FeatureBuilder {
  public:
    FeatureBuilder(FeatureTable& table, const PersonStore& store)
        : table_(table),
          store_(store),
          numbers_(store.pool()),
          names_(store.pool()),
          words_(store.pool()),
          given_forms_(store.pool()),
          family_forms_(store.pool()),
          places_(store.pool()) {}

    void build(unsigned threads) {
        order_records();
        mark_relationships();
        number_domains();
        table_.records_.resize(store_.size());
        const auto for_each_rank = [&](void (FeatureBuilder::*one)(Rank)) {
            for (Rank rank = 0; rank < store_.size(); ++rank) (this->*one)(rank);
        };
        side_by_side(
            threads, [&] { for_each_rank(&FeatureBuilder::build_person); },
            [&] { for_each_rank(&FeatureBuilder::build_belongings); });
        for (RecordFeatures& record : table_.records_) mark_present(record);
        side_by_side(
            threads, [&] { count_names(); },
            [&] {
                count_families();
                count_places();
            });
    }

  private:
    void order_records();
    void mark_relationships();
    void number_domains();
    void build_person(Rank rank);
    void build_belongings(Rank rank);
    void build_birth(PersonRow row, RecordFeatures& record);
    void build_names(PersonRow row, RecordFeatures& record);
    void build_parents(PersonRow row, RecordFeatures& record);
    void build_addresses(PersonRow row, RecordFeatures& record);
    void build_identifiers(PersonRow row, RecordFeatures& record);
    void build_contacts(PersonRow row, RecordFeatures& record);
    void build_bars(Rank rank, RecordFeatures& record);
    void count_names();
    void count_families();
    void count_places();
    void mark_present(RecordFeatures& record) const;
    std::uint32_t place(std::uint32_t pool_id);

    std::string_view text(std::uint32_t pool_id) const { return store_.pool().view(pool_id); }
    /// Numbers a text of the pool in order of first sight: ranks decide that order, and pool ids do not.
    std::uint32_t number(std::uint32_t pool_id);
    TermId term(std::uint32_t pool_id) { return table_.terms_.intern(names_.text(pool_id)); }
    NameForm make_form(std::string_view folded_name, std::span<const std::string_view> not_names);
    void add_given(std::uint32_t pool_id) { add_form(given_, given_forms_[pool_id], pool_id, kNotAForename); }
    void add_family(std::uint32_t pool_id) { add_form(family_, family_forms_[pool_id], pool_id, kNotAFamilyName); }
    void add_form(std::vector<NameForm>& forms, std::uint32_t& known, std::uint32_t pool_id,
                  std::span<const std::string_view> not_names);
    Slice store_forms(const std::vector<NameForm>& forms);

    FeatureTable& table_;
    const PersonStore& store_;
    ByPoolId<std::uint32_t> numbers_;
    std::uint32_t last_number_ = 0;
    FoldedTexts names_;                    // of people and their parents
    FoldedTexts words_;                    // of houses, schools, issuers
    std::vector<NameForm> known_forms_;    // many records share a name
    ByPoolId<std::uint32_t> given_forms_;  // index in known_forms_ + 1
    ByPoolId<std::uint32_t> family_forms_;
    ByPoolId<std::uint32_t> places_;  // id in table_.texts_ + 1
    StringPool postcode_parts_;       // districts and sectors
    StringPool issuers_;
    PairNumbers own_ids_;    // issuer and value
    PairNumbers shareable_;  // what families share: properties, dwellings, houses, contacts
    std::vector<NameForm> given_;
    std::vector<NameForm> family_;
    std::vector<std::uint32_t> middles_;
    std::vector<std::uint8_t> multiple_;                            // by row
    std::vector<std::pair<std::uint32_t, std::uint32_t>> related_;  // ranks, both ways, sorted
    std::unordered_map<std::uint32_t, std::uint32_t> domain_numbers_;
    std::vector<std::pair<Rank, SealTag>> seal_tags_;
    std::size_t seal_cursor_ = 0;
    std::size_t related_cursor_ = 0;
    std::string scratch_;
};

void FeatureBuilder::order_records() {
    auto& order = table_.order_;
    order.resize(store_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = PersonRow{i};
    std::vector<std::uint16_t> systems(store_.systems());
    std::iota(systems.begin(), systems.end(), std::uint16_t{0});
    std::ranges::sort(systems, {}, [&](std::uint16_t s) { return store_.system_name(SystemId{s}); });
    std::vector<std::uint16_t> place(systems.size());
    for (std::uint16_t i = 0; i < systems.size(); ++i) place[systems[i]] = i;
    // What stands first in all keys tells nothing apart; the eight bytes after it settle nearly every comparison.
    std::size_t shared = std::string_view::npos;
    const std::string_view pattern = order.empty() ? std::string_view() : store_.key(order.front());
    for (const PersonRow row : order) {
        const std::string_view key = store_.key(row).substr(0, shared);
        shared = static_cast<std::size_t>(std::ranges::mismatch(key, pattern).in1 - key.begin());
    }
    struct Place {
        std::uint64_t head;
        std::uint16_t system;
        PersonRow row;
    };
    std::vector<Place> places;
    places.reserve(order.size());
    for (const PersonRow row : order) {
        std::uint64_t head = 0;
        const std::string_view rest = store_.key(row).substr(shared, sizeof head);
        for (std::size_t i = 0; i < sizeof head; ++i)
            head = (head << 8U) | (i < rest.size() ? static_cast<unsigned char>(rest[i]) : 0U);
        places.push_back({head, place[store_.system(row).value], row});
    }
    std::ranges::sort(places, [&](const Place& a, const Place& b) {
        if (a.system != b.system) return a.system < b.system;
        return a.head != b.head ? a.head < b.head : store_.key(a.row) < store_.key(b.row);
    });
    std::ranges::transform(places, order.begin(), &Place::row);
    table_.ranks_.resize(order.size());
    for (Rank rank = 0; rank < order.size(); ++rank) table_.ranks_[order[rank].value] = rank;
}

void FeatureBuilder::mark_relationships() {
    multiple_.assign(store_.size(), 0);
    for (std::uint32_t i = 0; i < store_.size(); ++i) {
        for (const RelationshipRow& relation : store_.relationships(PersonRow{i})) {
            if (relation.multiple_birth) multiple_[i] = multiple_[relation.related.value] = 1;
            // A source that calls two of its records duplicates of each other gives a hint, never a bar.
            if (relation.related.value == i || text(relation.type) == "duplicate") continue;
            const Rank a = table_.rank(PersonRow{i});
            const Rank b = table_.rank(relation.related);
            related_.emplace_back(a, b);
            related_.emplace_back(b, a);
        }
    }
    std::ranges::sort(related_);
    related_.erase(std::unique(related_.begin(), related_.end()), related_.end());
}

void FeatureBuilder::number_domains() {
    // Numbered in order of the domain's key, so that row order does not matter.
    std::vector<std::uint32_t> domains;
    for (const DomainRow& row : store_.domains()) domains.push_back(row.domain);
    std::ranges::sort(domains, {}, [&](std::uint32_t id) { return text(id); });
    domains.erase(std::unique(domains.begin(), domains.end()), domains.end());
    for (std::uint32_t i = 0; i < domains.size(); ++i) domain_numbers_[domains[i]] = i;
    table_.domains_ = domains.size();
    for (const DomainRow& row : store_.domains()) {
        seal_tags_.emplace_back(table_.rank(row.person),
                                SealTag::of(domain_numbers_[row.domain], text(row.side) == "later"));
    }
    std::ranges::sort(seal_tags_);
    seal_tags_.erase(std::unique(seal_tags_.begin(), seal_tags_.end()), seal_tags_.end());
}

std::uint32_t FeatureBuilder::number(std::uint32_t pool_id) {
    std::uint32_t& number = numbers_[pool_id];
    if (number == 0) number = ++last_number_;
    return number;
}

NameForm FeatureBuilder::make_form(std::string_view folded_name, std::span<const std::string_view> not_names) {
    std::string cleaned;
    bool first = true;
    for (const std::string_view word : text::name_tokens(folded_name)) {
        if (is_duplicate_word(word)) continue;
        if (first && is_one_of(word, not_names)) return {};
        first = false;
        if (!cleaned.empty()) cleaned += ' ';
        cleaned += word;
    }
    if (cleaned.empty()) return {};
    const TermId whole = table_.terms_.intern(cleaned);
    NameForm form{whole, {static_cast<std::uint32_t>(table_.words_.size()), 0}};
    for (const std::string_view word : text::name_tokens(table_.terms_.text(whole))) {
        table_.words_.push_back(table_.terms_.intern(word));
        ++form.words.count;
    }
    return form;
}

void FeatureBuilder::add_form(std::vector<NameForm>& forms, std::uint32_t& known, std::uint32_t pool_id,
                              std::span<const std::string_view> not_names) {
    if (known == 0) {
        known_forms_.push_back(make_form(names_.text(pool_id), not_names));
        known = static_cast<std::uint32_t>(known_forms_.size());
    }
    const NameForm& form = known_forms_[known - 1];
    if (form.whole != kNoTerm && std::ranges::find(forms, form.whole, &NameForm::whole) == forms.end())
        forms.push_back(form);
}

Slice FeatureBuilder::store_forms(const std::vector<NameForm>& forms) {
    const Slice slice{static_cast<std::uint32_t>(table_.forms_.size()), static_cast<std::uint32_t>(forms.size())};
    table_.forms_.insert(table_.forms_.end(), forms.begin(), forms.end());
    return slice;
}

void FeatureBuilder::build_birth(PersonRow row, RecordFeatures& record) {
    const bool disputed = store_.integer(row, PersonField::birth_date_disputed).value_or(0) != 0;
    if (const auto date = store_.date(row, PersonField::birth_date)) {
        const CivilDate civil = to_civil(*date);
        BirthFeature& birth = record.birth;
        birth.known = true;
        birth.days = date->days;
        birth.year = static_cast<std::uint16_t>(civil.year);
        birth.month = static_cast<std::uint8_t>(civil.month);
        birth.day = static_cast<std::uint8_t>(civil.day);
        birth.precision = date->precision;
        birth.estimated = date->estimated;
        birth.disputed = disputed;
        birth.default_day = date->precision == DatePrecision::day &&
                            ((civil.month == 1 && civil.day == 1) ||
                             (civil.day == 15 && (date->estimated || disputed ||
                                                  store_.integer(row, PersonField::unaccompanied).value_or(0) != 0)));
    }
    // More ranges than can be numbered are no age assessments; those beyond are not compared.
    const auto range = store_.birth_range(row);
    if (range && table_.birth_ranges_.size() < std::numeric_limits<std::uint16_t>::max()) {
        table_.birth_ranges_.push_back(*range);
        record.birth.range = static_cast<std::uint16_t>(table_.birth_ranges_.size());
    }
    if (const auto expected = store_.date(row, PersonField::expected_birth_date)) {
        record.has_expected = true;
        record.expected_days = expected->days;
    } else if (record.kind == PersonKind::unborn && record.birth.known) {
        // A source without a column of its own holds the expected date as the birth date.
        record.has_expected = true;
        record.expected_days = record.birth.days;
    }
    if (record.kind == PersonKind::unborn) record.birth = {};
}

void FeatureBuilder::build_names(PersonRow row, RecordFeatures& record) {
    given_.clear();
    family_.clear();
    middles_.clear();
    const auto add_middle = [&](std::uint32_t id) {
        if (id != 0) middles_.push_back(id);
    };
    const std::uint32_t current = store_.text_id(row, PersonField::given_name);
    add_given(current);
    add_given(store_.text_id(row, PersonField::preferred_name));
    add_family(store_.text_id(row, PersonField::family_name));
    add_middle(store_.text_id(row, PersonField::middle_names));
    for (const NameRow& name : store_.names(row)) {
        add_given(name.given);
        add_family(name.family);
        add_middle(name.middle);
    }
    if (record.birth_order == 0) {
        // "Baby 2", "Twin 1": a place in the birth, where the name says nothing else.
        const std::string_view name = names_.text(current);
        if (name.size() > 2 && name[name.size() - 2] == ' ' && name.back() >= '1' && name.back() <= '9' &&
            given_.empty()) {
            record.birth_order = static_cast<std::uint8_t>(name.back() - '0');
        }
        if (name.starts_with("twin") || name.starts_with("triplet")) record.multiple_birth = true;
    }
    record.given = store_forms(given_);
    record.family = store_forms(family_);
    record.middle.begin = static_cast<std::uint32_t>(table_.words_.size());
    for (const std::uint32_t id : middles_) {
        for (const std::string_view word : text::name_tokens(names_.text(id))) {
            const TermId middle = table_.terms_.intern(word);
            const auto begin = table_.words_.begin() + record.middle.begin;
            if (std::find(begin, table_.words_.end(), middle) == table_.words_.end()) table_.words_.push_back(middle);
        }
    }
    record.middle.count = static_cast<std::uint32_t>(table_.words_.size()) - record.middle.begin;
}

void FeatureBuilder::build_parents(PersonRow row, RecordFeatures& record) {
    record.parents.begin = static_cast<std::uint32_t>(table_.parents_.size());
    const auto add = [&](std::uint32_t given, std::uint32_t family, bool mother) {
        const ParentFeature name{term(given), term(family), mother};
        if (name.given == kNoTerm) return;
        table_.parents_.push_back(name);
    };
    add(store_.text_id(row, PersonField::mother_given_name), store_.text_id(row, PersonField::mother_family_name),
        true);
    add(store_.text_id(row, PersonField::guardian_given_name), store_.text_id(row, PersonField::guardian_family_name),
        false);
    for (const RelationshipRow& relation : store_.relationships(row)) {
        const std::string_view type = text(relation.type);
        if (type != "mother" && type != "father" && type != "parent" && type != "adoptive_parent") continue;
        add(store_.text_id(relation.related, PersonField::given_name),
            store_.text_id(relation.related, PersonField::family_name), type == "mother");
    }
    record.parents.count = static_cast<std::uint32_t>(table_.parents_.size()) - record.parents.begin;
}

std::uint32_t FeatureBuilder::place(std::uint32_t pool_id) {
    if (pool_id == 0) return 0;
    std::uint32_t& known = places_[pool_id];
    if (known == 0) {
        text::fold_address(text(pool_id), scratch_);
        known = (is_one_of(scratch_, kNotAPlace) ? 0 : table_.texts_.intern(scratch_)) + 1;
    }
    return known - 1;
}

void FeatureBuilder::build_addresses(PersonRow row, RecordFeatures& record) {
    record.addresses.begin = static_cast<std::uint32_t>(table_.addresses_.size());
    for (const AddressRow& address : store_.addresses(row)) {
        AddressFeature feature;
        if (address.uprn != 0) feature.property = shareable_.number(number(address.uprn), 0);
        if (const std::string_view postcode = text(address.postcode); !postcode.empty()) {
            feature.unit = number(address.postcode);
            const std::size_t blank = postcode.find(' ');
            if (blank != std::string_view::npos && blank + 1 < postcode.size()) {
                feature.district = postcode_parts_.intern(postcode.substr(0, blank));
                feature.sector = postcode_parts_.intern(postcode.substr(0, blank + 2));
            }
            // Marked: the second half of a property is 0, and so may the folded text of a house be.
            if (address.house_number != 0)
                feature.dwelling = shareable_.number(feature.unit, kDwelling | words_.id(address.house_number));
        }
        feature.street = place(address.street);
        feature.town = place(address.town != 0 ? address.town : address.locality);
        if (feature.street != 0 && address.house_number != 0)
            feature.house = shareable_.number(feature.street, kHouse | words_.id(address.house_number));
        feature.communal = text(address.type) == "communal";
        if (feature.unit != 0 || feature.property != 0 || feature.street != 0 || feature.town != 0)
            table_.addresses_.push_back(feature);
    }
    record.addresses.count = static_cast<std::uint32_t>(table_.addresses_.size()) - record.addresses.begin;
}

void FeatureBuilder::build_identifiers(PersonRow row, RecordFeatures& record) {
    record.identifiers.begin = static_cast<std::uint32_t>(table_.identifiers_.size());
    const std::string_view own_system = store_.system_name(store_.system(row));
    const auto add_other = [&](std::string_view kind, std::string_view issuer, std::uint32_t value, bool own,
                               bool issued_once = false) {
        scratch_.assign(kind);
        scratch_ += kKeySeparator;
        scratch_ += issuer;
        IdentifierFeature feature;
        feature.issuer = issuers_.intern(scratch_);
        feature.value = own_ids_.number(feature.issuer, number(value));
        feature.own_key = own;
        feature.issued_once = issued_once;
        table_.identifiers_.push_back(feature);
    };
    add_other("system", own_system, store_.key_id(row), true);
    for (const IdentifierRow& identifier : store_.identifiers(row)) {
        const std::string_view type = text(identifier.type);
        const std::string_view value = text(identifier.value);
        const std::string_view status = text(identifier.status);
        if (value.empty()) continue;
        IdentifierFeature feature;
        feature.issued_once = true;
        if (type == "nhs_number") {
            feature.kind = IdentifierKind::nhs_number;
            feature.value = number(identifier.value);
            feature.state = status == "verified"                           ? IdentifierState::verified
                            : status == "superseded" || status == "former" ? IdentifierState::former
                                                                           : IdentifierState::current;
        } else if (type == "upn" || type == "former_upn") {
            feature.kind = IdentifierKind::upn;
            feature.value = number(identifier.value);
            // A temporary UPN ends in a letter, whatever its status says (DfE, UPN guide).
            const bool ends_in_letter = value.back() >= 'A' && value.back() <= 'Z';
            feature.state = type == "former_upn" || status == "former" || status == "superseded"
                                ? IdentifierState::former
                            : ends_in_letter || status == "temporary" ? IdentifierState::temporary
                                                                      : IdentifierState::current;
        } else if (type == "uln") {
            feature.kind = IdentifierKind::uln;
            feature.value = number(identifier.value);
        } else {
            const std::string_view issuer = words_.text(identifier.issuer);
            const std::string_view issuer_name = text(identifier.issuer);
            if (store_.find_system(issuer_name)) {
                add_other("system", issuer_name, identifier.value, false);
            } else if (type == "home_office_reference" || type == "pnc_id") {
                add_other(type, "", identifier.value, false, true);
            } else if (!issuer.empty() || type == "la_child_id") {
                // A council's child id without an issuer is the council's own: statutory returns name none.
                add_other(type, issuer, identifier.value, false);
            }
            continue;
        }
        table_.identifiers_.push_back(feature);
    }
    record.identifiers.count = static_cast<std::uint32_t>(table_.identifiers_.size()) - record.identifiers.begin;
}

void FeatureBuilder::build_contacts(PersonRow row, RecordFeatures& record) {
    record.contacts.begin = static_cast<std::uint32_t>(table_.contacts_.size());
    for (const ContactRow& contact : store_.contacts(row)) {
        if (contact.value == 0) continue;
        const bool email = text(contact.type) == "email";
        std::string value(text(contact.value));
        if (email)
            std::ranges::transform(value, value.begin(),
                                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        else
            value = text::digits_only(value);
        if (value.size() < 5) continue;
        const std::uint32_t written = table_.texts_.intern(value);
        table_.contacts_.push_back({shareable_.number(written, email ? kEmail : kTelephone), written, email});
    }
    record.contacts.count = static_cast<std::uint32_t>(table_.contacts_.size()) - record.contacts.begin;
}

void FeatureBuilder::build_bars(Rank rank, RecordFeatures& record) {
    record.seals.begin = static_cast<std::uint32_t>(table_.seals_.size());
    for (; seal_cursor_ < seal_tags_.size() && seal_tags_[seal_cursor_].first == rank; ++seal_cursor_) {
        table_.seals_.push_back(seal_tags_[seal_cursor_].second);
    }
    record.seals.count = static_cast<std::uint32_t>(table_.seals_.size()) - record.seals.begin;
    record.barred.begin = static_cast<std::uint32_t>(table_.barred_.size());
    for (; related_cursor_ < related_.size() && related_[related_cursor_].first == rank; ++related_cursor_) {
        table_.barred_.push_back(related_[related_cursor_].second);
    }
    record.barred.count = static_cast<std::uint32_t>(table_.barred_.size()) - record.barred.begin;
}

void FeatureBuilder::build_person(Rank rank) {
    const PersonRow row = table_.order_[rank];
    RecordFeatures& record = table_.records_[rank];
    record.system = store_.system(row).value;
    const std::string_view kind = store_.text(row, PersonField::person_kind);
    record.kind = kind == "adult" ? PersonKind::adult : kind == "unborn" ? PersonKind::unborn : PersonKind::child;
    const std::string_view sex = store_.text(row, PersonField::sex);
    record.sex = sex == "M" || sex == "F" ? sex.front() : char{0};
    record.multiple_birth =
        store_.integer(row, PersonField::multiple_birth).value_or(0) != 0 || multiple_[row.value] != 0;
    record.birth_order = static_cast<std::uint8_t>(
        std::clamp<std::int64_t>(store_.integer(row, PersonField::birth_order).value_or(0), 0, 9));
    for (const RestrictionRow& restriction : store_.restrictions(row)) {
        if (text(restriction.scope) == "record") record.restricted = true;
    }
    build_birth(row, record);
    build_names(row, record);
    build_parents(row, record);
}

void FeatureBuilder::build_belongings(Rank rank) {
    const PersonRow row = table_.order_[rank];
    RecordFeatures& record = table_.records_[rank];
    const std::uint32_t urn = store_.text_id(row, PersonField::school_urn);
    const std::uint32_t school = store_.text_id(row, PersonField::school_name);
    if (urn != 0) record.school_urn = number(urn);
    if (school != 0) record.school_name = words_.id(school);
    build_addresses(row, record);
    build_identifiers(row, record);
    build_contacts(row, record);
    build_bars(rank, record);
    record.birth_place = place(store_.text_id(row, PersonField::birth_place));
}

void FeatureBuilder::mark_present(RecordFeatures& record) const {
    const auto mark = [&](Comparison c, bool is_present) {
        if (is_present) record.present |= 1U << static_cast<unsigned>(c);
    };
    mark(Comparison::given_name, record.given.count > 0);
    mark(Comparison::middle_names, record.middle.count > 0);
    mark(Comparison::family_name, record.family.count > 0);
    mark(Comparison::birth_date, record.birth.known || record.birth.range != 0);
    mark(Comparison::expected_birth, record.has_expected || record.birth.known);
    mark(Comparison::sex, record.sex != 0);
    mark(Comparison::address, record.addresses.count > 0);
    const auto identifiers = FeatureTable::cut(table_.identifiers_, record.identifiers);
    for (const IdentifierFeature& id : identifiers) {
        mark(Comparison::nhs_number, id.kind == IdentifierKind::nhs_number);
        mark(Comparison::upn, id.kind == IdentifierKind::upn);
        mark(Comparison::uln, id.kind == IdentifierKind::uln);
        mark(Comparison::other_id, id.kind == IdentifierKind::other);
    }
    mark(Comparison::contact, record.contacts.count > 0);
    mark(Comparison::parent_name, record.parents.count > 0);
    mark(Comparison::multiple_birth, record.kind != PersonKind::adult);
    mark(Comparison::school, record.school_urn != 0 || record.school_name != 0);
    mark(Comparison::birth_place, record.birth_place != 0);
    if (table_.separate_address_parts_) {
        for (const AddressFeature& address : FeatureTable::cut(table_.addresses_, record.addresses)) {
            mark(Comparison::street, address.street != 0);
            mark(Comparison::town, address.town != 0);
        }
    }
    mark(Comparison::source, true);
}

void FeatureBuilder::count_places() {
    std::vector<std::uint32_t> bearers(table_.texts_.size(), 0);
    std::size_t people = 0;
    for (const RecordFeatures& record : table_.records_) {
        people += record.birth_place != 0 ? 1U : 0U;
        ++bearers[record.birth_place];
        if (!table_.separate_address_parts_) continue;
        for (const AddressFeature& address : FeatureTable::cut(table_.addresses_, record.addresses)) {
            people += address.town != 0 ? 1U : 0U;
            ++bearers[address.town];
        }
    }
    bearers[0] = 0;
    table_.place_people_ = people;
    table_.place_bearers_ = std::move(bearers);
}

void FeatureBuilder::count_names() {
    // One child has many records: a name is counted once a birth date, so that being known to many
    // systems does not make a name common.
    std::vector<std::uint64_t> given;
    std::vector<std::uint64_t> family;
    std::vector<std::uint64_t> people;
    for (Rank rank = 0; rank < table_.size(); ++rank) {
        const RecordFeatures& record = table_.records_[rank];
        // Adults seldom have a birth date here; the record stands for itself then.
        const std::uint32_t person =
            record.birth.known ? static_cast<std::uint32_t>(record.birth.days) : 0x80000000U + rank;
        for (const NameForm& form : table_.given(rank)) {
            given.push_back(pair_key(form.whole, person));
            for (const TermId word : table_.words(form)) {
                if (word != form.whole) given.push_back(pair_key(word, person));
            }
        }
        for (const NameForm& form : table_.family(rank)) {
            family.push_back(pair_key(form.whole, person));
            for (const TermId word : table_.words(form)) {
                if (word != form.whole) family.push_back(pair_key(word, person));
            }
        }
        if (const auto forms = table_.given(rank); !forms.empty())
            people.push_back(pair_key(forms.front().whole, person));
    }
    const auto distinct = [](std::vector<std::uint64_t>& keys) {
        std::ranges::sort(keys);
        keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    };
    distinct(given);
    distinct(family);
    distinct(people);
    for (const std::uint64_t k : given) ++table_.terms_.at(static_cast<TermId>(k >> 32U)).given_people;
    for (const std::uint64_t k : family) ++table_.terms_.at(static_cast<TermId>(k >> 32U)).family_people;
    table_.named_people_ = people.size();
}

void FeatureBuilder::count_families() {
    std::vector<std::uint64_t> uses;
    for (Rank rank = 0; rank < table_.size(); ++rank) {
        const auto forms = table_.family(rank);
        const std::uint32_t family = forms.empty() ? 0 : table_.terms_[forms.front().whole].sound;
        for (const AddressFeature& address : table_.addresses(rank)) {
            if (address.property != 0) uses.push_back(pair_key(address.property, family));
            if (address.dwelling != 0) uses.push_back(pair_key(address.dwelling, family));
        }
        for (const ContactFeature& contact : table_.contacts(rank)) uses.push_back(pair_key(contact.key, family));
    }
    std::ranges::sort(uses);
    uses.erase(std::unique(uses.begin(), uses.end()), uses.end());
    table_.families_.assign(shareable_.end(), 0);
    for (const std::uint64_t use : uses) ++table_.families_[use >> 32U];
}

void FeatureTable::weigh(const TermFrequencySettings& settings) {
    const auto rarity = [&](std::uint32_t bearers, double average, std::size_t people) {
        const double total = static_cast<double>(people) + settings.prior_people;
        return static_cast<float>(std::log2(average / ((bearers + settings.prior_people * average) / total)));
    };
    most_given_bits_ = most_family_bits_ = 0;
    for (TermId id = 1; id < terms_.size(); ++id) {
        NameTerm& term = terms_.at(id);
        term.given_bits = rarity(term.given_people, settings.given_average, named_people_);
        term.family_bits = rarity(term.family_people, settings.family_average, named_people_);
        most_given_bits_ = std::max(most_given_bits_, term.given_bits);
        most_family_bits_ = std::max(most_family_bits_, term.family_bits);
    }
    place_bits_.assign(place_bearers_.size(), 0.0F);
    most_place_bits_ = 0;
    for (std::size_t id = 1; id < place_bearers_.size(); ++id) {
        if (place_bearers_[id] > 0) place_bits_[id] = rarity(place_bearers_[id], settings.place_average, place_people_);
        most_place_bits_ = std::max(most_place_bits_, place_bits_[id]);
    }
    weigh_heads();
}

RecordHead FeatureTable::make_head(Rank rank, const ExactColumns& exact) const {
    const RecordFeatures& record = records_[rank];
    RecordHead head;
    const auto mark = [&](std::uint8_t what, bool is_plain) {
        if (is_plain) head.plain |= what;
    };
    head.present = record.present;
    head.system = record.system;
    head.sex = record.sex;
    mark(RecordHead::kBorn, record.kind != PersonKind::unborn);
    mark(RecordHead::kNoMiddle, record.middle.count == 0);
    mark(RecordHead::kSingle, !record.multiple_birth);
    mark(RecordHead::kOwnKeyOnly, std::ranges::none_of(identifiers(rank), [](const IdentifierFeature& id) {
             return id.kind == IdentifierKind::other && !id.own_key;
         }));
    const BirthFeature& birth = record.birth;
    head.birth =
        (static_cast<std::uint32_t>(birth.year) << 16U) | (static_cast<std::uint32_t>(birth.month) << 8U) | birth.day;
    mark(RecordHead::kBirth, birth.known && birth.precision == DatePrecision::day && !birth.estimated &&
                                 !birth.disputed && birth.range == 0);
    // One word, neither an initial nor so long that a column's width may have cut it.
    const auto only_word = [&](std::span<const NameForm> forms) {
        if (forms.size() != 1 || forms.front().words.count != 1) return kNoTerm;
        const std::size_t length = terms_.text(forms.front().whole).size();
        return length > 1 && length < kTruncatedLength ? forms.front().whole : kNoTerm;
    };
    const auto letters = [](const text::Signature& sum) {
        return RecordHead::Letters{static_cast<std::uint8_t>(sum.length), static_cast<std::uint8_t>(sum.overflow),
                                   sum.first, sum.second};
    };
    head.given = only_word(given(rank));
    head.family = only_word(family(rank));
    head.given_symbols = terms_[head.given].signature.symbols;
    head.family_symbols = terms_[head.family].signature.symbols;
    head.given_letters = letters(terms_[head.given].signature);
    head.family_letters = letters(terms_[head.family].signature);
    head.variants = terms_[head.given].variants;
    mark(RecordHead::kGiven, head.given != kNoTerm);
    mark(RecordHead::kFamily, head.family != kNoTerm);
    if (const auto all = addresses(rank); all.size() == 1) {
        const text::Signature& street = texts_.signature(all.front().street);
        const text::Signature& town = texts_.signature(all.front().town);
        head.unit = all.front().unit;
        head.street = all.front().street;
        head.town = all.front().town;
        head.house = all.front().house;
        head.street_symbols = street.symbols;
        head.town_symbols = town.symbols;
        head.street_letters = letters(street);
        head.town_letters = letters(town);
        constexpr std::size_t kLongest = std::numeric_limits<std::uint8_t>::max();
        mark(RecordHead::kAddress, separate_address_parts_ && all.front().property == 0 && street.length < kLongest &&
                                       town.length < kLongest);
    }
    for (std::size_t i = 0; i < exact.size() && exact[i] < further_.columns(); ++i)
        head.exact[i] = further_.key(exact[i], rank);
    return head;
}

void FeatureTable::weigh_heads() noexcept {
    for (RecordHead& head : heads_) {
        head.given_bits = terms_[head.given].given_bits;
        head.family_bits = terms_[head.family].family_bits;
        head.town_bits = head.town == 0 ? 0.0F : place_bits_[head.town];
    }
}

FeatureTable::FeatureTable(const PersonStore& store, const TermFrequencySettings& settings,
                           std::span<const FurtherComparison> further, bool separate_address_parts, unsigned threads)
    : separate_address_parts_(separate_address_parts) {
    FeatureBuilder(*this, store).build(threads);
    weigh(settings);
    further_ = FurtherTable(store, further, order_);
    for (std::size_t c = 0; c < further.size(); ++c) {
        for (Rank rank = 0; rank < size(); ++rank) {
            if (further_.key(c, rank) != 0) records_[rank].present |= 1U << (kComparisons + c);
        }
    }
    heads_.resize(size());
    ExactColumns exact;
    exact.fill(further_.columns());
    for (std::size_t c = 0, place = 0; c < further.size() && place < exact.size(); ++c) {
        if (further[c].kind == FurtherKind::exact) exact[place++] = c;
    }
    for_each_index((size() + kHeadsAtOnce - 1) / kHeadsAtOnce, threads, {}, [] { return 0; },
                   [&](int, std::size_t chunk) {
                       const std::size_t end = std::min(size(), (chunk + 1) * kHeadsAtOnce);
                       for (auto rank = static_cast<Rank>(chunk * kHeadsAtOnce); rank < end; ++rank)
                           heads_[rank] = make_head(rank, exact);
                   });
    weigh_heads();
}

}  // namespace caseweave
