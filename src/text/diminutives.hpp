#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Families of forenames: diminutives and spelling variants that one child is known by (Catherine, Katherine, Kate;
/// Mohammed, Muhammad). The table is this project's own; see diminutives_table.hpp. Names are given folded (fold.hpp),
/// one word at a time; a name in any other form is simply not found.
namespace caseweave::text {

/// Names a family. Numbers follow the table's order and may change with it: never store one.
enum class NameFamilyId : std::uint16_t { kNone = 0 };

/// Finds the families `folded` belongs to, in the table's order; empty when the table does not know it.
/// "alex" is in two, Alexander's and Alexandra's. The span lives as long as the program. O(log n).
[[nodiscard]] std::span<const NameFamilyId> name_families(std::string_view folded);

/// Finds the first family of `folded`, or NameFamilyId::kNone. Two names with one id are variants, but
/// variants may have two ids (alexandra and alex): to compare use same_name_family, this is for blocking.
[[nodiscard]] NameFamilyId name_family_id(std::string_view folded);

/// Tells whether `a` and `b` are equal, or variants in some shared family. Not transitive: alexander and alexandra
/// are each variants of alex and not of each other. Two empty names are not variants.
[[nodiscard]] bool same_name_family(std::string_view a, std::string_view b);

/// Counts the families in the table.
[[nodiscard]] std::size_t name_family_count();

}  // namespace caseweave::text
