#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace simulate {

/// Gives the SHA-256 of bytes as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// Collects the files of a drop and writes manifest.csv (`file,bytes,rows,sha256`).
class Manifest {
  public:
    explicit Manifest(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Writes a file of the drop and notes it. @param rows as the format counts them; none where it has no count.
    void add(const std::string& name, std::string_view bytes, std::optional<std::uint64_t> rows);
    /// Notes a file that is already there.
    void note(const std::string& name, std::optional<std::uint64_t> rows);
    void write() const;

  private:
    std::filesystem::path folder_;
    std::string lines_ = "file,bytes,rows,sha256\n";
};

}  // namespace simulate
