#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

/// Tells whether a file's name is one of a glob, whatever its letter case: a delivery's names are typed by people, and
/// systems that do not tell cases apart hand them on.
bool is_delivered_as(const std::string& glob, const std::string& name);

/// Finds the resource that a file of another name was probably meant to be: a slip or two ("episode.csv"), another
/// number or date ("header 2024.csv"), an abbreviation ("PrevPerm.csv").
/// A name that says more than the resource's ("header_errors.csv") is a file about it, and not meant.
/// @return the nearest, the first of those that are equally near; "" where none is near.
std::string probably_meant(std::string_view name, const std::vector<std::string>& resources);

}  // namespace caseweave
