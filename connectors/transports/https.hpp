#pragma once

#include <memory>
#include <vector>

#include "extract/transport.hpp"

namespace caseweave {

/// Makes the transport of REST interfaces: TLS 1.2 or newer, OAuth2 client credentials, cursor paging.
///
/// The peer's certificate and host name are verified always. Requests are repeated with jitter when the server is
/// busy (429, Retry-After), broken (5xx) or gone, within a budget; a 401 renews the token once.
/// @throws Error that names the system, what happened and what to try; never a token or secret.
std::unique_ptr<Transport> make_https_transport(const TransportContext& context);

/// Lists the keys of [transport_settings] and of a job's [system.<name>.transport].
const std::vector<OptionDescriptor>& https_options();

}  // namespace caseweave
