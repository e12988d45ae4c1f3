#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "canonical/canonical_batch.hpp"
#include "canonical/schema.hpp"
#include "core/arena.hpp"
#include "people/person_store.hpp"

namespace caseweave::test {

/// Fills a PersonStore with rows written as field = text, as a connector would after normalisation.
///
/// Dates are "2015-03-27", "2015-03", "2015", with a trailing "~" where estimated. Text "" leaves the field absent.
class PersonBuilder {
  public:
    using Fields = std::vector<std::pair<std::string_view, std::string>>;

    PersonBuilder() = default;

    PersonStore& store() noexcept { return store_; }
    static const CanonicalSchema& schema();

    /// Adds a system on first mention.
    SystemId system(std::string_view name);
    /// Adds one row of `entity` about the person `key` of `system`.
    bool add(std::string_view entity, std::string_view system, std::string_view key, const Fields& fields);

    bool person(std::string_view system, std::string_view key, const Fields& fields) {
        return add("person", system, key, fields);
    }
    void identifier(std::string_view system, std::string_view key, const std::string& type, const std::string& value,
                    const std::string& status = "", const std::string& issuer = "") {
        add("person_identifier", system, key,
            {{"id_type", type}, {"value", value}, {"status", status}, {"issuer", issuer}});
    }
    void name(std::string_view system, std::string_view key, const std::string& type, const std::string& given,
              const std::string& family) {
        add("person_name", system, key, {{"name_type", type}, {"given_name", given}, {"family_name", family}});
    }
    void address(std::string_view system, std::string_view key, const std::string& house, const std::string& postcode,
                 const std::string& uprn = "", const std::string& type = "home") {
        add("person_address", system, key,
            {{"address_type", type}, {"house_number", house}, {"postcode", postcode}, {"uprn", uprn}});
    }
    void domain(std::string_view system, const std::string& key, const std::string& side,
                const std::string& member_system, const std::string& member_key, const std::string& kind = "adoption") {
        add("identity_domain_member", system, "",
            {{"domain_key", key},
             {"domain_kind", kind},
             {"side", side},
             {"member_system", member_system},
             {"member_key", member_key}});
    }
    void relation(std::string_view system, std::string_view key, const std::string& related, const std::string& type,
                  bool multiple_birth = false) {
        add("relationship", system, key,
            {{"related_person", related}, {"relationship_type", type}, {"multiple_birth", multiple_birth ? "1" : "0"}});
    }

    PersonRow row(std::string_view system, std::string_view key) { return *store_.find(this->system(system), key); }

  private:
    PersonStore store_;
    Arena arena_;
};

}  // namespace caseweave::test
