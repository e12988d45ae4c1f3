#include "settings/places.hpp"

#include <cstdlib>

namespace caseweave {

std::filesystem::path home_folder() {
    if (const char* home = std::getenv("CASEWEAVE_HOME"); home != nullptr && *home != '\0') return home;
    return CASEWEAVE_HOME_FOLDER;
}

std::filesystem::path shipped_linkage_model() {
    return home_folder() / "config" / "linkage" / "default.toml";
}

}  // namespace caseweave
