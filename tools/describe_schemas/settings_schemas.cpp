#include "describe_schemas/settings_schemas.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>
#include <vector>

#include "canonical/schema.hpp"
#include "core/error.hpp"
#include "describe_schemas/settings_file.hpp"
#include "extract/registry.hpp"
#include "link/linkage_model.hpp"
#include "reconcile/quality_rules.hpp"
#include "reconcile/retention_rules.hpp"
#include "settings/connector_definition.hpp"
#include "settings/job.hpp"
#include "settings/survivorship.hpp"

namespace caseweave {

namespace {

namespace fs = std::filesystem;

/// Lets a reader read, and says what it asked for.
AskedTable asked_by(const std::function<void()>& read) {
    const ParsedFiles files;
    read();
    return files.asked();
}

/// Job files below config/: those with a [job].
std::vector<fs::path> job_files(const fs::path& config) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(config)) {
        if (entry.path().extension() == ".toml" && TomlTable::parse_file(entry.path()).has("job"))
            files.push_back(entry.path());
    }
    return files;
}

/// Reads a job with a value for each variable it names.
void read_job(const fs::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    const std::string job = text.str();
    static const std::regex kVariable(R"(\$\{([^}]*)\})");
    std::map<std::string, std::string> variables;
    for (std::sregex_iterator found(job.begin(), job.end(), kVariable), end; found != end; ++found)
        variables[(*found)[1]] = "value";
    Job::load(file, variables);
}

Words names(const std::vector<FieldDescriptor>& fields) {
    Words result;
    for (const FieldDescriptor& field : fields) result.push_back(field.name);
    return result;
}

template <typename Map>
Words names(const Map& map) {
    Words result;
    for (const auto& entry : map) result.push_back(entry.first);
    return result;
}

Words codes(const CodeList& list) {
    Words result;
    for (const auto& entry : list.entries()) result.push_back(*list.spelling(entry.first));
    return result;
}

/// The default as the option's type has it: a table of one, or empty where there is none.
Json default_of(const OptionDescriptor& option) {
    if (option.fallback == "required" || option.type == "strings") return {};
    if (option.type == "integer") return Json{{"default", std::stoll(option.fallback)}};
    if (option.type == "boolean") return Json{{"default", option.fallback == "true"}};
    return Json{{"default", option.fallback}};
}

/// The settings of a transport or format; its secrets stand elsewhere.
Json options_object(const std::vector<OptionDescriptor>& options) {
    static const Json strings{{"anyOf", toml::array{typed("string"), list_of(typed("string"))}}};
    Json properties;
    for (const OptionDescriptor& option : options) {
        if (option.secret) continue;
        Json schema = option.type == "strings" ? strings : typed(option.type);
        schema.insert("description", option.description);
        for (auto&& [key, value] : default_of(option)) schema.insert(key, value);
        properties.insert(option.name, std::move(schema));
    }
    return object_of(std::move(properties));
}

Json job_schema(const fs::path& home, const Registry& registry) {
    const std::vector<fs::path> jobs = job_files(home / "config");
    SettingsFile file{.title = "caseweave job",
                      .asked = asked_by([&] {
                          for (const fs::path& job : jobs) read_job(job);
                      }),
                      .descriptions = job_keys()};
    // Which transport a system has stands in its connector.toml, not in the job: any transport's options will do.
    toml::array any_transport;
    Words secrets;
    for (const auto& [name, transport] : registry.transports()) {
        Json options = options_object(transport.options);
        options.insert("title", name);
        any_transport.push_back(std::move(options));
        for (const OptionDescriptor& option : transport.options) {
            if (!option.secret) continue;
            for (const char* const form : {"_credential", "_env", "_file"}) secrets.push_back(option.name + form);
        }
    }
    std::ranges::sort(secrets);
    secrets.erase(std::unique(secrets.begin(), secrets.end()), secrets.end());
    file.names["system.*.secrets"] = secrets;
    file.refine["system.*.transport"] = [&](Json& schema) { schema.insert("anyOf", any_transport); };
    return file.schema();
}

Json connector_schema(const fs::path& home, const CanonicalSchema& canonical, const Registry& registry) {
    SettingsFile file{.title = "caseweave connector",
                      .asked = asked_by([&] {
                          for (const auto& entry : fs::directory_iterator(home / "connectors")) {
                              if (fs::exists(entry.path() / "connector.toml")) ConnectorDefinition::load(entry.path());
                          }
                      }),
                      .descriptions = connector_keys()};
    file.words["transport"] = names(registry.transports());
    file.words["format"] = names(registry.formats());
    file.words["format"].emplace_back();
    file.refine[""] = [&](Json& schema) {
        Json constants;
        for (const auto& [name, list] : canonical.code_lists())
            constants.insert("constant_" + name, Json{{"properties", Json{{"constant", one_of(codes(list))}}}});
        schema.insert("$defs", std::move(constants));
        for (const auto& [name, transport] : registry.transports())
            when(schema, "transport", name,
                 Json{{"properties", Json{{"transport_settings", options_object(transport.options)}}}});
        for (const auto& [name, format] : registry.formats())
            when(schema, "format", name,
                 Json{{"properties", Json{{"format_settings", options_object(format.options)}}}});
    };
    for (const EntityDescriptor& entity : canonical.entities()) file.words["entity.emit.to"].push_back(entity.name);
    file.refine["entity.emit"] = [&](Json& schema) {
        for (const EntityDescriptor& entity : canonical.entities()) {
            Json constants;  // of code fields, as their list spells them
            for (const FieldDescriptor& field : entity.fields) {
                if (!field.code_list.empty())
                    constants.insert(field.name, Json{{"$ref", "#/$defs/constant_" + field.code_list}});
            }
            const Json fields{{"propertyNames", Json{{"enum", array_of(names(entity.fields))}}},
                              {"properties", std::move(constants)}};
            when(*schema["items"].as_table(), "to", entity.name, Json{{"properties", Json{{"fields", fields}}}});
        }
    };
    return file.schema();
}

Json survivorship_schema(const fs::path& home, const CanonicalSchema& canonical) {
    SettingsFile file{.title = "caseweave survivorship",
                      .asked = asked_by([&] { SurvivorshipSettings::load(home / "config/survivorship.toml"); }),
                      .descriptions = survivorship_keys()};
    file.names["field"] = names(canonical.find("person")->fields);
    return file.schema();
}

Json quality_rules_schema(const fs::path& home, const CanonicalSchema& canonical) {
    SettingsFile file{.title = "caseweave quality rules",
                      .asked = asked_by([&] { QualityRules::load(home / "config/quality_rules.toml", canonical); }),
                      .descriptions = quality_rules_keys()};
    Words entities;
    for (const EntityDescriptor& entity : canonical.entities())
        if (entity.schema != "sealed") entities.push_back(entity.name);
    for (const std::string_view key :
         {"rule.entity", "rule.where.has", "rule.where.has_no", "rule.never.has", "rule.never.has_no"})
        file.words[key] = entities;
    return file.schema();
}

/// Holds every string that a schema of strings allows to a pattern.
void hold_strings_to(Json& schema, const std::string& pattern) {
    if (schema["type"].value<std::string_view>() == "string") schema.insert_or_assign("pattern", pattern);
    if (Json* items = schema["items"].as_table(); items != nullptr) hold_strings_to(*items, pattern);
    if (toml::array* forms = schema["anyOf"].as_array(); forms != nullptr) {
        for (toml::node& form : *forms) hold_strings_to(*form.as_table(), pattern);
    }
}

/// A model with further columns, which no shipped model has.
constexpr std::string_view kModelWithFurtherColumns = R"(
extends = "default.toml"
name = "further"
version = "1"
[[further_comparison]]
column = "occupation"
kind = "exact"
[[further_comparison.level]]
name = "exact"
m = 0.9
unrelated = 0.1
relative = 0.1
twin = 0.1
[[further_comparison.level]]
name = "different"
m = 0.1
unrelated = 0.9
)";

Json linkage_model_schema(const fs::path& home) {
    const fs::path folder = home / "config" / "linkage";
    SettingsFile file{.title = "caseweave linkage model",
                      .asked = asked_by([&] {
                          LinkageModel::load(folder / "default.toml");
                          LinkageModel::load(folder / "people.toml");
                          LinkageModel::parse(kModelWithFurtherColumns, (folder / "further.toml").string());
                      }),
                      .descriptions = linkage_model_keys()};
    std::string parts;
    for (unsigned i = 0; i < static_cast<unsigned>(KeyPart::further); ++i)
        parts += to_string(static_cast<KeyPart>(i)) + '|';
    const auto name_key_parts = [parts](Json& schema) { hold_strings_to(schema, "^(" + parts + "column:.+)$"); };
    file.refine["blocking_rule.key"] = name_key_parts;
    file.refine["blocking_rule.refine"] = name_key_parts;
    for (unsigned i = 0; i < kComparisons; ++i)
        file.words["comparison.name"].emplace_back(to_string(static_cast<Comparison>(i)));
    file.refine["comparison"] = [](Json& schema) {
        for (unsigned i = 0; i < kComparisons; ++i) {
            const auto comparison = static_cast<Comparison>(i);
            const auto levels = level_names(comparison);
            const Json level{{"properties", Json{{"name", one_of(Words(levels.begin(), levels.end()))}}}};
            when(*schema["items"].as_table(), "name", to_string(comparison),
                 Json{{"properties", Json{{"level", Json{{"items", level}}}}}});
        }
    };
    return file.schema();
}

Json retention_schema(const fs::path& home, const CanonicalSchema& canonical) {
    SettingsFile file{.title = "caseweave retention",
                      .asked = asked_by([&] { RetentionRules::load(home / "config/retention.toml", canonical); }),
                      .descriptions = retention_keys()};
    Words entities;
    for (const EntityDescriptor& entity : canonical.entities())
        if (entity.subject != Subject::none) entities.push_back(entity.name);
    file.words["rule.entity"] = entities;
    return file.schema();
}

Json canonical_entity_schema(const fs::path& home, const CanonicalSchema& canonical) {
    SettingsFile file{.title = "caseweave canonical entity",
                      .asked = asked_by([&] { CanonicalSchema::load(home / "schemas/canonical"); }),
                      .descriptions = canonical_entity_keys()};
    file.words["field.code_list"] = names(canonical.code_lists());
    return file.schema();
}

}  // namespace

std::map<std::string, std::string> settings_schemas(const fs::path& home) {
    const CanonicalSchema canonical = CanonicalSchema::load(home / "schemas/canonical");
    Registry registry;
    register_transports_and_formats(registry);
    const std::map<std::string, Json> schemas = {
        {"canonical_entity", canonical_entity_schema(home, canonical)},
        {"connector", connector_schema(home, canonical, registry)},
        {"job", job_schema(home, registry)},
        {"linkage_model", linkage_model_schema(home)},
        {"quality_rules", quality_rules_schema(home, canonical)},
        {"retention", retention_schema(home, canonical)},
        {"survivorship", survivorship_schema(home, canonical)},
    };
    std::map<std::string, std::string> files;
    for (const auto& [name, schema] : schemas) {
        std::ostringstream text;
        text << toml::json_formatter{schema} << '\n';
        files[name + ".schema.json"] = text.str();
    }
    return files;
}

}  // namespace caseweave
