#pragma once

#include <chrono>
#include <functional>

namespace caseweave {

/// Makes a call that may block for long, and returns when it has ended or `patience` is over: what is left of it goes
/// on in a thread of its own, so that it must own all that it uses. Where no thread is to be had, nothing is called.
void call_for_at_most(std::chrono::milliseconds patience, std::function<void()> call) noexcept;

}  // namespace caseweave
