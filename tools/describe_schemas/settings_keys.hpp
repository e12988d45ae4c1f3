#pragma once

#include <map>
#include <string_view>

namespace caseweave {

/// Says what each key of a kind of settings file is for: "entity.emit.to" stands in [[entity.emit]], "*" for a name
/// that the file chooses.
using KeyDescriptions = std::map<std::string_view, std::string_view>;

const KeyDescriptions& job_keys();
const KeyDescriptions& connector_keys();
const KeyDescriptions& survivorship_keys();
const KeyDescriptions& quality_rules_keys();
const KeyDescriptions& retention_keys();
const KeyDescriptions& linkage_model_keys();
const KeyDescriptions& canonical_entity_keys();

}  // namespace caseweave
