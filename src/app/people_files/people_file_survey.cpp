#include "app/people_files/people_file_survey.hpp"

#include <algorithm>
#include <vector>

#include "app/people_files/people_file_reader.hpp"
#include "normalise/dates.hpp"
#include "normalise/values.hpp"

namespace caseweave {

namespace {

/// Counts what one column's values can be.
struct ColumnCounts {
    std::string column;
    std::size_t at = 0;  // in a source row
    FieldType type = FieldType::text;
    std::uint64_t day_only = 0,
                  month_only = 0;          // dates that can be read with only the day, or only the month, in front
    std::uint64_t british = 0, other = 0;  // postcodes or telephone numbers
};

class Survey {
  public:
    Survey() : day_first_(compile_date_forms({"%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"})) {}

    void count(ColumnCounts& counts, std::string_view text) {
        switch (counts.type) {
            case FieldType::postcode:
                count_british(counts, check_postcode(text, scratch_));
                break;
            case FieldType::phone:
                count_british(counts, check_phone(text, scratch_));
                break;
            default:
                count_date(counts, text);
        }
    }

  private:
    static void count_british(ColumnCounts& counts, const Parsed<std::string_view>& checked) {
        if (checked) {
            ++counts.british;
        } else if (checked.issue() != IssueRule::placeholder) {
            ++counts.other;
        }
    }
    void count_date(ColumnCounts& counts, std::string_view text) {
        constexpr unsigned kMonths = 12;
        DateForm::Reading reading;
        for (const DateForm& form : day_first_) {
            if (!form.match(text, reading)) continue;
            if (reading.day > kMonths && reading.month <= kMonths) ++counts.day_only;
            if (reading.day <= kMonths && reading.month > kMonths) ++counts.month_only;
            return;
        }
    }

    std::vector<DateForm> day_first_;
    std::string scratch_;
};

std::vector<ColumnCounts> columns_to_survey(const PeopleColumns& columns, std::span<const std::string_view> prefixes) {
    std::vector<ColumnCounts> surveyed;
    const auto add = [&](const std::string& column, FieldType type) {
        for (const std::string_view prefix : prefixes) {
            if (!column.empty()) surveyed.push_back({std::string(prefix) + column, 0, type});
        }
    };
    add(columns.column_of("birth_date"), FieldType::date);
    for (const FurtherColumn& further : columns.further) {
        if (further.kind == ExtraKind::date) add(further.column, FieldType::date);
    }
    add(columns.column_of("postcode"), FieldType::postcode);
    for (const std::string& column : columns.columns_of("phone")) add(column, FieldType::phone);
    return surveyed;
}

}  // namespace

ColumnHabits survey_columns(const std::filesystem::path& file, const PeopleColumns& columns, const PeopleFileForm& form,
                            std::span<const std::string_view> prefixes) {
    ColumnHabits habits;
    std::vector<ColumnCounts> surveyed = columns_to_survey(columns, prefixes);
    if (surveyed.empty()) return habits;
    PeopleFileRows rows(file, columns, form, prefixes, {});
    for (ColumnCounts& counts : surveyed) {
        const auto& there = rows.shape().columns;
        counts.at = static_cast<std::size_t>(std::find(there.begin(), there.end(), counts.column) - there.begin());
    }
    Survey survey;
    for (RecordBatch batch; rows.next(batch);) {
        for (std::size_t i = 0; i < batch.rows(); ++i) {
            for (ColumnCounts& counts : surveyed) {
                const FieldView value = rows.value_of(batch.row(i)[counts.at]);
                if (value.has_value()) survey.count(counts, value.text());
            }
        }
    }
    for (const ColumnCounts& counts : surveyed) {
        if (counts.month_only > counts.day_only) habits.month_first[counts.column] = counts.month_only;
        if (counts.other > counts.british) habits.foreign.insert(counts.column);
    }
    return habits;
}

}  // namespace caseweave
