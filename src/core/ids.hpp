#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace caseweave {

/// Wraps an integer so that ids of different kinds cannot be mixed up.
template <typename Tag, typename Int>
struct StrongId {
    using value_type = Int;
    Int value{};
    constexpr auto operator<=>(const StrongId&) const noexcept = default;
};

using SystemId = StrongId<struct SystemTag, std::uint16_t>;      ///< order of the system in the job
using PersonRow = StrongId<struct PersonRowTag, std::uint32_t>;  ///< row of the PersonStore, 0-based
/// Identifies one person (child, unborn or adult) in the target; stable across runs, never reused, from 1.
using PersonId = StrongId<struct PersonIdTag, std::int64_t>;
using RunId = StrongId<struct RunTag, std::int64_t>;

}  // namespace caseweave

template <typename Tag, typename Int>
struct std::hash<caseweave::StrongId<Tag, Int>> {
    std::size_t operator()(caseweave::StrongId<Tag, Int> id) const noexcept { return std::hash<Int>{}(id.value); }
};
