#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace caseweave {

/// Shows what a run is doing: one line rewritten on a terminal with count and rate, plain lines otherwise; where the
/// log is JSON, a line of it at the end of each stage.
///
/// add() may be called from any thread; stages begin and end on the main thread.
class Progress {
  public:
    /// @param quiet no output at all (tests).
    explicit Progress(bool quiet);

    /// Starts a stage ("people: extract"); ends the one before it.
    void begin(std::string_view stage);
    /// Counts rows of the stage; prints at most twice a second.
    void add(std::uint64_t rows);
    /// Says how many of how many rows are done: with these the time that remains can be told. 0 for an unknown total.
    void reach(std::uint64_t rows, std::uint64_t total);
    /// Ends the stage with its count, time and rate. @return seconds the stage took.
    double end();

  private:
    void print_when_due();
    void print(bool final);

    bool quiet_;
    bool terminal_;
    bool open_ = false;
    std::string stage_;
    std::atomic<std::uint64_t> rows_{0};
    std::atomic<std::uint64_t> total_{0};
    std::atomic<std::int64_t> next_print_ms_{0};
    std::chrono::steady_clock::time_point started_;
};

}  // namespace caseweave
