#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "extract/source.hpp"

namespace caseweave {

/// One line of a delivery's manifest.
struct ManifestEntry {
    std::string file;  ///< plain name inside the drop folder
    std::uint64_t bytes = 0;
    std::optional<std::uint64_t> rows;  ///< as Format::verify counts them; none = not stated
    std::string sha256;                 ///< 64 lower-case hexadecimal digits
};

/// Reads a manifest: a line of names (file,bytes,rows,sha256), then one line a file.
/// @throws Error(integrity) with line for anything else: another header, a path, a name twice, a broken number or
/// digest.
std::vector<ManifestEntry> read_manifest(ByteStream& manifest);

/// Gives the SHA-256 of what is left of a stream, in lower-case hexadecimal digits.
std::string sha256_hex(ByteStream& stream);

}  // namespace caseweave
