#pragma once

#include <string_view>

namespace caseweave {

/// Holds the parts of a name that a source keeps in one column; each a view into the text, "" where there is none.
struct FullName {
    std::string_view given;
    std::string_view middle;  ///< further forenames, with what stands between them
    std::string_view family;
};

/// Splits a full name.
///
/// "Family, Given Middle" by its comma; else "Given Middle Family", where the family name begins at its particle ("van
/// der Berg", "de la Cruz", "O' Brien", "al Masri") and is the last word where it has none. A title in front and a
/// suffix behind (Mr, Dr, Jr) belong to neither. A single word is a forename: that is what a nickname is.
/// Letters keep their case; words are separated by ASCII blanks.
FullName split_full_name(std::string_view text) noexcept;

}  // namespace caseweave
