#include <algorithm>
#include <array>
#include <string>

#include "simulate_county/systems/registry.hpp"
#include "simulate_county/systems/source_rows.hpp"
#include "simulate_county/systems/unplaced_people.hpp"

namespace simulate {
namespace {

// Ledgers are checked at entry: mistakes are rarer than on forms.
constexpr double kBadDate = 0.0004;
constexpr double kBadCode = 0.0004;
// One payment in thirty is followed by a credit note.
constexpr double kCredit = 0.033;
// Payment runs are four weeks apart.
constexpr int kRunDays = 28;
constexpr std::int64_t kRunWeeks = kRunDays / 7;

constexpr std::string_view kDate = "%Y%m%d";
constexpr std::string_view kTime = "%Y%m%d%H%M%S";

constexpr std::array<CodePair, 20> kEthnic = {
    {{"WBRI", "A"}, {"WIRI", "B"}, {"WOTH", "C"}, {"MWBC", "D"}, {"MWBA", "E"}, {"MWAS", "F"}, {"MOTH", "G"},
     {"AIND", "H"}, {"APKN", "J"}, {"ABAN", "K"}, {"AOTH", "L"}, {"BCRB", "M"}, {"BAFR", "N"}, {"BOTH", "P"},
     {"CHNE", "R"}, {"OOTH", "S"}, {"WIRT", "T"}, {"WROM", "V"}, {"REFU", "X"}, {"NOBT", "Z"}}};
constexpr std::array<CodePair, 6> kAddressType = {{{"home", "H"},
                                                   {"placement", "P"},
                                                   {"previous", "V"},
                                                   {"correspondence", "C"},
                                                   {"temporary", "T"},
                                                   {"communal", "I"}}};

std::string_view flag(bool yes) {
    return yes ? "1" : "0";
}

/// A field of the ledger interface never holds its separator.
Cell plain(std::string_view text) {
    std::string result(text);
    std::replace(result.begin(), result.end(), '|', ' ');
    return given(result);
}

std::string pounds(std::int64_t pence) {
    const std::int64_t size = pence < 0 ? -pence : pence;
    return (pence < 0 ? "-" : "") + std::to_string(size / 100) + "." +
           padded(static_cast<std::uint64_t>(size % 100), 2);
}

std::string provider_key(const Provider& provider) {
    return "V" + provider.vendor_number;
}

std::string household_key(std::uint32_t household) {
    return "H" + padded(household + 1, 6);
}

std::string_view provider_type(Provider::Kind kind, std::uint32_t index) {
    switch (kind) {
        case Provider::Kind::fostering_agency:
            return "IFA";
        case Provider::Kind::childrens_home:
            return "RES";
        case Provider::Kind::supported_accommodation:
            return "SUP";
        case Provider::Kind::other_care:
            return index % 2 == 0 ? "SEC" : "RSC";
        default:
            return "OTH";
    }
}

std::string_view service_of(const County& county, const Placement& placement) {
    if (placement.type.starts_with('A')) return "ADOP-ALL";
    if (placement.type == "K1") return "SECURE";
    if (placement.type == "K2" || placement.type == "R1") return "RESID";
    if (placement.type == "H5" || placement.type == "P2") return "SUPPACC";
    if (placement.type == "S1") return "RESSCH";
    if (!placement.type.starts_with('U')) return "OTHER";
    if (placement.provider != kNone) return "FOST-IFA";
    const bool kin =
        placement.carers != kNone && county.carer_households[placement.carers].kind == CarerHousehold::Kind::kinship;
    return kin ? "FOST-KIN" : "FOST-INH";
}

class PlacementFinance {
  public:
    PlacementFinance(const County& county, const SystemView& view, Random& random)
        : county_(county),
          view_(view),
          random_(random),
          answers_(random.stream("entries"), std::string(kDate), kBadDate, kBadCode),
          officers_(county.workers_of(Service::finance)) {}

    SystemDump write() {
        for (const PersonView& person : view_.people) add_client(person);
        add_reference_records();
        for (const Person& person : county_.people) {
            for (const CarePeriod& care : person.life.care) {
                for (const Placement& placement : care.placements) add_contract(person, placement);
            }
        }
        SystemDump dump;
        dump.system = "placement_finance";
        spoil(dump);
        for (Table* table : {&clients_, &teams_, &officer_table_, &providers_, &contracts_, &documents_, &payments_})
            dump.tables.push_back(std::move(*table));
        return dump;
    }

  private:
    void add_client(const PersonView& person) {
        const AddressView* address = person.address();
        Cell phone;
        Cell email;
        for (const ContactView& contact : person.contacts)
            (contact.type == "email" ? email : phone) = plain(contact.value);
        append(
            clients_,
            {{"CLIENT_ID", person.key},
             {"CLIENT_STATUS", "OPEN"},
             {"SURNAME", plain(person.family)},
             {"FORENAMES", plain(person.given)},
             {"MIDDLE_NAMES", plain(person.middle)},
             {"KNOWN_AS", plain(person.preferred)},
             {"DOB", written(person.birth, kDate, "%Y%m", "%Y")},
             {"DOB_EST", std::string(flag(person.birth.estimated))},
             {"DOD", written(person.death, kDate, "%Y%m", "%Y")},
             {"SEX", given(person.sex)},
             {"ETHNIC", answers_.code(translate(person.ethnicity, kEthnic).value_or(""), "9")},
             {"DISAB", person.disability ? Cell(std::string(flag(*person.disability))) : Cell()},
             {"ADDR_TYPE", address ? translate(address->type, kAddressType) : Cell()},
             {"ADDR_1", address ? plain(address->house) : Cell()},
             {"ADDR_2", address ? plain(address->street) : Cell()},
             {"ADDR_3", address ? plain(address->locality) : Cell()},
             {"TOWN", address ? plain(address->town) : Cell()},
             {"POSTCODE", address ? plain(address->postcode) : Cell()},
             {"ADDR_FROM", address && address->from != 0 ? Cell(format_day(address->from, kDate)) : Cell()},
             {"ADDR_CONF", std::string(flag(person.restricted_address || (address && address->restricted)))},
             {"PHONE", phone},
             {"EMAIL", email},
             {"LA_CODE", given(person.other_council_code)},
             {"LA_REF", plain(person.other_council_child_id)},
             {"RESTRICT", std::string(flag(person.restricted_record))},
             {"RESTRICT_REASON", plain(person.restriction_reason)},
             {"RESTRICT_FROM", person.restricted_from != 0 ? Cell(format_day(person.restricted_from, kDate)) : Cell()},
             {"CREATED", format_moment(person.created, kDate)},
             {"AMENDED", format_moment(person.updated, kTime)}});
    }

    void add_reference_records() {
        for (const Team& team : county_.teams) {
            if (team.service != Service::finance) continue;
            append(
                teams_,
                {{"TEAM_CODE", team.code}, {"TEAM_NAME", plain(team.name)}, {"DIRECTORATE", "Children and Learning"}});
        }
        for (const WorkerIndex index : officers_) {
            const Worker& worker = county_.worker(index);
            append(officer_table_, {{"OFFICER_ID", worker.staff_number},
                                    {"OFFICER_NAME", plain(worker.given + " " + worker.family)},
                                    {"ROLE", plain(worker.role)},
                                    {"EMAIL", plain(worker.email)},
                                    {"TEAM_CODE", worker.team == kNone ? Cell() : Cell(county_.team(worker.team).code)},
                                    {"VALID_FROM", format_day(worker.from, kDate)},
                                    {"VALID_TO", worker.to == kOpen ? Cell() : Cell(format_day(worker.to, kDate))}});
        }
        for (std::uint32_t i = 0; i < county_.providers.size(); ++i) {
            const Provider& provider = county_.provider(i);
            const std::string_view type = provider_type(provider.kind, i);
            if (type == "OTH") continue;
            const Address& address = county_.address(provider.address);
            append(providers_, {{"PROVIDER_ID", provider_key(provider)},
                                {"PROVIDER_NAME", plain(provider.name)},
                                {"PROVIDER_TYPE", std::string(type)},
                                {"OFSTED_URN", given(provider.urn)},
                                {"ADDRESS", plain(address.house + ", " + address.street + ", " + address.town)},
                                {"POSTCODE", given(address.postcode)},
                                {"LA_CODE", "938"},
                                {"BEDS", type == "IFA" ? Cell() : Cell(std::to_string(3 + i % 6))},
                                {"APPROVED_FROM", format_day(to_day(2008 + static_cast<int>(i % 10), 4, 1), kDate)},
                                {"CONFIDENTIAL", std::string(flag(address.confidential))},
                                {"VAT_NO", "GB" + padded(900000000 + i * 37, 9)}});
        }
        for (const CarerHousehold& household : county_.carer_households) {
            if (household.agency != kNone) continue;
            append(providers_, {{"PROVIDER_ID", household_key(household.index)},
                                {"PROVIDER_NAME", "CARER HOUSEHOLD " + padded(household.index + 1, 6)},
                                {"PROVIDER_TYPE", household.kind == CarerHousehold::Kind::adopter ? "SGO" : "IHF"},
                                {"LA_CODE", "938"},
                                {"BEDS", std::to_string(household.capacity)},
                                {"APPROVED_FROM", answers_.day(household.approved)},
                                {"APPROVED_TO", answers_.day(household.ended)},
                                {"CONFIDENTIAL", "1"}});
        }
    }

    std::string payee(const Placement& placement) const {
        if (placement.provider != kNone) return provider_key(county_.provider(placement.provider));
        return placement.carers == kNone ? "V000000" : household_key(placement.carers);
    }

    Cell someone() { return officers_.empty() ? Cell() : Cell(county_.worker(random_.pick(officers_)).staff_number); }

    void add_contract(const Person& person, const Placement& placement) {
        if (placement.weekly_cost_pence == 0) return;
        const PersonView* client = view_.record_of(county_, person.index, placement.from, placement.address);
        if (client == nullptr) return;
        const std::string key = contract_keys_.next();
        const std::string payee_key = payee(placement);
        const bool open = placement.to == kOpen;
        const Cell by = someone();
        append(contracts_,
               {{"CONTRACT_ID", key},
                {"CONTRACT_NO", "IPA/" + format_day(placement.from, "%Y") + "/" + key.substr(key.size() - 5)},
                {"CLIENT_ID", client->key},
                {"PROVIDER_ID", payee_key},
                {"SERVICE", answers_.code(service_of(county_, placement), "MISC")},
                {"START_DATE", answers_.day(placement.from)},
                {"END_DATE", answers_.day(placement.to)},
                {"EXPECTED_END", open ? Cell(format_day(kToday + random_.between(30, 700), kDate)) : Cell()},
                {"WEEKLY_COST", pounds(placement.weekly_cost_pence)},
                {"FREQ", "4W"},
                {"HEALTH_PCT", random_.chance(0.05) ? "25.00" : "0.00"},
                {"EDUC_PCT", placement.type == "S1" ? "40.00" : "0.00"},
                {"COST_CENTRE", "CS" + std::to_string(4400 + random_.between(0, 30))},
                {"STATUS", answers_.code(open ? "ACT" : "END", "OLD")},
                {"FRAMEWORK", placement.provider == kNone
                                  ? Cell()
                                  : Cell(random_.chance(0.7) ? "South East framework" : "Spot purchase")},
                {"AUTHORISED_BY", by},
                {"AMENDED", format_moment(at(placement.from + 1, 8, 30), kTime)}});
        add_document(key, client->key, placement.from, by);
        add_payments(key, client->key, payee_key, placement);
    }

    void add_document(const std::string& contract, const std::string& client, Day from, const Cell& by) {
        const std::string key = document_keys_.next();
        append(documents_, {{"DOC_ID", key},
                            {"CLIENT_ID", client},
                            {"CONTRACT_ID", contract},
                            {"DOC_TITLE", "Individual placement agreement"},
                            {"DOC_TYPE", "IPA"},
                            {"DOC_DATE", answers_.day(from - random_.between(0, 5))},
                            {"FILED", format_moment(office_time(from + random_.between(1, 20), random_), kTime)},
                            {"FILE_NAME", key + ".pdf"},
                            {"MIME", "application/pdf"},
                            {"BYTES", std::to_string(random_.between(20000, 900000))},
                            {"LOCATION", "finance/" + format_day(from, "%Y") + "/" + key + ".pdf"},
                            {"OFFICER_ID", by}});
    }

    void add_payments(const std::string& contract, const std::string& client, const std::string& payee_key,
                      const Placement& placement) {
        const bool allowance = placement.provider == kNone;
        const Day end = std::min(placement.to, kToday);
        for (Day from = placement.from; from < end; from += kRunDays) {
            const Day to = std::min(from + kRunDays - 1, end - 1);
            const Day paid = to_working_day(to + 5);
            if (paid > kToday) break;
            const std::int64_t days = to - from + 1;
            const std::int64_t amount = placement.weekly_cost_pence * kRunWeeks * days / kRunDays;
            const std::string invoice = allowance ? "" : "INV-" + std::to_string(random_.between(100000, 999999));
            const auto pay = [&](std::string_view type, std::int64_t pence, Day on) {
                append(payments_, {{"PAYMENT_ID", payment_keys_.next()},
                                   {"CONTRACT_ID", contract},
                                   {"CLIENT_ID", client},
                                   {"PROVIDER_ID", payee_key},
                                   {"PAY_TYPE", answers_.code(type, "XYZ")},
                                   {"PAY_DATE", answers_.day(on)},
                                   {"PERIOD_FROM", answers_.day(from)},
                                   {"PERIOD_TO", answers_.day(to)},
                                   {"UNITS", pounds(days * 100 / 7)},
                                   {"RATE", pounds(placement.weekly_cost_pence)},
                                   {"AMOUNT", pounds(pence)},
                                   {"STATUS", on > kToday - 10 ? "A" : "P"},
                                   {"INVOICE_REF", given(invoice)},
                                   {"GL_CODE", allowance ? "610100" : "610200"}});
            };
            pay(allowance ? "ALL" : "INV", amount, paid);
            if (random_.chance(kCredit)) pay("CRN", -(amount / random_.between(4, 28)), std::min(paid + 14, kToday));
        }
    }

    void spoil(SystemDump& dump) {
        add_dirty_rows(contracts_,
                       {.key = "CONTRACT_ID", .person = "CLIENT_ID", .parent = {}, .changed = {}, .other = {}}, {},
                       random_.stream("dirty contracts"));
        add_dirty_rows(payments_,
                       {.key = "PAYMENT_ID",
                        .person = "CLIENT_ID",
                        .parent = "CONTRACT_ID",
                        .changed = "GL_CODE",
                        .other = "999999"},
                       {.lost_parents = 0.001}, random_.stream("dirty payments"));
        // Lines broken in transfer. Payments stay whole in their bytes: their amounts are the control total.
        if (documents_.rows.size() > 4) {
            documents_.defects.push_back({1, DefectKind::over_wide, 0});
            documents_.defects.push_back({2, DefectKind::too_narrow, 0});
            documents_.defects.push_back({3, DefectKind::undecodable_byte, documents_.column("DOC_TITLE")});
            documents_.defects.push_back({4, DefectKind::nul_byte, documents_.column("DOC_TITLE")});
        }
        break_one_person(dump, clients_, "CLIENT_ID", view_, DefectKind::truncated_line, "SURNAME",
                         random_.stream("broken"));
    }

    const County& county_;
    const SystemView& view_;
    Random& random_;
    FormAnswers answers_;
    std::vector<WorkerIndex> officers_;

    KeySeries contract_keys_{"C", 1001, 7};
    KeySeries document_keys_{"D", 1001, 7};
    KeySeries payment_keys_{"P", 10001, 9};

    Table clients_{.name = "client",
                   .columns = {"CLIENT_ID", "CLIENT_STATUS",   "SURNAME",       "FORENAMES", "MIDDLE_NAMES", "KNOWN_AS",
                               "DOB",       "DOB_EST",         "DOD",           "SEX",       "ETHNIC",       "DISAB",
                               "ADDR_TYPE", "ADDR_1",          "ADDR_2",        "ADDR_3",    "TOWN",         "POSTCODE",
                               "ADDR_FROM", "ADDR_CONF",       "PHONE",         "EMAIL",     "LA_CODE",      "LA_REF",
                               "RESTRICT",  "RESTRICT_REASON", "RESTRICT_FROM", "CREATED",   "AMENDED"},
                   .rows = {},
                   .file = "clients_20260331",
                   .record_type = "CL"};
    Table teams_{.name = "team",
                 .columns = {"TEAM_CODE", "TEAM_NAME", "DIRECTORATE"},
                 .rows = {},
                 .file = "reference_20260331",
                 .record_type = "TM"};
    Table officer_table_{
        .name = "officer",
        .columns = {"OFFICER_ID", "OFFICER_NAME", "ROLE", "EMAIL", "TEAM_CODE", "VALID_FROM", "VALID_TO"},
        .rows = {},
        .file = "reference_20260331",
        .record_type = "OF"};
    Table providers_{
        .name = "provider",
        .columns = {"PROVIDER_ID", "PROVIDER_NAME", "PROVIDER_TYPE", "OFSTED_URN", "ADDRESS", "POSTCODE", "PHONE",
                    "EMAIL", "GROUP_NAME", "LA_CODE", "BEDS", "APPROVED_FROM", "APPROVED_TO", "CONFIDENTIAL", "VAT_NO"},
        .rows = {},
        .file = "reference_20260331",
        .record_type = "PR"};
    Table contracts_{.name = "contract",
                     .columns = {"CONTRACT_ID", "CONTRACT_NO", "CLIENT_ID", "PROVIDER_ID", "SERVICE", "START_DATE",
                                 "END_DATE", "EXPECTED_END", "WEEKLY_COST", "FREQ", "HEALTH_PCT", "EDUC_PCT",
                                 "COST_CENTRE", "STATUS", "FRAMEWORK", "AUTHORISED_BY", "AMENDED"},
                     .rows = {},
                     .file = "contracts_20260331",
                     .record_type = "CT"};
    Table documents_{.name = "document",
                     .columns = {"DOC_ID", "CLIENT_ID", "CONTRACT_ID", "DOC_TITLE", "DOC_TYPE", "DOC_DATE", "FILED",
                                 "FILE_NAME", "MIME", "BYTES", "LOCATION", "OFFICER_ID"},
                     .rows = {},
                     .file = "contracts_20260331",
                     .record_type = "DC"};
    Table payments_{
        .name = "payment",
        .columns = {"PAYMENT_ID", "CONTRACT_ID", "CLIENT_ID", "PROVIDER_ID", "PAY_TYPE", "PAY_DATE", "PERIOD_FROM",
                    "PERIOD_TO", "UNITS", "RATE", "AMOUNT", "STATUS", "INVOICE_REF", "GL_CODE"},
        .rows = {},
        .file = "payments_20260331",
        .record_type = "PY",
        .amount_column = "AMOUNT"};
};

}  // namespace

SystemDump simulate_placement_finance(const County& county, const SystemView& view, Random& random) {
    return PlacementFinance(county, view, random).write();
}

}  // namespace simulate
