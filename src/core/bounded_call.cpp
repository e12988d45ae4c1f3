#include "core/bounded_call.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

namespace caseweave {

namespace {

/// Outlives whoever waits for it.
struct Ending {
    std::mutex mutex;
    std::condition_variable came;
    bool is_there = false;
};

}  // namespace

void call_for_at_most(std::chrono::milliseconds patience, std::function<void()> call) noexcept {
    try {
        const auto ending = std::make_shared<Ending>();
        std::thread([ending, call = std::move(call)] {
            call();
            const std::lock_guard lock(ending->mutex);
            ending->is_there = true;
            ending->came.notify_one();
        }).detach();
        std::unique_lock lock(ending->mutex);
        ending->came.wait_for(lock, patience, [&] { return ending->is_there; });
    } catch (const std::system_error&) {
    } catch (const std::bad_alloc&) {
    }
}

}  // namespace caseweave
