#include "reconcile/published_balance.hpp"

#include <algorithm>

namespace caseweave {

std::vector<EntityBalance> by_system(const std::vector<EntityBalance>& entities) {
    std::vector<EntityBalance> systems;
    for (const EntityBalance& entity : entities) {
        auto found = std::find_if(systems.begin(), systems.end(),
                                  [&](const EntityBalance& system) { return system.system == entity.system; });
        if (found == systems.end()) {
            EntityBalance& system = systems.emplace_back();
            system.system = entity.system;
            system.balanced = true;
            found = systems.end() - 1;
        }
        found->read += entity.read;
        found->placed += entity.placed;
        found->unchanged += entity.unchanged;
        found->duplicate_in_source += entity.duplicate_in_source;
        found->quarantined += entity.quarantined;
        found->excluded += entity.excluded;
        found->field_issues += entity.field_issues;
        found->emitted += entity.emitted;
        found->inserted += entity.inserted;
        found->updated += entity.updated;
        found->kept += entity.kept;
        found->deleted += entity.deleted;
        found->balanced = found->balanced && entity.balanced;
    }
    return systems;
}
std::vector<BalanceLine> publish_balance(const std::vector<EntityBalance>& lines, const BalanceLine* whole) {
    std::vector<BalanceLine> published(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) published[i].balanced = lines[i].balanced;
    for (const BalanceColumn& column : kBalanceColumns) {
        std::vector<std::uint64_t> cells;
        for (const EntityBalance& line : lines) cells.push_back(line.*column.count);
        std::vector<PublishedCount> shown = publish_line(cells);
        // What is withheld of the whole would be the sum of its parts.
        if (whole != nullptr && (whole->*column.published).is_withheld())
            std::fill(shown.begin(), shown.end(), PublishedCount::withheld());
        for (std::size_t i = 0; i < lines.size(); ++i) published[i].*column.published = shown[i];
    }
    return published;
}

PublishedBalance publish_balance(const RunReport& report) {
    PublishedBalance balance;
    balance.systems = by_system(report.entities);
    balance.lines = publish_balance(balance.systems, nullptr);
    // Golden records, retention and pairs for review are of no one system.
    balance.all.balanced = report.balanced();
    for (const BalanceColumn& column : kBalanceColumns) {
        std::uint64_t total = 0;
        for (const EntityBalance& system : balance.systems) total += system.*column.count;
        balance.all.*column.published = PublishedCount(total);
    }
    return balance;
}
std::vector<EntityBalance> entities_of(const RunReport& report, const std::string& system) {
    std::vector<EntityBalance> entities;
    for (const EntityBalance& entity : report.entities) {
        if (entity.system == system) entities.push_back(entity);
    }
    return entities;
}

}  // namespace caseweave
