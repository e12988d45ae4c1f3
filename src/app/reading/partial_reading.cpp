#include "app/reading/partial_reading.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "app/reading/stored_content.hpp"
#include "canonical/copy_encoding.hpp"
#include "core/digest.hpp"

namespace caseweave {

namespace {

bool makes_persons(const EntityDefinition& entity) {
    return std::ranges::any_of(entity.emits, [](const EmitDefinition& emit) { return emit.to == "person"; });
}

/// Keys of quarantined rows that a narrowed query names: a statement of a hundred thousand bytes. An entity with more
/// is read whole.
constexpr std::size_t kWaitingKeys = 5000;

/// Lists the keys of quarantined rows. They are read again whenever they changed: an orphan's person or parent may have
/// come, the other row of a key may be gone.
std::vector<std::string> quarantined_keys(TargetConnection& reader, const SourceEntity& name) {
    const TargetResult rows = reader.query(
        "SELECT DISTINCT source_key FROM lineage.quarantine WHERE source_system = $1 AND source_entity = $2"
        " AND source_key IS NOT NULL ORDER BY 1 LIMIT $3",
        {name.system, name.entity, std::to_string(kWaitingKeys + 1)});
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < rows.rows(); ++i) keys.emplace_back(rows.text(i, 0));
    return keys;
}

/// Registers the source keys that the target has of an entity.
KeyRegister keys_in_target(TargetConnection& reader, const CanonicalSchema& canonical, const SourceEntity& name,
                           const EntityDefinition& entity) {
    KeyRegister keys;
    for (const EmitDefinition& emit : entity.emits) {
        const EntityDescriptor* table = canonical.find(emit.to);
        if (table == nullptr) continue;
        for_each_source_key(reader, qualified_table(*table), name,
                            [&](std::string_view key) { keys.insert(hash64(key), 0); });
    }
    return keys;
}

}  // namespace

PartialReading::PartialReading(const JobSources& sources, const CanonicalSchema& canonical, const Watermarks& known,
                               const PartialReadingRules& rules, const std::set<std::string>& passed_over,
                               TargetConnection& reader) {
    for (const JobSystem& system : sources.systems()) {
        const ConnectorDefinition& definition = *system.definition;
        if (passed_over.contains(definition.name)) continue;
        const std::function<bool(const EntityDefinition&)> can = [&](const EntityDefinition& entity) {
            const auto watermark = known.find({definition.name, entity.name});
            if (entity.watermark.empty() || entity.query.empty() || entity.person_from == "first") return false;
            if (watermark == known.end() || watermark->second.days_since_whole >= rules.whole_days) return false;
            if (!days_before(watermark->second.value, 0)) return false;
            if (entity.parent.empty()) return true;
            const EntityDefinition* parent = definition.find(entity.parent);
            return parent != nullptr && can(*parent);
        };
        if (!std::ranges::all_of(definition.entities,
                                 [&](const EntityDefinition& entity) { return !makes_persons(entity) || can(entity); }))
            continue;
        for (const EntityDefinition& entity : definition.entities) {
            if (!can(entity)) continue;
            // Parents stand in front of their children: one with too much in quarantine is read whole, and they too.
            if (!entity.parent.empty() && !narrowed_.contains({definition.name, entity.parent})) continue;
            const SourceEntity name{definition.name, entity.name};
            const std::vector<std::string> waiting = quarantined_keys(reader, name);
            if (waiting.size() > kWaitingKeys) continue;
            narrowed_.emplace(name,
                              changed_since(entity, *days_before(known.at(name).value, rules.overlap_days), waiting));
            const bool is_parent = std::ranges::any_of(
                definition.entities, [&](const EntityDefinition& other) { return other.parent == entity.name; });
            if (is_parent) known_.emplace(name, keys_in_target(reader, canonical, name, entity));
        }
    }
}

const EntityDefinition* PartialReading::narrowed(const std::string& system, const EntityDefinition& entity) const {
    const auto found = narrowed_.find({system, entity.name});
    return found == narrowed_.end() ? nullptr : &found->second;
}

const KeyRegister* PartialReading::known_keys(const std::string& system, const std::string& entity) const {
    const auto found = known_.find({system, entity});
    return found == known_.end() ? nullptr : &found->second;
}

}  // namespace caseweave
