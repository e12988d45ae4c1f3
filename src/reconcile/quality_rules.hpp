#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/schema.hpp"
#include "settings/toml_table.hpp"

namespace caseweave {

/// Says how much it matters that a rule fails; `info` is counted and fails nothing.
enum class QualitySeverity : std::uint8_t { error, warning, info };
inline constexpr std::array<std::string_view, 3> kQualitySeverityNames = {"error", "warning", "info"};
std::string_view to_string(QualitySeverity severity) noexcept;

/// Says what a rule asks of the rows of its entity.
enum class QualityKind : std::uint8_t {
    completeness,  ///< `fields` have values: all of them, any, or exactly one
    validity,      ///< no value of `field` was set aside while the row loaded
    uniqueness,    ///< `fields` are together those of one person, or of one row
    range,         ///< the date in `field` lies in bounds
    agreement,     ///< the records of one person say the same in `field`
    overlap,       ///< no two rows of one person that differ in a field hold at the same time
    forbidden,     ///< conditions that must not all hold
    freshness,     ///< the newest row of each system is young enough
};
inline constexpr std::array<std::string_view, 8> kQualityKindNames = {
    "completeness", "validity", "uniqueness", "range", "agreement", "overlap", "forbidden", "freshness"};
std::string_view to_string(QualityKind kind) noexcept;

/// Names a field of a rule's entity or, written `golden.<field>`, of the golden record of the row's person.
struct QualityField {
    std::string name;
    FieldType type = FieldType::text;
    bool golden = false;
};

/// Holds the end of a range: another field of the row, or a date.
struct QualityBound {
    std::optional<QualityField> field;
    std::string date;  ///< 2026-03-31, or "today", "year_start", "year_end": of the last collection year that ended
    std::int64_t days = 0;  ///< to add to a date that is a word: today-30
    bool given() const noexcept { return field || !date.empty(); }
};

/// Holds one condition on a row; all of those in a list must hold.
struct QualityCondition {
    enum class Test : std::uint8_t {
        is,
        is_not,
        missing,
        present,
        matches,
        not_matching,
        before,
        after,
        age_from,
        age_to,
        has,
        has_no
    };
    Test test = Test::present;
    QualityField field;                        ///< but for has and has_no
    std::vector<std::string> values;           ///< of is and is_not
    std::string pattern;                       ///< of matches and not_matching: a regular expression
    QualityBound bound;                        ///< of before and after
    std::int64_t number = 0;                   ///< years of age
    const EntityDescriptor* entity = nullptr;  ///< of has and has_no: the same person has such a row
    std::vector<QualityCondition> where;       ///< likewise: on that row
};

/// Reads the conditions under `key` of a rule's table. @param schema must outlive them. @throws SettingsError as
/// QualityRules::load does.
std::vector<QualityCondition> read_conditions(const TomlTable& table, std::string_view key, const EntityDescriptor& of,
                                              const CanonicalSchema& schema);

/// Tells whether any of them asks for more than the row itself: other rows of its person, or the golden record.
bool looks_elsewhere(const std::vector<QualityCondition>& conditions) noexcept;

/// Holds one rule of config/quality_rules.toml, checked against the canonical schema.
struct QualityRule {
    std::string id, title, advice;
    std::string statutory;  ///< return and code, "CIN 1510"; "" for a rule of no return
    std::string owner;      ///< who mends what it finds; "" = the owner of each row's system
    QualitySeverity severity = QualitySeverity::error;
    QualityKind kind = QualityKind::completeness;
    std::optional<std::uint64_t> limit_count;  ///< more failed rows than this, and the rule fails
    std::optional<double> limit_share;         ///< likewise of the rows checked

    const EntityDescriptor* entity = nullptr;
    std::vector<QualityCondition> where;  ///< rows it checks
    std::vector<QualityField> fields;     ///< in the order that the file names them; one for kinds that take one
    std::string way;             ///< completeness: all, any, one; uniqueness: people, rows; agreement: systems, records
    bool within_system = false;  ///< uniqueness: rows of other systems do not count
    std::vector<std::string> rules;       ///< validity: names of IssueRule; empty: any
    std::string given;                    ///< validity: what the value set aside matches; "": anything
    QualityBound not_before, not_after;   ///< range
    QualityField start, end;              ///< overlap
    std::vector<QualityCondition> never;  ///< forbidden
    std::int64_t days = 0;                ///< freshness: age that the newest row may have

    /// Tells whether what it finds of a row depends on rows of other systems: then it is for those alone to see who see
    /// every service area.
    bool compares_systems() const noexcept;
};

/// Holds the quality rules of a job, in file order.
struct QualityRules {
    std::string version;
    std::vector<QualityRule> rules;

    /// Reads a file of rules. @param schema must outlive the rules. @throws SettingsError with line and column, and the
    /// nearest word, for what is not known: an entity, a field, a code, a kind, a key.
    static QualityRules load(const std::filesystem::path& file, const CanonicalSchema& schema);
    /// Reads text that stands for `name` in messages.
    static QualityRules parse(std::string_view text, const std::string& name, const CanonicalSchema& schema);
};

}  // namespace caseweave
