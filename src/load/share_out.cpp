#include "load/share_out.hpp"

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace caseweave {

void share_out(std::span<TargetConnection* const> connections, std::size_t count,
               const std::function<void(TargetConnection& connection, std::size_t number)>& work) {
    std::atomic<std::size_t> next{0};
    std::mutex failure_mutex;
    std::exception_ptr failure;
    const auto take_turns = [&](TargetConnection& connection) {
        try {
            for (std::size_t number = next++; number < count; number = next++) work(connection, number);
        } catch (...) {  // thread entry: rethrown below
            next = count;
            const std::lock_guard lock(failure_mutex);
            if (!failure) failure = std::current_exception();
        }
    };
    std::vector<std::jthread> threads;
    for (TargetConnection* const connection : connections.subspan(1))
        threads.emplace_back([&take_turns, connection] { take_turns(*connection); });
    take_turns(*connections.front());
    threads.clear();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace caseweave
