#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace caseweave {

inline constexpr std::string_view kManifestFile = "manifest.json";
inline constexpr std::string_view kSignatureFile = "manifest.sig";
inline constexpr std::string_view kPublicKeyFile = "public_key.pem";

/// Bytes and files of a manifest: a pack has about ten files. What is larger is no pack, and is not read.
inline constexpr std::size_t kLargestManifest = 256 * 1024;
inline constexpr std::size_t kMostPackFiles = 1000;

/// Names one file of a pack.
struct PackFile {
    std::string name;
    std::string sha256;  ///< 64 lower-case hexadecimal digits
    std::uint64_t bytes = 0;
    bool operator==(const PackFile&) const = default;
};

/// Says what a pack is and what is in it: manifest.json, which is signed.
struct PackManifest {
    static constexpr std::int64_t kFormat = 1;
    std::string program;     ///< version of caseweave
    std::int64_t run = 0;    ///< newest run that loaded
    std::string target;      ///< names the database
    std::string made_at;     ///< "2026-11-27 06:42 UTC"
    std::string digest_key;  ///< DigestKey::name of the key of the control totals
    std::string public_key;  ///< PEM of the signer's
    std::vector<PackFile> files;
    bool operator==(const PackManifest&) const = default;
};

/// Tells whether a pack may hold a file of this name: letters, digits, "_", "-" and ".", the first no ".", at most 100;
/// never a path, and neither the manifest nor its signature.
bool is_pack_file_name(std::string_view name) noexcept;

/// Writes the manifest as JSON; the bytes that are signed.
std::string write_manifest(const PackManifest& manifest);

/// Reads a manifest that may have been tampered with. @throws Error(integrity) that says what is wrong with it.
PackManifest read_manifest(std::string_view json);

}  // namespace caseweave
