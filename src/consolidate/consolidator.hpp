#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "canonical/copy_encoding.hpp"
#include "canonical/schema.hpp"
#include "core/ids.hpp"
#include "people/person_store.hpp"
#include "settings/survivorship.hpp"

namespace caseweave {

/// Holds what one source record says of one field: the chosen value, one that agrees, or a dissenting one.
struct FieldOpinion {
    PersonField field{};
    std::uint32_t cell = 0;  ///< raw cell of the PersonStore
    PersonRow record;     ///< the record that says so; for equal values of one system the origin, else the first by key
    bool chosen = false;  ///< this very opinion is the origin of the golden value
    bool agrees = false;  ///< same value as the chosen one, whatever its case and diacritics
    std::string_view
        rule;  ///< for the chosen one: the rule that decided ("only_value" when there was nothing to decide)
};

/// Holds one person's consolidated record: a value per field, where each came from, and who says otherwise.
struct GoldenRecord {
    PersonId id;
    std::uint8_t areas = 0;              ///< service areas that know the person
    std::uint8_t access = 0;             ///< bits kAccess* of the whole record: the strictest of its members
    std::vector<PersonRow> members;      ///< in store order
    std::vector<std::uint32_t> origin;   ///< per PersonField: row of the record the value comes from, or kNoOrigin
    std::vector<FieldOpinion> opinions;  ///< every value that any member gives, by field
    std::vector<PersonField> withheld;   ///< fields under a field restriction: not in the ordinary record

    static constexpr std::uint32_t kNoOrigin = 0xFFFFFFFF;
    bool has_value(PersonField field) const noexcept { return origin[static_cast<std::size_t>(field)] != kNoOrigin; }
    PersonRow origin_of(PersonField field) const noexcept { return {origin[static_cast<std::size_t>(field)]}; }
};

/// Chooses golden values by the rules of config/survivorship.toml. Immutable; any number of threads may use one.
///
/// Three rules come before those of the settings, since no setting should undo them: "known_value", where a code that
/// says something comes before a refusal and a refusal before "not known" (CodeMeaning), "not_duplicate", where what a
/// source calls a duplicate of another of its records comes after all others, and "same_range", where the last day of a
/// birth is one that a record gives with the first day chosen. What loses stays as dissent.
class Consolidator {
  public:
    /// A field name in the settings that does not exist is an Error(usage). Store and schema must outlive it.
    Consolidator(const PersonStore& store, const SurvivorshipSettings& settings, const CanonicalSchema& schema);

    /// Consolidates one cluster. Deterministic: ties end at the smallest (system, key). `members` must not be empty.
    GoldenRecord consolidate(PersonId id, std::span<const PersonRow> members) const;

  private:
    enum class Rule : std::uint8_t { trusted_system, agreement, recency, completeness, precision };
    struct FieldRules {
        std::vector<Rule> rules;
        std::vector<std::uint16_t> trust;  ///< per system: rank, 0 is most trusted
    };

    class SpellingGroups;
    std::int64_t meaning(PersonField field, PersonRow row) const;
    bool is_duplicate(PersonRow row) const;
    void choose(PersonField field, std::span<const PersonRow> members, GoldenRecord& golden) const;
    std::int64_t score(Rule rule, const FieldRules& rules, PersonField field, PersonRow row,
                       std::span<const PersonRow> candidates, const SpellingGroups& groups) const;

    const PersonStore* store_;
    std::vector<FieldRules> rules_;            // per PersonField
    std::vector<const CodeList*> code_lists_;  // per PersonField; null where it holds no code
};

}  // namespace caseweave
