#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/school_calendar.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/virtual_school_labels.hpp"

namespace simulate {
namespace {

/// School years of weekly attendance the service keeps before the present one.
constexpr int kAttendanceYears = 4;

struct SheetColumn {
    std::string_view heading;
    ColumnType type = ColumnType::text;
};

Table make_sheet(std::string_view workbook, std::string_view sheet, std::initializer_list<SheetColumn> columns) {
    Table table;
    table.name = sheet;
    table.file = std::string(workbook) + "_" + format_day(kToday, "%Y-%m");
    for (const SheetColumn& column : columns) {
        table.columns.emplace_back(column.heading);
        table.types.push_back(column.type);
    }
    return table;
}

Cell yes_no(bool value) {
    return Cell(value ? "Yes" : "No");
}

std::string_view gender(std::string_view sex) {
    return sex == "M" ? "Male" : sex == "F" ? "Female" : sex == "U" ? "Not known" : "";
}

std::string year_label(int year) {
    return year == 0 ? "Reception" : "Year " + std::to_string(year);
}

std::string_view key_stage(int year) {
    return year == 0 ? "EYFS" : year <= 2 ? "KS1" : year <= 6 ? "KS2" : year <= 9 ? "KS3" : year <= 11 ? "KS4" : "KS5";
}

/// The three terms, by the month a day is in.
std::string_view term_of(Day day) {
    const int month = to_civil(day).month;
    return month >= 9 ? "Autumn" : month <= 4 ? "Spring" : "Summer";
}

/// Writes the workbooks child by child: plans with targets, results once a year, attendance week by week.
class SchoolWorkbooks {
  public:
    SchoolWorkbooks(const County& county, const SystemView& view, const Random& random)
        : county_(county),
          view_(view),
          random_(random),
          staff_(county.workers_of(Service::virtual_school)),
          answers_(random.stream("answers"), "%d/%m/%Y", 0.001, 0.0015) {}

    SystemDump write() {
        SystemDump dump;
        dump.system = view_.system;
        Random people = random_.stream("pupils");
        for (const PersonView& pupil : view_.people) add_pupil(pupil, people);
        add_staff();
        for (const Person& person : county_.people) {
            if (person.life.care.empty() || person.life.enrolments.empty()) continue;
            Random own = random_.stream("child", person.index);
            for (const CarePeriod& period : person.life.care) add_period(person, period, own);
        }
        spoil();
        for (Table* table : {&pupils_, &teams_, &staff_sheet_, &caseload_, &plans_, &targets_, &documents_,
                             &attainment_, &attendance_})
            dump.tables.push_back(std::move(*table));
        return dump;
    }

  private:
    /// Picks a date from the calendar, or types it: a date cell or one of two texts.
    Cell typed_day(Day day, Random& random) {
        if (day == 0 || day == kOpen) return std::nullopt;
        if (random.chance(0.88)) return format_day(day);
        return random.chance(0.5) ? answers_.day(day) : Cell(format_day(day, "%d %b %Y"));
    }

    Cell typed_date(const DateParts& date, Random& random) {
        return random.chance(0.9) ? date.text() : date.text("%d/%m/%Y");
    }

    void add_pupil(const PersonView& pupil, Random& random) {
        const AddressView none;
        const AddressView& home = pupil.address() == nullptr ? none : *pupil.address();
        std::string mobile, email;
        for (const ContactView& contact : pupil.contacts) {
            if (contact.type == "email")
                email = contact.value;
            else if (mobile.empty())
                mobile = contact.value;
        }
        std::string line = home.house;
        for (const std::string& part : {home.street, home.locality}) {
            if (part.empty()) continue;
            line += line.empty() ? "" : part == home.street ? " " : ", ";
            line += part;
        }
        const bool marked = !pupil.duplicate_of.empty() && random.chance(0.3);
        append(pupils_, {{"ePEP ID", pupil.key},
                         {"UPN", given(pupil.upn)},
                         {"ULN", given(pupil.uln)},
                         {"Legal Surname", given(pupil.family)},
                         {"Legal Forename", given(pupil.given)},
                         {"Middle Name(s)", given(pupil.middle)},
                         {"Known As", given(pupil.preferred)},
                         {"Date of Birth", typed_date(pupil.birth, random)},
                         {"DOB Estimated", yes_no(pupil.birth.estimated)},
                         {"Age Disputed", yes_no(pupil.birth.disputed)},
                         {"Gender", answers_.code(gender(pupil.sex), "Helicopter")},
                         {"Ethnicity", answers_.code(ethnicity_label(pupil.ethnicity), "European")},
                         {"First Language", given(language_label(pupil.language))},
                         {"UASC", yes_no(pupil.unaccompanied)},
                         {"Placement Address", given(line)},
                         {"Placement Town", given(home.town)},
                         {"Placement Postcode", given(home.postcode)},
                         {"Placed Since", typed_day(home.from, random)},
                         {"Address Withheld", yes_no(pupil.restricted_address || home.restricted)},
                         {"Mobile", given(mobile)},
                         {"Email", given(email)},
                         {"School URN", pupil.school_urn.empty() ? Cell("n/a") : Cell(pupil.school_urn)},
                         {"School", given(pupil.school_name)},
                         {"Placing Authority", given(pupil.other_council_code)},
                         {"Placing Authority Ref", given(pupil.other_council_child_id)},
                         {"Record Restricted", yes_no(pupil.restricted_record)},
                         {"Restriction Reason", given(pupil.restriction_reason)},
                         {"Restricted From", typed_day(pupil.restricted_from, random)},
                         {"Merged With", marked ? Cell(pupil.duplicate_of) : Cell()},
                         {"Date Added", format_moment(pupil.created)},
                         {"Last Updated", format_moment(pupil.updated)}});
    }

    void add_staff() {
        for (const Team& team : county_.teams) {
            if (team.service == Service::virtual_school) teams_.add({team.code, team.name});
        }
        for (const WorkerIndex index : staff_) {
            const Worker& worker = county_.worker(index);
            staff_sheet_.add({worker.staff_number, worker.given + " " + worker.family, worker.role,
                              worker.team == kNone ? Cell() : Cell(county_.team(worker.team).code), given(worker.email),
                              format_day(worker.from)});
        }
    }

    static const SchoolEnrolment* school_on(const Person& person, Day day) {
        const SchoolEnrolment* found = nullptr;
        for (const SchoolEnrolment& enrolment : person.life.enrolments) {
            if (enrolment.from <= day && day < enrolment.to) found = &enrolment;
        }
        return found;
    }

    const PersonView* record(const Person& person, const CarePeriod& period, Day day) const {
        return view_.record_of(county_, person.index, day, static_cast<std::uint64_t>(period.from));
    }

    Cell staff_id(const Person& person) const {
        return staff_.empty() ? Cell() : Cell(county_.worker(staff_[person.index % staff_.size()]).staff_number);
    }

    void add_period(const Person& person, const CarePeriod& period, Random& random) {
        const PersonView* first = record(person, period, period.from);
        const Day end = std::min(period.to, kToday);
        if (first != nullptr && !staff_.empty() && end - period.from > 14) {
            append(caseload_, {{"ePEP ID", first->key},
                               {"Staff ID", staff_id(person)},
                               {"Role", answers_.code("PEP Adviser", "Cover")},
                               {"From", format_day(period.from + 7)},
                               {"To", period.to == kOpen ? Cell() : typed_day(period.to, random)}});
        }
        for (const Day day : period.education_plans) add_plan(person, period, day, random);
        const int present = school_year(kToday);
        for (int year = std::max(school_year(period.from), present - kAttendanceYears); year <= school_year(end);
             ++year) {
            for (const SchoolPeriod& week : school_weeks(year)) {
                if (week.from < period.from || week.to > end) continue;
                add_week(person, period, year, week, random);
            }
        }
        for (int year = school_year(period.from); year <= school_year(end); ++year) {
            const Day assessed = to_day(year + 1, 7, random.between(1, 12));
            if (assessed >= period.from && assessed < end) add_results(person, period, year, assessed, random);
        }
    }

    void add_plan(const Person& person, const CarePeriod& period, Day day, Random& random) {
        const PersonView* pupil = record(person, period, day);
        const SchoolEnrolment* enrolment = school_on(person, day);
        if (pupil == nullptr) return;
        const std::string key = plan_keys_.next();
        const bool done = random.chance(day < kToday - 60 ? 0.94 : 0.5);
        const int year = enrolment == nullptr ? 0 : curriculum_year_on(enrolment->entry_year, enrolment->from, day);
        static constexpr std::array<std::string_view, 3> kRatings = {"Green", "Amber", "Red"};
        static constexpr std::array<double, 3> kRatingWeights = {0.7, 0.25, 0.05};
        static constexpr std::array<std::string_view, 4> kViews = {
            "I like my school and want to do more art.", "Maths is hard but my tutor helps.",
            "I want to stay at this school when I move.", "I would like to go to college and learn to cook."};
        static constexpr std::array<std::string_view, 5> kTeachers = {"Mrs Whitcombe", "Mr Osei", "Ms Tremlett",
                                                                      "Mr Balogun", "Miss Farrow"};
        const std::string worker =
            period.worker == kNone ? ""
                                   : county_.worker(period.worker).given + " " + county_.worker(period.worker).family;
        append(plans_,
               {{"PEP Ref", key},
                {"ePEP ID", pupil->key},
                {"School URN", enrolment == nullptr ? Cell("n/a") : Cell(county_.school(enrolment->school).urn)},
                {"School", enrolment == nullptr ? Cell() : Cell(county_.school(enrolment->school).name)},
                {"Academic Year", academic_year(school_year(day))},
                {"Term", answers_.code(term_of(day), "Half term 3")},
                {"PEP Due", typed_day(day + 14, random)},
                {"PEP Meeting", done ? typed_day(day, random) : Cell()},
                {"Signed Off", done ? typed_day(std::min(day + random.between(3, 20), kToday), random) : Cell()},
                {"Status", answers_.code(done                ? "Complete"
                                         : day + 14 < kToday ? "Overdue"
                                                             : "In progress",
                                         "Parked")},
                {"QA Rating", Cell(done ? kRatings[random.weighted(kRatingWeights)] : "Awaiting QA")},
                {"NC Year", Cell(year_label(year))},
                {"Designated Teacher", Cell(random.pick(kTeachers))},
                {"Social Worker", given(worker)},
                {"Young Person Present", yes_no(done && random.chance(0.7))},
                {"Carer Present", yes_no(done && random.chance(0.85))},
                {"SEN Stage", Cell(sen_stage(person.life, day))},
                {"Child's Views", done ? Cell(random.pick(kViews)) : Cell()},
                {"PP+ Requested", done ? Cell(std::to_string(50 * random.between(0, 18))) : Cell()}});
        if (!done) return;
        const int targets = random.between(2, 4);
        for (int number = 1; number <= targets; ++number) add_target(*pupil, key, day, number, random);
        if (random.chance(0.6)) {
            const std::string document = document_keys_.next();
            documents_.add({document, pupil->key, key, answers_.code("PEP", "Scan"),
                            "PEP " + std::string(term_of(day)) + " " + academic_year(school_year(day)),
                            typed_day(day, random), key + ".pdf", staff_id(person)});
        }
    }

    static std::string_view sen_stage(const LifeCourse& life, Day day) {
        for (const EhcProcess& process : life.ehc) {
            if (process.plan_issued && process.plan_from <= day && day < process.plan_to) return "EHCP";
        }
        for (const SenSupport& support : life.sen_support) {
            if (support.from <= day && day < support.to) return "SEN Support";
        }
        return "None";
    }

    void add_target(const PersonView& pupil, const std::string& plan, Day day, int number, Random& random) {
        static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kTargets = {
            {{"English", "Read for ten minutes a day with the carer"},
             {"Maths", "Secure the four operations with fractions"},
             {"Science", "Hand in each piece of homework"},
             {"Attendance", "Be in school by half past eight each day"},
             {"Wellbeing", "Use the time-out card before leaving class"},
             {"Transition", "Visit the next school twice this term"},
             {"Enrichment", "Join one club after school"},
             {"Speech & Language", "Practise the sounds of the programme"}}};
        static constexpr std::array<std::string_view, 4> kOutcomes = {"Met", "Partially met", "Not met", "Ongoing"};
        static constexpr std::array<double, 4> kWeights = {0.5, 0.28, 0.12, 0.1};
        const auto& [area, text] = kTargets[random.index(kTargets.size())];
        const Day due = day + 110;
        const bool reviewed = due < kToday;
        append(targets_,
               {{"PEP Ref", plan},
                {"ePEP ID", pupil.key},
                {"Target No", std::to_string(number)},
                {"Area", answers_.code(area, "Life skills")},
                {"Target", Cell(text)},
                {"Support", random.chance(0.5) ? Cell("Weekly tutor") : Cell("Designated teacher")},
                {"PP+ Amount", random.chance(0.5) ? Cell(std::to_string(25 * random.between(1, 20))) : Cell()},
                {"Review By", typed_day(due, random)},
                {"Reviewed On", reviewed ? typed_day(due - random.between(0, 12), random) : Cell()},
                {"Outcome", Cell(reviewed ? kOutcomes[random.weighted(kWeights)] : "Ongoing")}});
    }

    void add_week(const Person& person, const CarePeriod& period, int year, const SchoolPeriod& week, Random& random) {
        const SchoolEnrolment* enrolment = school_on(person, week.from);
        const PersonView* pupil = record(person, period, week.from);
        if (enrolment == nullptr || pupil == nullptr) return;
        const int possible = week.sessions_within(week.from, week.to);
        int missed = 0;
        for (int session = 0; session < possible; ++session)
            missed += random.chance(1.0 - enrolment->attendance) ? 1 : 0;
        static constexpr std::array<std::string_view, 5> kCodes = {"I", "O", "M", "C", "E"};
        static constexpr std::array<double, 5> kWeights = {0.5, 0.25, 0.15, 0.06, 0.04};
        const std::string_view code = missed == 0 ? "" : kCodes[random.weighted(kWeights)];
        const int unauthorised = code == "O" ? missed : 0;
        const int percentage = static_cast<int>(std::lround(100.0 * (possible - missed) / possible));
        const School& school = county_.school(enrolment->school);
        append(attendance_, {{"ePEP ID", pupil->key},
                             {"School URN", school.urn},
                             {"School", school.name},
                             {"Academic Year", academic_year(year)},
                             {"Week Commencing", format_day(week.from)},
                             {"Week Ending", format_day(week.to)},
                             {"Possible", std::to_string(possible)},
                             {"Attended", std::to_string(possible - missed)},
                             {"Authorised", std::to_string(missed - unauthorised)},
                             {"Unauthorised", std::to_string(unauthorised)},
                             {"Educated Off Site", random.chance(0.02) ? "2" : "0"},
                             {"Late", random.chance(0.1) ? "1" : "0"},
                             {"% Attendance", std::to_string(percentage)},
                             {"Main Code", answers_.code(code, "??")},
                             {"Collected By", random.chance(0.9) ? "Welfare Call" : "School"},
                             {"Comment", missed > 6 ? Cell("Called the designated teacher") : Cell()}});
    }

    void add_results(const Person& person, const CarePeriod& period, int year, Day assessed, Random& random) {
        const SchoolEnrolment* enrolment = school_on(person, assessed);
        const PersonView* pupil = record(person, period, assessed);
        if (enrolment == nullptr || pupil == nullptr) return;
        const int stage_year = curriculum_year_on(enrolment->entry_year, enrolment->from, assessed);
        static constexpr std::array<std::string_view, 4> kSubjects = {"Reading", "Writing", "Maths", "Science"};
        static constexpr std::array<std::string_view, 4> kStandings = {"GDS", "ARE", "WTS", "PKS"};
        static constexpr std::array<double, 4> kWeights = {0.1, 0.38, 0.34, 0.18};
        static constexpr std::array<std::string_view, 3> kProgress = {"Expected", "Below expected", "Above expected"};
        for (const std::string_view subject : kSubjects) {
            const std::string_view standing = kStandings[random.weighted(kWeights)];
            const bool graded = stage_year >= 10;
            append(attainment_, {{"Record No", std::to_string(next_result_++)},
                                 {"ePEP ID", pupil->key},
                                 {"School URN", county_.school(enrolment->school).urn},
                                 {"Academic Year", academic_year(year)},
                                 {"Assessed On", typed_day(assessed, random)},
                                 {"Key Stage", Cell(key_stage(stage_year))},
                                 {"Subject", answers_.code(subject, "Forest school")},
                                 {"Type", Cell(graded && random.chance(0.4) ? "Test" : "TA")},
                                 {"Result", graded ? Cell(std::to_string(random.between(1, 8))) : Cell(standing)},
                                 {"Against ARE", Cell(standing)},
                                 {"Progress", Cell(random.pick(kProgress))}});
        }
    }

    void spoil() {
        const DirtyRates leaf{.orphans = 0.0008, .lost_parents = 0.0008, .key_conflicts = 0.0004, .duplicates = 0.0006};
        add_dirty_rows(pupils_, {"ePEP ID", "", "", "Mobile", "ask carer"}, {}, random_.stream("dirty pupils"));
        add_dirty_rows(plans_, {"PEP Ref", "ePEP ID", "", "School", "Moved"}, leaf, random_.stream("dirty plans"));
        add_dirty_rows(targets_, {"PEP Ref", "", "PEP Ref", "Support", "Mentor"}, leaf,
                       random_.stream("dirty targets"));
        add_dirty_rows(attainment_, {"Record No", "ePEP ID", "", "Result", "See report"}, leaf,
                       random_.stream("dirty results"));
        add_dirty_rows(attendance_, {"ePEP ID", "ePEP ID", "", "Comment", "Corrected by school"},
                       {.orphans = 0.0004, .key_conflicts = 0.0003, .duplicates = 0.0004},
                       random_.stream("dirty weeks"));
        add_dirty_rows(documents_, {"Document Ref", "ePEP ID", "", "Title", "Scan"}, leaf,
                       random_.stream("dirty documents"));
    }

    const County& county_;
    const SystemView& view_;
    const Random random_;
    const std::vector<WorkerIndex> staff_;
    FormAnswers answers_;
    KeySeries plan_keys_{"PEP-", 100'001, 6};
    KeySeries document_keys_{"VSD-", 100'001, 6};
    std::uint64_t next_result_ = 700'001;

    Table pupils_ = make_sheet("ePEP_Cohort", "Pupils",
                               {{"ePEP ID"},
                                {"UPN"},
                                {"ULN"},
                                {"Legal Surname"},
                                {"Legal Forename"},
                                {"Middle Name(s)"},
                                {"Known As"},
                                {"Date of Birth", ColumnType::date},
                                {"DOB Estimated"},
                                {"Age Disputed"},
                                {"Gender"},
                                {"Ethnicity"},
                                {"First Language"},
                                {"UASC"},
                                {"Placement Address"},
                                {"Placement Town"},
                                {"Placement Postcode"},
                                {"Placed Since", ColumnType::date},
                                {"Address Withheld"},
                                {"Mobile"},
                                {"Email"},
                                {"School URN"},
                                {"School"},
                                {"Placing Authority"},
                                {"Placing Authority Ref"},
                                {"Record Restricted"},
                                {"Restriction Reason"},
                                {"Restricted From", ColumnType::date},
                                {"Merged With"},
                                {"Date Added", ColumnType::timestamp},
                                {"Last Updated", ColumnType::timestamp}});
    Table teams_ = make_sheet("ePEP_Cohort", "Teams", {{"Team Code"}, {"Team"}});
    Table staff_sheet_ =
        make_sheet("ePEP_Cohort", "Staff",
                   {{"Staff ID"}, {"Name"}, {"Role"}, {"Team Code"}, {"Email"}, {"Started", ColumnType::date}});
    Table caseload_ =
        make_sheet("ePEP_Cohort", "Caseload",
                   {{"ePEP ID"}, {"Staff ID"}, {"Role"}, {"From", ColumnType::date}, {"To", ColumnType::date}});
    Table plans_ = make_sheet("ePEP_Plans", "PEPs",
                              {{"PEP Ref"},
                               {"ePEP ID"},
                               {"School URN"},
                               {"School"},
                               {"Academic Year"},
                               {"Term"},
                               {"PEP Due", ColumnType::date},
                               {"PEP Meeting", ColumnType::date},
                               {"Signed Off", ColumnType::date},
                               {"Status"},
                               {"QA Rating"},
                               {"NC Year"},
                               {"Designated Teacher"},
                               {"Social Worker"},
                               {"Young Person Present"},
                               {"Carer Present"},
                               {"SEN Stage"},
                               {"Child's Views"},
                               {"PP+ Requested", ColumnType::integer}});
    Table targets_ = make_sheet("ePEP_Plans", "Targets",
                                {{"PEP Ref"},
                                 {"ePEP ID"},
                                 {"Target No", ColumnType::integer},
                                 {"Area"},
                                 {"Target"},
                                 {"Support"},
                                 {"PP+ Amount", ColumnType::integer},
                                 {"Review By", ColumnType::date},
                                 {"Reviewed On", ColumnType::date},
                                 {"Outcome"}});
    Table documents_ = make_sheet("ePEP_Plans", "Documents",
                                  {{"Document Ref"},
                                   {"ePEP ID"},
                                   {"PEP Ref"},
                                   {"Type"},
                                   {"Title"},
                                   {"Date", ColumnType::date},
                                   {"File"},
                                   {"Staff ID"}});
    Table attainment_ = make_sheet("ePEP_Outcomes", "Attainment",
                                   {{"Record No", ColumnType::integer},
                                    {"ePEP ID"},
                                    {"School URN"},
                                    {"Academic Year"},
                                    {"Assessed On", ColumnType::date},
                                    {"Key Stage"},
                                    {"Subject"},
                                    {"Type"},
                                    {"Result"},
                                    {"Against ARE"},
                                    {"Progress"}});
    Table attendance_ = make_sheet("ePEP_Outcomes", "Attendance",
                                   {{"ePEP ID"},
                                    {"School URN"},
                                    {"School"},
                                    {"Academic Year"},
                                    {"Week Commencing", ColumnType::date},
                                    {"Week Ending", ColumnType::date},
                                    {"Possible", ColumnType::integer},
                                    {"Attended", ColumnType::integer},
                                    {"Authorised", ColumnType::integer},
                                    {"Unauthorised", ColumnType::integer},
                                    {"Educated Off Site", ColumnType::integer},
                                    {"Late", ColumnType::integer},
                                    {"% Attendance", ColumnType::integer},
                                    {"Main Code"},
                                    {"Collected By"},
                                    {"Comment"}});
};

}  // namespace

SystemDump simulate_virtual_school(const County& county, const SystemView& view, Random& random) {
    return SchoolWorkbooks(county, view, random.stream("virtual school")).write();
}

}  // namespace simulate
