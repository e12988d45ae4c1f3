#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "canonical/canonical_batch.hpp"

namespace caseweave {

/// Makes canonical rows of any entity from a seed: every field type with values at its edges, every reason for missing.
class SampleRows {
  public:
    explicit SampleRows(std::uint32_t seed) : random_(seed) {}

    /// Makes a row; its views live as long as this object.
    CanonicalRow make(const EntityDescriptor& entity);
    /// Makes a row with a given key and person.
    CanonicalRow make(const EntityDescriptor& entity, std::string_view key, std::string_view person_key);

  private:
    Value make_value(const FieldDescriptor& field);
    std::string_view make_text();

    std::mt19937 random_;
    CanonicalBatch batch_;
    std::uint32_t count_ = 0;
};

}  // namespace caseweave
