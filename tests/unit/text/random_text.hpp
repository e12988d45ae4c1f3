#pragma once

#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

namespace caseweave::text {

/// Draws texts for comparing a fast algorithm with its reference. The seed comes from CASEWEAVE_SEED or from the
/// system; a test names it with SCOPED_TRACE so that a failure can be replayed.
class RandomText {
  public:
    RandomText() : seed_(choose_seed()), generator_(seed_) {}

    [[nodiscard]] std::uint64_t seed() const { return seed_; }
    [[nodiscard]] std::string trace() const { return "replay with CASEWEAVE_SEED=" + std::to_string(seed_); }

    std::size_t below(std::size_t bound) {
        return std::uniform_int_distribution<std::size_t>(0, bound - 1)(generator_);
    }
    /// Draws up to `max_length` bytes out of `alphabet`: a small alphabet makes matches and swaps likely.
    std::string draw(std::size_t max_length, std::string_view alphabet) {
        std::string text(below(max_length + 1), ' ');
        for (char& c : text) c = alphabet[below(alphabet.size())];
        return text;
    }
    /// Draws up to `max_length` bytes of any value.
    std::string draw_bytes(std::size_t max_length) {
        std::string text(below(max_length + 1), ' ');
        for (char& c : text) c = static_cast<char>(static_cast<unsigned char>(below(256)));
        return text;
    }
    /// Makes `edits` random typing errors: a letter lost, doubled, changed, or swapped with its neighbour.
    std::string misspell(std::string text, std::size_t edits, std::string_view alphabet) {
        for (std::size_t k = 0; k < edits && text.size() > 1; ++k) {
            const std::size_t i = below(text.size() - 1);
            switch (below(4)) {
                case 0:
                    text.erase(i, 1);
                    break;
                case 1:
                    text.insert(i, 1, text[i]);
                    break;
                case 2:
                    text[i] = alphabet[below(alphabet.size())];
                    break;
                default:
                    std::swap(text[i], text[i + 1]);
                    break;
            }
        }
        return text;
    }

  private:
    static std::uint64_t choose_seed() {
        const char* given = std::getenv("CASEWEAVE_SEED");
        return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    }

    std::uint64_t seed_;
    std::mt19937_64 generator_;
};

}  // namespace caseweave::text
