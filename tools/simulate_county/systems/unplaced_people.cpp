#include "simulate_county/systems/unplaced_people.hpp"

#include <algorithm>

namespace simulate {

void break_one_person(SystemDump& dump, Table& people, std::string_view key_column, const SystemView& view,
                      DefectKind kind, std::string_view broken_column, Random random) {
    constexpr int kAttempts = 200;
    const std::size_t key = people.column(key_column);
    const std::size_t broken = people.column(broken_column);
    for (int attempt = 0; attempt < kAttempts && !view.people.empty(); ++attempt) {
        const std::size_t row = random.index(view.people.size());
        const PersonView& person = view.people[row];
        if (person.hazards.bits() != 0 || person.side != Side::none || !people.rows[row][broken]) continue;
        const auto same = std::count_if(people.rows.begin(), people.rows.end(),
                                        [&](const Row& other) { return other[key] == people.rows[row][key]; });
        if (same != 1) continue;
        people.defects.push_back({row, kind, broken});
        dump.unplaced_people.push_back(person.key);
        return;
    }
}

}  // namespace simulate
