#include <array>

#include "simulate_county/names/community.hpp"
#include "simulate_county/names/name_lists.hpp"

namespace simulate {

std::span<const Community> communities() {
    using Rule = Community::Rule;
    // Shares are those of a mostly White British county with Crawley's and Bognor's communities in it.
    static const std::array<Community, 35> kCommunities = {{
        {"English", "WBRI", "ENG", "British", "None", 72.0, 0.995, kEnglishGirls, kEnglishBoys, kEnglishFamilies},
        {"Irish, Scottish, Welsh", "WIRI", "ENG", "Irish", "Christian", 4.0, 0.85, kIrishGirls, kIrishBoys,
         kIrishFamilies},
        {"Traveller", "WIRT", "ENG", "British", "Christian", 0.7, 1.0, kTravellerGirls, kTravellerBoys,
         kTravellerFamilies},
        {"Polish", "WOTH", "POL", "Polish", "Christian", 3.0, 0.4, kPolishGirls, kPolishBoys, kPolishFamilies,
         Rule::gendered},
        {"Romanian", "WOTH", "RON", "Romanian", "Christian", 1.7, 0.2, kRomanianGirls, kRomanianBoys,
         kRomanianFamilies},
        {"Portuguese", "WOTH", "POR", "Portuguese", "Christian", 1.4, 0.4, kPortugueseGirls, kPortugueseBoys,
         kPortugueseFamilies, Rule::double_surname},
        {"Lithuanian", "WOTH", "LIT", "Lithuanian", "Christian", 1.2, 0.3, kLithuanianGirls, kLithuanianBoys,
         kLithuanianFamilies, Rule::gendered},
        {"Bulgarian", "WOTH", "BUL", "Bulgarian", "Christian", 0.7, 0.2, kBulgarianGirls, kBulgarianBoys,
         kBulgarianFamilies, Rule::gendered},
        {"Ukrainian", "WOTH", "UKR", "Ukrainian", "Christian", 0.8, 0.05, kUkrainianGirls, kUkrainianBoys,
         kUkrainianFamilies},
        {"Russian", "WOTH", "RUS", "Latvian", "None", 0.3, 0.4, kRussianGirls, kRussianBoys, kRussianFamilies,
         Rule::gendered},
        {"Turkish", "WOTH", "TUR", "Turkish", "Muslim", 0.4, 0.6, kTurkishGirls, kTurkishBoys, kTurkishFamilies},
        {"Albanian", "WOTH", "ENG", "Albanian", "Muslim", 0.3, 0.4, kAlbanianGirls, kAlbanianBoys, kAlbanianFamilies},
        {"Spanish", "WOTH", "SPA", "Spanish", "Christian", 0.5, 0.3, kSpanishGirls, kSpanishBoys, kSpanishFamilies,
         Rule::double_surname},
        {"Italian", "WOTH", "ITA", "Italian", "Christian", 0.4, 0.4, kItalianGirls, kItalianBoys, kItalianFamilies},
        {"French and Mauritian", "MOTH", "FRA", "Mauritian", "Christian", 0.5, 0.6, kFrenchGirls, kFrenchBoys,
         kFrenchFamilies},
        {"Hungarian", "WOTH", "HUN", "Hungarian", "Christian", 0.5, 0.3, kHungarianGirls, kHungarianBoys,
         kHungarianFamilies, Rule::inherited, true},
        {"Gujarati", "AIND", "GUJ", "Indian", "Hindu", 1.3, 0.85, kGujaratiGirls, kGujaratiBoys, kGujaratiFamilies},
        {"Sikh", "AIND", "PAN", "Indian", "Sikh", 0.8, 0.9, kSikhGirls, kSikhBoys, kSikhFamilies, Rule::sikh},
        {"Malayali", "AIND", "MAL", "Indian", "Christian", 0.8, 0.4, kMalayaliGirls, kMalayaliBoys, kMalayaliFamilies},
        {"Pakistani", "APKN", "URD", "Pakistani", "Muslim", 2.0, 0.9, kPakistaniGirls, kPakistaniBoys,
         kPakistaniFamilies},
        {"Bangladeshi", "ABAN", "BEN", "Bangladeshi", "Muslim", 0.8, 0.9, kBengaliGirls, kBengaliBoys,
         kBengaliFamilies},
        {"Tamil", "AOTH", "TAM", "Sri Lankan", "Hindu", 0.6, 0.7, kTamilGirls, kTamilBoys, kTamilFamilies,
         Rule::father_given},
        {"Nepali", "AOTH", "NEP", "Nepalese", "Hindu", 0.3, 0.5, kNepaliGirls, kNepaliBoys, kNepaliFamilies},
        {"Filipino", "AOTH", "TGL", "Filipino", "Christian", 0.6, 0.6, kFilipinoGirls, kFilipinoBoys,
         kFilipinoFamilies},
        {"Chinese", "CHNE", "YUE", "Chinese", "None", 0.9, 0.5, kChineseGirls, kChineseBoys, kChineseFamilies,
         Rule::inherited, true},
        {"Vietnamese", "AOTH", "VIE", "Vietnamese", "Buddhist", 0.2, 0.4, kVietnameseGirls, kVietnameseBoys,
         kVietnameseFamilies, Rule::inherited, true},
        {"Arabic", "OOTH", "ARA", "Sudanese", "Muslim", 0.9, 0.4, kArabicGirls, kArabicBoys, kArabicFamilies},
        {"Kurdish", "OOTH", "KUR", "Iraqi", "Muslim", 0.4, 0.4, kKurdishGirls, kKurdishBoys, kKurdishFamilies,
         Rule::father_given},
        {"Afghan", "AOTH", "PUS", "Afghan", "Muslim", 0.5, 0.2, kAfghanGirls, kAfghanBoys, kAfghanFamilies},
        {"Iranian", "OOTH", "FAS", "Iranian", "Muslim", 0.3, 0.4, kIranianGirls, kIranianBoys, kIranianFamilies},
        {"Somali", "BAFR", "SOM", "Somali", "Muslim", 0.3, 0.6, kSomaliGirls, kSomaliBoys, kSomaliFamilies,
         Rule::father_given},
        {"Nigerian", "BAFR", "YOR", "Nigerian", "Christian", 0.8, 0.6, kNigerianGirls, kNigerianBoys,
         kNigerianFamilies},
        {"Ghanaian", "BAFR", "AKA", "Ghanaian", "Christian", 0.4, 0.7, kGhanaianGirls, kGhanaianBoys,
         kGhanaianFamilies},
        {"Eritrean", "BAFR", "TIR", "Eritrean", "Christian", 0.4, 0.2, kEritreanGirls, kEritreanBoys, kEritreanFamilies,
         Rule::father_given},
        {"Caribbean", "BCRB", "ENG", "Jamaican", "Christian", 0.6, 0.95, kCaribbeanGirls, kCaribbeanBoys,
         kCaribbeanFamilies},
    }};
    return kCommunities;
}

}  // namespace simulate
