#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulate_county/places.hpp"

namespace simulate {

// Facts of one life, in order of time, told once for all systems. Codes are the DfE's where it has some. `to` is
// kOpen while a span runs; dates after kToday do not occur except planned ones, which say so. Worker, team, school,
// provider and court fields are indices into the County's lists, kNone where nobody is named.

struct SchoolEnrolment {
    std::uint32_t school = kNone;
    Day from = 0;
    Day to = kOpen;
    int entry_year = 0;        ///< national curriculum year on entry, 0 = reception
    double attendance = 0.94;  ///< share of sessions attended: attendance rows follow from it
    std::string
        leaving_reason;  ///< "Transfer", "Moved away", "Permanently excluded", "End of key stage"; "" while open
    bool boarder = false;
};

struct FreeMealSpan {
    Day from = 0;
    Day to = kOpen;
};

struct Exclusion {
    Day date = 0;
    std::uint32_t school = kNone;
    bool permanent = false;
    int sessions = 2;    ///< half days, for a suspension
    std::string reason;  ///< PP PA VP VA OW BU RA LG DB DA SM DM TH MT
};

/// Two-, three- and four-year-olds: a setting with funded hours, or a children's centre.
struct EarlyYearsSpan {
    std::uint32_t provider = kNone;  ///< nursery, childminder or childrens_centre
    Day from = 0;
    Day to = kOpen;
    int funded_hours = 15;           ///< a week; 0 at a children's centre
    bool disadvantaged_two = false;  ///< funded for two-year-olds
    double attendance = 0.85;
};

struct SchoolApplication {
    enum class Round { reception, secondary, in_year } round = Round::reception;
    Day date = 0;
    int entry_school_year = 2020;            ///< calendar year of the September of entry
    std::vector<std::uint32_t> preferences;  ///< schools, the first choice first, 1 to 6
    std::uint32_t offered = kNone;           ///< school; kNone: none yet, or withdrawn
    int offered_preference = 0;              ///< 1 and up; 0: a school not asked for
    Day offer_date = 0;                      ///< 0 for none
    bool accepted = false;
    bool late = false;
};

struct SenSupport {
    Day from = 0;
    Day to = kOpen;
    std::string need;  ///< SPLD MLD SLD PMLD SEMH SLCN HI VI MSI PD ASD OTH
};

/// A request for an education, health and care assessment, and what came of it.
struct EhcProcess {
    Day requested = 0;
    std::string requested_by;  ///< "School", "Parent", "Health", "Social care"
    Day decided = 0;           ///< to assess or not; 0: still open
    bool assessed = false;
    Day assessment_ended = 0;  ///< 0: none or running
    bool plan_issued = false;
    Day plan_from = 0;  ///< final plan
    Day plan_to = kOpen;
    std::string plan_end_reason;            ///< "Left education", "Needs met", "Moved away"; "" while open
    std::vector<std::string> needs;         ///< primary first, as SenSupport::need
    std::uint32_t school = kNone;           ///< named in section I
    std::vector<Day> reviews;               ///< annual
    std::vector<std::uint32_t> provisions;  ///< providers of sen_provision
    WorkerIndex worker = kNone;
    bool personal_budget = false;
    bool tribunal = false;
};

/// A family's piece of work with early help; held in Family::early_help.
struct EarlyHelpEpisode {
    Day from = 0;
    Day to = kOpen;
    std::string source;  ///< "School", "Health", "Self", "Police", "Social care step-down"
    std::string reason;  ///< "Parenting", "Domestic abuse", "Mental health", "Housing", "Behaviour", "Substance misuse"
    std::string outcome;  ///< "Needs met", "Stepped up", "Disengaged", "Moved away"; "" while open
    WorkerIndex worker = kNone;
    std::uint32_t team = kNone;
    Day assessed = 0;                     ///< whole-family assessment; 0: none
    int actions = 3;                      ///< of the family's plan
    std::vector<std::uint32_t> subjects;  ///< PersonIndex of the children it is about (one family, several children)
};

struct Contact {
    Day date = 0;
    std::string source;   ///< CIN referral source: 1A-1D, 2A, 2B, 3A-3F, 4, 5A-5D, 6, 7, 8, 9, 10
    std::string outcome;  ///< "Referral", "Early help", "Information", "No further action"
    WorkerIndex worker = kNone;
};

struct Assessment {
    Day from = 0;
    Day to = kOpen;                    ///< authorised
    std::vector<std::string> factors;  ///< DfE: 1A ... 24A, 21 for none
    std::string outcome;               ///< "CIN plan", "Section 47", "Early help", "No further action"
    WorkerIndex worker = kNone;
};

struct Section47 {
    Day from = 0;  ///< strategy discussion
    Day to = kOpen;
    bool conference_needed = false;
    Day conference = 0;  ///< initial child protection conference; 0: none
    WorkerIndex worker = kNone;
};

struct ProtectionPlan {
    Day from = 0;
    Day to = kOpen;
    std::string initial_category;  ///< NEG PHY SAB EMO MUL
    std::string latest_category;
    std::vector<Day> reviews;  ///< review conferences
    std::vector<Day> visits;
    WorkerIndex worker = kNone;
};

struct NeedPlan {
    Day from = 0;
    Day to = kOpen;
    std::vector<Day> reviews;
    WorkerIndex worker = kNone;
};

/// One children-in-need episode: from referral to closure. Conferences, plans and care stand in its dates.
struct NeedEpisode {
    Day referred = 0;
    std::string source;        ///< as Contact::source
    std::string primary_need;  ///< N1 ... N9
    bool no_further_action = false;
    Day closed = kOpen;
    std::string close_reason;  ///< RC1 ... RC9; "" while open
    std::uint32_t team = kNone;
    WorkerIndex worker = kNone;
    std::vector<Assessment> assessments;
    std::vector<Section47> enquiries;
    std::vector<NeedPlan> need_plans;
    std::vector<ProtectionPlan> protection_plans;
};

/// One placement of a looked-after child.
struct Placement {
    Day from = 0;
    Day to = kOpen;
    std::string type;                ///< SSDA903: U1-U6 K1 K2 P1 P2 P3 H5 R1-R5 S1 A3-A6 Z1
    std::string provider_type;       ///< PR0-PR5
    std::uint32_t carers = kNone;    ///< index into County::carer_households, for fostering and adoption placements
    std::uint32_t provider = kNone;  ///< home, agency or unit; kNone for the council's own carers and for parents
    std::uint32_t address = kNone;
    std::string end_reason;  ///< RNE-style reason the placement changed: CARPL CHILD PLANP ...; "" while open
    std::int64_t weekly_cost_pence = 0;  ///< 0: no contract (with parents)
};

struct LegalStatus {
    Day from = 0;
    Day to = kOpen;
    std::string code;             ///< SSDA903: C1 C2 D1 E1 J1 L1 L2 V2 V3 V4
    std::uint32_t court = kNone;  ///< for orders
};

struct MissingEpisode {
    Moment from = 0;
    Moment to = 0;
    bool away_only = false;  ///< away without authorisation rather than missing
    bool interview_offered = true;
    bool interview_accepted = false;
};

/// One period of being looked after.
struct CarePeriod {
    Day from = 0;
    Day to = kOpen;
    std::string need;                   ///< N1 ... N8
    std::vector<LegalStatus> statuses;  ///< contiguous over the period
    std::vector<Placement> placements;  ///< contiguous over the period
    std::string end_reason;             ///< SSDA903: E2 E3 E4A E5 E6 E11 E12 E46 ...; "" while open
    std::vector<Day> reviews;           ///< looked-after reviews
    std::vector<Day> visits;            ///< statutory
    std::vector<Day> health_assessments;
    std::vector<MissingEpisode> missing;
    WorkerIndex worker = kNone;
    WorkerIndex reviewing_officer = kNone;
    std::uint32_t team = kNone;
    std::vector<Day> education_plans;  ///< dates of personal education plans (a term each, school age)
};

struct CareLeaver {
    Day from = 0;               ///< eligible for leaving care support
    std::string accommodation;  ///< SSDA903 care leavers: B C D E R S T U V W X Y Z
    std::string activity;       ///< F1 F2 P1 P2 A1 A2 T1 T2 G4 G5 G6
    bool in_touch = true;
    Day pathway_plan = 0;
    WorkerIndex worker = kNone;  ///< personal adviser
};

/// An adoption through the council; the child's birth and new identity stand in Person::identities.
struct Adoption {
    std::uint32_t person = kNone;
    std::uint32_t adopters = kNone;  ///< carer household of kind adopter
    Day decision = 0;                ///< agency decision that adoption is right
    Day placement_order = 0;         ///< 0 where parents consented
    Day matched = 0;                 ///< panel
    Day placed = 0;
    Day order = 0;  ///< adoption order: the seal's date
    std::uint32_t court = kNone;
    std::uint32_t agency = kNone;  ///< provider of kind adoption_agency, kNone: the council
    WorkerIndex worker = kNone;
};

/// A time in which the youth support service works with a young person.
struct YouthSupportSpan {
    Day from = 0;
    Day to = kOpen;
    std::string reason;  ///< "NEET", "Risk of NEET", "Care leaver", "Young parent", "SEND transition"
    WorkerIndex worker = kNone;
    std::vector<Day> interventions;
};

/// What a 16- to 18-year-old does, as the careers service tracks it.
struct Destination {
    Day from = 0;
    Day to = kOpen;
    std::string activity;  ///< NCCIS: 210 220 230 240 310 320 330 350 410 430 540 550 610 620 630 810 ...
    bool neet = false;
    std::uint32_t provider = kNone;  ///< training provider, or kNone
    std::uint32_t school = kNone;    ///< sixth form or college, or kNone
    Day confirmed = 0;
};

struct Offence {
    Day date = 0;
    std::string code;      ///< Home Office code, "105/01"
    std::string kind;      ///< "Common assault", "Theft from shop", ...
    int seriousness = 3;   ///< 1 to 8
    std::string outcome;   ///< "Community resolution", "Youth caution", "Referral order", "Youth rehabilitation order",
                           ///< "Discharge"
    Day outcome_date = 0;  ///< 0: not yet
    std::uint32_t court = kNone;
    std::string police_reference;
};

struct YouthJusticeOrder {
    std::uint32_t offence = kNone;  ///< index into LifeCourse::offences
    Day from = 0;
    Day to = kOpen;
    std::string kind;  ///< "Referral order", "Youth rehabilitation order", "Youth conditional caution", "Detention and
                       ///< training order"
    WorkerIndex worker = kNone;
    std::vector<Day> assessments;    ///< AssetPlus
    std::vector<Day> interventions;  ///< contacts with the young person
    bool breached = false;
};

/// Everything that happened to one person, as far as any service knows.
struct LifeCourse {
    std::vector<SchoolEnrolment> enrolments;
    std::vector<FreeMealSpan> free_meals;
    std::vector<Exclusion> exclusions;
    std::vector<EarlyYearsSpan> early_years;
    std::vector<SchoolApplication> applications;
    std::vector<SenSupport> sen_support;
    std::vector<EhcProcess> ehc;
    std::vector<Contact> contacts;
    std::vector<NeedEpisode> need_episodes;
    std::vector<CarePeriod> care;
    std::vector<CareLeaver> care_leaver;  ///< none or one
    std::vector<YouthSupportSpan> youth_support;
    std::vector<Destination> destinations;
    std::vector<Offence> offences;
    std::vector<YouthJusticeOrder> orders;
};

}  // namespace simulate
