#include "unit/link/people_generator.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <random>

namespace caseweave::test {

namespace {

const std::vector<std::string> kBoys = {
    "Oliver", "George", "Noah",   "Arthur",   "Harry",  "Leo",    "Muhammad", "Jack",   "Charlie", "Oscar",
    "Jacob",  "Henry",  "Thomas", "Freddie",  "Alfie",  "Theo",   "William",  "Archie", "Joshua",  "Alexander",
    "James",  "Isaac",  "Edward", "Lucas",    "Tommy",  "Finley", "Max",      "Logan",  "Ethan",   "Teddy",
    "Hayden", "Jayden", "Samuel", "Benjamin", "Daniel", "Kacper", "Yusuf",    "Arjun",  "Rohan",   "Mateusz",
    "Kwame",  "Tobias", "Seb",    "Rory",     "Caleb",  "Dylan",  "Ryan",     "Nathan", "Omar",    "Ibrahim"};
const std::vector<std::string> kGirls = {
    "Olivia", "Amelia", "Isla",  "Ava",      "Mia",   "Ivy",      "Lily",   "Isabella",  "Rosie",  "Sophia",
    "Grace",  "Freya",  "Emily", "Poppy",    "Ella",  "Evie",     "Elsie",  "Charlotte", "Daisy",  "Evelyn",
    "Phoebe", "Sienna", "Alice", "Florence", "Ruby",  "Matilda",  "Willow", "Jessica",   "Millie", "Maya",
    "Aisha",  "Zainab", "Priya", "Ananya",   "Zofia", "Hanna",    "Maja",   "Abena",     "Thea",   "Clara",
    "Martha", "Nancy",  "Orla",  "Molly",    "Emma",  "Scarlett", "Chloe",  "Imogen",    "Lucy",   "Amber"};
const std::vector<std::string> kSurnames = {
    "Smith",  "Jones",    "Taylor", "Brown",  "Williams", "Wilson",   "Johnson", "Davies", "Patel", "Robinson",
    "Wright", "Thompson", "Evans",  "Walker", "White",    "Roberts",  "Green",   "Hall",   "Wood",  "Jackson",
    "Clarke", "Khan",     "Ahmed",  "Begum",  "Hussain",  "Kowalski", "Nowak",   "Singh",  "Kaur",  "Okafor",
    "Mensah", "O'Brien",  "Murphy", "Kelly",  "Ryan",     "Shah",     "Ali",     "Nguyen", "Silva", "Popescu"};
const std::vector<std::string> kOnsets = {"Bar", "Col", "Dun", "Ed",  "Far", "Gos", "Hal", "Ing", "Ken", "Lam",
                                          "Mar", "Nor", "Ock", "Pen", "Rus", "Sel", "Tre", "Wad", "Wes", "Yel"};
const std::vector<std::string> kEndings = {"by",   "combe", "den",  "field", "gate",  "ham",  "ley",
                                           "low",  "man",   "more", "ner",   "ridge", "sley", "stead",
                                           "ston", "ton",   "vale", "well",  "wick",  "worth"};
const std::vector<std::string> kSystems = {"admissions", "early_years", "education",
                                           "send",       "social_care", "youth_support"};

class Generator {
  public:
    Generator(std::uint64_t seed, const CountyShape& shape) : random_(seed), shape_(shape) {}

    std::vector<GeneratedRecord> run() {
        for (std::uint32_t i = 0; i < shape_.families; ++i) add_family();
        return std::move(records_);
    }

  private:
    struct Child {
        std::uint32_t person = 0, birth = 0;
        std::string given, middle, family, former_family, sex, nhs, upn, mother_given, mother_family;
        bool nhs_verified = false;
        int year = 0, month = 0, day = 0;
        std::string house, postcode, old_house, old_postcode;
        std::uint32_t order = 0;
    };

    std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(random_() % n); }
    bool chance(double p) { return static_cast<double>(random_() >> 11U) * 0x1.0p-53 < p; }
    const std::string& pick(const std::vector<std::string>& from) {
        // The head of the list is common, the tail rare.
        return from[std::min(below(from.size()), below(from.size()))];
    }
    std::string surname() {
        return chance(0.5) ? pick(kSurnames) : kOnsets[below(kOnsets.size())] + kEndings[below(kEndings.size())];
    }
    std::string postcode() {
        return fmt::format("{} {}{}{}", pick({"PO19", "PO21", "BN11", "BN17", "RH10", "RH12", "BN43", "RH16"}),
                           below(9) + 1, static_cast<char>('A' + below(26)), static_cast<char>('A' + below(26)));
    }
    std::string nhs_number() {
        for (;;) {
            const std::string nine = fmt::format("999{:06}", below(1'000'000));
            int sum = 0;
            for (int i = 0; i < 9; ++i) sum += (nine[static_cast<std::size_t>(i)] - '0') * (10 - i);
            const int check = (11 - sum % 11) % 11;
            const std::string number = nine + static_cast<char>('0' + check);
            if (check < 10 && used_.emplace(number, true).second) return number;
        }
    }
    std::string upn() { return fmt::format("A938{:09}", ++upns_); }

    std::string forename(const std::string& sex) { return sex == "M" ? pick(kBoys) : pick(kGirls); }

    std::string slip(std::string name) {
        if (name.size() < 4) return name + "e";
        const std::size_t at = 1 + below(name.size() - 2);
        switch (below(3)) {
            case 0:
                std::swap(name[at], name[at + 1]);
                break;
            case 1:
                name.erase(at, 1);
                break;
            default:
                name[at] = static_cast<char>('a' + below(26));
        }
        return name;
    }

    void add_family() {
        const std::string family = surname();
        const std::string mother = pick(kGirls);
        const std::string house = std::to_string(below(90) + 1);
        const std::string code = postcode();
        const std::uint32_t children = 1 + below(3);
        for (std::uint32_t i = 0; i < children; ++i) {
            Child child;
            child.person = ++people_;
            child.sex = chance(0.5) ? "M" : "F";
            child.given = forename(child.sex);
            child.middle = chance(0.7) ? forename(child.sex) : "";
            child.family = family;
            if (chance(0.05)) child.former_family = surname();
            child.nhs = nhs_number();
            child.nhs_verified = chance(0.7);
            child.upn = upn();
            child.mother_given = mother;
            child.mother_family = family;
            child.year = 2008 + static_cast<int>(below(15));
            child.month = 1 + static_cast<int>(below(12));
            child.day = 1 + static_cast<int>(below(28));
            child.house = house;
            child.postcode = code;
            child.old_house = std::to_string(below(90) + 1);
            child.old_postcode = postcode();
            if (chance(shape_.twins)) {
                child.birth = ++births_;
                child.order = 1;
                Child twin = child;
                twin.person = ++people_;
                twin.order = 2;
                twin.sex = chance(0.6) ? child.sex : (child.sex == "M" ? "F" : "M");
                do twin.given = forename(twin.sex);
                while (twin.given == child.given);
                twin.middle = chance(0.7) ? forename(twin.sex) : "";
                twin.nhs = nhs_number();
                twin.upn = upn();
                add_records(twin);
            } else if (chance(shape_.adopted)) {
                add_adopted(child);
                continue;
            } else if (chance(shape_.unborn)) {
                add_unborn(child);
            }
            add_records(child);
        }
    }

    void add_unborn(const Child& child) {
        GeneratedRecord record;
        record.system = "social_care";
        record.key = std::to_string(++keys_);
        record.person = child.person;
        record.kind = "unborn";
        record.given = "Unborn";
        record.family = child.family;
        record.expected = fmt::format("{:04}-{:02}-{:02}", child.year, child.month, std::min(28, child.day + 5));
        record.mother_given = child.mother_given;
        record.mother_family = child.mother_family;
        record.house = child.house;
        record.postcode = child.postcode;
        records_.push_back(record);
    }

    void add_adopted(const Child& born) {
        const std::uint32_t domain = ++domains_;
        const std::size_t first = records_.size();
        add_records(born);
        const std::size_t second = records_.size();
        Child after = born;
        after.person = ++people_;
        if (chance(0.3)) after.given = forename(after.sex);
        after.family = after.mother_family = surname();
        after.former_family.clear();
        after.mother_given = pick(kGirls);
        after.nhs = nhs_number();
        after.upn = upn();
        after.house = std::to_string(below(90) + 1);
        after.postcode = postcode();
        after.old_house = after.house;
        after.old_postcode = after.postcode;
        add_records(after);
        for (std::size_t i = first; i < records_.size(); ++i) {
            records_[i].domain = domain;
            records_[i].later = i >= second;
            // The adoption record names what social care knows; the copies elsewhere nobody flags.
            records_[i].flagged = records_[i].system == "social_care" || i == second;
        }
    }

    void add_records(const Child& child) {
        for (const std::string& system : kSystems) {
            const bool always = system == "social_care";
            if (!always && !chance(0.5)) continue;
            add_record(child, system);
            if (chance(0.02)) add_record(child, system);
        }
    }

    void add_record(const Child& child, const std::string& system) {
        GeneratedRecord record;
        record.system = system;
        record.key = std::to_string(++keys_);
        record.person = child.person;
        record.birth = child.birth;
        record.given = child.given;
        record.middle = chance(0.5) ? child.middle : "";
        record.family = child.family;
        if (chance(shape_.forename_error)) record.given = slip(child.given);
        if (chance(shape_.surname_error))
            record.family = child.former_family.empty() ? slip(child.family) : child.former_family;
        else if (!child.former_family.empty() && system == "social_care")
            record.alias_family = child.former_family;
        int day = child.day;
        int month = child.month;
        if (chance(shape_.birth_date_error)) {
            if (day <= 12 && chance(0.5))
                std::swap(day, month);
            else
                day = day % 28 + 1;
        }
        record.birth_date = fmt::format("{:04}-{:02}-{:02}", child.year, month, day);
        record.sex = chance(0.03) ? "U" : child.sex;
        if (!chance(shape_.nhs_absent)) {
            record.nhs = child.nhs;
            record.nhs_status = child.nhs_verified ? "verified" : "unverified";
        }
        if (system == "education" || system == "send") record.upn = child.upn;
        const bool stale = chance(shape_.stale_address);
        record.house = stale ? child.old_house : child.house;
        record.postcode = stale ? child.old_postcode : child.postcode;
        if (system == "admissions" || system == "early_years") {
            record.mother_given = child.mother_given;
            record.mother_family = child.mother_family;
        }
        record.multiple_birth = child.birth != 0 && system == "early_years";
        records_.push_back(record);
    }

    std::mt19937_64 random_;
    CountyShape shape_;
    std::vector<GeneratedRecord> records_;
    std::map<std::string, bool> used_;
    std::uint32_t people_ = 0, births_ = 0, domains_ = 0, keys_ = 0, upns_ = 0;
};

}  // namespace

std::vector<GeneratedRecord> generate_records(std::uint64_t seed, const CountyShape& shape) {
    return Generator(seed, shape).run();
}

void fill(PersonBuilder& builder, const std::vector<GeneratedRecord>& records) {
    for (const std::string& system : kSystems) builder.system(system);
    for (const GeneratedRecord& record : records) {
        builder.person(record.system, record.key,
                       {{"person_kind", record.kind},
                        {"given_name", record.given},
                        {"middle_names", record.middle},
                        {"family_name", record.family},
                        {"birth_date", record.birth_date},
                        {"expected_birth_date", record.expected},
                        {"sex", record.sex},
                        {"mother_given_name", record.mother_given},
                        {"mother_family_name", record.mother_family},
                        {"multiple_birth", record.multiple_birth ? "1" : ""}});
        if (!record.nhs.empty())
            builder.identifier(record.system, record.key, "nhs_number", record.nhs, record.nhs_status);
        if (!record.upn.empty()) builder.identifier(record.system, record.key, "upn", record.upn);
        if (!record.postcode.empty()) builder.address(record.system, record.key, record.house, record.postcode);
        if (!record.alias_family.empty()) builder.name(record.system, record.key, "former", "", record.alias_family);
        if (record.flagged) {
            builder.domain("social_care", "AD" + std::to_string(record.domain), record.later ? "later" : "earlier",
                           record.system, record.key);
        }
    }
    builder.store().seal();
}

PairCounts count_pairs(PersonBuilder& builder, const std::vector<GeneratedRecord>& records,
                       const std::vector<std::uint32_t>& cluster) {
    PairCounts counts;
    std::map<std::uint32_t, std::vector<const GeneratedRecord*>> by_cluster;
    std::map<std::uint32_t, std::uint64_t> by_person;
    for (const GeneratedRecord& record : records) {
        by_cluster[cluster[builder.row(record.system, record.key).value]].push_back(&record);
        ++by_person[record.person];
    }
    for (const auto& [person, n] : by_person) counts.true_pairs += n * (n - 1) / 2;
    for (const auto& [number, members] : by_cluster) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            for (std::size_t j = i + 1; j < members.size(); ++j) {
                const auto& a = *members[i];
                const auto& b = *members[j];
                if (a.domain != 0 && a.domain == b.domain && a.later != b.later) {
                    ++counts.across_seal;
                    continue;
                }
                ++counts.linked;
                if (a.person == b.person)
                    ++counts.right;
                else if (a.birth != 0 && a.birth == b.birth)
                    ++counts.twins_merged;
            }
        }
    }
    return counts;
}

}  // namespace caseweave::test
