#include <algorithm>
#include <array>
#include <stdexcept>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/social_care_writer.hpp"

namespace simulate {
namespace {

// Of the values on forms: about one date in 1,500 does not exist, one code in 1,200 is on no list.
constexpr double kBadDates = 0.0007;
constexpr double kBadCodes = 0.0008;
// One case note in 2,000 holds a byte of another encoding, pasted from a letter.
constexpr double kBadBytes = 0.0005;

struct TableLayout {
    std::string_view name;
    std::vector<std::string> columns;  // the key first
};

std::vector<TableLayout> layouts() {
    return {
        {"PERSONS", {"PERSON_ID",       "PERSON_TYPE",      "TITLE",
                     "FIRST_NAME",      "MIDDLE_NAMES",     "LAST_NAME",
                     "KNOWN_AS",        "DATE_OF_BIRTH",    "DOB_ESTIMATED",
                     "DOB_DISPUTED",    "DOB_EARLIEST",     "DOB_LATEST",
                     "EXPECTED_DOB",    "DATE_OF_DEATH",    "GENDER_CODE",
                     "GENDER_IDENTITY", "ETHNICITY_CODE",   "FIRST_LANGUAGE",
                     "NATIONALITY",     "RELIGION",         "DISABLED_YN",
                     "BIRTH_PLACE",     "NHS_ID",           "NHS_STATUS",
                     "UPN_ID",          "UPN_UNKNOWN",      "HOME_OFFICE_NO",
                     "UASC_YN",         "IMMIGRATION_CODE", "MULTIPLE_BIRTH_YN",
                     "BIRTH_ORDER",     "RESTRICTED_YN",    "RESTRICTION_REASON",
                     "RESTRICTED_FROM", "DUPLICATED_DTTM",  "CREATED_DTTM",
                     "UPDATED_DTTM"}},
        {"PERSON_NAMES",
         {"NAME_ID", "PERSON_ID", "NAME_TYPE", "FIRST_NAME", "MIDDLE_NAMES", "LAST_NAME", "START_DATE", "END_DATE",
          "UPDATED_DTTM"}},
        {"PERSON_REFERENCES",
         {"REFERENCE_ID", "PERSON_ID", "REFERENCE_TYPE", "REFERENCE_VALUE", "REFERENCE_STATUS", "ISSUER", "START_DATE",
          "END_DATE", "UPDATED_DTTM"}},
        {"PERSON_ADDRESSES",
         {"ADDRESS_ID", "PERSON_ID", "ADDRESS_TYPE", "HOUSE", "STREET", "LOCALITY", "TOWN", "COUNTY", "POST_CODE",
          "UPRN", "CONFIDENTIAL_YN", "START_DATE", "END_DATE", "UPDATED_DTTM"}},
        {"PERSON_CONTACT_POINTS",
         {"CONTACT_POINT_ID", "PERSON_ID", "POINT_TYPE", "POINT_VALUE", "CONFIDENTIAL_YN", "UPDATED_DTTM"}},
        {"RELATIONSHIPS",
         {"RELATIONSHIP_ID", "PERSON_ID", "RELATED_PERSON_ID", "RELATIONSHIP_TYPE", "PR_YN", "MULTIPLE_BIRTH_YN",
          "START_DATE", "END_DATE", "UPDATED_DTTM"}},
        {"TEAMS", {"TEAM_ID", "TEAM_NAME", "SERVICE", "PARENT_TEAM_ID", "PARENT_TEAM_NAME", "START_DATE", "END_DATE"}},
        {"WORKERS",
         {"WORKER_ID", "STAFF_NO", "FIRST_NAMES", "LAST_NAMES", "SWE_NO", "JOB_TITLE", "DEPARTMENT", "TEAM_ID", "FTE",
          "AGENCY_YN", "EMAIL", "START_DATE", "END_DATE"}},
        {"DISABILITIES", {"DISABILITY_ID", "PERSON_ID", "DISABILITY_CODE", "START_DATE", "END_DATE", "UPDATED_DTTM"}},
        {"CONTACTS",
         {"CONTACT_ID", "PERSON_ID", "CONTACT_DATE", "SOURCE_CODE", "SOURCE_DESC", "REASON", "OUTCOME_CODE",
          "OUTCOME_DATE", "TEAM_ID", "WORKER_ID", "UPDATED_DTTM"}},
        {"REFERRALS",
         {"REFERRAL_ID", "PERSON_ID", "CONTACT_ID", "REFERRAL_DATE", "SOURCE_CODE", "SOURCE_DESC", "PRIMARY_NEED",
          "OUTCOME_CODE", "NFA_YN", "CLOSED_DATE", "CLOSURE_REASON", "TEAM_ID", "WORKER_ID", "UPDATED_DTTM"}},
        {"PERSON_WORKERS",
         {"INVOLVEMENT_ID", "PERSON_ID", "WORKER_ID", "TEAM_ID", "ROLE_CODE", "START_DATE", "END_DATE", "CHANGE_REASON",
          "REFERRAL_ID", "UPDATED_DTTM"}},
        {"ASSESSMENTS",
         {"ASSESSMENT_ID", "PERSON_ID", "REFERRAL_ID", "START_DATE", "REVIEW_DATE", "AUTHORISED_DATE", "CHILD_SEEN_YN",
          "OUTCOME_CODE", "NFA_YN", "TEAM_ID", "WORKER_ID", "UPDATED_DTTM"}},
        {"ASSESSMENT_FACTORS", {"FACTOR_ID", "ASSESSMENT_ID", "PERSON_ID", "FACTOR_CODE", "UPDATED_DTTM"}},
        {"S47_ENQUIRIES",
         {"S47_ID", "PERSON_ID", "REFERRAL_ID", "START_DATE", "END_DATE", "OUTCOME_CODE", "NFA_YN",
          "ICPC_NOT_REQUIRED_YN", "TEAM_ID", "WORKER_ID", "UPDATED_DTTM"}},
        {"CP_CONFERENCES",
         {"CONFERENCE_ID", "PERSON_ID", "S47_ID", "REFERRAL_ID", "MEETING_ID", "CP_PLAN_ID", "TRANSFER_IN_YN",
          "TARGET_DATE", "CONFERENCE_DATE", "CP_PLAN_YN", "OUTCOME_CODE", "TEAM_ID", "WORKER_ID", "UPDATED_DTTM"}},
        {"CIN_PLANS",
         {"CIN_PLAN_ID", "PERSON_ID", "REFERRAL_ID", "START_DATE", "END_DATE", "TEAM_ID", "WORKER_ID", "UPDATED_DTTM"}},
        {"CP_PLANS",
         {"CP_PLAN_ID", "PERSON_ID", "REFERRAL_ID", "CONFERENCE_ID", "START_DATE", "END_DATE", "OLA_YN",
          "INITIAL_CATEGORY", "LATEST_CATEGORY", "PREVIOUS_PLANS", "UPDATED_DTTM"}},
        {"CP_REVIEWS",
         {"CP_REVIEW_ID", "PERSON_ID", "CP_PLAN_ID", "MEETING_ID", "DUE_DATE", "REVIEW_DATE", "CONTINUE_YN",
          "QUORATE_YN", "PARTICIPATION", "UPDATED_DTTM"}},
        {"CLA_EPISODES",
         {"EPISODE_ID", "PERSON_ID", "PERIOD_ID", "REFERRAL_ID", "PLACEMENT_ID", "START_DATE", "START_REASON",
          "NEED_CODE", "LEGAL_STATUS", "END_DATE", "END_REASON", "ENTERED_CARE_DATE", "IRO_CONTACT_DATE",
          "UPDATED_DTTM"}},
        {"CLA_PLACEMENTS",
         {"PLACEMENT_ID", "PERSON_ID", "PERIOD_ID", "START_DATE", "END_DATE", "PLACEMENT_TYPE", "PROVIDER_CODE",
          "PROVIDER_NAME", "OFSTED_URN", "POST_CODE", "DISTANCE", "CHANGE_REASON", "CARER_REF", "UPDATED_DTTM"}},
        {"LEGAL_STATUSES",
         {"LEGAL_STATUS_ID", "PERSON_ID", "STATUS_CODE", "START_DATE", "END_DATE", "COURT", "UPDATED_DTTM"}},
        {"CIN_VISITS",
         {"VISIT_ID", "PERSON_ID", "CIN_PLAN_ID", "VISIT_DATE", "SEEN_YN", "SEEN_ALONE_YN", "BEDROOM_YN", "WORKER_ID",
          "UPDATED_DTTM"}},
        {"CP_VISITS",
         {"VISIT_ID", "PERSON_ID", "CP_PLAN_ID", "VISIT_DATE", "SEEN_YN", "SEEN_ALONE_YN", "BEDROOM_YN", "WORKER_ID",
          "UPDATED_DTTM"}},
        {"CLA_VISITS",
         {"VISIT_ID", "PERSON_ID", "PERIOD_ID", "VISIT_DATE", "SEEN_YN", "SEEN_ALONE_YN", "WORKER_ID", "UPDATED_DTTM"}},
        {"CLA_REVIEWS",
         {"CLA_REVIEW_ID", "PERSON_ID", "PERIOD_ID", "DUE_DATE", "REVIEW_DATE", "CANCELLED_YN", "PARTICIPATION",
          "WORKER_ID", "UPDATED_DTTM"}},
        {"MISSING_EPISODES",
         {"MISSING_ID", "PERSON_ID", "EPISODE_TYPE", "START_DTTM", "END_DTTM", "RHI_OFFERED_YN", "RHI_ACCEPTED_YN",
          "POLICE_YN", "UPDATED_DTTM"}},
        {"CARE_LEAVERS",
         {"CARE_LEAVER_ID", "PERSON_ID", "ELIGIBILITY", "IN_TOUCH", "LATEST_CONTACT", "ACCOMMODATION", "SUITABLE_YN",
          "ACTIVITY", "PATHWAY_REVIEW", "ADVISER_ID", "TEAM_ID", "UPDATED_DTTM"}},
        {"PRE_PROCEEDINGS",
         {"PLO_ID", "PERSON_ID", "FAMILY_REF", "DECISION_DATE", "GATEWAY_OUTCOME", "LETTER_DATE", "FIRST_MEETING",
          "MEETINGS", "PARENTS_REPRESENTED", "OUTCOME_CODE", "OUTCOME_DATE", "ISSUE_LETTER_DATE", "COURT_REF",
          "INITIAL_PLAN", "FINAL_PLAN", "UPDATED_DTTM"}},
        {"CASE_NOTES",
         {"NOTE_ID", "PERSON_ID", "NOTE_TYPE", "TITLE", "NOTE_TEXT", "EVENT_DTTM", "RECORDED_DTTM", "WORKER_ID",
          "RESTRICTED_YN"}},
        {"DOCUMENTS",
         {"DOCUMENT_ID", "PERSON_ID", "TITLE", "DOCUMENT_TYPE", "DOCUMENT_DATE", "FILED_DTTM", "FILE_NAME", "MIME_TYPE",
          "FILE_SIZE", "STORE_PATH", "AUTHOR_ID", "OBJECT_TYPE", "OBJECT_ID", "MARKING"}},
    };
}

ColumnType type_of(std::string_view column) {
    if (column.ends_with("_DTTM")) return ColumnType::timestamp;
    if (column == "BIRTH_ORDER" || column == "PREVIOUS_PLANS" || column == "MEETINGS" || column == "FILE_SIZE")
        return ColumnType::integer;
    if (column == "FTE" || column == "DISTANCE") return ColumnType::decimal;
    return ColumnType::text;
}

}  // namespace

SocialCareWriter::SocialCareWriter(const County& county, const SystemView& view, const Random& random)
    : county_(county),
      view_(view),
      random_(random.stream("social_care")),
      clock_(random.stream("social_care saved")),
      answers_(random.stream("social_care answers"), "%Y-%m-%d 00:00:00", kBadDates, kBadCodes) {
    constexpr std::uint64_t kFirstKey = 10'000'001;  // each table's keys start ten million above the one before
    std::uint64_t first = kFirstKey;
    for (TableLayout& layout : layouts()) {
        Table made;
        made.name = layout.name;
        made.columns = std::move(layout.columns);
        for (const std::string& column : made.columns) made.types.push_back(type_of(column));
        made.index = {made.columns.front()};
        tables_.push_back(std::move(made));
        series_.emplace_back("", first, 9);
        first += 10'000'000;
    }
}

void SocialCareWriter::write_cases(const Person& person) {
    contacts_.clear();
    referrals_.clear();
    protection_plans_ = 0;
    write_contacts(person);
    for (const NeedEpisode& episode : person.life.need_episodes) write_need_episode(person, episode);
    write_care(person);
    write_care_leaver(person);
}

void SocialCareWriter::write_dirt() {
    // A row that nothing hangs from, in each of the larger tables.
    const auto dirty = [&](std::string_view name, std::string_view parent, std::string_view changed,
                           std::string_view other) {
        Table& leaf = table(name);
        DirtyRates rates;
        rates.lost_parents = parent.empty() ? 0.0 : 0.0005;
        add_dirty_rows(leaf, {leaf.columns.front(), "PERSON_ID", parent, changed, other}, rates,
                       random_.stream("dirt " + std::string(name)));
    };
    dirty("CONTACTS", "", "REASON", "entered twice");
    dirty("PERSON_WORKERS", "", "CHANGE_REASON", "entered twice");
    dirty("ASSESSMENT_FACTORS", "ASSESSMENT_ID", "", "");
    dirty("CIN_VISITS", "CIN_PLAN_ID", "", "");
    dirty("CP_VISITS", "CP_PLAN_ID", "VISIT_DATE", "2001-01-01 00:00:00");
    dirty("CLA_VISITS", "", "VISIT_DATE", "2001-01-01 00:00:00");
    dirty("CP_REVIEWS", "CP_PLAN_ID", "", "");
    dirty("CASE_NOTES", "", "TITLE", "entered twice");
    dirty("DOCUMENTS", "", "TITLE", "entered twice");

    // Rows of the placeholder person, as old interfaces leave them.
    Table& contacts = table("CONTACTS");
    append(contacts, {{"CONTACT_ID", key("CONTACTS")},
                      {"PERSON_ID", "-1"},
                      {"CONTACT_DATE", "1900-01-01 00:00:00"},
                      {"SOURCE_CODE", "10"},
                      {"OUTCOME_CODE", "NFA"}});

    // The first two people occur twice, byte for byte: a restored backup.
    Table& persons = table("PERSONS");
    for (std::size_t i = 1; i <= 2 && i < persons.rows.size(); ++i) persons.rows.push_back(Row(persons.rows[i]));

    Table& notes = table("CASE_NOTES");
    Random random = random_.stream("bytes");
    const std::size_t text = notes.column("NOTE_TEXT");
    for (std::size_t row = 0; row < notes.rows.size(); ++row) {
        if (random.chance(kBadBytes) || row == 7) notes.defects.push_back({row, DefectKind::undecodable_byte, text});
    }
}

SystemDump SocialCareWriter::take_dump() {
    for (Table& each : tables_) stamp_rows(each);
    SystemDump dump;
    dump.system = "social_care";
    dump.tables = std::move(tables_);
    return dump;
}

Table& SocialCareWriter::table(std::string_view name) {
    const auto found =
        std::find_if(tables_.begin(), tables_.end(), [&](const Table& candidate) { return candidate.name == name; });
    if (found == tables_.end()) throw std::logic_error("no table " + std::string(name));
    return *found;
}

std::string SocialCareWriter::key(std::string_view table_name) {
    return series_[static_cast<std::size_t>(&table(table_name) - tables_.data())].next();
}

SystemDump simulate_social_care(const County& county, const SystemView& view, Random& random) {
    SocialCareWriter writer(county, view, random);
    writer.write_people();
    writer.write_staff();
    for (const Person& person : county.people) writer.write_cases(person);
    writer.write_dirt();
    return writer.take_dump();
}

}  // namespace simulate
