#include "app/runs/linkage_survey.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caseweave {

namespace {

constexpr std::string_view kNotKnown = "Not known";

/// Finds what a record, or else another record of the same person, says of an attribute.
class GroupFinder {
  public:
    GroupFinder(const PeopleOfRun& people, const CanonicalSchema& canonical, Date today)
        : people_(people), canonical_(canonical), today_(today) {}

    std::string ethnicity(PersonRow row) const { return coded(row, PersonField::ethnicity, "ethnicity"); }
    std::string sex(PersonRow row) const { return coded(row, PersonField::sex, "sex"); }

    std::string age_band(PersonRow row) const {
        return of_person(row, [&](PersonRow record) -> std::string {
            if (store().text(record, PersonField::person_kind) == "unborn") return "Unborn";
            const auto birth = store().date(record, PersonField::birth_date);
            if (!birth) return "";
            constexpr double kDaysInAYear = 365.25;
            const double years = (today_.days - birth->days) / kDaysInAYear;
            return years < 5    ? "Under 5"
                   : years < 11 ? "5 to 10"
                   : years < 16 ? "11 to 15"
                   : years < 18 ? "16 or 17"
                                : "18 or over";
        });
    }

    /// Only the record's own: what it lacks is what linking has to do without.
    std::string upn(PersonRow row) const {
        const auto identifiers = store().identifiers(row);
        const bool known = std::ranges::any_of(identifiers, [&](const IdentifierRow& identifier) {
            return store().pool().view(identifier.type) == "upn";
        });
        return known ? "UPN in the record" : "No UPN in the record";
    }

    std::string district(PersonRow row) const {
        return of_person(row, [&](PersonRow record) -> std::string {
            for (const AddressRow& address : store().addresses(record)) {
                const std::string_view postcode = store().pool().view(address.postcode);
                const std::size_t blank = postcode.find(' ');
                if (!address.restricted && blank != std::string_view::npos)
                    return std::string(postcode.substr(0, blank));
            }
            return "";
        });
    }

  private:
    const PersonStore& store() const noexcept { return people_.store; }

    template <typename Say>
    std::string of_person(PersonRow row, Say&& say) const {
        if (std::string own = say(row); !own.empty()) return own;
        for (const PersonRow member : people_.members[people_.linked.cluster[row.value]]) {
            if (std::string said = say(member); !said.empty()) return said;
        }
        return std::string(kNotKnown);
    }

    std::string coded(PersonRow row, PersonField field, std::string_view list) const {
        const CodeList& codes = *canonical_.find_code_list(list);
        return of_person(row, [&](PersonRow record) -> std::string {
            const std::string_view code = store().text(record, field);
            const std::string* const label = codes.find(code);
            return label == nullptr || codes.meaning(code) == CodeMeaning::not_known ? "" : *label;
        });
    }

    const PeopleOfRun& people_;
    const CanonicalSchema& canonical_;
    Date today_;
};

std::vector<LinkageAccount::Group> survey_groups(const PeopleOfRun& people, const GroupFinder& finder,
                                                 const LinkageQuality* quality) {
    using Attribute = std::pair<std::string_view, std::function<std::string(PersonRow)>>;
    const std::array<Attribute, 5> attributes = {
        {{"Ethnicity", [&](PersonRow row) { return finder.ethnicity(row); }},
         {"Age", [&](PersonRow row) { return finder.age_band(row); }},
         {"Sex", [&](PersonRow row) { return finder.sex(row); }},
         {"UPN", [&](PersonRow row) { return finder.upn(row); }},
         {"Postcode district", [&](PersonRow row) { return finder.district(row); }}}};
    std::vector<bool> in_review(people.store.size());
    for (const ReviewPair& pair : people.linked.review) {
        if (pair.shielded) continue;
        in_review[pair.a.value] = true;
        in_review[pair.b.value] = true;
    }
    std::vector<LinkageAccount::Group> groups;
    for (const auto& [attribute, group_of] : attributes) {
        std::map<std::string, LinkageAccount::Group> by_name;
        for (std::uint32_t i = 0; i < people.store.size(); ++i) {
            const PersonRow row{i};
            if (people.store.text(row, PersonField::person_kind) == "adult") continue;
            if (people.shields->of_unread_row(people.person_of(row)) != kAccessOpen) continue;
            LinkageAccount::Group& group = by_name[group_of(row)];
            ++group.records;
            group.linked += people.members[people.linked.cluster[i]].size() > 1 ? 1U : 0U;
            group.in_review += in_review[i] ? 1U : 0U;
            if (quality != nullptr) {
                group.partners += quality->partners[i];
                group.missed += quality->partners[i] - quality->found_partners[i];
            }
        }
        for (auto& [name, group] : by_name) {
            group.attribute = attribute;
            group.name = name;
            groups.push_back(group);
        }
    }
    return groups;
}

/// Counts how often the values of one field occur; `value_of` gives 0 where a record has none.
template <typename ValueOf>
LinkageAccount::Spread survey_spread(std::string field, std::size_t records, ValueOf&& value_of) {
    LinkageAccount::Spread spread;
    spread.field = std::move(field);
    std::unordered_map<std::uint32_t, std::uint64_t> counts;
    for (std::uint32_t i = 0; i < records; ++i) {
        if (const std::uint32_t value = value_of(PersonRow{i})) ++counts[value];
    }
    std::vector<std::uint64_t> sorted;
    for (const auto& entry : counts) {
        sorted.push_back(entry.second);
        spread.records += entry.second;
    }
    std::ranges::sort(sorted, std::ranges::greater());
    constexpr std::size_t kCommonest = 10;
    spread.distinct = sorted.size();
    spread.commonest = sorted.empty() ? 0 : sorted.front();
    for (std::size_t i = 0; i < std::min(kCommonest, sorted.size()); ++i) spread.ten_commonest += sorted[i];
    return spread;
}

std::vector<LinkageAccount::Spread> survey_spreads(const PersonStore& store) {
    const auto cell = [&](PersonField field) {
        return [&store, field](PersonRow row) {
            return store.missing(row, field) == Missing::no ? store.cell(row, field) + 1 : 0;
        };
    };
    std::vector<LinkageAccount::Spread> spreads = {
        survey_spread("Forename", store.size(), cell(PersonField::given_name)),
        survey_spread("Family name", store.size(), cell(PersonField::family_name)),
        survey_spread("Birth date", store.size(), cell(PersonField::birth_date)),
        survey_spread("School", store.size(), cell(PersonField::school_urn)),
        survey_spread("Postcode", store.size(),
                      [&](PersonRow row) {
                          const auto addresses = store.addresses(row);
                          return addresses.empty() ? 0U : addresses.front().postcode;
                      }),
        survey_spread("Telephone or e-mail", store.size(), [&](PersonRow row) {
            const auto contacts = store.contacts(row);
            return contacts.empty() ? 0U : contacts.front().value;
        })};
    std::erase_if(spreads, [](const LinkageAccount::Spread& spread) { return spread.records == 0; });
    return spreads;
}

std::vector<LinkageAccount::Level> survey_levels(const LinkageModel& model) {
    std::vector<LinkageAccount::Level> levels;
    for (std::size_t c = 0; c < model.comparisons(); ++c) {
        for (const LevelWeights& level : model.levels(c)) {
            constexpr auto kUnrelated = static_cast<std::size_t>(Alternative::unrelated);
            if (level.bits[kUnrelated] == 0) continue;  // says nothing
            levels.push_back({model.label(c), level.label, level.m, level.u[kUnrelated], level.bits[kUnrelated]});
        }
    }
    return levels;
}

std::vector<LinkageAccount::Rule> survey_rules(const LinkResult& linked, const LinkageModel& model) {
    std::vector<LinkageAccount::Rule> rules;
    for (const BlockingRule& rule : model.blocking()) {
        rules.emplace_back();
        rules.back().name = rule.name;
        rules.back().pairs = linked.stats.pairs_by_rule[rules.size() - 1];
    }
    for (const Link& link : linked.links) {
        if (link.rule < rules.size()) ++rules[link.rule].links;
    }
    for (const CappedBlock& block : linked.stats.capped_blocks) {
        ++rules[block.rule].capped_blocks;
        rules[block.rule].largest_block = std::max<std::uint64_t>(rules[block.rule].largest_block, block.records);
    }
    return rules;
}

}  // namespace

LinkageAccount survey_linkage(const PeopleOfRun& people, const LinkageModel& model, const CanonicalSchema& canonical,
                              Date today, const LinkageQuality* quality) {
    const LinkResult& linked = people.linked;
    LinkageAccount account;
    account.match_bits = model.match_bits();
    account.review_bits = model.review_bits();
    account.least_bits = WeightHistogram::kLeastBits;
    account.bin_bits = WeightHistogram::kBinBits;
    account.weights.assign(linked.stats.weights.pairs.begin(), linked.stats.weights.pairs.end());
    account.levels = survey_levels(model);
    account.rules = survey_rules(linked, model);
    account.spreads = survey_spreads(people.store);
    for (const Link& link : linked.links) {
        if (link.rule < account.rules.size())
            account.weakest.push_back({static_cast<double>(link.bits), account.rules[link.rule].name});
    }
    constexpr std::size_t kWeakest = 15;
    std::ranges::stable_sort(account.weakest, {}, &LinkageAccount::WeakLink::bits);
    if (account.weakest.size() > kWeakest) account.weakest.resize(kWeakest);
    account.groups = survey_groups(people, GroupFinder(people, canonical, today), quality);
    account.has_truth = quality != nullptr;
    return account;
}

}  // namespace caseweave
