#include "settings/places.hpp"

#include <cstdlib>

namespace caseweave {

std::filesystem::path home_folder() {
    if (const char* home = std::getenv("CASEWEAVE_HOME"); home != nullptr && *home != '\0') return home;
    return CASEWEAVE_HOME_FOLDER;
}

}  // namespace caseweave
