#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace caseweave {

/// Says how a program ended that was given a time.
struct ProgramEnd {
    int error = 0;  ///< errno where it could not be started
    bool out_of_time = false;
    int code = -1;  ///< its exit code; -1 where a signal ended it
    bool succeeded() const noexcept { return error == 0 && !out_of_time && code == 0; }
};

/// Says where what a program writes goes.
enum class ProgramOutput { standard_error, nowhere };

/// Starts a program without a shell, in a session of its own, waits for it, and ends it and all it started when its
/// time is over. It gets `environment` and nothing else of this process's, no input and no open file.
/// @param words the first is the path of the program. @param environment NAME=value.
ProgramEnd run_timed(const std::vector<std::string>& words, const std::vector<std::string>& environment,
                     std::chrono::seconds time_limit, ProgramOutput output = ProgramOutput::standard_error);

}  // namespace caseweave
