// TLS contexts of both sides: what versions and certificates are accepted. Sessions run in transport.cpp.
//
// TLS 1.2 and 1.3, no renegotiation, no compression. Upstreams are verified against the system's or an own CA bundle and by
// host name; there is no switch that turns this off.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace gatehouse::http {

using TlsContext = std::shared_ptr<SSL_CTX>;
using TlsSession = std::unique_ptr<SSL_SESSION, void (*)(SSL_SESSION*)>;

/// Errors name the file and what is wrong with it: unreadable, not PEM, key and certificate that do not belong together.
Result<TlsContext> make_listener_context(const std::string& certificate_file, const std::string& key_file);
/// `ca_file` empty: the system's bundle.
Result<TlsContext> make_upstream_context(const std::string& ca_file);

}  // namespace gatehouse::http
