#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "attest/pack_manifest.hpp"
#include "attest/signing_key.hpp"

namespace caseweave {

/// Says what checking a pack found.
struct PackCheck {
    PackManifest manifest;
    std::string fingerprint;            ///< of the key whose signature was checked
    std::vector<std::string> problems;  ///< a sentence each, naming the file; none: the pack is as it was signed
};

/// Digests a file of a pack for its manifest. @throws Error(target) when it cannot be read.
PackFile digest_pack_file(const std::filesystem::path& folder, const std::string& name);

/// Checks a pack: the signature over the manifest, then that the folder holds exactly the files it lists, each with its
/// size and digest. Needs no network and no database; follows no link; reads no more of a file than the manifest says.
///
/// @param signer the key the pack must be signed with. Without it the pack's own key is used, which proves that the
/// files are those that were signed, not by whom.
/// @throws Error(integrity) when manifest or signature are missing or do not hold: nothing else of the pack can be
/// trusted then; Error(usage) when there is no such folder.
PackCheck check_pack(const std::filesystem::path& folder, const std::optional<PublicKey>& signer);

/// Writes text of a pack for a terminal: bytes that could command it are named (\x1B), not sent.
std::string printable(std::string_view text);

}  // namespace caseweave
