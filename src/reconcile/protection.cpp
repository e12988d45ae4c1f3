#include "reconcile/protection.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

#include "canonical/copy_encoding.hpp"
#include "people/person_field.hpp"
#include "postgres/target_connection.hpp"

namespace caseweave {

namespace {

/// Collects alternatives of a condition.
class AnyOf {
  public:
    void add(const std::string& condition) { sql_ += (sql_.empty() ? "" : " OR ") + condition; }
    std::string sql() const { return sql_.empty() ? "false" : "(" + sql_ + ")"; }

  private:
    std::string sql_;
};

std::string column(const std::string& name) {
    return "t." + TargetConnection::quote_identifier(name);
}

/// Names the columns of `t` that hold persons: whose the row is, and whom it names.
std::vector<std::string> person_columns(const EntityDescriptor& entity) {
    std::vector<std::string> columns;
    if (const std::string_view id = id_column(entity); !id.empty()) columns.push_back(column(std::string(id)));
    for (const FieldDescriptor& field : entity.fields)
        if (field.type == FieldType::person_ref) columns.push_back(column(field.name + "_id"));
    return columns;
}

/// Writes that a row gives a value of a field that was set aside.
std::string is_set_aside(const FieldDescriptor& field) {
    return TargetConnection::quote_literal(field.name + ":invalid") + " = ANY (string_to_array(t.missing, ','))";
}

/// Writes that a row gives a field: its value, or one that was set aside.
std::string is_given(const FieldDescriptor& field) {
    return "(" + column(field.name) + " IS NOT NULL OR " + is_set_aside(field) + ")";
}

std::string gives_any(const EntityDescriptor& entity, Discloses what) {
    AnyOf any;
    for (const FieldDescriptor& field : entity.fields)
        if (field.discloses == what) any.add(is_given(field));
    return any.sql();
}

bool is_person_field(std::string_view name) {
    return std::find(std::begin(kPersonFieldNames), std::end(kPersonFieldNames), name) != std::end(kPersonFieldNames);
}

/// Writes that a row of person `id` gives a field of theirs that is restricted.
std::string gives_restricted_field(const EntityDescriptor& entity, const std::string& id,
                                   const ProtectedPersons& persons) {
    const auto restricted = [&](const std::string& name) {
        return "(" + id + ", " + name + ") IN (" + persons.fields + ")";
    };
    AnyOf any;
    for (const FieldDescriptor& field : entity.fields) {
        if (is_person_field(field.name))
            any.add("(" + restricted(TargetConnection::quote_literal(field.name)) + " AND " + is_given(field) + ")");
    }
    // Consolidation's values of fields stand one a row.
    if (entity.name == "person_value") any.add(restricted("t.field"));
    return any.sql();
}

/// Writes that a row is a family's whose members are all protected, and that they need `bit`.
std::string is_family_with(const ProtectedPersons& persons, std::uint8_t bit) {
    return "(t.source_system, t.family_key) IN (SELECT f.system, f.family_key FROM (" + persons.families +
           ") f (system, family_key, access) WHERE f.access & " + std::to_string(bit) + " <> 0)";
}

/// Writes that a text begins with one of some names, whole words.
std::string begins_with_one(const std::string& text, const std::string& names) {
    // Names are looked up, not tried one after the other on every row; and only where the first word is one's: taking
    // a text apart costs thirty times what a look costs. The look is a CASE so that it stays one: the planner would
    // make it a join, and gather the names anew for each row.
    const auto first_word = [](const std::string& of) { return "split_part(translate(" + of + ", ',', ' '), ' ', 1)"; };
    return "CASE WHEN " + first_word(text) + " IN (SELECT " + first_word("n.name") + " FROM (" + names +
           ") n (name)) THEN EXISTS (SELECT FROM generate_series(1, length(" + text + ")) k WHERE (k = length(" + text +
           ") OR substr(" + text + ", k + 1, 1) IN (' ', ',')) AND CASE WHEN left(" + text + ", k) IN (" + names +
           ") THEN true ELSE false END) ELSE false END";
}

/// Writes a text folded: words of small letters and digits, marks and apostrophes gone, one blank between them.
std::string folded(const std::string& text) {
    return "btrim(regexp_replace(regexp_replace(lower(normalize(" + text +
           R"(, NFKD)), '[''`\u00a8\u00b4\u00b7\u02b9-\u036f\u2018\u2019\u201b\u2032\u2035]', '', 'g'),)"
           R"( '[\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u2000-\u206f]+', ' ', 'g')))";
}

/// Writes an address's words, and those of its house, as columns of arrays. `of` is the alias of its row.
std::string words_of_address(const std::string& of) {
    const std::string all =
        "string_to_array(" +
        folded("concat_ws(' ', " + of + ".house_number, " + of + ".street, " + of + ".address_text)") + ", ' ')";
    return "to_jsonb(" + all + ") AS words, to_jsonb(CASE WHEN " + folded("coalesce(" + of + ".house_number, '')") +
           " <> '' THEN string_to_array(" + folded(of + ".house_number") +
           ", ' ') ELSE ARRAY(SELECT word FROM unnest(" + all + ") word WHERE word ~ '[0-9]') END) AS house";
}

/// Writes that a person's address `t` may be a hidden home: it says its house, or nothing tells it from one at its
/// postcode; without a postcode, its line is one's or its text begins so.
std::string is_home(const ProtectedPlaces& places) {
    const std::string homes = "(" + places.homes + ") h (postcode, uprn, house_number, street, address_text)";
    // By postcode, and once for all rows: joined for each row anew they would be read through as often.
    const std::string by_postcode =
        "(SELECT jsonb_object_agg(g.postcode, g.homes) FROM (SELECT h.postcode, jsonb_agg(jsonb_build_object('uprn',"
        " h.uprn, 'words', k.words, 'house', k.house)) AS homes FROM " +
        homes + " CROSS JOIN LATERAL (SELECT " + words_of_address("h") +
        ") k WHERE h.postcode IS NOT NULL GROUP BY 1) g)";
    const std::string same_house =
        "EXISTS (SELECT FROM (SELECT " + words_of_address("t") + " OFFSET 0) a CROSS JOIN jsonb_to_recordset(" +
        by_postcode +
        " -> t.postcode) h (uprn text, words jsonb, house jsonb) WHERE ((a.house <> '[]' AND h.house <> '[]') OR"
        " t.uprn IS NULL OR h.uprn IS NULL OR t.uprn = h.uprn) AND (h.house <@ a.words OR a.house <@ h.words))";
    // Folding is dear: only a text whose first word is the first of a hidden house is.
    const auto is_or_begins_as_one = [&](const std::string& which) {
        const auto first_word = [](const std::string& of) {
            return "lower(split_part(translate(" + of + ", ',.', '  '), ' ', 1))";
        };
        const std::string having_both = " FROM " + homes + " WHERE " + folded("h.house_number") + " <> '' AND " +
                                        folded("h.street") + " <> ''" + which;
        const std::string lines = "SELECT " + folded("h.house_number || ' ' || h.street") + having_both;
        const auto where_likely = [&](const std::string& text, const std::string& condition) {
            return "CASE WHEN " + first_word(text) + " IN (SELECT " + first_word("h.house_number") + having_both +
                   ") THEN " + condition + " ELSE false END";
        };
        const std::string parts = "concat_ws(' ', t.house_number, t.street)";
        return "(" + where_likely(parts, folded(parts) + " IN (" + lines + ")") + " OR " +
               where_likely("t.address_text", begins_with_one(folded("t.address_text"), lines)) + ")";
    };
    return "CASE WHEN t.postcode IS NULL THEN " + is_or_begins_as_one("") + " ELSE CASE WHEN t.postcode IN (" +
           home_postcodes_sql(places) + ") THEN " + same_house + " ELSE false END OR " +
           is_or_begins_as_one(" AND h.postcode IS NULL") + " END";
}

/// Gives the hidden places as the target's rows of providers and of addresses say. `whose` gives the persons whose
/// addresses are restricted.
ProtectedPlaces hidden_by_target(const std::string& whose) {
    const auto of_providers = [](const std::string& columns, const std::string& given) {
        return "SELECT " + columns +
               " FROM integrated.provider h WHERE (h.address_restricted OR (h.address_restricted" +
               " IS NULL AND 'address_restricted:invalid' = ANY (string_to_array(h.missing, ',')))) AND " + given +
               " IS NOT NULL";
    };
    const auto of_homes = [&](const std::string& columns) {
        return "SELECT " + columns + " FROM integrated.person_address h WHERE (h.restricted OR h.person_id IN (" +
               whose + "))";
    };
    ProtectedPlaces places;
    places.keys = of_providers("h.source_system, h.source_key", "h.source_key");
    for (const std::string name : {"h.name", "h.registration_number", "h.address_text"})
        places.names += (places.names.empty() ? "" : " UNION ") + of_providers(name, name);
    places.provider_postcodes = of_providers("h.postcode", "h.postcode");
    places.homes = of_homes("DISTINCT h.postcode, h.uprn, h.house_number, h.street, h.address_text");
    places.uprns = of_homes("h.uprn") + " AND h.uprn IS NOT NULL";
    return places;
}

}  // namespace

std::string home_postcodes_sql(const ProtectedPlaces& places) {
    return "SELECT h.postcode FROM (" + places.homes +
           ") h (postcode, uprn, house_number, street, address_text) WHERE h.postcode IS NOT NULL";
}

ProtectedPersons protected_by_target() {
    std::string known = "'phone', 'email'";
    for (const std::string_view name : kPersonFieldNames) known += ", " + TargetConnection::quote_literal(name);
    const std::string restrictions =
        "SELECT r.person_id FROM integrated.restriction r WHERE r.person_id IS NOT NULL AND ";
    const std::string of_field = restrictions + "r.scope = 'field' AND r.field_name = ";
    ProtectedPersons persons;
    // A scope or a field that the program does not know closes the record: the strictest reading.
    persons.records =
        restrictions + "(r.scope = 'address' OR (r.scope = 'field' AND r.field_name IN (" + known + "))) IS NOT TRUE";
    persons.addresses = restrictions + "r.scope = 'address'";
    persons.places = hidden_by_target(persons.addresses);
    persons.phones = of_field + "'phone'";
    persons.emails = of_field + "'email'";
    persons.fields =
        "SELECT r.person_id, r.field_name FROM integrated.restriction r WHERE r.scope = 'field'"
        " AND r.person_id IS NOT NULL AND r.field_name IS NOT NULL";
    const std::string members =
        "(SELECT m.source_system, m.domain_key, m.side, c.person_id FROM sealed.identity_domain_member m"
        " JOIN lineage.crosswalk c ON c.source_system = m.member_system AND c.source_person_key = m.member_key)";
    persons.sealed = "SELECT s.person_id FROM " + members + " s WHERE s.side = 'earlier'";
    const std::string pairs = "(SELECT l.person_id AS later, e.person_id AS earlier FROM " + members + " l JOIN " +
                              members +
                              " e USING (source_system, domain_key) WHERE l.side = 'later' AND e.side = 'earlier')";
    const std::string kin = "(SELECT later, earlier AS other FROM " + pairs +
                            " p UNION SELECT p.later, r.related_person_id FROM " + pairs +
                            " p JOIN integrated.relationship r ON r.person_id = p.earlier"
                            " UNION SELECT p.later, r.person_id FROM " +
                            pairs + " p JOIN integrated.relationship r ON r.related_person_id = p.earlier)";
    persons.families =
        "SELECT r.source_system, r.family_key, bit_or(p.access) FROM lineage.person_record r JOIN integrated.person p"
        " USING (person_id) WHERE r.family_key IS NOT NULL GROUP BY 1, 2 HAVING bool_and(p.access <> 0)";
    persons.across = "WITH kin AS (SELECT later, other FROM " + kin +
                     " k WHERE other IS NOT NULL) SELECT later, other FROM kin UNION SELECT other, later FROM kin";
    return persons;
}

std::string is_restricted_sql(const EntityDescriptor& entity, const ProtectedPersons& persons) {
    AnyOf any;
    if (entity.name == "family") any.add(is_family_with(persons, kAccessRestricted));
    for (const std::string& person : person_columns(entity)) any.add(person + " IN (" + persons.records + ")");
    for (const FieldDescriptor& field : entity.fields) {
        if (!marks_restriction(field)) continue;
        any.add(column(field.name));
        any.add("(" + column(field.name) + " IS NULL AND " + is_given(field) + ")");
    }
    // A person's address is nothing but the address: the row is closed with it.
    if (entity.pass == Pass::people) any.add(names_hidden_place_sql(entity, persons.places));
    if (const std::string_view name = id_column(entity); !name.empty()) {
        const std::string id = column(std::string(name));
        const auto hides = [&](Discloses what, const std::string& whose) {
            const std::string gives = gives_any(entity, what);
            if (gives != "false") any.add("(" + id + " IN (" + whose + ") AND " + gives + ")");
        };
        hides(Discloses::address, persons.addresses);
        hides(Discloses::phone, persons.phones);
        hides(Discloses::email, persons.emails);
        if (const std::string gives = gives_restricted_field(entity, id, persons); gives != "false") any.add(gives);
    }
    return "coalesce(" + any.sql() + ", false)";
}

std::string is_sealed_sql(const EntityDescriptor& entity, const ProtectedPersons& persons) {
    if (entity.schema == "sealed") return "true";
    AnyOf any;
    if (entity.name == "family") any.add(is_family_with(persons, kAccessSealed));
    const std::vector<std::string> columns = person_columns(entity);
    for (const std::string& person : columns) any.add(person + " IN (" + persons.sealed + ")");
    if (!id_column(entity).empty()) {
        for (std::size_t i = 1; i < columns.size(); ++i)
            any.add("(" + columns[0] + ", " + columns[i] + ") IN (" + persons.across + ")");
    }
    return "coalesce(" + any.sql() + ", false)";
}

std::string names_hidden_place_sql(const EntityDescriptor& entity, const ProtectedPlaces& places) {
    if (id_column(entity).empty()) return "false";
    AnyOf any;
    const bool of_case = entity.pass == Pass::cases;
    for (const FieldDescriptor& field : entity.fields) {
        if (!names_place(field)) continue;
        const auto is_in = [&](const std::string& query) { any.add(column(field.name) + " IN (" + query + ")"); };
        if (of_case) any.add(is_set_aside(field));
        if (field.type == FieldType::postcode) {
            is_in(places.provider_postcodes);
            if (of_case) is_in(home_postcodes_sql(places));
        } else if (field.type == FieldType::uprn) {
            is_in(places.uprns);
        } else if (field.type == FieldType::key) {
            is_in(places.names);
            any.add("(t.source_system, " + column(field.name) + ") IN (" + places.keys + ")");
        } else {
            any.add(begins_with_one(column(field.name), places.names));
        }
    }
    if (entity.name == "person_address") any.add(is_home(places));
    const std::string sql = any.sql();
    return sql == "false" ? sql : "coalesce(" + sql + ", false)";
}

}  // namespace caseweave
