#include "simulate_county/systems/registry.hpp"

#include <array>

namespace simulate {

std::span<const SystemModule> system_modules() {
    static constexpr std::array<SystemModule, 11> kModules = {{
        {"social_care", simulate_social_care, Interface::sqlite},
        {"early_help", simulate_early_help, Interface::json_pages},
        {"fostering_adoption", simulate_fostering_adoption, Interface::csv_drop},
        {"education", simulate_education, Interface::sqlite},
        {"admissions", simulate_admissions, Interface::fixed_width},
        {"send", simulate_send, Interface::xml},
        {"youth_support", simulate_youth_support, Interface::ndjson},
        {"youth_justice", simulate_youth_justice, Interface::xml},
        {"virtual_school", simulate_virtual_school, Interface::xlsx},
        {"early_years", simulate_early_years, Interface::postgres_sql},
        {"placement_finance", simulate_placement_finance, Interface::ledger},
    }};
    return kModules;
}

}  // namespace simulate
