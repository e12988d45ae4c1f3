#pragma once

#include <string>
#include <string_view>

namespace caseweave {

/// Writes the name of an entity, a field or a system as people write it: "birth date", "EHC plan", "SEND".
std::string name_in_words(std::string_view name);

}  // namespace caseweave
