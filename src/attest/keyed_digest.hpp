#pragma once

#include <string>
#include <string_view>

namespace caseweave {

/// Holds the secret that digests are keyed with before they leave the database. Without it nobody can try values until
/// a digest fits. Move-only in use; wiped at its end.
class DigestKey {
  public:
    /// Bytes of a key: as many as HMAC-SHA-256 makes use of.
    static constexpr std::size_t kBytes = 32;

    /// Draws a new key. @throws Error(target) when the system has no random numbers.
    static DigestKey make();
    /// Reads 64 hexadecimal digits; line ends at the end are no part of it. @param where for the message.
    /// @throws Error(usage).
    static DigestKey parse(std::string_view text, std::string_view where);

    DigestKey(const DigestKey&) = delete;
    DigestKey& operator=(const DigestKey&) = delete;
    DigestKey(DigestKey&&) noexcept = default;
    ~DigestKey();

    /// Writes it as parse() reads it, with a line end.
    std::string text() const;
    /// Gives HMAC-SHA-256 of the bytes: 64 hexadecimal digits.
    std::string digest(std::string_view bytes) const;
    /// Names the key without telling it: packs that name the same have totals that can be compared.
    std::string name() const;

  private:
    explicit DigestKey(std::string bytes) : bytes_(std::move(bytes)) {}
    std::string bytes_;
};

/// Writes bytes as lower-case hexadecimal digits.
std::string hex_digits(std::string_view bytes);

/// Gives SHA-256 of the bytes: 64 hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace caseweave
