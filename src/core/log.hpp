#pragma once

#include <fmt/core.h>

#include <string>
#include <string_view>

namespace caseweave::log {

/// Says where lines go (standard error) and whether they are plain or JSON. Call once, from main.
void set_up(bool verbose);

/// Writes one line. FieldView and SourceRef have no formatter: values and keys cannot reach a log.
void write_info(std::string_view message);
void write_warning(std::string_view message);
void write_error(std::string_view message);
void write_debug(std::string_view message);

template <typename... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
    write_info(fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
    write_warning(fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
    write_error(fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
    write_debug(fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace caseweave::log
