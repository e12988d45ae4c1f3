#include "simulate_county/truth.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include "simulate_county/difficulty.hpp"
#include "simulate_county/hazard_rates.hpp"
#include "simulate_county/view_hazards.hpp"
#include "simulate_county/writers/encoding.hpp"

namespace simulate {
namespace {

std::string_view kind_name(Person::Kind kind) {
    return kind == Person::Kind::adult ? "adult" : kind == Person::Kind::unborn ? "unborn" : "child";
}

std::string csv(std::string_view text) {
    if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

std::string words(Hazards hazards) {
    std::string out;
    for (unsigned i = 0; i < static_cast<unsigned>(Hazard::count_); ++i) {
        if (!hazards.has(static_cast<Hazard>(i))) continue;
        if (!out.empty()) out += ' ';
        out += hazard_name(static_cast<Hazard>(i));
    }
    return out;
}

std::string number(double value) {
    std::array<char, 32> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.5f", value);
    return buffer.data();
}

struct StatedRate {
    Hazard hazard;
    double stated;   // 0: no rate of its own, follows from the population
    const char* of;  // what the rate is a share of
};

// What realised rates are measured against; must say the same as hazard_rates.hpp and README.md.
constexpr std::array<StatedRate, static_cast<std::size_t>(Hazard::count_)> kStated = {{
    {Hazard::twin, rates::kTwinBirth * 2, "children"},
    {Hazard::triplet, rates::kTripletBirth * 3, "children"},
    {Hazard::same_name_cousin, rates::kSameNameCousin * 2, "children"},
    {Hazard::adopted, rates::kAdoption, "children"},
    {Hazard::unflagged_copy, rates::kUnflaggedCopies* rates::kAdoption, "records per child"},
    {Hazard::gender_recognition, rates::kGenderRecognition, "children"},
    {Hazard::restricted_record, rates::kRestrictedRecord, "children"},
    {Hazard::restricted_address, rates::kRestrictedAddress + rates::kRefuge, "children"},
    {Hazard::unborn, rates::kUnborn, "children"},
    {Hazard::born_after_unborn, rates::kBornAfterUnborn, "children"},
    {Hazard::estimated_birth_date, rates::kEstimatedBirth + rates::kUnaccompanied * 0.6, "children"},
    {Hazard::disputed_birth_date, rates::kUnaccompanied* rates::kDisputedOfUnaccompanied, "children"},
    {Hazard::surname_change, rates::kSurnameChange, "children"},
    {Hazard::alias, rates::kAlias, "records"},
    {Hazard::name_order, rates::kNameOrder, "records"},
    {Hazard::truncated_name, rates::kLongSurname, "children"},
    {Hazard::temporary_upn, rates::kTemporaryUpn, "records with a UPN"},
    {Hazard::former_upn, rates::kFormerUpn, "records with a UPN"},
    {Hazard::shared_nhs_number, rates::kSharedNhs, "records with an NHS number"},
    {Hazard::superseded_nhs_number, rates::kSupersededNhs, "records with an NHS number"},
    {Hazard::uln_as_nhs_number, rates::kUlnAsNhs, "records of a child with a ULN where NHS numbers are kept"},
    {Hazard::dummy_nhs_number, rates::kDummyNhs, "records without a number where NHS numbers are kept"},
    {Hazard::childrens_home, 0, "records"},
    {Hazard::refuge, rates::kRefuge, "children"},
    {Hazard::duplicate_in_system, 0.024, "records"},
    {Hazard::duplicate_name_marker, rates::kDuplicateNameMarker, "duplicate records"},
    {Hazard::minus_one_id, rates::kMinusOneId, "records with such an id"},
    {Hazard::date_1900, rates::kDate1900, "records"},
    {Hazard::other_council, rates::kOtherCouncil, "children"},
    {Hazard::deceased, rates::kDeceased, "children"},
    {Hazard::address_placeholder, rates::kAddressPlaceholder, "records with an address"},
    {Hazard::double_barrelled, 0, "records"},
    {Hazard::apostrophe, 0, "records"},
    {Hazard::diacritic, 0, "records"},
    {Hazard::patronymic, 0, "records"},
    {Hazard::transliterated, rates::kTransliterated, "records"},
    {Hazard::hostel, rates::kHostel, "children"},
}};

class Summary {
  public:
    Summary(const County& county, const std::vector<SystemView>& views) {
        children_ = static_cast<std::size_t>(
            std::count_if(county.people.begin(), county.people.end(),
                          [](const Person& person) { return person.kind != Person::Kind::adult; }));
        for (const SystemView& system : views) {
            for (const PersonView& view : system.people) {
                if (view.kind != Person::Kind::adult) count(county, system.system, view);
            }
        }
    }

    std::string hazards_json() const {
        std::string out = "{";
        for (const StatedRate& rate : kStated) {
            const auto index = static_cast<std::size_t>(rate.hazard);
            const std::string_view of = rate.of;
            const bool per_child = of == "children" || of == "records per child";
            const std::size_t base = per_child ? children_ : base_[index];
            const std::size_t found = of == "children" ? people_[index].size() : records_[index];
            const double realised = base == 0 ? 0.0 : static_cast<double>(found) / static_cast<double>(base);
            out += out.size() > 1 ? ",\n    " : "\n    ";
            out +=
                "\"" + std::string(hazard_name(rate.hazard)) + "\": {\"records\": " + std::to_string(records_[index]);
            out += ", \"people\": " + std::to_string(people_[index].size());
            out += ", \"stated\": " + (rate.stated > 0 ? number(rate.stated) : "null");
            out += ", \"realised\": " + number(realised) + ", \"of\": \"" + rate.of + "\"}";
        }
        return out + "\n  }";
    }

    std::size_t children() const { return children_; }

  private:
    static constexpr auto kHazards = static_cast<std::size_t>(Hazard::count_);

    void count(const County& county, std::string_view system, const PersonView& view) {
        for (std::size_t i = 0; i < kHazards; ++i) {
            const auto hazard = static_cast<Hazard>(i);
            const bool has = view.hazards.has(hazard);
            if (has || in_base(hazard, county, system, view)) ++base_[i];
            if (!has) continue;
            ++records_[i];
            people_[i].insert(view.person);
        }
    }

    std::size_t children_ = 0;
    std::array<std::size_t, kHazards> base_{};
    std::array<std::size_t, kHazards> records_{};
    std::array<std::set<PersonIndex>, kHazards> people_;
};

}  // namespace

void write_truth(const County& county, const std::vector<SystemView>& views, const std::vector<WrittenSystem>& systems,
                 const std::filesystem::path& folder) {
    make_folder(folder);
    std::set<std::pair<std::string, std::string>> unplaced;
    std::string tables;
    std::size_t rows = 0;
    for (const WrittenSystem& system : systems) {
        for (const std::string& key : system.unplaced_people) unplaced.emplace(system.system, key);
        rows += system.rows;
        tables += (tables.empty() ? "\n    \"" : ",\n    \"") + system.system + "\": " + std::to_string(system.rows);
    }
    std::string lines = "system,key,person,kind,domain,multiple_birth,hazards\n";
    std::size_t placed = 0;
    for (const SystemView& system : views) {
        for (const PersonView& view : system.people) {
            if (unplaced.contains({system.system, view.key})) continue;
            const Person& person = county.person(view.person);
            std::string domain;
            if (view.side != Side::none)
                domain = county.seals[person.seal].domain + (view.side == Side::earlier ? ":earlier" : ":later");
            lines += system.system + "," + csv(view.key) + "," + std::to_string(person.index + 1) + "," +
                     std::string(kind_name(view.kind)) + "," + domain + "," +
                     (person.multiple_birth == 0 ? "" : "M" + std::to_string(person.multiple_birth)) + "," +
                     words(view.hazards) + "\n";
            ++placed;
        }
    }
    write_file(folder / "persons.csv", lines);

    const Difficulty difficulty = measure_difficulty(views);
    const Summary summary(county, views);
    std::string json = "{\n  \"scale\": \"" + county.scale + "\",\n  \"seed\": " + std::to_string(county.seed);
    json += ",\n  \"children\": " + std::to_string(summary.children());
    json += ",\n  \"person_records\": " + std::to_string(placed) +
            ",\n  \"unplaced_person_records\": " + std::to_string(unplaced.size());
    json += ",\n  \"rows\": " + std::to_string(rows) + ",\n  \"rows_by_system\": {" + tables + "\n  }";
    json += ",\n  \"difficulty\": {\n    \"pairs\": " + std::to_string(difficulty.pairs);
    const auto rate = [&](const char* name, double stated, double realised) {
        json += ",\n    \"" + std::string(name) + "\": {\"stated\": " + number(stated) +
                ", \"realised\": " + number(realised) + "}";
    };
    rate("forename_differs", kStatedDifficulty.forename, difficulty.forename);
    rate("surname_differs", kStatedDifficulty.surname, difficulty.surname);
    rate("birth_date_differs", kStatedDifficulty.birth_date, difficulty.birth_date);
    rate("postcode_differs", kStatedDifficulty.postcode, difficulty.postcode);
    rate("nhs_number_absent", kStatedDifficulty.nhs_absent, difficulty.nhs_absent);
    json += "\n  },\n  \"hazards\": " + summary.hazards_json() + "\n}\n";
    write_file(folder / "summary.json", json);
}

}  // namespace simulate
