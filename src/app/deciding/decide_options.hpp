#pragma once

#include <string>
#include <vector>

#include "app/job/job_options.hpp"

namespace caseweave {

/// Options of the commands that change whose a record is.
struct DecideOptions : CommonOptions {
    std::vector<std::string> words;  ///< as typed: pair and verdict, decision, or person
    std::vector<std::string> keep;   ///< of unmerge: the records that stay
    std::string role = "data_quality";
    std::string reviewer, reason;
    bool apply = false;
    unsigned threads = 0;  ///< 0: as many as the machine has
};

}  // namespace caseweave
