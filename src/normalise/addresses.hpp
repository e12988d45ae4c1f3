#pragma once

#include <string>
#include <string_view>

namespace caseweave {

/// Holds the house of an address apart from its street; both view the text they were cut from.
struct HouseAndStreet {
    std::string_view house;  ///< flat and number ("Flat 2, 14", "2"), "" where the text does not begin with one
    std::string_view street;
};

/// Cuts the house off a street that begins with it: "Flat 2, 14 High St", "2, High St", "14a High St".
///
/// A house is a flat ("flat", "apartment", "apt", "unit", "room" and what it is called), a number ("14", "14a",
/// "12-14"), or a flat and a number. A name ("Rose Cottage") cannot be told from a street, "1st Avenue" is one.
HouseAndStreet split_house(std::string_view text) noexcept;

/// Writes one part of an address as people do: control characters, double blanks and punctuation at its ends gone. A
/// text without small letters, or without capital ones, is written with capital initials ("ST JOHN'S" is "St John's",
/// "14a" is "14A"); one that mixes them, or has letters beyond ASCII, keeps its own.
std::string tidy_address_part(std::string_view text);

/// The same of a street, whose last word is also written in full ("High St." is "High Street", "Mill Rd" "Mill Road").
/// "St" in front stays: it may be a saint.
std::string tidy_street(std::string_view text);

}  // namespace caseweave
