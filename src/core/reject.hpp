#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/source_ref.hpp"

namespace caseweave {

/// Says why a whole row cannot be placed. Bad values never cost a row; see IssueRule.
enum class RejectReason : std::uint8_t {
    no_key,         ///< the natural key is missing or empty
    wrong_width,    ///< too few or too many fields, or an unbalanced quote that swallowed some
    undecodable,    ///< bytes that are not in the declared encoding, or a NUL
    malformed,      ///< the record itself cannot be read (broken JSON object, unclosed element)
    unknown_type,   ///< a record type that no entity of its connector reads
    orphan_person,  ///< the person it speaks of is not known
    orphan_parent,  ///< the case record it belongs to is not known
    key_conflict,   ///< same natural key as an earlier row, other content
    too_large,      ///< a field or record over the stated bound
    shielded,       ///< near a restricted record: for the safeguarding owner, never an ordinary list
};

/// Lists every reason.
inline constexpr std::array<RejectReason, 10> kRejectReasons = {
    RejectReason::no_key,       RejectReason::wrong_width,   RejectReason::undecodable,   RejectReason::malformed,
    RejectReason::unknown_type, RejectReason::orphan_person, RejectReason::orphan_parent, RejectReason::key_conflict,
    RejectReason::too_large,    RejectReason::shielded};

/// Names the reason as stored ("no_key", ...).
std::string_view to_string(RejectReason reason) noexcept;

/// Says what a data-quality officer should do about it, in one sentence.
std::string_view advice(RejectReason reason) noexcept;

/// Holds one row that could not be placed, with its address. Goes to lineage.quarantine whole.
struct Reject {
    RejectReason reason{};
    std::string key;       ///< natural key where it could be read, parts joined by kKeySeparator
    std::string document;  ///< file, path or "" for a query
    Position position;
    std::string field;       ///< the column that made it fail, where one did
    std::string raw;         ///< the row as it was read; personal data: never leaves the quarantine table
    std::string person_key;  ///< of the person it speaks of, where that could be read
};

}  // namespace caseweave
