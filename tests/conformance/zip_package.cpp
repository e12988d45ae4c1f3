#include "conformance/zip_package.hpp"

#include <minizip/unzip.h>
#include <minizip/zip.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "support/temporary_folder.hpp"

namespace caseweave::conformance {

ZipParts unpack(const std::string& package) {
    const testing::TemporaryFolder folder;  // minizip reads files
    unzFile zip = unzOpen64(folder.write("package.zip", package).c_str());
    if (zip == nullptr) throw std::runtime_error("test data that is no workbook");
    ZipParts parts;
    for (int more = unzGoToFirstFile(zip); more == UNZ_OK; more = unzGoToNextFile(zip)) {
        std::array<char, 512> name{};
        unz_file_info64 info{};
        unzGetCurrentFileInfo64(zip, &info, name.data(), name.size(), nullptr, 0, nullptr, 0);
        std::string bytes(info.uncompressed_size, '\0');
        unzOpenCurrentFile(zip);
        const int got = bytes.empty() ? 0 : unzReadCurrentFile(zip, bytes.data(), static_cast<unsigned>(bytes.size()));
        unzCloseCurrentFile(zip);
        if (got != static_cast<int>(bytes.size())) throw std::runtime_error("a workbook that cannot be unpacked");
        parts.emplace_back(name.data(), std::move(bytes));
    }
    unzClose(zip);
    return parts;
}

std::string pack(const ZipParts& parts) {
    const testing::TemporaryFolder folder;
    const std::filesystem::path file = folder.path() / "package.zip";
    zipFile zip = zipOpen64(file.c_str(), APPEND_STATUS_CREATE);
    if (zip == nullptr) throw std::runtime_error("cannot write " + file.string());
    for (const auto& [name, bytes] : parts) {
        const zip_fileinfo info{};
        const bool written = zipOpenNewFileInZip64(zip, name.c_str(), &info, nullptr, 0, nullptr, 0, nullptr,
                                                   Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0) == ZIP_OK &&
                             zipWriteInFileInZip(zip, bytes.data(), static_cast<unsigned>(bytes.size())) == ZIP_OK &&
                             zipCloseFileInZip(zip) == ZIP_OK;
        if (!written) throw std::runtime_error("cannot pack " + name);
    }
    zipClose(zip, nullptr);
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string& part_named(ZipParts& parts, const std::string& name) {
    const auto found = std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return part.first == name; });
    if (found == parts.end()) throw std::runtime_error("a workbook without " + name);
    return found->second;
}

}  // namespace caseweave::conformance
