#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace caseweave {

/// Runs work(state, index) for every index below `count`, spread over `threads` threads (the caller's is one);
/// make_state() is called once a thread. Which thread takes which index is open: results belong in a slot per index.
/// Stops handing out indices once `stop` is asked for. The first exception of any thread is thrown again here.
template <typename MakeState, typename Work>
void for_each_index(std::size_t count, unsigned threads, const std::stop_token& stop, MakeState&& make_state,
                    Work&& work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex failure_guard;
    const auto run = [&] {
        try {
            auto state = make_state();
            for (std::size_t i = next++; i < count && !stop.stop_requested(); i = next++) work(state, i);
        } catch (...) {  // thread entry: rethrown below
            const std::scoped_lock lock(failure_guard);
            if (!failure) failure = std::current_exception();
            next = count;
        }
    };
    {
        std::vector<std::jthread> workers;
        for (unsigned i = 1; i < threads && i < count; ++i) workers.emplace_back(run);
        run();
    }
    if (failure) std::rethrow_exception(failure);
}

}  // namespace caseweave
