#include "app/people_files/people_file_definition.hpp"

#include <algorithm>

#include "settings/places.hpp"

namespace caseweave {

namespace {

/// Puts what one person's columns say into emits.
class EmitMaker {
  public:
    EmitMaker(const PeopleColumns& columns, std::string_view prefix, const ColumnHabits& habits)
        : columns_(columns), prefix_(prefix), habits_(habits) {}

    std::vector<EmitDefinition> make() const {
        std::vector<EmitDefinition> emits = {person()};
        for (const std::string& column : columns_.columns_of("former_family_name"))
            emits.push_back(
                about(column, "person_name", {constant("name_type", "former"), one("family_name", column)}));
        for (const std::string& column : columns_.columns_of("alias")) {
            emits.push_back(about(column, "person_name",
                                  {constant("name_type", "alias"), part("given_name", column, "given"),
                                   part("middle_names", column, "middle"), part("family_name", column, "family")}));
        }
        for (const char* kind : {"nhs_number", "upn", "uln"}) {
            if (const std::string column = columns_.column_of(kind); !column.empty()) {
                emits.push_back(
                    about(column, "person_identifier",
                          {constant("id_type", kind), constant("status", "unverified"), one("value", column)}));
            }
        }
        EmitDefinition address{.to = "person_address", .when = {}, .person_key = {}, .fields = {}};
        for (const char* field : {"house_number", "street", "town", "postcode", "uprn"}) add(address, field, field);
        if (!address.fields.empty()) emits.push_back(std::move(address));
        for (const char* kind : {"phone", "email"}) {
            for (const std::string& column : columns_.columns_of(kind))
                emits.push_back(about(column, "person_contact", {one(kind, column)}));
        }
        return emits;
    }

  private:
    std::string named(const std::string& column) const { return column.empty() ? column : prefix_ + column; }

    FieldMapping one(std::string field, const std::string& column) const {
        FieldMapping mapping;
        mapping.field = std::move(field);
        mapping.columns = {named(column)};
        mapping.foreign = habits_.foreign.contains(mapping.columns.front());
        return mapping;
    }
    FieldMapping part(std::string field, const std::string& column, std::string part) const {
        FieldMapping mapping = one(std::move(field), column);
        mapping.part = std::move(part);
        return mapping;
    }
    static FieldMapping constant(std::string field, std::string value) {
        FieldMapping mapping;
        mapping.field = std::move(field);
        mapping.constant = std::move(value);
        return mapping;
    }
    void add(EmitDefinition& emit, std::string_view field, std::string canonical) const {
        if (const std::string column = columns_.column_of(field); !column.empty())
            emit.fields.push_back(one(std::move(canonical), column));
    }
    /// Makes a row that is there only where its column has a value.
    EmitDefinition about(const std::string& column, std::string to, std::vector<FieldMapping> fields) const {
        EmitCondition there;
        there.columns = {named(column)};
        there.not_null = true;
        return {std::move(to), {there}, {}, std::move(fields)};
    }

    EmitDefinition person() const {
        EmitDefinition emit{.to = "person", .when = {}, .person_key = {}, .fields = {}};
        for (const char* field :
             {"given_name", "middle_names", "family_name", "mother_given_name", "mother_family_name",
              "guardian_given_name", "guardian_family_name", "multiple_birth", "birth_order", "birth_place"})
            add(emit, field, field);
        add(emit, "school", "school_name");
        if (const std::string column = columns_.column_of("full_name"); !column.empty()) {
            emit.fields.push_back(part("given_name", column, "given"));
            emit.fields.push_back(part("middle_names", column, "middle"));
            emit.fields.push_back(part("family_name", column, "family"));
        }
        if (const std::string column = columns_.column_of("birth_date"); !column.empty()) {
            FieldMapping date = one("birth_date", column);
            date.dates = date_forms_of(habits_, date.columns.front());
            emit.fields.push_back(std::move(date));
        }
        if (const std::string year = columns_.column_of("birth_year"); !year.empty()) {
            FieldMapping date = one("birth_date", year);
            date.columns = {named(columns_.column_of("birth_day")), named(columns_.column_of("birth_month")),
                            named(year)};
            date.combine = "date_parts";
            emit.fields.push_back(std::move(date));
        }
        if (const std::string column = columns_.column_of("sex"); !column.empty()) {
            FieldMapping sex = one("sex", column);
            sex.codes = "sex";
            emit.fields.push_back(std::move(sex));
        }
        return emit;
    }

    const PeopleColumns& columns_;
    std::string prefix_;
    const ColumnHabits& habits_;
};

/// Writes a file's name as the glob that only it matches.
std::string as_glob(const std::string& name) {
    std::string glob;
    for (const char c : name) {
        if (c == '*' || c == '?' || c == '[' || c == '\\') glob += '\\';
        glob += c;
    }
    return glob;
}

}  // namespace

std::vector<std::string> date_forms_of(const ColumnHabits& habits, const std::string& column) {
    std::vector<std::string> forms = {"%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y-%m", "%Y"};
    if (!habits.month_first.contains(column))
        forms.insert(forms.begin() + 2, {"%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d-%b-%Y", "%d %b %Y"});
    return forms;
}

ConnectorDefinition define_people_file(const PeopleColumns& columns, const std::filesystem::path& file,
                                       const PeopleFileForm& form, std::span<const std::string_view> prefixes,
                                       const ColumnHabits& habits) {
    ConnectorDefinition connector;
    connector.folder = home_folder() / "config" / "people_file";
    connector.name = file.stem().string();
    connector.title = "Columns given on the command line";
    connector.transport = "file_drop";
    connector.format = "delimited";
    connector.format_settings = TomlTable::parse(
        "separator = " + quote_toml(form.separator) + "\nencoding = " + quote_toml(form.encoding) + "\n", "options");
    connector.null_texts = columns.null_texts;

    EntityDefinition entity;
    entity.name = "person";
    entity.resource = as_glob(file.filename().string());
    for (const std::string_view prefix : prefixes) {
        for (const std::string& column : columns.names()) {
            const std::string named = std::string(prefix) + column;
            if (std::find(entity.columns.begin(), entity.columns.end(), named) == entity.columns.end())
                entity.columns.push_back(named);
        }
        for (EmitDefinition& emit : EmitMaker(columns, prefix, habits).make()) entity.emits.push_back(std::move(emit));
    }
    if (!columns.id.empty()) {
        entity.key = {columns.id};
        entity.person_key = columns.id;
    }
    connector.entities = {std::move(entity)};
    return connector;
}

}  // namespace caseweave
