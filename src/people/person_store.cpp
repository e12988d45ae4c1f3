#include "people/person_store.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "core/digest.hpp"
#include "core/mix.hpp"

namespace caseweave {

namespace {

constexpr std::size_t kFirstIndexSlots = 1024;

constexpr std::uint32_t missing_cell(Missing reason) noexcept {
    return StringPool::kMaxTexts + static_cast<std::uint32_t>(reason);
}

// Dates of year 1 to 9999 lie within +-4 million days of 2000-01-01: 23 bits, then precision and estimation.
constexpr std::int32_t kDateBias = 1 << 22;

std::uint32_t pack(Date date) noexcept {
    return (static_cast<std::uint32_t>(date.days + kDateBias) << 3U) |
           (static_cast<std::uint32_t>(date.precision) << 1U) | (date.estimated ? 1U : 0U);
}

Date unpack_date(std::uint32_t cell) noexcept {
    Date date;
    date.days = static_cast<std::int32_t>(cell >> 3U) - kDateBias;
    date.precision = static_cast<DatePrecision>((cell >> 1U) & 3U);
    date.estimated = (cell & 1U) != 0;
    return date;
}

// Integers are held with a bias so that they stay below the missing cells.
constexpr std::int64_t kIntegerBias = 2'000'000'000;
constexpr std::int64_t kMicrosecondsPerMinute = 60'000'000;

std::uint32_t pack_integer(std::int64_t value) noexcept {
    if (value < -kIntegerBias || value > kIntegerBias) return missing_cell(Missing::invalid);
    return static_cast<std::uint32_t>(value + kIntegerBias);
}

std::int64_t floor_minutes(std::int64_t microseconds) noexcept {
    const std::int64_t minutes = microseconds / kMicrosecondsPerMinute;
    return minutes - (microseconds % kMicrosecondsPerMinute < 0 ? 1 : 0);
}

std::size_t mix(std::uint64_t value) noexcept {
    // The reference's halves are small counters.
    return static_cast<std::size_t>(mix_bits(value));
}

namespace name_field {
enum : std::size_t { type, given, middle, family, from, to };
constexpr std::string_view kNames[] = {"name_type",   "given_name", "middle_names",
                                       "family_name", "valid_from", "valid_to"};
}  // namespace name_field
namespace identifier_field {
enum : std::size_t { type, value, status, issuer, from, to };
constexpr std::string_view kNames[] = {"id_type", "value", "status", "issuer", "valid_from", "valid_to"};
}  // namespace identifier_field
namespace address_field {
enum : std::size_t { type, house_number, street, locality, town, postcode, uprn, text, restricted, from, to };
constexpr std::string_view kNames[] = {"address_type", "house_number", "street",  "locality",
                                       "town",         "postcode",     "uprn",    "address_text",
                                       "restricted",   "valid_from",   "valid_to"};
}  // namespace address_field
namespace contact_field {
enum : std::size_t { type, phone, email, restricted };
constexpr std::string_view kNames[] = {"contact_type", "phone", "email", "restricted"};
}  // namespace contact_field
namespace relationship_field {
enum : std::size_t { related, type, multiple_birth };
constexpr std::string_view kNames[] = {"related_person", "relationship_type", "multiple_birth"};
}  // namespace relationship_field
namespace restriction_field {
enum : std::size_t { scope, field, reason };
constexpr std::string_view kNames[] = {"scope", "field_name", "reason"};
}  // namespace restriction_field
namespace domain_field {
enum : std::size_t { domain, kind, side, member_system, member_key };
constexpr std::string_view kNames[] = {"domain_key", "domain_kind", "side", "member_system", "member_key"};
}  // namespace domain_field

}  // namespace

PersonStore::PersonStore() : index_(kFirstIndexSlots, 0) {}

SystemId PersonStore::add_system(std::string_view name, std::uint8_t service_area) {
    assert(system_names_.size() < std::numeric_limits<std::uint16_t>::max());
    system_names_.emplace_back(name);
    system_areas_.push_back(service_area);
    return SystemId{static_cast<std::uint16_t>(system_names_.size() - 1)};
}

std::optional<SystemId> PersonStore::find_system(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < system_names_.size(); ++i) {
        if (system_names_[i] == name) return SystemId{static_cast<std::uint16_t>(i)};
    }
    return std::nullopt;
}

PersonStore::PersonReference PersonStore::reference(SystemId system, std::string_view key) {
    return (static_cast<std::uint64_t>(system.value) << 32U) | pool_.intern(key);
}

std::optional<PersonRow> PersonStore::find(PersonReference reference) const noexcept {
    const std::size_t mask = index_.size() - 1;
    for (std::size_t slot = mix(reference) & mask; index_[slot] != 0; slot = (slot + 1) & mask) {
        const std::uint32_t row = index_[slot] - 1;
        if (keys_[row] == static_cast<std::uint32_t>(reference) && systems_[row].value == reference >> 32U) {
            return PersonRow{row};
        }
    }
    return std::nullopt;
}

std::optional<PersonRow> PersonStore::find(SystemId system, std::string_view key) const noexcept {
    const auto id = pool_.find(key);
    if (!id) return std::nullopt;
    return find((static_cast<std::uint64_t>(system.value) << 32U) | *id);
}

void PersonStore::grow_index() {
    std::vector<std::uint32_t> grown(index_.size() * 2, 0);
    const std::size_t mask = grown.size() - 1;
    for (std::uint32_t row = 0; row < systems_.size(); ++row) {
        std::size_t slot = mix((static_cast<std::uint64_t>(systems_[row].value) << 32U) | keys_[row]) & mask;
        while (grown[slot] != 0) slot = (slot + 1) & mask;
        grown[slot] = row + 1;
    }
    index_ = std::move(grown);
}

const PersonStore::EntityShape& PersonStore::shape_of(const EntityDescriptor& entity,
                                                      std::span<const std::string_view> names) {
    for (const EntityShape& shape : shapes_) {
        if (shape.entity == &entity) return shape;
    }
    EntityShape shape{&entity, {}};
    for (const std::string_view name : names) shape.fields.push_back(entity.find(name));
    return shapes_.emplace_back(std::move(shape));
}

bool PersonStore::add_person(SystemId system, const CanonicalRow& row) {
    const PersonReference person = reference(system, row.source_person_key);
    if (find(person)) return false;
    const EntityShape& shape = shape_of(*row.entity, kPersonFieldNames);
    for (std::size_t field = 0; field < kPersonFields; ++field) {
        const int position = shape.fields[field];
        if (position < 0) continue;
        const Value& value = row.values[position];
        if (value.missing == Missing::absent) continue;
        std::uint32_t cell = 0;
        const FieldType type = kPersonFieldTypes[field];
        if (!value.has_value())
            cell = missing_cell(value.missing);
        else if (is_text_like(type))
            cell = pool_.intern(value.text);
        else if (type == FieldType::date || type == FieldType::partial_date)
            cell = pack(value.date);
        else if (type == FieldType::timestamp)
            cell = pack_integer(floor_minutes(value.integer));
        else
            cell = pack_integer(value.integer);
        if (is_rare(static_cast<PersonField>(field))) {
            const PersonRow rare{static_cast<std::uint32_t>(systems_.size())};
            if (value.has_value()) rare_cells_.push_back({rare, static_cast<PersonField>(field), cell});
            continue;
        }
        std::vector<std::uint32_t>& cells = cells_[field];
        if (cells.size() < systems_.size()) cells.resize(systems_.size(), kAbsentCell);
        cells.push_back(cell);
    }
    systems_.push_back(system);
    keys_.push_back(static_cast<std::uint32_t>(person));
    if (systems_.size() * 3 > index_.size() * 2) {
        grow_index();
    } else {
        const std::size_t mask = index_.size() - 1;
        std::size_t slot = mix(person) & mask;
        while (index_[slot] != 0) slot = (slot + 1) & mask;
        index_[slot] = static_cast<std::uint32_t>(systems_.size());
    }
    return true;
}

void PersonStore::prefetch(const CanonicalRow& row) const noexcept {
    pool_.prefetch(row.source_person_key);
    for (std::size_t i = 0; i < row.entity->fields.size(); ++i) {
        // Dates and numbers have no text.
        if (row.values[i].has_value() && !row.values[i].text.empty()) pool_.prefetch(row.values[i].text);
    }
}

bool PersonStore::add(SystemId system, const CanonicalRow& row) {
    assert(!sealed_ && row.entity != nullptr);
    const std::string& entity = row.entity->name;
    if (entity == "person") return add_person(system, row);

    const EntityShape* shape = nullptr;
    const auto value = [&](std::size_t field) -> const Value* {
        const int position = shape->fields[field];
        return position >= 0 && row.values[position].has_value() ? &row.values[position] : nullptr;
    };
    const auto text = [&](std::size_t field) { return value(field) ? pool_.intern(value(field)->text) : 0U; };
    const auto date = [&](std::size_t field) {
        return value(field) ? std::optional<Date>(value(field)->date) : std::nullopt;
    };
    const auto flag = [&](std::size_t field) { return value(field) != nullptr && value(field)->integer != 0; };
    const PersonRow later{};  // known at seal()

    if (entity == "person_name") {
        using namespace name_field;
        shape = &shape_of(*row.entity, kNames);
        names_.rows.push_back({later, text(type), text(given), text(middle), text(family), date(from), date(to)});
        names_.pending.push_back(reference(system, row.source_person_key));
    } else if (entity == "person_identifier") {
        using namespace identifier_field;
        shape = &shape_of(*row.entity, kNames);
        identifiers_.rows.push_back(
            {later, text(type), text(identifier_field::value), text(status), text(issuer), date(from), date(to)});
        identifiers_.pending.push_back(reference(system, row.source_person_key));
    } else if (entity == "person_address") {
        using namespace address_field;
        shape = &shape_of(*row.entity, kNames);
        addresses_.rows.push_back({later, text(type), text(house_number), text(street), text(locality), text(town),
                                   text(postcode), text(uprn), text(address_field::text), flag(restricted), date(from),
                                   date(to)});
        addresses_.pending.push_back(reference(system, row.source_person_key));
    } else if (entity == "person_contact") {
        using namespace contact_field;
        shape = &shape_of(*row.entity, kNames);
        const PersonReference person = reference(system, row.source_person_key);
        const std::uint32_t email_type = pool_.intern("email");
        if (value(phone) != nullptr) {
            const std::uint32_t stated = text(type);
            const std::uint32_t kind = stated == 0 || stated == email_type ? pool_.intern("phone") : stated;
            contacts_.rows.push_back({later, kind, text(phone), flag(restricted)});
            contacts_.pending.push_back(person);
        }
        if (value(email) != nullptr) {
            contacts_.rows.push_back({later, email_type, text(email), flag(restricted)});
            contacts_.pending.push_back(person);
        }
    } else if (entity == "relationship") {
        using namespace relationship_field;
        shape = &shape_of(*row.entity, kNames);
        relationships_.rows.push_back({later, later, text(type), flag(multiple_birth)});
        relationships_.pending.push_back(reference(system, row.source_person_key));
        related_pending_.push_back(reference(system, value(related) ? value(related)->text : std::string_view()));
    } else if (entity == "restriction") {
        using namespace restriction_field;
        shape = &shape_of(*row.entity, kNames);
        restrictions_.rows.push_back({later, text(scope), text(field), text(reason)});
        restrictions_.pending.push_back(reference(system, row.source_person_key));
    } else if (entity == "identity_domain_member") {
        using namespace domain_field;
        shape = &shape_of(*row.entity, kNames);
        // A domain's key is its source's own: two systems may use one key for two seals.
        std::string domain_key = system_names_[system.value];
        domain_key += kKeySeparator;
        if (const Value* key = value(domain)) domain_key += key->text;
        const Value* member = value(member_system);
        domains_.push_back({later, pool_.intern(domain_key), text(kind), text(side)});
        domains_pending_.push_back({pool_.intern(member ? member->text : std::string_view(system_names_[system.value])),
                                    pool_.intern(value(member_key) ? value(member_key)->text : row.source_person_key)});
    } else if (entity == "unaccompanied_asylum") {
        unaccompanied_pending_.push_back(reference(system, row.source_person_key));
    } else {
        return false;
    }
    return true;
}

void PersonStore::seal_unaccompanied() {
    std::vector<std::uint32_t>& cells = cells_[static_cast<std::size_t>(PersonField::unaccompanied)];
    for (const PersonReference reference : unaccompanied_pending_) {
        const auto person = find(reference);
        if (!person || integer(*person, PersonField::unaccompanied)) continue;
        if (cells.size() <= person->value) cells.resize(person->value + 1, kAbsentCell);
        cells[person->value] = pack_integer(1);
    }
    unaccompanied_pending_ = {};
}

template <typename Row>
void PersonStore::seal_table(SideTable<Row>& table) {
    // Counting sort by person: stable, so rows of one person keep the order they came in.
    table.starts.assign(size() + 1, 0);
    std::vector<std::uint32_t> persons(table.rows.size());
    constexpr std::uint32_t kUnknown = std::numeric_limits<std::uint32_t>::max();
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        const auto person = find(table.pending[i]);
        persons[i] = person ? person->value : kUnknown;
        if (person) ++table.starts[person->value + 1];
    }
    for (std::size_t i = 1; i < table.starts.size(); ++i) table.starts[i] += table.starts[i - 1];
    std::vector<Row> sorted(table.starts.back());
    std::vector<std::uint32_t> next(table.starts.begin(), table.starts.end() - 1);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
        if (persons[i] == kUnknown) continue;
        Row& row = sorted[next[persons[i]]++] = table.rows[i];
        row.person = PersonRow{persons[i]};
    }
    table.rows = std::move(sorted);
    table.pending = {};
}

void PersonStore::seal() {
    assert(!sealed_);
    // A relationship to an unknown person says nothing that can be used.
    std::size_t kept = 0;
    for (std::size_t i = 0; i < relationships_.rows.size(); ++i) {
        const auto related = find(related_pending_[i]);
        if (!related) continue;
        relationships_.rows[kept] = relationships_.rows[i];
        relationships_.rows[kept].related = *related;
        relationships_.pending[kept] = relationships_.pending[i];
        ++kept;
    }
    relationships_.rows.resize(kept);
    relationships_.pending.resize(kept);
    related_pending_ = {};

    seal_table(names_);
    seal_table(identifiers_);
    seal_table(addresses_);
    seal_table(contacts_);
    seal_table(relationships_);
    seal_table(restrictions_);

    std::vector<DomainRow> domains;
    for (std::size_t i = 0; i < domains_.size(); ++i) {
        const auto system = find_system(pool_.view(domains_pending_[i].system_name));
        const auto person = system ? find(*system, pool_.view(domains_pending_[i].key)) : std::nullopt;
        if (!person) continue;
        domains.push_back(domains_[i]);
        domains.back().person = *person;
    }
    std::ranges::stable_sort(domains, {}, [](const DomainRow& row) { return row.person; });
    domains_ = std::move(domains);
    domains_pending_ = {};
    seal_unaccompanied();
    for (auto& column : cells_) column.shrink_to_fit();
    sealed_ = true;
}

std::size_t PersonStore::add_extra_column(std::string_view name, ExtraKind kind) {
    extra_columns_.push_back({std::string(name), kind, {}});
    return extra_columns_.size() - 1;
}

void PersonStore::set_extra(std::size_t column, PersonRow row, std::string_view value) {
    std::vector<std::uint32_t>& cells = extra_columns_[column].cells;
    if (value.empty()) return;
    if (cells.size() <= row.value) cells.resize(row.value + 1, 0);
    cells[row.value] = pool_.intern(value);
}

Missing PersonStore::missing(PersonRow row, PersonField field) const noexcept {
    const std::uint32_t held = cell(row, field);
    return held >= kMissingCell ? static_cast<Missing>(held - kMissingCell) : Missing::no;
}

std::uint32_t PersonStore::text_id(PersonRow row, PersonField field) const noexcept {
    assert(is_text_like(kPersonFieldTypes[static_cast<std::size_t>(field)]));
    const std::uint32_t held = cell(row, field);
    return held >= kMissingCell ? 0 : held;
}

std::string_view PersonStore::text(PersonRow row, PersonField field) const noexcept {
    return pool_.view(text_id(row, field));
}

std::optional<Date> PersonStore::date(PersonRow row, PersonField field) const noexcept {
    const std::uint32_t held = cell(row, field);
    if (held >= kMissingCell) return std::nullopt;
    return unpack_date(held);
}

std::optional<BirthRange> PersonStore::birth_range(PersonRow row) const noexcept {
    const auto first = date(row, PersonField::birth_date_earliest);
    const auto last = date(row, PersonField::birth_date_latest);
    if (!first || !last) return std::nullopt;
    return BirthRange{first->days, last->days};
}

std::uint32_t PersonStore::rare_cell(PersonRow row, PersonField field) const noexcept {
    const auto of_row =
        std::ranges::equal_range(rare_cells_, row.value, {}, [](const RareCell& c) { return c.row.value; });
    const auto found = std::ranges::find(of_row, field, &RareCell::field);
    return found == of_row.end() ? kAbsentCell : found->cell;
}

std::optional<std::int64_t> PersonStore::integer(PersonRow row, PersonField field) const noexcept {
    const std::uint32_t held = cell(row, field);
    if (held >= kMissingCell) return std::nullopt;
    return static_cast<std::int64_t>(held) - kIntegerBias;
}

std::optional<Timestamp> PersonStore::timestamp(PersonRow row, PersonField field) const noexcept {
    const auto minutes = integer(row, field);
    if (!minutes) return std::nullopt;
    return Timestamp{*minutes * kMicrosecondsPerMinute};
}

template <typename Row>
std::span<const Row> PersonStore::rows_of(const SideTable<Row>& table, PersonRow row) const noexcept {
    assert(sealed_);
    return std::span(table.rows)
        .subspan(table.starts[row.value], table.starts[row.value + 1] - table.starts[row.value]);
}

std::span<const NameRow> PersonStore::names(PersonRow row) const noexcept {
    return rows_of(names_, row);
}
std::span<const IdentifierRow> PersonStore::identifiers(PersonRow row) const noexcept {
    return rows_of(identifiers_, row);
}
std::span<const AddressRow> PersonStore::addresses(PersonRow row) const noexcept {
    return rows_of(addresses_, row);
}
std::span<const ContactRow> PersonStore::contacts(PersonRow row) const noexcept {
    return rows_of(contacts_, row);
}
std::span<const RelationshipRow> PersonStore::relationships(PersonRow row) const noexcept {
    return rows_of(relationships_, row);
}
std::span<const RestrictionRow> PersonStore::restrictions(PersonRow row) const noexcept {
    return rows_of(restrictions_, row);
}

std::uint64_t PersonStore::bytes() const noexcept {
    const auto held = [](const auto& v) { return v.capacity() * sizeof(v[0]); };
    const auto table = [&](const auto& t) { return held(t.rows) + held(t.starts) + held(t.pending); };
    std::uint64_t total =
        pool_.bytes() + held(systems_) + held(keys_) + held(index_) + held(domains_) + held(rare_cells_);
    for (const auto& column : cells_) total += held(column);
    for (const auto& column : extra_columns_) total += held(column.cells);
    return total + table(names_) + table(identifiers_) + table(addresses_) + table(contacts_) + table(relationships_) +
           table(restrictions_);
}

}  // namespace caseweave
