#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "simulate_county/county.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

/// What is left of a system once it is written: its rows are counted and let go.
struct WrittenSystem {
    std::string system;
    std::size_t rows = 0;
    std::vector<std::string> unplaced_people;  ///< as SystemDump::unplaced_people
};

/// Holds what is true of a county and its systems' records, in a hundredth of the memory that those take: made before
/// the systems are simulated, written after, when it is known which records no reader can place.
class TruthBook {
  public:
    TruthBook(const County& county, const std::vector<SystemView>& views);

    /// Writes truth/persons.csv and truth/summary.json under a folder. The pipeline never reads them.
    void write(const std::vector<WrittenSystem>& systems, const std::filesystem::path& folder) const;

  private:
    struct Line {
        std::string key;
        std::string text;
    };
    std::vector<std::pair<std::string, std::vector<Line>>> systems_;
    std::string head_;  // of the summary
    std::string tail_;
};

}  // namespace simulate
