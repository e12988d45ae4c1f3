#include "core/allocator.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <atomic>
#include <new>

namespace caseweave {

namespace {

/// Room for the exceptions of every thread and for what their handlers write; never touched, so it takes no memory.
constexpr std::size_t kReservedBytes = 16UL * 1024 * 1024;
std::atomic<void*> reserved{nullptr};

[[noreturn]] void fail_with_what_was_reserved() {
    if (void* const mapped = reserved.exchange(nullptr)) ::munmap(mapped, kReservedBytes);
    throw std::bad_alloc();
}

}  // namespace

void keep_freed_memory() noexcept {
    // Above every block of a batch (RecordBatch::kBytes and its rows), below what a person store takes in one piece.
    constexpr int kMappedBytes = 16 * 1024 * 1024;
    // Free memory a heap may hold: a few batches in flight, well inside the 150 MB a run may take beside its people.
    constexpr int kKeptBytes = 32 * 1024 * 1024;
    ::mallopt(M_MMAP_THRESHOLD, kMappedBytes);
    ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

void reserve_memory_to_fail_with() noexcept {
    void* const mapped = ::mmap(nullptr, kReservedBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return;
    reserved = mapped;
    std::set_new_handler(fail_with_what_was_reserved);
}

}  // namespace caseweave
