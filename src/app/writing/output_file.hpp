#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace caseweave {

/// Writes an output file that is there whole or not at all: under a temporary name beside it, renamed by finish().
///
/// "-" is the standard output, and what is no regular file (a pipe, /dev/null) is written to as it is: neither can be
/// taken back. A link is followed.
class OutputFile {
  public:
    /// Says who may read the file: its owner alone, since most speak of people, or everyone.
    enum class Readers { owner, everyone };

    /// Opens at once, so that a folder that is missing is known before any work.
    /// @param inputs files that are read meanwhile: none of them may be the output. @throws Error(usage).
    OutputFile(const std::filesystem::path& file, std::span<const std::filesystem::path> inputs,
               Readers readers = Readers::owner);
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    /// Removes what was written, unless finish() made it the file.
    ~OutputFile();

    /// @throws Error(target) when it cannot be written.
    void write(std::string_view text);
    /// Makes the file whole under its own name. @throws Error(target).
    void finish();

    const std::filesystem::path& path() const noexcept { return path_; }

  private:
    void flush();
    [[noreturn]] void fail() const;

    std::filesystem::path path_;
    std::filesystem::path temporary_;  // empty where the file itself is written to
    int descriptor_ = -1;
    std::string buffer_;
};

/// Writes rows of CSV (RFC 4180, line feeds): quotes where a field needs them, and changes nothing else. A field that
/// begins with = + - @ stays as it is: it is somebody's id, and a program reads it.
class CsvWriter {
  public:
    explicit CsvWriter(OutputFile& file) : file_(&file) {}

    CsvWriter& field(std::string_view text);
    /// Writes a field in quotes whether it needs them or not.
    CsvWriter& quoted_field(std::string_view text);
    void end_row();

  private:
    OutputFile* file_;
    std::string row_;
    bool first_ = true;
};

}  // namespace caseweave
