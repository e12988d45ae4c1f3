#include "core/shutdown.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <mutex>

#include "core/error.hpp"

namespace caseweave {

namespace {
std::atomic<bool> requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

extern "C" void on_signal(int number) {
    if (requested.exchange(true)) {
        std::signal(number, SIG_DFL);
        std::raise(number);
    }
}
}  // namespace

void watch_for_shutdown() {
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe or socket is an error return, not a death
}

bool shutdown_requested() noexcept {
    return requested.load(std::memory_order_relaxed);
}

const std::atomic<bool>& shutdown_flag() noexcept {
    return requested;
}

void wait_or_stop(std::chrono::milliseconds duration) {
    const auto until = std::chrono::steady_clock::now() + duration;
    for (auto now = std::chrono::steady_clock::now(); now < until; now = std::chrono::steady_clock::now()) {
        throw_if_shutdown_requested();
        std::this_thread::sleep_for(std::min<std::chrono::steady_clock::duration>(kShutdownSlice, until - now));
    }
    throw_if_shutdown_requested();
}

void throw_if_shutdown_requested() {
    if (shutdown_requested())
        throw Error(ErrorKind::interrupted, "stopped as asked; what was committed stays, run again to resume");
}

void throw_stopped() {
    throw Error(ErrorKind::interrupted, "stopped as asked; nothing was written");
}

StopOnShutdown::StopOnShutdown()
    : watcher_([source = source_](const std::stop_token& done) mutable {
          constexpr std::chrono::milliseconds kPeriod{50};
          std::mutex mutex;
          std::condition_variable_any ended;
          std::unique_lock lock(mutex);
          while (!done.stop_requested() && !shutdown_requested())
              ended.wait_for(lock, done, kPeriod, [] { return false; });
          if (shutdown_requested()) source.request_stop();
      }) {}

}  // namespace caseweave
