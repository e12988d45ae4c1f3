#include "fault/rest_service.hpp"

#include <fstream>
#include <stdexcept>

namespace caseweave::testing {

namespace {

/// Small, so that a resource takes several.
constexpr std::size_t kRecordsOfPage = 20;

/// Reads a JSON array that has a record on each line.
std::vector<std::string> read_records(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::vector<std::string> records;
    for (std::string line; std::getline(in, line);) {
        if (line == "[" || line == "]" || line.empty()) continue;
        if (line.back() == ',') line.pop_back();
        records.push_back(line);
    }
    return records;
}

}  // namespace

RestService::RestService(const std::filesystem::path& folder)
    : server_(authority_.issue("localhost"), [this](const TlsRequest& request) { return answer(request); }) {
    std::filesystem::permissions(secret_file_, std::filesystem::perms::owner_read);
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        records_["/api/v1/" + entry.path().stem().string()] = read_records(entry.path());
    if (records_.empty()) throw std::runtime_error("no resource in " + folder.string());
}

void RestService::fail_with(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
    pages_asked_ = 0;
}

std::string RestService::job_text(const std::string& settings) const {
    return "[system.early_help.transport]\nurl = \"" + server_.url() + "\"\nca_file = \"" + authority_.ca_file() +
           "\"\nclient_id = \"council\"\n" + settings + "[system.early_help.secrets]\nclient_secret_file = \"" +
           secret_file_ + "\"\n";
}

std::string RestService::page_of(const std::string& target) const {
    const std::string resource = target.substr(0, target.find('?'));
    const auto found = records_.find(resource);
    if (found == records_.end()) return http_response(404, "{}");
    const std::size_t cursor = target.find("cursor=p");
    const std::size_t first = cursor == std::string::npos ? 0 : std::stoul(target.substr(cursor + 8));
    const std::size_t last = std::min(found->second.size(), first + kRecordsOfPage);
    std::string body = "{\"data\":[";
    for (std::size_t i = first; i < last; ++i) body += (i > first ? "," : "") + found->second[i];
    body += "],\"next_cursor\":" + (last < found->second.size() ? "\"p" + std::to_string(last) + "\"" : "null") + "}";
    return http_response(200, body);
}

TlsReply RestService::answer(const TlsRequest& request) {
    const std::lock_guard lock(mutex_);
    if (request.target == "/health") return {http_response(200, "{}")};
    if (request.method == "POST") {
        const std::string token = std::to_string(++tokens_given_);
        return {http_response(200, R"({"access_token":"t)" + token + R"(","expires_in":3600})")};
    }
    const Page page{++pages_asked_, request.target, page_of(request.target)};
    if (fault_) {
        if (auto reply = fault_(page)) return *reply;
    }
    return {page.proper};
}

}  // namespace caseweave::testing
