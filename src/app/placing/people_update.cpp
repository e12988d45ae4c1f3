#include "app/placing/people_update.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <tuple>

#include "app/placing/golden_rows.hpp"
#include "app/placing/identity_rows.hpp"
#include "app/placing/load_pass.hpp"
#include "app/placing/row_digester.hpp"
#include "app/reading/stored_people.hpp"
#include "canonical/copy_encoding.hpp"
#include "ledger/lineage_writer.hpp"
#include "load/batch_writer.hpp"
#include "load/people_lineage.hpp"
#include "load/review_decisions.hpp"
#include "reconcile/protection.hpp"
#include "reconcile/retention.hpp"

namespace caseweave {

namespace {

/// Finds the records whose rows may be another person's or need another clearance now.
///
/// A row's clearance follows from its person, from the persons it names, and from seals: whom the earlier side of one
/// is related to (Shields). So a change reaches the records of the person before and after, and those related to them;
/// everyone near a seal is looked at again whatever changed.
class Reach {
  public:
    Reach(const PeopleOfRun& people, const PeopleBefore& before, const TouchedPeople& touched)
        : people_(&people), before_(&before) {
        const PersonStore& store = people.store;
        reached_.assign(store.size(), false);
        for (std::uint32_t i = 0; i < store.size(); ++i) {
            const PersonId person = people.person_of({i});
            if (person != before.person[i]) add_persons(before.person[i], person);
            if (people.shields->of_person(person) != before.access[i]) add_persons(person, before.person[i]);
        }
        for (const PeopleBefore::Gone& gone : before.gone) persons_.insert(gone.person);
        persons_.insert(touched.persons.begin(), touched.persons.end());
        regrouped_ = persons_;
        for (const auto& [system, key] : touched.records) {
            const auto id = store.find_system(system);
            const auto row = id ? store.find(*id, key) : std::nullopt;
            if (row) add_persons(people.person_of(*row), before.person[row->value]);
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
    /// Persons whose records or clearance are not what they were, or what a record says; ids that nobody has any more
    /// included.
    const std::set<PersonId>& changed_persons() const noexcept { return changed_; }
    /// Those of them who have other records or another clearance than before.
    const std::set<PersonId>& regrouped_persons() const noexcept { return regrouped_; }

  private:
    void add_persons(PersonId one, PersonId other) {
        for (const PersonId person : {one, other})
            if (person.value != 0) persons_.insert(person);  // 0: a new record was nobody's
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
    const PeopleBefore* before_;
    std::set<PersonId> persons_, changed_, regrouped_;
    std::vector<bool> reached_;
};

/// Makes a temporary table of the records reached, with the clearance that anything of theirs needs.
void name_reached_records(TargetConnection& loader, const PeopleOfRun& people, const std::vector<bool>& reached,
                          const std::vector<PeopleBefore::Gone>& gone) {
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
    for (const PeopleBefore::Gone& record : gone) {
        rows.begin_row(3);
        rows.put_text(record.system);
        rows.put_text(record.key);
        rows.put_smallint(record.access);
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

/// Makes the temporary table of source rows of which something was placed again; those found off are in it from the
/// start.
void name_rows_placed_again(TargetConnection& loader, const std::set<SourceRowName>& found_off) {
    loader.execute(
        "CREATE TEMPORARY TABLE row_placed_again (source_system text, source_entity text, source_key text)"
        " ON COMMIT DROP");
    CopyBuffer rows;
    for (const auto& [system, entity, key] : found_off) {
        rows.begin_row(3);
        rows.put_text(system);
        rows.put_text(entity);
        rows.put_text(key);
    }
    if (!rows.empty()) copy_rows(loader, "pg_temp.row_placed_again", "source_system, source_entity, source_key", rows);
    loader.execute("ANALYZE pg_temp.row_placed_again");
}

/// Selects what became of the source rows that were found off, or placed again so far. On the alias t.
std::string of_rows_found_off(const EntityDescriptor&) {
    return "(t.source_system, t.source_entity, t.source_key) IN"
           " (SELECT source_system, source_entity, source_key FROM pg_temp.row_placed_again)";
}

/// Selects an entity's rows that a restriction of whoever lives at a place hides, or hid: joining or parting people
/// changes whose addresses are restricted, and rows of others at the same place with it. On the alias t; to be asked
/// once restrictions and addresses are under the persons they belong to now.
std::string of_hidden_places(const EntityDescriptor& entity) {
    const ProtectedPlaces places = protected_by_target().places;
    std::string names_one = names_hidden_place_sql(entity, places);
    if (names_one == "false") return {};
    // Neighbours of a hidden home are looked at too: whether they can be told from it is for the placer to say.
    if (entity.pass == Pass::people) names_one += " OR t.postcode IN (" + home_postcodes_sql(places) + ")";
    return names_one + " OR " + (closes_address_apart(entity) ? "t.address_access" : "t.access") + " <> 0";
}

/// Tallies the rows of a table under a condition.
void tally_rows(TargetConnection& loader, const EntityDescriptor& entity, const std::string& condition,
                TallyTable& tallies) {
    RowDigestReader reader([&](const DigestedRowView& row) {
        tallies[{std::string(row.source_system), std::string(row.source_entity), entity.name}].add(row.source_key,
                                                                                                   row.digest);
    });
    loader.copy_out(digest_read_back_sql(entity, condition), [&](std::string_view bytes) { reader.feed(bytes); });
}

/// Puts an entity's rows under the persons they belong to now, with the clearance they need now.
void place_again(TargetConnection& loader, RunId run, const EntityDescriptor& entity, const std::string& condition,
                 std::map<std::string, RowPlacer>& placers, PeopleUpdate& outcome, TallyTable& written) {
    if (condition.empty()) return;
    std::vector<std::string> references;
    for (const FieldDescriptor& field : entity.fields)
        if (field.type == FieldType::person_ref)
            references.push_back(TargetConnection::quote_identifier(field.name + "_id"));
    const std::string id(id_column(entity));

    const bool apart = closes_address_apart(entity);
    std::string columns = "row_id bigint, access smallint, address_access smallint, person bigint";
    std::string names = "row_id, access, address_access, person";
    std::string set = "run_id = " + std::to_string(run.value) + ", access = g.access" +
                      (apart ? ", address_access = g.address_access" : "") +
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
    // Rows that this run has written are tallied already.
    tally_rows(loader, entity,
               "run_id <> " + std::to_string(run.value) + " AND row_id IN (SELECT row_id FROM pg_temp.placed_again)",
               written);
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
void shield_lineage(TargetConnection& loader, RunId run, const CanonicalSchema& canonical) {
    const std::string id = std::to_string(run.value);
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
    const std::string columns =
        id +
        "::bigint, s.area, r.access, s.source_system, s.source_entity, s.source_key, s.source_person_key, "
        "s.position, s.row";
    const auto move = [&](std::string_view from, std::string_view to, std::string_view when) {
        loader.execute("WITH moved AS (DELETE FROM " + std::string(from) +
                           " s USING pg_temp.reached_row r WHERE s.source_system = r.source_system AND s.source_entity "
                           "= r.source_entity AND s.source_key = r.source_key AND " +
                           std::string(when) + " RETURNING " + columns + ") INSERT INTO " + std::string(to) +
                           " (run_id, area, access, source_system, source_entity, source_key, source_person_key, "
                           "position, row) SELECT * FROM moved",
                       TargetConnection::kLongDeadline);
    };
    move("lineage.source_row", "sealed.source_row", "r.access <> 0");
    move("sealed.source_row", "lineage.source_row", "r.access = 0");
    for (const std::string_view table : {"sealed.source_row", "lineage.field_issue"}) {
        loader.execute("UPDATE " + std::string(table) + " f SET run_id = " + id +
                           ", access = r.access FROM pg_temp.reached_row r WHERE f.source_system = r.source_system"
                           " AND f.source_entity = r.source_entity AND f.source_key = r.source_key"
                           " AND f.access <> r.access",
                       TargetConnection::kLongDeadline);
    }
    loader.execute(
        "UPDATE lineage.quarantine q SET run_id = " + id +
            ", access = (q.access | c.access)::smallint, raw_access = (q.raw_access | c.access)::smallint FROM"
            " pg_temp.reached_record c WHERE c.access & ~(q.access & q.raw_access) <> 0 AND q.source_system = "
            "c.source_system"
            " AND coalesce(q.source_person_key, split_part(q.source_key, E'\\x1f', 1)) = c.source_person_key",
        TargetConnection::kLongDeadline);
}

/// Closes the text of rejected rows whose person is not known any more: it may be anyone's now.
void close_unknown_rejects(TargetConnection& loader, RunId run) {
    loader.execute("UPDATE lineage.quarantine q SET run_id = " + std::to_string(run.value) +
                       ", raw_access = (q.raw_access | 3)::smallint WHERE q.raw_access & 3 <> 3 AND NOT EXISTS (SELECT"
                       " FROM lineage.crosswalk c WHERE c.source_system = q.source_system AND c.source_person_key ="
                       " coalesce(q.source_person_key, split_part(q.source_key, E'\\x1f', 1)))",
                   TargetConnection::kLongDeadline);
}

/// Names one golden row: its table, source key and part.
using GoldenRowName = std::tuple<const EntityDescriptor*, std::string, std::int16_t>;

/// Brings the golden records of the changed persons up to date; those whose id nobody has any more go. Of a person who
/// was regrouped every row is written, since areas and clearance are on each; of the others the rows that differ.
std::uint64_t consolidate_again(TargetConnection& loader, RunLedger& ledger, const PeopleUpdateTools& tools,
                                const PeopleOfRun& people, const Reach& reach, const TouchedPeople& touched,
                                TallyTable& written) {
    const std::string system(kGoldenSystem);
    const std::string source_entity(kGoldenEntity);
    const std::array tables = {&tools.schema->golden_person(), &tools.schema->child(), &tools.schema->person_value()};
    std::string ids;
    for (const PersonId person : reach.changed_persons())
        ids += (ids.empty() ? "" : ",") + std::to_string(person.value);
    std::map<GoldenRowName, std::vector<Digest128>> old;  // more than one digest: the row is there twice
    for (const EntityDescriptor* entity : tables) {
        RowDigestReader reader([&](const DigestedRowView& row) {
            old[{entity, std::string(row.source_key), row.source_part}].push_back(row.digest);
        });
        std::string condition = std::string(id_column(*entity)) + " = ANY ('{" + ids + "}')";
        // A row whose own column names another person is found by what it was made for.
        if (!touched.persons.empty())
            condition =
                "source_system = '" + system + "' AND (" + condition + " OR source_person_key = ANY ('{" + ids + "}'))";
        loader.copy_out(digest_read_back_sql(*entity, condition), [&](std::string_view bytes) { reader.feed(bytes); });
    }

    BatchWriter writer(loader, ledger, BatchWriter::Transactions::joined);
    writer.open({system, source_entity}, 0, kLoadPass);
    const Consolidator consolidator(people.store, *tools.survivorship, *tools.canonical);
    GoldenRowWriter rows(people.store, *tools.schema);
    RowDigester digester;
    std::uint64_t persons = 0;
    for (std::size_t cluster = 0; cluster < people.members.size(); ++cluster) {
        const PersonId person = people.identity.person[cluster];
        if (!reach.changed_persons().contains(person)) continue;
        const bool whole = reach.regrouped_persons().contains(person);
        bool differs = whole;
        rows.write(golden_record(people, consolidator, cluster), [&](const CanonicalRow& row, PersonId id,
                                                                     std::uint8_t areas, std::uint8_t access) {
            const Digest128 digest = digester.digest(system, source_entity, row);
            const auto there = old.find({row.entity, std::string(row.source_key), static_cast<std::int16_t>(row.part)});
            if (!whole && there != old.end() && there->second == std::vector{digest}) {
                old.erase(there);
                return;
            }
            differs = true;
            written[{system, source_entity, row.entity->name}].add(row.source_key, digest);
            add_golden_row(writer, row, id, areas, access);
        });
        persons += differs ? 1 : 0;
    }
    for (const auto& [name, digests] : old)
        for (const Digest128& digest : digests) writer.take_away(*std::get<0>(name), std::get<1>(name), digest);
    writer.commit();
    // What is left of the old rows has another in its place, or nothing; this run's own rows stay.
    for (const EntityDescriptor* entity : tables) {
        CopyBuffer names;
        for (const auto& [name, digests] : old) {
            if (std::get<0>(name) != entity) continue;
            names.begin_row(2);
            names.put_text(std::get<1>(name));
            names.put_smallint(std::get<2>(name));
        }
        if (names.empty()) continue;
        loader.execute("CREATE TEMPORARY TABLE replaced_row (source_key text, source_part smallint) ON COMMIT DROP");
        copy_rows(loader, "pg_temp.replaced_row", "source_key, source_part", names);
        loader.execute("DELETE FROM " + qualified_table(*entity) +
                           " t USING pg_temp.replaced_row r WHERE t.run_id <> " + std::to_string(ledger.run().value) +
                           " AND t.source_system = '" + system +
                           "' AND t.source_key = r.source_key AND t.source_part = r.source_part",
                       TargetConnection::kLongDeadline);
        loader.execute("DROP TABLE pg_temp.replaced_row");
    }
    return persons;
}

std::vector<RecordMove> find_moves(const PeopleOfRun& people, const PeopleBefore& before) {
    std::vector<RecordMove> moves;
    for (std::uint32_t i = 0; i < people.store.size(); ++i) {
        if (people.person_of({i}) == before.person[i] || before.person[i].value == 0) continue;
        moves.push_back({std::string(people.store.system_name(people.store.system({i}))),
                         std::string(people.store.key({i})), before.person[i], people.person_of({i})});
    }
    for (const PeopleBefore::Gone& gone : before.gone) moves.push_back({gone.system, gone.key, gone.person, {}});
    std::ranges::sort(moves, {}, [](const RecordMove& move) { return std::tie(move.system, move.key); });
    return moves;
}

std::vector<RecordMoveRow> move_rows(const PeopleOfRun& people, const PeopleBefore& before,
                                     const std::vector<RecordMove>& moves, std::int64_t decision) {
    std::vector<RecordMoveRow> rows;
    for (const RecordMove& move : moves) {
        RecordMoveRow row;
        row.source_system = move.system;
        row.source_person_key = move.key;
        row.from = move.from;
        row.to = move.to;
        row.decision = decision;
        if (move.to.value == 0) {
            const auto gone = std::ranges::find_if(before.gone, [&](const PeopleBefore::Gone& record) {
                return record.system == move.system && record.key == move.key;
            });
            row.area = gone->area;
            row.access = gone->access;
        } else {
            const SystemId system = *people.store.find_system(move.system);
            const PersonRow record = *people.store.find(system, move.key);
            row.area = people.store.system_area(system);
            row.access = static_cast<std::uint8_t>(before.access[record.value] |
                                                   people.shields->of_person(people.person_of(record)));
        }
        rows.push_back(row);
    }
    return rows;
}

}  // namespace

PeopleBefore read_people_before(TargetConnection& loader, const PersonStore& store) {
    PeopleBefore before;
    before.person.resize(store.size());
    before.access.resize(store.size());
    const TargetResult rows = loader.execute(
        "SELECT source_system, source_person_key, person_id, access, area FROM lineage.crosswalk"
        " ORDER BY source_system COLLATE \"C\", source_person_key COLLATE \"C\"",
        TargetConnection::kLongDeadline);
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        const auto system = store.find_system(rows.text(i, 0));
        const auto row = system ? store.find(*system, rows.text(i, 1)) : std::nullopt;
        const PersonId person{rows.integer(i, 2)};
        const auto access = static_cast<std::uint8_t>(rows.integer(i, 3));
        if (row) {
            before.person[row->value] = person;
            before.access[row->value] = access;
        } else {
            before.gone.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)),
                                   static_cast<std::uint8_t>(rows.integer(i, 4)), access, person});
        }
    }
    return before;
}

PeopleUpdate update_people(TargetConnection& loader, RunLedger& ledger, const PeopleUpdateTools& tools,
                           const PeopleOfRun& people, const PeopleBefore& before, const TouchedPeople& touched,
                           std::int64_t decision, TallyTable& written) {
    ledger.sign_changes(loader);
    PeopleUpdate outcome;
    outcome.events = people.identity.events;
    outcome.moves = find_moves(people, before);
    const Reach reach(people, before, touched);
    if (!reach.changed_persons().empty() || touched.places || !touched.rows.empty()) {
        outcome.golden_records = consolidate_again(loader, ledger, tools, people, reach, touched, written);
        name_reached_records(loader, people, reach.records(), before.gone);
        std::map<std::string, RowPlacer> placers;
        for (std::uint16_t i = 0; i < people.store.systems(); ++i)
            placers.emplace(people.store.system_name(SystemId{i}), RowPlacer(people, SystemId{i}));
        name_rows_placed_again(loader, touched.rows);
        std::vector<std::string (*)(const EntityDescriptor&)> conditions = {of_reached_records, of_hidden_places};
        if (!touched.rows.empty()) conditions.insert(conditions.begin(), of_rows_found_off);
        for (const auto& condition_of : conditions) {
            for (const EntityDescriptor& entity : tools.canonical->entities())
                place_again(loader, ledger.run(), entity, condition_of(entity), placers, outcome, written);
        }
        shield_lineage(loader, ledger.run(), *tools.canonical);
    }
    update_crosswalk(loader, ledger.run(), crosswalk_rows(people, *tools.model));
    close_unknown_rejects(loader, ledger.run());
    compute_retention(loader, ledger.run(), *tools.retention);
    keep_review_pairs(loader, ledger, people);
    write_identity_events(loader, ledger.run(), identity_event_rows(people, decision));
    write_record_moves(loader, ledger.run(), move_rows(people, before, outcome.moves, decision));
    note_decisions_applied(loader, ledger.run());
    refresh_review(loader);
    open_lineage(loader, ledger.run());
    return outcome;
}

}  // namespace caseweave
