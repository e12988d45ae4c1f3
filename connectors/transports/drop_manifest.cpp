#include "connectors/transports/drop_manifest.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

#include "core/error.hpp"
#include "core/shutdown.hpp"

namespace caseweave {

namespace {

/// A manifest lists files, not rows: one of this size would list a hundred thousand.
constexpr std::size_t kMaxManifestBytes = 8 * 1024 * 1024;

class ManifestReader {
  public:
    explicit ManifestReader(std::string name) : name_(std::move(name)) {}

    ManifestEntry read_line(std::string_view line, std::size_t number) {
        line_ = number;
        std::array<std::string_view, 4> fields;
        for (std::size_t i = 0; i < fields.size(); ++i) {
            const std::size_t comma = i + 1 < fields.size() ? line.find(',') : line.size();
            if (comma == std::string_view::npos) fail("has fewer than four fields");
            fields[i] = line.substr(0, comma);
            line.remove_prefix(std::min(line.size(), comma + 1));
        }
        if (fields[3].find(',') != std::string_view::npos) fail("has more than four fields");
        ManifestEntry entry;
        entry.file = fields[0];
        const bool plain =
            !entry.file.empty() && entry.file.find('/') == std::string::npos && entry.file != "." && entry.file != "..";
        if (!plain) fail("names a file outside the drop folder");
        entry.bytes = number_of(fields[1]);
        if (!fields[2].empty()) entry.rows = number_of(fields[2]);
        entry.sha256 = fields[3];
        std::transform(entry.sha256.begin(), entry.sha256.end(), entry.sha256.begin(),
                       [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
        const bool digest =
            entry.sha256.size() == 64 && entry.sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!digest) fail("has no SHA-256 of 64 hexadecimal digits");
        return entry;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error(ErrorKind::integrity,
                    name_ + " line " + std::to_string(line_) + " " + what + "; have the manifest sent again");
    }

  private:
    std::uint64_t number_of(std::string_view text) const {
        std::uint64_t number = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || stop != text.data() + text.size())
            fail("holds something else where a number belongs");
        return number;
    }
    std::string name_;
    std::size_t line_ = 1;
};

}  // namespace

std::vector<ManifestEntry> read_manifest(ByteStream& manifest) {
    std::string text;
    std::array<char, 16 * 1024> buffer{};
    for (std::size_t got = manifest.read(buffer); got > 0; got = manifest.read(buffer)) {
        text.append(buffer.data(), got);
        if (text.size() > kMaxManifestBytes)
            throw Error(ErrorKind::integrity, manifest.name() + " is too large for a manifest");
    }
    std::string_view rest = text;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    ManifestReader reader(manifest.name());
    std::vector<ManifestEntry> entries;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t line_end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, line_end);
        rest.remove_prefix(std::min(rest.size(), line_end + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (number == 1) {
            if (line != "file,bytes,rows,sha256") reader.fail("is not file,bytes,rows,sha256");
            continue;
        }
        if (line.empty()) continue;
        ManifestEntry entry = reader.read_line(line, number);
        const bool twice =
            std::any_of(entries.begin(), entries.end(), [&](const ManifestEntry& e) { return e.file == entry.file; });
        if (twice) reader.fail("names a file a second time");
        entries.push_back(std::move(entry));
    }
    if (text.empty()) reader.fail("is missing: the manifest is empty");
    return entries;
}

std::string sha256_hex(ByteStream& stream) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr);
    std::vector<char> buffer(256 * 1024);
    for (std::size_t got = stream.read(buffer); got > 0; got = stream.read(buffer)) {
        throw_if_shutdown_requested();
        EVP_DigestUpdate(context.get(), buffer.data(), got);
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), digest.data(), &size);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text.push_back(kDigits[digest[i] >> 4U]);
        text.push_back(kDigits[digest[i] & 15U]);
    }
    return text;
}

}  // namespace caseweave
