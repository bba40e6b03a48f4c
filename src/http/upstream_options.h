// How upstreams may be reached: which addresses, through which proxy, with whose certificates.
//
// Made by main/ from the configuration; read by the pool and by fetch(). Never changes while a server runs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::http {

/// The filter on the very address that is connected to, after the name was looked up: no rebinding gets round it.
struct AddressPolicy {
  std::vector<Network> allowed_networks;   ///< private ranges that upstreams may live in, such as 127.0.0.0/8 for the sandbox
  std::vector<std::string> allowed_hosts;  ///< names whose private addresses are meant: a self-hosted site
  /// False for private, link-local, metadata and other special addresses that nothing above allows.
  bool permits(std::string_view host, const IpAddress& address) const;
};

/// From HTTPS_PROXY and NO_PROXY: https upstreams are reached by CONNECT, http ones directly.
struct ProxySettings {
  std::string host;  ///< empty: none
  std::uint16_t port = 0;
  SecretString authorization;           ///< a whole "Proxy-Authorization: …\r\n" line, or empty
  std::vector<std::string> exceptions;  ///< of NO_PROXY: host names, ".domain" suffixes, addresses or networks; "*" for all

  /// `https_proxy` like http://user:password@proxy.example:3128 (only http:// proxies); empty for none.
  static Result<ProxySettings> parse(std::string_view https_proxy, std::string_view no_proxy);
  bool applies_to(std::string_view upstream) const;
};

struct UpstreamOptions {
  AddressPolicy addresses;
  ProxySettings proxy;
  std::string ca_file;  ///< PEM bundle; empty: the system's
};

/// "http" or "https", host, port and context path of a base URL such as https://acme.atlassian.net/jira. Refuses user info,
/// query, fragment, a trailing slash and whatever is not canonical.
struct Origin {
  std::string scheme;
  std::string host;
  std::uint16_t port = 0;
  std::string context_path;
};
Result<Origin> parse_base_url(std::string_view url);

}  // namespace gatehouse::http
