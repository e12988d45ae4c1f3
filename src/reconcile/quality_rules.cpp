#include "reconcile/quality_rules.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <regex>
#include <set>

#include "canonical/copy_encoding.hpp"
#include "canonical/golden_identifiers.hpp"
#include "core/date.hpp"
#include "core/parsed.hpp"

namespace caseweave {

namespace {

constexpr std::string_view kGoldenPrefix = "golden.";
constexpr std::array<std::string_view, 3> kDateWords = {"today", "year_start", "year_end"};
/// A century and a half: no age or delay of a child's record is longer.
constexpr std::int64_t kMostDays = 55'000;
constexpr std::int64_t kGreatestAge = 150;

[[noreturn]] void refuse_word(const TomlTable& table, std::string_view key, const std::string& what,
                              std::string_view word, const std::vector<std::string>& known) {
    const std::string nearest = nearest_word(word, known);
    table.fail(
        key, what + " \"" + std::string(word) + "\"" + (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
}

bool is_date(FieldType type) noexcept {
    return type == FieldType::date || type == FieldType::partial_date || type == FieldType::timestamp;
}

bool is_iso_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
    int parts[3] = {};
    const std::string_view pieces[3] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
    for (int i = 0; i < 3; ++i) {
        const char* end = pieces[i].data() + pieces[i].size();
        if (std::from_chars(pieces[i].data(), end, parts[i]).ptr != end) return false;
    }
    return std::chrono::year_month_day(std::chrono::year(parts[0]), std::chrono::month(unsigned(parts[1])),
                                       std::chrono::day(unsigned(parts[2])))
        .ok();
}

/// Reads a word for a date with the days to add to it: "today", "year_end-7".
bool read_date_word(const std::string& text, QualityBound& bound) {
    const std::size_t sign = text.find_first_of("+-");
    const std::string word = text.substr(0, sign);
    if (std::ranges::find(kDateWords, word) == kDateWords.end()) return false;
    if (sign != text.npos) {
        const char* begin = text.data() + sign + 1;
        const char* end = text.data() + text.size();
        if (begin == end || *begin == '-' || std::from_chars(begin, end, bound.days).ptr != end) return false;
        if (bound.days > kMostDays) return false;
        if (text[sign] == '-') bound.days = -bound.days;
    }
    bound.date = word;
    return true;
}

/// Reads one rule's table against the schema.
class RuleReader {
  public:
    RuleReader(const CanonicalSchema& schema, const TomlTable& table) : schema_(&schema), table_(table) {}

    QualityRule read() {
        read_head();
        rule_.entity = &entity(table_, "entity", table_.string("entity"));
        rule_.where = conditions(table_, "where", *rule_.entity);
        switch (rule_.kind) {
            case QualityKind::completeness:
                read_fields();
                rule_.way = table_.word("need", kNeeds, "all");
                break;
            case QualityKind::validity:
                read_field();
                read_validity();
                break;
            case QualityKind::uniqueness:
                read_fields();
                rule_.way = table_.word("of", kUnits, "people");
                rule_.within_system = table_.word("within", kScopes, "all") == "system";
                if (rule_.way == "people") require_person("of", *rule_.entity);
                break;
            case QualityKind::range:
                read_date_field();
                rule_.not_before = bound(table_, "not_before", *rule_.entity);
                rule_.not_after = bound(table_, "not_after", *rule_.entity);
                if (!table_.has("not_before") && !table_.has("not_after"))
                    table_.fail("kind", "a range needs not_before, not_after or both");
                break;
            case QualityKind::agreement:
                read_field();
                rule_.way = table_.word("between", kSides, "systems");
                require_person("entity", *rule_.entity);
                break;
            case QualityKind::overlap:
                read_overlap();
                break;
            case QualityKind::forbidden:
                rule_.never = conditions(table_, "never", *rule_.entity);
                if (rule_.never.empty()) table_.fail("never", "never lists the conditions that must not all hold");
                break;
            case QualityKind::freshness:
                read_date_field();
                rule_.days = whole(table_, "days", 1, kMostDays);
                break;
        }
        return std::move(rule_);
    }

    std::vector<QualityCondition> conditions(const TomlTable& table, std::string_view key,
                                             const EntityDescriptor& of) const {
        std::vector<QualityCondition> all;
        for (const TomlTable& one : table.tables(key)) {
            const std::size_t before = all.size();
            read_related(one, of, all);
            read_tests(one, of, all);
            if (all.size() == before)
                one.fail("field",
                         "a condition is a field with a test (is, is_not, missing, matches, not_matching, before, "
                         "after, age_from, age_to), or has or has_no with an entity");
        }
        return all;
    }

  private:
    static constexpr std::array<std::string_view, 3> kNeeds = {"all", "any", "one"};
    static constexpr std::array<std::string_view, 2> kUnits = {"people", "rows"};
    static constexpr std::array<std::string_view, 2> kScopes = {"all", "system"};
    static constexpr std::array<std::string_view, 2> kSides = {"systems", "records"};

    template <std::size_t N>
    static std::size_t index_of(const std::array<std::string_view, N>& words, const std::string& word) {
        return static_cast<std::size_t>(std::ranges::find(words, word) - words.begin());
    }

    void read_head() {
        rule_.id = table_.string("id");
        const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        if (rule_.id.empty() || !std::ranges::all_of(rule_.id, plain))
            table_.fail("id", "an id is made of a-z, 0-9 and _: it names the rule from run to run");
        rule_.title = table_.string("title");
        rule_.advice = table_.string("advice");
        rule_.severity = static_cast<QualitySeverity>(
            index_of(kQualitySeverityNames, table_.word("severity", kQualitySeverityNames)));
        rule_.owner = table_.string("owner", "");
        if (table_.has("owner") && rule_.owner.find_first_not_of(' ') == std::string::npos)
            table_.fail("owner", "owner says who mends what the rule finds; leave it out for the system's owner");
        const std::string code = table_.string("code", "");
        const std::string collection = table_.string("return", "");
        if (code.empty() != collection.empty())
            table_.fail(code.empty() ? "return" : "code", "a statutory rule has return and code, another has neither");
        if (!code.empty()) rule_.statutory = collection + " " + code;
        const std::int64_t count = table_.integer("limit_count", 0);
        if (count < 0) table_.fail("limit_count", "limit_count is a number of rows: 0 or more");
        if (table_.has("limit_count")) rule_.limit_count = static_cast<std::uint64_t>(count);
        const double share = table_.number("limit_share", 0);
        if (!(share >= 0 && share <= 1))
            table_.fail("limit_share", "limit_share is a share of the rows checked: from 0 to 1");
        if (table_.has("limit_share")) rule_.limit_share = share;
        if (!rule_.limit_count && !rule_.limit_share) rule_.limit_count = 0;
        rule_.kind = static_cast<QualityKind>(index_of(kQualityKindNames, table_.word("kind", kQualityKindNames)));
    }

    void read_fields() {
        for (const std::string& name : table_.strings("fields"))
            rule_.fields.push_back(field(table_, "fields", *rule_.entity, name));
        if (rule_.fields.empty()) table_.fail("fields", "fields lists at least one field of the entity");
    }

    void read_field() { rule_.fields.push_back(field(table_, "field", *rule_.entity, table_.string("field"))); }

    void read_date_field() {
        read_field();
        require_date(table_, "field", rule_.fields.front());
    }

    void read_validity() {
        if (rule_.fields.front().golden) table_.fail("field", "values are set aside in records, not in the golden one");
        rule_.rules = table_.strings("rules");
        std::vector<std::string> known;
        for (int i = 0; i <= static_cast<int>(IssueRule::unmapped_column); ++i)
            known.emplace_back(to_string(static_cast<IssueRule>(i)));
        for (const std::string& name : rule_.rules)
            if (std::ranges::find(known, name) == known.end())
                refuse_word(table_, "rules", "no value is set aside by a rule", name, known);
        rule_.given = pattern(table_, "given");
    }

    void read_overlap() {
        require_person("entity", *rule_.entity);
        rule_.start = field(table_, "start", *rule_.entity, table_.string("start", "start_date"));
        rule_.end = field(table_, "end", *rule_.entity, table_.string("end", "end_date"));
        require_date(table_, "start", rule_.start);
        require_date(table_, "end", rule_.end);
        rule_.fields.push_back(field(table_, "differ_in", *rule_.entity, table_.string("differ_in")));
        for (const auto& [key, part] :
             {std::pair{"start", rule_.start}, {"end", rule_.end}, {"differ_in", rule_.fields[0]}})
            if (part.golden) table_.fail(key, "overlaps are of the rows' own fields");
    }

    const EntityDescriptor& entity(const TomlTable& table, std::string_view key, const std::string& name) const {
        const EntityDescriptor* found = schema_->find(name);
        if (found == nullptr) {
            std::vector<std::string> known;
            for (const EntityDescriptor& one : schema_->entities()) known.push_back(one.name);
            refuse_word(table, key, "there is no entity", name, known);
        }
        if (found->schema == "sealed")
            table.fail(key, "\"" + name + "\" binds two identities; quality rules do not look there");
        return *found;
    }

    QualityField field(const TomlTable& table, std::string_view key, const EntityDescriptor& of,
                       const std::string& name) const {
        QualityField result;
        result.golden = name.starts_with(kGoldenPrefix);
        result.name = result.golden ? name.substr(kGoldenPrefix.size()) : name;
        const EntityDescriptor& holder = result.golden ? *schema_->find("person") : of;
        if (result.golden) require_person(key, of);
        if (const int index = holder.find(result.name); index >= 0) {
            result.type = holder.fields[static_cast<std::size_t>(index)].type;
            return result;
        }
        if (result.golden && std::ranges::find(kGoldenIdentifiers, result.name) != kGoldenIdentifiers.end())
            return result;
        std::vector<std::string> known;
        for (const FieldDescriptor& one : holder.fields)
            known.push_back((result.golden ? std::string(kGoldenPrefix) : "") + one.name);
        refuse_word(table, key, (result.golden ? "the golden record" : "\"" + of.name + "\"") + " has no field", name,
                    known);
    }

    void require_person(std::string_view key, const EntityDescriptor& of) const {
        if (id_column(of).empty()) table_.fail(key, "the rows of \"" + of.name + "\" speak of no person");
    }

    static void require_date(const TomlTable& table, std::string_view key, const QualityField& of) {
        if (!is_date(of.type)) table.fail(key, "\"" + of.name + "\" is no date");
    }

    static std::int64_t whole(const TomlTable& table, std::string_view key, std::int64_t least, std::int64_t most) {
        const std::int64_t value = table.integer(key, least - 1);
        if (value < least || value > most)
            table.fail(key, std::string(key) + " is a whole number from " + std::to_string(least) + " to " +
                                std::to_string(most));
        return value;
    }

    /// Checks the expression as far as both this program's library and PostgreSQL agree about it.
    static std::string pattern(const TomlTable& table, std::string_view key) {
        std::string text = table.string(key, "");
        try {
            const std::regex probe(text, std::regex::ECMAScript);
        } catch (const std::regex_error&) {
            table.fail(key, "this is no regular expression");
        }
        return text;
    }

    QualityBound bound(const TomlTable& table, std::string_view key, const EntityDescriptor& of) const {
        QualityBound result;
        const std::string text = table.string(key, "");
        if (!table.has(key) || read_date_word(text, result)) return result;
        if (is_iso_date(text)) {
            result.date = text;
            return result;
        }
        if (text.empty() || (text[0] >= '0' && text[0] <= '9'))
            table.fail(key, "this is no date of the calendar: write 2026-03-31");
        result.field = field(table, key, of, text);
        require_date(table, key, *result.field);
        return result;
    }

    void read_related(const TomlTable& table, const EntityDescriptor& of, std::vector<QualityCondition>& all) const {
        using Test = QualityCondition::Test;
        for (const auto& [key, test] : {std::pair{"has", Test::has}, {"has_no", Test::has_no}}) {
            const std::string name = table.string(key, "");
            if (name.empty()) continue;
            if (table.has("field") || (test == Test::has_no && table.has("has")))
                table.fail(key, "a condition is a field with a test, or has, or has_no: not two of these");
            QualityCondition condition;
            condition.test = test;
            condition.entity = &entity(table, key, name);
            require_person(key, of);
            if (id_column(*condition.entity).empty())
                table.fail(key, "the rows of \"" + name + "\" speak of no person");
            condition.where = conditions(table, "where", *condition.entity);
            all.push_back(std::move(condition));
        }
    }

    void read_tests(const TomlTable& table, const EntityDescriptor& of, std::vector<QualityCondition>& all) const {
        using Test = QualityCondition::Test;
        const std::string name = table.string("field", "");
        if (name.empty()) return;
        QualityCondition condition;
        condition.field = field(table, "field", of, name);
        const auto add = [&](Test test) {
            condition.test = test;
            all.push_back(condition);
        };
        for (const auto& [key, test] : {std::pair{"is", Test::is}, {"is_not", Test::is_not}}) {
            condition.values = table.strings(key);
            require_values(table, key, condition, of);
            if (!condition.values.empty()) add(test);
        }
        condition.values.clear();
        const bool missing = table.boolean("missing", false);
        if (table.has("missing")) add(missing ? Test::missing : Test::present);
        for (const auto& [key, test] : {std::pair{"matches", Test::matches}, {"not_matching", Test::not_matching}}) {
            condition.pattern = pattern(table, key);
            if (table.has(key)) add(test);
        }
        for (const auto& [key, test] : {std::pair{"before", Test::before}, {"after", Test::after}}) {
            condition.bound = bound(table, key, of);
            if (!table.has(key)) continue;
            require_date(table, "field", condition.field);
            add(test);
        }
        for (const auto& [key, test] : {std::pair{"age_from", Test::age_from}, {"age_to", Test::age_to}}) {
            if (table.integer(key, -1) == -1 && !table.has(key)) continue;
            require_date(table, "field", condition.field);
            condition.number = whole(table, key, 0, kGreatestAge);
            add(test);
        }
    }

    /// A code that the list does not have would make a condition that never holds.
    void require_values(const TomlTable& table, std::string_view key, const QualityCondition& condition,
                        const EntityDescriptor& of) const {
        if (condition.values.empty()) return;
        switch (condition.field.type) {
            case FieldType::text:
            case FieldType::key:
                return;
            case FieldType::boolean:
                for (const std::string& value : condition.values)
                    if (value != "true" && value != "false") table.fail(key, "a boolean is \"true\" or \"false\"");
                return;
            case FieldType::code:
                break;
            default:
                table.fail(key, "only codes, texts, keys and booleans are held against values");
        }
        const EntityDescriptor& holder = condition.field.golden ? *schema_->find("person") : of;
        const CodeList* codes = schema_->find_code_list(
            holder.fields[static_cast<std::size_t>(holder.find(condition.field.name))].code_list);
        for (const std::string& value : condition.values) {
            const std::string* spelling = codes == nullptr ? nullptr : codes->spelling(value);
            if (spelling != nullptr && *spelling == value) continue;
            std::vector<std::string> known;
            if (codes != nullptr)
                for (const auto& [upper, label] : codes->entries()) known.push_back(*codes->spelling(upper));
            refuse_word(table, key, "the code list of \"" + condition.field.name + "\" has no", value, known);
        }
    }

    const CanonicalSchema* schema_;
    const TomlTable& table_;
    QualityRule rule_;
};

QualityRules read_quality_rules(const TomlTable& table, const CanonicalSchema& schema) {
    QualityRules result;
    result.version = table.string("version");
    std::set<std::string> ids;
    for (const TomlTable& one : table.tables("rule")) {
        result.rules.push_back(RuleReader(schema, one).read());
        if (!ids.insert(result.rules.back().id).second)
            one.fail("id", "two rules have the id \"" + result.rules.back().id + "\"");
    }
    table.finish();
    if (result.rules.empty()) table.fail("rule", "the file has no [[rule]]");
    return result;
}

}  // namespace

bool looks_elsewhere(const std::vector<QualityCondition>& conditions) noexcept {
    return std::ranges::any_of(conditions, [](const QualityCondition& condition) {
        return condition.entity != nullptr || condition.field.golden ||
               (condition.bound.field && condition.bound.field->golden);
    });
}

std::vector<QualityCondition> read_conditions(const TomlTable& table, std::string_view key, const EntityDescriptor& of,
                                              const CanonicalSchema& schema) {
    return RuleReader(schema, table).conditions(table, key, of);
}

std::string_view to_string(QualitySeverity severity) noexcept {
    return kQualitySeverityNames[static_cast<std::size_t>(severity)];
}

std::string_view to_string(QualityKind kind) noexcept {
    return kQualityKindNames[static_cast<std::size_t>(kind)];
}

bool QualityRule::compares_systems() const noexcept {
    const auto golden = [](const QualityBound& bound) { return bound.field && bound.field->golden; };
    return looks_elsewhere(where) || looks_elsewhere(never) || golden(not_before) || golden(not_after) ||
           std::ranges::any_of(fields, &QualityField::golden) || kind == QualityKind::agreement ||
           kind == QualityKind::overlap || (kind == QualityKind::uniqueness && !within_system);
}

QualityRules QualityRules::load(const std::filesystem::path& file, const CanonicalSchema& schema) {
    return read_quality_rules(TomlTable::parse_file(file), schema);
}

QualityRules QualityRules::parse(std::string_view text, const std::string& name, const CanonicalSchema& schema) {
    return read_quality_rules(TomlTable::parse(text, name), schema);
}

}  // namespace caseweave
