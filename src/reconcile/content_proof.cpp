#include "reconcile/content_proof.hpp"

#include <algorithm>
#include <utility>

#include "canonical/copy_encoding.hpp"
#include "reconcile/protection.hpp"

namespace caseweave {

std::string_view to_string(RowDifference::Kind kind) noexcept {
    switch (kind) {
        case RowDifference::Kind::missing:
            return "is missing from the target";
        case RowDifference::Kind::extra:
            return "is in the target, but no source gave it";
        case RowDifference::Kind::changed:
            return "has other content in the target than its source gave";
        case RowDifference::Kind::twice:
            return "is in the target more than once";
        case RowDifference::Kind::wrong_child:
            return "stands under the wrong person";
        case RowDifference::Kind::wrong_reference:
            return "names the wrong person";
        case RowDifference::Kind::opened:
            return "is less protected than restrictions of its person or place demand";
        case RowDifference::Kind::wrong_area:
            return "stands in another service area than its system's";
        case RowDifference::Kind::unexplained:
            return "differs, and the source no longer gives rows to compare it with";
    }
    return "";
}

std::string_view to_string(DifferenceAccount::Off off) noexcept {
    switch (off) {
        case DifferenceAccount::Off::not_known:
            return "not known";
        case DifferenceAccount::Off::target:
            return "target";
        case DifferenceAccount::Off::source:
            return "source";
    }
    return "";
}

namespace {

void copy_whole(TargetConnection& target, const std::string& entity, const std::string& copy_sql,
                RowDigestReader& reader) {
    target.copy_out(copy_sql, [&](std::string_view bytes) { reader.feed(bytes); });
    if (!reader.finished())
        throw Error(ErrorKind::target, "reading " + entity + " back ended before the table did; run reconcile again");
}

}  // namespace

void read_back(TargetConnection& target, const std::string& entity, const std::string& copy_sql, TallyTable& tallies) {
    // Rows of one source entity come in long runs: look its tally up once a run.
    TallyKey key{"", "", entity};
    SegmentTallies* tally = nullptr;
    RowDigestReader reader([&](const DigestedRowView& row) {
        if (tally == nullptr || row.source_system != key.system || row.source_entity != key.source_entity) {
            key.system = row.source_system;
            key.source_entity = row.source_entity;
            tally = &tallies[key];
        }
        tally->add(row.source_key, row.digest);
    });
    copy_whole(target, entity, copy_sql, reader);
}

std::vector<SegmentDifference> compare_tallies(const TallyTable& emitted, const TallyTable& found) {
    std::set<TallyKey> keys;
    for (const auto& entry : emitted) keys.insert(entry.first);
    for (const auto& entry : found) keys.insert(entry.first);
    static const SegmentTallies kNone;
    const auto of = [](const TallyTable& table, const TallyKey& key) -> const SegmentTallies& {
        const auto entry = table.find(key);
        return entry == table.end() ? kNone : entry->second;
    };
    std::vector<SegmentDifference> differences;
    for (const TallyKey& key : keys) {
        for (unsigned segment = 0; segment < kSegments; ++segment) {
            const RowTally& left = of(emitted, key).segments[segment];
            const RowTally& right = of(found, key).segments[segment];
            if (!(left == right)) differences.push_back({key, segment, left, right});
        }
    }
    return differences;
}

void ExpectedRows::add(std::string_view source_key, std::int32_t part, Digest128 digest) {
    if (covers(source_key)) expected_.push_back({std::string(source_key), part, digest});
}

void ExpectedRows::found(std::string_view source_key, std::int32_t part, Digest128 digest) {
    if (covers(source_key)) found_.push_back({std::string(source_key), part, digest});
}

bool ExpectedRows::was_found(std::string_view source_key, std::int32_t part, Digest128 digest) {
    if (!sorted_) std::sort(found_.begin(), found_.end());
    sorted_ = true;
    return std::binary_search(found_.begin(), found_.end(), Row{std::string(source_key), part, digest});
}

std::vector<RowDifference> ExpectedRows::differences() const {
    std::vector<Row> expected = expected_;
    std::vector<Row> found = found_;
    std::sort(expected.begin(), expected.end());
    std::sort(found.begin(), found.end());
    const auto same_place = [](const Row& a, const Row& b) { return a.source_key == b.source_key && a.part == b.part; };
    const auto before = [](const Row& a, const Row& b) {
        return a.source_key != b.source_key ? a.source_key < b.source_key : a.part < b.part;
    };

    std::vector<RowDifference> result;
    const auto name = [&](RowDifference::Kind kind, const Row& row) {
        result.push_back({kind, key_, row.source_key, row.part});
    };
    auto left = expected.begin();
    auto right = found.begin();
    while (left != expected.end() || right != found.end()) {
        if (right == found.end() || (left != expected.end() && before(*left, *right))) {
            name(RowDifference::Kind::missing, *left++);
            continue;
        }
        if (left == expected.end() || before(*right, *left)) {
            name(RowDifference::Kind::extra, *right++);
            continue;
        }
        const Row place = *left;
        const auto left_end =
            std::find_if_not(left, expected.end(), [&](const Row& row) { return same_place(row, place); });
        const auto right_end =
            std::find_if_not(right, found.end(), [&](const Row& row) { return same_place(row, place); });
        if (right_end - right > left_end - left) {
            name(RowDifference::Kind::twice, place);
        } else if (right_end - right < left_end - left) {
            name(RowDifference::Kind::missing, place);
        }
        const auto common = std::min(left_end - left, right_end - right);
        const auto same_digest = [](const Row& a, const Row& b) { return a.digest == b.digest; };
        if (!std::equal(left, left + common, right, same_digest)) name(RowDifference::Kind::changed, place);
        left = left_end;
        right = right_end;
    }
    return result;
}

std::string is_of(const TallyKey& key) {
    return "source_system = " + TargetConnection::quote_literal(key.system) +
           " AND source_entity = " + TargetConnection::quote_literal(key.source_entity);
}

void read_back_rows(TargetConnection& target, const std::string& copy_sql, ExpectedRows& expected) {
    RowDigestReader reader(
        [&](const DigestedRowView& row) { expected.found(row.source_key, row.source_part, row.digest); });
    copy_whole(target, expected.key().entity, copy_sql, reader);
}

namespace {

/// Writes the access bits that a row `t` must have at the least: its person's, as each table that keeps them says (p
/// and w, where the table is of persons), and those that restrictions and seals demand, asked of their own rows. So a
/// person opened in every place at once shows.
std::string demanded_access(const EntityDescriptor& entity, PersonKeys keys) {
    const ProtectedPersons persons = protected_by_target();
    std::string sql = "0";
    if (!id_column(entity).empty()) sql += " | coalesce(p.access, 0)";
    if (!id_column(entity).empty() && keys == PersonKeys::of_source) sql += " | coalesce(w.access, 0)";
    const auto demand = [&](const std::string& condition, std::uint8_t bit) {
        sql += " | CASE WHEN " + condition + " THEN " + std::to_string(bit) + " ELSE 0 END";
    };
    demand(is_restricted_sql(entity, persons), kAccessRestricted);
    demand(is_sealed_sql(entity, persons), kAccessSealed);
    return "(" + sql + ")";
}

/// Writes the access bits that the address a row `t` discloses must have at the least.
std::string demanded_address_access(const EntityDescriptor& entity) {
    return "(CASE WHEN " + names_hidden_place_sql(entity, protected_by_target().places) + " THEN " +
           std::to_string(kAccessRestricted) + " ELSE 0 END)";
}

/// Writes the area of the system that a column names; `otherwise` where the job does not have the system.
std::string area_of(const std::string& system, const std::string& otherwise, const AreasOfSystems& areas) {
    std::string sql = "CASE " + system;
    for (const auto& [name, area] : areas)
        sql += " WHEN " + TargetConnection::quote_literal(name) + " THEN " + std::to_string(area);
    return sql + " ELSE " + otherwise + " END";
}

/// Writes what the area of a row `t` has to be: its system's, or in rows that consolidation made those of all records
/// of the person.
std::string demanded_area(const EntityDescriptor& entity, PersonKeys keys, const AreasOfSystems& areas) {
    if (keys == PersonKeys::of_source) return area_of("t.source_system", "t.area", areas);
    if (entity.find("origin_system") >= 0) return area_of("t.origin_system", "t.area", areas);
    return "(SELECT bit_or(" + area_of("k.source_system", "k.area", areas) +
           ") FROM lineage.crosswalk k WHERE k.person_id = t." + std::string(id_column(entity)) + ")";
}

}  // namespace

std::string first_rows_sql(const std::string& select, int columns, std::size_t limit) {
    std::string order;
    for (int column = 1; column <= columns; ++column) order += (order.empty() ? "" : ", ") + std::to_string(column);
    return "WITH found AS MATERIALIZED (" + select + ") SELECT * FROM found ORDER BY " + order + " LIMIT " +
           std::to_string(limit);
}

std::vector<RowDifference> find_misplaced_rows(TargetConnection& target, const EntityDescriptor& entity,
                                               PersonKeys keys, const AreasOfSystems& areas, std::size_t limit,
                                               const std::string& of_rows) {
    const std::string id(id_column(entity));
    std::vector<RowDifference> result;
    const auto collect = [&](RowDifference::Kind kind, const std::string& joins, const std::string& condition) {
        const TargetResult rows =
            target.execute(first_rows_sql("SELECT t.source_system, t.source_entity, t.source_key, t.source_part FROM " +
                                              qualified_table(entity) + " t" + joins + " WHERE (" + of_rows +
                                              ") AND (" + condition + ")",
                                          4, limit),
                           TargetConnection::kLongDeadline);
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            result.push_back({kind,
                              {std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), entity.name},
                              std::string(rows.text(i, 2)),
                              static_cast<std::int32_t>(rows.integer(i, 3))});
        }
    };
    std::string whose;
    if (!id.empty()) {
        // `w` is what the row should hang on: the crosswalk's person, or the one its key names. The key is made a
        // number and not the id a text: of the id's texts the planner knows nothing, and sorts millions of rows.
        whose = std::string(keys == PersonKeys::of_source
                                ? " LEFT JOIN lineage.crosswalk w USING (source_system, source_person_key)"
                                : " LEFT JOIN integrated.person w ON w.person_id = CASE WHEN t.source_person_key ~"
                                  " '^[0-9]{1,18}$' THEN t.source_person_key::bigint END") +
                " LEFT JOIN integrated.person p ON p.person_id = w.person_id";
        collect(RowDifference::Kind::wrong_child, whose, "t." + id + " IS DISTINCT FROM w.person_id");
    }
    const std::string demanded = demanded_access(entity, keys);
    std::string is_opened = "t.access & " + demanded + " <> " + demanded;
    if (closes_address_apart(entity)) {
        const std::string of_address = demanded_address_access(entity);
        is_opened += " OR t.address_access & " + of_address + " <> " + of_address;
    }
    collect(RowDifference::Kind::opened, whose, is_opened);
    collect(RowDifference::Kind::wrong_area, "", "t.area IS DISTINCT FROM " + demanded_area(entity, keys, areas));
    for (const FieldDescriptor& field : entity.fields) {
        if (field.type != FieldType::person_ref) continue;
        const std::string name = TargetConnection::quote_identifier(field.name);
        const std::string reference = TargetConnection::quote_identifier(field.name + "_id");
        collect(RowDifference::Kind::wrong_reference,
                " LEFT JOIN lineage.crosswalk named ON named.source_system = t.source_system"
                " AND named.source_person_key = t." +
                    name,
                "t." + reference + " IS DISTINCT FROM named.person_id");
    }
    return result;
}

std::vector<RowDifference> find_misplaced_records(TargetConnection& target, const AreasOfSystems& areas,
                                                  std::size_t limit) {
    const ProtectedPersons persons = protected_by_target();
    const auto demand = [](const std::string& whose, std::uint8_t bit) {
        return " | CASE WHEN c.person_id IN (" + whose + ") THEN " + std::to_string(bit) + " ELSE 0 END";
    };
    const std::string demanded = "(coalesce(p.access, 0)" + demand(persons.records, kAccessRestricted) +
                                 demand(persons.sealed, kAccessSealed) + ")";
    std::vector<RowDifference> result;
    for (const auto& [kind, condition] : std::vector<std::pair<RowDifference::Kind, std::string>>{
             {RowDifference::Kind::wrong_child, "p.person_id IS NULL"},
             {RowDifference::Kind::opened, "c.access & " + demanded + " <> " + demanded},
             {RowDifference::Kind::wrong_area,
              "c.area IS DISTINCT FROM " + area_of("c.source_system", "c.area", areas)}}) {
        const TargetResult rows =
            target.execute(first_rows_sql("SELECT c.source_system, c.source_person_key FROM lineage.crosswalk c"
                                          " LEFT JOIN integrated.person p USING (person_id) WHERE " +
                                              condition,
                                          2, limit),
                           TargetConnection::kLongDeadline);
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            result.push_back(
                {kind,
                 {std::string(rows.text(i, 0)), std::string(kCrosswalkRecord), std::string(kCrosswalkRecord)},
                 std::string(rows.text(i, 1)),
                 0});
        }
    }
    return result;
}

}  // namespace caseweave
