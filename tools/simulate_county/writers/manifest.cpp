#include "simulate_county/writers/manifest.hpp"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "simulate_county/writers/encoding.hpp"

namespace simulate {

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL cannot compute SHA-256");
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (unsigned int i = 0; i < size; ++i) {
        hex += kDigits[digest[i] >> 4U];
        hex += kDigits[digest[i] & 15U];
    }
    return hex;
}

void Manifest::add(const std::string& name, std::string_view bytes, std::optional<std::uint64_t> rows) {
    write_file(folder_ / name, bytes);
    lines_ += name + "," + std::to_string(bytes.size()) + "," + (rows ? std::to_string(*rows) : "") + "," +
              sha256_hex(bytes) + "\n";
}

void Manifest::note(const std::string& name, std::optional<std::uint64_t> rows) {
    std::ifstream in(folder_ / name, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    lines_ += name + "," + std::to_string(bytes.size()) + "," + (rows ? std::to_string(*rows) : "") + "," +
              sha256_hex(bytes) + "\n";
}

void Manifest::write() const {
    write_file(folder_ / "manifest.csv", lines_);
}

}  // namespace simulate
