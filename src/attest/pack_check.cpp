#include "attest/pack_check.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <memory>

#include "attest/keyed_digest.hpp"
#include "attest/openssl_error.hpp"
#include "core/error.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kNotTrusted = "do not rely on the pack, and ask whoever sent it for it again";

/// Holds a file of the pack, opened without following a link.
class OpenedFile {
  public:
    OpenedFile(const std::filesystem::path& folder, std::string_view name)
        // Not waiting: a pipe in its place must not hold the program.
        : descriptor_(::open((folder / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {
        struct stat about {};
        if (descriptor_ < 0 || ::fstat(descriptor_, &about) != 0) {
            problem_ = errno == ENOENT  ? "is missing"
                       : errno == ELOOP ? "is a link, and a pack holds files only"
                                        : fmt::format("cannot be read: {}", std::strerror(errno));
        } else if (!S_ISREG(about.st_mode)) {
            problem_ = "is no file";
        } else {
            bytes_ = static_cast<std::uint64_t>(about.st_size);
        }
    }
    OpenedFile(const OpenedFile&) = delete;
    OpenedFile& operator=(const OpenedFile&) = delete;
    ~OpenedFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    /// What keeps it from being read; "" for nothing.
    const std::string& problem() const noexcept { return problem_; }
    std::uint64_t bytes() const noexcept { return bytes_; }

    /// Hands over the content, at most bytes(), piece by piece. @return bytes read; fewer where the file has shrunk.
    std::uint64_t read(const std::function<void(std::string_view)>& take) {
        std::array<char, 64 * 1024> buffer{};
        std::uint64_t done = 0;
        while (done < bytes_) {
            const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), bytes_ - done));
            const ssize_t got = ::read(descriptor_, buffer.data(), wanted);
            if (got <= 0) break;
            take({buffer.data(), static_cast<std::size_t>(got)});
            done += static_cast<std::uint64_t>(got);
        }
        return done;
    }

  private:
    int descriptor_;
    std::string problem_;
    std::uint64_t bytes_ = 0;
};

PackFile digest_opened(OpenedFile& file, const std::string& name) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    if (context == nullptr || EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) != 1)
        fail_at_openssl("digest with SHA-256");
    const std::uint64_t bytes = file.read([&](std::string_view piece) {
        if (EVP_DigestUpdate(context.get(), piece.data(), piece.size()) != 1) fail_at_openssl("digest with SHA-256");
    });
    std::string digest(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size) != 1)
        fail_at_openssl("digest with SHA-256");
    digest.resize(size);
    return {name, hex_digits(digest), bytes};
}

/// Reads manifest or signature whole. @throws Error(integrity).
std::string read_small(const std::filesystem::path& folder, std::string_view name, std::uint64_t most) {
    OpenedFile file(folder, name);
    if (!file.problem().empty())
        throw Error(ErrorKind::integrity,
                    fmt::format("{} of {} {}: {}", name, folder.string(), file.problem(), kNotTrusted));
    if (file.bytes() > most)
        throw Error(ErrorKind::integrity, fmt::format("{} of {} has {} bytes, more than any pack's: {}", name,
                                                      folder.string(), file.bytes(), kNotTrusted));
    std::string content;
    file.read([&](std::string_view piece) { content += piece; });
    return content;
}

/// Writes a file's name as the folder has it so that a terminal shows it and does not obey it.
void check_file(const std::filesystem::path& folder, const PackFile& listed, std::vector<std::string>& problems) {
    OpenedFile file(folder, listed.name);
    if (!file.problem().empty()) {
        problems.push_back(fmt::format("{} {}", listed.name, file.problem()));
    } else if (file.bytes() != listed.bytes) {
        problems.push_back(
            fmt::format("{} has {} bytes, and had {} when it was signed", listed.name, file.bytes(), listed.bytes));
    } else if (digest_opened(file, listed.name) != listed) {
        problems.push_back(fmt::format("{} is not the file that was signed: its SHA-256 differs", listed.name));
    }
}

void find_extra_files(const std::filesystem::path& folder, const PackManifest& manifest,
                      std::vector<std::string>& problems) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name == kManifestFile || name == kSignatureFile) continue;
        if (std::ranges::find(manifest.files, name, &PackFile::name) == manifest.files.end())
            problems.push_back(fmt::format("{} is not of the pack: the manifest does not list it", printable(name)));
    }
}

PublicKey key_of(const PackManifest& manifest) {
    try {
        return PublicKey::parse(manifest.public_key, kManifestFile);
    } catch (const Error& error) {
        throw Error(ErrorKind::integrity, fmt::format("{}: {}", error.what(), kNotTrusted));
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f)
            shown += fmt::format("\\x{:02X}", byte);
        else
            shown += c;
    }
    return shown;
}

PackFile digest_pack_file(const std::filesystem::path& folder, const std::string& name) {
    OpenedFile file(folder, name);
    if (!file.problem().empty()) throw Error(ErrorKind::target, fmt::format("{} {}", name, file.problem()));
    return digest_opened(file, name);
}

PackCheck check_pack(const std::filesystem::path& folder, const std::optional<PublicKey>& signer) {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error))
        throw Error(ErrorKind::usage, fmt::format("{} is no folder: name the folder of a pack, where {} is",
                                                  folder.string(), kManifestFile));
    const std::string bytes = read_small(folder, kManifestFile, kLargestManifest);
    const std::string signature = read_small(folder, kSignatureFile, PublicKey::kSignatureBytes);
    PackCheck check;
    check.manifest = read_manifest(bytes);
    const PublicKey own = key_of(check.manifest);
    const PublicKey& key = signer ? *signer : own;
    check.fingerprint = key.fingerprint();
    if (!key.verify(bytes, signature)) {
        const bool of_another = signer && own.verify(bytes, signature);
        throw Error(ErrorKind::integrity,
                    of_another ? fmt::format("the pack is not signed by the key given (SHA-256 {}) but by another "
                                             "(SHA-256 {}): ask the signer which key is theirs, by another way than "
                                             "the pack came",
                                             check.fingerprint, own.fingerprint())
                               : fmt::format("{} does not fit {}: the manifest or its signature was changed; {}",
                                             kSignatureFile, kManifestFile, kNotTrusted));
    }
    for (const PackFile& file : check.manifest.files) check_file(folder, file, check.problems);
    const auto listed = std::ranges::find(check.manifest.files, kPublicKeyFile, &PackFile::name);
    if (listed->sha256 != sha256_hex(check.manifest.public_key))
        check.problems.push_back(fmt::format("{} is not the key that {} names", kPublicKeyFile, kManifestFile));
    find_extra_files(folder, check.manifest, check.problems);
    return check;
}

}  // namespace caseweave
