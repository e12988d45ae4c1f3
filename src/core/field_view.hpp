#pragma once

#include <cstdint>
#include <string_view>

namespace caseweave {

/// Says why a value is missing; kept with the row in the target.
enum class Missing : std::uint8_t {
    no = 0,        ///< the value is there
    absent = 1,    ///< the source has no such column or element for this row
    null = 2,      ///< the source says NULL
    empty = 3,     ///< the source says "" or only blanks
    withheld = 4,  ///< the source has it and does not give it
    invalid = 5,   ///< a value was given and set aside; lineage.field_issue holds it
};

/// Names the reason as the target stores it ("absent", "null", ...); "" for Missing::no.
constexpr std::string_view to_string(Missing reason) noexcept {
    constexpr std::string_view kNames[] = {"", "absent", "null", "empty", "withheld", "invalid"};
    return kNames[static_cast<std::size_t>(reason)];
}

/// Views one source value, or says why there is none. 16 bytes, non-owning.
///
/// Valid as long as the arena or buffer it was made from. It has no stream operator and no formatter on
/// purpose: a child's data cannot be printed or logged by accident.
class FieldView {
  public:
    constexpr FieldView() noexcept = default;  // absent
    constexpr explicit FieldView(std::string_view text) noexcept
        : data_(text.data()), size_(static_cast<std::uint32_t>(text.size())), missing_(word(Missing::no)) {}
    constexpr explicit FieldView(Missing reason) noexcept : missing_(word(reason)) {}

    constexpr bool has_value() const noexcept { return missing() == Missing::no; }
    constexpr Missing missing() const noexcept { return static_cast<Missing>(missing_); }
    /// The bytes as the source gave them (UTF-8 after decoding); empty when missing.
    constexpr std::string_view text() const noexcept { return {data_, size_}; }

  private:
    static constexpr std::uint32_t word(Missing reason) noexcept { return static_cast<std::uint32_t>(reason); }

    const char* data_ = nullptr;
    std::uint32_t size_ = 0;
    // As wide as it takes to leave no byte over: a view that ends in padding is copied in two parts that overlap, and
    // each waits for the other's bytes.
    std::uint32_t missing_ = word(Missing::absent);
};
static_assert(sizeof(FieldView) == 16);

}  // namespace caseweave
