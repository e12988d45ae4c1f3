#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "ledger/balance.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Gives every source key that a table of the target has of an entity, each once. @param table quoted, with its schema.
void for_each_source_key(TargetConnection& reader, const std::string& table, const SourceEntity& entity,
                         const std::function<void(std::string_view)>& take);

/// Remembers what the target holds of one source entity: for every source key a hash of all that became of the row.
/// 16 bytes a key and a bit.
///
/// Keys are 64-bit hashes, contents too: a changed row is taken for an unchanged one with odds of 2^-64, a new key for
/// a known one with odds below 1 in 10^5 at ten million keys (its content then differs, and the row is written).
class StoredContent {
  public:
    enum class Answer : std::uint8_t {
        fresh,    ///< the target has nothing under this key
        same,     ///< what it has is this
        changed,  ///< it has something else
    };

    /// Adds one row of the target to what became of a source key. @param table names the row's table.
    void add(std::string_view source_key, std::string_view table, Digest128 digest);

    /// Compares the content of a source key, the sum of content_of() over its rows, and marks the key as seen.
    Answer compare(std::string_view source_key, std::uint64_t content);

    /// Tells whether the target has the key and no source row was compared with it.
    bool is_unseen(std::string_view source_key) const;

    std::size_t keys() const noexcept { return keys_; }
    std::size_t unseen() const noexcept { return keys_ - seen_keys_; }

    /// Gives what one row adds to the content of its source key; the order of rows does not matter.
    static std::uint64_t content_of(std::string_view table, Digest128 digest) noexcept;

  private:
    struct Slot {
        std::uint64_t key = 0;  // 0 = free; a key of 0 is stored as 1
        std::uint64_t content = 0;
    };
    std::size_t place_of(std::uint64_t key) const noexcept;
    void grow();

    std::vector<Slot> slots_;
    std::vector<bool> seen_;  // by slot
    std::size_t keys_ = 0;
    std::size_t seen_keys_ = 0;
};

}  // namespace caseweave
