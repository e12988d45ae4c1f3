#pragma once

#include <string_view>

namespace simulate {

/// Gives the words in which the virtual school's service offers an ethnic group; "" for a code it does not offer.
std::string_view ethnicity_label(std::string_view code);

/// Gives the English name of a first language; "" for a code the service does not offer.
std::string_view language_label(std::string_view code);

}  // namespace simulate
