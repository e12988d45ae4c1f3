#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace simulate {

/// Issues identifiers with right check digits, each once, in a scattered order fixed by the seed.
///
/// NHS numbers come only from the range reserved for tests, 9990000000 to 9999999999 (about 909,000 numbers with a
/// valid check digit); when it is used up, issue_nhs_number throws std::runtime_error.
class IdentifierIssuer {
  public:
    explicit IdentifierIssuer(std::uint64_t seed);

    std::string issue_nhs_number();
    /// Issues a permanent UPN: check letter, LA code, school number, year of entry, serial.
    std::string issue_upn(std::string_view la_code, std::string_view estab, int year);
    /// Issues a temporary UPN: check letter, 11 digits, letter.
    std::string issue_temporary_upn(std::string_view la_code, std::string_view estab, int year);
    std::string issue_uln();

  private:
    std::uint64_t nhs_counter_ = 0;
    std::uint64_t nhs_offset_;
    std::uint64_t uln_counter_ = 0;
    std::uint64_t uln_offset_;
    std::unordered_map<std::string, int> serials_;
};

/// Tells whether ten digits pass the NHS number's check (weights 10 to 2, modulo 11).
bool is_nhs_number(std::string_view digits);
/// Tells whether a permanent or temporary UPN has its check letter.
bool is_upn(std::string_view upn);
/// Tells whether ten digits pass the ULN's check (weighted sum modulo 11 = 10).
bool is_uln(std::string_view digits);

}  // namespace simulate
