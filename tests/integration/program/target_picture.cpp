#include "integration/program/target_picture.hpp"

#include <sstream>

namespace caseweave::testing {

std::string picture_of(const ProgramState& state, const std::vector<std::string>& without) {
    TargetConnection connection = state.connect();
    connection.execute(
        "CREATE TEMPORARY TABLE holder AS SELECT person_id, string_agg(source_system || ':' || source_person_key, ' '"
        " ORDER BY source_system COLLATE \"C\", source_person_key COLLATE \"C\") AS records"
        " FROM lineage.crosswalk GROUP BY person_id; ANALYZE holder");
    std::string left_out = "'row_id', 'run_id'";
    for (const std::string& column : without) left_out += ", '" + column + "'";
    std::string picture;
    for (const std::string& table :
         column_of(connection,
                   "SELECT format('%I.%I', table_schema, table_name) FROM information_schema.tables t"
                   " WHERE table_type = 'BASE TABLE' AND (table_schema IN ('integrated', 'sealed') OR table_schema = "
                   "'lineage'"
                   " AND table_name IN ('crosswalk', 'person_record', 'source_row', 'field_issue', 'quarantine')) "
                   "ORDER BY 1")) {
        std::string row;
        for (const std::string& column :
             column_of(connection, "SELECT attname FROM pg_attribute WHERE attrelid = '" + table +
                                       "'::regclass AND attnum > 0 AND NOT attisdropped"
                                       " AND attname NOT IN (" +
                                       left_out + ") ORDER BY attnum")) {
            const bool is_person =
                column.ends_with("_id") && value_of(connection,
                                                    "SELECT atttypid = 'bigint'::regtype FROM pg_attribute WHERE "
                                                    "attrelid = '" +
                                                        table + "'::regclass AND attname = '" + column + "'") == "t";
            // Rows that consolidation made are keyed by the person id itself.
            const bool may_be_id = column == "source_key" || column == "source_person_key";
            row += row.empty() ? "" : ", ";
            if (is_person)
                row += "(SELECT records FROM holder h WHERE h.person_id = t." + column + ")";
            else if (may_be_id && table.starts_with("integrated."))
                row += "CASE WHEN t.source_system = 'caseweave' THEN '' ELSE t." + column + "::text END";
            else
                row += "t." + column + "::text";
        }
        picture += table + " " +
                   value_of(connection,
                            "SELECT count(*) || ' ' || md5(coalesce(string_agg(r, E'\\n' ORDER BY r COLLATE "
                            "\"C\"), '')) FROM (SELECT concat_ws('|', " +
                                row + ") AS r FROM " + table + " t) rows") +
                   "\n";
    }
    return picture;
}

std::string picture_with_ids_and_books(const ProgramState& state, const std::vector<std::string>& without) {
    std::string picture = picture_of(state, without);
    TargetConnection connection = state.connect();
    picture += "ids " +
               value_of(connection,
                        "SELECT md5(string_agg(concat_ws('|', source_system, source_person_key, person_id, access),"
                        " E'\\n' ORDER BY source_system, source_person_key)) FROM lineage.crosswalk") +
               "\n";
    for (const std::string table : {"lineage.balance", "lineage.row_tally"})
        picture += table + " " +
                   value_of(connection,
                            "SELECT count(*) || ' ' || md5(string_agg(r, E'\\n' ORDER BY r COLLATE \"C\")) FROM"
                            " (SELECT (to_jsonb(t) - 'run_id')::text AS r FROM " +
                                table + " t) rows") +
                   "\n";
    return picture;
}

std::string difference(const std::string& one, const std::string& other) {
    std::istringstream a(one), b(other);
    std::string left, right, tables;
    while (std::getline(a, left) && std::getline(b, right))
        if (left != right) tables += left + " / " + right + "\n";
    return one.size() == other.size() ? tables : tables + "and more tables\n";
}

}  // namespace caseweave::testing
