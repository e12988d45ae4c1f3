#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "app/job/state_folder.hpp"
#include "canonical/schema.hpp"
#include "load/target.hpp"
#include "load/target_schema.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

/// Holds what is needed to look at a target: its schema, the way to it, the model that linked its people, the rules
/// that chose their golden values and those that say how long their records are kept.
struct ViewedTarget {
    ViewedTarget(CanonicalSchema descriptors, Target place, std::filesystem::path model,
                 std::filesystem::path survivorship_file, std::filesystem::path retention_file)
        : canonical(std::move(descriptors)),
          schema(canonical),
          target(std::move(place)),
          linkage_model(std::move(model)),
          survivorship(std::move(survivorship_file)),
          retention(std::move(retention_file)) {}
    ViewedTarget(const ViewedTarget&) = delete;

    CanonicalSchema canonical;
    TargetSchema schema;
    Target target;
    std::filesystem::path linkage_model;
    std::filesystem::path survivorship;
    std::filesystem::path retention;
};

/// Opens the target of the state folder's last migration, without touching any source; a private cluster is started
/// where it is not running. @throws Error(usage) where it has none yet.
std::unique_ptr<ViewedTarget> open_for_viewing(const StateFolder& state);

/// Says who asks for a person's record, as what, and why; every such question is written to audit.access_log.
struct Asking {
    std::string role = "data_quality";  ///< as typed after --as
    std::string purpose;                ///< as typed after --purpose; must say something
    std::string command;                ///< "child", "explain"
    std::string asked_for;
};

/// Checks the role and the purpose of a question before any work for it. @throws Error(usage) for a role that there is
/// none of, or an empty purpose.
void require_asking(const Asking& asking);

/// Opens a connection bound by the row-level security of the role asked for. Known words: social_care, education,
/// youth_justice (readers of one service area), data_quality (all areas, nothing restricted or sealed), restricted,
/// sealed (all areas, and that clearance). @throws Error(usage) for another word or an empty purpose.
TargetConnection connect_as(const Target& target, const Asking& asking);

/// Gives the clearance that a role has: bits kAccess* it may see beside open rows. @throws Error(usage).
std::uint8_t clearance_of(std::string_view role);

/// Tells whether a role sees the rows of every service area, and so every record of a person it may see at all.
/// @throws Error(usage).
bool sees_all_areas(std::string_view role);

/// Names the login this process runs under.
std::string user_name();

/// Writes the question to the access log, whether or not anything was found.
void record_access(TargetConnection& connection, const Asking& asking, bool found);

/// The one answer for an id that does not exist, and for one the asker may not see: the two must not be told apart.
std::string not_found_answer(std::string_view asked_for);

}  // namespace caseweave
