#pragma once

#include <string_view>

#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Breaks the bytes of one person row, so that a reader must quarantine it, and notes it for the truth. Row i of the
/// table is view.people[i]. Call it once dirty rows are in: a person without hazards and with one row only is taken.
void break_one_person(SystemDump& dump, Table& people, std::string_view key_column, const SystemView& view,
                      DefectKind kind, std::string_view broken_column, Random random);

}  // namespace simulate
