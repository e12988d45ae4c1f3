#include "simulate_county/writers/byte_defects.hpp"

#include <stdexcept>

namespace simulate {

std::vector<Defect> defects_of(const Table& table, std::size_t row) {
    std::vector<Defect> found;
    for (const Defect& defect : table.defects) {
        if (defect.row == row) found.push_back(defect);
    }
    return found;
}

std::string with_byte(std::string_view value, char byte) {
    std::string out(value.empty() ? std::string_view("x") : value);
    std::size_t at = out.size() / 2;
    while (at > 0 && (static_cast<unsigned char>(out[at]) & 0xC0U) == 0x80U) --at;  // not inside a UTF-8 letter
    out.insert(at, 1, byte);
    return out;
}

void refuse_defect(const Table& table, DefectKind kind) {
    throw std::logic_error("table " + table.name + ": its interface cannot hold a defect of kind " +
                           std::to_string(static_cast<int>(kind)));
}

void expect_no_defects(const Table& table) {
    if (!table.defects.empty()) refuse_defect(table, table.defects.front().kind);
}

}  // namespace simulate
