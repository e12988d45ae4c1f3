#include "app/pack/mapping_document.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "canonical/copy_encoding.hpp"
#include "reconcile/published_count.hpp"

namespace caseweave {

namespace {

std::string condition_text(const EmitCondition& condition) {
    const std::string columns = fmt::format("{}", fmt::join(condition.columns, " or "));
    if (condition.not_null) return columns + " has a value";
    if (!condition.equals.empty()) return fmt::format("{} is {}", columns, fmt::join(condition.equals, ", "));
    return fmt::format("{} is none of {}", columns, fmt::join(condition.not_equals, ", "));
}

std::string conditions_text(const std::vector<EmitCondition>& conditions, std::string_view joined_by) {
    std::vector<std::string> texts;
    for (const EmitCondition& condition : conditions) texts.push_back(condition_text(condition));
    return fmt::format("{}", fmt::join(texts, joined_by));
}

/// Says how a value is typed and checked, whatever column it is from.
std::string_view type_in_words(FieldType type) {
    switch (type) {
        case FieldType::text:
            return "text";
        case FieldType::name:
            return "name, blanks mended";
        case FieldType::code:
            return "code";
        case FieldType::date:
            return "date";
        case FieldType::partial_date:
            return "date with precision";
        case FieldType::timestamp:
            return "date and time";
        case FieldType::integer:
            return "whole number";
        case FieldType::decimal:
            return "number with two decimals";
        case FieldType::boolean:
            return "yes or no";
        case FieldType::identifier:
            return "identifier, checked by its kind";
        case FieldType::uprn:
            return "UPRN, checked";
        case FieldType::postcode:
            return "postcode, checked";
        case FieldType::phone:
            return "telephone number, checked";
        case FieldType::email:
            return "e-mail address, checked";
        case FieldType::key:
            return "key, as it is";
        case FieldType::person_ref:
            return "key of another person of the system";
    }
    return "";
}

/// Writes accepted forms of a date for people: "YYYY-MM-DD or DD/MM/YYYY".
std::string forms_in_words(const std::vector<std::string>& forms) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kLetters = {
        {{"%Y", "YYYY"}, {"%m", "MM"}, {"%d", "DD"}, {"%b", "Mon"}, {"%H", "hh"}, {"%M", "mm"}, {"%S", "ss"}}};
    std::string words = fmt::format("{}", fmt::join(forms, " or "));
    for (const auto& [letter, word] : kLetters) {
        for (std::size_t at = words.find(letter); at != words.npos; at = words.find(letter, at + word.size()))
            words.replace(at, letter.size(), word);
    }
    return words;
}

std::string rule_text(const FieldMapping& mapping, const FieldDescriptor& field, const ConnectorDefinition& connector) {
    if (mapping.constant) return "always \"" + *mapping.constant + "\"";
    std::string rule(type_in_words(field.type));
    if (mapping.combine == "join") rule += "; joined with a blank";
    if (mapping.combine == "date_parts") rule += "; of day, month and year";
    if (mapping.combine.empty() && mapping.columns.size() > 1) rule += "; the first that has a value";
    if (!mapping.part.empty()) rule += "; the " + mapping.part + " part of a full name";
    if (mapping.foreign) rule += "; other countries' forms kept";
    const bool dated =
        field.type == FieldType::date || field.type == FieldType::partial_date || field.type == FieldType::timestamp;
    const std::vector<std::string>& forms = mapping.dates.empty() ? connector.dates : mapping.dates;
    if (dated && mapping.combine != "date_parts" && !forms.empty()) rule += "; written " + forms_in_words(forms);
    if (!mapping.estimated_column.empty()) rule += "; estimated where " + mapping.estimated_column + " says so";
    if (!mapping.status_column.empty()) rule += "; with the status in " + mapping.status_column;
    return rule;
}

/// Collects what becomes of the columns of one source entity.
class EntityMapping {
  public:
    EntityMapping(const ConnectorDefinition& connector, const EntityDefinition& entity, MappingDocument& document)
        : connector_(&connector), entity_(&entity), document_(&document) {}

    void take_emits(const CanonicalSchema& canonical, const CoverageTable& coverage) {
        for (const EmitDefinition& emit : entity_->emits) {
            const EntityDescriptor* to = canonical.find(emit.to);
            const auto counted = coverage.find({connector_->name, entity_->name, emit.to});
            for (const FieldMapping& mapping : emit.fields) {
                const int index = to == nullptr ? -1 : to->find(mapping.field);
                if (index < 0) continue;
                MappingLine line = begin(mapping.columns);
                line.target_entity = emit.to;
                line.field = mapping.field;
                line.rule = rule_text(mapping, to->fields[static_cast<std::size_t>(index)], *connector_);
                line.code_list = mapping.codes;
                line.applies_when = conditions_text(emit.when, " and ");
                if (counted != coverage.end()) {
                    const auto filled = counted->second.filled.find(mapping.field);
                    if (filled != counted->second.filled.end())
                        line.coverage = publish_share(filled->second, counted->second.rows);
                }
                document_->lines.push_back(std::move(line));
                use(mapping.columns);
                use({mapping.estimated_column, mapping.status_column});
            }
        }
    }

    /// Adds the columns that make no field and are read all the same.
    void take_structure() {
        add_structure(entity_->key, "key of the row");
        add_structure({entity_->person_key}, "person the row speaks of");
        add_structure(entity_->parent_key, "key of the " + entity_->parent + " it belongs to");
        add_structure({entity_->watermark}, "watermark: grows with every change");
        for (const EmitDefinition& emit : entity_->emits) {
            add_structure({emit.person_key}, "person a " + emit.to + " speaks of");
            for (const EmitCondition& condition : emit.when)
                add_structure(condition.columns, "decides whether a " + emit.to + " is made");
        }
        for (const EmitCondition& condition : entity_->exclude)
            add_structure(condition.columns, "leaves a row out where " + condition_text(condition));
    }

    void take_unmapped() {
        for (const std::string& column : entity_->columns) {
            if (used_.contains(column)) continue;
            const bool on_purpose = std::ranges::find(entity_->ignored, column) != entity_->ignored.end();
            document_->unmapped.push_back({connector_->name, entity_->name, column,
                                           on_purpose ? "left out on purpose; kept with the row as an extra"
                                                      : "no field of the model; kept with the row as an extra"});
        }
    }

  private:
    MappingLine begin(const std::vector<std::string>& columns) const {
        MappingLine line;
        line.system = connector_->name;
        line.entity = entity_->name;
        std::vector<std::string_view> named;
        for (const std::string& column : columns) {
            if (!column.empty()) named.emplace_back(column);
        }
        line.columns = fmt::format("{}", fmt::join(named, " + "));
        return line;
    }
    void use(const std::vector<std::string>& columns) { used_.insert(columns.begin(), columns.end()); }
    void add_structure(const std::vector<std::string>& columns, const std::string& rule) {
        const bool all_used = std::ranges::all_of(
            columns, [&](const std::string& column) { return column.empty() || used_.contains(column); });
        if (all_used) return;
        MappingLine line = begin(columns);
        line.rule = rule;
        document_->lines.push_back(std::move(line));
        use(columns);
    }

    const ConnectorDefinition* connector_;
    const EntityDefinition* entity_;
    MappingDocument* document_;
    std::set<std::string> used_;
};

}  // namespace

CoverageTable count_coverage(TargetConnection& loader, const CanonicalSchema& canonical) {
    CoverageTable table;
    for (const EntityDescriptor& entity : canonical.entities()) {
        std::string filled;
        for (const FieldDescriptor& field : entity.fields)
            filled += ", count(" + TargetConnection::quote_identifier(field.name) + ")";
        const TargetResult rows = loader.execute("SELECT source_system, source_entity, count(*)" + filled + " FROM " +
                                                     qualified_table(entity) + " GROUP BY 1, 2",
                                                 TargetConnection::kLongDeadline);
        for (std::size_t row = 0; row < rows.rows(); ++row) {
            FieldCoverage& coverage =
                table[{std::string(rows.text(row, 0)), std::string(rows.text(row, 1)), entity.name}];
            coverage.rows = rows.count(row, 2);
            for (std::size_t f = 0; f < entity.fields.size(); ++f)
                coverage.filled[entity.fields[f].name] = rows.count(row, 3 + f);
        }
    }
    return table;
}

MappingDocument make_mapping_document(const JobSources& sources, const CanonicalSchema& canonical,
                                      const CoverageTable& coverage) {
    MappingDocument document;
    for (const JobSystem& system : sources.systems()) {
        for (const EntityDefinition& entity : system.definition->entities) {
            EntityMapping mapping(*system.definition, entity, document);
            mapping.take_emits(canonical, coverage);
            mapping.take_structure();
            mapping.take_unmapped();
        }
    }
    return document;
}

}  // namespace caseweave
