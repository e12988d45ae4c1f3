#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/arena.hpp"
#include "core/ids.hpp"

namespace caseweave {

/// Says whose records a source's person key stands for.
struct CrosswalkEntry {
    PersonId person;
    std::uint8_t area = 0;    ///< bits of ServiceArea of the person's records
    std::uint8_t access = 0;  ///< bits kAccess* that every row of this source person carries
};

/// Maps (system, source person key) to the person, in memory, for the cases pass.
///
/// Open addressing over 8-byte slots; keys are compared whole, since two keys of one hash must never share a child.
/// About 50 bytes a record besides the key. Filled by one thread; read by any number afterwards.
class Crosswalk {
  public:
    /// Makes room beforehand; optional.
    void reserve(std::size_t records);

    /// Adds a record, or replaces what the key stood for.
    void insert(SystemId system, std::string_view key, CrosswalkEntry entry);

    /// Finds the person of a key; nullptr when no person record has it. The pointer is good until the next insert.
    const CrosswalkEntry* find(SystemId system, std::string_view key) const noexcept;

    std::size_t size() const noexcept { return records_.size(); }
    std::size_t bytes() const noexcept;

  private:
    struct Record {
        const char* key = nullptr;
        std::uint32_t key_bytes = 0;
        SystemId system;
        CrosswalkEntry entry;
        std::string_view view() const noexcept { return {key, key_bytes}; }
    };
    struct Slot {
        std::uint32_t tag = 0;     // upper half of the hash
        std::uint32_t record = 0;  // index + 1; 0 = free
    };
    static std::uint64_t hash(SystemId system, std::string_view key) noexcept;
    std::size_t locate(std::uint64_t hash, SystemId system, std::string_view key) const noexcept;
    void rehash(std::size_t slots);

    Arena keys_;
    std::vector<Record> records_;
    std::vector<Slot> slots_;  // a power of two, at most half full
};

}  // namespace caseweave
