#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "people/person_store.hpp"

namespace caseweave {

/// Lists the fields of a person that a column of a file may hold, as --columns names them.
std::span<const std::string_view> people_fields() noexcept;

/// Names a column that is compared although no field of a person holds it (--also).
struct FurtherColumn {
    std::string column;
    ExtraKind kind = ExtraKind::exact;
};

/// Says which column of a file of people holds which field of a person.
struct PeopleColumns {
    struct FieldColumn {
        std::string field;   ///< one of people_fields()
        std::string column;  ///< the file's own name for it
    };

    std::string id;  ///< column with the record's id; "" where records have none (pairs)
    std::vector<FieldColumn> fields;
    std::vector<FurtherColumn> further;
    std::vector<std::string> null_texts;  ///< texts that stand for no value, besides the empty field

    /// Gives the column of a field; "" when the file has none.
    std::string column_of(std::string_view field) const;
    /// Gives all columns of a field: some a person may have several of (alias, phone).
    std::vector<std::string> columns_of(std::string_view field) const;
    /// Gives every column named here, each once: the id, the fields', the further ones.
    std::vector<std::string> names() const;
};

/// Holds what the command line says about columns, as typed.
struct ColumnArguments {
    std::string id;
    std::vector<std::string> columns;  ///< each "given_name=first_name,family_name=surname"; a name may stand in quotes
    std::vector<std::string> also;     ///< each "occupation:text"
    std::vector<std::string> null_texts;
};

/// Reads the arguments. Without any --columns the fields stay empty: the file's own header is to be asked (see
/// columns_named_as_fields). @throws Error(usage) that names what is wrong and the nearest right word.
PeopleColumns parse_people_columns(const ColumnArguments& arguments);

/// Finds the columns that are named as fields are, for a file without --columns.
std::vector<PeopleColumns::FieldColumn> columns_named_as_fields(std::span<const std::string> header,
                                                                std::string_view prefix = {});

/// Holds every column against a file's header. @param prefix stands before each name in the header (but the id's).
/// @throws Error(usage) that names the file, the column and the nearest of its columns.
void require_columns(const PeopleColumns& columns, std::span<const std::string> header, const std::string& file,
                     std::string_view prefix = {});

}  // namespace caseweave
