#include "simulate_county/identifiers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "simulate_county/random.hpp"

namespace simulate {
namespace {

constexpr std::string_view kUpnAlphabet = "ABCDEFGHJKLMNPQRTUVWXYZ";
// 999 000 000 to 999 999 999 without the check digit.
constexpr std::uint64_t kNhsBase = 999'000'000;
constexpr std::uint64_t kNhsSpan = 1'000'000;
// Coprime to the span: walks through every number once in an order that looks scattered.
constexpr std::uint64_t kNhsStride = 618'033;
constexpr std::uint64_t kUlnBase = 100'000'000;
constexpr std::uint64_t kUlnSpan = 900'000'000;
constexpr std::uint64_t kUlnStride = 556'231'787;

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int weighted_sum(std::string_view nine_digits) {
    int sum = 0;
    for (std::size_t i = 0; i < 9; ++i) sum += (nine_digits[i] - '0') * (10 - static_cast<int>(i));
    return sum;
}

char upn_check_letter(std::string_view twelve) {
    int sum = 0;
    for (std::size_t i = 0; i < twelve.size(); ++i) {
        const char c = twelve[i];
        const int value = c >= '0' && c <= '9' ? c - '0' : static_cast<int>(kUpnAlphabet.find(c));
        sum += value * (static_cast<int>(i) + 2);
    }
    return kUpnAlphabet[static_cast<std::size_t>(sum) % kUpnAlphabet.size()];
}

std::string digits(std::uint64_t value, int width) {
    std::array<char, 24> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%0*llu", width, static_cast<unsigned long long>(value));
    return buffer.data();
}

}  // namespace

IdentifierIssuer::IdentifierIssuer(std::uint64_t seed)
    : nhs_offset_(Random(seed, "nhs numbers").next() % kNhsSpan), uln_offset_(Random(seed, "ulns").next() % kUlnSpan) {}

std::string IdentifierIssuer::issue_nhs_number() {
    while (nhs_counter_ < kNhsSpan) {
        const std::uint64_t nine = kNhsBase + (nhs_offset_ + nhs_counter_++ * kNhsStride) % kNhsSpan;
        std::string number = digits(nine, 9);
        const int check = (11 - weighted_sum(number) % 11) % 11;
        if (check == 10) continue;
        number += static_cast<char>('0' + check);
        if (number != "9999999999") return number;
    }
    throw std::runtime_error("the test range of NHS numbers is used up: choose a smaller county");
}

std::string IdentifierIssuer::issue_uln() {
    while (true) {
        std::string number = digits(kUlnBase + (uln_offset_ + uln_counter_++ * kUlnStride) % kUlnSpan, 9);
        const int check = (21 - weighted_sum(number) % 11) % 11;
        if (check == 10) continue;
        number += static_cast<char>('0' + check);
        return number;
    }
}

std::string IdentifierIssuer::issue_upn(std::string_view la_code, std::string_view estab, int year) {
    const std::string two_digit_year = digits(static_cast<std::uint64_t>(year % 100), 2);
    const std::string base = std::string(la_code) + std::string(estab) + two_digit_year;
    const std::string twelve = base + digits(static_cast<std::uint64_t>(++serials_[base] % 1000), 3);
    return upn_check_letter(twelve) + twelve;
}

std::string IdentifierIssuer::issue_temporary_upn(std::string_view la_code, std::string_view estab, int year) {
    const std::string two_digit_year = digits(static_cast<std::uint64_t>(year % 100), 2);
    const std::string base = std::string(la_code) + std::string(estab) + two_digit_year;
    const int serial = ++serials_[base + "T"];
    std::string twelve = base + digits(static_cast<std::uint64_t>(serial / 23 % 100), 2);
    twelve += kUpnAlphabet[static_cast<std::size_t>(serial) % kUpnAlphabet.size()];
    return upn_check_letter(twelve) + twelve;
}

bool is_nhs_number(std::string_view text) {
    return text.size() == 10 && all_digits(text) && (11 - weighted_sum(text) % 11) % 11 == text[9] - '0';
}

bool is_uln(std::string_view text) {
    return text.size() == 10 && all_digits(text) && text[0] != '0' && (weighted_sum(text) + text[9] - '0') % 11 == 10;
}

bool is_upn(std::string_view upn) {
    if (upn.size() != 13 || !all_digits(upn.substr(1, 11))) return false;
    const bool last_fits = (upn[12] >= '0' && upn[12] <= '9') || kUpnAlphabet.find(upn[12]) != std::string_view::npos;
    return last_fits && upn[0] == upn_check_letter(upn.substr(1));
}

}  // namespace simulate
