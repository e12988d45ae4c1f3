#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "unit/people/person_builder.hpp"

namespace caseweave::test {

/// Says what kind of county to make. All rates are shares of children.
struct CountyShape {
    std::uint32_t families = 300;
    double twins = 0.03;
    double adopted = 0.01;
    double unborn = 0.01;
    double forename_error = 0.04;  ///< of records: about twice that of pairs
    double surname_error = 0.03;
    double birth_date_error = 0.01;
    double stale_address = 0.13;
    double nhs_absent = 0.4;
};

/// Holds one source record as generated; rows go into a store in whatever order a test wants.
struct GeneratedRecord {
    std::string system, key;
    std::uint32_t person = 0;  ///< truth; the two identities of an adopted child are two persons here
    std::uint32_t birth = 0;   ///< id of a multiple birth; 0 single
    std::uint32_t domain = 0;  ///< id of a seal; 0 none
    bool later = false;
    bool flagged = false;  ///< named by the domain; the others are unflagged copies
    std::string kind = "child", given, middle, family, birth_date, expected, sex, mother_given, mother_family;
    std::string nhs, nhs_status, upn, house, postcode, alias_family;
    bool multiple_birth = false;
};

/// Makes records of children in six systems from a seed, with the hazards that linking must survive.
std::vector<GeneratedRecord> generate_records(std::uint64_t seed, const CountyShape& shape = {});

/// Adds the records in the order given, and seals the store.
void fill(PersonBuilder& builder, const std::vector<GeneratedRecord>& records);

/// Counts pairs of records: how many the truth has, how many were linked, how many of those are true. Pairs across a
/// seal are left out.
struct PairCounts {
    std::uint64_t true_pairs = 0, linked = 0, right = 0, twins_merged = 0, across_seal = 0;
    double precision() const { return linked == 0 ? 1 : static_cast<double>(right) / static_cast<double>(linked); }
    double recall() const { return true_pairs == 0 ? 1 : static_cast<double>(right) / static_cast<double>(true_pairs); }
};
PairCounts count_pairs(PersonBuilder& builder, const std::vector<GeneratedRecord>& records,
                       const std::vector<std::uint32_t>& cluster);

}  // namespace caseweave::test
