#include "pipeline/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace caseweave {
namespace {

using namespace std::chrono_literals;

// Long enough for a thread that is not blocked to be done, also under sanitizers on a busy machine; short for a test.
constexpr auto kSettle = 50ms;
// A test that waits this long has hung.
constexpr auto kHung = 30s;

template <typename T>
bool is_waiting(std::future<T>& future) {
    return future.wait_for(kSettle) == std::future_status::timeout;
}

TEST(BoundedQueue, KeepsTheOrder) {
    BoundedQueue<int> queue(3);
    auto producer = std::async(std::launch::async, [&] {
        for (int i = 0; i < 10'000; ++i) queue.push(i);
        queue.close();
    });
    int expected = 0;
    while (const auto item = queue.pop()) ASSERT_EQ(*item, expected++);
    EXPECT_EQ(expected, 10'000);
    producer.get();
}

TEST(BoundedQueue, AFastProducerWaitsForASlowConsumer) {
    BoundedQueue<int> queue(2);
    std::atomic<int> pushed{0};
    auto producer = std::async(std::launch::async, [&] {
        for (int i = 0; i < 5; ++i) {
            queue.push(i);
            ++pushed;
        }
    });
    EXPECT_TRUE(is_waiting(producer));
    EXPECT_EQ(pushed, 2) << "no more than the bound";
    EXPECT_EQ(queue.pop(), 0);
    EXPECT_TRUE(is_waiting(producer));
    EXPECT_EQ(pushed, 3);
    for (int i = 1; i < 5; ++i) EXPECT_EQ(queue.pop(), i);
    producer.get();
}

TEST(BoundedQueue, CloseLetsTheConsumerDrainAndThenSeeTheEnd) {
    BoundedQueue<int> queue(10);
    queue.push(1);
    queue.push(2);
    queue.close();
    EXPECT_EQ(queue.pop(), 1);
    EXPECT_EQ(queue.pop(), 2);
    EXPECT_EQ(queue.pop(), std::nullopt);
    EXPECT_EQ(queue.pop(), std::nullopt) << "the end stays the end";
}

TEST(BoundedQueue, CloseWakesEveryWaitingConsumer) {
    BoundedQueue<int> queue(1);
    std::vector<std::future<std::optional<int>>> consumers;
    for (int i = 0; i < 4; ++i) consumers.push_back(std::async(std::launch::async, [&] { return queue.pop(); }));
    EXPECT_TRUE(is_waiting(consumers.front()));
    queue.close();
    for (auto& consumer : consumers) {
        ASSERT_EQ(consumer.wait_for(kHung), std::future_status::ready);
        EXPECT_EQ(consumer.get(), std::nullopt);
    }
}

TEST(BoundedQueue, FailRethrowsAtEveryPop) {
    BoundedQueue<int> queue(10);
    queue.push(1);
    queue.fail(std::make_exception_ptr(std::runtime_error("the source went away")));
    queue.fail(std::make_exception_ptr(std::runtime_error("a later one")));
    for (int i = 0; i < 2; ++i) {
        try {
            queue.pop();
            FAIL() << "no error";
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "the source went away") << "the first error is the cause";
        }
    }
}

TEST(BoundedQueue, FailWakesAWaitingConsumer) {
    BoundedQueue<int> queue(1);
    auto consumer = std::async(std::launch::async, [&] { return queue.pop(); });
    EXPECT_TRUE(is_waiting(consumer));
    queue.fail(std::make_exception_ptr(std::runtime_error("gone")));
    ASSERT_EQ(consumer.wait_for(kHung), std::future_status::ready);
    EXPECT_THROW(consumer.get(), std::runtime_error);
}

TEST(BoundedQueue, AbandonUnblocksTheProducerAndRefusesMore) {
    BoundedQueue<std::shared_ptr<int>> queue(1);
    const auto held = std::make_shared<int>(1);
    EXPECT_TRUE(queue.push(held));
    auto producer = std::async(std::launch::async, [&] { return queue.push(held); });
    EXPECT_TRUE(is_waiting(producer));
    queue.abandon();
    ASSERT_EQ(producer.wait_for(kHung), std::future_status::ready);
    EXPECT_FALSE(producer.get()) << "the producer is told to stop";
    EXPECT_FALSE(queue.push(held));
    EXPECT_EQ(held.use_count(), 1) << "what was buffered is freed, not kept";
}

TEST(BoundedQueue, EveryItemArrivesOnceBetweenManyThreads) {
    constexpr int kProducers = 4;
    constexpr int kConsumers = 3;
    constexpr int kItems = 5'000;
    BoundedQueue<int> queue(8);
    std::vector<std::thread> producers;
    std::atomic<int> running{kProducers};
    for (int p = 0; p < kProducers; ++p) {
        producers.emplace_back([&, p] {
            for (int i = 0; i < kItems; ++i) queue.push(p * kItems + i);
            if (--running == 0) queue.close();
        });
    }
    std::vector<std::future<std::vector<int>>> consumers;
    for (int c = 0; c < kConsumers; ++c) {
        consumers.push_back(std::async(std::launch::async, [&] {
            std::vector<int> taken;
            while (const auto item = queue.pop()) taken.push_back(*item);
            return taken;
        }));
    }
    std::vector<int> all;
    for (auto& consumer : consumers) {
        const std::vector<int> taken = consumer.get();
        // What one producer pushed first, no consumer sees after what it pushed later.
        std::vector<int> last(kProducers, -1);
        for (const int item : taken) {
            ASSERT_GT(item, last[static_cast<std::size_t>(item / kItems)]);
            last[static_cast<std::size_t>(item / kItems)] = item;
        }
        all.insert(all.end(), taken.begin(), taken.end());
    }
    for (std::thread& producer : producers) producer.join();
    std::sort(all.begin(), all.end());
    std::vector<int> expected(static_cast<std::size_t>(kProducers * kItems));
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(all, expected);
}

TEST(BoundedQueue, CarriesThingsThatOnlyMove) {
    BoundedQueue<std::unique_ptr<std::string>> queue(2);
    queue.push(std::make_unique<std::string>("batch"));
    const auto item = queue.pop();
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(**item, "batch");
}

}  // namespace
}  // namespace caseweave
