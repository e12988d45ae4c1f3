#include "settings/connection_string.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <memory>
#include <string_view>

#include "settings/toml_table.hpp"

namespace caseweave {

namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// The option that libpq's message names as unknown, with the nearest one; of its other messages some quote values.
std::string fault_of(std::string_view message) {
    constexpr std::string_view kUnknown = "invalid connection option \"";
    constexpr std::string_view kUnknownInUri = "invalid URI query parameter: \"";
    for (const std::string_view sentence : {kUnknown, kUnknownInUri}) {
        if (!message.starts_with(sentence)) continue;
        message.remove_prefix(sentence.size());
        const std::string_view name = message.substr(0, message.find('"'));
        std::vector<std::string> known;
        const Options all(PQconndefaults(), &PQconninfoFree);
        for (const PQconninfoOption* option = all.get(); option != nullptr && option->keyword != nullptr; ++option)
            known.emplace_back(option->keyword);
        const std::string nearest = nearest_word(name, known);
        return fmt::format("libpq knows no connection option \"{}\"{}", name,
                           nearest.empty() ? "" : fmt::format("; did you mean \"{}\"?", nearest));
    }
    return "this is no connection string of libpq: keyword=value, with blanks between them and a value that holds "
           "blanks in single quotes";
}

}  // namespace

ConnectionString parse_connection_string(const std::string& connection) {
    ConnectionString parsed;
    char* message = nullptr;
    const Options options(PQconninfoParse(connection.c_str(), &message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> owner(message, &PQfreemem);
    if (options == nullptr) {
        parsed.fault = fault_of(message == nullptr ? "" : message);
        return parsed;
    }
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const std::string_view keyword = option->keyword;
        if (keyword == "password" || keyword == "sslpassword") parsed.holds_password = true;
        parsed.keywords.emplace_back(keyword, option->val);
    }
    return parsed;
}

}  // namespace caseweave
