#pragma once

#include <cstdint>
#include <filesystem>

namespace simulate {

/// Says what the HTTPS server serves and how it misbehaves on purpose (0 = it does not).
struct ServerOptions {
    std::filesystem::path sources;           ///< what generate wrote
    std::uint16_t port = 0;                  ///< 0: any free port
    std::filesystem::path ready_file;        ///< gets the port, in digits and a line end, once connections are accepted
    std::uint64_t fail_every = 0;            ///< every n-th data request answers 500
    std::uint64_t expire_token_after = 0;    ///< a token is refused after so many data requests
    std::uint64_t truncate_after_bytes = 0;  ///< the connection is cut after so many bytes of a data response's body
};

/// Serves early_help and youth_support over TLS on 127.0.0.1 until SIGTERM or SIGINT.
///
/// POST /oauth/token (form: grant_type=client_credentials, client_id, client_secret; or HTTP basic) gives a bearer
/// token for 3600 s that opens the client's own system only. GET /api/v1/<resource>?cursor=&limit= gives
/// {"data":[...],"next_cursor":"..."|null}, limit 1 to 1000 (200). GET /export/<resource>.ndjson gives the whole
/// resource, a record a line. Both take updated_since=2026-03-31T20:00:00Z: only what was saved then or later, and what
/// has no time. GET /health needs no token. Errors are {"error":"..."} with 400, 401, 404, 405 or 500.
/// Throws std::runtime_error when the sources, keys or port are not to be had. One thread a connection.
void serve(const ServerOptions& options);

}  // namespace simulate
