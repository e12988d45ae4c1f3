#include "core/allocator.hpp"

#include <malloc.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <new>

#include "core/error.hpp"

namespace caseweave {

namespace {

/// Room for the exceptions of every thread and for what their handlers write; never touched, so it takes no memory.
constexpr std::size_t kReservedBytes = 16UL * 1024 * 1024;
std::atomic<void*> reserved{nullptr};
std::atomic<bool> ran_out{false};
std::terminate_handler terminate_for_another_reason = nullptr;

[[noreturn]] void fail_with_what_was_reserved() {
    ran_out = true;
    if (void* const mapped = reserved.exchange(nullptr)) ::munmap(mapped, kReservedBytes);
    throw std::bad_alloc();
}

bool address_space_is_limited() noexcept {
    rlimit limit{};
    return ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

/// Says the sentence and ends the process; takes no memory.
[[noreturn]] void end_at_once() noexcept {
    for (const std::string_view part : {std::string_view("caseweave: "), kMemoryHasRunOut, std::string_view("\n")})
        if (::write(STDERR_FILENO, part.data(), part.size()) < 0) break;
    ::_exit(static_cast<int>(ExitCode::failed));
}

[[noreturn]] void end_where_nothing_may_throw() {
    if (memory_has_run_out()) end_at_once();
    terminate_for_another_reason();
    std::abort();
}

struct sigaction fault_for_another_reason;

/// Libraries that do not look at what malloc gives them (unixODBC 2.3 is one) write to the null pointer.
void end_on_a_fault(int signal) {
    if (memory_has_run_out()) end_at_once();
    ::sigaction(signal, &fault_for_another_reason, nullptr);  // and the instruction faults again
}

/// Also where the main thread's stack finds no room to grow.
void watch_for_faults() noexcept {
    constexpr std::size_t kStackBytes = 64UL * 1024;
    static std::array<char, kStackBytes> bytes;
    stack_t stack{};
    stack.ss_sp = bytes.data();
    stack.ss_size = bytes.size();
    ::sigaltstack(&stack, nullptr);
    struct sigaction action {};
    action.sa_handler = end_on_a_fault;
    action.sa_flags = SA_ONSTACK;
    ::sigaction(SIGSEGV, &action, &fault_for_another_reason);
}

}  // namespace

void keep_freed_memory() noexcept {
    // Above every block of a batch (RecordBatch::kBytes and its rows), below what a person store takes in one piece.
    constexpr int kMappedBytes = 16 * 1024 * 1024;
    // Free memory a heap may hold: a few batches in flight, well inside the 150 MB a run may take beside its people.
    constexpr int kKeptBytes = 32 * 1024 * 1024;
    ::mallopt(M_MMAP_THRESHOLD, kMappedBytes);
    ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
    // A heap of a thread's own takes 64 MB of address space at once: ten readers would find 400 MB too little.
    if (address_space_is_limited()) ::mallopt(M_ARENA_MAX, 1);
}

bool memory_has_run_out() noexcept {
    if (ran_out) return true;
    constexpr std::size_t kProbeBytes = 1UL * 1024 * 1024;
    void* const mapped = ::mmap(nullptr, kProbeBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return true;
    ::munmap(mapped, kProbeBytes);
    return false;
}

void reserve_memory_to_fail_with() noexcept {
    void* const mapped = ::mmap(nullptr, kReservedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped != MAP_FAILED) reserved = mapped;
    std::set_new_handler(fail_with_what_was_reserved);
    terminate_for_another_reason = std::set_terminate(end_where_nothing_may_throw);
    if (address_space_is_limited()) watch_for_faults();
}

}  // namespace caseweave
