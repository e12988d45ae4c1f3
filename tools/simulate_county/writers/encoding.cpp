#include "simulate_county/writers/encoding.hpp"

#include <array>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "simulate_county/errors.hpp"
#include "simulate_county/utf8.hpp"

namespace simulate {
namespace {

// The printable characters of 0x80 to 0x9F that differ from Latin-1.
constexpr std::array<std::pair<char32_t, unsigned char>, 27> kUpper = {{
    {0x20AC, 0x80}, {0x201A, 0x82}, {0x0192, 0x83}, {0x201E, 0x84}, {0x2026, 0x85}, {0x2020, 0x86}, {0x2021, 0x87},
    {0x02C6, 0x88}, {0x2030, 0x89}, {0x0160, 0x8A}, {0x2039, 0x8B}, {0x0152, 0x8C}, {0x017D, 0x8E}, {0x2018, 0x91},
    {0x2019, 0x92}, {0x201C, 0x93}, {0x201D, 0x94}, {0x2022, 0x95}, {0x2013, 0x96}, {0x2014, 0x97}, {0x02DC, 0x98},
    {0x2122, 0x99}, {0x0161, 0x9A}, {0x203A, 0x9B}, {0x0153, 0x9C}, {0x017E, 0x9E}, {0x0178, 0x9F},
}};

}  // namespace

std::string to_windows_1252(std::string_view utf8) {
    std::string out;
    for (std::size_t at = 0; at < utf8.size();) {
        const std::size_t start = at;
        const char32_t code = take_code_point(utf8, at);
        if (code < 0x80 || (code >= 0xA0 && code <= 0xFF)) {
            out += static_cast<char>(static_cast<unsigned char>(code));
            continue;
        }
        unsigned char found = 0;
        for (const auto& [unicode, byte] : kUpper) {
            if (unicode == code) found = byte;
        }
        if (found != 0) {
            out += static_cast<char>(found);
            continue;
        }
        const std::string base = fold_marks(utf8.substr(start, at - start));
        out += base.size() == 1 ? base : "?";
    }
    return out;
}

void write_file(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    if (!out)
        throw std::runtime_error("cannot write " + file.string() + ": check the folder's permissions and free space");
}

void make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw std::runtime_error("cannot make the folder " + folder.string() + ": " + error.message());
}

}  // namespace simulate
