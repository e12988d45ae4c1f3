#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "canonical/schema.hpp"
#include "reconcile/quality_rules.hpp"

namespace caseweave {

/// Says whether law, guidance or the council itself wants a record kept.
enum class RetentionAuthority : std::uint8_t { statute, guidance, council_policy };

/// Holds one rule of config/retention.toml, checked against the canonical schema.
struct RetentionRule {
    /// Says what the years are counted from.
    enum class Start : std::uint8_t { birth, death, row };

    std::string id, title, source;
    RetentionAuthority authority = RetentionAuthority::council_policy;
    const EntityDescriptor* entity = nullptr;  ///< whoever has a row of it; null without records: every child
    std::vector<QualityCondition> where;       ///< which rows
    std::vector<std::string> persons;          ///< key fields whose persons fall under the rule too
    std::vector<std::pair<std::string, std::string>> records;  ///< (system, person key) instead of an entity
    bool hold = false;                                         ///< kept whatever the date; the rest is empty then
    std::int64_t years = 0;
    Start start = Start::birth;
    QualityField date;                       ///< of Start::row; the latest of the rows counts
    std::optional<std::int64_t> died_under;  ///< age in years; who died younger is kept from death instead
    std::int64_t years_from_death = 0;       ///< likewise
};

/// Holds how long records are kept, in file order.
struct RetentionRules {
    std::string version;
    std::vector<RetentionRule> rules;
    std::string digest;  ///< of the file's text, hexadecimal: which rules a run computed by

    /// Reads a file of rules. @param schema must outlive the rules. @throws SettingsError with line and column, and the
    /// nearest word for what is not known.
    static RetentionRules load(const std::filesystem::path& file, const CanonicalSchema& schema);
    /// Reads text that stands for `name` in messages.
    static RetentionRules parse(std::string_view text, const std::string& name, const CanonicalSchema& schema);
};

}  // namespace caseweave
