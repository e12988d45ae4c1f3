#include "canonical/canonical_batch.hpp"

#include <cstdint>
#include <new>

namespace caseweave {

Value* CanonicalBatch::allocate_values(std::size_t count) {
    char* bytes = arena.allocate(count * sizeof(Value) + alignof(Value));
    const auto address = reinterpret_cast<std::uintptr_t>(bytes);
    char* aligned = bytes + (alignof(Value) - address % alignof(Value)) % alignof(Value);
    auto* values = reinterpret_cast<Value*>(aligned);
    for (std::size_t i = 0; i < count; ++i) new (values + i) Value();
    return values;
}

}  // namespace caseweave
