#include "app/reading/stored_content.hpp"

#include <utility>

#include "canonical/row_digest.hpp"
#include "reconcile/content_proof.hpp"

namespace caseweave {

namespace {

constexpr std::size_t kFirstSlots = 1024;

std::uint64_t key_of(std::string_view source_key) noexcept {
    const std::uint64_t key = hash64(source_key);
    return key == 0 ? 1 : key;
}

}  // namespace

void for_each_source_key(TargetConnection& reader, const std::string& table, const SourceEntity& entity,
                         const std::function<void(std::string_view)>& take) {
    RowDigestReader rows([&](const DigestedRowView& row) { take(row.source_key); });
    reader.copy_out("COPY (SELECT DISTINCT source_system, source_entity, source_key, 0::smallint FROM " + table +
                        " WHERE " + is_of({entity.system, entity.entity, {}}) + ") TO STDOUT (FORMAT binary)",
                    [&](std::string_view bytes) { rows.feed(bytes); });
}

std::uint64_t StoredContent::content_of(std::string_view table, Digest128 digest) noexcept {
    // The table counts: a row that moves to another table is another row. Multiplied, so that sums do not cancel out.
    return (digest.low ^ hash64(table)) * 0x9E3779B97F4A7C15ULL + digest.high;
}

std::size_t StoredContent::place_of(std::uint64_t key) const noexcept {
    std::size_t at = key & (slots_.size() - 1);
    while (slots_[at].key != 0 && slots_[at].key != key) at = (at + 1) & (slots_.size() - 1);
    return at;
}

void StoredContent::grow() {
    const std::size_t slots = slots_.empty() ? kFirstSlots : slots_.size() * 2;
    const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(slots));
    const std::vector<bool> seen = std::exchange(seen_, std::vector<bool>(slots));
    for (std::size_t i = 0; i < old.size(); ++i) {
        if (old[i].key == 0) continue;
        const std::size_t at = place_of(old[i].key);
        slots_[at] = old[i];
        seen_[at] = seen[i];
    }
}

void StoredContent::add(std::string_view source_key, std::string_view table, Digest128 digest) {
    if (keys_ * 4 >= slots_.size() * 3) grow();
    const std::uint64_t key = key_of(source_key);
    Slot& slot = slots_[place_of(key)];
    if (slot.key == 0) {
        slot.key = key;
        ++keys_;
    }
    slot.content += content_of(table, digest);
}

StoredContent::Answer StoredContent::compare(std::string_view source_key, std::uint64_t content) {
    if (slots_.empty()) return Answer::fresh;
    const std::size_t at = place_of(key_of(source_key));
    if (slots_[at].key == 0) return Answer::fresh;
    if (!seen_[at]) ++seen_keys_;
    seen_[at] = true;
    return slots_[at].content == content ? Answer::same : Answer::changed;
}

bool StoredContent::is_unseen(std::string_view source_key) const {
    if (slots_.empty()) return false;
    const std::size_t at = place_of(key_of(source_key));
    return slots_[at].key != 0 && !seen_[at];
}

}  // namespace caseweave
