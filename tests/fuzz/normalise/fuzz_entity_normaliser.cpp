// Input: rows of a wide person table. A byte below 4 ends a field and says how it is given (text, NULL, absent, end of
// row); all others are text. The books of each batch must balance, whatever the bytes are.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "canonical/schema.hpp"
#include "normalise/entity_normaliser.hpp"
#include "require.hpp"

namespace {

using namespace caseweave;
using fuzz::require;

const CanonicalSchema& schema() {
    static const CanonicalSchema loaded = CanonicalSchema::load(CASEWEAVE_SOURCE_DIR "/schemas/canonical");
    return loaded;
}

FieldMapping mapping(std::string field, std::vector<std::string> columns) {
    FieldMapping made;
    made.field = std::move(field);
    made.columns = std::move(columns);
    return made;
}

/// A connector with a field of every type that a person, an identifier, an address and a payment have.
const ConnectorDefinition& connector() {
    static const ConnectorDefinition made = [] {
        ConnectorDefinition definition;
        definition.folder = "fuzz";
        definition.name = "fuzz";
        definition.dates = {"%d/%m/%Y", "%Y-%m-%d %H:%M:%S"};
        definition.null_texts = {"NULL"};
        EntityDefinition entity;
        entity.name = "person";
        entity.columns = {"ID",     "PART",     "NAME",  "DOB",    "EST",   "SEX",  "KIND",   "NUMBER",
                          "STREET", "POSTCODE", "PHONE", "AMOUNT", "ORDER", "FLAG", "UPDATED"};
        entity.key = {"ID", "PART"};
        entity.person_key = "ID";
        entity.exclude = {{.column = "FLAG", .equals = {"TEST"}, .not_equals = {}, .not_null = false}};
        EmitDefinition person{.to = "person", .when = {}, .person_key = "", .fields = {}};
        person.fields = {mapping("family_name", {"NAME"}),       mapping("sex", {"SEX"}),
                         mapping("birth_order", {"ORDER"}),      mapping("disability", {"FLAG"}),
                         mapping("record_updated", {"UPDATED"}), mapping("title", {"SEX", "KIND"})};
        FieldMapping birth_date = mapping("birth_date", {"DOB"});
        birth_date.estimated_column = "EST";
        person.fields.push_back(birth_date);
        FieldMapping forename = mapping("given_name", {"NAME"});
        forename.part = "given";
        person.fields.push_back(forename);
        FieldMapping parts = mapping("death_date", {"PART", "ORDER", "DOB"});
        parts.combine = "date_parts";
        person.fields.push_back(parts);
        EmitDefinition identifier{.to = "person_identifier", .when = {}, .person_key = "", .fields = {}};
        identifier.when = {{.column = "NUMBER", .equals = {}, .not_equals = {}, .not_null = true}};
        identifier.fields = {mapping("value", {"NUMBER"}), mapping("id_type", {"KIND"})};
        EmitDefinition address{.to = "person_address", .when = {}, .person_key = "NUMBER", .fields = {}};
        FieldMapping joined = mapping("street", {"STREET", "POSTCODE"});
        joined.combine = "join";
        address.fields = {joined, mapping("postcode", {"POSTCODE"}), mapping("uprn", {"NUMBER"})};
        EmitDefinition payment{.to = "payment", .when = {}, .person_key = "", .fields = {}};
        payment.fields = {mapping("amount", {"AMOUNT"}), mapping("payment_date", {"DOB"})};
        entity.emits = {person, identifier, address, payment};
        definition.entities = {entity};
        return definition;
    }();
    return made;
}

RecordBatch batch_of(const std::uint8_t* data, std::size_t size, const std::shared_ptr<const RowShape>& shape) {
    RecordBatch batch(shape);
    std::string field;
    std::size_t column = 0;
    bool open = false;
    for (std::size_t i = 0; i < size; ++i) {
        if (!open) {
            batch.begin_row({.document = 0, .line = i, .byte = i});
            open = true;
            column = 0;
        }
        if (data[i] >= 4) {
            field += static_cast<char>(data[i]);
            continue;
        }
        if (column < shape->columns.size()) {
            if (data[i] == 1) {
                batch.set_missing(column, Missing::null);
            } else if (data[i] != 2) {
                batch.set(column, field);
            }
            ++column;
        }
        field.clear();
        if (data[i] == 3) {
            batch.commit_row();
            open = false;
        }
    }
    if (open) batch.roll_back_row();
    return batch;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto shape = [] {
        auto made = std::make_shared<RowShape>();
        made->columns = connector().entities.front().columns;
        made->declared = made->columns.size();
        made->columns.emplace_back("EXTRA");
        return std::shared_ptr<const RowShape>(made);
    }();
    static EntityNormaliser normaliser = [] {
        NormaliseOptions options;
        options.keep_verbatim = true;
        return EntityNormaliser(schema(), connector(), connector().entities.front(), options);
    }();
    const CanonicalBatch batch = normaliser.normalise(batch_of(data, size, shape));

    require(batch.outcomes.size() == batch.source.rows() && batch.rows_read == batch.source.rows());
    require(batch.verbatim.size() == batch.source.rows());
    std::vector<std::size_t> emitted(batch.source.rows());
    for (const CanonicalRow& row : batch.rows) {
        require(row.source_row < emitted.size());
        ++emitted[row.source_row];
        require(row.source_key == batch.outcomes[row.source_row].key && !row.source_key.empty());
        for (std::size_t i = 0; i < row.entity->fields.size(); ++i) require(row.values[i].missing <= Missing::invalid);
    }
    std::size_t rejected = 0;
    for (std::size_t i = 0; i < batch.outcomes.size(); ++i) {
        const bool has_rows = emitted[i] > 0;
        require(has_rows == (batch.outcomes[i].kind == SourceRowOutcome::Kind::emitted));
        if (batch.outcomes[i].kind == SourceRowOutcome::Kind::rejected) ++rejected;
    }
    require(rejected == batch.rejects.size());
    for (const FieldIssue& issue : batch.issues) require(issue.source_row < emitted.size() && !issue.field.empty());
    return 0;
}
