#pragma once

#include <string>
#include <vector>

namespace caseweave {

/// Writes rows as a table whose columns are as wide as they need to be: what reads as a number (digits, commas, a
/// point, a sign) to the right, everything else to the left. Each row has as many fields as there are titles.
std::string render_table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows);

}  // namespace caseweave
