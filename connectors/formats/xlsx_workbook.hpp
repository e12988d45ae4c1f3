#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

/// Bounds what a workbook may unpack to.
struct XlsxBounds {
    std::size_t max_unpacked_bytes = 512 * 1024 * 1024;
    std::size_t max_ratio = 200;
};

/// Reads the parts of a zip package in pieces. One part at a time, one thread at a time.
class ZipPackage {
  public:
    /// @throws Error(integrity) when the file is no zip package. `name` stands for it in errors.
    ZipPackage(const std::string& path, std::string name, const XlsxBounds& bounds);
    ~ZipPackage();

    /// Opens a part. @return false when there is none of that name.
    bool open(const std::string& part);
    /// Reads the next bytes of the part; 0 is its end, and its checksum is then right.
    /// @throws Error(integrity) when it is damaged, encrypted or over a bound.
    std::size_t read(std::span<char> buffer);
    const std::string& name() const noexcept { return name_; }

  private:
    struct Handle;
    std::unique_ptr<Handle> handle_;
    std::string name_, part_;
    XlsxBounds bounds_;
    std::uint64_t packed_bytes_ = 0, unpacked_bytes_ = 0;
};

/// Holds what the sheets of a workbook share.
struct XlsxWorkbook {
    struct Sheet {
        std::string name, part;
    };
    std::vector<Sheet> sheets;
    std::vector<bool> style_is_date;  ///< per cell style
    bool dates_from_1904 = false;

    /// Text of a shared string; false when there is none at `index`.
    bool shared_string(std::size_t index, std::string_view& text) const noexcept;
    std::string shared_bytes;
    std::vector<std::size_t> shared_ends;

    /// Reads the package's workbook, relationship, style and shared-string parts. @throws Error(integrity).
    static XlsxWorkbook read(ZipPackage& package);
};

/// Tells whether a number format shows a date or time: letters of dates outside quotes, brackets and escapes.
bool is_date_format(std::string_view code) noexcept;

/// Writes a serial day number as ISO text: "2026-03-31", with " 09:30:00" where it has a time, "09:30:00" below one
/// day. Returns "" for what is no date.
std::string serial_to_iso(double serial, bool from_1904);

}  // namespace caseweave
