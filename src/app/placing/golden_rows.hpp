#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/canonical_batch.hpp"
#include "consolidate/consolidator.hpp"
#include "load/target_schema.hpp"
#include "people/person_store.hpp"

namespace caseweave {

/// Writes golden records as rows of integrated.person, integrated.child and integrated.person_value.
///
/// The rows depend on the record alone: loading and reconciliation make the same ones. Texts of a row live until the
/// next call. One thread.
class GoldenRowWriter {
  public:
    /// Takes one row, whose it is, its service areas and its access bits.
    using Take = std::function<void(const CanonicalRow&, PersonId, std::uint8_t areas, std::uint8_t access)>;

    GoldenRowWriter(const PersonStore& store, const TargetSchema& schema) : store_(&store), schema_(&schema) {}

    void write(const GoldenRecord& golden, const Take& take);

    /// Says what the person is: "adult", "child", or "unborn" while no record knows the child as born.
    std::string_view kind_of(const GoldenRecord& golden) const;

  private:
    void write_person(const GoldenRecord& golden, const Take& take);
    void write_child(const GoldenRecord& golden, const Take& take);
    void write_values(const GoldenRecord& golden, const Take& take);
    std::string_view best_identifier(const GoldenRecord& golden, std::string_view type) const;
    static CanonicalRow row_of(const EntityDescriptor& entity, std::string_view key, std::string_view person_key,
                               const Value* values);

    const PersonStore* store_;
    const TargetSchema* schema_;
};

/// Writes a value of the store as text: dates as 2015-03-27, booleans as true and false.
std::string value_text(const PersonStore& store, PersonRow row, PersonField field);
/// Gives a value of the store as a canonical value; text points into the store.
Value value_of(const PersonStore& store, PersonRow row, PersonField field);

}  // namespace caseweave
