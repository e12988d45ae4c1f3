#pragma once

#include <cstdint>

#include "simulate_county/habits.hpp"
#include "simulate_county/knowledge.hpp"

namespace simulate {

/// Makes the records of one system: what it would hold of a person if it made no error, then its errors.
/// Keys, relations and seals come later, when all records are there.
class ViewMaker {
  public:
    ViewMaker(const County& county, const Habit& habit, const Random& random);

    /// @param copy 0 for the main record, 1 for a duplicate: its own errors, a later date.
    PersonView make(const Knowledge& known, std::uint32_t copy) const;

  private:
    void write_names(PersonView& view, const Person& person, const Identity& identity, Day day, Random& random) const;
    void write_birth(PersonView& view, const Person& person, bool unborn, Random& random) const;
    void write_origin(PersonView& view, const Person& person, const Identity& identity, Random& random) const;
    void write_identifiers(PersonView& view, const Person& person, const Identity& identity, Random& random) const;
    void write_addresses(PersonView& view, const Person& person, const Identity& identity, Day last,
                         Random& random) const;
    void write_people_around(PersonView& view, const Person& person, const Identity& identity, Day last,
                             Random& random) const;
    void write_restrictions(PersonView& view, const Person& person, Random& random) const;
    void forget(PersonView& view, Random& random) const;

    const County& county_;
    const Habit& habit_;
    Random random_;
};

}  // namespace simulate
