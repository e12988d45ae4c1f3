#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "simulate_county/calendar.hpp"
#include "simulate_county/random.hpp"
#include "simulate_county/system_view.hpp"
#include "simulate_county/table.hpp"

namespace simulate {

/// Names a cell by its column.
using NamedCell = std::pair<std::string_view, Cell>;

/// Appends a row given by column names; columns not named are NULL. Throws std::logic_error for an unknown column.
/// Cheapest when the cells come in the order of the columns.
void append(Table& table, std::initializer_list<NamedCell> cells);

/// Makes a cell of a text, NULL where it is empty.
Cell given(std::string_view text);

/// Pairs a neutral value with the code a system has for it.
using CodePair = std::pair<std::string_view, std::string_view>;

/// Finds a system's code for a neutral value: NULL for "", the value itself where the list has none.
Cell translate(std::string_view value, std::span<const CodePair> codes);

/// Writes as much of a date as is known, by one of three forms; NULL without a year.
Cell written(const DateParts& date, std::string_view day_form, std::string_view month_form,
             std::string_view year_form = "%Y");

/// Writes a number with leading zeros to a width.
std::string padded(std::uint64_t number, int width);

/// Makes a key no row has: its first digit becomes 9, and a serial keeps two copies of one row apart.
std::string unused_key(const std::string& key, std::size_t serial);

/// Draws a minute of office hours on a day.
Moment office_time(Day day, Random& random);

/// Issues the keys of one table: a prefix and a number of fixed width, so that byte order is order of issue.
class KeySeries {
  public:
    KeySeries(std::string prefix, std::uint64_t first, int width)
        : prefix_(std::move(prefix)), next_(first), width_(width) {}
    std::string next() { return prefix_ + padded(next_++, width_); }

  private:
    std::string prefix_;
    std::uint64_t next_;
    int width_;
};

/// Writes dates and codes as a system's forms hold them, with the mistakes people make on forms: a day that does not
/// exist, a code that is not on the list. The first mistake of each kind is certain after a few values, so that small
/// counties have one too.
class FormAnswers {
  public:
    /// @param date_form as format_day; rates are per value.
    FormAnswers(Random random, std::string date_form, double bad_date_rate, double bad_code_rate);

    /// NULL for kOpen and 0; days are taken as they are otherwise.
    Cell day(Day day);
    /// NULL for "".
    Cell code(std::string_view code, std::string_view unknown);

  private:
    static constexpr int kCertainAfter = 25;
    Random random_;
    std::string form_;
    double bad_date_rate_;
    double bad_code_rate_;
    int dates_ = 0;
    int codes_ = 0;
};

/// Says how often rows of a table are of no use; each kind occurs once at least where the table has rows enough.
struct DirtyRates {
    double orphans = 0.0008;        ///< rows of a person nobody knows
    double lost_parents = 0.0;      ///< rows of a parent nobody knows
    double key_conflicts = 0.0004;  ///< rows with the key of another row and other content
    double duplicates = 0.0006;     ///< rows that occur twice, byte for byte
};

/// Names the columns that dirty rows change; "" = the table has no such column, and gets no such rows.
struct DirtyColumns {
    std::string_view key;
    std::string_view person;
    std::string_view parent;
    std::string_view changed;  ///< a column that differs in a key conflict ...
    std::string_view other;    ///< ... and the value it then has
};

/// Appends orphans, rows of lost parents, key conflicts and exact duplicates of rows of a table, in that order.
/// A new key is an existing one with its first digit replaced by 9. Leaf tables only: a row that others hang from would
/// take them along.
void add_dirty_rows(Table& table, const DirtyColumns& columns, const DirtyRates& rates, Random random);

}  // namespace simulate
