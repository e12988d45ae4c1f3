#include "app/people_files/blocking_columns.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace caseweave {

namespace {

class ColumnsOfFile {
  public:
    ColumnsOfFile(const LinkageModel& model, const PeopleColumns& columns) : model_(model), columns_(columns) {}

    bool give(KeyPart part) const {
        switch (part) {
            case KeyPart::anyone:
                return true;
            case KeyPart::nhs_number:
                return any({"nhs_number"});
            case KeyPart::upn:
                return any({"upn"});
            case KeyPart::uln:
                return any({"uln"});
            case KeyPart::other_id:
                return false;  // no field of a file is one
            case KeyPart::contact:
                return any({"phone", "email"});
            case KeyPart::birth_date:
            case KeyPart::birth_date_or_swapped:
            case KeyPart::birth_month_day:
            case KeyPart::birth_year_day:
                return any({"birth_date", "birth_day"});
            case KeyPart::birth_year_month:
                return any({"birth_date", "birth_month"});
            case KeyPart::birth_year:
            case KeyPart::birth_season:
                return any({"birth_date", "birth_year"});
            case KeyPart::family:
            case KeyPart::family_sound:
                return family();
            case KeyPart::given:
            case KeyPart::given_sound:
            case KeyPart::given_initial:
                return given();
            case KeyPart::forename_sound:
                return given() || any({"middle_names"});
            case KeyPart::names_unordered:
                return given() && family();
            case KeyPart::property:
                return any({"uprn"});
            case KeyPart::dwelling:
                return any({"postcode"}) && any({"house_number"});
            case KeyPart::postcode:
            case KeyPart::postcode_sector:
                return any({"postcode"});
            case KeyPart::street:
                return any({"street"});
            case KeyPart::town:
                return any({"town"});
            case KeyPart::birth_place:
                return any({"birth_place"});
            case KeyPart::parent_given:
                return any({"mother_given_name", "guardian_given_name"});
            case KeyPart::parent_name:
                return (any({"mother_given_name"}) && any({"mother_family_name"})) ||
                       (any({"guardian_given_name"}) && any({"guardian_family_name"}));
            case KeyPart::further:
                break;
        }
        const auto column = static_cast<std::size_t>(part) - static_cast<std::size_t>(KeyPart::further);
        return std::ranges::find(columns_.further, model_.further()[column].column, &FurtherColumn::column) !=
               columns_.further.end();
    }

  private:
    bool any(std::initializer_list<std::string_view> fields) const {
        return std::ranges::any_of(fields, [&](std::string_view field) { return !columns_.column_of(field).empty(); });
    }
    bool given() const { return any({"given_name", "full_name", "alias"}); }
    bool family() const { return any({"family_name", "full_name", "alias", "former_family_name"}); }

    const LinkageModel& model_;
    const PeopleColumns& columns_;
};

}  // namespace

bool has_columns_of(const BlockingRule& rule, const LinkageModel& model, const PeopleColumns& columns) {
    const ColumnsOfFile file(model, columns);
    return std::ranges::all_of(rule.key, [&](KeyPart part) { return file.give(part); });
}

}  // namespace caseweave
