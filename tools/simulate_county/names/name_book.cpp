#include <algorithm>
#include <array>
#include <utility>

#include "simulate_county/names/community.hpp"
#include "simulate_county/names/name_lists.hpp"

namespace simulate {
namespace {

constexpr std::size_t kEnglish = 0;
// Share of English surnames from the endless tail of place names (Ashbourne, Lindworth): a county has thousands.
constexpr double kTailShare = 0.28;
// Names grow rarer more slowly in the long English lists.
constexpr double kEnglishGivenOffset = 12.0;
constexpr double kEnglishFamilyOffset = 14.0;

bool ends_with(std::string_view text, std::string_view ending) {
    return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

std::string replace_ending(std::string_view text, std::string_view ending, std::string_view with) {
    return std::string(text.substr(0, text.size() - ending.size())) + std::string(with);
}

// Unmarried daughters' forms for Lithuanian, plain -a for the Slavic adjectives.
std::string feminine(std::string_view family) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kEndings = {{
        {"ski", "ska"},
        {"cki", "cka"},
        {"auskas", "auskaitė"},
        {"ičius", "ičiūtė"},
        {"iūnas", "iūnaitė"},
        {"ickas", "ickaitė"},
        {"onas", "onaitė"},
        {"kus", "kutė"},
        {"cius", "ciutė"},
        {"ev", "eva"},
        {"ov", "ova"},
        {"in", "ina"},
        {"kys", "kytė"},
        {"iņš", "iņa"},
    }};
    for (const auto& [masculine, form] : kEndings) {
        if (ends_with(family, masculine)) return replace_ending(family, masculine, form);
    }
    return std::string(family);
}

}  // namespace

NameStock::NameStock(std::string_view list, double zipf_offset) {
    double total = 0;
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        std::string name(list.substr(0, end));
        std::replace(name.begin(), name.end(), '_', ' ');
        list.remove_prefix(std::min(end + 1, list.size()));
        if (name.empty()) continue;
        names_.push_back(std::move(name));
        total += 1.0 / (static_cast<double>(names_.size()) + zipf_offset);
        cumulated_.push_back(total);
    }
}

const std::string& NameStock::draw(Random& random) const {
    const double mark = random.unit() * cumulated_.back();
    const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), mark);
    return names_[std::min(static_cast<std::size_t>(found - cumulated_.begin()), names_.size() - 1)];
}

NameBook::NameBook() : english_middle_girls_(kEnglishMiddleGirls, 1.0), english_middle_boys_(kEnglishMiddleBoys, 1.0) {
    for (const Community& community : communities()) {
        const bool english = stocks_.empty();
        stocks_.push_back({NameStock(community.girls, english ? kEnglishGivenOffset : 4.0),
                           NameStock(community.boys, english ? kEnglishGivenOffset : 4.0),
                           NameStock(community.families, english ? kEnglishFamilyOffset : 4.0)});
        shares_.push_back(community.share);
    }
}

std::size_t NameBook::draw_community(Random& random) const {
    return random.weighted(shares_);
}

std::string NameBook::draw_given(std::size_t community, char sex, Random& random) const {
    // Some children of the smaller communities bear English forenames.
    const std::size_t from = community != kEnglish && random.chance(0.12) ? kEnglish : community;
    return (sex == 'F' ? stocks_[from].girls : stocks_[from].boys).draw(random);
}

std::string NameBook::draw_middle(std::size_t community, char sex, Random& random) const {
    const bool english_habit = community <= 2 || communities()[community].language == "ENG";
    if (!random.chance(english_habit ? 0.78 : 0.3)) return {};
    const NameStock& english = sex == 'F' ? english_middle_girls_ : english_middle_boys_;
    const NameStock& own = sex == 'F' ? stocks_[community].girls : stocks_[community].boys;
    std::string middle = english_habit ? english.draw(random) : own.draw(random);
    if (english_habit && random.chance(0.12)) {
        const std::string second = english.draw(random);
        if (second != middle) middle += " " + second;
    }
    return middle;
}

std::string NameBook::draw_family(std::size_t community, Random& random) const {
    static const NameStock first(kTailFirst, 60.0);
    static const NameStock second(kTailSecond, 60.0);
    if (community == kEnglish && random.chance(kTailShare)) {
        const std::string ending = second.draw(random);
        return first.draw(random) + ending;
    }
    return stocks_[community].families.draw(random);
}

std::string NameBook::family_for(std::size_t community, std::string_view family, char sex) const {
    if (communities()[community].rule == Community::Rule::gendered && sex == 'F') return feminine(family);
    return std::string(family);
}

}  // namespace simulate
