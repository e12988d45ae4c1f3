#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/errors.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

/// Says what one system tends to hold and how it tends to err. Probabilities per record unless said otherwise.
///
/// The rates say how the systems differ from each other; make_views scales them together so that over all systems two
/// true records of a child differ in forename in 8 % of pairs, in surname in 6 %, in birth date in 2 %, in postcode in
/// 25 %, and 40 % of records have no NHS number (difficulty.hpp).
struct Habit {
    std::string_view system;
    double forename_error;    ///< another form of it, or a slip
    double surname_error;     ///< a slip, or half of a double-barrelled one
    Slips slips;              ///< how names come to be wrong
    double birth_date_error;  ///< day and month exchanged, a digit mistyped
    double exchanged;         ///< of wrong birth dates: day and month, where they may be
    double stale_address;     ///< an earlier address of the person, or a neighbour's postcode
    double nhs_number;        ///< has one; 0: the system keeps no NHS number
    double verified;          ///< of those, traced
    double upn;             ///< has one where the child has; education, send, virtual_school; social_care: looked after
    double missing_middle;  ///< middle names left out
    double missing_sex;
    double missing_address;
    double ethnicity;        ///< has one
    double contact;          ///< has a telephone number
    double duplicate;        ///< a second record of the same person in the system
    bool diacritics;         ///< keeps accents; else folded to ASCII
    bool upper_case;         ///< names in capitals
    std::size_t name_width;  ///< names are cut here; 0 = as long as they are
    bool adults;             ///< has person rows of parents and carers
    bool partial_dates;      ///< takes a birth date without its day, or without its month
    bool gender;             ///< asks for the gender besides the sex
};

/// Which systems keep what (0 in the table = no such column; the module need not write it):
///
/// | system | NHS | UPN | ULN | adults | addresses | other names | relations | family_key |
/// |---|---|---|---|---|---|---|---|---|
/// | social_care | yes | looked after | - | parents, carers | history | yes | yes | - |
/// | early_help | yes | - | - | parents | one | - | yes | yes |
/// | fostering_adoption | yes | - | - | carers, adopters | one | birth names | carers | - |
/// | education | yes | yes, former | yes | - | one | former | parents' names on the record | - |
/// | admissions | - | - | - | - (applicant's name on the record: guardian) | one | - | - | - |
/// | send | yes | yes | yes | - | one | - | - | - |
/// | youth_support | yes | - | yes | - | one | - | - | - |
/// | youth_justice | yes | - | - | - (guardian) | one, previous | alias | - | - |
/// | virtual_school | - | yes | yes | - | one (placement) | - | - | - |
/// | early_years | yes | - | - | - (mother, guardian) | one | - | - | yes |
/// | placement_finance | - | - | - | - | one (placement) | - | - | - |
std::span<const Habit> habits();

/// Gives a system's habit; throws std::invalid_argument where there is no such system.
const Habit& habit_of(std::string_view system);

/// Writes a name as a system keeps it: without marks, in capitals and cut, as its habit says.
std::string as_kept(std::string_view name, const Habit& habit);

/// Makes what every system believes, in the order of habits(): decides who is known where, applies the habits of
/// error, adds duplicates inside a system, seals and their unflagged copies.
/// At scale "twins" only social_care and education.
std::vector<SystemView> make_views(const County& county, const Random& random);

}  // namespace simulate
