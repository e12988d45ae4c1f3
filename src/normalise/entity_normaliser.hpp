#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
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

    /// Names the columns of dates of which every date so far was written in another form than the definition says.
    std::set<std::string> columns_in_other_form() const;

  private:
    struct FieldPlan;
    struct FieldStep;
    struct ConditionPlan;
    struct EmitPlan;
    struct RowInHand;
    /// A column no mapping names, with its name as it stands in the JSON of extras: quoted, with the colon.
    struct ExtraColumn {
        std::size_t index = 0;
        std::string json_name;
    };

    /// What a column's bytes and length are hashed under.
    struct ContentKey {
        std::uint64_t first, last, head;
    };

    void bind(const RowShape& shape);
    static FieldStep step_of(const FieldPlan& plan);
    bool holds(const ConditionPlan& condition, const FieldView* row) const;
    const std::vector<DateForm>& forms_of(const FieldPlan& plan) const noexcept;
    FieldView value_of(const FieldView& field) const noexcept { return nulls_.value_of(field); }
    std::uint64_t hash_content(std::span<const FieldView> row) const;
    std::string_view join_key(const std::vector<std::size_t>& columns, const FieldView* row, CanonicalBatch& batch,
                              bool& complete) const;
    /// Names the columns of the key that are empty, for people.
    std::string empty_key_columns(const FieldView* row) const;
    void normalise_row(const RecordBatch& source, std::size_t index, CanonicalBatch& batch);
    bool emit(EmitPlan& plan, const FieldView* row, CanonicalBatch& batch, const SourceRowOutcome& outcome,
              std::uint32_t row_index);
    // Values are written where they belong: one that is returned is copied before it has left the store buffer.
    /// Converts the value of one column that may need to be trimmed, or be no value at all.
    void convert_trimmed(FieldPlan& plan, const FieldView& given, const RowInHand& row, Value& out);
    void convert(FieldPlan& plan, const RowInHand& row, Value& out);
    void convert_text(FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out);
    void convert_integer(const FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out) const;
    void convert_date(FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out);
    /// Converts a value of the types that are rewritten, and so copied, where the source writes them otherwise.
    void convert_rewritten(const FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out);
    void mark_estimate(const FieldPlan& plan, const RowInHand& row, Date& date) const noexcept;
    /// Sets the bounds of a birth aside that make no range; marks those that leave out the date given beside them.
    void check_birth_range(const EmitPlan& plan, Value* values, const RowInHand& row) const;
    void convert_code(FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out);
    /// Counts a text that is no date in a field's forms, and says which rule it broke: `rule`, or that it is written in
    /// another form.
    IssueRule count_date(FieldPlan& plan, std::string_view text, IssueRule rule) const;
    /// Tells whether a date says that somebody who has been born is yet to be.
    bool is_birth_to_come(const FieldPlan& plan, const Date& date, const RowInHand& row) const noexcept;
    void set_aside(const FieldPlan& plan, IssueRule rule, std::string_view raw, const RowInHand& row, Value& out) const;
    void note_issue(const FieldPlan& plan, IssueRule rule, std::string_view raw, const RowInHand& row) const;
    /// Gives the columns no mapping names as JSON, in the batch's arena; "" where none has a text.
    std::string_view extras_of(const FieldView* row, CanonicalBatch& batch);
    /// The same letter by letter, for texts that need escapes.
    std::string json_of_extras(const FieldView* row) const;
    std::string json_of(const FieldView* row) const;

    const EntityDefinition* entity_;
    NullTexts nulls_;
    NormaliseOptions options_;
    std::vector<DateForm> default_dates_;
    std::vector<EmitPlan> emits_;
    std::vector<const EntityDescriptor*> emitted_;
    std::vector<ConditionPlan> exclude_;
    bool keyless_is_told_ = false;  // an earlier entity reads the same rows by the same key and quarantines these

    std::shared_ptr<const RowShape> bound_;  // the shape the indices below are for
    std::vector<std::size_t> key_columns_;
    std::vector<std::size_t> parent_columns_;
    std::size_t person_key_column_ = 0;
    std::vector<ExtraColumn> extra_columns_;
    std::string scratch_;
    std::string joined_;
    bool marked_duplicate_ = false;         // a name of the row being emitted says so
    std::vector<ContentKey> content_keys_;  // one a column
};

}  // namespace caseweave
