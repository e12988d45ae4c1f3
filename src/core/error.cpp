#include "core/error.hpp"

#include <fmt/core.h>

namespace caseweave {

std::string_view in_words(ExitCode code) noexcept {
    switch (code) {
        case ExitCode::done:
            return "done";
        case ExitCode::failed:
            return "failed";
        case ExitCode::usage:
            return "wrong usage or settings";
        case ExitCode::quarantined:
            return "done, rows in quarantine";
        case ExitCode::unbalanced:
            return "does not balance";
        case ExitCode::interrupted:
            return "interrupted, can be resumed";
        case ExitCode::try_later:
            return "try later";
    }
    return "failed";
}

ExitCode Error::exit_code() const noexcept {
    switch (kind_) {
        case ErrorKind::usage:
            return ExitCode::usage;
        case ErrorKind::unavailable:
        case ErrorKind::locked:
            return ExitCode::try_later;
        case ErrorKind::interrupted:
            return ExitCode::interrupted;
        case ErrorKind::source:
        case ErrorKind::integrity:
        case ErrorKind::lost:
        case ErrorKind::target:
        case ErrorKind::in_doubt:
            return ExitCode::failed;
    }
    return ExitCode::failed;
}

SettingsError::SettingsError(const std::string& file, unsigned line, unsigned column, const std::string& message)
    : Error(ErrorKind::usage, fmt::format("{}:{}:{}: {}", file, line, column, message)) {}

}  // namespace caseweave
