#include <algorithm>
#include <array>
#include <cstdio>

#include "simulate_county/builder.hpp"

namespace simulate {
namespace {

struct Town {
    std::string_view name;
    std::size_t district;
    std::array<std::string_view, 3> outcodes;  // real postcode districts of the town
    std::array<std::string_view, 3> localities;
};

constexpr std::array<std::string_view, 7> kDistricts = {"Chichester", "Arun",    "Worthing",  "Adur",
                                                        "Horsham",    "Crawley", "Mid Sussex"};
// Shares of the county's households.
constexpr std::array<double, 7> kDistrictShares = {0.14, 0.18, 0.13, 0.08, 0.16, 0.14, 0.17};

constexpr std::array<Town, 24> kTowns = {{
    {"Chichester", 0, {"PO19", "PO19", "PO18"}, {"", "Fishbourne", "Bosham"}},
    {"Selsey", 0, {"PO20", "PO20", "PO20"}, {"", "Sidlesham", ""}},
    {"Southbourne", 0, {"PO10", "PO10", "PO18"}, {"", "Hermitage", "Nutbourne"}},
    {"Petworth", 0, {"GU28", "GU28", "RH20"}, {"", "Tillington", "Fittleworth"}},
    {"Bognor Regis", 1, {"PO21", "PO22", "PO22"}, {"", "Felpham", "Middleton-on-Sea"}},
    {"Littlehampton", 1, {"BN17", "BN17", "BN16"}, {"", "Wick", "Rustington"}},
    {"Arundel", 1, {"BN18", "BN18", "BN18"}, {"", "Yapton", "Walberton"}},
    {"East Preston", 1, {"BN16", "BN16", "BN16"}, {"", "Angmering", ""}},
    {"Worthing", 2, {"BN11", "BN12", "BN13"}, {"", "Goring-by-Sea", "Durrington"}},
    {"Worthing", 2, {"BN14", "BN13", "BN11"}, {"Broadwater", "Findon Valley", ""}},
    {"Lancing", 3, {"BN15", "BN15", "BN15"}, {"", "Sompting", ""}},
    {"Shoreham-by-Sea", 3, {"BN43", "BN43", "BN43"}, {"", "", ""}},
    {"Southwick", 3, {"BN42", "BN42", "BN41"}, {"", "Fishersgate", ""}},
    {"Horsham", 4, {"RH12", "RH13", "RH12"}, {"", "Southwater", "Broadbridge Heath"}},
    {"Billingshurst", 4, {"RH14", "RH14", "RH14"}, {"", "Wisborough Green", ""}},
    {"Pulborough", 4, {"RH20", "RH20", "RH20"}, {"", "Storrington", "West Chiltington"}},
    {"Crawley", 5, {"RH10", "RH11", "RH11"}, {"", "Broadfield", "Bewbush"}},
    {"Crawley", 5, {"RH10", "RH10", "RH11"}, {"Three Bridges", "Pound Hill", "Ifield"}},
    {"Crawley", 5, {"RH10", "RH11", "RH10"}, {"Tilgate", "Gossops Green", "Maidenbower"}},
    {"Haywards Heath", 6, {"RH16", "RH16", "RH17"}, {"", "Lindfield", "Cuckfield"}},
    {"Burgess Hill", 6, {"RH15", "RH15", "RH15"}, {"", "", ""}},
    {"East Grinstead", 6, {"RH19", "RH19", "RH19"}, {"", "Ashurst Wood", ""}},
    {"Hurstpierpoint", 6, {"BN6", "BN6", "BN6"}, {"", "Hassocks", "Sayers Common"}},
    {"Copthorne", 6, {"RH10", "RH10", "RH10"}, {"", "Crawley Down", ""}},
}};

constexpr std::array<std::string_view, 84> kStreetFirst = {
    "Church",   "Station",   "Mill",       "High",     "Victoria",     "Park",      "Manor",      "Priory",
    "Goodwood", "Arundel",   "Downview",   "Cissbury", "Findon",       "Sompting",  "Norfolk",    "Bramber",
    "Steyne",   "Seaview",   "Beach",      "Harbour",  "Chanctonbury", "Highdown",  "Salvington", "Offington",
    "Grove",    "Elm",       "Oak",        "Ash",      "Beech",        "Willow",    "Hawthorn",   "Chestnut",
    "Sycamore", "Juniper",   "Orchard",    "Meadow",   "Furze",        "Heath",     "Common",     "Warren",
    "Forest",   "Hurst",     "Copse",      "Brook",    "Spring",       "Pond",      "Windmill",   "Barn",
    "Glebe",    "Rectory",   "Abbey",      "Friary",   "Bishop",       "Dean",      "King's",     "Queen's",
    "Prince's", "Duke's",    "Wellington", "Nelson",   "Trafalgar",    "Kitchener", "Churchill",  "Tennyson",
    "Shelley",  "Byron",     "Keats",      "Kipling",  "Wilde",        "Cobden",    "Clifton",    "Ashdown",
    "Lavender", "Primrose",  "Bluebell",   "Heron",    "Kestrel",      "Skylark",   "Plover",     "Nightingale",
    "Fieldway", "Longfield", "Northfield", "Southdown"};
constexpr std::array<std::string_view, 14> kStreetSecond = {"Road",     "Road",  "Street", "Lane",  "Avenue",
                                                            "Close",    "Close", "Way",    "Drive", "Gardens",
                                                            "Crescent", "Rise",  "Mews",   "Court"};
// Letters that occur in the second half of British postcodes.
constexpr std::string_view kUnitLetters = "ABDEFGHJLNPQRSTUWXYZ";
// Households a postcode holds in this sample of a county: neighbours occur, whole streets do not.
constexpr std::size_t kHouseholdsPerStreet = 6;

std::string draw_postcode(std::string_view outcode, Random& random) {
    std::string postcode(outcode);
    postcode += ' ';
    postcode += static_cast<char>('0' + random.between(1, 9));
    postcode += kUnitLetters[random.index(kUnitLetters.size())];
    postcode += kUnitLetters[random.index(kUnitLetters.size())];
    return postcode;
}

}  // namespace

AddressBook::AddressBook(County& county, std::size_t households) : county_(county) {
    for (std::size_t d = 0; d < kDistricts.size(); ++d) {
        const double wanted = static_cast<double>(households) * kDistrictShares[d] / kHouseholdsPerStreet;
        streets_wanted_[d] = static_cast<std::size_t>(wanted) + 4;
    }
}

std::span<const std::string_view> AddressBook::district_names() {
    return kDistricts;
}

std::size_t AddressBook::draw_district(Random& random) {
    return random.weighted(kDistrictShares);
}

std::size_t AddressBook::district_of(std::uint32_t address) const {
    const std::string& name = county_.addresses[address].district;
    const auto found = std::find(kDistricts.begin(), kDistricts.end(), name);
    return found == kDistricts.end() ? 0 : static_cast<std::size_t>(found - kDistricts.begin());
}

AddressBook::Street AddressBook::open_street(std::size_t district, Random& random) {
    std::array<std::size_t, kTowns.size()> towns{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < kTowns.size(); ++i) {
        if (kTowns[i].district == district) towns[count++] = i;
    }
    const std::size_t town = towns[random.index(count)];
    const std::size_t quarter = random.index(3);
    Street street;
    street.name = random.pick(kStreetFirst);
    street.name += ' ';
    street.name += random.pick(kStreetSecond);
    street.postcode = draw_postcode(kTowns[town].outcodes[quarter], random);
    street.locality = kTowns[town].localities[quarter];
    street.town = town;
    return street;
}

Address AddressBook::place(std::size_t district, Random& random) {
    std::vector<Street>& streets = streets_[district];
    if (streets.size() < streets_wanted_[district]) streets.push_back(open_street(district, random));
    Street& street = streets[random.index(streets.size())];
    Address address;
    address.street = street.name;
    address.locality = street.locality;
    address.town = kTowns[street.town].name;
    address.postcode = street.postcode;
    address.district = kDistricts[district];
    address.house = std::to_string(street.next_number);
    street.next_number += random.between(1, 4);
    // 10006 is the county's own range of UPRNs; the stride scatters neighbours' numbers.
    const std::uint64_t serial = (uprns_++ * 611'953U) % 10'000'000U;
    std::array<char, 24> uprn{};
    std::snprintf(uprn.data(), uprn.size(), "10006%07llu", static_cast<unsigned long long>(serial));
    address.uprn = uprn.data();
    return address;
}

std::uint32_t AddressBook::add_home(std::size_t district, Random& random) {
    Address address = place(district, random);
    if (random.chance(0.14)) {
        address.house = "Flat " + std::to_string(random.between(1, 24)) + ", " + address.house;
    } else if (random.chance(0.05)) {
        static constexpr std::array<std::string_view, 8> kCottages = {"Rose Cottage",  "The Old Forge", "Downs View",
                                                                      "Orchard House", "Mill Cottage",  "Fairways",
                                                                      "Tanglewood",    "The Bungalow"};
        address.house = random.pick(kCottages);
    } else if (random.chance(0.04)) {
        address.house += 'A';
    }
    county_.addresses.push_back(std::move(address));
    return static_cast<std::uint32_t>(county_.addresses.size() - 1);
}

std::uint32_t AddressBook::add_institution(std::size_t district, std::string house, Address::Kind kind,
                                           Random& random) {
    Address address = place(district, random);
    address.house = std::move(house);
    address.kind = kind;
    county_.addresses.push_back(std::move(address));
    return static_cast<std::uint32_t>(county_.addresses.size() - 1);
}

}  // namespace simulate
