#include <array>

#include "simulate_county/systems/social_care_writer.hpp"

namespace simulate {
namespace {

constexpr std::string_view kDay = "%Y-%m-%d 00:00:00";

constexpr std::array<CodePair, 3> kSex = {{{"M", "1"}, {"F", "2"}, {"U", "9"}}};
constexpr std::array<CodePair, 6> kGender = {
    {{"M", "MALE"}, {"F", "FEMALE"}, {"N", "NONBIN"}, {"O", "OTHER"}, {"U", "NK"}, {"X", "PNS"}}};
constexpr std::array<CodePair, 20> kEthnicity = {
    {{"WBRI", "A"}, {"WIRI", "B"}, {"WOTH", "C"}, {"WIRT", "T"}, {"WROM", "U"}, {"MWBC", "D"}, {"MWBA", "E"},
     {"MWAS", "F"}, {"MOTH", "G"}, {"AIND", "H"}, {"APKN", "J"}, {"ABAN", "K"}, {"AOTH", "L"}, {"BCRB", "M"},
     {"BAFR", "N"}, {"BOTH", "P"}, {"CHNE", "R"}, {"OOTH", "S"}, {"REFU", "X"}, {"NOBT", "Z"}}};
constexpr std::array<CodePair, 8> kImmigration = {{{"ASYLUM", "AS"},
                                                   {"REFUGEE", "REF"},
                                                   {"DLR", "DLR"},
                                                   {"ILR", "ILR"},
                                                   {"EUSS", "EUSS"},
                                                   {"NRPF", "NRPF"},
                                                   {"UKR", "UKR"},
                                                   {"OTHER", "OTH"}}};
constexpr std::array<CodePair, 3> kNhsStatus = {{{"verified", "01"}, {"unverified", "02"}, {"superseded", "SUP"}}};
constexpr std::array<CodePair, 5> kNameType = {
    {{"former", "FORMER"}, {"alias", "ALIAS"}, {"preferred", "KNOWN"}, {"birth", "BIRTH"}, {"legal", "LEGAL"}}};
constexpr std::array<CodePair, 6> kAddressType = {{{"home", "HOME"},
                                                   {"placement", "PLAC"},
                                                   {"previous", "PREV"},
                                                   {"correspondence", "CORR"},
                                                   {"temporary", "TEMP"},
                                                   {"communal", "INST"}}};
constexpr std::array<CodePair, 3> kPointType = {{{"mobile", "MOB"}, {"phone", "TEL"}, {"email", "EML"}}};
constexpr std::array<CodePair, 13> kRelation = {{{"mother", "MOTH"},
                                                 {"father", "FATH"},
                                                 {"sibling", "SIBL"},
                                                 {"half_sibling", "HSIB"},
                                                 {"child", "CHIL"},
                                                 {"step_parent", "STEP"},
                                                 {"grandparent", "GRAN"},
                                                 {"foster_carer", "FOST"},
                                                 {"adoptive_parent", "ADOP"},
                                                 {"partner", "PART"},
                                                 {"cousin", "COUS"},
                                                 {"other", "OTH"},
                                                 {"duplicate", "DUP"}}};
constexpr std::array<std::string_view, 11> kDisabilities = {"MOB",  "HAND", "PC",  "INC", "COMM", "LD",
                                                            "HEAR", "VIS",  "BEH", "CON", "AUT"};

Cell flag(bool value) {
    return value ? "Y" : "N";
}

Cell type_of(Person::Kind kind) {
    return kind == Person::Kind::child ? "C" : kind == Person::Kind::unborn ? "U" : "A";
}

Cell moment(Moment when) {
    return when == 0 ? Cell() : Cell(format_moment(when));
}

Cell day_or_null(Day day) {
    return day == 0 || day == kOpen ? Cell() : Cell(format_day(day, kDay));
}

}  // namespace

void SocialCareWriter::write_people() {
    append(table("PERSONS"), {{"PERSON_ID", "-1"}, {"PERSON_TYPE", "A"}, {"LAST_NAME", "UNKNOWN"}});
    for (const PersonView& person : view_.people) {
        write_person(person);
        write_histories(person);
    }
}

void SocialCareWriter::write_person(const PersonView& person) {
    Random random = random_.stream("person " + person.key);
    const bool unborn = person.kind == Person::Kind::unborn;
    Cell duplicated;
    if (!person.duplicate_of.empty() && random.chance(0.4)) duplicated = format_moment(person.updated);
    append(table("PERSONS"),
           {{"PERSON_ID", person.key},
            {"PERSON_TYPE", type_of(person.kind)},
            {"TITLE", given(person.title)},
            {"FIRST_NAME", given(person.given)},
            {"MIDDLE_NAMES", given(person.middle)},
            {"LAST_NAME", given(person.family)},
            {"KNOWN_AS", given(person.preferred)},
            {"DATE_OF_BIRTH", written(person.birth, kDay, "%Y-%m")},
            {"DOB_ESTIMATED", flag(person.birth.estimated)},
            {"DOB_DISPUTED", flag(person.birth.disputed)},
            {"DOB_EARLIEST", day_or_null(person.birth_earliest)},
            {"DOB_LATEST", day_or_null(person.birth_latest)},
            {"EXPECTED_DOB", written(person.expected_birth, kDay, "%Y-%m")},
            {"DATE_OF_DEATH", written(person.death, kDay, "%Y-%m")},
            {"GENDER_CODE", unborn ? Cell("0") : translate(person.sex, kSex)},
            {"GENDER_IDENTITY", translate(person.gender, kGender)},
            {"ETHNICITY_CODE", translate(person.ethnicity, kEthnicity)},
            {"FIRST_LANGUAGE", given(person.language)},
            {"NATIONALITY", given(person.nationality)},
            {"RELIGION", given(person.religion)},
            {"DISABLED_YN", person.disability ? flag(*person.disability) : Cell()},
            {"BIRTH_PLACE", given(person.birth_place)},
            {"NHS_ID", given(person.nhs_number)},
            {"NHS_STATUS", translate(person.nhs_status, kNhsStatus)},
            {"UPN_ID", given(person.upn)},
            {"UPN_UNKNOWN", given(person.upn_unknown_reason)},
            {"HOME_OFFICE_NO", given(person.home_office_reference)},
            {"UASC_YN", flag(person.unaccompanied)},
            {"IMMIGRATION_CODE", translate(person.immigration_status, kImmigration)},
            {"MULTIPLE_BIRTH_YN", flag(person.multiple_birth)},
            {"BIRTH_ORDER", person.birth_order ? Cell(std::to_string(*person.birth_order)) : Cell()},
            {"RESTRICTED_YN", flag(person.restricted_record)},
            {"RESTRICTION_REASON", person.restricted_record ? given(person.restriction_reason) : Cell()},
            {"RESTRICTED_FROM", person.restricted_record ? day_or_null(person.restricted_from) : Cell()},
            {"DUPLICATED_DTTM", duplicated},
            {"CREATED_DTTM", moment(person.created)},
            {"UPDATED_DTTM", moment(person.updated)}});

    if (!person.disability.value_or(false) || person.kind != Person::Kind::child) return;
    const std::size_t first = random.index(kDisabilities.size());
    const int count = random.between(1, 2);
    for (int i = 0; i < count; ++i) {
        append(table("DISABILITIES"),
               {{"DISABILITY_ID", key("DISABILITIES")},
                {"PERSON_ID", person.key},
                {"DISABILITY_CODE",
                 std::string(kDisabilities[(first + static_cast<std::size_t>(i) * 4) % kDisabilities.size()])},
                {"START_DATE", answers_.day(static_cast<Day>(person.created / 1440))}});
    }
}

void SocialCareWriter::write_histories(const PersonView& person) {
    for (const OtherNameView& name : person.other_names) {
        append(table("PERSON_NAMES"), {{"NAME_ID", key("PERSON_NAMES")},
                                       {"PERSON_ID", person.key},
                                       {"NAME_TYPE", translate(name.type, kNameType)},
                                       {"FIRST_NAME", given(name.given)},
                                       {"MIDDLE_NAMES", given(name.middle)},
                                       {"LAST_NAME", given(name.family)},
                                       {"START_DATE", day_or_null(name.from)},
                                       {"END_DATE", day_or_null(name.to)}});
    }
    const auto reference = [&](std::string_view type, const std::string& value, std::string_view status,
                               const std::string& issuer) {
        if (value.empty()) return;
        append(table("PERSON_REFERENCES"), {{"REFERENCE_ID", key("PERSON_REFERENCES")},
                                            {"PERSON_ID", person.key},
                                            {"REFERENCE_TYPE", std::string(type)},
                                            {"REFERENCE_VALUE", value},
                                            {"REFERENCE_STATUS", given(status)},
                                            {"ISSUER", given(issuer)}});
    };
    reference("NHS", person.nhs_superseded, "SUP", "");
    reference("UPN_OLD", person.upn_former, "FOR", "");
    reference("OLA", person.other_council_child_id, "", person.other_council_code);
    for (const AddressView& address : person.addresses) {
        append(table("PERSON_ADDRESSES"), {{"ADDRESS_ID", key("PERSON_ADDRESSES")},
                                           {"PERSON_ID", person.key},
                                           {"ADDRESS_TYPE", translate(address.type, kAddressType)},
                                           {"HOUSE", given(address.house)},
                                           {"STREET", given(address.street)},
                                           {"LOCALITY", given(address.locality)},
                                           {"TOWN", given(address.town)},
                                           {"COUNTY", given(address.county)},
                                           {"POST_CODE", given(address.postcode)},
                                           {"UPRN", given(address.uprn)},
                                           {"CONFIDENTIAL_YN", flag(address.restricted)},
                                           {"START_DATE", day_or_null(address.from)},
                                           {"END_DATE", day_or_null(address.to)},
                                           {"UPDATED_DTTM", moment(person.updated)}});
    }
    for (const ContactView& contact : person.contacts) {
        append(table("PERSON_CONTACT_POINTS"), {{"CONTACT_POINT_ID", key("PERSON_CONTACT_POINTS")},
                                                {"PERSON_ID", person.key},
                                                {"POINT_TYPE", translate(contact.type, kPointType)},
                                                {"POINT_VALUE", given(contact.value)},
                                                {"CONFIDENTIAL_YN", flag(contact.restricted)}});
    }
    for (const RelationView& relation : person.relations) {
        const bool parent = relation.type == "mother" || relation.type == "father";
        append(table("RELATIONSHIPS"), {{"RELATIONSHIP_ID", key("RELATIONSHIPS")},
                                        {"PERSON_ID", person.key},
                                        {"RELATED_PERSON_ID", given(relation.key)},
                                        {"RELATIONSHIP_TYPE", translate(relation.type, kRelation)},
                                        {"PR_YN", parent ? Cell("Y") : Cell()},
                                        {"MULTIPLE_BIRTH_YN", flag(relation.multiple_birth)}});
    }
}

}  // namespace simulate
