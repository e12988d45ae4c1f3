#pragma once

#include <atomic>
#include <chrono>
#include <stop_token>
#include <thread>

namespace caseweave {

/// Turns SIGINT and SIGTERM into a flag; a second signal ends the process at once. Call once, from main.
void watch_for_shutdown();

/// Tells whether the operator asked to stop. Stages ask between batches, finish what is open and return.
bool shutdown_requested() noexcept;

/// The flag itself, for waits that look at it now and then.
const std::atomic<bool>& shutdown_flag() noexcept;

/// How often a wait should look whether the operator asked to stop.
inline constexpr std::chrono::milliseconds kShutdownSlice{100};

/// Waits; throws Error(interrupted) when the operator asks to stop meanwhile.
void wait_or_stop(std::chrono::milliseconds duration);

/// Throws Error(interrupted) when the operator asked to stop.
void throw_if_shutdown_requested();

/// Throws Error(interrupted) for work that leaves nothing behind when it is stopped.
[[noreturn]] void throw_stopped();

/// Hands the operator's wish to stop on to work that heeds a stop token, within a twentieth of a second.
class StopOnShutdown {
  public:
    StopOnShutdown();
    std::stop_token token() const noexcept { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::jthread watcher_;
};

}  // namespace caseweave
