#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/json_plan.hpp"
#include "core/field_view.hpp"

namespace caseweave {

/// Reads objects that are written in the plainest way, as exporters of tables write nearly all of theirs, past the JSON
/// parser.
///
/// Plain is an object whose members are all declared columns that hold no object, stand there once and have a string
/// without escapes, a number, true, false or null. Between tokens there are spaces at most.
class JsonPlainObject {
  public:
    struct Value {
        const JsonNode* node = nullptr;
        Missing missing = Missing::no;
        std::string_view text;
    };
    /// Readable bytes that must follow a text.
    static constexpr std::size_t kPaddingBytes = 16;

    /// `record` must outlive it.
    explicit JsonPlainObject(const JsonNode& record);

    /// Reads the object that `text` is. @return false where it is not plain, which says nothing else of it.
    bool read(std::string_view text);
    /// The members of the object read last, in the order they stand in.
    std::span<const Value> values() const noexcept { return {values_.data(), count_}; }

  private:
    struct Member {
        const JsonNode* node;
        std::string start;                          // the name in quotes, and the colon
        std::array<std::uint64_t, 2> words, masks;  // its first sixteen bytes, and which of them are its own
        std::uint64_t read_in = 0;                  // the object it was met in last
    };
    Member* take_name(const char*& at, const char* end) noexcept;
    bool take_value(const char*& at, const char* end, Value& value) noexcept;

    std::vector<Member> members_;
    std::size_t next_member_ = 0;  // the member that is likely next
    std::uint64_t object_ = 0;
    bool has_high_bytes_ = false;
    std::vector<Value> values_;  // as many as there are members: the first count_ are the object's
    std::size_t count_ = 0;
};

}  // namespace caseweave
