#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/table.hpp"

namespace simulate {

/// Gives the defects of one row; empty for nearly all.
std::vector<Defect> defects_of(const Table& table, std::size_t row);

/// Puts a byte into the middle of a value ("x" where it is empty): 0xFF or 0x81 for undecodable_byte, 0 for nul_byte.
std::string with_byte(std::string_view value, char byte);

/// Throws std::logic_error naming table and kind: the interface cannot hold such a defect.
[[noreturn]] void refuse_defect(const Table& table, DefectKind kind);

/// Throws as refuse_defect when the table has any defect.
void expect_no_defects(const Table& table);

}  // namespace simulate
