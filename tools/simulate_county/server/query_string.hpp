#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace simulate {

/// Reads `a=1&b=two%20words`, as in a query or a posted form. A name given twice keeps its last value.
class QueryString {
  public:
    explicit QueryString(std::string_view text);
    std::optional<std::string> value(std::string_view name) const;

  private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// Reads the user and password of an `Authorization: Basic` value; nullopt for anything else.
std::optional<std::pair<std::string, std::string>> basic_credentials(std::string_view authorization);

}  // namespace simulate
