#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/entity.hpp"
#include "canonical/row_digest.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Names a part of the key space where what was emitted and what is in the target differ.
struct SegmentDifference {
    TallyKey key;
    unsigned segment = 0;
    RowTally expected, found;
};

/// Accounts for one difference, without any value of the row.
struct DifferenceAccount {
    enum class Off : std::uint8_t {
        not_known,  ///< the source could not be read to say
        target,     ///< the source gives what was loaded, the target does not hold it
        source,     ///< the source gives something else by now
    };
    Off off = Off::not_known;
    std::vector<std::string> fields;  ///< columns that differ, of a row that is in both; by name
    std::string position;             ///< where the row stands in its source ("file.csv line 12")
    std::string why;                  ///< in words, as far as runs and history tell
};
std::string_view to_string(DifferenceAccount::Off off) noexcept;

/// Names one row that differs, and how.
struct RowDifference {
    enum class Kind : std::uint8_t {
        missing,          ///< emitted, and not in the target
        extra,            ///< in the target, and never emitted
        changed,          ///< in both, with other content
        twice,            ///< in the target more often than it was emitted
        wrong_child,      ///< under another person than its source person's
        wrong_reference,  ///< a person it names has another id than the crosswalk gives
        opened,           ///< less protected than restrictions of its person or place demand
        wrong_area,       ///< shown to another service than the one whose system gave it
        unexplained,      ///< a segment differs, but the source no longer gives the rows to compare
    };
    Kind kind{};
    TallyKey key;
    std::string source_key;
    std::int32_t part = 0;
    DifferenceAccount account{};  ///< empty where nobody has asked for it
};

/// Says what a difference means in a few words ("is missing from the target").
std::string_view to_string(RowDifference::Kind kind) noexcept;

/// Writes a query for the first rows of `select` in the order of its first `columns`.
///
/// Where a proof holds no row is found, and the planner expects many: without the fence it joins row by row, to find
/// the first ones soon, and needs hours for the millions of a county.
std::string first_rows_sql(const std::string& select, int columns, std::size_t limit);

/// Reads every row that `copy_sql` gives back (digest_read_back_sql, lineage_read_back_sql) and tallies what is there
/// under the name `entity`. Memory does not grow with the rows.
void read_back(TargetConnection& target, const std::string& entity, const std::string& copy_sql, TallyTable& tallies);

/// Compares emitted with found; a key that only one side has counts as zero rows on the other. Sorted.
std::vector<SegmentDifference> compare_tallies(const TallyTable& emitted, const TallyTable& found);

/// Holds the rows that one key's differing segments should have. Memory grows with these segments only.
class ExpectedRows {
  public:
    ExpectedRows(TallyKey key, std::set<unsigned> segments) : key_(std::move(key)), segments_(std::move(segments)) {}

    const TallyKey& key() const noexcept { return key_; }
    bool covers(std::string_view source_key) const { return segments_.contains(segment_of(source_key)); }
    /// Takes one row as the source gives it now; rows outside the segments are passed over.
    void add(std::string_view source_key, std::int32_t part, Digest128 digest);
    /// Takes one row as the target has it.
    void found(std::string_view source_key, std::int32_t part, Digest128 digest);
    /// Tells whether the target has a row as it is. After the last found().
    bool was_found(std::string_view source_key, std::int32_t part, Digest128 digest);
    /// Names the rows that differ, sorted by key and part.
    std::vector<RowDifference> differences() const;

  private:
    struct Row {
        std::string source_key;
        std::int32_t part = 0;
        Digest128 digest;
        auto operator<=>(const Row& other) const noexcept {
            if (const auto order = source_key <=> other.source_key; std::is_neq(order)) return order;
            if (const auto order = part <=> other.part; std::is_neq(order)) return order;
            if (const auto order = digest.high <=> other.digest.high; std::is_neq(order)) return order;
            return digest.low <=> other.digest.low;
        }
        bool operator==(const Row&) const noexcept = default;
    };
    TallyKey key_;
    std::set<unsigned> segments_;
    std::vector<Row> expected_;
    std::vector<Row> found_;
    bool sorted_ = false;  // found_ is
};

/// Writes the condition that a row is of a key's source entity.
std::string is_of(const TallyKey& key);

/// Reads the rows of `expected`'s segments back from the target. `copy_sql` gives those where is_of(expected.key()).
void read_back_rows(TargetConnection& target, const std::string& copy_sql, ExpectedRows& expected);

/// Says what the source_person_key of a table's rows is.
enum class PersonKeys {
    of_source,  ///< a source's own key: the crosswalk says whose it is
    person_id,  ///< the person id itself, in rows that consolidation made
};

/// Gives the service area of each system of the job by its name: bits of ServiceArea. Rows of other systems are not
/// held against any.
using AreasOfSystems = std::map<std::string, std::uint8_t>;

/// Finds rows that stand under another person than their source person's, rows that name another person than their
/// source names, rows (and addresses they disclose) less protected than their person, restrictions or their seal
/// demand, and rows in another service area than their system's: at most `limit` of each kind and table.
/// @param of_rows condition on the rows `t` to look at; all where it is left out.
std::vector<RowDifference> find_misplaced_rows(TargetConnection& target, const EntityDescriptor& entity,
                                               PersonKeys keys, const AreasOfSystems& areas, std::size_t limit,
                                               const std::string& of_rows = "true");

/// Stands as source_entity and entity of records of lineage.crosswalk in differences.
inline constexpr std::string_view kCrosswalkRecord = "crosswalk";

/// Finds the same of the crosswalk's records: those of a person that does not exist, less protected than their person,
/// or in another area than their system's.
std::vector<RowDifference> find_misplaced_records(TargetConnection& target, const AreasOfSystems& areas,
                                                  std::size_t limit);

}  // namespace caseweave
