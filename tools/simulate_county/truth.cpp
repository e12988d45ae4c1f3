#include "simulate_county/truth.hpp"

#include <array>
#include <cstdio>
#include <set>

#include "simulate_county/difficulty.hpp"
#include "simulate_county/stated_hazards.hpp"
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

// Counts what came of the stated hazards.
class Summary {
  public:
    Summary(const County& county, const std::vector<SystemView>& views) {
        for (const Person& person : county.people) {
            if (person.kind == Person::Kind::adult) continue;
            ++children_;
            for (std::size_t i = 0; i < kHazards; ++i) {
                if (is_true_of(static_cast<Hazard>(i), county, person)) ++bearers_[i];
            }
        }
        adoptions_ = county.adoptions.size();
        for (const SystemView& system : views) {
            for (const PersonView& view : system.people) {
                if (view.kind != Person::Kind::adult) count(county, system.system, view);
            }
        }
        // Who shares a name is known once all names are: cousins are counted by their records.
        constexpr auto kCousin = static_cast<std::size_t>(Hazard::same_name_cousin);
        bearers_[kCousin] = people_[kCousin].size();
    }

    std::string hazards_json() const {
        std::string out = "{";
        for (const StatedHazard& stated : stated_hazards()) {
            const auto index = static_cast<std::size_t>(stated.hazard);
            out += out.size() > 1 ? ",\n    " : "\n    ";
            out +=
                "\"" + std::string(hazard_name(stated.hazard)) + "\": {\"records\": " + std::to_string(records_[index]);
            out += ", \"people\": " + std::to_string(people_[index].size());
            out += ", \"stated\": " + (stated.rate > 0 ? number(stated.rate) : "null");
            out += ", \"realised\": " + number(realised(stated));
            out += ", \"of\": \"" + std::string(stated.of_what) + "\"}";
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

    double realised(const StatedHazard& stated) const {
        const auto index = static_cast<std::size_t>(stated.hazard);
        const bool of_children = stated.of == StatedHazard::Of::children;
        const bool of_adoptions = stated.of == StatedHazard::Of::adoptions;
        const std::size_t base = of_children ? children_ : of_adoptions ? adoptions_ : base_[index];
        const std::size_t found = of_children ? bearers_[index] : records_[index];
        return base == 0 ? 0.0 : static_cast<double>(found) / static_cast<double>(base);
    }

    std::size_t children_ = 0;
    std::size_t adoptions_ = 0;
    std::array<std::size_t, kHazards> bearers_{};
    std::array<std::size_t, kHazards> base_{};
    std::array<std::size_t, kHazards> records_{};
    std::array<std::set<PersonIndex>, kHazards> people_;
};

}  // namespace

TruthBook::TruthBook(const County& county, const std::vector<SystemView>& views) {
    for (const SystemView& system : views) {
        std::vector<Line>& lines = systems_.emplace_back(system.system, std::vector<Line>()).second;
        lines.reserve(system.people.size());
        for (const PersonView& view : system.people) {
            const Person& person = county.person(view.person);
            std::string domain;
            if (view.side != Side::none)
                domain = county.seals[person.seal].domain + (view.side == Side::earlier ? ":earlier" : ":later");
            lines.push_back(
                {view.key, system.system + "," + csv(view.key) + "," + std::to_string(person.index + 1) + "," +
                               std::string(kind_name(view.kind)) + "," + domain + "," +
                               (person.multiple_birth == 0 ? "" : "M" + std::to_string(person.multiple_birth)) + "," +
                               words(view.hazards) + "\n"});
        }
    }
    const Difficulty difficulty = measure_difficulty(views);
    const Summary summary(county, views);
    head_ = "{\n  \"scale\": \"" + county.scale + "\",\n  \"seed\": " + std::to_string(county.seed);
    head_ += ",\n  \"children\": " + std::to_string(summary.children());
    tail_ = ",\n  \"difficulty\": {\n    \"pairs\": " + std::to_string(difficulty.pairs);
    const auto rate = [&](const char* name, double stated, double realised) {
        tail_ += ",\n    \"" + std::string(name) + "\": {\"stated\": " + number(stated) +
                 ", \"realised\": " + number(realised) + "}";
    };
    rate("forename_differs", kStatedDifficulty.forename, difficulty.forename);
    rate("surname_differs", kStatedDifficulty.surname, difficulty.surname);
    rate("birth_date_differs", kStatedDifficulty.birth_date, difficulty.birth_date);
    rate("postcode_differs", kStatedDifficulty.postcode, difficulty.postcode);
    rate("nhs_number_absent", kStatedDifficulty.nhs_absent, difficulty.nhs_absent);
    tail_ += "\n  },\n  \"hazards\": " + summary.hazards_json() + "\n}\n";
}

void TruthBook::write(const std::vector<WrittenSystem>& systems, const std::filesystem::path& folder) const {
    make_folder(folder);
    std::set<std::pair<std::string, std::string>> unplaced;
    std::string tables;
    std::size_t rows = 0;
    for (const WrittenSystem& system : systems) {
        for (const std::string& key : system.unplaced_people) unplaced.emplace(system.system, key);
        rows += system.rows;
        tables += (tables.empty() ? "\n    \"" : ",\n    \"") + system.system + "\": " + std::to_string(system.rows);
    }
    std::string text = "system,key,person,kind,domain,multiple_birth,hazards\n";
    std::size_t placed = 0;
    for (const auto& [system, lines] : systems_) {
        for (const Line& line : lines) {
            if (unplaced.contains({system, line.key})) continue;
            text += line.text;
            ++placed;
        }
    }
    write_file(folder / "persons.csv", text);
    write_file(folder / "summary.json", head_ + ",\n  \"person_records\": " + std::to_string(placed) +
                                            ",\n  \"unplaced_person_records\": " + std::to_string(unplaced.size()) +
                                            ",\n  \"rows\": " + std::to_string(rows) + ",\n  \"rows_by_system\": {" +
                                            tables + "\n  }" + tail_);
}

}  // namespace simulate
