#include "attest/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "core/error.hpp"

namespace caseweave {

namespace {

struct Descriptor {
    int number;
    ~Descriptor() {
        if (number >= 0) ::close(number);
    }
};

}  // namespace

std::string read_private_file(const std::filesystem::path& file, std::string_view what, std::size_t most) {
    const auto refuse = [&](const std::string& why) -> void {
        throw Error(ErrorKind::usage, fmt::format("cannot use {} {}: {}", what, file.string(), why));
    };
    // Not waiting: a pipe in its place must not hold the program.
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat about {};
    if (in.number < 0 || ::fstat(in.number, &about) != 0) refuse(std::strerror(errno));
    if (!S_ISREG(about.st_mode)) refuse("it is not a file");
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        refuse(
            fmt::format("others than its owner can use it; chmod 600 {}, and make a new one if it may have been read",
                        file.string()));
    if (static_cast<std::size_t>(about.st_size) > most) refuse("it is too large to be one");
    std::string content(most + 1, '\0');
    std::size_t filled = 0;
    while (filled < content.size()) {
        const ssize_t bytes = ::read(in.number, content.data() + filled, content.size() - filled);
        if (bytes < 0) refuse(std::strerror(errno));
        if (bytes == 0) break;
        filled += static_cast<std::size_t>(bytes);
    }
    if (filled > most) refuse("it is too large to be one");
    content.resize(filled);
    return content;
}

bool make_private_file(const std::filesystem::path& file, std::string_view content) {
    struct stat about {};
    if (::lstat(file.c_str(), &about) == 0) return false;
    std::string part = file.string() + ".XXXXXX";
    const Descriptor out{::mkostemp(part.data(), O_CLOEXEC)};  // mode 0600
    bool written = out.number >= 0;
    for (std::size_t at = 0; written && at < content.size();) {
        const ssize_t bytes = ::write(out.number, content.data() + at, content.size() - at);
        written = bytes > 0;
        if (written) at += static_cast<std::size_t>(bytes);
    }
    // Not by rename: it would write over a file that has come there meanwhile.
    const bool made = written && ::fsync(out.number) == 0 && ::link(part.c_str(), file.c_str()) == 0;
    const int reason = errno;
    if (out.number >= 0) ::unlink(part.c_str());
    if (made) {
        // The name, too, is there after a power cut.
        const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
        const Descriptor name{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        if (name.number >= 0) ::fsync(name.number);
        return true;
    }
    if (written && reason == EEXIST) return false;
    throw Error(ErrorKind::usage, fmt::format("cannot write {}: {}", file.string(), std::strerror(reason)));
}

}  // namespace caseweave
