#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <utility>

namespace caseweave {

/// Hands items from producers to consumers with a bound, so that a fast reader waits for a slow writer.
///
/// The end and the error travel inside: close() lets consumers drain what is buffered and then see the end;
/// fail() makes every pop rethrow. A queue whose consumer has given up (abandon()) refuses pushes.
template <typename T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    /// Waits for room. @return false when the consumer has given up: the producer should stop.
    bool push(T item) {
        std::unique_lock lock(mutex_);
        room_.wait(lock, [&] { return items_.size() < capacity_ || abandoned_; });
        if (abandoned_) return false;
        items_.push_back(std::move(item));
        ready_.notify_one();
        return true;
    }

    /// Waits for an item. @return nullopt at the end. @throws what a producer handed to fail().
    std::optional<T> pop() {
        std::unique_lock lock(mutex_);
        ready_.wait(lock, [&] { return !items_.empty() || closed_ || error_; });
        if (error_) std::rethrow_exception(error_);
        if (items_.empty()) return std::nullopt;
        T item = std::move(items_.front());
        items_.pop_front();
        room_.notify_one();
        return item;
    }

    void close() {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        ready_.notify_all();
    }

    void fail(std::exception_ptr error) {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::move(error);
        ready_.notify_all();
    }

    void abandon() {
        const std::lock_guard lock(mutex_);
        abandoned_ = true;
        items_.clear();
        room_.notify_all();
    }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable ready_;
    std::condition_variable room_;
    std::deque<T> items_;
    std::exception_ptr error_;
    bool closed_ = false;
    bool abandoned_ = false;
};

}  // namespace caseweave
