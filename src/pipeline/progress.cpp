#include "pipeline/progress.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

#include "core/log.hpp"
#include "core/stopwatch.hpp"

namespace caseweave {

namespace {
/// How often a line is rewritten on a terminal; a plain log gets the ends of stages, and of a stage that takes longer
/// than two seconds a line then and each 10 s.
constexpr std::int64_t kTerminalPeriodMs = 200;
constexpr std::int64_t kPlainFirstMs = 2'000;
constexpr std::int64_t kPlainPeriodMs = 10'000;

std::string with_commas(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
    return text;
}
}  // namespace

Progress::Progress(bool quiet)
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1 && log::format() == log::LineFormat::text) {}

void Progress::begin(std::string_view stage) {
    if (open_) end();
    stage_ = stage;
    rows_ = 0;
    total_ = 0;
    started_ = SteadyClock::now();
    next_print_ms_ = terminal_ ? kTerminalPeriodMs : kPlainFirstMs;
    open_ = true;
}

void Progress::add(std::uint64_t rows) {
    rows_ += rows;
    print_when_due();
}

void Progress::reach(std::uint64_t rows, std::uint64_t total) {
    rows_ = rows;
    total_ = total;
    print_when_due();
}

void Progress::print_when_due() {
    if (quiet_) return;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - started_).count();
    std::int64_t due = next_print_ms_;
    if (elapsed < due) return;
    if (next_print_ms_.compare_exchange_strong(due, elapsed + (terminal_ ? kTerminalPeriodMs : kPlainPeriodMs)))
        print(false);
}

double Progress::end() {
    if (!open_) return 0;
    open_ = false;
    if (!quiet_) print(true);
    return seconds_since(started_);
}

void Progress::print(bool final) {
    const double seconds = seconds_since(started_);
    const std::uint64_t rows = rows_;
    if (log::format() == log::LineFormat::json) {
        if (final) log::info("{}: {} rows in {:.2f} s", stage_, rows, seconds);
        return;
    }
    std::string line = fmt::format("  {:<34} {:>12}", stage_, rows == 0 ? std::string() : with_commas(rows) + " rows");
    if (rows > 0 && seconds > 0.05)
        line += fmt::format("  {:>12}/s", with_commas(static_cast<std::uint64_t>(static_cast<double>(rows) / seconds)));
    if (!final && rows > 0 && total_ > rows) {
        const double left = seconds * static_cast<double>(total_ - rows) / static_cast<double>(rows);
        line += fmt::format("  {:5.0f} s left", left);
    }
    if (final) line += fmt::format("  {:6.2f} s", seconds);
    if (terminal_) {
        fmt::print(stderr, "\r\033[K{}{}", line, final ? "\n" : "");
    } else {
        fmt::print(stderr, "{}\n", line);
    }
    std::fflush(stderr);
}

}  // namespace caseweave
