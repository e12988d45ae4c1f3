#include "app/regrouping.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "app/golden_rows.hpp"
#include "app/identity_rows.hpp"
#include "app/load_pass.hpp"
#include "app/stored_people.hpp"
#include "canonical/copy_encoding.hpp"
#include "ledger/lineage_writer.hpp"
#include "load/batch_writer.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"
#include "reconcile/protection.hpp"

namespace caseweave {

namespace {

/// Says whose the records were, by row of the store.
struct Before {
    std::vector<PersonId> person;
    std::vector<std::uint8_t> access;
};

Before read_before(TargetConnection& loader, const PersonStore& store) {
    Before before{std::vector<PersonId>(store.size()), std::vector<std::uint8_t>(store.size())};
    const TargetResult rows =
        loader.execute("SELECT source_system, source_person_key, person_id, access FROM lineage.crosswalk",
                       TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto system = store.find_system(rows.text(i, 0));
        const auto row = system ? store.find(*system, rows.text(i, 1)) : std::nullopt;
        if (!row) {
            throw Error(ErrorKind::usage,
                        "the crosswalk names a record that the target does not hold: run caseweave reconcile");
        }
        before.person[row->value] = PersonId{rows.integer(i, 2)};
        before.access[row->value] = static_cast<std::uint8_t>(rows.integer(i, 3));
    }
    if (rows.rows() != store.size())
        throw Error(ErrorKind::usage, "the target holds records that the crosswalk does not: run caseweave reconcile");
    return before;
}

/// Finds the records whose rows may be another person's or need another clearance now.
///
/// A row's clearance follows from its person, from the persons it names, and from seals: whom the earlier side of one
/// is related to (Shields). So a change reaches the records of the person before and after, and those related to them;
/// everyone near a seal is looked at again whatever changed.
class Reach {
  public:
    Reach(const PeopleOfRun& people, const Before& before) : people_(&people), before_(&before) {
        const PersonStore& store = people.store;
        reached_.assign(store.size(), false);
        for (std::uint32_t i = 0; i < store.size(); ++i) {
            const PersonId person = people.person_of({i});
            if (person != before.person[i]) add_persons(before.person[i], person);
            if (people.shields->of_person(person) != before.access[i]) add_persons(person, before.person[i]);
        }
        changed_ = persons_;
        for (std::uint32_t i = 0; i < store.size(); ++i) {
            if ((before.access[i] & kAccessSealed) != 0) add_persons(people.person_of({i}), before.person[i]);
        }
        for (const auto& [cluster, tag] : people.linked.sealed_clusters)
            persons_.insert(people.identity.person[cluster]);
        take_records();
        add_related();
        take_records();
    }

    const std::vector<bool>& records() const noexcept { return reached_; }
    /// Persons whose records or clearance are not what they were, ids that nobody has any more included.
    const std::set<PersonId>& changed_persons() const noexcept { return changed_; }

  private:
    void add_persons(PersonId one, PersonId other) {
        persons_.insert(one);
        persons_.insert(other);
    }
    void take_records() {
        for (std::uint32_t i = 0; i < reached_.size(); ++i) {
            if (persons_.contains(people_->person_of({i})) || persons_.contains(before_->person[i])) reached_[i] = true;
        }
    }
    void add_related() {
        const PersonStore& store = people_->store;
        std::vector<PersonRow> near;
        for (std::uint32_t i = 0; i < store.size(); ++i) {
            for (const RelationshipRow& relationship : store.relationships({i})) {
                if (!reached_[i] && !reached_[relationship.related.value]) continue;
                near.push_back({i});
                near.push_back(relationship.related);
            }
        }
        for (const PersonRow row : near) add_persons(people_->person_of(row), before_->person[row.value]);
    }

    const PeopleOfRun* people_;
    const Before* before_;
    std::set<PersonId> persons_, changed_;
    std::vector<bool> reached_;
};

/// Makes a temporary table of the records reached, with the clearance that anything of theirs needs.
void name_reached_records(TargetConnection& loader, const PeopleOfRun& people, const std::vector<bool>& reached) {
    loader.execute(
        "CREATE TEMPORARY TABLE reached_record (source_system text, source_person_key text, access smallint)"
        " ON COMMIT DROP");
    CopyBuffer rows;
    const PersonStore& store = people.store;
    for (std::uint32_t i = 0; i < store.size(); ++i) {
        if (!reached[i]) continue;
        rows.begin_row(3);
        rows.put_text(store.system_name(store.system({i})));
        rows.put_text(store.key({i}));
        rows.put_smallint(people.shields->of_person(people.person_of({i})));
    }
    if (!rows.empty()) copy_rows(loader, "pg_temp.reached_record", "source_system, source_person_key, access", rows);
    loader.execute("ANALYZE pg_temp.reached_record");
}

/// Selects an entity's rows that speak of a reached record, name one, or are of its family. On the alias t.
std::string of_reached_records(const EntityDescriptor& entity) {
    if (entity.name == "family") {
        return "(t.source_system, t.family_key) IN (SELECT source_system, r.family_key FROM lineage.person_record r"
               " JOIN pg_temp.reached_record USING (source_system, source_person_key))";
    }
    const auto names_one = [](const std::string& column) {
        return "(t.source_system, t." + column +
               ") IN (SELECT source_system, source_person_key FROM pg_temp.reached_record)";
    };
    std::string condition;
    if (entity.subject != Subject::none) condition = names_one("source_person_key");
    for (const FieldDescriptor& field : entity.fields) {
        if (field.type != FieldType::person_ref) continue;
        condition += (condition.empty() ? "" : " OR ") + names_one(TargetConnection::quote_identifier(field.name));
    }
    return condition;
}

/// Selects an entity's rows that a restriction of whoever lives at a place hides, or hid: joining or parting people
/// changes whose addresses are restricted, and rows of others at the same place with it. On the alias t; to be asked
/// once restrictions and addresses are under the persons they belong to now.
std::string of_hidden_places(const EntityDescriptor& entity) {
    const std::string names_one = names_hidden_place_sql(entity, protected_by_target().places);
    if (names_one == "false") return {};
    return names_one + " OR " + (closes_address_apart(entity) ? "t.address_access" : "t.access") + " <> 0";
}

/// Puts an entity's rows under the persons they belong to now, with the clearance they need now.
void place_again(TargetConnection& loader, const EntityDescriptor& entity, const std::string& condition,
                 std::map<std::string, RowPlacer>& placers, RegroupingOutcome& outcome) {
    if (condition.empty()) return;
    std::vector<std::string> references;
    for (const FieldDescriptor& field : entity.fields)
        if (field.type == FieldType::person_ref)
            references.push_back(TargetConnection::quote_identifier(field.name + "_id"));
    const std::string id(id_column(entity));

    const bool apart = closes_address_apart(entity);
    std::string columns = "row_id bigint, access smallint, address_access smallint, person bigint";
    std::string names = "row_id, access, address_access, person";
    std::string set = std::string("access = g.access") + (apart ? ", address_access = g.address_access" : "") +
                      (id.empty() ? std::string() : ", " + id + " = g.person");
    for (std::size_t i = 0; i < references.size(); ++i) {
        const std::string name = "reference" + std::to_string(i);
        columns += ", " + name + " bigint";
        names += ", " + name;
        set += ", " + references[i] + " = g." + name;
    }

    CopyBuffer changed;
    const auto put = [&](PersonId person) {
        person.value != 0 ? changed.put_bigint(person.value) : changed.put_null();
    };
    for_each_stored_row(loader, entity, condition, [&](const StoredRow& stored) {
        const auto placer = placers.find(std::string(stored.system));
        if (placer == placers.end()) return;
        const RowPlacement placement = placer->second.place(stored.row);
        const bool moved =
            placement.person != stored.person || !std::ranges::equal(placement.references, stored.references);
        if (!moved && placement.access == stored.access && placement.address_access == stored.address_access) return;
        ++(moved ? outcome.rows_moved : outcome.rows_reshielded);
        changed.begin_row(static_cast<std::int16_t>(4 + references.size()));
        changed.put_bigint(stored.row_id);
        changed.put_smallint(placement.access);
        changed.put_smallint(placement.address_access);
        put(placement.person);
        for (const PersonId reference : placement.references) put(reference);
    });
    if (changed.empty()) return;
    loader.execute("CREATE TEMPORARY TABLE placed_again (" + columns + ") ON COMMIT DROP");
    copy_rows(loader, "pg_temp.placed_again", names, changed);
    loader.execute("UPDATE " + qualified_table(entity) + " t SET " + set +
                       " FROM pg_temp.placed_again g WHERE t.row_id = g.row_id",
                   TargetConnection::kLongDeadline);
    loader.execute("INSERT INTO pg_temp.row_placed_again SELECT t.source_system, t.source_entity, t.source_key FROM " +
                   qualified_table(entity) + " t JOIN pg_temp.placed_again USING (row_id)");
    loader.execute("DROP TABLE pg_temp.placed_again");
}

/// Brings the rows that lineage keeps beside the records (as read, set aside, quarantined) to the clearance that what
/// became of them needs.
///
/// A quarantined row became nothing that could be asked: once shielded, it stays so.
void shield_lineage(TargetConnection& loader, const CanonicalSchema& canonical) {
    const auto rows_where = [&](const std::function<std::string(const EntityDescriptor&)>& condition_of) {
        std::string rows;
        for (const EntityDescriptor& entity : canonical.entities()) {
            const std::string condition = condition_of(entity);
            if (condition.empty()) continue;
            rows += rows.empty() ? "" : " UNION ALL ";
            rows += "SELECT t.source_system, t.source_entity, t.source_key, " + access_to_all_sql(entity, "t") +
                    " AS access FROM " + qualified_table(entity) + " t WHERE " + condition;
        }
        return "(" + rows + ") r";
    };
    // A source row can speak of several people: what it needs follows from all of them.
    loader.execute(
        "CREATE TEMPORARY TABLE reached_row ON COMMIT DROP AS SELECT DISTINCT source_system, source_entity, "
        "source_key, 0::smallint AS access FROM " +
            rows_where(of_reached_records) +
            " UNION SELECT source_system, source_entity, source_key, 0 FROM pg_temp.row_placed_again; ANALYZE "
            "pg_temp.reached_row",
        TargetConnection::kLongDeadline);
    loader.execute(
        "UPDATE pg_temp.reached_row k SET access = a.access FROM (SELECT source_system, source_entity, "
        "source_key, bit_or(access) AS access FROM " +
            rows_where([](const EntityDescriptor&) -> std::string {
                return "(t.source_system, t.source_entity, t.source_key) IN"
                       " (SELECT source_system, source_entity, source_key FROM pg_temp.reached_row)";
            }) +
            " GROUP BY 1, 2, 3) a WHERE a.source_system = k.source_system"
            " AND a.source_entity = k.source_entity AND a.source_key = k.source_key",
        TargetConnection::kLongDeadline);
    constexpr std::string_view kColumns =
        "s.run_id, s.area, r.access, s.source_system, s.source_entity, s.source_key, s.source_person_key, s.position, "
        "s.row";
    const auto move = [&](std::string_view from, std::string_view to, std::string_view when) {
        loader.execute("WITH moved AS (DELETE FROM " + std::string(from) +
                           " s USING pg_temp.reached_row r WHERE s.source_system = r.source_system AND s.source_entity "
                           "= r.source_entity AND s.source_key = r.source_key AND " +
                           std::string(when) + " RETURNING " + std::string(kColumns) + ") INSERT INTO " +
                           std::string(to) +
                           " (run_id, area, access, source_system, source_entity, source_key, source_person_key, "
                           "position, row) SELECT * FROM moved",
                       TargetConnection::kLongDeadline);
    };
    move("lineage.source_row", "sealed.source_row", "r.access <> 0");
    move("sealed.source_row", "lineage.source_row", "r.access = 0");
    for (const std::string_view table : {"sealed.source_row", "lineage.field_issue"}) {
        loader.execute("UPDATE " + std::string(table) +
                           " f SET access = r.access FROM pg_temp.reached_row r WHERE f.source_system = r.source_system"
                           " AND f.source_entity = r.source_entity AND f.source_key = r.source_key"
                           " AND f.access <> r.access",
                       TargetConnection::kLongDeadline);
    }
    loader.execute(
        "UPDATE lineage.quarantine q SET access = (q.access | c.access)::smallint FROM pg_temp.reached_record c"
        " WHERE c.access <> 0 AND q.source_system = c.source_system"
        " AND split_part(q.source_key, E'\\x1f', 1) = c.source_person_key",
        TargetConnection::kLongDeadline);
}

/// Replaces the golden records of the changed persons; those whose id nobody has any more go.
std::uint64_t consolidate_again(TargetConnection& loader, RunLedger& ledger, const RegroupingTools& tools,
                                const PeopleOfRun& people, const std::set<PersonId>& changed) {
    std::string ids;
    for (const PersonId person : changed) ids += (ids.empty() ? "" : ",") + std::to_string(person.value);
    BatchWriter writer(loader, ledger, BatchWriter::Transactions::joined);
    writer.open({std::string(kGoldenSystem), std::string(kGoldenEntity)}, 0, kLoadPass);
    for (const EntityDescriptor* entity :
         {&tools.schema->golden_person(), &tools.schema->child(), &tools.schema->person_value()}) {
        const std::string condition = std::string(id_column(*entity)) + " = ANY ('{" + ids + "}')";
        RowDigestReader reader(
            [&](const DigestedRowView& row) { writer.take_away(*entity, row.source_key, row.digest); });
        loader.copy_out(digest_read_back_sql(*entity, condition), [&](std::string_view bytes) { reader.feed(bytes); });
        loader.execute("DELETE FROM " + qualified_table(*entity) + " WHERE " + condition);
    }
    const Consolidator consolidator(people.store, *tools.survivorship, *tools.canonical);
    GoldenRowWriter rows(people.store, *tools.schema);
    std::uint64_t written = 0;
    for (std::size_t cluster = 0; cluster < people.members.size(); ++cluster) {
        if (!changed.contains(people.identity.person[cluster])) continue;
        rows.write(golden_record(people, consolidator, cluster),
                   [&](const CanonicalRow& row, PersonId person, std::uint8_t areas, std::uint8_t access) {
                       add_golden_row(writer, row, person, areas, access);
                   });
        ++written;
    }
    writer.commit();
    return written;
}

std::vector<RecordMove> find_moves(const PeopleOfRun& people, const Before& before) {
    std::vector<RecordMove> moves;
    for (std::uint32_t i = 0; i < people.store.size(); ++i) {
        if (people.person_of({i}) == before.person[i]) continue;
        moves.push_back({std::string(people.store.system_name(people.store.system({i}))),
                         std::string(people.store.key({i})), before.person[i], people.person_of({i})});
    }
    std::ranges::sort(moves, {}, [](const RecordMove& move) { return std::tie(move.system, move.key); });
    return moves;
}

std::vector<RecordMoveRow> move_rows(const PeopleOfRun& people, const Before& before,
                                     const std::vector<RecordMove>& moves, std::int64_t decision) {
    std::vector<RecordMoveRow> rows;
    for (const RecordMove& move : moves) {
        const SystemId system = *people.store.find_system(move.system);
        const PersonRow record = *people.store.find(system, move.key);
        RecordMoveRow row;
        row.area = people.store.system_area(system);
        row.access = static_cast<std::uint8_t>(before.access[record.value] |
                                               people.shields->of_person(people.person_of(record)));
        row.source_system = move.system;
        row.source_person_key = move.key;
        row.from = move.from;
        row.to = move.to;
        row.decision = decision;
        rows.push_back(row);
    }
    return rows;
}

}  // namespace

RegroupingOutcome regroup_target(TargetConnection& loader, RunLedger& ledger, const RegroupingTools& tools,
                                 std::int64_t decision, PeopleOfRun& people) {
    people.store = read_people(loader, *tools.canonical);
    people.providers = read_hidden_providers(loader, *tools.canonical);
    const Before before = read_before(loader, people.store);
    const std::vector<DecisionRow> decisions = read_decisions(loader, DecisionScope::in_force);
    LinkOptions options;
    options.threads = tools.threads;
    options.decisions = constraints_of(decisions);
    people.linked = link_people(people.store, *tools.model, options);
    identify_people(people, read_earlier_people(loader), claims_of(decisions));

    RegroupingOutcome outcome;
    outcome.events = people.identity.events;
    outcome.moves = find_moves(people, before);
    const Reach reach(people, before);
    if (!reach.changed_persons().empty()) {
        outcome.golden_records = consolidate_again(loader, ledger, tools, people, reach.changed_persons());
        name_reached_records(loader, people, reach.records());
        std::map<std::string, RowPlacer> placers;
        for (std::uint16_t i = 0; i < people.store.systems(); ++i)
            placers.emplace(people.store.system_name(SystemId{i}), RowPlacer(people, SystemId{i}));
        loader.execute(
            "CREATE TEMPORARY TABLE row_placed_again (source_system text, source_entity text, source_key text)"
            " ON COMMIT DROP");
        for (const auto& condition_of : {of_reached_records, of_hidden_places}) {
            for (const EntityDescriptor& entity : tools.canonical->entities())
                place_again(loader, entity, condition_of(entity), placers, outcome);
        }
        shield_lineage(loader, *tools.canonical);
    }
    update_crosswalk(loader, ledger.run(), crosswalk_rows(people, *tools.model));
    keep_review_pairs(loader, ledger, people);
    write_identity_events(loader, ledger.run(), identity_event_rows(people, decision));
    write_record_moves(loader, ledger.run(), move_rows(people, before, outcome.moves, decision));
    note_decisions_applied(loader, ledger.run());
    refresh_review(loader);
    return outcome;
}

}  // namespace caseweave
