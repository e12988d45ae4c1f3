#pragma once

#include <string>
#include <utility>
#include <vector>

namespace caseweave {

/// Holds what libpq's own parser makes of a connection string: "host=x dbname=y", or a URI.
struct ConnectionString {
    std::vector<std::pair<std::string, std::string>> keywords;  ///< none where there is a fault
    bool holds_password = false;                                ///< which no settings file may
    std::string fault;  ///< what is wrong with it, in words that hold no value of it; "" = nothing
};

/// Reads a connection string as the installed libpq does; an option that it does not know comes with the nearest.
ConnectionString parse_connection_string(const std::string& connection);

}  // namespace caseweave
