#pragma once

#include <string>
#include <string_view>

#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"

namespace simulate {

// Errors people and machines make in writing. Every function returns another text than it was given, where the text
// is long enough to be mistaken (two letters); all are safe on UTF-8.

/// Drops, doubles, exchanges or replaces a letter by its neighbour on a keyboard.
std::string mistype(std::string_view text, Random& random);
/// Spells it as it sounds (ph/f, ie/y, c/k, doubled letters); mistypes where nothing sounds alike.
std::string misspell(std::string_view text, Random& random);
/// Reads it wrongly from paper (rn/m, l/i, 0/O, cl/d); mistypes where nothing looks alike.
std::string misread(std::string_view text, Random& random);
/// Gives another form of a forename: diminutive, full form, or another transliteration; "" where none is known.
std::string other_form(std::string_view given, Random& random);
/// Gives the diminutive of a forename, "" where none is known.
std::string diminutive(std::string_view given);

/// Says how an office comes to write a name wrongly: weights of typing, of hearing, of reading from paper.
struct Slips {
    double typing;
    double hearing;
    double reading;
};

/// Takes a forename through one error: another form of it half of the time where there is one, else a slip.
std::string wrong_forename(std::string_view given, const Slips& slips, Random& random);
/// Takes a surname through one slip; double-barrelled names often lose a half.
std::string wrong_surname(std::string_view family, const Slips& slips, Random& random);
/// Exchanges day and month, with a probability and where that gives a date, or mistypes the day, month or year.
DateParts wrong_date(DateParts date, double exchange, Random& random);
/// Mistypes the last letters of a postcode or takes a neighbour's.
std::string wrong_postcode(std::string_view postcode, Random& random);

/// Cuts a postcode to its first half or by a letter, types a digit for its last letter, or writes the code for people
/// without an address: nothing that is one.
std::string no_postcode(std::string_view postcode, Random& random);
/// Mistypes one digit of a number so that it is of no kind any more: its check digit is wrong.
std::string wrong_digit(std::string_view number, Random& random);

/// Folds Latin letters with marks to ASCII ("Łukasz" to "Lukasz").
std::string fold_marks(std::string_view text);
/// Makes Latin letters capital, with their marks.
std::string upper_case(std::string_view text);
/// Cuts at a number of characters, not bytes.
std::string cut(std::string_view text, std::size_t characters);
/// Counts characters.
std::size_t characters(std::string_view text);

}  // namespace simulate
