#include "core/allocator.hpp"

#include <malloc.h>

namespace caseweave {

void keep_freed_memory() noexcept {
    // Above every block of a batch (RecordBatch::kBytes and its rows), below what a person store takes in one piece.
    constexpr int kMappedBytes = 16 * 1024 * 1024;
    // Free memory a heap may hold: a few batches in flight, well inside the 150 MB a run may take beside its people.
    constexpr int kKeptBytes = 32 * 1024 * 1024;
    ::mallopt(M_MMAP_THRESHOLD, kMappedBytes);
    ::mallopt(M_TRIM_THRESHOLD, kKeptBytes);
}

}  // namespace caseweave
