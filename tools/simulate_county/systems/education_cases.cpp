#include "simulate_county/systems/education_cases.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "simulate_county/systems/school_calendar.hpp"
#include "simulate_county/systems/source_rows.hpp"

namespace simulate {
namespace {

/// School years of attendance the database keeps before the present one; older marks are archived.
constexpr int kAttendanceYears = 5;
/// A pupil below this share of sessions gets an education welfare officer.
constexpr double kWelfareBelow = 0.88;

constexpr double kBadDates = 0.0008;
constexpr double kBadCodes = 0.0012;

Table make_table(std::string name, std::vector<std::string> columns, std::initializer_list<std::string_view> dates,
                 std::initializer_list<std::string_view> numbers, std::vector<std::string> index) {
    Table table;
    table.name = std::move(name);
    table.columns = std::move(columns);
    table.types.assign(table.columns.size(), ColumnType::text);
    for (const std::string_view column : dates) table.types[table.column(column)] = ColumnType::date;
    for (const std::string_view column : numbers) table.types[table.column(column)] = ColumnType::integer;
    const auto stamp = std::find(table.columns.begin(), table.columns.end(), "amended_on");
    if (stamp != table.columns.end())
        table.types[static_cast<std::size_t>(stamp - table.columns.begin())] = ColumnType::timestamp;
    table.index = std::move(index);
    return table;
}

/// Gives the night on which a change of a day reaches the database.
Cell stamped(Day day, int hour = 2) {
    return format_moment(at(std::min(day, kToday), hour, 0));
}

Cell base_of(std::uint32_t school) {
    return school == kNone ? Cell() : Cell(education_base_id(school));
}

std::string_view leaving_code(std::string_view reason) {
    if (reason.empty()) return "";
    if (reason == "Transfer") return "TR";
    if (reason == "Moved away") return "MA";
    if (reason == "Permanently excluded") return "PX";
    return reason == "End of key stage" ? "EK" : "ZZ";
}

/// Tells what provision for special needs a child had on a day: N, K or E.
std::string_view sen_stage(const LifeCourse& life, Day day) {
    for (const EhcProcess& process : life.ehc) {
        if (process.plan_issued && process.plan_from <= day && day < process.plan_to) return "E";
    }
    for (const SenSupport& support : life.sen_support) {
        if (support.from <= day && day < support.to) return "K";
    }
    return "N";
}

bool looked_after(const LifeCourse& life, Day day) {
    return std::any_of(life.care.begin(), life.care.end(),
                       [&](const CarePeriod& period) { return period.from <= day && day < period.to; });
}

/// Fills the case tables person by person; each table draws from a stream of its own.
class EducationCases {
  public:
    EducationCases(const County& county, const SystemView& view, const Random& random)
        : county_(county),
          view_(view),
          random_(random),
          officers_(county.workers_of(Service::education_welfare)),
          answers_(random.stream("form answers"), "%Y-%m-%d", kBadDates, kBadCodes) {}

    void write() {
        const bool only_roll = county_.scale == "twins";
        for (const Person& person : county_.people) {
            const LifeCourse& life = person.life;
            if (life.enrolments.empty()) continue;
            Random own = random_.stream("person", person.index);
            for (const SchoolEnrolment& enrolment : life.enrolments) {
                add_enrolment(person, enrolment, own);
                if (!only_roll) add_attendance(person, enrolment, random_.stream("attendance", person.index));
                if (!only_roll && enrolment.attendance < kWelfareBelow) add_welfare(person, enrolment, own);
            }
            if (only_roll) continue;
            for (const Exclusion& exclusion : life.exclusions) add_exclusion(person, exclusion, own);
            for (const FreeMealSpan& span : life.free_meals) add_free_meal(person, span, own);
            add_sen_history(person, own);
        }
    }

    void spoil() {
        add_dirty_rows(roll_, {"hist_id", "stud_id", "", "reg_group", "?"}, {}, random_.stream("dirty roll"));
        add_dirty_rows(attendance_, {"stud_id", "stud_id", "", "late_sess", "99"},
                       {.orphans = 0.0003, .key_conflicts = 0.0002, .duplicates = 0.0003},
                       random_.stream("dirty attendance"));
        add_dirty_rows(exclusions_, {"excl_id", "stud_id", "", "notes", "Amended by hand"}, {},
                       random_.stream("dirty exclusions"));
        add_dirty_rows(meals_, {"fsm_id", "stud_id", "", "uk_country", "WLS"}, {}, random_.stream("dirty meals"));
        add_dirty_rows(sen_, {"sen_id", "stud_id", "", "notes", "See file"}, {}, random_.stream("dirty sen"));
        add_dirty_rows(welfare_, {"inv_id", "stud_id", "", "close_reason", "Moved"}, {},
                       random_.stream("dirty welfare"));
        add_dirty_rows(documents_, {"doc_id", "stud_id", "", "doc_title", "Scan"}, {},
                       random_.stream("dirty documents"));
        if (!documents_.rows.empty()) {
            const std::size_t row = random_.stream("broken byte").index(documents_.rows.size());
            documents_.defects.push_back({row, DefectKind::undecodable_byte, documents_.column("doc_title")});
        }
    }

    void give(SystemDump& dump) {
        for (Table* table : {&roll_, &attendance_, &exclusions_, &meals_, &sen_, &welfare_, &documents_})
            dump.tables.push_back(std::move(*table));
    }

  private:
    const PersonView* record(const Person& person, Day day) const {
        return view_.record_of(county_, person.index, day, static_cast<std::uint64_t>(school_year(day)));
    }

    void add_enrolment(const Person& person, const SchoolEnrolment& enrolment, Random& random) {
        const PersonView* pupil = record(person, enrolment.from);
        if (pupil == nullptr) return;
        const bool open = enrolment.to == kOpen;
        const bool college = county_.school(enrolment.school).phase == School::Phase::college;
        const int year = curriculum_year_on(enrolment.entry_year, enrolment.from, std::min(enrolment.to, kToday));
        const std::string nc_year = year == 0 ? "R" : std::to_string(year);
        const std::string_view status = !open ? "L" : college ? "F" : random.chance(0.012) ? "M" : "C";
        append(roll_, {{"hist_id", roll_keys_.next()},
                       {"stud_id", pupil->key},
                       {"base_id", base_of(enrolment.school)},
                       {"urn", given(county_.school(enrolment.school).urn)},
                       {"enrol_status", answers_.code(status, "Q")},
                       {"entry_date", answers_.day(enrolment.from)},
                       {"leave_date", answers_.day(enrolment.to)},
                       {"nc_year", Cell(nc_year)},
                       {"reg_group", nc_year + static_cast<char>('A' + random.between(0, 5))},
                       {"part_time", random.chance(0.01) ? "Y" : "N"},
                       {"boarder", enrolment.boarder ? "B" : "N"},
                       {"leave_reason", given(leaving_code(enrolment.leaving_reason))},
                       {"leave_dest", Cell()},
                       {"amended_on", stamped(open ? enrolment.from + 20 : enrolment.to + 5)}});
    }

    void add_attendance(const Person& person, const SchoolEnrolment& enrolment, Random random) {
        const Day last = std::min(enrolment.to == kOpen ? kToday : enrolment.to, person.death);
        const int present = school_year(kToday);
        const int first = std::max(school_year(enrolment.from), present - kAttendanceYears);
        for (int year = first; year <= std::min(present, school_year(last)); ++year) {
            const auto terms = half_terms(year);
            for (std::size_t i = 0; i < terms.size(); ++i) {
                const SchoolPeriod& term = terms[i];
                // A half term counts for the school the pupil is at on its last day.
                if (term.to > kToday || term.to < enrolment.from || term.to > last) continue;
                const PersonView* pupil = record(person, term.to);
                if (pupil == nullptr) continue;
                add_half_term(*pupil, enrolment, year, i + 1, term, random);
            }
        }
    }

    void add_half_term(const PersonView& pupil, const SchoolEnrolment& enrolment, int year, std::size_t number,
                       const SchoolPeriod& term, Random& random) {
        const int possible = term.sessions_within(enrolment.from, term.to);
        if (possible == 0) return;
        const double share = std::clamp(enrolment.attendance + 0.12 * (random.unit() - 0.5), 0.0, 1.0);
        const int attended = static_cast<int>(std::lround(share * possible));
        const int missed = possible - attended;
        const int unauthorised = missed == 0 ? 0 : random.between(0, missed / 2);
        const double percentage = 100.0 * attended / possible;
        const auto hundredths = static_cast<std::uint64_t>(std::lround(percentage * 100.0));
        append(attendance_, {{"stud_id", pupil.key},
                             {"acad_year", academic_year(year)},
                             {"half_term", std::to_string(number)},
                             {"base_id", base_of(enrolment.school)},
                             {"period_start", format_day(term.from)},
                             {"period_end", format_day(term.to)},
                             {"poss_sess", std::to_string(possible)},
                             {"att_sess", std::to_string(attended)},
                             {"auth_abs", std::to_string(missed - unauthorised)},
                             {"unauth_abs", std::to_string(unauthorised)},
                             {"ea_sess", random.chance(0.05) ? std::to_string(random.between(1, 6)) : "0"},
                             {"late_sess", std::to_string(random.between(0, 3))},
                             {"pct_att", std::to_string(hundredths / 100) + "." + padded(hundredths % 100, 2)},
                             {"amended_on", stamped(term.to + 3)}});
    }

    void add_exclusion(const Person& person, const Exclusion& exclusion, Random& random) {
        const PersonView* pupil = record(person, exclusion.date);
        if (pupil == nullptr) return;
        const std::string key = exclusion_keys_.next();
        const bool old = exclusion.date < to_day(2020, 9, 1);
        const std::string_view type = exclusion.permanent ? "PERM" : old ? "FIXD" : "SUSP";
        const bool meeting = exclusion.permanent || exclusion.sessions > 10;
        const Day met = exclusion.date + random.between(10, 25);
        append(exclusions_,
               {{"excl_id", key},
                {"stud_id", pupil->key},
                {"base_id", base_of(exclusion.school)},
                {"excl_type", answers_.code(type, "EXCL")},
                {"reason_1", answers_.code(exclusion.reason, "ZZ")},
                {"reason_2", exclusion.reason != "DB" && random.chance(0.25) ? Cell("DB") : Cell()},
                {"reason_3", Cell()},
                {"start_date", answers_.day(exclusion.date)},
                {"end_date", exclusion.permanent ? Cell() : Cell(format_day(exclusion.date + exclusion.sessions / 2))},
                {"sessions", exclusion.permanent ? Cell() : Cell(std::to_string(exclusion.sessions))},
                {"sen_stage", Cell(sen_stage(person.life, exclusion.date))},
                {"in_care", looked_after(person.life, exclusion.date) ? "Y" : "N"},
                {"gov_outcome", !meeting       ? Cell("NRQ")
                                : met > kToday ? Cell("PEN")
                                               : Cell(random.chance(0.9) ? "UPH" : "REI")},
                {"gov_date", meeting && met <= kToday ? Cell(format_day(met)) : Cell()},
                {"reinstated", "N"},
                {"notes", random.chance(0.2) ? Cell("Parents informed by telephone.") : Cell()},
                {"amended_on", stamped(exclusion.date + 2)}});
        add_document(*pupil, "LTR", exclusion.permanent ? "Permanent exclusion letter" : "Suspension letter",
                     exclusion.date, "stud_exclusion", key, random);
    }

    void add_free_meal(const Person& person, const FreeMealSpan& span, Random& random) {
        const PersonView* pupil = record(person, span.from);
        if (pupil == nullptr) return;
        static constexpr std::array<std::string_view, 5> kBases = {"UC", "IS", "CTC", "ESA", "JSA"};
        static constexpr std::array<double, 5> kWeights = {0.78, 0.07, 0.07, 0.05, 0.03};
        const std::string_view basis = person.unaccompanied ? "NASS" : kBases[random.weighted(kWeights)];
        append(meals_, {{"fsm_id", meal_keys_.next()},
                        {"stud_id", pupil->key},
                        {"applied_on", format_day(span.from - random.between(1, 30))},
                        {"start_date", answers_.day(span.from)},
                        {"end_date", answers_.day(span.to)},
                        {"basis_code", answers_.code(basis, "ZB")},
                        {"uk_country", "ENG"},
                        {"trans_prot", span.from >= to_day(2018, 4, 1) ? "Y" : "N"},
                        {"ecs_check_on", format_day(std::min(span.from + 365, kToday))},
                        {"amended_on", stamped(span.from + 1)}});
    }

    void add_sen_span(const Person& person, std::string_view stage, Day from, Day to,
                      const std::vector<std::string>& needs) {
        const PersonView* pupil = record(person, from);
        if (pupil == nullptr || needs.empty()) return;
        const SchoolEnrolment* school = &person.life.enrolments.front();
        for (const SchoolEnrolment& enrolment : person.life.enrolments) {
            if (enrolment.from <= from) school = &enrolment;
        }
        append(sen_, {{"sen_id", sen_keys_.next()},
                      {"stud_id", pupil->key},
                      {"base_id", base_of(school->school)},
                      {"sen_stage", Cell(stage)},
                      {"start_date", answers_.day(from)},
                      {"end_date", answers_.day(to)},
                      {"need_1", answers_.code(needs.front(), "DYSX")},
                      {"need_2", needs.size() > 1 ? Cell(needs[1]) : Cell()},
                      {"notes", Cell()},
                      {"amended_on", stamped(from + 7)}});
    }

    void add_sen_history(const Person& person, Random& random) {
        for (const SenSupport& support : person.life.sen_support)
            add_sen_span(person, "K", support.from, support.to, {support.need});
        for (const EhcProcess& process : person.life.ehc) {
            if (!process.plan_issued) continue;
            add_sen_span(person, "E", process.plan_from, process.plan_to, process.needs);
            if (!random.chance(0.3)) continue;
            const PersonView* pupil = record(person, process.plan_from);
            if (pupil != nullptr)
                add_document(*pupil, "RPT", "Copy of the plan for the school", process.plan_from, "stud_sen_hist", "",
                             random);
        }
    }

    void add_welfare(const Person& person, const SchoolEnrolment& enrolment, Random& random) {
        const Day end = std::min(enrolment.to, kToday);
        if (officers_.empty() || end - enrolment.from < 90) return;
        const Day from = to_working_day(random.between(enrolment.from + 40, end - 20));
        const Day to = from + random.exponential_days(200);
        const PersonView* pupil = record(person, from);
        if (pupil == nullptr || from > kToday) return;
        const std::string key = welfare_keys_.next();
        const std::string& officer = county_.worker(officers_[random.index(officers_.size())]).staff_number;
        append(welfare_, {{"inv_id", key},
                          {"stud_id", pupil->key},
                          {"officer_id", officer},
                          {"role_code", answers_.code("EWO", "TEMP")},
                          {"start_date", answers_.day(from)},
                          {"end_date", to < kToday ? answers_.day(to) : Cell()},
                          {"close_reason", to < kToday ? Cell("Attendance improved") : Cell()},
                          {"amended_on", stamped(from, 15)}});
        add_document(*pupil, "RPT", "Attendance meeting report", from, "ews_involvement", key, random);
    }

    void add_document(const PersonView& pupil, std::string_view type, std::string_view title, Day date,
                      std::string_view table, std::string_view row, Random& random) {
        const std::string key = document_keys_.next();
        append(documents_,
               {{"doc_id", key},
                {"stud_id", pupil.key},
                {"doc_class", answers_.code(type, "SCN")},
                {"doc_title", Cell(title)},
                {"doc_date", format_day(date)},
                {"filed_on", format_moment(office_time(std::min(date, kToday), random))},
                {"file_name", key + ".pdf"},
                {"mime_type", "application/pdf"},
                {"size_bytes", std::to_string(random.between(12'000, 900'000))},
                {"store_ref", "edms://education/" + key},
                {"officer_id", officers_.empty() ? Cell() : Cell(county_.worker(officers_.front()).staff_number)},
                {"subject_table", Cell(table)},
                {"subject_id", given(row)}});
    }

    const County& county_;
    const SystemView& view_;
    const Random random_;
    const std::vector<WorkerIndex> officers_;
    FormAnswers answers_;

    KeySeries roll_keys_{"", 20'000'001, 8};
    KeySeries exclusion_keys_{"", 40'000'001, 8};
    KeySeries meal_keys_{"", 50'000'001, 8};
    KeySeries sen_keys_{"", 60'000'001, 8};
    KeySeries welfare_keys_{"", 70'000'001, 8};
    KeySeries document_keys_{"", 80'000'001, 8};

    Table roll_ =
        make_table("stud_base_hist",
                   {"hist_id", "stud_id", "base_id", "urn", "enrol_status", "entry_date", "leave_date", "nc_year",
                    "reg_group", "part_time", "boarder", "leave_reason", "leave_dest", "amended_on"},
                   {"entry_date", "leave_date"}, {}, {"hist_id"});
    Table attendance_ =
        make_table("stud_att_halfterm",
                   {"stud_id", "acad_year", "half_term", "base_id", "period_start", "period_end", "poss_sess",
                    "att_sess", "auth_abs", "unauth_abs", "ea_sess", "late_sess", "pct_att", "amended_on"},
                   {"period_start", "period_end"},
                   {"half_term", "poss_sess", "att_sess", "auth_abs", "unauth_abs", "ea_sess", "late_sess"},
                   {"stud_id", "acad_year", "half_term"});
    Table exclusions_ = make_table(
        "stud_exclusion",
        {"excl_id", "stud_id", "base_id", "excl_type", "reason_1", "reason_2", "reason_3", "start_date", "end_date",
         "sessions", "sen_stage", "in_care", "gov_outcome", "gov_date", "reinstated", "notes", "amended_on"},
        {"start_date", "end_date", "gov_date"}, {"sessions"}, {"excl_id"});
    Table meals_ = make_table("stud_fsm",
                              {"fsm_id", "stud_id", "applied_on", "start_date", "end_date", "basis_code", "uk_country",
                               "trans_prot", "ecs_check_on", "amended_on"},
                              {"applied_on", "start_date", "end_date", "ecs_check_on"}, {}, {"fsm_id"});
    Table sen_ = make_table("stud_sen_hist",
                            {"sen_id", "stud_id", "base_id", "sen_stage", "start_date", "end_date", "need_1", "need_2",
                             "notes", "amended_on"},
                            {"start_date", "end_date"}, {}, {"sen_id"});
    Table welfare_ = make_table(
        "ews_involvement",
        {"inv_id", "stud_id", "officer_id", "role_code", "start_date", "end_date", "close_reason", "amended_on"},
        {"start_date", "end_date"}, {}, {"inv_id"});
    Table documents_ = make_table("stud_document",
                                  {"doc_id", "stud_id", "doc_class", "doc_title", "doc_date", "filed_on", "file_name",
                                   "mime_type", "size_bytes", "store_ref", "officer_id", "subject_table", "subject_id"},
                                  {"doc_date"}, {"size_bytes"}, {"doc_id"});
};

}  // namespace

void add_education_cases(SystemDump& dump, const County& county, const SystemView& view, const Random& random) {
    EducationCases cases(county, view, random.stream("cases"));
    cases.write();
    cases.spoil();
    cases.give(dump);
}

}  // namespace simulate
