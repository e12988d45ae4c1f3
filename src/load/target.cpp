#include "load/target.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include "core/shutdown.hpp"
#include "settings/connection_string.hpp"
#include "settings/credential.hpp"

namespace caseweave {

Target Target::open(const TargetSettings& settings, const std::filesystem::path& state) {
    Target target;
    target.settings_ = settings.table;
    target.limits_.interrupted = &shutdown_flag();
    target.limits_.connect_deadline = settings.connect_timeout;
    target.limits_.call_deadline = settings.answer_timeout;
    if (settings.private_cluster) {
        target.cluster_ = PrivateCluster::start(state);
        return target;
    }
    auto& keywords = target.external_;
    const ConnectionString connection = parse_connection_string(settings.connection);
    if (connection.holds_password || !connection.fault.empty())
        settings.table.fail(
            "connection", connection.holds_password ? "a password does not belong in a connection" : connection.fault);
    keywords = connection.keywords;
    if (!settings.service.empty()) keywords.emplace_back("service", settings.service);
    if (!settings.password_file.empty()) {
        struct stat info {};
        if (stat(settings.password_file.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
            settings.table.fail("password_file",
                                fmt::format("The password file {} can be read by others; run chmod 600 on it.",
                                            settings.password_file));
        keywords.emplace_back("password", read_secret_file(settings.password_file, settings.table, "password_file"));
    }
    if (!settings.password_credential.empty())
        keywords.emplace_back("password",
                              read_credential(settings.password_credential, settings.table, "password_credential"));
    return target;
}

TargetConnection Target::open_connection(std::string_view cluster_role) const {
    TargetConnection::Settings settings = limits_;
    settings.keywords = cluster_ ? cluster_->settings(cluster_role).keywords : external_;
    try {
        return TargetConnection(settings);
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::usage) throw;
        settings_.fail(settings_.has("service") ? "service" : "connection", error.what());
    }
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
