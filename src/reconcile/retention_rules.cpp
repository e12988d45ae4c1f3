#include "reconcile/retention_rules.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <set>

#include "canonical/copy_encoding.hpp"
#include "core/digest.hpp"

namespace caseweave {

namespace {

constexpr std::array<std::string_view, 3> kAuthorities = {"statute", "guidance", "council_policy"};
/// No law asks for longer, and every date of a record plus this is one that the target can hold.
constexpr std::int64_t kMostYears = 200;

/// Reads one rule's table against the schema.
class RetentionRuleReader {
  public:
    RetentionRuleReader(const TomlTable& table, const CanonicalSchema& schema) : table_(table), schema_(&schema) {}

    RetentionRule read() {
        read_head();
        read_whose();
        read_how_long();
        return std::move(rule_);
    }

  private:
    void read_head() {
        rule_.id = table_.string("id");
        const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
        if (rule_.id.empty() || !std::ranges::all_of(rule_.id, plain))
            table_.fail("id", "an id is made of a-z, 0-9 and _: it names the rule in the record");
        rule_.title = table_.string("title");
        const std::string authority = table_.string("authority");
        table_.takes_only("authority", kAuthorities);
        const auto found = std::ranges::find(kAuthorities, authority);
        if (found == kAuthorities.end()) table_.fail("authority", "authority is statute, guidance or council_policy");
        rule_.authority = static_cast<RetentionAuthority>(found - kAuthorities.begin());
        rule_.source = table_.string("source");
    }

    void read_whose() {
        const std::string name = table_.string("entity", "");
        if (!name.empty()) rule_.entity = &entity(name);
        for (const std::string& record : table_.strings("records")) {
            const std::size_t colon = record.find(':');
            if (colon == 0 || colon == record.npos || colon + 1 == record.size())
                table_.fail("records", "\"" + record + "\" is no record: write SYSTEM:ID, as \"social_care:100042\"");
            rule_.records.emplace_back(record.substr(0, colon), record.substr(colon + 1));
        }
        if (rule_.entity != nullptr && !rule_.records.empty())
            table_.fail("records", "a rule names an entity or records: not both");
        if (table_.has("records") && rule_.records.empty())
            table_.fail("records", "records names at least one; without it the rule would hold for every child");
        if (rule_.entity == nullptr) {
            for (const std::string_view key : {"where", "persons"})
                if (table_.has(key)) table_.fail(key, std::string(key) + " speaks of the rows of an entity: name one");
            return;
        }
        rule_.where = read_conditions(table_, "where", *rule_.entity, *schema_);
        if (looks_elsewhere(rule_.where) || !std::ranges::all_of(rule_.where, stays_true))
            table_.fail("where",
                        "a retention rule looks at the row's own fields, without today and ages: what it finds "
                        "depends on no other row and on no day");
        for (const std::string& key : table_.strings("persons")) {
            const FieldType type = field("persons", key).type;
            if (type != FieldType::key && type != FieldType::person_ref)
                table_.fail("persons", "\"" + key + "\" is no key: no person can be found by it");
            rule_.persons.push_back(key);
        }
    }

    void read_how_long() {
        rule_.hold = table_.boolean("hold", false);
        if (rule_.hold) {
            for (const std::string_view key : {"years", "from", "died_under", "years_from_death"})
                if (table_.has(key)) table_.fail(key, "a hold keeps the record without years: leave hold or this out");
            return;
        }
        rule_.years = years("years", 1, kMostYears);
        const std::string from = table_.string("from");
        if (from == "death") rule_.start = RetentionRule::Start::death;
        if (from != "birth" && from != "death") {
            if (rule_.entity == nullptr)
                table_.fail("from", "from is birth or death; a date needs the entity that has it");
            rule_.start = RetentionRule::Start::row;
            rule_.date = field("from", from);
            if (rule_.date.type != FieldType::date && rule_.date.type != FieldType::partial_date &&
                rule_.date.type != FieldType::timestamp)
                table_.fail("from", "\"" + from + "\" is no date");
        }
        if (table_.has("died_under") != table_.has("years_from_death"))
            table_.fail("died_under", "died_under and years_from_death stand together or not at all");
        if (!table_.has("died_under")) return;
        if (rule_.start != RetentionRule::Start::birth)
            table_.fail("died_under", "died_under goes with from = \"birth\"");
        rule_.died_under = years("died_under", 1, kMostYears);
        rule_.years_from_death = years("years_from_death", 1, kMostYears);
    }

    std::int64_t years(std::string_view key, std::int64_t least, std::int64_t most) const {
        const std::int64_t value = table_.integer(key, least - 1);
        if (value < least || value > most)
            table_.fail(key, std::string(key) + " is a whole number of years from " + std::to_string(least) + " to " +
                                 std::to_string(most));
        return value;
    }

    [[noreturn]] void refuse(std::string_view key, const std::string& what, const std::string& word,
                             const std::vector<std::string>& known) const {
        const std::string nearest = nearest_word(word, known);
        table_.fail(key, what + " \"" + word + "\"" + (nearest.empty() ? "" : "; did you mean \"" + nearest + "\"?"));
    }

    const EntityDescriptor& entity(const std::string& name) const {
        const EntityDescriptor* found = schema_->find(name);
        if (found == nullptr) {
            std::vector<std::string> known;
            for (const EntityDescriptor& one : schema_->entities()) known.push_back(one.name);
            refuse("entity", "there is no entity", name, known);
        }
        if (id_column(*found).empty()) table_.fail("entity", "the rows of \"" + name + "\" speak of no person");
        return *found;
    }

    QualityField field(std::string_view key, const std::string& name) const {
        const int index = rule_.entity->find(name);
        if (index >= 0) return {name, rule_.entity->fields[static_cast<std::size_t>(index)].type, false};
        std::vector<std::string> known;
        for (const FieldDescriptor& one : rule_.entity->fields) known.push_back(one.name);
        if (key == "from") known.insert(known.end(), {"birth", "death"});
        refuse(key, "\"" + rule_.entity->name + "\" has no field", name, known);
    }

    /// Tells whether a condition says of a row tomorrow what it says today.
    static bool stays_true(const QualityCondition& condition) {
        using Test = QualityCondition::Test;
        const std::string& date = condition.bound.date;
        return condition.test != Test::age_from && condition.test != Test::age_to &&
               (date.empty() || (date[0] >= '0' && date[0] <= '9'));
    }

    const TomlTable& table_;
    const CanonicalSchema* schema_;
    RetentionRule rule_;
};

RetentionRules read_retention_rules(const TomlTable& table, const CanonicalSchema& schema) {
    RetentionRules result;
    result.version = table.string("version");
    std::set<std::string> ids;
    for (const TomlTable& one : table.tables("rule")) {
        result.rules.push_back(RetentionRuleReader(one, schema).read());
        if (!ids.insert(result.rules.back().id).second)
            one.fail("id", "two rules have the id \"" + result.rules.back().id + "\"");
    }
    table.finish();
    const auto every_child = [](const RetentionRule& rule) { return rule.entity == nullptr && rule.records.empty(); };
    if (std::ranges::none_of(result.rules, every_child))
        table.fail("rule", "one [[rule]] without entity and records says how long any child's record is kept");
    return result;
}

}  // namespace

RetentionRules RetentionRules::load(const std::filesystem::path& file, const CanonicalSchema& schema) {
    RetentionRules rules = read_retention_rules(TomlTable::parse_file(file), schema);
    std::ifstream stream(file, std::ios::binary);
    rules.digest = to_hex(digest_bytes(std::string(std::istreambuf_iterator<char>(stream), {})));
    return rules;
}

RetentionRules RetentionRules::parse(std::string_view text, const std::string& name, const CanonicalSchema& schema) {
    RetentionRules rules = read_retention_rules(TomlTable::parse(text, name), schema);
    rules.digest = to_hex(digest_bytes(text));
    return rules;
}

}  // namespace caseweave
