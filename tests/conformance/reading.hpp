#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "canonical/schema.hpp"
#include "conformance/source_data.hpp"
#include "core/reject.hpp"

namespace caseweave::conformance {

/// A source row that was given its place among the canonical rows.
struct PlacedRow {
    std::string key;
    Fields fields;                  ///< declared columns that have a value, as the source says them
    std::string extras;             ///< JSON of what no mapping names
    bool speaks_of_person = false;  ///< some canonical row is about the person of the entity's person_key
};

/// What came of reading one entity the way a run reads it.
struct EntityReading {
    std::int64_t read = 0, emitted = 0;
    std::vector<PlacedRow> placed;
    std::vector<Reject> rejects;
    /// Emits that gave a row: canonical entity, and which of the entity's emits to it.
    std::set<std::pair<std::string, unsigned>> fired;
    bool empty_key_or_person = false;  ///< some canonical row lacks its key, or its person where it must have one

    std::size_t rejected_for(RejectReason reason) const;
};

/// Readings of all entities of a connector, by name.
using SystemReading = std::map<std::string, EntityReading>;

/// Reads every entity twice as a run does: the persons first, then all rows against the persons.
SystemReading read_system(const StagedSource& staged, const std::shared_ptr<const ConnectorDefinition>& definition);

/// Rows of a source as texts (address, columns, values; rejects too), cut where its batches end.
struct RawReading {
    std::vector<std::string> rows;
    std::vector<std::pair<std::size_t, std::string>> checkpoints;  ///< rows handed on before it, and the checkpoint
};
RawReading read_raw(Connector& connector, const EntityDefinition& entity, const std::string& checkpoint);

const CanonicalSchema& canonical_schema();

}  // namespace caseweave::conformance
