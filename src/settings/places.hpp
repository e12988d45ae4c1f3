#pragma once

#include <filesystem>

namespace caseweave {

/// Says where the program's own files stand: connectors/, schemas/, config/.
///
/// The folder it was built from, or CASEWEAVE_HOME where that is set.
std::filesystem::path home_folder();

/// Names the linkage model that is used where none is asked for.
std::filesystem::path shipped_linkage_model();

}  // namespace caseweave
