#pragma once

#include <span>
#include <string_view>

#include "simulate_county/county.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

// One function a system, in systems/<system>.cpp: turns what the system believes of people (the view) and what
// happened to them (the county) into the system's own tables. Draw only from `random`, in a fixed order.
SystemDump simulate_social_care(const County& county, const SystemView& view, Random& random);
SystemDump simulate_early_help(const County& county, const SystemView& view, Random& random);
SystemDump simulate_fostering_adoption(const County& county, const SystemView& view, Random& random);
SystemDump simulate_education(const County& county, const SystemView& view, Random& random);
SystemDump simulate_admissions(const County& county, const SystemView& view, Random& random);
SystemDump simulate_send(const County& county, const SystemView& view, Random& random);
SystemDump simulate_youth_support(const County& county, const SystemView& view, Random& random);
SystemDump simulate_youth_justice(const County& county, const SystemView& view, Random& random);
SystemDump simulate_virtual_school(const County& county, const SystemView& view, Random& random);
SystemDump simulate_early_years(const County& county, const SystemView& view, Random& random);
SystemDump simulate_placement_finance(const County& county, const SystemView& view, Random& random);

/// Names the interface a system is read through; its writer is in writers/.
enum class Interface { sqlite, postgres_sql, csv_drop, fixed_width, xml, xlsx, ledger, json_pages, ndjson };

struct SystemModule {
    std::string_view system;
    SystemDump (*simulate)(const County&, const SystemView&, Random&);
    Interface interface;
};

/// Lists the systems, in the order they are written.
std::span<const SystemModule> system_modules();

}  // namespace simulate
