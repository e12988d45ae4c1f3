#pragma once

#include <toml++/toml.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "describe_schemas/settings_keys.hpp"
#include "settings/asked_keys.hpp"

namespace caseweave {

/// Holds JSON: toml++ prints its tables as that, keys in order.
using Json = toml::table;
using Words = std::vector<std::string>;

toml::array array_of(const Words& words);
/// Makes the schema of a value of one type.
Json typed(std::string_view type);
/// Makes the schema of a string that is one of these; any string where there are none.
Json one_of(const Words& words);
Json list_of(Json item);
Json object_of(Json properties);
/// Adds to an object's schema what else holds where `key` says `word`.
void when(Json& schema, std::string_view key, std::string_view word, Json then);

/// Describes one kind of settings file. Paths are those of KeyDescriptions; "" is the file itself.
struct SettingsFile {
    std::string title;
    AskedTable asked;  ///< by whoever reads such files
    const KeyDescriptions& descriptions;
    std::map<std::string_view, Words> words = {};  ///< of keys whose words the reader leaves to others to know
    std::map<std::string_view, Words> names = {};  ///< likewise of tables whose keys are names
    std::map<std::string_view, std::function<void(Json&)>> refine = {};  ///< what else holds of a key

    /// Writes the JSON Schema. @throws Error(usage) that names every key without a description, and every description
    /// without a key.
    Json schema() const;

  private:
    using Paths = std::set<std::string, std::less<>>;
    Json object(const AskedTable& table, const std::string& path, Paths& met) const;
    Json value(const AskedKey& key, const std::string& path, Paths& met) const;
    Json form(TomlKind kind, const AskedKey& key, const std::string& path, Paths& met) const;
    void check_descriptions(const Paths& met) const;
};

}  // namespace caseweave
