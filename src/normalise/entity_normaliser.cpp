#include "normalise/entity_normaliser.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include "core/ascii.hpp"
#include "core/copy_bytes.hpp"
#include "core/decimal.hpp"
#include "core/error.hpp"
#include "core/json_text.hpp"
#include "core/mix.hpp"
#include "normalise/addresses.hpp"
#include "normalise/full_name.hpp"
#include "normalise/mapping_check.hpp"
#include "normalise/values.hpp"
#include "text/utf8.hpp"

namespace caseweave {

namespace {

constexpr std::size_t kNoColumn = static_cast<std::size_t>(-1);

/// Distinct spellings of codes remembered per field; more than any real list has, and bounded against dirt.
constexpr std::size_t kCodeCacheEntries = 2048;

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return static_cast<std::size_t>(hash64(text)); }
};

/// Gives a temporary UPN, which its last character tells, that status; one that is no longer in use keeps its own.
void mark_temporary(const Value& upn, Value& status) {
    if (!is_temporary_upn(upn.text) || status.text == "former" || status.text == "superseded") return;
    status = Value::of_text("temporary");
}

/// Holds where the parts of an address stand among the fields of person_address; -1 where the schema lacks one.
struct AddressFields {
    explicit AddressFields(const EntityDescriptor& entity)
        : house(entity.find("house_number")),
          street(entity.find("street")),
          places{entity.find("locality"), entity.find("town"), entity.find("county")},
          text(entity.find("address_text")) {}
    int house, street;
    std::array<int, 3> places;
    int text;
};

/// Puts the parts of an address right: the house out of the street, each written as people do. Where that changes one
/// the address as recorded becomes its text, unless the source gave one.
void tidy_address(const AddressFields& fields, Value* values, Arena& arena) {
    std::string recorded;
    bool changed = false;
    const auto put = [&](int field, std::string_view from, const std::string& to) {
        changed = changed || from != to;
        values[field] = to.empty() ? Value::of_missing(Missing::empty) : Value::of_text(arena.store(to));
    };
    for (const int field : {fields.house, fields.street, fields.places[0], fields.places[1], fields.places[2]}) {
        if (field < 0 || !values[field].has_value()) continue;
        recorded.append(recorded.empty() ? "" : ", ").append(values[field].text);
    }
    if (fields.street >= 0 && values[fields.street].has_value()) {
        const std::string_view street = values[fields.street].text;
        HouseAndStreet parts{{}, street};
        if (fields.house >= 0 && !values[fields.house].has_value()) parts = split_house(street);
        if (!parts.house.empty()) values[fields.house] = Value::of_text(parts.house);
        put(fields.street, street, tidy_street(parts.street));
    }
    for (const int field : {fields.house, fields.places[0], fields.places[1], fields.places[2]}) {
        if (field >= 0 && values[field].has_value())
            put(field, values[field].text, tidy_address_part(values[field].text));
    }
    if (changed && fields.text >= 0 && !values[fields.text].has_value())
        values[fields.text] = Value::of_text(arena.store(recorded));
}

/// Holds all bytes of a text of sixteen at most; texts of one length that differ differ here.
struct ShortText {
    std::uint64_t first = 0, last = 0;
};

ShortText read_short(std::string_view text) noexcept {
    const auto read = [&]<typename Word>(std::size_t at, Word word) -> std::uint64_t {
        std::memcpy(&word, text.data() + at, sizeof word);
        return word;
    };
    if (text.size() >= 8) return {read(0, std::uint64_t{}), read(text.size() - 8, std::uint64_t{})};
    if (text.size() >= 4) return {read(0, std::uint32_t{}), read(text.size() - 4, std::uint32_t{})};
    if (text.empty()) return {};
    return {read(0, std::uint8_t{}) | read(text.size() / 2, std::uint8_t{}) << 8U,
            read(text.size() - 1, std::uint8_t{})};
}

/// Tells whether two entities read the same rows by the same key: one that has no key has none for either.
bool share_keys(const EntityDefinition& a, const EntityDefinition& b) {
    const auto stands_alike = [&](const std::string& column) {
        const auto at_a = std::find(a.columns.begin(), a.columns.end(), column) - a.columns.begin();
        const auto at_b = std::find(b.columns.begin(), b.columns.end(), column) - b.columns.begin();
        const auto place = [](const auto& places, std::ptrdiff_t at) {
            return static_cast<std::size_t>(at) < places.size() ? std::optional(places[static_cast<std::size_t>(at)])
                                                                : std::nullopt;
        };
        return place(a.column_paths, at_a) == place(b.column_paths, at_b) &&
               place(a.column_extents, at_a) == place(b.column_extents, at_b);
    };
    return a.query == b.query && a.resource == b.resource && a.record == b.record && a.key == b.key &&
           std::all_of(a.key.begin(), a.key.end(), stands_alike);
}

std::string where_of(const ConnectorDefinition& connector, const EntityDefinition& entity) {
    return connector.folder.string() + "/connector.toml: entity " + entity.name;
}

}  // namespace

struct EntityNormaliser::ConditionPlan {
    const EmitCondition* condition = nullptr;
    std::vector<std::size_t> columns;
};

struct EntityNormaliser::FieldPlan {
    struct Code {
        Missing missing = Missing::no;
        std::string_view code;
    };
    const FieldMapping* mapping = nullptr;
    const FieldDescriptor* field = nullptr;
    FieldType type = FieldType::text;
    bool verbatim = false;  // texts are taken as they are: half of all fields
    std::size_t field_index = 0;
    std::vector<std::size_t> columns;
    std::size_t given = 0;  // of `columns`: the one that gave the value at hand; of combined ones the first named
    std::size_t estimated_column = kNoColumn;
    std::vector<DateForm> dates;
    std::uint64_t dates_read = 0, dates_in_other_form = 0;  // so far
    const CodeList* canonical_codes = nullptr;
    std::shared_ptr<const CodeList> source_codes;  // null: the source uses canonical codes
    std::unordered_map<std::string, Code, StringHash, std::equal_to<>> code_cache;
    Value constant;
    std::string_view FullName::*name_part = nullptr;  // where one part of a full name is wanted
    NameKind name_kind = NameKind::any;
    std::size_t name_width = kNameColumnWidth;  // of the source's column, where that is declared
    bool birth_date = false;                    // held against the day the run began
    bool address_text = false;                  // held against the ways an address says that there is none
};

/// What nearly every value needs of its field's plan: a plan is hundreds of bytes, and those of a row would not stay in
/// the first cache.
struct EntityNormaliser::FieldStep {
    /// Says how the value is made. Nearly every field is one column: a text that is taken as it is, a number, a date.
    enum class Way : std::uint8_t { constant, combined, verbatim, integer, date, code, by_type };
    std::uint32_t field_index = 0;
    std::uint32_t column = 0;  // not for constant and combined
    Way way = Way::combined;
};

struct EntityNormaliser::EmitPlan {
    const EmitDefinition* definition = nullptr;
    const EntityDescriptor* entity = nullptr;
    std::uint16_t part = 0;
    std::vector<ConditionPlan> when;
    std::size_t person_key_column = kNoColumn;
    bool own_person_key = false;
    int kind_field = -1;  // field whose value says what the row's identifier, or its person, is
    int identifier_field = -1, status_field = -1;  // of a person's identifier
    std::optional<AddressFields> address;          // of a person's address
    int duplicate_field = -1;                      // of a person
    int birth_field = -1;                          // of a person
    std::vector<std::size_t> birth_bounds;         // the two plans of a range of birth dates, where they are mapped
    std::vector<FieldPlan> fields;
    std::vector<FieldStep> steps;  // one per plan of `fields`
};

/// The source row that is being emitted, and what is known of the canonical row it becomes.
struct EntityNormaliser::RowInHand {
    const FieldView* fields;
    CanonicalBatch& batch;
    std::uint32_t index;
    const Value* kind_value;  // null where the entity has no kinds

    /// What the row's identifier, or its person, is; "" before that is known.
    std::string_view kind() const noexcept { return kind_value == nullptr ? std::string_view() : kind_value->text; }
};

EntityNormaliser::~EntityNormaliser() = default;
EntityNormaliser::EntityNormaliser(EntityNormaliser&&) noexcept = default;

EntityNormaliser::EntityNormaliser(const CanonicalSchema& schema, const ConnectorDefinition& connector,
                                   const EntityDefinition& entity, NormaliseOptions options)
    : entity_(&entity),
      nulls_(connector.null_texts),
      options_(options),
      default_dates_(compile_date_forms(connector.dates)) {
    const std::string where = where_of(connector, entity);
    std::map<std::string, std::shared_ptr<const CodeList>> loaded_codes;
    std::map<std::string, std::uint16_t> parts;
    for (const EntityDefinition& earlier : connector.entities) {
        if (&earlier == &entity || earlier.name == entity.name) break;
        keyless_is_told_ = keyless_is_told_ || share_keys(earlier, entity);
    }
    for (const EmitCondition& condition : entity.exclude) exclude_.push_back({&condition, {}});
    for (const EmitDefinition& definition : entity.emits) {
        EmitPlan plan;
        plan.definition = &definition;
        plan.entity = schema.find(definition.to);
        if (plan.entity == nullptr)
            throw Error(ErrorKind::usage,
                        where + ": no canonical entity \"" + definition.to + "\" in schemas/canonical");
        plan.part = parts[definition.to]++;
        plan.own_person_key = !definition.person_key.empty();
        plan.kind_field = plan.entity->find(plan.entity->name == "person" ? "person_kind" : "id_type");
        if (plan.entity->name == "person_identifier") {
            plan.identifier_field = plan.entity->find("value");
            plan.status_field = plan.entity->find("status");
        }
        if (plan.entity->name == "person_address") plan.address.emplace(*plan.entity);
        if (plan.entity->subject != Subject::none && definition.person_key.empty() && entity.person_key.empty() &&
            !entity.key.empty()) {
            throw Error(ErrorKind::usage,
                        where + ": " + definition.to + " speaks of a person, but the entity has no person_key");
        }
        for (const EmitCondition& condition : definition.when) plan.when.push_back({&condition, {}});
        for (const FieldMapping& mapping : definition.fields) {
            FieldPlan field;
            field.mapping = &mapping;
            const int index = plan.entity->find(mapping.field);
            if (index < 0) {
                std::vector<std::string> names;
                for (const FieldDescriptor& known : plan.entity->fields) names.push_back(known.name);
                const std::string suggestion = nearest_word(mapping.field, names);
                throw Error(ErrorKind::usage, where + ": canonical entity " + definition.to + " has no field \"" +
                                                  mapping.field + "\"" +
                                                  (suggestion.empty() ? "" : "; did you mean \"" + suggestion + "\"?"));
            }
            field.field_index = static_cast<std::size_t>(index);
            field.field = &plan.entity->fields[field.field_index];
            field.type = field.field->type;
            check_mapping_fits(mapping, *field.field, where);
            field.dates = compile_date_forms(mapping.dates);
            if (mapping.part == "given") field.name_part = &FullName::given;
            if (mapping.part == "middle") field.name_part = &FullName::middle;
            if (mapping.part == "family") field.name_part = &FullName::family;
            if (field.field->name.ends_with("family_name")) field.name_kind = NameKind::family;
            if (!entity.column_extents.empty() && mapping.columns.size() == 1 && mapping.part.empty()) {
                const auto column = std::find(entity.columns.begin(), entity.columns.end(), mapping.columns.front());
                if (column != entity.columns.end())
                    field.name_width =
                        entity.column_extents[static_cast<std::size_t>(column - entity.columns.begin())].second;
            }
            field.birth_date = plan.entity->name == "person" &&
                               (field.field->name == "birth_date" || field.field->name == "birth_date_earliest");
            field.address_text = plan.entity->name == "person_address" && field.field->type == FieldType::text;
            field.verbatim = field.type == FieldType::key || field.type == FieldType::person_ref ||
                             (field.type == FieldType::text && !field.address_text);
            if (field.field->type == FieldType::code)
                field.canonical_codes = schema.find_code_list(field.field->code_list);
            if (!mapping.codes.empty()) {
                auto& codes = loaded_codes[mapping.codes];
                if (!codes)
                    codes = std::make_shared<CodeList>(
                        CodeList::load(connector.folder / "codes" / (mapping.codes + ".csv"), options.return_year));
                field.source_codes = codes;
                for (const auto& [source, canonical] : codes->entries()) {
                    if (field.canonical_codes == nullptr || canonical.empty() ||
                        field.canonical_codes->find(canonical) != nullptr)
                        continue;
                    throw Error(ErrorKind::usage, connector.folder.string() + "/codes/" + mapping.codes + ".csv: \"" +
                                                      canonical + "\" is not a code of " + field.field->code_list);
                }
            }
            if (mapping.constant) {
                const std::string* code =
                    field.canonical_codes == nullptr ? nullptr : field.canonical_codes->spelling(*mapping.constant);
                if (field.canonical_codes != nullptr && code == nullptr) {
                    throw Error(ErrorKind::usage, where + ": constant \"" + *mapping.constant + "\" of field " +
                                                      mapping.field + " is not a code of " + field.field->code_list);
                }
                field.constant = code == nullptr ? constant_value(mapping, *field.field, where) : Value::of_text(*code);
            }
            plan.fields.push_back(std::move(field));
        }
        // What an identifier or a person is, is known before the identifier or the birth date is checked.
        std::stable_partition(plan.fields.begin(), plan.fields.end(), [&](const FieldPlan& field_plan) {
            return static_cast<int>(field_plan.field_index) == plan.kind_field;
        });
        if (plan.entity->name == "person") {
            plan.duplicate_field = plan.entity->find("marked_duplicate");
            plan.birth_field = plan.entity->find("birth_date");
            for (const std::string_view bound : {"birth_date_earliest", "birth_date_latest"}) {
                const auto found = std::ranges::find(plan.fields, bound, [](const FieldPlan& field_plan) {
                    return std::string_view(field_plan.field->name);
                });
                if (found != plan.fields.end())
                    plan.birth_bounds.push_back(static_cast<std::size_t>(found - plan.fields.begin()));
            }
            if (plan.birth_bounds.size() == 1)
                throw Error(ErrorKind::usage,
                            where + ": birth_date_earliest and birth_date_latest are mapped together");
        }
        if (std::find(emitted_.begin(), emitted_.end(), plan.entity) == emitted_.end()) emitted_.push_back(plan.entity);
        emits_.push_back(std::move(plan));
    }
}

void EntityNormaliser::bind(const RowShape& shape) {
    std::set<std::size_t> mapped;
    const auto column = [&](const std::string& name) {
        const auto found = std::find(shape.columns.begin(), shape.columns.end(), name);
        if (name.empty() || found == shape.columns.end()) return kNoColumn;
        mapped.insert(static_cast<std::size_t>(found - shape.columns.begin()));
        return static_cast<std::size_t>(found - shape.columns.begin());
    };
    const auto columns = [&](const std::vector<std::string>& names) {
        std::vector<std::size_t> result;
        for (const std::string& name : names) result.push_back(column(name));
        return result;
    };
    key_columns_ = columns(entity_->key);
    parent_columns_ = columns(entity_->parent_key);
    person_key_column_ = entity_->person_key.empty() ? kNoColumn : column(entity_->person_key);
    for (ConditionPlan& condition : exclude_) condition.columns = columns(condition.condition->columns);
    for (EmitPlan& emit : emits_) {
        emit.person_key_column = emit.own_person_key ? column(emit.definition->person_key) : person_key_column_;
        for (ConditionPlan& condition : emit.when) condition.columns = columns(condition.condition->columns);
        emit.steps.clear();
        for (FieldPlan& field : emit.fields) {
            field.columns = columns(field.mapping->columns);
            field.given = 0;
            while (field.given + 1 < field.columns.size() && field.mapping->columns[field.given].empty()) ++field.given;
            emit.steps.push_back(step_of(field));
            field.estimated_column =
                field.mapping->estimated_column.empty() ? kNoColumn : column(field.mapping->estimated_column);
            if (!field.mapping->status_column.empty()) column(field.mapping->status_column);
        }
    }
    content_keys_.clear();
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
        const auto key = [&](std::uint64_t n) { return mix_bits(3 * i + n); };
        content_keys_.push_back({key(1), key(2), key(3) | 1U});
    }
    extra_columns_.clear();
    if (!options_.keep_extras) return;
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
        if (mapped.contains(i)) continue;
        ExtraColumn& extra = extra_columns_.emplace_back();
        extra.index = i;
        append_json_string(extra.json_name, shape.columns[i]);
        extra.json_name += ':';
    }
}

EntityNormaliser::FieldStep EntityNormaliser::step_of(const FieldPlan& plan) {
    using Way = FieldStep::Way;
    FieldStep step{.field_index = static_cast<std::uint32_t>(plan.field_index)};
    if (plan.mapping->constant) {
        step.way = Way::constant;
    } else if (plan.columns.size() == 1 && plan.columns.front() != kNoColumn && plan.name_part == nullptr) {
        step.column = static_cast<std::uint32_t>(plan.columns.front());
        const bool is_date = plan.type == FieldType::date || plan.type == FieldType::partial_date;
        step.way = plan.verbatim                     ? Way::verbatim
                   : plan.type == FieldType::integer ? Way::integer
                   : is_date                         ? Way::date
                   : plan.type == FieldType::code    ? Way::code
                                                     : Way::by_type;
    }
    return step;
}

std::uint64_t EntityNormaliser::hash_content(std::span<const FieldView> row) const {
    // As XXH3 hashes what is 17 to 240 bytes long: sixteen bytes at a time, each sixteen under keys of their own. Here
    // they are a field, read where it stands; its length and what it lacks keep "a" "bc" and "ab" "c" apart.
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string_view text = row[i].text();
        const ContentKey& key = content_keys_[i];
        const std::uint64_t head = (text.size() << 8U) | static_cast<std::uint64_t>(row[i].missing());
        if (text.size() > sizeof(ShortText)) {
            sum += hash64(text, key.first ^ head);
            continue;
        }
        const ShortText words = read_short(text);
        sum += multiply_and_fold(words.first ^ key.first, words.last ^ key.last) + head * key.head;
    }
    return mix_bits(sum);
}

bool EntityNormaliser::holds(const ConditionPlan& plan, const FieldView* row) const {
    FieldView value;
    for (std::size_t i = 0; i < plan.columns.size() && !value.has_value(); ++i) {
        if (plan.columns[i] != kNoColumn) value = value_of(row[plan.columns[i]]);
    }
    const EmitCondition& condition = *plan.condition;
    if (condition.not_null && !value.has_value()) return false;
    const auto is_value = [&](const std::string& text) { return ascii::equal_ignoring_case(text, value.text()); };
    if (!condition.equals.empty() && std::none_of(condition.equals.begin(), condition.equals.end(), is_value))
        return false;
    return std::none_of(condition.not_equals.begin(), condition.not_equals.end(), is_value);
}

std::string_view EntityNormaliser::join_key(const std::vector<std::size_t>& columns, const FieldView* row,
                                            CanonicalBatch& batch, bool& complete) const {
    complete = true;
    if (columns.empty()) return {};
    if (columns.size() == 1) {
        const FieldView part = columns[0] == kNoColumn ? FieldView() : value_of(row[columns[0]]);
        complete = part.has_value();
        return part.text();
    }
    std::size_t most = columns.size() - 1;
    for (const std::size_t column : columns) most += column == kNoColumn ? 0 : row[column].text().size();
    char* const key = batch.arena.allocate(most);
    char* at = key;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const FieldView part = columns[i] == kNoColumn ? FieldView() : value_of(row[columns[i]]);
        if (!part.has_value()) complete = false;
        if (i > 0) *at++ = kKeySeparator;
        copy_bytes(at, part.text().data(), part.text().size());
        at += part.text().size();
    }
    const auto size = static_cast<std::size_t>(at - key);
    batch.arena.shrink_last(most - size);
    return {key, size};
}

std::string EntityNormaliser::empty_key_columns(const FieldView* row) const {
    std::string names;
    for (std::size_t i = 0; i < key_columns_.size(); ++i) {
        if (key_columns_[i] != kNoColumn && value_of(row[key_columns_[i]]).has_value()) continue;
        names += (names.empty() ? "" : ", ") + entity_->key[i];
    }
    return names;
}

CanonicalBatch EntityNormaliser::normalise(RecordBatch source) {
    CanonicalBatch batch;
    batch.rows_read = source.rows_read();
    batch.checkpoint = source.checkpoint;
    batch.rejects = std::move(source.rejects());
    if (source.rows() > 0) {
        if (bound_ != source.shared_shape()) {
            bind(source.shape());
            bound_ = source.shared_shape();
        }
        batch.rows.reserve(source.rows() * std::max<std::size_t>(emits_.size(), 1));
        batch.outcomes.reserve(source.rows());
        for (std::size_t i = 0; i < source.rows(); ++i) normalise_row(source, i, batch);
    }
    batch.source = std::move(source);
    return batch;
}

void EntityNormaliser::normalise_row(const RecordBatch& source, std::size_t index, CanonicalBatch& batch) {
    const auto fields = source.row(index);
    const FieldView* row = fields.data();
    const auto row_index = static_cast<std::uint32_t>(index);

    SourceRowOutcome& outcome = batch.outcomes.emplace_back();  // there is room for all: it stays where it is
    outcome.position = source.position(index);
    outcome.document = source.document(index);
    bool complete = false;
    outcome.key = join_key(key_columns_, row, batch, complete);
    // Between a key that is put together and its hash: bytes just written in pieces are slow to read in words.
    outcome.content_hash = hash_content(fields);
    outcome.key_hash = hash64(outcome.key);
    if (options_.keep_verbatim) batch.verbatim.push_back(batch.arena.store(json_of(row)));

    const auto reject = [&](RejectReason reason, const std::string& field) {
        outcome.kind = SourceRowOutcome::Kind::rejected;
        batch.rejects.push_back({reason,
                                 std::string(outcome.key),
                                 std::string(outcome.document),
                                 outcome.position,
                                 field,
                                 json_of(row),
                                 {}});
    };
    if (!complete && !keyless_is_told_) return reject(RejectReason::no_key, empty_key_columns(row));
    if (!complete || std::any_of(exclude_.begin(), exclude_.end(),
                                 [&](const ConditionPlan& condition) { return holds(condition, row); })) {
        outcome.kind = SourceRowOutcome::Kind::excluded;
        return;
    }
    // A row that speaks of nobody is an orphan, whatever else it says.
    if (person_key_column_ != kNoColumn && !value_of(row[person_key_column_]).has_value()) {
        const bool speaks_of_a_person = std::any_of(emits_.begin(), emits_.end(), [](const EmitPlan& plan) {
            return !plan.own_person_key && plan.entity->subject != Subject::none;
        });
        if (speaks_of_a_person) return reject(RejectReason::orphan_person, entity_->person_key);
    }
    bool emitted = false;
    for (EmitPlan& plan : emits_) emitted = emit(plan, row, batch, outcome, row_index) || emitted;
    if (!emitted) outcome.kind = SourceRowOutcome::Kind::excluded;
    if (emitted && !extra_columns_.empty()) {
        for (std::size_t i = batch.rows.size(); i-- > 0 && batch.rows[i].source_row == row_index;) {
            if (i == 0 || batch.rows[i - 1].source_row != row_index) batch.rows[i].extras = extras_of(row, batch);
        }
    }
}

bool EntityNormaliser::emit(EmitPlan& plan, const FieldView* row, CanonicalBatch& batch,
                            const SourceRowOutcome& outcome, std::uint32_t row_index) {
    for (const ConditionPlan& condition : plan.when) {
        if (!holds(condition, row)) return false;
    }
    FieldView person;
    if (plan.person_key_column != kNoColumn) {
        person = value_of(row[plan.person_key_column]);
        if (!person.has_value() && plan.own_person_key) return false;
    }
    Value* values = batch.allocate_values(plan.entity->fields.size());
    // Made in place of its values: one that is cleared and then filled is written twice.
    CanonicalRow& canonical = batch.rows.emplace_back(plan.entity, outcome.key, plan.part, person.text(),
                                                      std::string_view(), row_index, values, std::string_view());
    if (!parent_columns_.empty()) {
        bool complete = false;
        const std::string_view parent = join_key(parent_columns_, row, batch, complete);
        if (complete) canonical.parent_key = parent;
    }
    marked_duplicate_ = false;
    const RowInHand in_hand{row, batch, row_index, plan.kind_field >= 0 ? values + plan.kind_field : nullptr};
    using Way = FieldStep::Way;
    FieldPlan* next_field = plan.fields.data();
    for (const FieldStep& step : plan.steps) {
        FieldPlan& field = *next_field++;
        Value& value = values[step.field_index];
        if (step.way == Way::constant) {
            value = field.constant;
            continue;
        }
        if (step.way == Way::combined) {
            convert(field, in_hand, value);
            continue;
        }
        const FieldView& given = row[step.column];
        if (!given.has_value()) {
            value.set_missing(given.missing());
            continue;
        }
        const std::string_view text = given.text();
        if (!nulls_.is_plain(text) || may_be_spreadsheet_error(text)) {
            convert_trimmed(field, given, in_hand, value);
            continue;
        }
        // As convert_text does, without asking again what is known here.
        switch (step.way) {
            case Way::verbatim:
                value.set_text(text);
                break;
            case Way::integer:
                convert_integer(field, text, in_hand, value);
                break;
            case Way::date:
                convert_date(field, text, in_hand, value);
                break;
            case Way::code:
                convert_code(field, text, in_hand, value);
                break;
            default:
                convert_text(field, text, in_hand, value);
        }
    }
    if (plan.status_field >= 0 && values[plan.kind_field].text == "upn")
        mark_temporary(values[plan.identifier_field], values[plan.status_field]);
    if (plan.address) tidy_address(*plan.address, values, batch.arena);
    if (plan.duplicate_field >= 0 && marked_duplicate_) values[plan.duplicate_field] = Value::of_integer(1);
    if (!plan.birth_bounds.empty()) check_birth_range(plan, values, in_hand);
    return true;
}

void EntityNormaliser::convert_trimmed(FieldPlan& plan, const FieldView& given, const RowInHand& row, Value& out) {
    const FieldView trimmed = value_of(given);
    if (!trimmed.has_value()) return out.set_missing(trimmed.missing());
    convert_text(plan, trimmed.text(), row, out);
}

void EntityNormaliser::convert(FieldPlan& plan, const RowInHand& row, Value& out) {
    const auto column = [&](std::size_t i) {
        return plan.columns[i] == kNoColumn ? FieldView() : value_of(row.fields[plan.columns[i]]);
    };
    if (plan.columns.size() == 1) {
        const FieldView value = column(0);
        if (!value.has_value()) return out.set_missing(value.missing());
        if (plan.name_part == nullptr) return convert_text(plan, value.text(), row, out);
        const std::string_view part = split_full_name(value.text()).*plan.name_part;
        if (part.empty()) return out.set_missing(Missing::empty);
        return convert_text(plan, part, row, out);
    }
    if (plan.mapping->combine == "date_parts") {
        const FieldView year = column(2);
        if (!year.has_value() && !column(0).has_value() && !column(1).has_value())
            return out.set_missing(year.missing());
        const auto date = parse_date_parts(column(0).text(), column(1).text(), year.text());
        const bool fits =
            date && (plan.field->type == FieldType::partial_date || date->precision == DatePrecision::day);
        if (fits && !is_birth_to_come(plan, *date, row)) {
            out.set_date(*date);
            return mark_estimate(plan, row, out.date);
        }
        joined_.assign(column(0).text()).append("/").append(column(1).text()).append("/").append(year.text());
        return set_aside(plan, date ? IssueRule::impossible_date : date.issue(), joined_, row, out);
    }
    if (plan.mapping->combine == "join") {
        joined_.clear();
        Missing missing = Missing::absent;
        for (std::size_t i = 0; i < plan.columns.size(); ++i) {
            const FieldView part = column(i);
            if (!part.has_value()) {
                missing = part.missing();
                continue;
            }
            if (!joined_.empty()) joined_ += ' ';
            joined_ += part.text();
        }
        if (joined_.empty()) return out.set_missing(missing);
        return convert_text(plan, row.batch.arena.store(joined_), row, out);
    }
    plan.given = 0;
    while (plan.given + 1 < plan.columns.size() && !column(plan.given).has_value()) ++plan.given;
    const FieldView value = column(plan.given);
    if (value.has_value()) return convert_text(plan, value.text(), row, out);
    return out.set_missing(value.missing());
}

void EntityNormaliser::mark_estimate(const FieldPlan& plan, const RowInHand& row, Date& date) const noexcept {
    if (plan.estimated_column == kNoColumn) return;
    const FieldView flag = value_of(row.fields[plan.estimated_column]);
    const auto estimated = flag.has_value() ? parse_boolean(flag.text()) : Parsed<bool>(false);
    // A source may mark estimates with a letter of its own ("E", "EST") rather than with yes.
    date.estimated = estimated ? *estimated : (flag.text().front() | 0x20) == 'e';
}

const std::vector<DateForm>& EntityNormaliser::forms_of(const FieldPlan& plan) const noexcept {
    return plan.dates.empty() ? default_dates_ : plan.dates;
}

void EntityNormaliser::convert_text(FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out) {
    if (may_be_spreadsheet_error(text) && is_spreadsheet_error(text))
        return set_aside(plan, IssueRule::placeholder, text, row, out);
    switch (plan.type) {
        case FieldType::text:
            if (plan.address_text && is_address_placeholder(text))
                return set_aside(plan, IssueRule::placeholder, text, row, out);
            return out.set_text(text);
        case FieldType::key:
        case FieldType::person_ref:
            return out.set_text(text);
        case FieldType::code:
            return convert_code(plan, text, row, out);
        case FieldType::date:
        case FieldType::partial_date:
            return convert_date(plan, text, row, out);
        case FieldType::timestamp: {
            const auto time = parse_timestamp(text, forms_of(plan));
            if (!time) return set_aside(plan, count_date(plan, text, time.issue()), text, row, out);
            ++plan.dates_read;
            return out.set_integer(time->microseconds);
        }
        case FieldType::integer:
            return convert_integer(plan, text, row, out);
        case FieldType::decimal: {
            const auto number = parse_decimal(text);
            return number ? out.set_integer(number->hundredths) : set_aside(plan, number.issue(), text, row, out);
        }
        case FieldType::boolean: {
            const auto flag = parse_boolean(text);
            return flag ? out.set_integer(*flag ? 1 : 0) : set_aside(plan, flag.issue(), text, row, out);
        }
        case FieldType::name:
        case FieldType::identifier:
        case FieldType::uprn:
        case FieldType::postcode:
        case FieldType::phone:
        case FieldType::email:
            return convert_rewritten(plan, text, row, out);
    }
}

void EntityNormaliser::convert_integer(const FieldPlan& plan, std::string_view text, const RowInHand& row,
                                       Value& out) const {
    const auto number = parse_integer(text);
    return number ? out.set_integer(*number) : set_aside(plan, number.issue(), text, row, out);
}

void EntityNormaliser::convert_date(FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out) {
    const DatePrecision least = plan.type == FieldType::date ? DatePrecision::day : DatePrecision::year;
    IssueRule issue{};
    if (!read_date(text, forms_of(plan), least, out.date, issue))
        return set_aside(plan, count_date(plan, text, issue), text, row, out);
    ++plan.dates_read;
    if (is_birth_to_come(plan, out.date, row)) return set_aside(plan, IssueRule::impossible_date, text, row, out);
    out.missing = Missing::no;
    mark_estimate(plan, row, out.date);
}

void EntityNormaliser::convert_rewritten(const FieldPlan& plan, std::string_view text, const RowInHand& row,
                                         Value& out) {
    const auto stored = [&](const Parsed<std::string_view>& parsed) {
        if (!parsed) return set_aside(plan, parsed.issue(), text, row, out);
        out.set_text(*parsed == text ? text : row.batch.arena.store(*parsed));
    };
    switch (plan.type) {
        case FieldType::name: {
            bool marker = false;
            const auto name = clean_name(text, scratch_, marker, plan.name_kind);
            marked_duplicate_ = marked_duplicate_ || marker;
            if (name && marker) note_issue(plan, IssueRule::duplicate_marker, text, row);
            const std::size_t length = text::count_code_points(text);
            if (name && (length == kNameColumnWidth || length == plan.name_width))
                note_issue(plan, IssueRule::truncated, text, row);
            return stored(name);
        }
        case FieldType::identifier:
            return stored(check_identifier(row.kind(), text, options_.identifiers, scratch_));
        case FieldType::uprn:
            return stored(check_uprn(text, scratch_));
        case FieldType::postcode:
            return stored(plan.mapping->foreign ? check_foreign_postcode(text, scratch_)
                                                : check_postcode(text, scratch_));
        case FieldType::phone:
            return stored(plan.mapping->foreign ? check_foreign_phone(text, scratch_) : check_phone(text, scratch_));
        default:
            return stored(check_email(text, scratch_));
    }
}

void EntityNormaliser::check_birth_range(const EmitPlan& plan, Value* values, const RowInHand& row) const {
    const FieldPlan& first = plan.fields[plan.birth_bounds[0]];
    const FieldPlan& last = plan.fields[plan.birth_bounds[1]];
    const Value& earliest = values[first.field_index];
    const Value& latest = values[last.field_index];
    const auto given = [&](const FieldPlan& bound) {
        FieldView raw;
        for (const std::size_t column : bound.columns) {
            if (!raw.has_value() && column != kNoColumn) raw = value_of(row.fields[column]);
        }
        return raw.text();
    };
    if (earliest.has_value() && latest.has_value() && earliest.date.days <= latest.date.days) {
        const Value& birth = values[plan.birth_field];
        if (birth.has_value() && (birth.date.days > latest.date.days || last_day(birth.date) < earliest.date.days))
            note_issue(first, IssueRule::date_outside_range, given(first), row);
        return;
    }
    for (const FieldPlan* bound : {&first, &last}) {
        Value& value = values[bound->field_index];
        if (value.has_value()) set_aside(*bound, IssueRule::impossible_range, given(*bound), row, value);
    }
}

IssueRule EntityNormaliser::count_date(FieldPlan& plan, std::string_view text, IssueRule rule) const {
    if (rule != IssueRule::impossible_date || !is_date_in_other_form(text, forms_of(plan))) return rule;
    ++plan.dates_in_other_form;
    return IssueRule::date_in_other_form;
}

std::set<std::string> EntityNormaliser::columns_in_other_form() const {
    std::set<std::string> other, read;
    for (const EmitPlan& emit : emits_) {
        for (const FieldPlan& field : emit.fields) {
            // One of several columns, or joined ones: which of them is written otherwise is told value by value.
            if (field.mapping->columns.size() != 1) continue;
            if (field.dates_in_other_form > 0) other.insert(field.mapping->columns.front());
            if (field.dates_read > 0) read.insert(field.mapping->columns.front());
        }
    }
    for (const std::string& column : read) other.erase(column);
    return other;
}

bool EntityNormaliser::is_birth_to_come(const FieldPlan& plan, const Date& date, const RowInHand& row) const noexcept {
    return plan.birth_date && options_.latest_birth && date.days > options_.latest_birth->days &&
           row.kind() != "unborn";
}

void EntityNormaliser::convert_code(FieldPlan& plan, std::string_view text, const RowInHand& row, Value& out) {
    FieldPlan::Code code;
    if (const auto cached = plan.code_cache.find(text); cached != plan.code_cache.end()) {
        code = cached->second;
    } else {
        const std::string* canonical =
            plan.source_codes ? plan.source_codes->find(text) : plan.canonical_codes->spelling(text);
        if (canonical == nullptr) {
            code.missing = Missing::invalid;
        } else if (canonical->empty()) {
            code.missing = Missing::null;  // the connector's list says that this code means "nothing recorded"
        } else {
            code.code = *plan.canonical_codes->spelling(*canonical);
        }
        if (plan.code_cache.size() < kCodeCacheEntries) plan.code_cache.emplace(std::string(text), code);
    }
    if (code.missing == Missing::no) return out.set_text(code.code);
    if (code.missing == Missing::null) return out.set_missing(Missing::null);
    set_aside(plan, is_placeholder_text(text) ? IssueRule::placeholder : IssueRule::unknown_code, text, row, out);
}

void EntityNormaliser::set_aside(const FieldPlan& plan, IssueRule rule, std::string_view raw, const RowInHand& row,
                                 Value& out) const {
    note_issue(plan, rule, raw, row);
    out.set_missing(Missing::invalid);
}

void EntityNormaliser::note_issue(const FieldPlan& plan, IssueRule rule, std::string_view raw,
                                  const RowInHand& row) const {
    FieldIssue issue;
    issue.source_row = row.index;
    issue.rule = rule;
    issue.field = plan.mapping->columns[plan.given];
    issue.raw_value = row.batch.arena.store(raw);
    // One source value that several canonical rows use is one issue.
    bool known = false;
    for (auto earlier = row.batch.issues.rbegin();
         earlier != row.batch.issues.rend() && earlier->source_row == row.index && !known; ++earlier) {
        known = earlier->rule == rule && earlier->field == issue.field;
    }
    if (!known) row.batch.issues.push_back(issue);
}

std::string_view EntityNormaliser::extras_of(const FieldView* row, CanonicalBatch& batch) {
    constexpr std::size_t kAround = sizeof("{\"\"}") - 1;  // around the first name and value; less around the others
    std::size_t most = 0;
    bool plain = true;
    for (const ExtraColumn& column : extra_columns_) {
        const std::string_view text = row[column.index].text();
        if (text.empty()) continue;
        most += column.json_name.size() + text.size() + kAround;
        plain = plain && needs_no_json_escape(text);
    }
    if (most == 0) return {};
    if (!plain) return batch.arena.store(json_of_extras(row));
    char* const json = batch.arena.allocate(most);
    char* at = json;
    const auto write = [&](std::string_view text) {
        copy_bytes(at, text.data(), text.size());
        at += text.size();
    };
    for (const ExtraColumn& column : extra_columns_) {
        const std::string_view text = row[column.index].text();
        if (text.empty()) continue;
        *at = at == json ? '{' : ',';
        ++at;
        write(column.json_name);
        *at++ = '"';
        write(text);
        *at++ = '"';
    }
    *at++ = '}';
    const auto size = static_cast<std::size_t>(at - json);
    batch.arena.shrink_last(most - size);
    return {json, size};
}

std::string EntityNormaliser::json_of_extras(const FieldView* row) const {
    std::string json;
    for (const ExtraColumn& column : extra_columns_) {
        if (row[column.index].text().empty()) continue;
        json += json.empty() ? '{' : ',';
        json += column.json_name;
        append_json_string(json, row[column.index].text());
    }
    json += '}';
    return json;
}

std::string EntityNormaliser::row_as_json(const CanonicalBatch& batch, std::size_t index) const {
    return json_of(batch.source.row(index).data());
}

std::string EntityNormaliser::json_of(const FieldView* row) const {
    std::string json = "{";
    for (std::size_t column = 0; column < bound_->columns.size(); ++column) {
        if (row[column].missing() == Missing::absent) continue;
        if (json.size() > 1) json += ',';
        append_json_string(json, bound_->columns[column]);
        json += ':';
        if (row[column].missing() == Missing::null) {
            json += "null";
        } else {
            append_json_string(json, row[column].text());
        }
    }
    json += '}';
    return json;
}

}  // namespace caseweave
