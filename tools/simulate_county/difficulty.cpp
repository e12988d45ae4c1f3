#include "simulate_county/difficulty.hpp"

#include <map>
#include <string>
#include <utility>

#include "simulate_county/errors.hpp"
#include "simulate_county/identifiers.hpp"

namespace simulate {
namespace {

constexpr std::size_t kComparedCharacters = 30;  // the narrowest system's columns

std::string folded(std::string_view text) {
    std::string out;
    for (const char c : upper_case(fold_marks(text))) {
        if (c != ' ' && c != '-' && c != '\'') out += c;
    }
    return out.substr(0, kComparedCharacters);
}

struct Compared {
    std::string forename, surname, birth, postcode;
};

struct Tally {
    std::size_t pairs = 0;
    std::size_t differ = 0;
    void add(const std::string& a, const std::string& b) {
        if (a.empty() || b.empty()) return;
        ++pairs;
        if (a != b) ++differ;
    }
    double share() const { return pairs == 0 ? 0.0 : static_cast<double>(differ) / static_cast<double>(pairs); }
};

}  // namespace

Difficulty measure_difficulty(const std::vector<SystemView>& views) {
    std::map<std::pair<PersonIndex, Side>, std::vector<Compared>> groups;
    std::size_t records = 0;
    std::size_t without = 0;
    for (const SystemView& system : views) {
        for (const PersonView& view : system.people) {
            if (view.kind != Person::Kind::child) continue;
            ++records;
            if (!is_nhs_number(view.nhs_number) || !view.nhs_number.starts_with("999") ||
                view.nhs_number == "9999999999")
                ++without;
            groups[{view.person, view.side}].push_back({folded(view.given), folded(view.family),
                                                        view.birth.text().value_or(""),
                                                        view.address() == nullptr ? "" : view.address()->postcode});
        }
    }
    Tally forename;
    Tally surname;
    Tally birth;
    Tally postcode;
    Difficulty result;
    for (const auto& [person, group] : groups) {
        for (std::size_t i = 0; i < group.size(); ++i) {
            for (std::size_t j = i + 1; j < group.size(); ++j) {
                ++result.pairs;
                forename.add(group[i].forename, group[j].forename);
                surname.add(group[i].surname, group[j].surname);
                birth.add(group[i].birth, group[j].birth);
                postcode.add(group[i].postcode, group[j].postcode);
            }
        }
    }
    result.forename = forename.share();
    result.surname = surname.share();
    result.birth_date = birth.share();
    result.postcode = postcode.share();
    result.nhs_absent = records == 0 ? 0 : static_cast<double>(without) / static_cast<double>(records);
    return result;
}

}  // namespace simulate
