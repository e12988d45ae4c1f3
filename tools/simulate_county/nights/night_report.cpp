#include "simulate_county/nights/night_report.hpp"

#include "simulate_county/calendar.hpp"
#include "simulate_county/writers/encoding.hpp"

namespace simulate {
namespace {

std::string number(const char* name, std::size_t value) {
    return "\"" + std::string(name) + "\": " + std::to_string(value);
}

std::string entity_json(const EntityChanges& changes) {
    return "{" + number("inserted", changes.inserted) + ", " + number("updated", changes.updated) + ", " +
           number("deleted", changes.deleted) + ", " + number("touched", changes.touched) + "}";
}

std::string system_json(const SystemChanges& system) {
    std::string out = "    \"" + system.system + "\": {\"gives_data\": " + (system.gives ? "true" : "false") + ", " +
                      number("late", system.late) + ", " + number("equal", system.equal) + ", " +
                      number("mended", system.mended) + ", " + number("spoiled", system.spoiled) + ", \"entities\": {";
    const char* separator = "\n";
    for (const auto& [entity, changes] : system.entities) {
        out += separator;
        out += "      \"" + entity + "\": " + entity_json(changes);
        separator = ",\n";
    }
    return out + (system.entities.empty() ? "}}" : "\n    }}");
}

}  // namespace

void write_changes(const NightPlan& plan, std::span<const SystemChanges> systems, const std::filesystem::path& folder) {
    std::string out = "{\n  " + number("night", static_cast<std::size_t>(plan.night)) + ",\n  \"day\": \"" +
                      format_day(kToday + plan.night) + "\",\n  \"people\": {";
    const char* separator = "";
    for (const auto& [what, count] : plan.people) {
        out += separator + number(what.c_str(), count);
        separator = ", ";
    }
    out += "},\n  \"systems\": {";
    separator = "\n";
    for (const SystemChanges& system : systems) {
        out += separator + system_json(system);
        separator = ",\n";
    }
    write_file(folder / "changes.json", out + "\n  }\n}\n");
}

}  // namespace simulate
