#pragma once

#include <string>
#include <utility>
#include <vector>

namespace caseweave::conformance {

/// Parts of a zip package in their order: name and bytes.
using ZipParts = std::vector<std::pair<std::string, std::string>>;

/// @throws std::runtime_error when the bytes are no zip package.
ZipParts unpack(const std::string& package);
std::string pack(const ZipParts& parts);
/// Finds a part. @throws std::runtime_error when there is none.
std::string& part_named(ZipParts& parts, const std::string& name);

}  // namespace caseweave::conformance
