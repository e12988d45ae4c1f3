#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "simulate_county/county.hpp"

namespace simulate {

/// Says that a system knows one identity of one person, and between which days it dealt with it.
struct Knowledge {
    PersonIndex person = kNobody;
    Side side = Side::none;
    Day first = 0;
    Day last = 0;               ///< last contact, at most kToday
    bool still_unborn = false;  ///< the system never learnt of the birth
};

/// Decides from the life courses whom each system knows; in person order, adults included where the system has them.
class KnowledgeBook {
  public:
    explicit KnowledgeBook(const County& county);
    std::vector<Knowledge> known_to(std::string_view system) const;

  private:
    void note(std::string_view system, PersonIndex person, Side side, Day first, Day last);
    void note_span(std::string_view system, const Person& person, Day first, Day last);
    void note_life(const Person& person);
    void note_care(const Person& person);
    void note_families();
    void note_carers();
    void note_seals();
    bool knows(std::string_view system, PersonIndex person, Side side) const;

    struct Entry {
        std::string_view system;
        Knowledge knowledge;
    };
    const County& county_;
    std::vector<std::vector<Entry>> entries_;  // by person
};

/// Gives the identity's side that a day falls on, Side::none for the unsealed.
Side side_on(const County& county, const Person& person, Day day);

}  // namespace simulate
