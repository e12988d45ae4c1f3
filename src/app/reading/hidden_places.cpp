#include "app/reading/hidden_places.hpp"

#include <algorithm>
#include <set>

#include "postgres/target_connection.hpp"

namespace caseweave {

namespace {

/// Tells whether a row is marked as restricted, be it by a mark that cannot be read.
bool is_marked(const CanonicalRow& row) {
    const EntityDescriptor& entity = *row.entity;
    for (std::size_t i = 0; i < entity.fields.size(); ++i) {
        const Value& value = row.values[i];
        if (!marks_restriction(entity.fields[i])) continue;
        if (value.has_value() ? value.integer != 0 : value.missing == Missing::invalid) return true;
    }
    return false;
}

/// Writes a query that gives texts. Sorted: the same places always make the same text.
template <typename Texts>
std::string query_of(const Texts& texts) {
    std::string query;
    for (const std::string& text : std::set<std::string>(texts.begin(), texts.end()))
        query += (query.empty() ? "VALUES (" : ", (") + TargetConnection::quote_literal(text) + ")";
    return query.empty() ? "SELECT NULL::text WHERE false" : query;
}

}  // namespace

void HiddenPlaces::add_provider(std::string_view system, const CanonicalRow& row) {
    if (!is_marked(row)) return;
    const auto found = keys_.find(system);
    Texts& keys = found != keys_.end() ? found->second : keys_[std::string(system)];
    keys.emplace(row.source_key);
    for (std::size_t i = 0; i < row.entity->fields.size(); ++i) {
        const FieldDescriptor& field = row.entity->fields[i];
        if (!names_place(field) || !row.values[i].has_value()) continue;
        const std::string_view text = row.values[i].text;
        (field.type == FieldType::postcode ? provider_postcodes_
         : field.type == FieldType::uprn   ? uprns_
                                           : names_)
            .emplace(text);
    }
}

void HiddenPlaces::add_home(const HomeAddress& home) {
    if (!home.uprn().empty()) uprns_.emplace(home.uprn());
    homes_[home.postcode()].insert(home);
    if (home.line().empty()) return;
    home_lines_.emplace(home.line());
    if (home.postcode().empty()) lines_without_postcode_.emplace(home.line());
}

bool HiddenPlaces::is_home(const CanonicalRow& address) const {
    const Value& postcode = address.values[static_cast<std::size_t>(address.entity->find("postcode"))];
    const auto there = postcode.has_value() ? homes_.find(postcode.text) : homes_.end();
    const Texts& lines = postcode.has_value() ? lines_without_postcode_ : home_lines_;
    if (there == homes_.end() && lines.empty()) return false;
    const HomeAddress given(address);
    if (there != homes_.end() &&
        std::ranges::any_of(there->second, [&](const HomeAddress& home) { return may_be_same_home(given, home); }))
        return true;
    return !lines.empty() && given.begins_with_line([&](std::string_view line) { return lines.contains(line); });
}

bool HiddenPlaces::begins_with_name(std::string_view text) const {
    if (names_.empty()) return false;
    for (std::size_t end = 0; end != text.npos;) {
        end = text.find_first_of(" ,", end + 1);
        if (names_.contains(text.substr(0, end))) return true;
    }
    return false;
}

bool HiddenPlaces::are_named_by(std::string_view system, const CanonicalRow& row) const {
    const EntityDescriptor& entity = *row.entity;
    const bool of_case = entity.pass == Pass::cases;
    for (std::size_t i = 0; i < entity.fields.size(); ++i) {
        const FieldDescriptor& field = entity.fields[i];
        if (!names_place(field)) continue;
        const Value& value = row.values[i];
        if (of_case && value.missing == Missing::invalid) return true;
        if (!value.has_value()) continue;
        switch (field.type) {
            case FieldType::postcode:
                if (provider_postcodes_.contains(value.text)) return true;
                if (of_case && homes_.contains(value.text)) return true;
                break;
            case FieldType::uprn:
                if (uprns_.contains(value.text)) return true;
                break;
            case FieldType::key:
                if (names_.contains(value.text)) return true;
                if (const auto keys = keys_.find(system); keys != keys_.end() && keys->second.contains(value.text))
                    return true;
                break;
            default:
                if (begins_with_name(value.text)) return true;
        }
    }
    return entity.name == "person_address" && is_home(row);
}

ProtectedPlaces HiddenPlaces::queries() const {
    ProtectedPlaces places;
    for (const auto& [system, keys] : keys_) {
        for (const std::string& key : std::set<std::string>(keys.begin(), keys.end()))
            places.keys += (places.keys.empty() ? "VALUES (" : ", (") + TargetConnection::quote_literal(system) + ", " +
                           TargetConnection::quote_literal(key) + ")";
    }
    if (places.keys.empty()) places.keys = "SELECT NULL::text, NULL::text WHERE false";
    places.names = query_of(names_);
    places.provider_postcodes = query_of(provider_postcodes_);
    places.uprns = query_of(uprns_);
    for (const auto& [postcode, there] : homes_)
        for (const HomeAddress& home : there)
            places.homes += (places.homes.empty() ? "VALUES " : ", ") + home.sql_values();
    if (places.homes.empty())
        places.homes = "SELECT NULL::text, NULL::text, NULL::text, NULL::text, NULL::text WHERE false";
    return places;
}

}  // namespace caseweave
