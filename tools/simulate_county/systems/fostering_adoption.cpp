#include <array>

#include "simulate_county/systems/fostering_adoption_writer.hpp"
#include "simulate_county/systems/registry.hpp"

namespace simulate {
namespace {

constexpr std::string_view kDay = "%d/%m/%Y";
constexpr std::string_view kMoment = "%d/%m/%Y %H:%M";
// Of the values on forms: about one date in 1,000 does not exist, one code in 700 is on no list.
constexpr double kBadDates = 0.001;
constexpr double kBadCodes = 0.0014;

constexpr std::array<CodePair, 3> kSex = {{{"M", "Male"}, {"F", "Female"}, {"U", "Unknown"}}};
constexpr std::array<CodePair, 20> kEthnicity = {
    {{"WBRI", "W/bri"}, {"WIRI", "W/iri"}, {"WIRT", "W/irt"}, {"WROM", "W/rom"}, {"WOTH", "W/oth"},
     {"MWBC", "M/wbc"}, {"MWBA", "M/wba"}, {"MWAS", "M/was"}, {"MOTH", "M/oth"}, {"AIND", "A/ind"},
     {"APKN", "A/pkn"}, {"ABAN", "A/ban"}, {"AOTH", "A/oth"}, {"BCRB", "B/crb"}, {"BAFR", "B/afr"},
     {"BOTH", "B/oth"}, {"CHNE", "C/hne"}, {"OOTH", "O/oth"}, {"REFU", "R/efu"}, {"NOBT", "N/obt"}}};
constexpr std::array<CodePair, 3> kTraced = {{{"verified", "Yes"}, {"unverified", "No"}, {"superseded", "Old"}}};
constexpr std::array<CodePair, 6> kAddressType = {{{"home", "Home address"},
                                                   {"placement", "Placement address"},
                                                   {"previous", "Previous address"},
                                                   {"correspondence", "Postal address"},
                                                   {"temporary", "Temporary address"},
                                                   {"communal", "Establishment"}}};
constexpr std::array<CodePair, 5> kNameType = {{{"legal", "Legal name"},
                                                {"preferred", "Known as"},
                                                {"former", "Previous name"},
                                                {"alias", "Also known as"},
                                                {"birth", "Birth name"}}};
constexpr std::array<CodePair, 13> kRelation = {{{"mother", "Mother of"},
                                                 {"father", "Father of"},
                                                 {"sibling", "Sibling of"},
                                                 {"half_sibling", "Half-sibling of"},
                                                 {"child", "Child of"},
                                                 {"step_parent", "Step-parent of"},
                                                 {"grandparent", "Grandparent of"},
                                                 {"foster_carer", "Foster carer of"},
                                                 {"adoptive_parent", "Adoptive parent of"},
                                                 {"partner", "Partner of"},
                                                 {"cousin", "Cousin of"},
                                                 {"other", "Other"},
                                                 {"duplicate", "Duplicate of"}}};

/// Writes ten digits the way they are printed on letters.
Cell spaced_nhs_number(const std::string& number) {
    if (number.size() != 10) return given(number);
    return number.substr(0, 3) + " " + number.substr(3, 3) + " " + number.substr(6);
}

Cell yes(bool value) {
    return value ? "Yes" : "No";
}

Cell moment(Moment when) {
    return when == 0 ? Cell() : Cell(format_moment(when, kMoment));
}

Cell day_or_null(Day day) {
    return day == 0 || day == kOpen ? Cell() : Cell(format_day(day, kDay));
}

Table file(std::string_view name, std::vector<std::string> columns) {
    Table table;
    table.name = name;
    table.file = std::string(name) + "_" + format_day(kToday, "%Y%m%d");
    table.encoding = "utf-8-bom";
    table.columns = std::move(columns);
    return table;
}

}  // namespace

FosteringAdoptionWriter::FosteringAdoptionWriter(const County& county, const SystemView& view, const Random& random)
    : county_(county),
      view_(view),
      random_(random.stream("fostering_adoption")),
      answers_(random.stream("fostering_adoption answers"), std::string(kDay), kBadDates, kBadCodes) {
    children_ = file("children", {"Child Ref",
                                  "First Name",
                                  "Middle Names",
                                  "Surname",
                                  "Known As",
                                  "Date of Birth",
                                  "DOB Estimated",
                                  "Date of Death",
                                  "Sex",
                                  "Ethnicity",
                                  "Religion",
                                  "Nationality",
                                  "Disabled",
                                  "NHS No",
                                  "NHS Traced",
                                  "House",
                                  "Street",
                                  "Locality",
                                  "Town",
                                  "County",
                                  "Post Code",
                                  "Address Type",
                                  "Address Confidential",
                                  "Moved In",
                                  "Placing Authority",
                                  "Placing Authority Ref",
                                  "Twin",
                                  "Restricted",
                                  "Restriction Reason",
                                  "Restricted From",
                                  "Created",
                                  "Amended"});
    carers_ = file("carers", {"Carer Ref",     "Title", "First Name", "Middle Names",       "Surname",      "Known As",
                              "Date of Birth", "Sex",   "Ethnicity",  "Nationality",        "House",        "Street",
                              "Locality",      "Town",  "County",     "Post Code",          "Address Type", "Telephone",
                              "Mobile",        "Email", "Restricted", "Restriction Reason", "Created",      "Amended"});
    names_ =
        file("names", {"Name Ref", "Person Ref", "Name Type", "First Name", "Middle Names", "Surname", "From", "To"});
    relationships_ = file("relationships", {"Relationship Ref", "Person Ref", "Related Ref", "Relationship", "Twin"});
    identity_members_ = file("identity_members", {"Domain Ref", "Kind", "Side", "System", "Person Ref", "Order Date"});
    teams_ = file("teams", {"Team Code", "Team Name", "Service"});
    workers_ = file("workers", {"Worker Ref", "First Name", "Surname", "Staff No", "SWE No", "Job Title", "Team Code",
                                "Email", "Start", "End"});
    households_ = file("households", {"Household Ref", "Type", "Status", "Agency", "Places", "Area",
                                      "Supervising Worker", "Registered", "Ended"});
    approvals_ = file(
        "approvals", {"Approval Ref", "Carer Ref", "Household Ref", "Approval Type", "Enquiry Date", "Application Date",
                      "Panel Date", "Approved Date", "Ended Date", "Status", "Age From", "Age To", "Places"});
    matches_ = file("matches", {"Match Ref", "Child Ref", "Household Ref", "Match Type", "Panel Date", "Match Date",
                                "Status", "Ended Date"});
    placements_ = file("placements", {"Placement Ref", "Child Ref", "Household Ref", "Placement Type", "Provider Code",
                                      "Provider", "Start Date", "End Date", "End Reason", "Post Code"});
    adoptions_ = file("adoptions", {"Adoption Ref",
                                    "Child Ref",
                                    "Birth Ref",
                                    "Adopted Ref",
                                    "Household Ref",
                                    "Decision Date",
                                    "Early Permanence Date",
                                    "Placement Order Date",
                                    "Matched Date",
                                    "Placed Date",
                                    "Order Date",
                                    "Reversed Date",
                                    "Reversed Reason",
                                    "Adopted By Carer",
                                    "Adopters",
                                    "Adopter Sex",
                                    "Adopter Legal Status",
                                    "Sibling Group",
                                    "Worker Ref",
                                    "Court Ref"});
    child_workers_ = file(
        "child_workers", {"Involvement Ref", "Child Ref", "Worker Ref", "Team Code", "Role", "Start Date", "End Date"});
    documents_ = file("documents", {"Document Ref", "Child Ref", "Title", "Type", "Document Date", "Filed", "File Name",
                                    "Media Type", "Size", "Folder", "Author Ref"});
}

void FosteringAdoptionWriter::write_people() {
    for (const PersonView& person : view_.people) {
        if (person.kind == Person::Kind::adult) {
            write_carer(person);
        } else {
            write_child(person);
        }
        write_ties(person);
    }
    for (const SealMember& member : view_.seal_members) {
        const bool adoption = member.kind == Seal::Kind::adoption;
        const bool earlier = member.side == Side::earlier;
        append(identity_members_, {{"Domain Ref", member.domain},
                                   {"Kind", adoption ? "AD" : "GR"},
                                   {"Side", adoption ? (earlier ? "Birth" : "New") : (earlier ? "Before" : "After")},
                                   {"System", member.system},
                                   {"Person Ref", member.key},
                                   {"Order Date", day_or_null(member.sealed_on)}});
    }
}

void FosteringAdoptionWriter::write_child(const PersonView& child) {
    const AddressView none;
    const AddressView& lives = child.address() == nullptr ? none : *child.address();
    append(children_, {{"Child Ref", child.key},
                       {"First Name", given(child.given)},
                       {"Middle Names", given(child.middle)},
                       {"Surname", given(child.family)},
                       {"Known As", given(child.preferred)},
                       {"Date of Birth", written(child.birth, kDay, "%m/%Y")},
                       {"DOB Estimated", yes(child.birth.estimated)},
                       {"Date of Death", written(child.death, kDay, "%m/%Y")},
                       {"Sex", translate(child.sex, kSex)},
                       {"Ethnicity", translate(child.ethnicity, kEthnicity)},
                       {"Religion", child.religion.empty() ? Cell("N/K") : Cell(child.religion)},
                       {"Nationality", given(child.nationality)},
                       {"Disabled", child.disability ? yes(*child.disability) : Cell("N/K")},
                       {"NHS No", spaced_nhs_number(child.nhs_number)},
                       {"NHS Traced", translate(child.nhs_status, kTraced)},
                       {"House", given(lives.house)},
                       {"Street", given(lives.street)},
                       {"Locality", given(lives.locality)},
                       {"Town", given(lives.town)},
                       {"County", given(lives.county)},
                       {"Post Code", given(lives.postcode)},
                       {"Address Type", translate(lives.type, kAddressType)},
                       {"Address Confidential", yes(lives.restricted)},
                       {"Moved In", day_or_null(lives.from)},
                       {"Placing Authority", given(child.other_council_code)},
                       {"Placing Authority Ref", given(child.other_council_child_id)},
                       {"Twin", yes(child.multiple_birth)},
                       {"Restricted", yes(child.restricted_record)},
                       {"Restriction Reason", child.restricted_record ? given(child.restriction_reason) : Cell()},
                       {"Restricted From", child.restricted_record ? day_or_null(child.restricted_from) : Cell()},
                       {"Created", moment(child.created)},
                       {"Amended", moment(child.updated)}});
}

void FosteringAdoptionWriter::write_carer(const PersonView& carer) {
    const AddressView none;
    const AddressView& lives = carer.address() == nullptr ? none : *carer.address();
    const auto contact = [&](std::string_view type) {
        for (const ContactView& candidate : carer.contacts) {
            if (candidate.type == type) return given(candidate.value);
        }
        return Cell();
    };
    append(carers_, {{"Carer Ref", carer.key},
                     {"Title", given(carer.title)},
                     {"First Name", given(carer.given)},
                     {"Middle Names", given(carer.middle)},
                     {"Surname", given(carer.family)},
                     {"Known As", given(carer.preferred)},
                     {"Date of Birth", written(carer.birth, kDay, "%m/%Y")},
                     {"Sex", translate(carer.sex, kSex)},
                     {"Ethnicity", translate(carer.ethnicity, kEthnicity)},
                     {"Nationality", given(carer.nationality)},
                     {"House", given(lives.house)},
                     {"Street", given(lives.street)},
                     {"Locality", given(lives.locality)},
                     {"Town", given(lives.town)},
                     {"County", given(lives.county)},
                     {"Post Code", given(lives.postcode)},
                     {"Address Type", translate(lives.type, kAddressType)},
                     {"Telephone", contact("phone")},
                     {"Mobile", contact("mobile")},
                     {"Email", contact("email")},
                     {"Restricted", yes(carer.restricted_record)},
                     {"Restriction Reason", carer.restricted_record ? given(carer.restriction_reason) : Cell()},
                     {"Created", moment(carer.created)},
                     {"Amended", moment(carer.updated)}});
}

void FosteringAdoptionWriter::write_ties(const PersonView& person) {
    for (const OtherNameView& name : person.other_names) {
        append(names_, {{"Name Ref", name_keys_.next()},
                        {"Person Ref", person.key},
                        {"Name Type", translate(name.type, kNameType)},
                        {"First Name", given(name.given)},
                        {"Middle Names", given(name.middle)},
                        {"Surname", given(name.family)},
                        {"From", day_or_null(name.from)},
                        {"To", day_or_null(name.to)}});
    }
    for (const RelationView& relation : person.relations) {
        append(relationships_, {{"Relationship Ref", relationship_keys_.next()},
                                {"Person Ref", person.key},
                                {"Related Ref", given(relation.key)},
                                {"Relationship", translate(relation.type, kRelation)},
                                {"Twin", yes(relation.multiple_birth)}});
    }
}

SystemDump FosteringAdoptionWriter::take_dump() {
    SystemDump dump;
    dump.system = "fostering_adoption";
    for (Table* table : {&children_, &carers_, &names_, &relationships_, &identity_members_, &teams_, &workers_,
                         &households_, &approvals_, &matches_, &placements_, &adoptions_, &child_workers_, &documents_})
        dump.tables.push_back(std::move(*table));
    return dump;
}

SystemDump simulate_fostering_adoption(const County& county, const SystemView& view, Random& random) {
    FosteringAdoptionWriter writer(county, view, random);
    writer.write_people();
    writer.write_staff();
    writer.write_households();
    writer.write_children_cases();
    writer.write_dirt();
    return writer.take_dump();
}

}  // namespace simulate
