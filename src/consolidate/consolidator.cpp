#include "consolidate/consolidator.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "core/error.hpp"
#include "text/fold.hpp"

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 5> kRuleNames = {"trusted_system", "agreement", "recency", "completeness",
                                                        "precision"};

/// Fields that describe the source's record rather than the person; the golden record has its own.
constexpr bool is_record_field(PersonField field) noexcept {
    return field == PersonField::record_created || field == PersonField::record_updated ||
           field == PersonField::family_key || field == PersonField::marked_duplicate;
}

/// Adds a restricted field, and what tells the same, to those that are withheld.
void withhold(PersonField restricted, std::vector<PersonField>& withheld) {
    for (std::size_t i = 0; i < kPersonFields; ++i) {
        const auto field = static_cast<PersonField>(i);
        const bool told = field == restricted || (tells_birth(field) && tells_birth(restricted));
        if (told && std::find(withheld.begin(), withheld.end(), field) == withheld.end()) withheld.push_back(field);
    }
}

bool is_all_capitals(std::string_view text) noexcept {
    const bool capital = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return capital && std::none_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

}  // namespace

/// Numbers the values of one field so that spellings which differ in case, diacritics or punctuation only count as one.
class Consolidator::SpellingGroups {
  public:
    SpellingGroups(const PersonStore& store, PersonField field, const std::vector<PersonRow>& rows)
        : store_(&store), field_(field) {
        const FieldType type = kPersonFieldTypes[static_cast<std::size_t>(field)];
        // One spelling needs no folding: what most fields of most people have.
        const bool differ = std::any_of(rows.begin(), rows.end(), [&](PersonRow row) {
            return store.cell(row, field) != store.cell(rows.front(), field);
        });
        folds_ = differ && (type == FieldType::name || type == FieldType::text);
        if (!folds_) return;
        std::map<std::string, std::uint32_t, std::less<>> first_cell;
        std::string folded;
        for (const PersonRow row : rows) {
            const std::uint32_t cell = store.cell(row, field);
            if (group_.contains(cell)) continue;
            text::fold_name(store.text(row, field), folded);
            group_.emplace(cell, folded.empty() ? cell : first_cell.try_emplace(folded, cell).first->second);
        }
    }

    /// Tells whether spellings are taken together for this field.
    bool folds() const noexcept { return folds_; }

    std::uint32_t of(PersonRow row) const {
        const std::uint32_t cell = store_->cell(row, field_);
        return folds_ ? group_.at(cell) : cell;
    }

  private:
    const PersonStore* store_;
    PersonField field_;
    bool folds_ = false;
    std::map<std::uint32_t, std::uint32_t> group_;  // cell -> cell of the first spelling
};

Consolidator::Consolidator(const PersonStore& store, const SurvivorshipSettings& settings,
                           const CanonicalSchema& schema)
    : store_(&store), rules_(kPersonFields), code_lists_(kPersonFields) {
    for (const FieldDescriptor& field : schema.find("person")->fields) {
        const auto* const name = std::find(std::begin(kPersonFieldNames), std::end(kPersonFieldNames), field.name);
        if (name != std::end(kPersonFieldNames))
            code_lists_[static_cast<std::size_t>(name - std::begin(kPersonFieldNames))] =
                schema.find_code_list(field.code_list);
    }
    for (const auto& [name, rules] : settings.fields) {
        if (std::find(std::begin(kPersonFieldNames), std::end(kPersonFieldNames), name) != std::end(kPersonFieldNames))
            continue;
        throw Error(ErrorKind::usage, "survivorship: the person record has no field \"" + name + "\"");
    }
    for (std::size_t field = 0; field < kPersonFields; ++field) {
        const FieldSurvivorship& chosen = settings.of(kPersonFieldNames[field]);
        FieldRules& rules = rules_[field];
        for (const std::string& rule : chosen.rules) {
            rules.rules.push_back(
                static_cast<Rule>(std::find(kRuleNames.begin(), kRuleNames.end(), rule) - kRuleNames.begin()));
        }
        rules.trust.assign(store.systems(), static_cast<std::uint16_t>(chosen.systems.size()));
        for (std::size_t rank = 0; rank < chosen.systems.size(); ++rank) {
            // A system the job does not read is no error: one survivorship file serves several jobs.
            if (const auto system = store.find_system(chosen.systems[rank]))
                rules.trust[system->value] = static_cast<std::uint16_t>(rank);
        }
    }
}

GoldenRecord Consolidator::consolidate(PersonId id, std::span<const PersonRow> members) const {
    GoldenRecord golden;
    golden.id = id;
    golden.members.assign(members.begin(), members.end());
    golden.origin.assign(kPersonFields, GoldenRecord::kNoOrigin);
    std::sort(golden.members.begin(), golden.members.end(), [&](PersonRow a, PersonRow b) {
        const auto system_a = store_->system(a);
        const auto system_b = store_->system(b);
        return system_a != system_b ? system_a < system_b : store_->key(a) < store_->key(b);
    });
    for (const PersonRow member : golden.members) {
        golden.areas |= store_->system_area(store_->system(member));
        for (const RestrictionRow& restriction : store_->restrictions(member)) {
            const std::string_view scope = store_->pool().view(restriction.scope);
            if (scope == "address") continue;  // hides addresses, not the child
            if (scope == "field") {
                const auto* field = std::find(std::begin(kPersonFieldNames), std::end(kPersonFieldNames),
                                              store_->pool().view(restriction.field));
                if (field != std::end(kPersonFieldNames)) {
                    withhold(static_cast<PersonField>(field - std::begin(kPersonFieldNames)), golden.withheld);
                    continue;
                }
            }
            // Scope record, or a scope or field this program does not know: the strictest reading.
            golden.access |= kAccessRestricted;
        }
    }
    for (std::size_t field = 0; field < kPersonFields; ++field) {
        if (!is_record_field(static_cast<PersonField>(field)))
            choose(static_cast<PersonField>(field), golden.members, golden);
    }
    return golden;
}

void Consolidator::choose(PersonField field, std::span<const PersonRow> members, GoldenRecord& golden) const {
    std::vector<PersonRow> candidates;
    for (const PersonRow member : members) {
        if (store_->missing(member, field) == Missing::no) candidates.push_back(member);
    }
    if (candidates.empty()) return;
    const std::vector<PersonRow> opinions = candidates;
    const SpellingGroups groups(*store_, field, opinions);
    const auto value_of = [&](PersonRow row) { return groups.of(row); };
    const auto all_equal = [&] {
        return std::all_of(candidates.begin(), candidates.end(),
                           [&](PersonRow row) { return value_of(row) == value_of(candidates.front()); });
    };
    std::string_view decided_by = "only_value";
    const auto keep_best = [&](std::string_view rule, const auto& score_of) {
        if (all_equal()) return;
        std::vector<std::int64_t> scores;
        for (const PersonRow row : candidates) scores.push_back(score_of(row));
        const std::int64_t best = *std::max_element(scores.begin(), scores.end());
        std::vector<PersonRow> kept;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (scores[i] == best) kept.push_back(candidates[i]);
        }
        if (kept.size() < candidates.size()) decided_by = rule;
        candidates = std::move(kept);
    };
    keep_best("known_value", [&](PersonRow row) { return meaning(field, row); });
    keep_best("not_duplicate", [&](PersonRow row) { return is_duplicate(row) ? std::int64_t{0} : std::int64_t{1}; });
    if (field == PersonField::birth_date_latest && golden.has_value(PersonField::birth_date_earliest)) {
        const PersonRow range = golden.origin_of(PersonField::birth_date_earliest);
        keep_best("same_range", [&](PersonRow row) {
            return std::int64_t{store_->cell(row, PersonField::birth_date_earliest) ==
                                store_->cell(range, PersonField::birth_date_earliest)};
        });
    }
    const FieldRules& rules = rules_[static_cast<std::size_t>(field)];
    for (const Rule rule : rules.rules) {
        keep_best(kRuleNames[static_cast<std::size_t>(rule)],
                  [&](PersonRow row) { return score(rule, rules, field, row, opinions, groups); });
    }
    if (!all_equal()) decided_by = "first_by_key";
    // Of spellings that differ in case or diacritics only, the one that is not all capitals: those come from systems
    // that keep nothing else.
    const auto mixed = std::find_if(candidates.begin(), candidates.end(), [&](PersonRow row) {
        return !groups.folds() || !is_all_capitals(store_->text(row, field));
    });
    const PersonRow origin = mixed == candidates.end() ? candidates.front() : *mixed;
    golden.origin[static_cast<std::size_t>(field)] = origin.value;

    const auto says_the_same = [&](PersonRow a, PersonRow b) {
        return store_->system(a) == store_->system(b) && value_of(a) == value_of(b);
    };
    for (const PersonRow row : opinions) {
        // A system says a value once: by the origin where that is its record, else by its first record.
        const bool said_by_another =
            row != origin &&
            (says_the_same(row, origin) ||
             std::any_of(golden.opinions.begin(), golden.opinions.end(), [&](const FieldOpinion& opinion) {
                 return opinion.field == field && says_the_same(row, opinion.record);
             }));
        if (said_by_another) continue;
        FieldOpinion opinion;
        opinion.field = field;
        opinion.cell = store_->cell(row, field);
        opinion.record = row;
        opinion.chosen = row == origin;
        opinion.agrees = value_of(row) == value_of(origin);
        if (opinion.chosen) opinion.rule = decided_by;
        golden.opinions.push_back(opinion);
    }
}

/// Ranks what a record says of a field: CodeMeaning of its code; every other value is known.
std::int64_t Consolidator::meaning(PersonField field, PersonRow row) const {
    const CodeList* const list = code_lists_[static_cast<std::size_t>(field)];
    return static_cast<std::int64_t>(list == nullptr ? CodeMeaning::known : list->meaning(store_->text(row, field)));
}

/// Tells whether its source calls a record a duplicate of another one: by a relationship, or inside a name.
bool Consolidator::is_duplicate(PersonRow row) const {
    if (store_->integer(row, PersonField::marked_duplicate).value_or(0) != 0) return true;
    const auto relations = store_->relationships(row);
    return std::any_of(relations.begin(), relations.end(), [&](const RelationshipRow& relation) {
        return relation.related != row && store_->pool().view(relation.type) == "duplicate";
    });
}

std::int64_t Consolidator::score(Rule rule, const FieldRules& rules, PersonField field, PersonRow row,
                                 std::span<const PersonRow> candidates, const SpellingGroups& groups) const {
    switch (rule) {
        case Rule::trusted_system:
            return -static_cast<std::int64_t>(rules.trust[store_->system(row).value]);
        case Rule::agreement: {
            // Systems, not records, agree: duplicates inside one system do not outvote another system.
            std::vector<bool> counted(store_->systems());
            std::int64_t systems = 0;
            for (const PersonRow other : candidates) {
                const std::size_t system = store_->system(other).value;
                if (groups.of(other) != groups.of(row) || counted[system]) continue;
                counted[system] = true;
                ++systems;
            }
            return systems;
        }
        case Rule::recency: {
            const auto updated = store_->timestamp(row, PersonField::record_updated);
            return updated ? updated->microseconds : INT64_MIN;
        }
        case Rule::completeness:
            // Of what is no text, nothing is longer.
            return is_text_like(kPersonFieldTypes[static_cast<std::size_t>(field)])
                       ? static_cast<std::int64_t>(store_->text(row, field).size())
                       : 0;
        case Rule::precision: {
            const auto date = store_->date(row, field);
            return date ? -(static_cast<std::int64_t>(date->precision) * 2 + (date->estimated ? 1 : 0)) : 0;
        }
    }
    return 0;
}

}  // namespace caseweave
