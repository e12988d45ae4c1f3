#pragma once

#include <string_view>
#include <vector>

#include "canonical/schema.hpp"

namespace caseweave {

/// Stands as source_system of the rows consolidation makes itself, and so of their digests.
inline constexpr std::string_view kGoldenSystem = "caseweave";
/// Stands as their source_entity.
inline constexpr std::string_view kGoldenEntity = "consolidation";

/// Lists every row table of the target: those of the canonical schema and the three that consolidation fills.
///
/// The golden tables are described like any entity, so that DDL, COPY, digest and read-back are the same code:
/// - `golden_person` -> integrated.person, one row a person: every field of the person record with its chosen value,
/// then
///   nhs_number, upn, uln (chosen identifiers), records and systems (how many source records and systems it has).
///   source_key is the person id in decimal.
/// - `child` -> integrated.child, one row a child: kind ("child" or "unborn"), records, systems; area and access are
/// those
///   of all its records together. source_key is the child id in decimal.
/// - `person_value` -> integrated.person_value, where each value came from: field, value (as text), origin_system,
/// origin_key,
///   chosen, agrees (the same value, whatever its case and diacritics), rule (what chose it), recorded (when the origin
///   last changed). Dissenting values have chosen = false. source_key is "<person id> U+001F <field> U+001F
///   <origin_system> U+001F <origin_key>".
/// Immutable; pointers into it live as long as it does. The canonical schema must outlive it.
class TargetSchema {
  public:
    /// @throws Error(usage) when a field has the name of a column that every table has.
    explicit TargetSchema(const CanonicalSchema& canonical);
    TargetSchema(const TargetSchema&) = delete;
    TargetSchema& operator=(const TargetSchema&) = delete;

    /// All of them: canonical ones in name order, then the golden ones.
    const std::vector<const EntityDescriptor*>& entities() const noexcept { return entities_; }
    const EntityDescriptor* find(std::string_view entity) const noexcept;

    const EntityDescriptor& golden_person() const noexcept { return golden_person_; }
    const EntityDescriptor& child() const noexcept { return child_; }
    const EntityDescriptor& person_value() const noexcept { return person_value_; }

  private:
    EntityDescriptor golden_person_;
    EntityDescriptor child_;
    EntityDescriptor person_value_;
    std::vector<const EntityDescriptor*> entities_;
};

}  // namespace caseweave
