#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace caseweave::testing {

/// Owns a folder of its own below /tmp (short enough for socket paths) and removes it with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = "/tmp/caseweave-test-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
        path_ = pattern;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    const std::filesystem::path& path() const noexcept { return path_; }
    /// Writes a file of the folder and returns its path.
    std::filesystem::path write(const std::string& name, std::string_view text) const {
        std::ofstream file(path_ / name, std::ios::binary);
        file.write(text.data(), static_cast<std::streamsize>(text.size()));
        if (!file) throw std::runtime_error("cannot write " + name);
        return path_ / name;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace caseweave::testing
