#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/job/job_sources.hpp"
#include "app/reading/key_register.hpp"
#include "app/reading/partial_reading.hpp"
#include "canonical/canonical_batch.hpp"
#include "ledger/balance.hpp"
#include "normalise/entity_normaliser.hpp"

namespace caseweave {

/// Holds one batch whose every source row has been given its place.
struct PlacedBatch {
    CanonicalBatch batch;       ///< `rows` only of placed source rows; `rejects` all that were quarantined
    EntityCounts counts;        ///< where its source rows went; emitted is set, inserted is the loader's
    std::uint64_t ordinal = 0;  ///< number of the batch within its entity, from 0; the same on every reading
};

/// Tells how long reading took, summed over the threads that read. Systems are read at once and loaded meanwhile, so
/// the sum may exceed the time on the clock.
struct ReadSeconds {
    double extract = 0;    ///< waiting for the source and turning its bytes into rows
    double normalise = 0;  ///< turning source rows into canonical ones
    ReadSeconds& operator+=(const ReadSeconds& other) noexcept {
        extract += other.extract;
        normalise += other.normalise;
        return *this;
    }
};

/// Reads one system's entities in order and decides the place of every source row: placed, duplicate in source,
/// quarantined, excluded. The one way rows are read: the people pass, the load pass and reconciliation all use it, so
/// that they cannot disagree.
class EntityStream {
  public:
    /// Tells whether a person of this system is known; rows of unknown persons are orphans.
    using KnowsPerson = std::function<bool(std::string_view person_key)>;

    /// @param partial which entities are read in part; null: none.
    EntityStream(JobSystem& system, const CanonicalSchema& schema, NormaliseOptions options,
                 const PartialReading* partial = nullptr);

    /// Streams one entity to `take`; stops early when `take` returns false. @return false when stopped.
    /// `knows_person` may be null (people pass: the persons are only being gathered).
    bool stream(const EntityDefinition& entity, const KnowsPerson& knows_person,
                const std::function<bool(PlacedBatch)>& take);

    const ReadSeconds& seconds() const noexcept { return seconds_; }

    /// Gives the sums over all batches of the entity streamed last.
    const EntityCounts& totals() const noexcept { return totals_; }

    /// Names the columns of the entity streamed last of which every date was written in another form than the
    /// definition says.
    const std::set<std::string>& columns_in_other_form() const noexcept { return columns_in_other_form_; }

    /// Tells whether an entity gives rows of the people pass.
    static bool is_people_entity(const EntityDefinition& entity, const CanonicalSchema& schema);

  private:
    PlacedBatch place(const EntityDefinition& entity, const EntityNormaliser& normaliser, CanonicalBatch batch,
                      KeyRegister& keys, const KnowsPerson& knows_person);

    JobSystem* system_;
    const CanonicalSchema* schema_;
    NormaliseOptions options_;
    const PartialReading* partial_;
    EntityCounts totals_;
    std::set<std::string> columns_in_other_form_;
    ReadSeconds seconds_;
    std::map<std::string, KeyRegister, std::less<>> keys_;  // of entities that are parents
    KeyRegister persons_;                                   // person keys that some row has made a person of
};

}  // namespace caseweave
