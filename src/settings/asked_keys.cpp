#include "settings/asked_keys.hpp"

#include <utility>

namespace caseweave {

void AskedKey::add_inside(AskedTable&& table) {
    if (inside) {
        inside->add(std::move(table));
    } else {
        inside = std::make_unique<AskedTable>(std::move(table));
    }
}

void AskedTable::add(AskedTable&& other) {
    for (auto& [name, key] : keys) key.required = key.required && other.keys.contains(name);
    for (auto& [name, theirs] : other.keys) {
        AskedKey& ours = keys[name];
        ours.required = ours.required && theirs.required;
        ours.kinds.merge(theirs.kinds);
        if (ours.words.empty()) ours.words = std::move(theirs.words);
        if (theirs.inside) ours.add_inside(std::move(*theirs.inside));
    }
}

}  // namespace caseweave
