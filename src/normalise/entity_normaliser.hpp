#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "canonical/canonical_batch.hpp"
#include "canonical/schema.hpp"
#include "core/date.hpp"
#include "core/record_batch.hpp"
#include "normalise/dates.hpp"
#include "normalise/identifiers.hpp"
#include "normalise/null_texts.hpp"
#include "settings/connector_definition.hpp"

namespace caseweave {

/// Says what a job asks of normalisation.
struct NormaliseOptions {
    IdentifierOptions identifiers;
    bool keep_verbatim = false;  ///< also write every source row as JSON (people pass)
    bool keep_extras = true;     ///< write the columns no mapping names as JSON
    int return_year = 0;         ///< year whose codes hold, for statutory returns; 0 = all
    /// Last day on which anybody but an unborn child can be born: a later birth date is impossible. Not held against a
    /// day where there is none.
    std::optional<Date> latest_birth = std::nullopt;
};

/// Turns source rows of one entity into canonical rows: maps columns, types values, sets bad ones aside.
///
/// Compiled once from connector.toml against the canonical schema; a mapping to an unknown entity, field or code
/// is a SettingsError at construction. An entity made without a key gives rows of key "" and no person key: whoever
/// made it tells them apart. One thread at a time; make one an entity and thread.
class EntityNormaliser {
  public:
    EntityNormaliser(const CanonicalSchema& schema, const ConnectorDefinition& connector,
                     const EntityDefinition& entity, NormaliseOptions options);
    ~EntityNormaliser();
    EntityNormaliser(EntityNormaliser&&) noexcept;

    /// Maps one batch. Takes the batch over: the canonical rows point into it.
    CanonicalBatch normalise(RecordBatch source);

    /// Writes source row `index` of a batch as a JSON object, for quarantine: column -> text or null.
    std::string row_as_json(const CanonicalBatch& batch, std::size_t index) const;

    /// Canonical entities this source entity gives, in emit order.
    const std::vector<const EntityDescriptor*>& emitted_entities() const noexcept { return emitted_; }

  private:
    struct FieldPlan;
    struct ConditionPlan;
    struct EmitPlan;
    /// A column no mapping names, with its name as it stands in the JSON of extras: quoted, with the colon.
    struct ExtraColumn {
        std::size_t index = 0;
        std::string json_name;
    };

    void bind(const RowShape& shape);
    bool holds(const ConditionPlan& condition, const FieldView* row) const;
    FieldView value_of(const FieldView& field) const noexcept { return nulls_.value_of(field); }
    std::uint64_t hash_content(std::span<const FieldView> row);
    std::string_view join_key(const std::vector<std::size_t>& columns, const FieldView* row, CanonicalBatch& batch,
                              bool& complete) const;
    void normalise_row(const RecordBatch& source, std::size_t index, CanonicalBatch& batch);
    bool emit(EmitPlan& plan, const FieldView* row, CanonicalBatch& batch, const SourceRowOutcome& outcome,
              std::uint32_t row_index);
    // Values are written where they belong: one that is returned is copied before it has left the store buffer.
    void convert(FieldPlan& plan, const FieldView* row, CanonicalBatch& batch, std::uint32_t row_index,
                 std::string_view kind, Value& out);
    void convert_text(FieldPlan& plan, std::string_view text, const FieldView* row, CanonicalBatch& batch,
                      std::uint32_t row_index, std::string_view kind, Value& out);
    Date with_estimate(const FieldPlan& plan, Date date, const FieldView* row) const noexcept;
    /// Sets the bounds of a birth aside that make no range; marks those that leave out the date given beside them.
    void check_birth_range(const EmitPlan& plan, Value* values, const FieldView* row, CanonicalBatch& batch,
                           std::uint32_t row_index) const;
    void convert_code(FieldPlan& plan, std::string_view text, CanonicalBatch& batch, std::uint32_t row_index,
                      Value& out);
    /// Tells whether a date says that somebody who has been born is yet to be. `kind` is the person's.
    bool is_birth_to_come(const FieldPlan& plan, Date date, std::string_view kind) const noexcept;
    void set_aside(const FieldPlan& plan, IssueRule rule, std::string_view raw, CanonicalBatch& batch,
                   std::uint32_t row_index, Value& out) const;
    void note_issue(const FieldPlan& plan, IssueRule rule, std::string_view raw, CanonicalBatch& batch,
                    std::uint32_t row_index) const;
    std::string_view extras_of(const FieldView* row, CanonicalBatch& batch);
    std::string json_of(const FieldView* row) const;

    const EntityDefinition* entity_;
    NullTexts nulls_;
    NormaliseOptions options_;
    std::vector<DateForm> default_dates_;
    std::vector<EmitPlan> emits_;
    std::vector<const EntityDescriptor*> emitted_;
    std::vector<ConditionPlan> exclude_;

    std::shared_ptr<const RowShape> bound_;  // the shape the indices below are for
    std::vector<std::size_t> key_columns_;
    std::vector<std::size_t> parent_columns_;
    std::size_t person_key_column_ = 0;
    std::vector<ExtraColumn> extra_columns_;
    std::string scratch_;
    std::string joined_;
    bool marked_duplicate_ = false;  // a name of the row being emitted says so
    std::vector<char> content_;      // the row being hashed, and room for longer ones
};

}  // namespace caseweave
