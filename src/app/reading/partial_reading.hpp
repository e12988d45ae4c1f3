#pragma once

#include <map>
#include <set>
#include <string>

#include "app/job/job_sources.hpp"
#include "app/reading/key_register.hpp"
#include "app/reading/watermarks.hpp"
#include "canonical/schema.hpp"
#include "ledger/balance.hpp"
#include "postgres/target_connection.hpp"
#include "settings/job.hpp"

namespace caseweave {

/// Knows which entities of a job are read from their watermark on, and what of them the target has already.
///
/// An entity is read so only where nothing can be missed by it: its database keeps a watermark, the target has noted
/// one, it was read whole lately, its parent is read so too (a parent that is gone takes its children along, and only
/// whole readings show what is gone), and so are all entities that make the system's persons.
class PartialReading {
  public:
    PartialReading() = default;
    /// @param reader is asked for the keys of parents that are not read again.
    PartialReading(const JobSources& sources, const CanonicalSchema& canonical, const Watermarks& known,
                   const PartialReadingRules& rules, const std::set<std::string>& passed_over,
                   TargetConnection& reader);

    /// Gives the narrowed entity; null where it is read whole.
    const EntityDefinition* narrowed(const std::string& system, const EntityDefinition& entity) const;
    /// Gives the keys that the target has of an entity that is a parent and read in part; null where it is not.
    const KeyRegister* known_keys(const std::string& system, const std::string& entity) const;

    std::size_t size() const noexcept { return narrowed_.size(); }

  private:
    std::map<SourceEntity, EntityDefinition> narrowed_;
    std::map<SourceEntity, KeyRegister> known_;
};

}  // namespace caseweave
