#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_map>

#include "simulate_county/systems/social_care_writer.hpp"

namespace simulate {
namespace {

constexpr std::array<Service, 7> kServices = {Service::assessment,   Service::child_protection, Service::looked_after,
                                              Service::leaving_care, Service::disability,       Service::conference,
                                              Service::adoption};
constexpr std::array<std::string_view, 7> kServiceNames = {"Assessment",   "Child protection", "Looked after children",
                                                           "Leaving care", "Disability",       "Conference and review",
                                                           "Adoption"};
constexpr std::array<std::string_view, 6> kOpenings = {"Visited as arranged. ",
                                                       "Arrived unannounced; let in after a while. ",
                                                       "Met at school, with the pastoral lead. ",
                                                       "Telephoned twice, no answer; seen later the same day. ",
                                                       "Seen with the health visitor. ",
                                                       "Seen at the placement. "};
constexpr std::array<std::string_view, 6> kMiddles = {
    "Presented as well, clean and talkative. ",
    "Quiet today; said that \xe2\x80\x9cnights are worse\xe2\x80\x9d. ",
    "The home was tidy;\nthe kitchen had been cleaned since the last visit. ",
    "Spoke about friends, football and the caf\xc3\xa9 on the sea front. ",
    "A disagreement with a step-parent was talked through, calmly. ",
    "Wants to see more of the grandparents. "};
constexpr std::array<std::string_view, 5> kEndings = {"Next visit agreed.", "To raise in supervision.",
                                                      "Plan unchanged; \"step down\" to be considered.",
                                                      "Asked the GP for an update.", "No new worries."};
constexpr std::array<CodePair, 3> kMediaTypes = {
    {{"pdf", "application/pdf"},
     {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
     {"msg", "application/vnd.ms-outlook"}}};

bool serves(Service service) {
    for (const Service own : kServices) {
        if (own == service) return true;
    }
    return false;
}

std::string name_of(Service service) {
    for (std::size_t i = 0; i < kServices.size(); ++i) {
        if (kServices[i] == service) return std::string(kServiceNames[i]);
    }
    return "Other";
}

}  // namespace

void SocialCareWriter::write_staff() {
    for (std::size_t i = 0; i < kServices.size(); ++i) {
        append(table("TEAMS"), {{"TEAM_ID", "SVC-" + std::to_string(i + 1)},
                                {"TEAM_NAME", std::string(kServiceNames[i])},
                                {"SERVICE", std::string(kServiceNames[i])}});
    }
    for (const Team& team : county_.teams) {
        if (!serves(team.service)) continue;
        const std::string service = name_of(team.service);
        std::size_t parent = 0;
        while (kServices[parent] != team.service) ++parent;
        append(table("TEAMS"), {{"TEAM_ID", team.code},
                                {"TEAM_NAME", team.name},
                                {"SERVICE", service},
                                {"PARENT_TEAM_ID", "SVC-" + std::to_string(parent + 1)},
                                {"PARENT_TEAM_NAME", service}});
    }
    Random random = random_.stream("staff");
    for (WorkerIndex i = 0; i < county_.workers.size(); ++i) {
        const Worker& worker = county_.workers[i];
        const bool part_time = random.chance(0.25);
        const bool agency = random.chance(0.15);
        if (worker.team == kNone || !serves(county_.team(worker.team).service)) continue;
        append(table("WORKERS"), {{"WORKER_ID", worker_key(i)},
                                  {"STAFF_NO", given(worker.staff_number)},
                                  {"FIRST_NAMES", given(worker.given)},
                                  {"LAST_NAMES", given(worker.family)},
                                  {"SWE_NO", given(worker.registration)},
                                  {"JOB_TITLE", given(worker.role)},
                                  {"DEPARTMENT", name_of(county_.team(worker.team).service)},
                                  {"TEAM_ID", county_.team(worker.team).code},
                                  {"FTE", part_time ? "0.6" : "1.0"},
                                  {"AGENCY_YN", agency ? "Y" : "N"},
                                  {"EMAIL", given(worker.email)},
                                  {"START_DATE", answers_.day(worker.from)},
                                  {"END_DATE", answers_.day(worker.to)}});
    }
}

void SocialCareWriter::write_involvement(const PersonView& record, WorkerIndex worker, std::string_view role, Day from,
                                         Day to, const Cell& referral) {
    if (worker == kNone) return;
    append(table("PERSON_WORKERS"), {{"INVOLVEMENT_ID", key("PERSON_WORKERS")},
                                     {"PERSON_ID", record.key},
                                     {"WORKER_ID", worker_key(worker)},
                                     {"TEAM_ID", team_of(worker)},
                                     {"ROLE_CODE", std::string(role)},
                                     {"START_DATE", answers_.day(from)},
                                     {"END_DATE", answers_.day(to)},
                                     {"CHANGE_REASON", to == kOpen ? Cell() : Cell("Work ended")},
                                     {"REFERRAL_ID", referral}});
}

void SocialCareWriter::write_note(const PersonView& record, std::string_view type, std::string_view title, Day day,
                                  WorkerIndex worker, Random& random) {
    std::string text(random.pick(kOpenings));
    const int sentences = random.between(1, 3);
    for (int i = 0; i < sentences; ++i) text += random.pick(kMiddles);
    text += random.pick(kEndings);
    const Moment event = office_time(day, random);
    append(table("CASE_NOTES"), {{"NOTE_ID", key("CASE_NOTES")},
                                 {"PERSON_ID", record.key},
                                 {"NOTE_TYPE", std::string(type)},
                                 {"TITLE", std::string(title)},
                                 {"NOTE_TEXT", text},
                                 {"EVENT_DTTM", format_moment(event)},
                                 {"RECORDED_DTTM", format_moment(event + random.between(30, 2000))},
                                 {"WORKER_ID", worker_key(worker)},
                                 {"RESTRICTED_YN", record.restricted_record && random.chance(0.5) ? "Y" : "N"}});
}

void SocialCareWriter::write_document(const PersonView& record, std::string_view type, std::string_view title, Day day,
                                      WorkerIndex worker, std::string_view object_type, const std::string& object) {
    const std::string document = key("DOCUMENTS");
    Random random = random_.stream("document " + document);
    const CodePair& media = random.pick(kMediaTypes);
    const std::string file = document + "." + std::string(media.first);
    append(table("DOCUMENTS"), {{"DOCUMENT_ID", document},
                                {"PERSON_ID", record.key},
                                {"TITLE", std::string(title)},
                                {"DOCUMENT_TYPE", std::string(type)},
                                {"DOCUMENT_DATE", answers_.day(day)},
                                {"FILED_DTTM", saved(day)},
                                {"FILE_NAME", file},
                                {"MIME_TYPE", std::string(media.second)},
                                {"FILE_SIZE", std::to_string(random.between(9'000, 2'400'000))},
                                {"STORE_PATH", "/docs/" + format_day(day, "%Y/%m") + "/" + file},
                                {"AUTHOR_ID", worker_key(worker)},
                                {"OBJECT_TYPE", std::string(object_type)},
                                {"OBJECT_ID", object},
                                {"MARKING", random.chance(0.2) ? Cell("OFFICIAL-SENSITIVE") : Cell()}});
}

Cell SocialCareWriter::worker_key(WorkerIndex worker) const {
    return worker == kNone ? Cell() : Cell(padded(50'001ULL + worker, 5));
}

Cell SocialCareWriter::team_of(WorkerIndex worker) const {
    if (worker == kNone || county_.workers[worker].team == kNone) return std::nullopt;
    return county_.team(county_.workers[worker].team).code;
}

Cell SocialCareWriter::saved(Day day) {
    const Moment latest = at(kToday, 18, 0);
    const Moment opened = office_time(day, clock_);
    const Moment when = opened + clock_.between(0, 3) * 1440;
    return format_moment(when < latest ? when : latest);
}

void SocialCareWriter::stamp_rows(Table& rows) const {
    const auto column = std::find(rows.columns.begin(), rows.columns.end(), "UPDATED_DTTM");
    if (column == rows.columns.end()) return;
    const auto stamp = static_cast<std::size_t>(column - rows.columns.begin());
    if (std::any_of(rows.rows.begin(), rows.rows.end(), [&](const Row& row) { return row[stamp].has_value(); })) return;
    std::unordered_map<std::string_view, Moment> saved_people;
    for (const PersonView& person : view_.people) saved_people.emplace(person.key, person.updated);
    std::vector<std::size_t> days;
    for (std::size_t i = 0; i < rows.columns.size(); ++i) {
        if (rows.columns[i].ends_with("_DATE") || rows.columns[i].ends_with("_DTTM")) days.push_back(i);
    }
    const std::size_t person = rows.column("PERSON_ID");
    const std::string today = format_day(kToday);
    for (Row& row : rows.rows) {
        std::string latest;
        std::string content;
        for (const std::size_t i : days) {
            const std::string day = row[i].value_or("").substr(0, today.size());
            if (day <= today) latest = std::max(latest, day);
        }
        for (const Cell& cell : row) content += cell.value_or("") + '|';
        Random random(random_.stream(content).next(), "saved");
        const auto known = saved_people.find(row[person].value_or(""));
        const std::string by_person = known == saved_people.end() ? today : format_moment(known->second);
        const int hour = random.between(8, 17);
        row[stamp] = (latest.empty() ? by_person.substr(0, today.size()) : latest) + " " +
                     padded(static_cast<std::uint64_t>(hour), 2) + ":" +
                     padded(static_cast<std::uint64_t>(random.between(0, 59)), 2) + ":00";
    }
}

}  // namespace simulate
