#pragma once

#include <filesystem>

namespace simulate {

/// Makes a certificate authority and a server certificate for localhost, 127.0.0.1 and ::1 and writes ca.pem,
/// server.pem and server.key (mode 0600) into a folder. Keys differ at every call; everything else of a county does
/// not. Throws std::runtime_error when OpenSSL or the disk fails.
void write_certificates(const std::filesystem::path& folder);

}  // namespace simulate
