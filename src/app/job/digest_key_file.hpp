#pragma once

#include <filesystem>

#include "app/job/state_folder.hpp"
#include "attest/keyed_digest.hpp"

namespace caseweave {

/// Reads the secret of a state folder that digests are keyed with before they leave the target, and makes it where
/// there is none: whole or not at all, and never a second one. @throws Error(usage).
DigestKey open_digest_key(const StateFolder& state);

/// Reads one that must be there. @throws Error(usage).
DigestKey read_digest_key(const std::filesystem::path& file);

}  // namespace caseweave
