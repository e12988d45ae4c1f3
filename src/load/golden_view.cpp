#include "load/golden_view.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "canonical/copy_encoding.hpp"
#include "canonical/golden_identifiers.hpp"
#include "load/visible_views.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

namespace {

/// Tell which child a record is: what services must have in common to work for the same one. A name a child is known by
/// is not among them: it can tell of a change of gender that only one service was trusted with.
constexpr std::array<std::string_view, 8> kCommonFields = {"person_kind", "given_name", "middle_names",
                                                           "family_name", "birth_date", "expected_birth_date",
                                                           "death_date",  "sex"};
/// Count all services at once.
constexpr std::array<std::string_view, 2> kCounts = {"records", "systems"};

template <std::size_t Size>
bool is_one_of(const std::array<std::string_view, Size>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string condition_of(const FieldDescriptor& field) {
    if (is_one_of(kGoldenIdentifiers, field.name))
        return fmt::format(
            "EXISTS (SELECT FROM integrated.person_identifier i WHERE i.person_id = p.person_id AND i.id_type = {} AND "
            "i.value = p.{} AND {})",
            TargetConnection::quote_literal(field.name), TargetConnection::quote_identifier(field.name),
            is_visible_sql("i"));
    if (is_one_of(kCounts, field.name)) return "(SELECT integrated.service_areas()) = 7";
    return TargetConnection::quote_literal(field.name) + " = ANY (given.fields)";
}

}  // namespace

std::string golden_view_sql(const TargetSchema& schema) {
    const EntityDescriptor& golden = schema.golden_person();
    std::string columns = "p.person_id";
    const auto add = [&](const FieldDescriptor& field, const std::string& name) {
        const std::string column = TargetConnection::quote_identifier(name);
        columns += is_one_of(kCommonFields, field.name)
                       ? fmt::format(",\n    p.{}", column)
                       : fmt::format(",\n    CASE WHEN {} THEN p.{} END AS {}", condition_of(field), column, column);
    };
    for (const FieldDescriptor& field : golden.fields) {
        add(field, field.name);
        if (field.type == FieldType::partial_date) add(field, field.name + "_precision");
    }
    return fmt::format(
        "CREATE VIEW {0} WITH (security_barrier = true) AS SELECT {1}\nFROM {2} p\nCROSS JOIN LATERAL (SELECT "
        "array_agg(v.field) AS fields FROM {3} v\n    WHERE v.person_id = p.person_id AND v.agrees AND {4}) given\n"
        "WHERE {5};\n"
        "COMMENT ON VIEW {0} IS 'One person a row, with the golden values that the asking role may know.';\n"
        "GRANT SELECT ON {0} TO caseweave_loader, caseweave_reader_social_care, caseweave_reader_education, "
        "caseweave_reader_youth_justice;\n",
        kGoldenView, columns, qualified_table(golden), qualified_table(schema.person_value()), is_visible_sql("v"),
        is_visible_sql("p"));
}

}  // namespace caseweave
