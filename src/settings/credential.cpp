#include "settings/credential.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/error.hpp"

namespace caseweave {

std::string read_secret_file(const std::string& file, std::string_view setting) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Error(ErrorKind::usage, "cannot read " + file + ", which " + std::string(setting) +
                                          " names: check the path and its permissions");
    std::ostringstream text;
    text << in.rdbuf();
    std::string secret = text.str();
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
    return secret;
}

std::string read_credential(const std::string& name, std::string_view setting) {
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
    if (folder == nullptr || *folder == '\0') {
        throw Error(ErrorKind::usage, std::string(setting) + " names the credential " + name +
                                          ", and no service manager passed any: start the run as a service with "
                                          "LoadCredential=" +
                                          name + ":FILE");
    }
    return read_secret_file((std::filesystem::path(folder) / name).string(), setting);
}

}  // namespace caseweave
