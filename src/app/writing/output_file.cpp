#include "app/writing/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/error.hpp"

namespace caseweave {

namespace {
/// Bytes gathered before a write: a system call a row would take longer than the rows.
constexpr std::size_t kBufferBytes = 256 * 1024;
}  // namespace

OutputFile::OutputFile(const std::filesystem::path& file, std::span<const std::filesystem::path> inputs,
                       Readers readers)
    : path_(file) {
    if (path_ == "-") {
        descriptor_ = STDOUT_FILENO;
        return;
    }
    std::error_code ignored;
    for (const std::filesystem::path& input : inputs) {
        if (std::filesystem::equivalent(path_, input, ignored))
            throw Error(ErrorKind::usage,
                        fmt::format("{} is an input: name another file for the output", path_.string()));
    }
    if (std::filesystem::is_symlink(path_, ignored)) path_ = std::filesystem::weakly_canonical(path_, ignored);
    const auto status = std::filesystem::status(path_, ignored);
    if (std::filesystem::is_directory(status))
        throw Error(ErrorKind::usage, fmt::format("cannot write {}: it is a folder", path_.string()));
    const bool in_place = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
    if (!in_place) temporary_ = path_.string() + ".part";
    const std::filesystem::path& opened = in_place ? path_ : temporary_;
    descriptor_ = ::open(opened.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor_ >= 0) {
        // Whatever the umask of a service says.
        if (!in_place && readers == Readers::everyone) ::fchmod(descriptor_, 0644);
        return;
    }
    const std::string reason = std::strerror(errno);
    temporary_.clear();
    throw Error(ErrorKind::usage, fmt::format("cannot write {}: {}", path_.string(), reason));
}

OutputFile::~OutputFile() {
    if (descriptor_ >= 0 && descriptor_ != STDOUT_FILENO) ::close(descriptor_);
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::fail() const {
    throw Error(ErrorKind::target, fmt::format("cannot write {}: {}", path_.string(), std::strerror(errno)));
}

void OutputFile::write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kBufferBytes) flush();
}

void OutputFile::flush() {
    for (std::string_view rest = buffer_; !rest.empty();) {
        const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail();
        rest.remove_prefix(static_cast<std::size_t>(written));
    }
    buffer_.clear();
}

void OutputFile::finish() {
    flush();
    if (temporary_.empty()) return;
    const int descriptor = descriptor_;
    descriptor_ = -1;
    if (::fsync(descriptor) != 0) {
        const int reason = errno;
        ::close(descriptor);
        errno = reason;
        fail();
    }
    if (::close(descriptor) != 0 || ::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
    temporary_.clear();
}

CsvWriter& CsvWriter::field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") != std::string_view::npos) return quoted_field(text);
    if (!first_) row_ += ',';
    first_ = false;
    row_ += text;
    return *this;
}

CsvWriter& CsvWriter::quoted_field(std::string_view text) {
    if (!first_) row_ += ',';
    first_ = false;
    row_ += '"';
    for (const char c : text) {
        if (c == '"') row_ += '"';
        row_ += c;
    }
    row_ += '"';
    return *this;
}

void CsvWriter::end_row() {
    row_ += '\n';
    file_->write(row_);
    row_.clear();
    first_ = true;
}

}  // namespace caseweave
