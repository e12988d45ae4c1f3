#include "simulate_county/systems/send_casework.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace simulate {
namespace {

constexpr std::string_view kMomentForm = "%Y-%m-%dT%H:%M:%S";

/// Makes a table of the casework document: where its records stand, and each column with its path from the record.
Table make_table(std::string name, std::string path,
                 std::initializer_list<std::pair<std::string_view, std::string_view>> columns) {
    Table table;
    table.name = std::move(name);
    table.file = "casework_" + format_day(kToday, "%Y");
    table.path = std::move(path);
    for (const auto& [column, place] : columns) {
        table.columns.emplace_back(column);
        table.column_paths.emplace_back(place);
    }
    return table;
}

struct ProvisionKind {
    std::string_view code;
    std::string_view text;
};

constexpr std::array<ProvisionKind, 9> kProvisions = {{
    {"SALT", "Speech and language therapy with a programme carried out in class"},
    {"TA", "Support of a teaching assistant in lessons"},
    {"ST", "Specialist teaching in a small group"},
    {"OT", "Occupational therapy and a sensory diet"},
    {"PT", "Physiotherapy programme, reviewed each term"},
    {"EP", "Advice of an educational psychologist to staff"},
    {"CAMHS", "Sessions with a mental health practitioner"},
    {"HVI", "Visits of a teacher of the deaf or of the vision impaired"},
    {"EQ", "Equipment and training in its use"},
}};

}  // namespace

SendCasework::SendCasework(const County& county, const Random& random)
    : county_(county), random_(random), answers_(random.stream("casework answers"), "%Y-%m-%d", 0.001, 0.0015) {
    teams_ = make_table("team", "CaseworkExport/Teams/Team", {{"Code", "@code"}, {"Name", "."}});
    officers_ = make_table("officer", "CaseworkExport/Officers/Officer",
                           {{"OfficerID", "@id"},
                            {"StaffNumber", "StaffNumber"},
                            {"Given", "Name/Given"},
                            {"Family", "Name/Family"},
                            {"Role", "Role"},
                            {"Team", "@team"},
                            {"Email", "Email"},
                            {"From", "@from"},
                            {"Until", "@until"}});
    provisions_ = make_table("provision", "CaseworkExport/Provisions/Provision",
                             {{"ProvisionID", "@id"},
                              {"LocalID", "@person"},
                              {"NamedPlanID", "@plan"},
                              {"Type", "Type"},
                              {"Section", "Section"},
                              {"Description", "Description"},
                              {"HoursPerWeek", "HoursPerWeek"},
                              {"Provider", "Provider"},
                              {"AnnualCost", "AnnualCost"},
                              {"StartDate", "StartDate"},
                              {"EndDate", "EndDate"}});
    caseload_ = make_table("caseload", "CaseworkExport/Caseload/Allocation",
                           {{"AllocationID", "@id"},
                            {"LocalID", "@person"},
                            {"OfficerID", "@officer"},
                            {"Role", "Role"},
                            {"From", "From"},
                            {"Until", "Until"}});
    documents_ = make_table("document", "CaseworkExport/Documents/Document",
                            {{"DocumentID", "@id"},
                             {"LocalID", "@person"},
                             {"RequestID", "@request"},
                             {"Author", "@officer"},
                             {"Kind", "Kind"},
                             {"Title", "Title"},
                             {"Dated", "Dated"},
                             {"Filed", "Filed"},
                             {"File", "File"},
                             {"MediaType", "File/@type"},
                             {"Size", "File/@bytes"}});
    for (const Team& team : county.teams) {
        if (team.service == Service::send) teams_.add({team.code, team.name});
    }
    for (const WorkerIndex index : county.workers_of(Service::send)) {
        const Worker& worker = county.worker(index);
        officers_.add({worker.staff_number, worker.staff_number, worker.given, worker.family, worker.role,
                       worker.team == kNone ? Cell() : Cell(county.team(worker.team).code), given(worker.email),
                       format_day(worker.from), worker.to == kOpen ? Cell() : Cell(format_day(worker.to))});
    }
}

void SendCasework::add_provision(const EhcProcess& process, std::size_t index, const PersonView& person,
                                 const std::string& plan, Random& random) {
    const ProvisionKind& kind = kProvisions[random.index(kProvisions.size())];
    const Provider& provider = county_.provider(process.provisions[index]);
    const std::string hours = std::to_string(random.between(0, 24)) + ".";
    const std::string part_of_hour = random.chance(0.5) ? "50" : "00";
    append(provisions_, {{"ProvisionID", provision_keys_.next()},
                         {"LocalID", person.key},
                         {"NamedPlanID", plan},
                         {"Type", answers_.code(kind.code, "TBD")},
                         {"Section", "F"},
                         {"Description", Cell(kind.text)},
                         {"HoursPerWeek", hours + part_of_hour},
                         {"Provider", given(provider.name)},
                         {"AnnualCost", std::to_string(random.between(400, 16'000)) + ".00"},
                         {"StartDate", answers_.day(process.plan_from + random.between(5, 40))},
                         {"EndDate", answers_.day(process.plan_to)}});
}

void SendCasework::add_document(const PersonView& person, const std::string& request, const std::string& officer,
                                std::string_view kind, std::string_view title, Day dated, Random& random) {
    if (dated > kToday) return;
    const std::string key = document_keys_.next();
    append(documents_, {{"DocumentID", key},
                        {"LocalID", person.key},
                        {"RequestID", request},
                        {"Author", given(officer)},
                        {"Kind", answers_.code(kind, "Scan")},
                        {"Title", Cell(title)},
                        {"Dated", answers_.day(dated)},
                        {"Filed", format_moment(office_time(dated, random), kMomentForm)},
                        {"File", key + ".pdf"},
                        {"MediaType", "application/pdf"},
                        {"Size", std::to_string(random.between(20'000, 2'400'000))}});
}

void SendCasework::add_process(const EhcProcess& process, const PersonView& person, const std::string& request,
                               const std::string& plan, Random& random) {
    const std::string officer = process.worker == kNone ? "" : county_.worker(process.worker).staff_number;
    if (!officer.empty()) {
        const Day until = process.plan_issued ? process.plan_to : process.decided == 0 ? kOpen : process.decided + 30;
        append(caseload_, {{"AllocationID", allocation_keys_.next()},
                           {"LocalID", person.key},
                           {"OfficerID", officer},
                           {"Role", answers_.code("Case officer", "Temp cover")},
                           {"From", answers_.day(process.requested)},
                           {"Until", until > kToday ? Cell() : answers_.day(until)}});
    }
    add_document(person, request, officer, "Parent views", "Views of the family", process.requested + 3, random);
    if (process.decided != 0)
        add_document(person, request, officer, "Decision letter", "Decision on the request", process.decided, random);
    if (process.assessment_ended != 0) {
        add_document(person, request, officer, "Advice", "Educational advice", process.decided + 30, random);
        add_document(person, request, officer, "Medical advice", "Health advice", process.decided + 35, random);
    }
    if (!process.plan_issued) return;
    add_document(person, request, officer, "Final plan", "Education, health and care plan", process.plan_from, random);
    for (const Day review : process.reviews)
        add_document(person, request, officer, "Review report", "Report of the annual review", review + 10, random);
    for (std::size_t i = 0; i < process.provisions.size(); ++i) add_provision(process, i, person, plan, random);
}

void SendCasework::spoil() {
    add_dirty_rows(provisions_, {"ProvisionID", "LocalID", "NamedPlanID", "Section", "G"},
                   {.orphans = 0.001, .lost_parents = 0.001}, random_.stream("dirty provisions"));
    add_dirty_rows(caseload_, {"AllocationID", "LocalID", "", "Role", "Reviewing officer"}, {},
                   random_.stream("dirty caseload"));
    add_dirty_rows(documents_, {"DocumentID", "LocalID", "", "Title", "Scan"}, {}, random_.stream("dirty documents"));
}

void SendCasework::give(SystemDump& dump) {
    for (Table* table : {&teams_, &officers_, &provisions_, &caseload_, &documents_})
        dump.tables.push_back(std::move(*table));
}

}  // namespace simulate
