#include "text/diminutives.hpp"

#include <algorithm>
#include <vector>

#include "text/diminutives_table.hpp"

namespace caseweave::text {
namespace {

/// Keeps the table sorted by name: `names_[i]` belongs to the families that `starts_[i]` to `starts_[i + 1]` bound.
class FamilyIndex {
  public:
    FamilyIndex() {
        struct Entry {
            std::string_view name;
            NameFamilyId family;
            auto operator<=>(const Entry&) const = default;
        };
        std::vector<Entry> entries;
        for (const std::string_view line : kNameFamilies) {
            ++family_count_;
            for (std::size_t begin = 0; begin < line.size();) {
                const std::size_t end = std::min(line.find(' ', begin), line.size());
                entries.push_back({line.substr(begin, end - begin), static_cast<NameFamilyId>(family_count_)});
                begin = end + 1;
            }
        }
        std::ranges::sort(entries);
        entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
        for (const Entry& entry : entries) {
            if (names_.empty() || names_.back() != entry.name) {
                names_.push_back(entry.name);
                starts_.push_back(families_.size());
            }
            families_.push_back(entry.family);
        }
        starts_.push_back(families_.size());
    }

    [[nodiscard]] std::span<const NameFamilyId> find(std::string_view name) const noexcept {
        const auto found = std::ranges::lower_bound(names_, name);
        if (found == names_.end() || *found != name) return {};
        const auto i = static_cast<std::size_t>(found - names_.begin());
        return std::span(families_).subspan(starts_[i], starts_[i + 1] - starts_[i]);
    }
    [[nodiscard]] std::size_t family_count() const noexcept { return family_count_; }

  private:
    std::vector<std::string_view> names_;
    std::vector<std::size_t> starts_;
    std::vector<NameFamilyId> families_;
    std::size_t family_count_ = 0;
};

const FamilyIndex& family_index() {
    static const FamilyIndex index;
    return index;
}

}  // namespace

std::span<const NameFamilyId> name_families(std::string_view folded) {
    return family_index().find(folded);
}

NameFamilyId name_family_id(std::string_view folded) {
    const std::span<const NameFamilyId> families = name_families(folded);
    return families.empty() ? NameFamilyId::kNone : families.front();
}

bool same_name_family(std::string_view a, std::string_view b) {
    if (a == b) return !a.empty();
    const std::span<const NameFamilyId> families_of_b = name_families(b);
    return std::ranges::any_of(name_families(a), [&](NameFamilyId family) {
        return std::ranges::find(families_of_b, family) != families_of_b.end();
    });
}

std::size_t name_family_count() {
    return family_index().family_count();
}

}  // namespace caseweave::text
