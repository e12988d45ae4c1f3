#include <algorithm>
#include <array>

#include "simulate_county/systems/fostering_adoption_writer.hpp"

namespace simulate {
namespace {

constexpr std::string_view kCouncil = "West Sussex County Council";

constexpr std::array<CodePair, 6> kPlacementType = {{{"U1", "Connected person, long term"},
                                                     {"U2", "Connected person, fostering for adoption"},
                                                     {"U3", "Connected person"},
                                                     {"U4", "Foster carer, long term"},
                                                     {"U5", "Fostering for adoption"},
                                                     {"U6", "Foster carer"}}};
constexpr std::array<CodePair, 12> kEndReason = {{{"PLANP", "Care plan"},
                                                  {"CARPL", "Care plan"},
                                                  {"CLOSE", "Household closed"},
                                                  {"ALLEG", "Allegation"},
                                                  {"STAND", "Standards of care"},
                                                  {"APPRR", "Deregistered"},
                                                  {"CREQB", "Carer request, behaviour"},
                                                  {"CREQO", "Carer request"},
                                                  {"CHILD", "Child request"},
                                                  {"LAREQ", "Authority request"},
                                                  {"PLACE", "Status change"},
                                                  {"OTHER", "Other"}}};

std::string_view type_of(CarerHousehold::Kind kind) {
    switch (kind) {
        case CarerHousehold::Kind::kinship:
            return "Connected persons";
        case CarerHousehold::Kind::adopter:
            return "Adoption";
        case CarerHousehold::Kind::foster:
            break;
    }
    return "Mainstream fostering";
}

bool serves(Service service) {
    return service == Service::fostering || service == Service::adoption;
}

}  // namespace

void FosteringAdoptionWriter::write_staff() {
    for (const Team& team : county_.teams) {
        if (!serves(team.service)) continue;
        append(teams_, {{"Team Code", team.code},
                        {"Team Name", team.name},
                        {"Service", team.service == Service::adoption ? "Adoption" : "Fostering"}});
    }
    for (WorkerIndex i = 0; i < county_.workers.size(); ++i) {
        const Worker& worker = county_.workers[i];
        if (worker.team == kNone || !serves(county_.team(worker.team).service)) continue;
        append(workers_, {{"Worker Ref", worker_key(i)},
                          {"First Name", given(worker.given)},
                          {"Surname", given(worker.family)},
                          {"Staff No", given(worker.staff_number)},
                          {"SWE No", given(worker.registration)},
                          {"Job Title", given(worker.role)},
                          {"Team Code", county_.team(worker.team).code},
                          {"Email", given(worker.email)},
                          {"Start", answers_.day(worker.from)},
                          {"End", answers_.day(worker.to)}});
    }
}

void FosteringAdoptionWriter::write_households() {
    for (const CarerHousehold& household : county_.carer_households) {
        Random random = random_.stream("household", household.index);
        const bool ended = household.ended != kOpen && household.ended <= kToday;
        append(households_,
               {{"Household Ref", household_key(household.index)},
                {"Type", answers_.code(type_of(household.kind), "Temporary type")},
                {"Status", ended ? "Deregistered" : "Approved"},
                {"Agency", agency_of(household)},
                {"Places", std::to_string(household.capacity)},
                {"Area", household.address == kNone ? Cell() : given(county_.address(household.address).district)},
                {"Supervising Worker", worker_key(household.worker)},
                {"Registered", answers_.day(household.approved)},
                {"Ended", ended ? answers_.day(household.ended) : Cell()}});
        const int youngest = random.between(0, 8);
        for (const PersonIndex carer : household.carers) {
            const PersonView* record = view_.record_of(county_, carer, household.approved, household.index);
            if (record == nullptr) continue;
            const Day applied = household.applied == 0 ? household.approved - 180 : household.applied;
            append(approvals_, {{"Approval Ref", approval_keys_.next()},
                                {"Carer Ref", record->key},
                                {"Household Ref", household_key(household.index)},
                                {"Approval Type", std::string(type_of(household.kind))},
                                {"Enquiry Date", answers_.day(applied - random.between(20, 90))},
                                {"Application Date", answers_.day(applied)},
                                {"Panel Date", answers_.day(household.approved - random.between(3, 14))},
                                {"Approved Date", answers_.day(household.approved)},
                                {"Ended Date", ended ? answers_.day(household.ended) : Cell()},
                                {"Status", ended ? (random.chance(0.6) ? "Resigned" : "Deregistered") : "Approved"},
                                {"Age From", std::to_string(youngest)},
                                {"Age To", "17"},
                                {"Places", std::to_string(household.capacity)}});
        }
    }
}

void FosteringAdoptionWriter::write_children_cases() {
    for (const Person& person : county_.people) {
        for (const CarePeriod& care : person.life.care) {
            for (const Placement& placement : care.placements) {
                if (placement.carers == kNone || placement.type.starts_with("A")) continue;
                const PersonView* child =
                    view_.record_of(county_, person.index, placement.from, static_cast<std::uint64_t>(placement.from));
                if (child != nullptr) write_placement(*child, care, placement);
            }
        }
    }
    for (const Seal& seal : county_.seals) {
        if (seal.kind == Seal::Kind::adoption && seal.adoption != kNone)
            write_adoption(county_.adoptions[seal.adoption], seal);
    }
}

void FosteringAdoptionWriter::write_placement(const PersonView& child, const CarePeriod& care,
                                              const Placement& placement) {
    const CarerHousehold& household = county_.carer_households[placement.carers];
    Random random = random_.stream("placement " + child.key, static_cast<std::uint64_t>(placement.from));
    const bool connected = household.kind == CarerHousehold::Kind::kinship;
    const bool long_term = placement.type == "U4" || placement.type == "U1";
    const bool ended = placement.to != kOpen && placement.to <= kToday;
    if (random.chance(0.85)) {
        append(matches_, {{"Match Ref", match_keys_.next()},
                          {"Child Ref", child.key},
                          {"Household Ref", household_key(household.index)},
                          {"Match Type", connected   ? "Connected person"
                                         : long_term ? "Long term"
                                                     : "Short term"},
                          {"Panel Date", long_term ? answers_.day(placement.from - random.between(7, 40)) : Cell()},
                          {"Match Date", answers_.day(placement.from - random.between(0, 6))},
                          {"Status", answers_.code(ended ? "Ended" : "Agreed", "Provisional")},
                          {"Ended Date", ended ? answers_.day(placement.to) : Cell()}});
    }
    append(placements_,
           {{"Placement Ref", placement_keys_.next()},
            {"Child Ref", child.key},
            {"Household Ref", household_key(household.index)},
            {"Placement Type", translate(placement.type, kPlacementType)},
            {"Provider Code", given(placement.provider_type)},
            {"Provider", agency_of(household)},
            {"Start Date", answers_.day(placement.from)},
            {"End Date", answers_.day(placement.to)},
            {"End Reason", translate(placement.end_reason, kEndReason)},
            {"Post Code", household.address == kNone ? Cell() : given(county_.address(household.address).postcode)}});
    write_involvement(child, household.worker, "Supervising social worker", placement.from, placement.to);
    if (random.chance(0.3))
        write_involvement(child, care.worker, "Child's social worker", placement.from, placement.to);
    write_document(child, "Plan", "Placement plan", placement.from, household.worker);
    if (random.chance(0.5))
        write_document(child, "Form", "Delegated authority, signed by \"all\" parties", placement.from,
                       household.worker);
}

void FosteringAdoptionWriter::write_adoption(const Adoption& adoption, const Seal& seal) {
    const PersonView* birth =
        view_.record_of(county_, adoption.person, adoption.decision, static_cast<std::uint64_t>(adoption.decision));
    const PersonView* adopted = nullptr;
    for (const PersonView* record : view_.records_of(adoption.person)) {
        if (record->side == Side::later && adopted == nullptr) adopted = record;
    }
    if (birth != nullptr && birth->side == Side::later) birth = nullptr;
    const PersonView* child = birth != nullptr ? birth : adopted;
    if (child == nullptr) return;
    Random random = random_.stream("adoption", adoption.person);
    const CarerHousehold& household = county_.carer_households[adoption.adopters];
    std::string sexes;
    for (const PersonIndex carer : household.carers) {
        if (!sexes.empty()) sexes += '/';
        sexes += county_.person(carer).identity(Side::none).sex;
    }
    if (sexes == "F/M") sexes = "M/F";
    const bool pair = household.carers.size() > 1;
    const bool same_sex = sexes == "M/M" || sexes == "F/F";
    const Family* family = county_.person(adoption.person).family == kNone
                               ? nullptr
                               : &county_.families[county_.person(adoption.person).family];
    append(adoptions_, {{"Adoption Ref", seal.domain},
                        {"Child Ref", child->key},
                        {"Birth Ref", birth == nullptr ? Cell() : Cell(birth->key)},
                        {"Adopted Ref", adopted == nullptr ? Cell() : Cell(adopted->key)},
                        {"Household Ref", household_key(adoption.adopters)},
                        {"Decision Date", answers_.day(adoption.decision)},
                        {"Placement Order Date", answers_.day(adoption.placement_order)},
                        {"Matched Date", answers_.day(adoption.matched)},
                        {"Placed Date", answers_.day(adoption.placed)},
                        {"Order Date", answers_.day(adoption.order)},
                        {"Adopted By Carer", "No"},
                        {"Adopters", std::to_string(household.carers.size())},
                        {"Adopter Sex", given(sexes)},
                        {"Adopter Legal Status", !pair      ? "Single"
                                                 : same_sex ? "Married, same sex"
                                                            : (random.chance(0.7) ? "Married" : "Unmarried")},
                        {"Sibling Group", family != nullptr && family->children.size() > 1 ? "Yes" : "No"},
                        {"Worker Ref", worker_key(adoption.worker)},
                        {"Court Ref", "GU" + format_day(adoption.order, "%y") + "Z" +
                                          padded(static_cast<std::uint64_t>(random.between(1, 99'999)), 5)}});
    if (birth == nullptr) return;
    append(matches_, {{"Match Ref", match_keys_.next()},
                      {"Child Ref", birth->key},
                      {"Household Ref", household_key(adoption.adopters)},
                      {"Match Type", "Adoption"},
                      {"Panel Date", answers_.day(adoption.matched)},
                      {"Match Date", answers_.day(adoption.matched)},
                      {"Status", "Agreed"}});
    write_involvement(*birth, adoption.worker, "Family finder", adoption.decision, adoption.placed);
    write_document(*birth, "Panel report", "Permanence report", adoption.decision, adoption.worker);
}

void FosteringAdoptionWriter::write_involvement(const PersonView& child, WorkerIndex worker, std::string_view role,
                                                Day from, Day to) {
    if (worker == kNone) return;
    const std::uint32_t team = county_.workers[worker].team;
    append(child_workers_, {{"Involvement Ref", involvement_keys_.next()},
                            {"Child Ref", child.key},
                            {"Worker Ref", worker_key(worker)},
                            {"Team Code", team == kNone ? Cell() : Cell(county_.team(team).code)},
                            {"Role", answers_.code(role, "Duty")},
                            {"Start Date", answers_.day(from)},
                            {"End Date", answers_.day(to)}});
}

void FosteringAdoptionWriter::write_document(const PersonView& child, std::string_view type, std::string_view title,
                                             Day day, WorkerIndex worker) {
    const std::string document = document_keys_.next();
    Random random = random_.stream("document " + document);
    append(documents_, {{"Document Ref", document},
                        {"Child Ref", child.key},
                        {"Title", std::string(title)},
                        {"Type", std::string(type)},
                        {"Document Date", answers_.day(day)},
                        {"Filed", format_moment(office_time(day, random), "%d/%m/%Y %H:%M")},
                        {"File Name", document + ".pdf"},
                        {"Media Type", "application/pdf"},
                        {"Size", std::to_string(random.between(20'000, 1'500'000))},
                        {"Folder", "Children/" + child.key},
                        {"Author Ref", worker_key(worker)}});
}

void FosteringAdoptionWriter::write_dirt() {
    const DirtyRates rates{.orphans = 0.002, .lost_parents = 0.002, .key_conflicts = 0.002, .duplicates = 0.002};
    add_dirty_rows(approvals_, {"Approval Ref", "Carer Ref", "Household Ref", "Status", "On hold"}, rates,
                   random_.stream("dirt approvals"));
    add_dirty_rows(placements_, {"Placement Ref", "Child Ref", "Household Ref", "Provider", "Entered twice"}, rates,
                   random_.stream("dirt placements"));
    add_dirty_rows(documents_, {"Document Ref", "Child Ref", "", "Title", "Entered twice"}, rates,
                   random_.stream("dirt documents"));
    // One broken line of each kind, of the eight or more documents of even a small county.
    constexpr std::size_t kEnough = 8;
    if (documents_.rows.size() >= kEnough) {
        const std::size_t title = documents_.column("Title");
        documents_.defects = {{1, DefectKind::truncated_line, 0},
                              {2, DefectKind::over_wide, 0},
                              {3, DefectKind::too_narrow, 0},
                              {4, DefectKind::undecodable_byte, title},
                              {5, DefectKind::nul_byte, title}};
    }
    if (!child_workers_.rows.empty())
        child_workers_.defects = {{child_workers_.rows.size() - 1, DefectKind::unbalanced_quote, 0}};
}

Cell FosteringAdoptionWriter::worker_key(WorkerIndex worker) const {
    return worker == kNone ? Cell() : Cell("FW" + padded(worker + 1ULL, 5));
}

std::string FosteringAdoptionWriter::agency_of(const CarerHousehold& household) const {
    return household.agency == kNone ? std::string(kCouncil) : county_.provider(household.agency).name;
}

std::string FosteringAdoptionWriter::household_key(std::uint32_t household) {
    return "H" + padded(household + 1ULL, 5);
}

}  // namespace simulate
