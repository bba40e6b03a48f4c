#include "http/tls.h"

#include <openssl/err.h>

namespace gatehouse::http {
namespace {

std::string last_problem() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? "unknown" : reason;
}

TlsContext make(const SSL_METHOD* method) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle sessions give back their 2 x 17 KiB; a retried write may come from another place with the same bytes.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);
  // TLS 1.2 with forward secrecy and AEAD only; 1.3's suites are all of that kind.
  if (SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) context.reset();
  return context;
}

}  // namespace

Result<TlsContext> make_listener_context(const std::string& certificate_file, const std::string& key_file) {
  TlsContext context = make(TLS_server_method());
  if (!context) return fail(Errc::kInternal, "TLS could not be set up.", last_problem());
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    return fail(Errc::kInvalidArgument,
                "The TLS certificate could not be read: " + certificate_file + " (" + last_problem() +
                    "). It must be PEM, the server's own certificate first.",
                {}, "--tls-cert");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(Errc::kInvalidArgument,
                "The TLS key could not be used: " + key_file + " (" + last_problem() +
                    "). It must be PEM, without a pass phrase, and belong to the certificate.",
                {}, "--tls-key");
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return fail(Errc::kInvalidArgument, "The TLS key does not belong to the certificate.", last_problem(), "--tls-key");
  }
  static constexpr unsigned char kSessionContext[] = "gatehouse";
  SSL_CTX_set_session_id_context(context.get(), kSessionContext, sizeof kSessionContext - 1);
  // Tickets only: a server-side cache would be a lock shared by all threads.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  return context;
}

Result<TlsContext> make_upstream_context(const std::string& ca_file) {
  TlsContext context = make(TLS_client_method());
  if (!context) return fail(Errc::kInternal, "TLS could not be set up.", last_problem());
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                     : SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  if (loaded != 1) {
    return fail(Errc::kInvalidArgument, "The CA bundle could not be read: " + (ca_file.empty() ? "the system's" : ca_file) +
                                            " (" + last_problem() + ").");
  }
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  return context;
}

}  // namespace gatehouse::http
