#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "settings/toml_table.hpp"

namespace caseweave {

/// Maps one canonical field to source columns; one entry of [entity.emit.fields].
struct FieldMapping {
    std::string field;                 ///< canonical field
    std::vector<std::string> columns;  ///< source columns, usually one; several for `combine`
    /// How several columns make one value: "" (first that has a value), "join" (with a blank),
    /// "date_parts" (day, month, year in this order; "" stands for one the source does not have).
    std::string combine;
    /// The part of a full name that is wanted: "given", "middle" or "family"; "" for the whole value.
    std::string part;
    /// Keep postcodes and telephone numbers of another country, which have no form that could be checked.
    bool foreign = false;
    std::string codes;               ///< code list of the connector (codes/<name>.csv), or ""
    std::vector<std::string> dates;  ///< accepted forms; the connector's own when empty
    std::optional<std::string> constant;
    /// Column whose truthy value ("1", "Y", "true", "E") says that this date is estimated.
    std::string estimated_column;
    /// Column that names the issuer or state of the value; free use by the normaliser ("" when none).
    std::string status_column;
};

/// Decides whether an emit applies to a row.
struct EmitCondition {
    std::vector<std::string> columns;     ///< the first of them that has a value is looked at
    std::vector<std::string> equals;      ///< its text is one of these (ASCII case ignored)
    std::vector<std::string> not_equals;  ///< or none of these
    bool not_null = false;                ///< it has a value
};

/// Turns a source row into one row of a canonical entity.
struct EmitDefinition {
    std::string to;                   ///< canonical entity
    std::vector<EmitCondition> when;  ///< all must hold
    std::string person_key;           ///< overrides the entity's person_key for this emit
    std::vector<FieldMapping> fields;
};

/// Describes one source entity: where it is read, its key, its columns, what it becomes.
struct EntityDefinition {
    std::string name;
    std::string query;     ///< databases: text of queries/<file>.sql
    std::string resource;  ///< files: glob; https: path
    std::string record;    ///< xml: element path; json: pointer to the array; xlsx: sheet; ledger: record type
    std::vector<std::string> columns;       ///< source columns, in order; a missing one is an error naming it
    std::vector<std::string> column_paths;  ///< xml/json: where each column stands; same size; else empty
    std::vector<std::pair<unsigned, unsigned>> column_extents;  ///< fixed width: 1-based start and width
    std::vector<std::string> optional_columns;                  ///< of `columns`: may be missing in a source
    std::vector<std::string> key;                               ///< natural key columns
    bool ordered_by_key = false;                                ///< source yields rows in byte order of the key
    std::string person_key;                                     ///< column of the person the row speaks of, or ""
    /// "" or "first": of the rows that emit a person and speak of one person key, over the whole connector in load
    /// order, only the first makes the person; later ones are excluded with a reason of their own.
    std::string person_from;
    std::string parent;                   ///< source entity a row belongs to, or ""
    std::vector<std::string> parent_key;  ///< columns that hold the parent's key
    std::string watermark;                ///< column that grows with every change, or ""
    std::vector<std::string> ignored;     ///< columns left out on purpose; they still go to extras
    std::vector<EmitCondition> exclude;   ///< rows left out by rule: any that holds excludes
    std::string exclude_reason;
    std::vector<EmitDefinition> emits;
};

/// Describes one connector: connectors/<system>/connector.toml and what stands beside it.
struct ConnectorDefinition {
    std::filesystem::path folder;
    std::string name;
    std::string title;
    std::string supplier;
    std::string service_area;  ///< "social_care", "education" or "youth_justice"
    std::string version;
    std::string transport;                   ///< "odbc", "postgres", "https", "file_drop"
    std::string format;                      ///< "delimited", "fixed_width", "xml", "json", "xlsx"; "" for databases
    TomlTable transport_settings;            ///< [transport_settings]: read by the transport itself
    TomlTable format_settings;               ///< [format_settings]: read by the format itself
    std::vector<std::string> dates;          ///< accepted date forms: strftime letters d m Y H M S b
    std::vector<std::string> null_texts;     ///< texts that mean NULL, besides a real NULL
    std::vector<EntityDefinition> entities;  ///< in load order: people first, parents before children

    /// Reads and checks the folder; SettingsError with file, line and column.
    static ConnectorDefinition load(const std::filesystem::path& folder);
    const EntityDefinition* find(std::string_view entity) const noexcept;
};

}  // namespace caseweave
