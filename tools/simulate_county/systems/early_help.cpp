#include <algorithm>
#include <array>

#include "simulate_county/systems/early_help_writer.hpp"
#include "simulate_county/systems/registry.hpp"

namespace simulate {
namespace {

// Of the values on forms: about one date in 1,500 does not exist, one code in 1,000 is on no list.
constexpr double kBadDates = 0.0007;
constexpr double kBadCodes = 0.001;

constexpr std::array<CodePair, 3> kSex = {{{"M", "Male"}, {"F", "Female"}, {"U", "Not known"}}};
constexpr std::array<CodePair, 6> kGender = {{{"M", "Male"},
                                              {"F", "Female"},
                                              {"N", "Non-binary"},
                                              {"O", "Other"},
                                              {"U", "Not known"},
                                              {"X", "Prefer not to say"}}};
constexpr std::array<CodePair, 20> kEthnicity = {{{"WBRI", "White British"},
                                                  {"WIRI", "White Irish"},
                                                  {"WIRT", "Traveller of Irish heritage"},
                                                  {"WROM", "Gypsy or Roma"},
                                                  {"WOTH", "Any other White background"},
                                                  {"MWBC", "White and Black Caribbean"},
                                                  {"MWBA", "White and Black African"},
                                                  {"MWAS", "White and Asian"},
                                                  {"MOTH", "Any other mixed background"},
                                                  {"AIND", "Indian"},
                                                  {"APKN", "Pakistani"},
                                                  {"ABAN", "Bangladeshi"},
                                                  {"AOTH", "Any other Asian background"},
                                                  {"BCRB", "Black Caribbean"},
                                                  {"BAFR", "Black African"},
                                                  {"BOTH", "Any other Black background"},
                                                  {"CHNE", "Chinese"},
                                                  {"OOTH", "Any other ethnic group"},
                                                  {"REFU", "Refused"},
                                                  {"NOBT", "Information not yet obtained"}}};
constexpr std::array<CodePair, 39> kLanguage = {
    {{"ENG", "en"}, {"POL", "pl"}, {"RON", "ro"}, {"POR", "pt"},  {"LIT", "lt"}, {"BUL", "bg"}, {"UKR", "uk"},
     {"RUS", "ru"}, {"TUR", "tr"}, {"ARA", "ar"}, {"KUR", "ku"},  {"FAS", "fa"}, {"PUS", "ps"}, {"URD", "ur"},
     {"PAN", "pa"}, {"HIN", "hi"}, {"GUJ", "gu"}, {"TAM", "ta"},  {"MAL", "ml"}, {"BEN", "bn"}, {"SYL", "syl"},
     {"NEP", "ne"}, {"SIN", "si"}, {"CMN", "zh"}, {"YUE", "yue"}, {"VIE", "vi"}, {"THA", "th"}, {"TGL", "tl"},
     {"YOR", "yo"}, {"IBO", "ig"}, {"AKA", "ak"}, {"SOM", "so"},  {"TIR", "ti"}, {"AMH", "am"}, {"SPA", "es"},
     {"FRA", "fr"}, {"ITA", "it"}, {"DEU", "de"}, {"HUN", "hu"}}};
constexpr std::array<CodePair, 3> kNhsStatus = {
    {{"verified", "Traced"}, {"unverified", "Not traced"}, {"superseded", "Replaced"}}};
constexpr std::array<CodePair, 6> kAddressKind = {{{"home", "Home"},
                                                   {"placement", "Placement"},
                                                   {"previous", "Previous"},
                                                   {"correspondence", "Correspondence"},
                                                   {"temporary", "Temporary"},
                                                   {"communal", "Communal"}}};
constexpr std::array<CodePair, 13> kRelation = {{{"mother", "Mother"},
                                                 {"father", "Father"},
                                                 {"sibling", "Sibling"},
                                                 {"half_sibling", "Half-sibling"},
                                                 {"child", "Child"},
                                                 {"step_parent", "Step-parent"},
                                                 {"grandparent", "Grandparent"},
                                                 {"foster_carer", "Foster carer"},
                                                 {"adoptive_parent", "Adoptive parent"},
                                                 {"partner", "Partner"},
                                                 {"cousin", "Cousin"},
                                                 {"other", "Other"},
                                                 {"duplicate", "Duplicate record"}}};
/// Makes a resource whose members are named as its columns, or stand where `paths` says ("" = nowhere).
Table resource(std::string name, std::vector<std::string> columns, std::vector<std::string> paths = {},
               const std::vector<std::string_view>& booleans = {}) {
    Table table;
    table.name = std::move(name);
    for (const std::string& column : columns) {
        const bool is_boolean = std::find(booleans.begin(), booleans.end(), column) != booleans.end();
        table.types.push_back(is_boolean ? ColumnType::boolean : ColumnType::text);
        table.column_paths.push_back("/" + column);
    }
    if (!paths.empty()) table.column_paths = std::move(paths);
    table.columns = std::move(columns);
    return table;
}

/// Nests a resource in another one's objects: `link` is a column of both.
Table nested(Table table, std::string parent, std::string link, std::string path) {
    table.parent = std::move(parent);
    table.parent_link = link;
    table.parent_key = std::move(link);
    table.path = std::move(path);
    return table;
}

}  // namespace

EarlyHelpWriter::EarlyHelpWriter(const County& county, const SystemView& view, const Random& random)
    : county_(county),
      view_(view),
      random_(random.stream("early_help")),
      answers_(random.stream("early_help answers"), "%Y-%m-%d", kBadDates, kBadCodes) {
    family_rows_ = resource("families", {"familyId", "reference", "familyName", "status", "openedDate", "closedDate",
                                         "teamId", "leadWorkerId", "updatedAt"});
    member_rows_ = nested(
        resource("members",
                 {"memberId",
                  "familyId",
                  "personType",
                  "title",
                  "givenName",
                  "middleNames",
                  "familyName",
                  "knownAs",
                  "dateOfBirth",
                  "dateOfBirthEstimated",
                  "expectedDateOfBirth",
                  "dateOfDeath",
                  "sex",
                  "genderIdentity",
                  "ethnicity",
                  "firstLanguage",
                  "nationality",
                  "religion",
                  "hasDisability",
                  "birthPlace",
                  "nhsNumber",
                  "nhsNumberStatus",
                  "multipleBirth",
                  "birthOrder",
                  "house",
                  "street",
                  "locality",
                  "town",
                  "county",
                  "postcode",
                  "uprn",
                  "addressKind",
                  "addressConfidential",
                  "addressFrom",
                  "mobile",
                  "telephone",
                  "email",
                  "restricted",
                  "restrictionReason",
                  "restrictedFrom",
                  "createdAt",
                  "updatedAt"},
                 {"/memberId",
                  "",
                  "/personType",
                  "/name/title",
                  "/name/given",
                  "/name/middle",
                  "/name/family",
                  "/name/knownAs",
                  "/dateOfBirth",
                  "/dateOfBirthEstimated",
                  "/expectedDateOfBirth",
                  "/dateOfDeath",
                  "/sex",
                  "/genderIdentity",
                  "/ethnicity",
                  "/firstLanguage",
                  "/nationality",
                  "/religion",
                  "/hasDisability",
                  "/birthPlace",
                  "/nhsNumber",
                  "/nhsNumberStatus",
                  "/multipleBirth",
                  "/birthOrder",
                  "/address/house",
                  "/address/street",
                  "/address/locality",
                  "/address/town",
                  "/address/county",
                  "/address/postcode",
                  "/address/uprn",
                  "/address/kind",
                  "/address/confidential",
                  "/address/from",
                  "/contact/mobile",
                  "/contact/telephone",
                  "/contact/email",
                  "/restricted",
                  "/restrictionReason",
                  "/restrictedFrom",
                  "/createdAt",
                  "/updatedAt"},
                 {"dateOfBirthEstimated", "hasDisability", "multipleBirth", "addressConfidential", "restricted"}),
        "families", "familyId", "members");
    membership_rows_ =
        nested(resource("memberships",
                        {"membershipId", "memberId", "familyId", "role", "isMainContact", "joinedDate", "leftDate"},
                        {"/membershipId", "", "/familyId", "/role", "/isMainContact", "/joinedDate", "/leftDate"},
                        {"isMainContact"}),
               "members", "memberId", "memberships");
    relationship_rows_ =
        nested(resource("relationships", {"relationshipId", "memberId", "relatedMemberId", "type", "isTwin"},
                        {"/relationshipId", "", "/relatedMemberId", "/type", "/isTwin"}, {"isTwin"}),
               "members", "memberId", "relationships");
    team_rows_ = resource("teams", {"teamId", "name", "service", "parentTeamId"});
    worker_rows_ = resource("workers", {"workerId", "staffNumber", "givenName", "familyName", "jobTitle",
                                        "organisation", "teamId", "email", "activeFrom", "activeTo"});
    episode_rows_ = resource("episodes", {"episodeId", "familyId", "startDate", "endDate", "reason", "endReason",
                                          "source", "organisation", "teamId", "leadWorkerId", "updatedAt"});
    episode_children_ = nested(resource("episode_children", {"episodeId", "memberId"}, {"", "/memberId"}), "episodes",
                               "episodeId", "children");
    assessment_rows_ = resource("assessments",
                                {"assessmentId", "episodeId", "familyId", "startDate", "completedDate", "organisation",
                                 "consentGiven", "outcome", "workerId", "updatedAt"},
                                {}, {"consentGiven"});
    assessment_children_ = nested(resource("assessment_children", {"assessmentId", "memberId"}, {"", "/memberId"}),
                                  "assessments", "assessmentId", "children");
    action_rows_ = resource("actions", {"actionId", "memberId", "episodeId", "familyId", "description", "agreedDate",
                                        "dueDate", "completedDate", "status", "workerId", "updatedAt"});
    document_rows_ =
        resource("documents",
                 {"documentId", "memberId", "title", "type", "documentDate", "uploadedAt", "fileName", "mediaType",
                  "sizeBytes", "location", "authorId", "episodeId"},
                 {"/documentId", "/memberId", "/title", "/type", "/documentDate", "/uploadedAt", "/file/name",
                  "/file/mediaType", "/file/sizeBytes", "/file/location", "/authorId", "/episodeId"});
    document_rows_.types[document_rows_.column("sizeBytes")] = ColumnType::integer;
    member_rows_.types[member_rows_.column("birthOrder")] = ColumnType::integer;
    for (const PersonView& member : view_.people) families_[family_of(member)].push_back(&member);
    for (const Family& family : county_.families) {
        for (const EarlyHelpEpisode& episode : family.early_help) {
            for (const std::uint32_t subject : episode.subjects) {
                const PersonView* record =
                    view_.record_of(county_, subject, episode.from, static_cast<std::uint64_t>(episode.from));
                if (record != nullptr) latest_[family_of(*record)] = &episode;
            }
        }
    }
}

void EarlyHelpWriter::write_families() {
    for (const auto& [family_key, members] : families_) {
        const bool real = family_key != kNoFamily;
        const auto found = latest_.find(family_key);
        const EarlyHelpEpisode* episode = real && found != latest_.end() ? found->second : nullptr;
        Moment updated = 0;
        for (const PersonView* member : members) updated = std::max(updated, member->updated);
        append(
            family_rows_,
            {{"familyId", family_key},
             {"reference", real ? Cell("EHF-" + family_key) : Cell()},
             {"familyName", real ? given(members.front()->family) : Cell("NOT FILED")},
             {"status", episode == nullptr     ? "Not open"
                        : episode->to == kOpen ? "Open"
                                               : "Closed"},
             {"openedDate", episode == nullptr ? Cell() : answers_.day(episode->from)},
             {"closedDate", episode == nullptr ? Cell() : answers_.day(episode->to)},
             {"teamId", episode == nullptr || episode->team == kNone ? Cell() : Cell(county_.team(episode->team).code)},
             {"leadWorkerId", episode == nullptr ? Cell() : worker_key(episode->worker)},
             {"updatedAt", moment(updated)}});
        bool main_carer = true;
        for (const PersonView* member : members) {
            const bool adult = member->kind == Person::Kind::adult;
            write_member(*member, adult && main_carer);
            if (adult) main_carer = false;
        }
    }
}

void EarlyHelpWriter::write_member(const PersonView& member, bool main_carer) {
    const bool adult = member.kind == Person::Kind::adult;
    const bool unborn = member.kind == Person::Kind::unborn;
    const auto contact = [&](std::string_view type) {
        const auto found = std::find_if(member.contacts.begin(), member.contacts.end(),
                                        [&](const ContactView& candidate) { return candidate.type == type; });
        return found == member.contacts.end() ? Cell() : given(found->value);
    };
    const AddressView none;
    const AddressView* address = member.address();
    const AddressView& lives = address == nullptr ? none : *address;
    append(member_rows_,
           {{"memberId", member.key},
            {"familyId", family_of(member)},
            {"personType", adult    ? "Adult"
                           : unborn ? "Unborn"
                                    : "Child"},
            {"title", given(member.title)},
            {"givenName", given(member.given)},
            {"middleNames", given(member.middle)},
            {"familyName", given(member.family)},
            {"knownAs", given(member.preferred)},
            {"dateOfBirth", written(member.birth, "%Y-%m-%d", "%Y-%m")},
            {"dateOfBirthEstimated", truth(member.birth.estimated)},
            {"expectedDateOfBirth", written(member.expected_birth, "%Y-%m-%d", "%Y-%m")},
            {"dateOfDeath", written(member.death, "%Y-%m-%d", "%Y-%m")},
            {"sex", translate(member.sex, kSex)},
            {"genderIdentity", translate(member.gender, kGender)},
            {"ethnicity", translate(member.ethnicity, kEthnicity)},
            {"firstLanguage", translate(member.language, kLanguage)},
            {"nationality", given(member.nationality)},
            {"religion", given(member.religion)},
            {"hasDisability", member.disability ? truth(*member.disability) : Cell()},
            {"birthPlace", given(member.birth_place)},
            {"nhsNumber", given(member.nhs_number)},
            {"nhsNumberStatus", translate(member.nhs_status, kNhsStatus)},
            {"multipleBirth", truth(member.multiple_birth)},
            {"birthOrder", member.birth_order ? Cell(std::to_string(*member.birth_order)) : Cell()},
            {"house", given(lives.house)},
            {"street", given(lives.street)},
            {"locality", given(lives.locality)},
            {"town", given(lives.town)},
            {"county", given(lives.county)},
            {"postcode", given(lives.postcode)},
            {"uprn", given(lives.uprn)},
            {"addressKind", translate(lives.type, kAddressKind)},
            {"addressConfidential", truth(lives.restricted)},
            {"addressFrom", address == nullptr || lives.from == 0 ? Cell() : Cell(format_day(lives.from))},
            {"mobile", contact("mobile")},
            {"telephone", contact("phone")},
            {"email", contact("email")},
            {"restricted", truth(member.restricted_record)},
            {"restrictionReason", given(member.restriction_reason)},
            {"restrictedFrom", member.restricted_from == 0 ? Cell() : Cell(format_day(member.restricted_from))},
            {"createdAt", moment(member.created)},
            {"updatedAt", moment(member.updated)}});
    append(membership_rows_, {{"membershipId", "MS-" + member.key},
                              {"memberId", member.key},
                              {"familyId", family_of(member)},
                              {"role", adult    ? (main_carer ? "Main carer" : "Parent or carer")
                                       : unborn ? "Unborn"
                                                : "Child"},
                              {"isMainContact", truth(main_carer)},
                              {"joinedDate", answers_.day(static_cast<Day>(member.created / 1440))}});
    for (const RelationView& relation : member.relations) {
        append(relationship_rows_, {{"relationshipId", relationship_keys_.next()},
                                    {"memberId", member.key},
                                    {"relatedMemberId", given(relation.key)},
                                    {"type", translate(relation.type, kRelation)},
                                    {"isTwin", truth(relation.multiple_birth)}});
    }
}

void EarlyHelpWriter::write_staff() {
    append(team_rows_, {{"teamId", "EH"}, {"name", "Early Help"}, {"service", "Early help"}});
    for (const Team& team : county_.teams) {
        if (team.service != Service::early_help) continue;
        append(team_rows_,
               {{"teamId", team.code}, {"name", team.name}, {"service", "Early help"}, {"parentTeamId", "EH"}});
    }
    for (WorkerIndex i = 0; i < county_.workers.size(); ++i) {
        const Worker& worker = county_.workers[i];
        if (worker.team == kNone || county_.team(worker.team).service != Service::early_help) continue;
        append(worker_rows_, {{"workerId", worker_key(i)},
                              {"staffNumber", given(worker.staff_number)},
                              {"givenName", given(worker.given)},
                              {"familyName", given(worker.family)},
                              {"jobTitle", given(worker.role)},
                              {"organisation", "West Sussex County Council"},
                              {"teamId", county_.team(worker.team).code},
                              {"email", given(worker.email)},
                              {"activeFrom", answers_.day(worker.from)},
                              {"activeTo", answers_.day(worker.to)}});
    }
}

SystemDump EarlyHelpWriter::take_dump() {
    SystemDump dump;
    dump.system = "early_help";
    for (Table* table :
         {&family_rows_, &member_rows_, &membership_rows_, &relationship_rows_, &team_rows_, &worker_rows_,
          &episode_rows_, &episode_children_, &assessment_rows_, &assessment_children_, &action_rows_, &document_rows_})
        dump.tables.push_back(std::move(*table));
    return dump;
}

std::string EarlyHelpWriter::family_of(const PersonView& member) {
    return member.family_key.empty() ? std::string(kNoFamily) : member.family_key;
}

Cell EarlyHelpWriter::truth(bool value) {
    return value ? "true" : "false";
}

Cell EarlyHelpWriter::moment(Moment when) {
    return when == 0 ? Cell() : Cell(format_moment(when, "%Y-%m-%dT%H:%M:%SZ"));
}

Cell EarlyHelpWriter::worker_key(WorkerIndex worker) {
    return worker == kNone ? Cell() : Cell("EW" + padded(worker + 1ULL, 5));
}

SystemDump simulate_early_help(const County& county, const SystemView& view, Random& random) {
    EarlyHelpWriter writer(county, view, random);
    writer.write_families();
    writer.write_staff();
    writer.write_work();
    writer.write_dirt();
    return writer.take_dump();
}

}  // namespace simulate
