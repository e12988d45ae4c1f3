#include <algorithm>
#include <array>
#include <string>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/source_rows.hpp"

namespace simulate {
namespace {

// Forms filled in by hand at the desk: days that do not exist and codes of an older list.
constexpr double kBadDate = 0.0008;
constexpr double kBadCode = 0.0008;

// What a local authority paid a setting for an hour, in pence.
constexpr int kHourlyPence = 558;

constexpr std::array<CodePair, 3> kSex = {{{"M", "B"}, {"F", "G"}, {"U", "X"}}};
constexpr std::array<CodePair, 6> kAddressKind = {{{"home", "H"},
                                                   {"placement", "P"},
                                                   {"previous", "V"},
                                                   {"correspondence", "C"},
                                                   {"temporary", "T"},
                                                   {"communal", "I"}}};
constexpr std::array<CodePair, 3> kNhsChecked = {{{"verified", "Y"}, {"unverified", "N"}, {"superseded", "H"}}};
constexpr std::array<CodePair, 37> kLanguage = {
    {{"ENG", "en"}, {"POL", "pl"}, {"RON", "ro"}, {"POR", "pt"}, {"LIT", "lt"}, {"BUL", "bg"}, {"UKR", "uk"},
     {"RUS", "ru"}, {"TUR", "tr"}, {"ARA", "ar"}, {"KUR", "ku"}, {"FAS", "fa"}, {"PUS", "ps"}, {"URD", "ur"},
     {"PAN", "pa"}, {"HIN", "hi"}, {"GUJ", "gu"}, {"TAM", "ta"}, {"MAL", "ml"}, {"BEN", "bn"}, {"NEP", "ne"},
     {"SIN", "si"}, {"CMN", "zh"}, {"VIE", "vi"}, {"THA", "th"}, {"TGL", "tl"}, {"YOR", "yo"}, {"IBO", "ig"},
     {"AKA", "ak"}, {"SOM", "so"}, {"TIR", "ti"}, {"AMH", "am"}, {"SPA", "es"}, {"FRA", "fr"}, {"ITA", "it"},
     {"DEU", "de"}, {"HUN", "hu"}}};
constexpr std::array<std::string_view, 8> kRoutes = {"SELF", "SELF", "HV", "HV", "MW", "EH", "CSC", "OTH"};
constexpr std::array<std::string_view, 12> kSessions = {"STAYPLAY", "STAYPLAY", "BABY",   "MASSAGE",
                                                        "CLINIC",   "TALK",     "STORY",  "PARENTING",
                                                        "SENSORY",  "OUTDOOR",  "CRECHE", "FEEDING"};

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::string_view yes_no(bool yes) {
    return yes ? "Y" : "N";
}

std::string setting_key(std::uint32_t provider) {
    return "S" + padded(provider + 100, 5);
}

/// One school term: the ends of a funded claim.
struct Term {
    Day from;
    Day to;
    std::string code;
    int weeks;
};

/// Gives the term a day lies in: spring, summer or autumn.
Term term_of(Day day) {
    const CivilDay civil = to_civil(day);
    const std::string year = std::to_string(civil.year);
    if (civil.month <= 3) return {to_day(civil.year, 1, 1), to_day(civil.year, 3, 31), year + "-SPR", 11};
    if (civil.month <= 8) return {to_day(civil.year, 4, 1), to_day(civil.year, 8, 31), year + "-SUM", 13};
    return {to_day(civil.year, 9, 1), to_day(civil.year, 12, 31), year + "-AUT", 14};
}

std::string hundredths(int amount) {
    return std::to_string(amount / 100) + "." + padded(static_cast<std::uint64_t>(amount % 100), 2);
}

class EarlyYears {
  public:
    EarlyYears(const County& county, const SystemView& view, Random& random)
        : county_(county),
          view_(view),
          random_(random),
          clock_(random.stream("clock")),
          answers_(random.stream("forms"), "%Y-%m-%d", kBadDate, kBadCode),
          staff_(county.workers_of(Service::early_years)) {}

    SystemDump write() {
        for (const PersonView& person : view_.people) add_member(person);
        add_localities_and_staff();
        add_settings();
        for (const Person& person : county_.people) {
            for (const EarlyYearsSpan& span : person.life.early_years) {
                if (county_.provider(span.provider).kind == Provider::Kind::childrens_centre) {
                    add_registration(person, span);
                } else {
                    add_claims(person, span);
                }
            }
        }
        spoil();
        SystemDump dump;
        dump.system = "early_years";
        for (Table* table :
             {&members_, &localities_, &staff_table_, &settings_, &registrations_, &attendances_, &claims_, &papers_})
            dump.tables.push_back(std::move(*table));
        return dump;
    }

  private:
    void add_member(const PersonView& person) {
        const AddressView* address = person.address();
        const auto contact = [&](std::string_view type) -> Cell {
            for (const ContactView& known : person.contacts) {
                if (known.type == type) return given(known.value);
            }
            return std::nullopt;
        };
        const auto status = person.kind == Person::Kind::unborn ? "U" : person.kind == Person::Kind::adult ? "A" : "C";
        append(members_,
               {{"member_id", person.key},
                {"member_status", status},
                {"last_name", given(person.family)},
                {"first_name", given(person.given)},
                {"middle_name", given(person.middle)},
                {"known_as", given(person.preferred)},
                {"title", given(person.title)},
                {"date_of_birth", written(person.birth, "%Y-%m-%d", "%Y-%m", "%Y")},
                {"dob_estimated", std::string(yes_no(person.birth.estimated))},
                {"due_date", person.expected_birth.text()},
                {"date_of_death", written(person.death, "%Y-%m-%d", "%Y-%m", "%Y")},
                {"gender", person.kind == Person::Kind::unborn ? Cell("N") : translate(person.sex, kSex)},
                {"ethnic_code", answers_.code(lower(person.ethnicity), "w1")},
                {"language_code",
                 translate(person.language, kLanguage) ? Cell(lower(*translate(person.language, kLanguage))) : Cell()},
                {"nationality", given(person.nationality)},
                {"religion", given(person.religion)},
                {"disability_yn", person.disability ? Cell(std::string(yes_no(*person.disability))) : Cell("n/k")},
                {"birth_place", given(person.birth_place)},
                {"nhs_no", given(person.nhs_number)},
                {"nhs_checked", person.nhs_number.empty() ? Cell() : translate(person.nhs_status, kNhsChecked)},
                {"household_id", given(person.family_key)},
                {"address_kind", address ? translate(address->type, kAddressKind) : Cell()},
                {"house_no_name", address ? given(address->house) : Cell()},
                {"street", address ? given(address->street) : Cell()},
                {"locality", address ? given(address->locality) : Cell()},
                {"town", address ? given(address->town) : Cell()},
                {"county", address ? given(address->county) : Cell()},
                {"postcode", address ? given(address->postcode) : Cell()},
                {"uprn", address ? given(address->uprn) : Cell()},
                {"address_from", address && address->from != 0 ? Cell(format_day(address->from)) : Cell()},
                {"address_hidden", std::string(yes_no(person.restricted_address || (address && address->restricted)))},
                {"mobile_phone", contact("mobile")},
                {"home_phone", contact("phone")},
                {"email_address", contact("email")},
                {"mother_first_name", given(person.mother_given)},
                {"mother_last_name", given(person.mother_family)},
                {"carer_first_name", given(person.guardian_given)},
                {"carer_last_name", given(person.guardian_family)},
                {"multiple_birth", std::string(yes_no(person.multiple_birth))},
                {"birth_order", person.birth_order ? Cell(std::to_string(*person.birth_order)) : Cell()},
                {"placing_la", given(person.other_council_code)},
                {"placing_la_ref", given(person.other_council_child_id)},
                {"confidential", std::string(yes_no(person.restricted_record))},
                {"confidential_why", given(person.restriction_reason)},
                {"confidential_from", person.restricted_from != 0 ? Cell(format_day(person.restricted_from)) : Cell()},
                {"created_ts", format_moment(person.created)},
                {"changed_ts", format_moment(person.updated)}});
    }

    void add_localities_and_staff() {
        for (const Team& team : county_.teams) {
            if (team.service != Service::early_years) continue;
            append(localities_, {{"locality_code", team.code},
                                 {"locality_name", team.name},
                                 {"district", given(team.district)},
                                 {"opened_on", "2011-04-01"}});
        }
        for (const WorkerIndex index : staff_) {
            const Worker& worker = county_.worker(index);
            append(staff_table_, {{"staff_id", worker.staff_number},
                                  {"staff_name", worker.given + " " + worker.family},
                                  {"staff_role", given(worker.role)},
                                  {"staff_email", given(worker.email)},
                                  {"locality_code", given(worker.team == kNone ? "" : county_.team(worker.team).code)},
                                  {"started_on", format_day(worker.from)},
                                  {"left_on", worker.to == kOpen ? Cell() : Cell(format_day(worker.to))}});
        }
    }

    void add_settings() {
        for (std::uint32_t i = 0; i < county_.providers.size(); ++i) {
            const Provider& provider = county_.provider(i);
            const bool centre = provider.kind == Provider::Kind::childrens_centre;
            if (!centre && provider.kind != Provider::Kind::nursery && provider.kind != Provider::Kind::childminder)
                continue;
            const Address& address = county_.address(provider.address);
            const bool minder = provider.kind == Provider::Kind::childminder;
            append(settings_, {{"setting_id", setting_key(i)},
                               {"setting_name", provider.name},
                               {"setting_kind", centre   ? (i % 3 == 0 ? "FH" : "CC")
                                                : minder ? "CM"
                                                         : (i % 4 == 0 ? "PS" : "DN")},
                               {"ofsted_urn", centre ? Cell() : given(provider.urn)},
                               {"address_line", address.house + ", " + address.street + ", " + address.town},
                               {"postcode", given(address.postcode)},
                               {"la_code", "938"},
                               {"places", std::to_string(minder ? 6 : 24 + static_cast<int>(i * 7 % 60))},
                               {"opened_on", format_day(to_day(2004 + static_cast<int>(i % 12), 9, 1))},
                               {"locality_code",
                                localities_.rows.empty() ? Cell() : localities_.rows[i % localities_.rows.size()][0]}});
        }
    }

    Cell member_of(const Person& person, Day day, std::uint64_t salt) const {
        const PersonView* known = view_.record_of(county_, person.index, day, salt);
        return known == nullptr ? Cell() : Cell(known->key);
    }

    Cell someone() { return staff_.empty() ? Cell() : Cell(county_.worker(random_.pick(staff_)).staff_number); }

    void add_registration(const Person& person, const EarlyYearsSpan& span) {
        const Cell member = member_of(person, span.from, span.provider);
        if (!member) return;
        const std::string key = registration_keys_.next();
        const bool open = span.to == kOpen;
        const Cell by = someone();
        append(registrations_,
               {{"registration_id", key},
                {"member_id", member},
                {"setting_id", setting_key(span.provider)},
                {"registered_on", answers_.day(span.from)},
                {"closed_on", answers_.day(span.to)},
                {"status_code", answers_.code(open                  ? "A"
                                              : random_.chance(0.7) ? "C"
                                              : random_.chance(0.5) ? "M"
                                                                    : "L",
                                              "Z")},
                {"locality_code", localities_.rows.empty() ? Cell() : random_.pick(localities_.rows)[0]},
                {"referral_route", std::string(random_.pick(kRoutes))},
                {"consent_share", random_.chance(0.03) ? Cell("n/k") : Cell(std::string(yes_no(random_.chance(0.9))))},
                {"two_year_offer", std::string(yes_no(random_.chance(0.25)))},
                {"lone_parent", std::string(yes_no(random_.chance(0.18)))},
                {"workless", std::string(yes_no(random_.chance(0.14)))},
                {"staff_id", by},
                {"changed_ts", format_moment(at(span.from, 9, random_.between(0, 59)))}});
        add_attendances(key, *member, span);
        if (random_.chance(0.4)) add_paper(key, *member, span.from, by);
    }

    // Families come weekly or so for a season or two, then seldom: half of all registrations see fewer than twenty
    // visits.
    void add_attendances(const std::string& registration, const std::string& member, const EarlyYearsSpan& span) {
        const Day last = std::min({span.to, kToday, span.from + random_.between(40, 620)});
        const int interval = random_.between(7, 18);
        for (Day day = to_working_day(span.from + random_.between(1, 20)); day <= last;
             day = to_working_day(day + interval + random_.between(-2, 6))) {
            const std::string session(random_.pick(kSessions));
            const double shown = random_.unit();
            const char* mark = shown < span.attendance          ? "/"
                               : shown < span.attendance + 0.03 ? "L"
                               : shown < 0.985                  ? "O"
                                                                : "X";
            append(attendances_, {{"attendance_id", attendance_keys_.next()},
                                  {"member_id", member},
                                  {"registration_id", registration},
                                  {"setting_id", setting_key(span.provider)},
                                  {"session_ref", session + "-" + format_day(day, "%Y%m%d")},
                                  {"session_type", session},
                                  {"session_date", answers_.day(day)},
                                  {"minutes", std::to_string(30 * random_.between(1, 5))},
                                  {"mark", answers_.code(mark, "?")},
                                  {"changed_ts", format_moment(entered(day))}});
        }
    }

    // Sheets are typed in the same evening or the one after.
    Moment entered(Day day) {
        constexpr int kEvening = 17;
        const Day typed = day + clock_.between(0, 1);
        return std::min(at(typed, kEvening, clock_.between(0, 59)), at(kToday, kEvening));
    }

    void add_paper(const std::string& registration, const std::string& member, Day day, const Cell& by) {
        const std::string key = paper_keys_.next();
        const bool consent = random_.chance(0.4);
        append(papers_, {{"paper_id", key},
                         {"member_id", member},
                         {"registration_id", registration},
                         {"paper_title", consent ? "Consent to share" : "Registration form"},
                         {"paper_kind", consent ? "CONS" : "REG"},
                         {"paper_date", answers_.day(day)},
                         {"scanned_ts", format_moment(office_time(day + random_.between(0, 9), random_))},
                         {"file_name", key + ".pdf"},
                         {"mime_type", "application/pdf"},
                         {"bytes", std::to_string(random_.between(9000, 400000))},
                         {"store_ref", "estart/" + format_day(day, "%Y") + "/" + key + ".pdf"},
                         {"staff_id", by}});
    }

    void add_claims(const Person& person, const EarlyYearsSpan& span) {
        const std::string scheme = span.disadvantaged_two ? "2YR" : span.funded_hours > 15 ? "W30" : "U15";
        const std::string eligibility = "50" + std::to_string(random_.between(100000000, 999999999));
        const bool stretched = random_.chance(0.2);
        const bool premium = random_.chance(0.12);
        for (Day day = span.from; day < std::min(span.to, kToday);) {
            const Term term = term_of(day);
            const Cell member = member_of(person, day, span.provider);
            const Day to = std::min(term.to, span.to);
            const int total = span.funded_hours * 100 * term.weeks;
            if (member) {
                append(claims_, {{"claim_id", claim_keys_.next()},
                                 {"member_id", member},
                                 {"setting_id", setting_key(span.provider)},
                                 {"scheme_code", answers_.code(scheme, "EXT")},
                                 {"term_code", term.code},
                                 {"claim_from", answers_.day(std::max(term.from, day))},
                                 {"claim_to", answers_.day(to)},
                                 {"hours_per_week", hundredths(span.funded_hours * 100)},
                                 {"weeks", std::to_string(term.weeks)},
                                 {"total_hours", hundredths(total)},
                                 {"stretched", std::string(yes_no(stretched))},
                                 {"eypp", std::string(yes_no(premium))},
                                 {"daf", std::string(yes_no(random_.chance(0.02)))},
                                 {"eligibility_code", scheme == "W30" ? Cell(eligibility) : Cell()},
                                 {"amount", hundredths(total / 100 * kHourlyPence)},
                                 {"claimed_on", format_moment(at(std::min(term.from + 20, kToday), 12))}});
            }
            day = term.to + 1;
        }
    }

    void spoil() {
        add_dirty_rows(registrations_,
                       {.key = "registration_id", .person = "member_id", .parent = {}, .changed = {}, .other = {}}, {},
                       random_.stream("dirty registrations"));
        add_dirty_rows(attendances_,
                       {.key = "attendance_id",
                        .person = "member_id",
                        .parent = "registration_id",
                        .changed = "minutes",
                        .other = "7"},
                       {.lost_parents = 0.001}, random_.stream("dirty attendances"));
        add_dirty_rows(claims_,
                       {.key = "claim_id", .person = "member_id", .parent = {}, .changed = "amount", .other = "0.01"},
                       {}, random_.stream("dirty claims"));
    }

    const County& county_;
    const SystemView& view_;
    Random& random_;
    Random clock_;
    FormAnswers answers_;
    std::vector<WorkerIndex> staff_;

    KeySeries registration_keys_{"R", 1001, 7};
    KeySeries attendance_keys_{"A", 10001, 8};
    KeySeries claim_keys_{"F", 1001, 7};
    KeySeries paper_keys_{"P", 1001, 7};

    Table members_{.name = "member",
                   .columns = {"member_id",
                               "member_status",
                               "last_name",
                               "first_name",
                               "middle_name",
                               "known_as",
                               "title",
                               "date_of_birth",
                               "dob_estimated",
                               "due_date",
                               "date_of_death",
                               "gender",
                               "ethnic_code",
                               "language_code",
                               "nationality",
                               "religion",
                               "disability_yn",
                               "birth_place",
                               "nhs_no",
                               "nhs_checked",
                               "household_id",
                               "address_kind",
                               "house_no_name",
                               "street",
                               "locality",
                               "town",
                               "county",
                               "postcode",
                               "uprn",
                               "address_from",
                               "address_hidden",
                               "mobile_phone",
                               "home_phone",
                               "email_address",
                               "mother_first_name",
                               "mother_last_name",
                               "carer_first_name",
                               "carer_last_name",
                               "multiple_birth",
                               "birth_order",
                               "placing_la",
                               "placing_la_ref",
                               "confidential",
                               "confidential_why",
                               "confidential_from",
                               "created_ts",
                               "changed_ts"},
                   .rows = {},
                   .index = {"member_id"}};
    Table localities_{.name = "locality",
                      .columns = {"locality_code", "locality_name", "district", "opened_on", "closed_on"},
                      .rows = {},
                      .index = {"locality_code"}};
    Table staff_table_{
        .name = "staff",
        .columns = {"staff_id", "staff_name", "staff_role", "staff_email", "locality_code", "started_on", "left_on"},
        .rows = {},
        .index = {"staff_id"}};
    Table settings_{
        .name = "setting",
        .columns = {"setting_id", "setting_name", "setting_kind", "ofsted_urn", "address_line", "postcode", "phone_no",
                    "email_address", "lead_body", "la_code", "places", "opened_on", "closed_on", "locality_code"},
        .rows = {},
        .index = {"setting_id"}};
    Table registrations_{.name = "registration",
                         .columns = {"registration_id", "member_id", "setting_id", "registered_on", "closed_on",
                                     "status_code", "locality_code", "referral_route", "consent_share",
                                     "two_year_offer", "lone_parent", "workless", "staff_id", "changed_ts"},
                         .rows = {},
                         .index = {"registration_id"}};
    Table attendances_{.name = "attendance",
                       .columns = {"attendance_id", "member_id", "registration_id", "setting_id", "session_ref",
                                   "session_type", "session_date", "minutes", "mark", "changed_ts"},
                       .rows = {},
                       .index = {"attendance_id"}};
    Table claims_{.name = "funded_claim",
                  .columns = {"claim_id", "member_id", "setting_id", "scheme_code", "term_code", "claim_from",
                              "claim_to", "hours_per_week", "weeks", "total_hours", "stretched", "eypp", "daf",
                              "eligibility_code", "amount", "claimed_on"},
                  .rows = {},
                  .index = {"claim_id"}};
    Table papers_{.name = "paperwork",
                  .columns = {"paper_id", "member_id", "registration_id", "paper_title", "paper_kind", "paper_date",
                              "scanned_ts", "file_name", "mime_type", "bytes", "store_ref", "staff_id"},
                  .rows = {},
                  .index = {"paper_id"}};
};

}  // namespace

SystemDump simulate_early_years(const County& county, const SystemView& view, Random& random) {
    return EarlyYears(county, view, random).write();
}

}  // namespace simulate
