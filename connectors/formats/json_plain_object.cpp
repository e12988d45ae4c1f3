#include "connectors/formats/json_plain_object.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "connectors/formats/json_grammar.hpp"
#include "core/ascii.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

constexpr bool ends_string(char c) noexcept {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
}

/// Finds the first byte that ends a string or its plainness; `end` when there is none before it. JsonPlainObject's
/// padding follows `end`.
const char* find_string_end(const char* at, const char* end, bool& has_high_bytes) noexcept {
#if defined(__SSE2__)
    constexpr std::ptrdiff_t kBlockBytes = 16;
    const __m128i last_control = _mm_set1_epi8(0x1F);
    for (; at < end; at += kBlockBytes) {
        __m128i block;
        std::memcpy(&block, at, sizeof block);
        const __m128i hit = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'))),
            _mm_cmpeq_epi8(_mm_min_epu8(block, last_control), block));
        const auto hits = static_cast<unsigned>(_mm_movemask_epi8(hit));
        const auto high = static_cast<unsigned>(_mm_movemask_epi8(block));
        if (hits == 0) {
            has_high_bytes = has_high_bytes || high != 0;
            continue;
        }
        const int before = std::countr_zero(hits);
        has_high_bytes = has_high_bytes || (high & ((1U << before) - 1U)) != 0;
        return std::min(at + before, end);
    }
    return end;
#else
    for (; at < end && !ends_string(*at); ++at)
        has_high_bytes = has_high_bytes || static_cast<unsigned char>(*at) >= 0x80;
    return at;
#endif
}

void skip_spaces(const char*& at, const char* end) noexcept {
    while (at < end && *at == ' ') ++at;
}

}  // namespace

JsonPlainObject::JsonPlainObject(const JsonNode& record) {
    for (const JsonNode& node : record.members) {
        if (node.columns.empty() || !node.members.empty() ||
            std::any_of(node.name.begin(), node.name.end(), ends_string))
            continue;
        Member& member = members_.emplace_back();
        member.node = &node;
        member.start = '"' + node.name + "\":";
        std::array<char, 16> bytes{}, mask{};
        for (std::size_t i = 0; i < std::min(bytes.size(), member.start.size()); ++i) {
            bytes[i] = member.start[i];
            mask[i] = '\xFF';
        }
        std::memcpy(member.words.data(), bytes.data(), bytes.size());
        std::memcpy(member.masks.data(), mask.data(), mask.size());
    }
    values_.resize(members_.size());
}

JsonPlainObject::Member* JsonPlainObject::take_name(const char*& at, const char* end) noexcept {
    std::array<std::uint64_t, 2> words;
    std::memcpy(words.data(), at, sizeof words);
    const auto left = static_cast<std::size_t>(end - at);
    // Exporters write members in one order: the next one is the likely one.
    for (std::size_t tried = 0; tried < members_.size(); ++tried, ++next_member_) {
        if (next_member_ >= members_.size()) next_member_ = 0;
        Member& member = members_[next_member_];
        const bool differs =
            (((words[0] ^ member.words[0]) & member.masks[0]) | ((words[1] ^ member.words[1]) & member.masks[1])) != 0;
        if (differs || member.start.size() > left) continue;
        if (member.start.size() > sizeof words && std::memcmp(at, member.start.data(), member.start.size()) != 0)
            continue;
        ++next_member_;
        at += member.start.size();
        return &member;
    }
    return nullptr;
}

bool JsonPlainObject::take_value(const char*& at, const char* end, Value& value) noexcept {
    if (at == end) return false;
    if (*at == '"') {
        const char* const begin = ++at;
        at = find_string_end(begin, end, has_high_bytes_);
        if (at == end || *at != '"') return false;
        value.missing = Missing::no;
        value.text = {begin, static_cast<std::size_t>(at - begin)};
        ++at;
        return true;
    }
    const char* const begin = at;
    while (at < end && *at != ',' && *at != '}' && *at != ' ') ++at;
    const std::string_view token(begin, static_cast<std::size_t>(at - begin));
    const bool is_null = token == "null";
    value.missing = is_null ? Missing::null : Missing::no;
    value.text = is_null ? std::string_view() : token;
    return is_null || token == "true" || token == "false" || is_json_number(token);
}

bool JsonPlainObject::read(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    count_ = 0;
    next_member_ = 0;
    has_high_bytes_ = false;
    ++object_;
    if (at == end || *at != '{') return false;
    do {
        ++at;
        skip_spaces(at, end);
        Member* const member = take_name(at, end);
        if (member == nullptr || std::exchange(member->read_in, object_) == object_) return false;
        skip_spaces(at, end);
        Value& value = values_[count_++];
        value.node = member->node;
        if (!take_value(at, end, value)) return false;
        skip_spaces(at, end);
    } while (at < end && *at == ',');
    if (at == end || *at != '}') return false;
    if (!std::all_of(at + 1, end, ascii::is_blank)) return false;
    return !has_high_bytes_ || text::is_valid_utf8(text);
}

}  // namespace caseweave
