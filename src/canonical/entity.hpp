#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

/// Types of canonical fields. They decide how a source text is normalised and how the target stores it.
enum class FieldType : std::uint8_t {
    text,          ///< free text, kept as it is but for surrounding blanks -> text
    name,          ///< personal name: blanks and control characters mended, case kept -> text
    code,          ///< a code of `code_list` -> text
    date,          ///< day precision -> date
    partial_date,  ///< date with precision and estimation -> date + `<name>_precision` text
    timestamp,     ///< local wall clock -> timestamp
    integer,       ///< -> bigint
    decimal,       ///< two decimals -> numeric(19,2)
    boolean,       ///< -> boolean
    identifier,    ///< checked as the row's `id_type` field says (NHS number, UPN, ULN, ...) -> text
    uprn,          ///< up to 12 digits -> text
    postcode,      ///< "PO19 1RQ" form -> text
    phone,         ///< digits with leading + or 0 -> text
    email,         ///< lower-cased domain -> text
    key,           ///< a source's own key, as text, bytes untouched -> text
    person_ref,    ///< key of another person in the same source -> `<name>` text (source key) + `<name>_id` bigint
};

/// Says how carefully a field's values are handled.
enum class Sensitivity : std::uint8_t { ordinary, personal, special };

/// Says where to find or reach a person a field's value tells: what a restriction of addresses, telephone numbers or
/// e-mail addresses hides.
enum class Discloses : std::uint8_t { nothing, address, phone, email };

/// Describes one canonical field, from schemas/canonical/<entity>.toml.
struct FieldDescriptor {
    std::string name;
    FieldType type = FieldType::text;
    std::string code_list;  ///< for FieldType::code
    Sensitivity sensitivity = Sensitivity::personal;
    Discloses discloses = Discloses::nothing;
    std::string description;
    std::string ssd;  ///< "ssd_table.column", or ""
    std::string dfe;  ///< statutory item number or name, or ""
};

/// Tells whether a field marks its row as one that must not be disclosed: a boolean `restricted` or `*_restricted`.
bool marks_restriction(const FieldDescriptor& field) noexcept;
/// Tells whether a field names a place that another row can name too: a postcode, a UPRN, what a place is called or
/// registered as, a source's own key of it. A distance discloses an address, and names none.
bool names_place(const FieldDescriptor& field) noexcept;

/// Says when an entity's rows flow.
enum class Pass : std::uint8_t { people, cases };
/// Says whom a row speaks of, and so which id column its table has.
enum class Subject : std::uint8_t {
    child,   ///< column child_id (also an unborn child)
    adult,   ///< column person_id
    person,  ///< column person_id; either
    none,    ///< workers, teams, providers: no person
};

// The enumerators as schemas/canonical writes them, in their order.
inline constexpr std::array<std::string_view, 16> kFieldTypeNames = {
    "text",    "name",       "code", "date",     "partial_date", "timestamp", "integer", "decimal",
    "boolean", "identifier", "uprn", "postcode", "phone",        "email",     "key",     "person_ref"};
inline constexpr std::array<std::string_view, 3> kSensitivityNames = {"ordinary", "personal", "special"};
inline constexpr std::array<std::string_view, 4> kDisclosesNames = {"nothing", "address", "phone", "email"};
inline constexpr std::array<std::string_view, 2> kPassNames = {"people", "cases"};
inline constexpr std::array<std::string_view, 4> kSubjectNames = {"child", "adult", "person", "none"};

std::string_view to_string(FieldType type) noexcept;
std::string_view to_string(Sensitivity sensitivity) noexcept;
std::string_view to_string(Pass pass) noexcept;
std::string_view to_string(Subject subject) noexcept;

/// Service areas apart from one another; bits of the target's `area` column.
enum class ServiceArea : std::uint8_t { social_care = 1, education = 2, youth_justice = 4 };
std::string_view to_string(ServiceArea area) noexcept;

/// Describes one canonical entity: a table of the target. Immutable once loaded.
struct EntityDescriptor {
    std::string name;    ///< what connectors write after `to =`
    std::string table;   ///< table name, usually `name`
    std::string schema;  ///< "integrated" or "sealed" or "lineage"
    std::string description;
    Pass pass = Pass::cases;
    Subject subject = Subject::child;
    std::string version;
    std::vector<FieldDescriptor> fields;

    /// Index of a field, or -1.
    int find(std::string_view field) const noexcept;
};

/// Tells whether an entity's rows are places that their source can mark as restricted: of no person, with such a mark.
bool describes_places(const EntityDescriptor& entity) noexcept;
/// Tells whether the address that a row discloses is closed apart from the row (column `address_access`): in case
/// entities that name a place. That a child is placed is for everyone who works for the child; where, need not be.
bool closes_address_apart(const EntityDescriptor& entity) noexcept;

}  // namespace caseweave
