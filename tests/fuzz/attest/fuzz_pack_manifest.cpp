// Input: a manifest in any bytes. It is read or refused by an Error; what is read names files of the folder only, and
// says the same when it is written and read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "attest/pack_manifest.hpp"
#include "core/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace caseweave;
    try {
        const PackManifest manifest = read_manifest({reinterpret_cast<const char*>(data), size});
        for (const PackFile& file : manifest.files) {
            if (!is_pack_file_name(file.name) || file.name.find('/') != file.name.npos) std::abort();
        }
        const std::string written = write_manifest(manifest);
        if (written.size() <= kLargestManifest && read_manifest(written) != manifest) std::abort();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::integrity || *error.what() == '\0') std::abort();
    }
    return 0;
}
