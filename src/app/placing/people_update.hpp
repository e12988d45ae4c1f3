#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/reading/people_of_run.hpp"
#include "canonical/row_digest.hpp"
#include "canonical/schema.hpp"
#include "ledger/run_ledger.hpp"
#include "link/linkage_model.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"
#include "reconcile/retention_rules.hpp"
#include "settings/survivorship.hpp"

namespace caseweave {

/// Holds what bringing the target's people up to date works with. All must outlive the call.
struct PeopleUpdateTools {
    const CanonicalSchema* canonical = nullptr;
    const TargetSchema* schema = nullptr;
    const LinkageModel* model = nullptr;
    const SurvivorshipSettings* survivorship = nullptr;
    const RetentionRules* retention = nullptr;
    unsigned threads = 1;
};

/// Says whose the records of the target were before people were linked again, and who could see them.
struct PeopleBefore {
    /// A record of the target that the linked people do not have any more.
    struct Gone {
        std::string system, key;
        std::uint8_t area = 0, access = 0;
        PersonId person;
    };
    std::vector<PersonId> person;      ///< by row of the store; 0: the record is new
    std::vector<std::uint8_t> access;  ///< likewise
    std::vector<Gone> gone;            ///< by (system, key)
};

/// Reads it from the crosswalk. `store` holds the people as they are now.
PeopleBefore read_people_before(TargetConnection& loader, const PersonStore& store);

/// Says that a record is another person's than before.
struct RecordMove {
    std::string system, key;
    PersonId from;
    PersonId to;  ///< 0: the record is gone
};

/// Says what bringing people up to date changed.
struct PeopleUpdate {
    std::vector<RecordMove> moves;      ///< by (system, key); a new record has none
    std::vector<IdentityEvent> events;  ///< of the persons concerned
    std::uint64_t rows_moved = 0;       ///< rows of records and cases that are under another person now
    std::uint64_t rows_reshielded = 0;  ///< rows that other readers may see now, golden records not counted
    std::uint64_t golden_records = 0;   ///< persons whose golden record was made anew
};

/// Says what a run has already changed in the target that others' rows follow from, or has found off.
struct TouchedPeople {
    std::set<std::pair<std::string, std::string>> records;  ///< (system, source person key) with other people rows
    bool places = false;                                    ///< whether rows of places have changed
    std::set<PersonId> persons;    ///< whose golden rows are not what consolidation made of them
    std::set<SourceRowName> rows;  ///< source rows of which something stands under another person, or is less protected
                                   ///< than it must be, though neither person nor row has changed
};

/// Makes the target what loading these linked people would have made it: crosswalk, golden records, whose each row is,
/// who may see it, how long it is kept, pairs for review, events. Decisions in force count as applied afterwards. Rows
/// that stay whose they are, and as visible as they are, are not touched, and of golden records only rows that differ
/// are written.
///
/// Joins the transaction that is open; the rows written carry the ledger's run. @param before as read before anything
/// was changed. @param touched what this run has already changed in the target. @param decision
/// the one that brings it about, for events; 0 = none. @param written takes the tally of every row version written.
PeopleUpdate update_people(TargetConnection& loader, RunLedger& ledger, const PeopleUpdateTools& tools,
                           const PeopleOfRun& people, const PeopleBefore& before, const TouchedPeople& touched,
                           std::int64_t decision, TallyTable& written);

}  // namespace caseweave
