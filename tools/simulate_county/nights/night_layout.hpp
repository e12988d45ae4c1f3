#pragma once

#include <array>
#include <span>
#include <string_view>

namespace simulate {

/// Says what a night may do to one table of case rows. "" stands for a column that the table does not have.
struct CaseLayout {
    std::string_view table;
    std::string_view entity;                      ///< the connector's name for its rows; "": no entity of its own
    std::string_view key = {};                    ///< the column of the rows' own serial key
    std::array<std::string_view, 3> composite{};  ///< where there is no serial: the columns that identify a row
    std::string_view started = {};                ///< a new row gets the night's day here
    std::string_view ended = {};                  ///< empty in a new row; filled when the row is closed
    std::string_view changed = {};                ///< a change takes the value of another row
    std::string_view stamp = {};                  ///< when the row was last saved
    enum class Growth {
        none,          ///< no new rows but newcomers'
        copies,        ///< a new row is a copy of another one with a new key
        other_person,  ///< a copy of another one under another person, where that makes a new composite key
    } growth = Growth::copies;
    bool kept = false;                 ///< append-only: no row changes or goes once it is written
    std::string_view day_form = {};    ///< of `started` and `ended`, where not the system's
    std::string_view counted_in = {};  ///< the nested table whose rows the entity's are: a row here counts as those
    bool whole = false;                ///< names people of all systems: every row of the newcomers' table is theirs
    bool found_by_reference = false;   ///< has no person: a newcomer's row is one that other rows refer to
};

/// Says where a system keeps what changes of a person. "" stands for a column that it does not have.
struct PersonLayout {
    std::string_view table;
    std::string_view entity;
    std::string_view given = {}, family = {};
    std::string_view birth = {}, birth_form = {};
    std::string_view address_table = {};        ///< "": in the person's row
    std::string_view address_entity = {};       ///< likewise
    std::array<std::string_view, 6> address{};  ///< house, street, locality, town, postcode, UPRN
    std::string_view address_from = {};
    std::string_view restricted = {}, restricted_value = {}, restriction_reason = {}, restricted_from = {};
    std::string_view kind = {}, child_value = {};  ///< where the unborn are kept
    std::string_view sex = {}, male = {}, female = {};
    std::string_view stamp = {};
    bool merges = false;  ///< records are merged and removed here
};

/// Says which nights a system gives new data on, and what they may change. Tables that stand nowhere (teams, workers,
/// schools, providers, households of carers) stay as they are.
struct SystemLayout {
    std::string_view system;
    int every;  ///< nights from one change to the next; 1: each night
    int first;  ///< the first night with a change
    std::string_view day_form;
    std::string_view stamp_form;
    std::span<const std::string_view> person_columns;  ///< hold keys of people, wherever they stand
    std::string_view loose_reference;                  ///< holds the key of a row of any table
    std::array<std::string_view, 2> alias{};           ///< a column that refers to the key of another name
    PersonLayout person;
    std::span<const CaseLayout> cases;

    bool gives_on(int night) const { return night >= first && (night - first) % every == 0; }
};

/// Lists all systems, in the order in which they are written.
std::span<const SystemLayout> system_layouts();

/// Gives a system's layout; throws std::invalid_argument where there is no such system.
const SystemLayout& layout_of(std::string_view system);

}  // namespace simulate
