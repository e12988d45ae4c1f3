#include "simulate_county/random.hpp"

#include <cmath>

namespace simulate {
namespace {

// SplitMix64's step and finaliser. Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
// generators".
constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15U;

std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

// FNV-1a, then mixed: stream names are short and differ in few letters.
std::uint64_t hash_name(std::string_view name) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return mix(hash);
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view name) : key_(mix(seed + kStep) ^ hash_name(name)) {}

Random Random::stream(std::string_view name, std::uint64_t index) const {
    Random child(0);
    child.key_ = mix(key_ ^ hash_name(name)) + mix(index * kStep + 1);
    return child;
}

std::uint64_t Random::next() {
    return mix(key_ + kStep * ++counter_);
}

double Random::unit() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

int Random::between(int low, int high) {
    return low + static_cast<int>(index(static_cast<std::size_t>(high - low) + 1));
}

std::size_t Random::index(std::size_t size) {
    return static_cast<std::size_t>(unit() * static_cast<double>(size));
}

std::size_t Random::weighted(std::span<const double> weights) {
    double total = 0;
    for (const double weight : weights) total += weight;
    double left = unit() * total;
    for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
        left -= weights[i];
        if (left < 0) return i;
    }
    return weights.size() - 1;
}

int Random::exponential_days(double mean) {
    return 1 + static_cast<int>(-std::log(1.0 - unit()) * mean);
}

int Random::count(double mean) {
    const double limit = std::exp(-mean);
    double product = unit();
    int count = 0;
    while (product > limit) {
        product *= unit();
        ++count;
    }
    return count;
}

}  // namespace simulate
