#include "settings/credential.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace caseweave {

std::string read_secret_file(const std::string& file, const TomlTable& table, const std::string& key) {
    std::ifstream in(file, std::ios::binary);
    if (!in) table.fail(key, "cannot read " + file + ", which " + key + " names: check the path and its permissions");
    std::ostringstream text;
    text << in.rdbuf();
    std::string secret = text.str();
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    if (secret.empty()) table.fail(key, file + ", which " + key + " names, is empty: put the secret into it");
    return secret;
}

std::string read_credential(const std::string& name, const TomlTable& table, const std::string& key) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0') {
        table.fail(key, key + " names the credential " + name +
                            ", and no service manager passed any: start the run as a service with LoadCredential=" +
                            name + ":FILE");
    }
    return read_secret_file((std::filesystem::path(folder) / name).string(), table, key);
}

}  // namespace caseweave
