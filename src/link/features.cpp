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

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_duplicate_word(std::string_view word) {
    return word.starts_with("duplicate") || word == "dup";
}

std::uint64_t pair_key(std::uint32_t high, std::uint32_t low) {
    return (static_cast<std::uint64_t>(high) << 32U) | low;
}

}  // namespace

/// Builds a FeatureTable; lives only as long as the building takes.
class FeatureBuilder {
  public:
    FeatureBuilder(FeatureTable& table, const PersonStore& store) : table_(table), store_(store) {}

    void build(const TermFrequencySettings& settings) {
        order_records();
        mark_relationships();
        number_domains();
        table_.records_.resize(store_.size());
        for (Rank rank = 0; rank < store_.size(); ++rank) build_record(rank);
        count_names(settings);
        count_families();
        count_places(settings);
    }

  private:
    void order_records();
    void mark_relationships();
    void number_domains();
    void build_record(Rank rank);
    void build_birth(PersonRow row, RecordFeatures& record);
    void build_names(PersonRow row, RecordFeatures& record);
    void build_parents(PersonRow row, RecordFeatures& record);
    void build_addresses(PersonRow row, RecordFeatures& record);
    void build_identifiers(PersonRow row, RecordFeatures& record);
    void build_contacts(PersonRow row, RecordFeatures& record);
    void build_bars(Rank rank, RecordFeatures& record);
    void count_names(const TermFrequencySettings& settings);
    void count_families();
    void count_places(const TermFrequencySettings& settings);
    void mark_present(RecordFeatures& record) const;
    std::uint32_t place(std::uint32_t pool_id);

    std::string_view text(std::uint32_t pool_id) const { return store_.pool().view(pool_id); }
    std::string_view folded(std::uint32_t pool_id);
    TermId term(std::uint32_t pool_id) { return table_.terms_.intern(folded(pool_id)); }
    void add_form(std::vector<NameForm>& forms, std::string_view folded_name,
                  std::span<const std::string_view> not_names);
    Slice store_forms(const std::vector<NameForm>& forms);
    std::uint32_t key(char space, std::string_view a, std::string_view b = {});

    FeatureTable& table_;
    const PersonStore& store_;
    StringPool keys_;  // addresses, identifiers, contacts, schools: only equality matters
    std::vector<std::string> folded_;
    std::vector<bool> is_folded_;
    std::vector<std::uint8_t> multiple_;                            // by row
    std::vector<std::pair<std::uint32_t, std::uint32_t>> related_;  // ranks, both ways, sorted
    std::unordered_map<std::uint32_t, std::uint32_t> domain_numbers_;
    std::vector<std::pair<Rank, SealTag>> seal_tags_;
    std::size_t seal_cursor_ = 0;
    std::size_t related_cursor_ = 0;
    std::string scratch_;
    std::string place_;
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
    std::ranges::sort(order, [&](PersonRow a, PersonRow b) {
        const auto sa = place[store_.system(a).value];
        const auto sb = place[store_.system(b).value];
        return sa != sb ? sa < sb : store_.key(a) < store_.key(b);
    });
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

std::string_view FeatureBuilder::folded(std::uint32_t pool_id) {
    if (folded_.empty()) {
        folded_.resize(store_.pool().size());
        is_folded_.resize(store_.pool().size());
    }
    if (!is_folded_[pool_id]) {
        text::fold_name(text(pool_id), folded_[pool_id]);
        is_folded_[pool_id] = true;
    }
    return folded_[pool_id];
}

std::uint32_t FeatureBuilder::key(char space, std::string_view a, std::string_view b) {
    scratch_.assign(1, space);
    scratch_ += a;
    if (!b.empty()) {
        scratch_ += kKeySeparator;
        scratch_ += b;
    }
    return keys_.intern(scratch_);
}

void FeatureBuilder::add_form(std::vector<NameForm>& forms, std::string_view folded_name,
                              std::span<const std::string_view> not_names) {
    std::string cleaned;
    bool first = true;
    for (const std::string_view word : text::name_tokens(folded_name)) {
        if (is_duplicate_word(word)) continue;
        if (first && is_one_of(word, not_names)) return;
        first = false;
        if (!cleaned.empty()) cleaned += ' ';
        cleaned += word;
    }
    if (cleaned.empty()) return;
    const TermId whole = table_.terms_.intern(cleaned);
    for (const NameForm& form : forms) {
        if (form.whole == whole) return;
    }
    NameForm form{whole, {static_cast<std::uint32_t>(table_.words_.size()), 0}};
    for (const std::string_view word : text::name_tokens(table_.terms_.text(whole))) {
        table_.words_.push_back(table_.terms_.intern(word));
        ++form.words.count;
    }
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
    std::vector<NameForm> given;
    std::vector<NameForm> family;
    std::vector<std::uint32_t> middles;
    const auto add_middle = [&](std::uint32_t id) {
        if (id != 0) middles.push_back(id);
    };
    const std::uint32_t current = store_.text_id(row, PersonField::given_name);
    add_form(given, folded(current), kNotAForename);
    add_form(given, folded(store_.text_id(row, PersonField::preferred_name)), kNotAForename);
    add_form(family, folded(store_.text_id(row, PersonField::family_name)), kNotAFamilyName);
    add_middle(store_.text_id(row, PersonField::middle_names));
    for (const NameRow& name : store_.names(row)) {
        add_form(given, folded(name.given), kNotAForename);
        add_form(family, folded(name.family), kNotAFamilyName);
        add_middle(name.middle);
    }
    if (record.birth_order == 0) {
        // "Baby 2", "Twin 1": a place in the birth, where the name says nothing else.
        const std::string_view name = folded(current);
        if (name.size() > 2 && name[name.size() - 2] == ' ' && name.back() >= '1' && name.back() <= '9' &&
            given.empty()) {
            record.birth_order = static_cast<std::uint8_t>(name.back() - '0');
        }
        if (name.starts_with("twin") || name.starts_with("triplet")) record.multiple_birth = true;
    }
    record.given = store_forms(given);
    record.family = store_forms(family);
    record.middle.begin = static_cast<std::uint32_t>(table_.words_.size());
    for (const std::uint32_t id : middles) {
        for (const std::string_view word : text::name_tokens(folded(id))) {
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
    text::fold_address(text(pool_id), place_);
    return is_one_of(place_, kNotAPlace) ? 0 : table_.texts_.intern(place_);
}

void FeatureBuilder::build_addresses(PersonRow row, RecordFeatures& record) {
    record.addresses.begin = static_cast<std::uint32_t>(table_.addresses_.size());
    for (const AddressRow& address : store_.addresses(row)) {
        AddressFeature feature;
        if (address.uprn != 0) feature.property = key('U', text(address.uprn));
        if (const std::string_view postcode = text(address.postcode); !postcode.empty()) {
            feature.unit = key('P', postcode);
            const std::size_t blank = postcode.find(' ');
            if (blank != std::string_view::npos && blank + 1 < postcode.size()) {
                feature.district = key('D', postcode.substr(0, blank));
                feature.sector = key('S', postcode.substr(0, blank + 2));
            }
            if (address.house_number != 0) feature.dwelling = key('H', postcode, folded(address.house_number));
        }
        feature.street = place(address.street);
        feature.town = place(address.town != 0 ? address.town : address.locality);
        if (feature.street != 0 && address.house_number != 0)
            feature.house = key('G', table_.texts_.text(feature.street), folded(address.house_number));
        feature.communal = text(address.type) == "communal";
        if (feature.unit != 0 || feature.property != 0 || feature.street != 0 || feature.town != 0)
            table_.addresses_.push_back(feature);
    }
    record.addresses.count = static_cast<std::uint32_t>(table_.addresses_.size()) - record.addresses.begin;
}

void FeatureBuilder::build_identifiers(PersonRow row, RecordFeatures& record) {
    record.identifiers.begin = static_cast<std::uint32_t>(table_.identifiers_.size());
    const std::string_view own_system = store_.system_name(store_.system(row));
    const auto add_other = [&](std::string_view kind, std::string_view issuer, std::string_view value, bool own) {
        std::string space(kind);
        space += kKeySeparator;
        space += issuer;
        IdentifierFeature feature;
        feature.issuer = key('I', space);
        feature.value = key('J', space, value);
        feature.own_key = own;
        table_.identifiers_.push_back(feature);
    };
    add_other("system", own_system, store_.key(row), true);
    for (const IdentifierRow& identifier : store_.identifiers(row)) {
        const std::string_view type = text(identifier.type);
        const std::string_view value = text(identifier.value);
        const std::string_view status = text(identifier.status);
        if (value.empty()) continue;
        IdentifierFeature feature;
        if (type == "nhs_number") {
            feature.kind = IdentifierKind::nhs_number;
            feature.value = key('N', value);
            feature.state = status == "verified"                           ? IdentifierState::verified
                            : status == "superseded" || status == "former" ? IdentifierState::former
                                                                           : IdentifierState::current;
        } else if (type == "upn" || type == "former_upn") {
            feature.kind = IdentifierKind::upn;
            feature.value = key('Q', value);
            // A temporary UPN ends in a letter, whatever its status says (DfE, UPN guide).
            const bool ends_in_letter = value.back() >= 'A' && value.back() <= 'Z';
            feature.state = type == "former_upn" || status == "former" || status == "superseded"
                                ? IdentifierState::former
                            : ends_in_letter || status == "temporary" ? IdentifierState::temporary
                                                                      : IdentifierState::current;
        } else if (type == "uln") {
            feature.kind = IdentifierKind::uln;
            feature.value = key('L', value);
        } else {
            const std::string issuer(folded(identifier.issuer));
            const std::string_view issuer_name = text(identifier.issuer);
            if (store_.find_system(issuer_name)) {
                add_other("system", issuer_name, value, false);
            } else if (type == "home_office_reference" || type == "pnc_id") {
                add_other(type, "", value, false);
            } else if (!issuer.empty() || type == "la_child_id") {
                // A council's child id without an issuer is the council's own: statutory returns name none.
                add_other(type, issuer, value, false);
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
        if (value.size() >= 5)
            table_.contacts_.push_back({key(email ? 'E' : 'T', value), table_.texts_.intern(value), email});
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

void FeatureBuilder::build_record(Rank rank) {
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
    const std::uint32_t urn = store_.text_id(row, PersonField::school_urn);
    const std::uint32_t school = store_.text_id(row, PersonField::school_name);
    if (urn != 0) record.school_urn = key('R', text(urn));
    if (school != 0) record.school_name = key('r', folded(school));
    build_birth(row, record);
    build_names(row, record);
    build_parents(row, record);
    build_addresses(row, record);
    build_identifiers(row, record);
    build_contacts(row, record);
    build_bars(rank, record);
    record.birth_place = place(store_.text_id(row, PersonField::birth_place));
    mark_present(record);
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

void FeatureBuilder::count_places(const TermFrequencySettings& settings) {
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
    const double total = static_cast<double>(people) + settings.prior_people;
    table_.place_bits_.assign(bearers.size(), 0.0F);
    for (std::size_t id = 1; id < bearers.size(); ++id) {
        if (bearers[id] == 0) continue;
        const double frequency = (bearers[id] + settings.prior_people * settings.place_average) / total;
        table_.place_bits_[id] = static_cast<float>(std::log2(settings.place_average / frequency));
    }
}

void FeatureBuilder::count_names(const TermFrequencySettings& settings) {
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
    const double total = static_cast<double>(people.size()) + settings.prior_people;
    for (TermId id = 1; id < table_.terms_.size(); ++id) {
        NameTerm& t = table_.terms_.at(id);
        const auto bits = [&](std::uint32_t count, double average) {
            const double frequency = (count + settings.prior_people * average) / total;
            return static_cast<float>(std::log2(average / frequency));
        };
        t.given_bits = bits(t.given_people, settings.given_average);
        t.family_bits = bits(t.family_people, settings.family_average);
    }
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
    table_.families_.assign(keys_.size(), 0);
    for (const std::uint64_t use : uses) ++table_.families_[use >> 32U];
}

FeatureTable::FeatureTable(const PersonStore& store, const TermFrequencySettings& settings,
                           std::span<const FurtherComparison> further, bool separate_address_parts)
    : separate_address_parts_(separate_address_parts) {
    FeatureBuilder(*this, store).build(settings);
    further_ = FurtherTable(store, further, order_);
    for (std::size_t c = 0; c < further.size(); ++c) {
        for (Rank rank = 0; rank < size(); ++rank) {
            if (further_.key(c, rank) != 0) records_[rank].present |= 1U << (kComparisons + c);
        }
    }
}

}  // namespace caseweave
