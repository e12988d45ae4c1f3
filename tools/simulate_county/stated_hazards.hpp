#pragma once

#include <span>
#include <string_view>

#include "simulate_county/county.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

/// Says how often a hazard occurs and what a reader of the systems meets of it. README.md repeats the list line by
/// line, and tests measure counties against it.
struct StatedHazard {
    enum class Of {
        children,   ///< those it is true of, whether their records show it or not
        adoptions,  ///< records for each
        records,    ///< of children, those in_base of view_hazards.hpp
    };

    Hazard hazard;
    double rate;               ///< share of `of`; 0: none of its own, it is as the population brings it
    Of of;                     ///< what the rate is a share of ...
    std::string_view of_what;  ///< ... in words
    std::string_view what;     ///< what a reader meets
    double at_demo = 0;        ///< share with those the population brings besides, at scale demo; 0: brings none
};

/// Lists every hazard, in the order of Hazard.
std::span<const StatedHazard> stated_hazards();

/// Tells whether a hazard that is stated of children is true of a person; false for the other hazards.
bool is_true_of(Hazard hazard, const County& county, const Person& person);

}  // namespace simulate
