#include <algorithm>
#include <string>

#include "simulate_county/systems/education_cases.hpp"
#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/school_codes.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/unplaced_people.hpp"

namespace simulate {
namespace {

/// Since this day `sex_code` holds letters; older rows keep the numbers.
const Day kLettersForSex = to_day(2015, 9, 1);

std::string_view nhs_status(std::string_view status) {
    return status == "verified" ? "01" : status == "superseded" ? "SUP" : status.empty() ? "" : "02";
}

std::string_view gender_code(std::string_view gender) {
    return gender == "N" ? "NB" : gender == "U" ? "NK" : gender;
}

std::string_view yes_no(bool flag) {
    return flag ? "Y" : "N";
}

const OtherNameView* former_name(const PersonView& pupil) {
    for (const OtherNameView& name : pupil.other_names) {
        if (name.type == "former" || name.type == "birth") return &name;
    }
    return nullptr;
}

std::string contact(const PersonView& pupil, std::string_view type) {
    for (const ContactView& entry : pupil.contacts) {
        if (entry.type == type) return entry.value;
    }
    return "";
}

Cell day_cell(Day day) {
    return day == 0 || day == kOpen ? Cell() : Cell(format_day(day));
}

void add_student(Table& table, const PersonView& pupil, FormAnswers& answers, Random& random) {
    const OtherNameView* former = former_name(pupil);
    const AddressView* address = pupil.address();
    const AddressView none;
    const AddressView& home = address == nullptr ? none : *address;
    const bool letters = pupil.created >= at(kLettersForSex);
    const bool hidden = pupil.restricted_address || home.restricted;
    const bool marked = !pupil.duplicate_of.empty() && random.chance(0.35);
    append(table,
           {{"stud_id", pupil.key},
            {"stud_status", pupil.death.year ? "D"
                            : marked         ? "L"
                                             : "A"},
            {"upn", given(pupil.upn)},
            {"upn_former", given(pupil.upn_former)},
            {"upn_unknown", given(pupil.upn_unknown_reason)},
            {"uln", given(pupil.uln)},
            {"nhs_no", given(pupil.nhs_number)},
            {"nhs_status", given(nhs_status(pupil.nhs_status))},
            {"nhs_no_old", given(pupil.nhs_superseded)},
            {"legal_surname", given(pupil.family)},
            {"legal_forename", given(pupil.given)},
            {"legal_midnames", given(pupil.middle)},
            {"known_as", given(pupil.preferred)},
            {"former_surname", former == nullptr ? Cell() : given(former->family)},
            {"former_forename", former == nullptr || former->given == pupil.given ? Cell() : given(former->given)},
            {"name_changed", former == nullptr ? Cell() : day_cell(former->to)},
            {"dob", pupil.birth.text()},
            {"dob_verif", pupil.birth.estimated ? "E" : "V"},
            {"age_disputed", Cell(yes_no(pupil.birth.disputed))},
            {"date_of_death", pupil.death.text()},
            {"sex_code", given(letters ? std::string_view(pupil.sex) : numbered_sex(pupil.sex))},
            {"gender_ident", given(gender_code(pupil.gender))},
            {"ethnic_code", answers.code(census_ethnicity(pupil.ethnicity, pupil.language, random), "WXYZ")},
            {"lang_code", given(census_language(pupil.language))},
            {"religion", given(pupil.religion)},
            {"nationality", given(pupil.nationality)},
            {"birth_place", given(pupil.birth_place)},
            {"disab_flag", pupil.disability ? Cell(yes_no(*pupil.disability)) : Cell()},
            {"multi_birth", Cell(yes_no(pupil.multiple_birth))},
            {"birth_order", pupil.birth_order ? Cell(std::to_string(*pupil.birth_order)) : Cell()},
            {"addr_house", given(home.house)},
            {"addr_street", given(home.street)},
            {"addr_locality", given(home.locality)},
            {"addr_town", given(home.town)},
            {"addr_county", given(home.county)},
            {"addr_postcode", given(home.postcode)},
            {"addr_uprn", given(home.uprn)},
            {"addr_from", address == nullptr ? Cell() : answers.day(home.from)},
            {"addr_conf", Cell(yes_no(hidden))},
            {"tel_home", given(contact(pupil, "phone"))},
            {"tel_mobile", given(contact(pupil, "mobile"))},
            {"email", given(contact(pupil, "email"))},
            {"mother_surname", given(pupil.mother_family)},
            {"mother_forename", given(pupil.mother_given)},
            {"contact1_surname", given(pupil.guardian_family)},
            {"contact1_forename", given(pupil.guardian_given)},
            {"curr_urn", given(pupil.school_urn)},
            {"curr_school", given(pupil.school_name)},
            {"home_la", pupil.other_council_code.empty() ? Cell("938") : Cell(pupil.other_council_code)},
            {"home_la_ref", given(pupil.other_council_child_id)},
            {"rec_conf", Cell(yes_no(pupil.restricted_record))},
            {"conf_reason", given(pupil.restriction_reason)},
            {"conf_from", day_cell(pupil.restricted_from)},
            {"merged_into", marked ? Cell(pupil.duplicate_of) : Cell()},
            {"created_on", format_moment(pupil.created)},
            {"amended_on", format_moment(pupil.updated)}});
}

Table make_students(SystemDump& dump, const SystemView& view, const Random& random) {
    Table table;
    table.name = "stud_student";
    table.columns = {"stud_id",
                     "stud_status",
                     "upn",
                     "upn_former",
                     "upn_unknown",
                     "uln",
                     "nhs_no",
                     "nhs_status",
                     "nhs_no_old",
                     "legal_surname",
                     "legal_forename",
                     "legal_midnames",
                     "known_as",
                     "former_surname",
                     "former_forename",
                     "name_changed",
                     "dob",
                     "dob_verif",
                     "age_disputed",
                     "date_of_death",
                     "sex_code",
                     "gender_ident",
                     "ethnic_code",
                     "lang_code",
                     "religion",
                     "nationality",
                     "birth_place",
                     "disab_flag",
                     "multi_birth",
                     "birth_order",
                     "addr_house",
                     "addr_street",
                     "addr_locality",
                     "addr_town",
                     "addr_county",
                     "addr_postcode",
                     "addr_uprn",
                     "addr_from",
                     "addr_conf",
                     "tel_home",
                     "tel_mobile",
                     "email",
                     "mother_surname",
                     "mother_forename",
                     "contact1_surname",
                     "contact1_forename",
                     "curr_urn",
                     "curr_school",
                     "home_la",
                     "home_la_ref",
                     "rec_conf",
                     "conf_reason",
                     "conf_from",
                     "merged_into",
                     "created_on",
                     "amended_on"};
    table.types.assign(table.columns.size(), ColumnType::text);
    for (const std::string_view name : {"name_changed", "dob", "date_of_death", "addr_from", "conf_from"})
        table.types[table.column(name)] = ColumnType::date;
    table.types[table.column("birth_order")] = ColumnType::integer;
    table.types[table.column("created_on")] = ColumnType::timestamp;
    table.types[table.column("amended_on")] = ColumnType::timestamp;
    table.index = {"stud_id"};
    FormAnswers answers(random.stream("answers"), "%Y-%m-%d", 0.0004, 0.002);
    Random own = random.stream("students");
    for (const PersonView& pupil : view.people) add_student(table, pupil, answers, own);
    add_dirty_rows(table, {.key = "stud_id", .person = "", .parent = "", .changed = "stud_status", .other = "?"},
                   {.orphans = 0, .key_conflicts = 0.0004, .duplicates = 0.0006}, random.stream("dirty"));
    break_one_person(dump, table, "stud_id", view, DefectKind::undecodable_byte, "addr_town", random.stream("broken"));
    return table;
}

Table make_teams(const County& county) {
    Table table;
    table.name = "ews_area_team";
    table.columns = {"team_id", "team_name", "district", "open_from"};
    table.types = {ColumnType::text, ColumnType::text, ColumnType::text, ColumnType::date};
    table.index = {"team_id"};
    for (const Team& team : county.teams) {
        if (team.service != Service::education_welfare) continue;
        table.add({team.code, team.name, given(team.district), "2012-04-01"});
    }
    return table;
}

Table make_officers(const County& county) {
    Table table;
    table.name = "ews_officer";
    table.columns = {"officer_id", "staff_no", "surname",  "forename", "post_title",
                     "team_id",    "email",    "start_on", "end_on"};
    table.types.assign(9, ColumnType::text);
    table.types[7] = table.types[8] = ColumnType::date;
    table.index = {"officer_id"};
    for (const WorkerIndex index : county.workers_of(Service::education_welfare)) {
        const Worker& worker = county.worker(index);
        table.add({worker.staff_number, worker.staff_number, worker.family, worker.given, worker.role,
                   worker.team == kNone ? Cell() : Cell(county.team(worker.team).code), given(worker.email),
                   day_cell(worker.from), day_cell(worker.to)});
    }
    return table;
}

std::string_view phase_code(School::Phase phase) {
    switch (phase) {
        case School::Phase::primary:
            return "PS";
        case School::Phase::secondary:
            return "SS";
        case School::Phase::all_through:
            return "AT";
        case School::Phase::special:
            return "SP";
        case School::Phase::alternative:
            return "PR";
        case School::Phase::college:
            return "16";
    }
    return "";
}

Table make_schools(const County& county, Random random) {
    Table table;
    table.name = "base_school";
    table.columns = {"base_id", "urn",      "ukprn",  "la_estab", "base_name",    "phase_code", "estab_type", "street",
                     "town",    "postcode", "tel_no", "email",    "net_capacity", "open_date",  "close_date"};
    table.types.assign(table.columns.size(), ColumnType::text);
    table.types[table.column("net_capacity")] = ColumnType::integer;
    table.types[table.column("open_date")] = table.types[table.column("close_date")] = ColumnType::date;
    table.index = {"base_id"};
    for (std::uint32_t i = 0; i < county.schools.size(); ++i) {
        const School& school = county.schools[i];
        const Address none;
        const Address& address = school.address == kNone ? none : county.address(school.address);
        const std::string_view type = establishment_type(school, i);
        const bool own_company = type == "28" || type == "18";
        const int size = (school.highest_year - school.lowest_year + 1) * 30 * random.between(1, 4);
        append(table, {{"base_id", education_base_id(i)},
                       {"urn", given(school.urn)},
                       {"ukprn", own_company ? Cell("100" + padded(30000 + i, 5)) : Cell()},
                       {"la_estab", "938" + school.estab},
                       {"base_name", school.name},
                       {"phase_code", Cell(phase_code(school.phase))},
                       {"estab_type", Cell(type)},
                       {"street", given(address.street)},
                       {"town", given(address.town)},
                       {"postcode", given(address.postcode)},
                       {"tel_no", "01243 96" + padded(i, 4)},
                       {"email", "office@school" + school.urn + ".example"},
                       {"net_capacity", std::to_string(size)},
                       {"open_date", format_day(to_day(random.between(1948, 2016), 9, 1))}});
    }
    return table;
}

}  // namespace

std::string education_base_id(std::uint32_t school) {
    return "B" + padded(school + 1, 5);
}

SystemDump simulate_education(const County& county, const SystemView& view, Random& random) {
    SystemDump dump;
    dump.system = view.system;
    dump.tables.push_back(make_students(dump, view, random.stream("people")));
    dump.tables.push_back(make_teams(county));
    dump.tables.push_back(make_officers(county));
    dump.tables.push_back(make_schools(county, random.stream("schools")));
    add_education_cases(dump, county, view, random);
    return dump;
}

}  // namespace simulate
