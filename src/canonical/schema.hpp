#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/code_list.hpp"
#include "canonical/entity.hpp"

namespace caseweave {

/// Holds every canonical entity and code list of schemas/canonical. Immutable; share it freely.
class CanonicalSchema {
  public:
    /// Reads `<folder>/*.toml` and `<folder>/codes/*.csv`; a wrong file is a SettingsError with file and line.
    static CanonicalSchema load(const std::filesystem::path& folder);

    /// Entities in name order. Pointers stay valid as long as the schema.
    const std::vector<EntityDescriptor>& entities() const noexcept { return entities_; }
    const EntityDescriptor* find(std::string_view entity) const noexcept;
    const CodeList* find_code_list(std::string_view name) const noexcept;
    const std::map<std::string, CodeList, std::less<>>& code_lists() const noexcept { return code_lists_; }

  private:
    std::vector<EntityDescriptor> entities_;
    std::map<std::string, CodeList, std::less<>> code_lists_;
};

}  // namespace caseweave
