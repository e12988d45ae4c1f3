#include "load/target.hpp"

#include <fmt/core.h>
#include <libpq-fe.h>
#include <sys/stat.h>

#include <memory>

#include "core/shutdown.hpp"
#include "settings/credential.hpp"

namespace caseweave {

namespace {

/// Splits "host=x dbname=y" with libpq's own parser; a password in it is refused, since job files are not secret.
std::vector<std::pair<std::string, std::string>> split_keywords(const std::string& connection) {
    std::vector<std::pair<std::string, std::string>> keywords;
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(connection.c_str(), &message), &PQconninfoFree);
    const std::unique_ptr<char, decltype(&PQfreemem)> owner(message, &PQfreemem);
    if (options == nullptr)
        throw Error(ErrorKind::usage,
                    "The job's target.connection is not a libpq connection string (keyword=value ...).");
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        if (std::string_view(option->keyword) == "password")
            throw Error(ErrorKind::usage,
                        "The job's target.connection holds a password; put it into a password file and name that in "
                        "target.password_file.");
        keywords.emplace_back(option->keyword, option->val);
    }
    return keywords;
}

}  // namespace

Target Target::open(const TargetSettings& settings, const std::filesystem::path& state) {
    Target target;
    target.limits_.interrupted = &shutdown_flag();
    target.limits_.connect_deadline = settings.connect_timeout;
    target.limits_.call_deadline = settings.answer_timeout;
    if (settings.private_cluster) {
        target.cluster_ = PrivateCluster::start(state);
        return target;
    }
    auto& keywords = target.external_;
    if (!settings.connection.empty()) keywords = split_keywords(settings.connection);
    if (!settings.service.empty()) keywords.emplace_back("service", settings.service);
    if (!settings.password_file.empty()) {
        struct stat info {};
        if (stat(settings.password_file.c_str(), &info) != 0)
            throw Error(ErrorKind::usage, fmt::format("The password file {} of the job's target cannot be read.",
                                                      settings.password_file));
        // libpq ignores such a file with a warning on standard error and then fails for want of a password.
        if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
            throw Error(ErrorKind::usage,
                        fmt::format("The password file {} can be read by others; run chmod 600 on it.",
                                    settings.password_file));
        keywords.emplace_back("passfile", settings.password_file);
    }
    if (!settings.password_credential.empty())
        keywords.emplace_back("password",
                              read_credential(settings.password_credential, "[target] password_credential"));
    return target;
}

TargetConnection Target::open_connection(std::string_view cluster_role) const {
    TargetConnection::Settings settings = limits_;
    settings.keywords = cluster_ ? cluster_->settings(cluster_role).keywords : external_;
    return TargetConnection(settings);
}

TargetConnection Target::connect(std::string_view role) const {
    TargetConnection connection = open_connection(role);
    if (!cluster_) connection.execute("SET ROLE " + TargetConnection::quote_identifier(role));
    return connection;
}

TargetConnection Target::connect_admin() const {
    return open_connection(PrivateCluster::kAdmin);
}

std::string Target::connection_string() const {
    if (cluster_) return cluster_->connection_string(PrivateCluster::kOperator);
    std::string text;
    for (const auto& [keyword, value] : external_) {
        if (keyword == "password") continue;  // it is printed
        if (!text.empty()) text += ' ';
        text += keyword + "='";
        for (const char c : value) text.append(c == '\'' || c == '\\' ? "\\" : "").push_back(c);
        text += '\'';
    }
    return text;
}

}  // namespace caseweave
