#include "settings/survivorship.hpp"

#include <algorithm>
#include <array>

#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

FieldSurvivorship read_rules(const TomlTable& table) {
    static constexpr std::array<std::string_view, 5> kRules = {"trusted_system", "agreement", "recency", "completeness",
                                                               "precision"};
    FieldSurvivorship result;
    result.rules = table.strings("rules");
    table.takes_only("rules", kRules);
    result.systems = table.strings("systems");
    for (const std::string& rule : result.rules) {
        if (std::find(kRules.begin(), kRules.end(), rule) != kRules.end()) continue;
        table.fail("rules",
                   "unknown rule \"" + rule + "\"; known: trusted_system, agreement, recency, completeness, precision");
    }
    return result;
}

}  // namespace

SurvivorshipSettings SurvivorshipSettings::load(const std::filesystem::path& file,
                                                std::span<const std::string_view> known) {
    const TomlTable table = TomlTable::parse_file(file);
    SurvivorshipSettings settings;
    settings.fallback = read_rules(table.table("default"));
    if (settings.fallback.rules.empty()) table.fail("default", "[default] needs rules");
    const TomlTable fields = table.table("field");
    for (const std::string& name : fields.keys()) {
        if (!known.empty() && std::ranges::find(known, name) == known.end()) {
            const std::string suggestion = nearest_word(name, {known.begin(), known.end()});
            fields.fail(name, "the person record has no field \"" + name + "\"" +
                                  (suggestion.empty() ? "" : "; did you mean \"" + suggestion + "\"?"));
        }
        FieldSurvivorship rules = read_rules(fields.table(name));
        if (rules.rules.empty()) rules.rules = settings.fallback.rules;
        if (rules.systems.empty()) rules.systems = settings.fallback.systems;
        settings.fields.emplace(name, std::move(rules));
    }
    table.finish();
    return settings;
}

const FieldSurvivorship& SurvivorshipSettings::of(std::string_view field) const {
    const auto found = fields.find(field);
    return found == fields.end() ? fallback : found->second;
}

}  // namespace caseweave
