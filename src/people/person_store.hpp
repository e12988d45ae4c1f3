#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/canonical_batch.hpp"
#include "core/date.hpp"
#include "core/ids.hpp"
#include "people/person_field.hpp"
#include "people/string_pool.hpp"

namespace caseweave {

/// Tells whether the store keeps values of a type as text.
constexpr bool is_text_like(FieldType type) noexcept {
    switch (type) {
        case FieldType::date:
        case FieldType::partial_date:
        case FieldType::timestamp:
        case FieldType::integer:
        case FieldType::decimal:
        case FieldType::boolean:
            return false;
        default:
            return true;
    }
}

/// One row of a person's names, identifiers, addresses, contacts or relationships. Texts are ids of the store's
/// pool (0 = ""); codes are the pool ids of the canonical code; dates are empty when unknown.
struct NameRow {
    PersonRow person;
    std::uint32_t type, given, middle, family;
    std::optional<Date> from, to;
};
struct IdentifierRow {
    PersonRow person;
    std::uint32_t type, value, status, issuer;
    std::optional<Date> from, to;
};
struct AddressRow {
    PersonRow person;
    std::uint32_t type, house_number, street, locality, town, postcode, uprn, text;
    bool restricted;
    std::optional<Date> from, to;
};
struct ContactRow {
    PersonRow person;
    std::uint32_t type, value;
    bool restricted;
};
struct RelationshipRow {
    PersonRow person, related;  ///< both in the same system
    std::uint32_t type;
    bool multiple_birth;
};
/// A record that stands on one side of a seal.
struct DomainRow {
    PersonRow person;
    std::uint32_t domain, kind, side;
};
/// A restriction: scope is the pool id of "record", "address" or "field".
struct RestrictionRow {
    PersonRow person;
    std::uint32_t scope, field, reason;
};

/// Holds the days between which a person was born, both included, as days since 2000-01-01.
struct BirthRange {
    std::int32_t first = 0, last = 0;
};

/// Says how the values of an extra column are to be compared.
enum class ExtraKind : std::uint8_t { exact, text, date, number };
/// Holds a column that a file of people has and the person record does not. A cell is the pool id of the value as text
/// (a date as yyyy-mm-dd, a number in decimal notation); 0 = none.
struct ExtraColumn {
    std::string name;
    ExtraKind kind = ExtraKind::exact;
    std::vector<std::uint32_t> cells;  // by row; may end before the last row
};

/// Holds every source person of a run, columnar: what normalisation fills and linking reads.
///
/// One 4-byte cell a field and person (a pool id, a packed date, minutes, or why it is missing), about 150 to 200
/// bytes a person in all; a field that no person has takes nothing, and one that few have is kept as a list of those
/// who have it (without why the others lack it). Filled by one thread with add(); seal() resolves references between
/// people and sorts the side tables; afterwards it is immutable and any number of threads may read.
class PersonStore {
  public:
    PersonStore();

    /// Registers a system and returns its id; call in job order. @param service_area bit of ServiceArea.
    SystemId add_system(std::string_view name, std::uint8_t service_area);

    /// Takes one canonical row of the people pass (person, person_name, person_identifier, person_address,
    /// person_contact, relationship, restriction, identity_domain_member, unaccompanied_asylum). Side rows may come
    /// before their person. A spell of unaccompanied_asylum makes its person unaccompanied where the person's row does
    /// not say. Returns false when nothing was taken: a row of another entity, or a second person of one key (the first
    /// stays). An integer beyond +-2e9 is held as Missing::invalid: no field of a person needs more.
    bool add(SystemId system, const CanonicalRow& row);

    /// Fetches what add() will look up of a row that is a few rows ahead: large pools are not in the cache.
    void prefetch(const CanonicalRow& row) const noexcept;

    /// Adds a column beside the person record's fields and returns its index.
    std::size_t add_extra_column(std::string_view name, ExtraKind kind);
    /// Sets one cell of an extra column; "" is none.
    void set_extra(std::size_t column, PersonRow row, std::string_view value);
    std::span<const ExtraColumn> extra_columns() const noexcept { return extra_columns_; }
    /// Pool id of an extra column's value; 0 when there is none.
    std::uint32_t extra(std::size_t column, PersonRow row) const noexcept {
        const auto& cells = extra_columns_[column].cells;
        return row.value < cells.size() ? cells[row.value] : 0;
    }

    /// Resolves keys to rows and sorts the side tables by person. Side rows of unknown persons are dropped here:
    /// the caller has quarantined them by has_person().
    void seal();

    std::size_t size() const noexcept { return systems_.size(); }
    std::size_t systems() const noexcept { return system_names_.size(); }
    std::string_view system_name(SystemId id) const noexcept { return system_names_[id.value]; }
    std::uint8_t system_area(SystemId id) const noexcept { return system_areas_[id.value]; }
    std::optional<SystemId> find_system(std::string_view name) const noexcept;

    bool has_person(SystemId system, std::string_view key) const noexcept { return find(system, key).has_value(); }
    std::optional<PersonRow> find(SystemId system, std::string_view key) const noexcept;

    SystemId system(PersonRow row) const noexcept { return systems_[row.value]; }
    std::string_view key(PersonRow row) const noexcept { return pool_.view(keys_[row.value]); }
    /// Pool id of the key.
    std::uint32_t key_id(PersonRow row) const noexcept { return keys_[row.value]; }

    Missing missing(PersonRow row, PersonField field) const noexcept;
    /// Text-like and code fields; "" when missing.
    std::string_view text(PersonRow row, PersonField field) const noexcept;
    /// Pool id of a text-like field; 0 when missing.
    std::uint32_t text_id(PersonRow row, PersonField field) const noexcept;
    std::optional<Date> date(PersonRow row, PersonField field) const noexcept;
    std::optional<std::int64_t> integer(PersonRow row, PersonField field) const noexcept;  ///< integer, boolean
    std::optional<Timestamp> timestamp(PersonRow row, PersonField field) const noexcept;   ///< to the minute
    /// Days between which the person was born, where the record gives such a range, be it beside a date or instead.
    std::optional<BirthRange> birth_range(PersonRow row) const noexcept;
    /// The raw cell: equal cells of one field are equal values. For term counts.
    std::uint32_t cell(PersonRow row, PersonField field) const noexcept {
        if (is_rare(field)) return rare_cell(row, field);
        const std::vector<std::uint32_t>& cells = cells_[static_cast<std::size_t>(field)];
        return row.value < cells.size() ? cells[row.value] : kAbsentCell;
    }

    std::span<const NameRow> names(PersonRow row) const noexcept;
    std::span<const IdentifierRow> identifiers(PersonRow row) const noexcept;
    std::span<const AddressRow> addresses(PersonRow row) const noexcept;
    std::span<const ContactRow> contacts(PersonRow row) const noexcept;
    std::span<const RelationshipRow> relationships(PersonRow row) const noexcept;
    std::span<const RestrictionRow> restrictions(PersonRow row) const noexcept;
    std::span<const DomainRow> domains() const noexcept { return domains_; }

    const StringPool& pool() const noexcept { return pool_; }
    std::uint64_t bytes() const noexcept;

  private:
    // A cell at or above this holds why the value is missing; pool ids and packed values stay below.
    static constexpr std::uint32_t kMissingCell = StringPool::kMaxTexts;
    static constexpr std::uint32_t kAbsentCell = kMissingCell + static_cast<std::uint32_t>(Missing::absent);

    static constexpr bool is_rare(PersonField field) noexcept {
        return field == PersonField::birth_date_earliest || field == PersonField::birth_date_latest ||
               field == PersonField::marked_duplicate;
    }
    struct RareCell {
        PersonRow row;
        PersonField field;
        std::uint32_t cell;
    };
    std::uint32_t rare_cell(PersonRow row, PersonField field) const noexcept;

    /// Names a person before its row is known: the system's index in the high half, the key's pool id in the low.
    using PersonReference = std::uint64_t;

    template <typename Row>
    struct SideTable {
        std::vector<Row> rows;                 // sorted by person after seal()
        std::vector<std::uint32_t> starts;     // size() + 1 offsets
        std::vector<PersonReference> pending;  // whom each row speaks of, until seal()
    };
    struct PendingDomain {
        std::uint32_t system_name, key;
    };

    /// Remembers where each field of one entity stands in its descriptor; -1 where the schema lacks it.
    struct EntityShape {
        const EntityDescriptor* entity = nullptr;
        std::vector<int> fields;
    };

    PersonReference reference(SystemId system, std::string_view key);
    std::optional<PersonRow> find(PersonReference reference) const noexcept;
    void grow_index();
    const EntityShape& shape_of(const EntityDescriptor& entity, std::span<const std::string_view> names);
    bool add_person(SystemId system, const CanonicalRow& row);
    template <typename Row>
    void seal_table(SideTable<Row>& table);
    void seal_unaccompanied();
    template <typename Row>
    std::span<const Row> rows_of(const SideTable<Row>& table, PersonRow row) const noexcept;

    StringPool pool_;
    std::vector<std::string> system_names_;
    std::vector<std::uint8_t> system_areas_;
    std::vector<SystemId> systems_;
    std::vector<std::uint32_t> keys_;
    std::vector<std::uint32_t> index_;  // (system, key) -> row + 1, open addressing
    // A column starts with its field's first value and may end before the last row: beyond it, all are absent.
    std::array<std::vector<std::uint32_t>, kPersonFields> cells_;
    std::vector<RareCell> rare_cells_;  // by row
    SideTable<NameRow> names_;
    SideTable<IdentifierRow> identifiers_;
    SideTable<AddressRow> addresses_;
    SideTable<ContactRow> contacts_;
    SideTable<RelationshipRow> relationships_;
    std::vector<PersonReference> related_pending_;
    SideTable<RestrictionRow> restrictions_;
    std::vector<DomainRow> domains_;
    std::vector<PendingDomain> domains_pending_;
    std::vector<PersonReference> unaccompanied_pending_;
    std::vector<EntityShape> shapes_;
    std::vector<ExtraColumn> extra_columns_;
    bool sealed_ = false;
};

}  // namespace caseweave
