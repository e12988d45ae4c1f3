#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace caseweave::log {

/// Says how a line is written: for people, or as a JSON object with time (UTC), level, run_id and message.
enum class LineFormat { text, json };

/// Says from which level lines go to standard error, and how they are written. Call once, from main.
void set_up(bool verbose, LineFormat format = LineFormat::text);

/// Tells how lines are written.
LineFormat format() noexcept;

/// Names the run that lines speak of from now on; in JSON, lines before it have a run_id of null.
void set_run(std::int64_t run_id) noexcept;

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
