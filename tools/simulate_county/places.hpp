#pragma once

#include <cstdint>
#include <string>

#include "simulate_county/calendar.hpp"

namespace simulate {

using PersonIndex = std::uint32_t;
using WorkerIndex = std::uint32_t;

/// Marks the absence of any index.
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;
inline constexpr PersonIndex kNobody = kNone;

/// A dwelling or institution. Streets and postcodes are invented within the county's real postcode districts.
struct Address {
    std::string house;     ///< "12", "12A", "Flat 3, 40", "Rose Cottage"
    std::string street;    ///< "Priory Road"
    std::string locality;  ///< "East Preston" or ""
    std::string town;      ///< "Worthing"
    std::string postcode;  ///< "BN11 4QR"
    std::string
        district;      ///< "Worthing": Chichester Arun Worthing Adur Horsham Crawley "Mid Sussex", or another county
    std::string uprn;  ///< 12 digits
    enum class Kind { home, childrens_home, refuge, hostel, school, office } kind = Kind::home;
    bool confidential = false;  ///< of a provider that must not be found; those who live there need not be hidden
};

/// Where a person lived, and when.
struct Residence {
    std::uint32_t address = kNone;
    Day from = 0;
    Day to = kOpen;
    bool placement = false;  ///< looked after: a placement, not the family home
};

struct School {
    enum class Phase { primary, secondary, all_through, special, alternative, college } phase = Phase::primary;
    std::string urn;    ///< 6 digits, invented (800000 and up)
    std::string estab;  ///< 4 digits
    std::string name;
    std::uint32_t address = kNone;
    int lowest_year = 0;  ///< national curriculum year, 0 = reception
    int highest_year = 6;
    bool residential = false;
};

/// Who provides placements, early education, children's centres, training or support.
struct Provider {
    enum class Kind {
        childrens_home,  ///< registered children's home (URN "SC000000" form)
        fostering_agency,
        supported_accommodation,
        nursery,  ///< private, voluntary or school nursery
        childminder,
        childrens_centre,
        training,       ///< further education, training, apprenticeships
        sen_provision,  ///< therapy, outreach, tuition
        adoption_agency,
        other_care,  ///< secure unit, hospital, residential school
    } kind = Kind::nursery;
    std::string urn;  ///< registration: "SC004821" for care, "EY412345" for early years, 8 digits otherwise
    std::string name;
    std::uint32_t address = kNone;
    std::string vendor_number;  ///< finance supplier number, 6 digits
};

/// Which service a team or worker belongs to.
enum class Service {
    assessment,  ///< front door and assessment
    child_protection,
    looked_after,
    leaving_care,
    disability,
    conference,  ///< independent reviewing officers and conference chairs
    early_help,
    fostering,
    adoption,
    send,
    education_welfare,
    admissions,
    virtual_school,
    youth_support,
    youth_justice,
    early_years,
    finance,
};

struct Team {
    Service service = Service::assessment;
    std::string code;  ///< "ASM-HOR"
    std::string name;  ///< "Assessment and Intervention, Horsham"
    std::string district;
};

struct Worker {
    std::string staff_number;  ///< "W10234"
    std::string given;
    std::string family;
    std::string role;          ///< "Social Worker", "Team Manager", "Independent Reviewing Officer", ...
    std::string registration;  ///< "SW104233" for social workers, else ""
    std::string email;         ///< at westsussex.example
    std::uint32_t team = kNone;
    Day from = 0;
    Day to = kOpen;
};

struct Court {
    std::string code;
    std::string name;
    enum class Kind { family, youth, crown, magistrates } kind = Kind::family;
};

/// Another council that places children here.
struct Council {
    std::string code;  ///< LA code, "846"
    std::string name;
};

}  // namespace simulate
