#include "simulate_county/systems/school_codes.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace simulate {
namespace {

using CodePair = std::pair<std::string_view, std::string_view>;

constexpr std::array<CodePair, 46> kLanguages = {{
    {"ENG", "ENG"},  {"POL", "POL"}, {"RON", "RMN"},  {"POR", "PORA"}, {"LIT", "LIT"},  {"BUL", "BUL"}, {"UKR", "UKR"},
    {"RUS", "RUS"},  {"TUR", "TUR"}, {"ARA", "ARA"},  {"KUR", "KURS"}, {"FAS", "PRSA"}, {"PUS", "PAT"}, {"URD", "URD"},
    {"PAN", "PNJA"}, {"HIN", "HIN"}, {"GUJ", "GUJ"},  {"TAM", "TAM"},  {"MAL", "MLM"},  {"BEN", "BNG"}, {"SYL", "BNGS"},
    {"NEP", "NEP"},  {"SIN", "SNH"}, {"CMN", "CHIM"}, {"YUE", "CHIC"}, {"VIE", "VIE"},  {"THA", "THA"}, {"TGL", "TGLF"},
    {"YOR", "YOR"},  {"IBO", "IGB"}, {"AKA", "AKAT"}, {"SOM", "SOM"},  {"TIR", "TGR"},  {"AMH", "AMR"}, {"SPA", "SPA"},
    {"FRA", "FRN"},  {"ITA", "ITA"}, {"DEU", "GER"},  {"HUN", "HGR"},  {"SLK", "SLO"},  {"CES", "CZE"}, {"LAV", "LTV"},
    {"SQI", "ALB"},  {"ELL", "GRE"}, {"OTH", "OTB"},  {"UNK", "NOT"},
}};

/// Languages that tell an extended ethnic code.
constexpr std::array<std::pair<CodePair, std::string_view>, 6> kByLanguage = {{
    {{"BAFR", "SOM"}, "BSOM"},
    {{"BAFR", "YOR"}, "BNGN"},
    {{"OOTH", "PUS"}, "OAFG"},
    {{"OOTH", "KUR"}, "OKRD"},
    {{"OOTH", "ARA"}, "OARA"},
    {{"AOTH", "NEP"}, "ANEP"},
}};

}  // namespace

std::string_view census_language(std::string_view language) {
    const auto found = std::find_if(kLanguages.begin(), kLanguages.end(),
                                    [&](const CodePair& pair) { return pair.first == language; });
    return found == kLanguages.end() ? language : found->second;
}

std::string_view census_ethnicity(std::string_view ethnicity, std::string_view language, Random& random) {
    const bool extended = random.chance(0.4);
    if (!extended) return ethnicity;
    for (const auto& [pair, code] : kByLanguage) {
        if (pair.first == ethnicity && pair.second == language) return code;
    }
    if (ethnicity == "WBRI") return "WENG";
    if (ethnicity == "WOTH") return "WEEU";
    return ethnicity;
}

std::string_view numbered_sex(std::string_view sex) {
    if (sex.empty()) return "";
    return sex == "M" ? "1" : sex == "F" ? "2" : "9";
}

std::string_view establishment_type(const School& school, std::uint32_t index) {
    static constexpr std::array<std::string_view, 5> kPrimary = {"01", "02", "03", "28", "05"};
    static constexpr std::array<std::string_view, 4> kSecondary = {"28", "01", "28", "35"};
    static constexpr std::array<std::string_view, 2> kSpecial = {"07", "33"};
    switch (school.phase) {
        case School::Phase::primary:
            return kPrimary[index % kPrimary.size()];
        case School::Phase::secondary:
            return kSecondary[index % kSecondary.size()];
        case School::Phase::all_through:
            return "28";
        case School::Phase::special:
            return kSpecial[index % kSpecial.size()];
        case School::Phase::alternative:
            return "14";
        case School::Phase::college:
            return "18";
    }
    return "99";
}

}  // namespace simulate
