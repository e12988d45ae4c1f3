#include "simulate_county/systems/virtual_school_labels.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace simulate {
namespace {

using CodeLabel = std::pair<std::string_view, std::string_view>;

constexpr std::array<CodeLabel, 20> kEthnicities = {{
    {"WBRI", "White British"},
    {"WIRI", "White Irish"},
    {"WIRT", "Traveller of Irish Heritage"},
    {"WROM", "Gypsy/Roma"},
    {"WOTH", "Any other White background"},
    {"MWBC", "White and Black Caribbean"},
    {"MWBA", "White and Black African"},
    {"MWAS", "White and Asian"},
    {"MOTH", "Any other Mixed background"},
    {"AIND", "Indian"},
    {"APKN", "Pakistani"},
    {"ABAN", "Bangladeshi"},
    {"AOTH", "Any other Asian background"},
    {"BCRB", "Black Caribbean"},
    {"BAFR", "Black African"},
    {"BOTH", "Any other Black background"},
    {"CHNE", "Chinese"},
    {"OOTH", "Any other ethnic group"},
    {"REFU", "Refused"},
    {"NOBT", "Information not yet obtained"},
}};

constexpr std::array<CodeLabel, 46> kLanguages = {{
    {"ENG", "English"},
    {"POL", "Polish"},
    {"RON", "Romanian"},
    {"POR", "Portuguese"},
    {"LIT", "Lithuanian"},
    {"BUL", "Bulgarian"},
    {"UKR", "Ukrainian"},
    {"RUS", "Russian"},
    {"TUR", "Turkish"},
    {"ARA", "Arabic"},
    {"KUR", "Kurdish"},
    {"FAS", "Persian"},
    {"PUS", "Pashto"},
    {"URD", "Urdu"},
    {"PAN", "Panjabi"},
    {"HIN", "Hindi"},
    {"GUJ", "Gujarati"},
    {"TAM", "Tamil"},
    {"MAL", "Malayalam"},
    {"BEN", "Bengali"},
    {"SYL", "Sylheti"},
    {"NEP", "Nepali"},
    {"SIN", "Sinhala"},
    {"CMN", "Chinese, Mandarin"},
    {"YUE", "Chinese, Cantonese"},
    {"VIE", "Vietnamese"},
    {"THA", "Thai"},
    {"TGL", "Tagalog"},
    {"YOR", "Yoruba"},
    {"IBO", "Igbo"},
    {"AKA", "Akan"},
    {"SOM", "Somali"},
    {"TIR", "Tigrinya"},
    {"AMH", "Amharic"},
    {"SPA", "Spanish"},
    {"FRA", "French"},
    {"ITA", "Italian"},
    {"DEU", "German"},
    {"HUN", "Hungarian"},
    {"SLK", "Slovak"},
    {"CES", "Czech"},
    {"LAV", "Latvian"},
    {"SQI", "Albanian"},
    {"ELL", "Greek"},
    {"OTH", "Other language"},
    {"UNK", "Not known"},
}};

template <std::size_t Size>
std::string_view label(const std::array<CodeLabel, Size>& labels, std::string_view code) {
    const auto found =
        std::find_if(labels.begin(), labels.end(), [&](const CodeLabel& entry) { return entry.first == code; });
    return found == labels.end() ? "" : found->second;
}

}  // namespace

std::string_view ethnicity_label(std::string_view code) {
    return label(kEthnicities, code);
}

std::string_view language_label(std::string_view code) {
    return label(kLanguages, code);
}

}  // namespace simulate
