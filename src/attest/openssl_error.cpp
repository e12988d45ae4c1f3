#include "attest/openssl_error.hpp"

#include <fmt/core.h>
#include <openssl/err.h>

#include <array>

#include "core/error.hpp"

namespace caseweave {

void fail_at_openssl(std::string_view what) {
    std::array<char, 256> reason{};
    ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
    ERR_clear_error();
    throw Error(ErrorKind::target, fmt::format("cannot {}: {}; check the installed OpenSSL", what, reason.data()));
}

}  // namespace caseweave
