#include "main/settings.h"

#include <cstdlib>
#include <functional>
#include <map>
#include <string_view>

#include <toml++/toml.h>

namespace gatehouse {
namespace {

using Setter = std::function<Result<void>(Settings&, const toml::node&)>;

Error wrong_type(std::string_view what) { return fail(Errc::kInvalidArgument, "It must be " + std::string(what) + "."); }

Setter text(std::string& (*place)(Settings&)) {
  return [place](Settings& settings, const toml::node& node) -> Result<void> {
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong_type("a text in quotes");
    place(settings) = *value;
    return success();
  };
}

Setter texts(std::vector<std::string>& (*place)(Settings&)) {
  return [place](Settings& settings, const toml::node& node) -> Result<void> {
    const toml::array* list = node.as_array();
    if (!list) return wrong_type("a list of texts");
    std::vector<std::string> values;
    for (const toml::node& each : *list) {
      const auto value = each.value_exact<std::string>();
      if (!value) return wrong_type("a list of texts");
      values.push_back(*value);
    }
    place(settings) = std::move(values);
    return success();
  };
}

Setter flag(bool& (*place)(Settings&)) {
  return [place](Settings& settings, const toml::node& node) -> Result<void> {
    const auto value = node.value_exact<bool>();
    if (!value) return wrong_type("true or false");
    place(settings) = *value;
    return success();
  };
}

Setter duration(std::function<void(Settings&, Duration)> store) {
  return [store = std::move(store)](Settings& settings, const toml::node& node) -> Result<void> {
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong_type("a duration in quotes, such as \"30s\"");
    GH_TRY(const auto span, parse_duration(*value));
    store(settings, span);
    return success();
  };
}

Setter instant(std::optional<Instant> Settings::*member) {
  return [member](Settings& settings, const toml::node& node) -> Result<void> {
    const auto value = node.value_exact<std::string>();
    if (!value) return wrong_type("an instant with its zone in quotes, such as \"2027-03-01T00:00:00Z\"");
    GH_TRY(settings.*member, parse_instant(*value));
    return success();
  };
}

Setter timeout(std::uint32_t http::Timeouts::*member) {
  return duration([member](Settings& settings, Duration span) {
    settings.server.timeouts.*member = static_cast<std::uint32_t>(span.count());
  });
}

Result<void> networks(const toml::node& node, std::vector<Network>& place) {
  const toml::array* list = node.as_array();
  if (!list) return wrong_type("a list of networks");
  place.clear();
  for (const toml::node& each : *list) {
    GH_TRY(const auto network, parse_network(each.value_or(std::string_view())));
    place.push_back(network);
  }
  return success();
}

/// Each key of the file, with its section in front.
const std::map<std::string, Setter, std::less<>>& setters() {
  static const std::map<std::string, Setter, std::less<>> all = {
      {"data", text([](Settings& s) -> std::string& { return s.data; })},
      {"database", text([](Settings& s) -> std::string& { return s.database; })},
      {"gateway", text([](Settings& s) -> std::string& { return s.gateway; })},
      {"admin", text([](Settings& s) -> std::string& { return s.admin; })},
      {"admin_hosts", texts([](Settings& s) -> std::vector<std::string>& { return s.admin_hosts; })},
      {"public_url", text([](Settings& s) -> std::string& { return s.public_url; })},
      {"tls_cert", text([](Settings& s) -> std::string& { return s.server.tls_certificate_file; })},
      {"tls_key", text([](Settings& s) -> std::string& { return s.server.tls_key_file; })},
      {"trusted_proxies", texts([](Settings& s) -> std::vector<std::string>& { return s.trusted_proxies; })},
      {"proxy_protocol", flag([](Settings& s) -> bool& { return s.server.proxy_protocol; })},
      {"register_only", flag([](Settings& s) -> bool& { return s.register_only; })},
      {"stale_limit", duration([](Settings& s, Duration span) { s.stale_limit = span; })},
      {"provider.issuer", text([](Settings& s) -> std::string& { return s.provider.issuer; })},
      {"provider.client_id", text([](Settings& s) -> std::string& { return s.provider.client_id; })},
      {"provider.client_secret_file", text([](Settings& s) -> std::string& { return s.provider.secret_file; })},
      {"provider.client_secret_expires_at", instant(&Settings::provider_secret_expires_at)},
      {"provider.name", text([](Settings& s) -> std::string& { return s.provider.name; })},
      {"provider.scopes", text([](Settings& s) -> std::string& { return s.provider.scopes; })},
      {"provider.provision",
       [](Settings& settings, const toml::node& node) -> Result<void> {
         const std::string_view word = node.value_or(std::string_view());
         if (word != "nobody" && word != "members") return wrong_type("\"nobody\" or \"members\"");
         settings.provider.provisioning = word == "members" ? admin::Provisioning::kMembers : admin::Provisioning::kNobody;
         return success();
       }},
      {"atlassian.client_id", text([](Settings& s) -> std::string& { return s.atlassian.client_id; })},
      {"atlassian.client_secret_file", text([](Settings& s) -> std::string& { return s.atlassian.secret_file; })},
      {"atlassian.account_url", text([](Settings& s) -> std::string& { return s.atlassian.account_url; })},
      {"atlassian.api_url", text([](Settings& s) -> std::string& { return s.atlassian.api_url; })},
      {"atlassian.scopes", text([](Settings& s) -> std::string& { return s.atlassian.scopes; })},
      {"atlassian.pkce", flag([](Settings& s) -> bool& { return s.atlassian.pkce; })},
      {"atlassian.recheck", duration([](Settings& s, Duration span) { s.atlassian.recheck = span; })},
      {"atlassian.remember", duration([](Settings& s, Duration span) { s.atlassian.remember = span; })},
      {"sign_in.idle", duration([](Settings& s, Duration span) { s.session_limits.idle = span; })},
      {"sign_in.longest", duration([](Settings& s, Duration span) { s.session_limits.whole = span; })},
      {"threads",
       [](Settings& settings, const toml::node& node) -> Result<void> {
         const auto value = node.value_exact<std::int64_t>();
         if (!value || *value < 1 || *value > 256) return wrong_type("a number from 1 to 256");
         settings.threads = static_cast<unsigned>(*value);
         return success();
       }},
      {"upstream.ca_file", text([](Settings& s) -> std::string& { return s.server.upstream.ca_file; })},
      {"upstream.allow_hosts",
       texts([](Settings& s) -> std::vector<std::string>& { return s.server.upstream.addresses.allowed_hosts; })},
      {"upstream.allow_networks",
       [](Settings& settings,
          const toml::node& node) { return networks(node, settings.server.upstream.addresses.allowed_networks); }},
      {"smtp.host", text([](Settings& s) -> std::string& { return s.notify.mail.host; })},
      {"smtp.port",
       [](Settings& settings, const toml::node& node) -> Result<void> {
         const auto value = node.value_exact<std::int64_t>();
         if (!value || *value < 1 || *value > 65535) return wrong_type("a number from 1 to 65535");
         settings.notify.mail.port = static_cast<std::uint16_t>(*value);
         return success();
       }},
      {"smtp.security",
       [](Settings& settings, const toml::node& node) -> Result<void> {
         using Security = lifecycle::MailSettings::Security;
         static const std::map<std::string, Security, std::less<>> words = {
             {"starttls", Security::kStartTls}, {"tls", Security::kTls}, {"none", Security::kNone}};
         const auto found = words.find(node.value_or(std::string_view()));
         if (found == words.end()) return wrong_type("\"starttls\", \"tls\" or \"none\"");
         settings.notify.mail.security = found->second;
         return success();
       }},
      {"smtp.username", text([](Settings& s) -> std::string& { return s.notify.mail.username; })},
      {"smtp.password_expires_at", instant(&Settings::mail_password_expires_at)},
      {"smtp.password_file", text([](Settings& s) -> std::string& { return s.notify.mail.password_file; })},
      {"smtp.from", text([](Settings& s) -> std::string& { return s.notify.mail.from; })},
      {"smtp.ca_file", text([](Settings& s) -> std::string& { return s.notify.mail.ca_file; })},
      {"audit.webhook_url", text([](Settings& s) -> std::string& { return s.audit.webhook_url; })},
      {"audit.webhook_secret_file", text([](Settings& s) -> std::string& { return s.audit.webhook_secret_file; })},
      {"audit.syslog", text([](Settings& s) -> std::string& { return s.audit.syslog; })},
      {"audit.stream", flag([](Settings& s) -> bool& { return s.audit.stream; })},
      {"audit.anchor_every", duration([](Settings& s, Duration span) { s.audit.anchor_every = span; })},
      {"notify.url", text([](Settings& s) -> std::string& { return s.notify.url; })},
      {"notify.allow_hosts", texts([](Settings& s) -> std::vector<std::string>& { return s.notify.receivers.allowed_hosts; })},
      {"notify.allow_networks",
       [](Settings& settings, const toml::node& node) { return networks(node, settings.notify.receivers.allowed_networks); }},
      {"timeouts.head", timeout(&http::Timeouts::head)},
      {"timeouts.body_stall", timeout(&http::Timeouts::body_stall)},
      {"timeouts.keep_alive", timeout(&http::Timeouts::keep_alive)},
      {"timeouts.client_stall", timeout(&http::Timeouts::client_stall)},
      {"timeouts.connect", timeout(&http::Timeouts::connect)},
      {"timeouts.answer_head", timeout(&http::Timeouts::answer_head)},
      {"timeouts.answer_stall", timeout(&http::Timeouts::answer_stall)},
      {"timeouts.drain", timeout(&http::Timeouts::drain)},
  };
  return all;
}

Error at_place(const std::string& file, const toml::node& node, const std::string& name, const Error& error) {
  return fail(error.code, file + ", line " + std::to_string(node.source().begin.line) + ": " + name + ": " + error.public_detail);
}

Result<void> apply(const std::string& file, const toml::table& table, const std::string& prefix, Settings& settings) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* section = node.as_table(); section && prefix.empty()) {
      GH_TRYV(apply(file, *section, name + ".", settings));
      continue;
    }
    const auto setter = setters().find(name);
    if (setter == setters().end())
      return at_place(file, node, name,
                      fail(Errc::kInvalidArgument, "There is no such setting; see docs/operate/configuration.md."));
    if (const auto done = setter->second(settings, node); !done) return at_place(file, node, name, done.error());
  }
  return success();
}

std::string environment(const char* upper, const char* lower) {
  for (const char* name : {upper, lower}) {
    if (const char* value = std::getenv(name); value && *value) return value;
  }
  return {};
}

}  // namespace

Result<void> read_configuration(const std::string& file, Settings& settings) {
  try {
    return apply(file, toml::parse_file(file), "", settings);
  } catch (const toml::parse_error& error) {
    const auto line = error.source().begin.line;
    return fail(Errc::kInvalidArgument,
                file + (line ? ", line " + std::to_string(line) : std::string()) + ": " + std::string(error.description()) + ".");
  }
}

Result<void> read_environment(Settings& settings) {
  // The sandbox and test sites live here. A name that only resolves to these addresses is not meant and stays refused.
  settings.server.upstream.addresses.allowed_hosts = {"127.0.0.1", "localhost", "::1", "[::1]"};
  GH_TRY(auto proxy, http::ProxySettings::parse(environment("HTTPS_PROXY", "https_proxy"), environment("NO_PROXY", "no_proxy")));
  settings.server.upstream.proxy = std::move(proxy);
  return success();
}

Result<void> complete(Settings& settings) {
  if (settings.data.empty()) return fail(Errc::kInvalidArgument, "Say where the data folder is, with --data DIR.", {}, "--data");
  if (settings.server.tls_certificate_file.empty() != settings.server.tls_key_file.empty()) {
    return fail(Errc::kInvalidArgument, "A certificate needs its key: give both --tls-cert and --tls-key.", {}, "--tls-cert");
  }
  for (const std::string& proxy : settings.trusted_proxies) {
    GH_TRY(const auto network, parse_network(proxy));
    settings.server.trusted_proxies.push_back(network);
  }
  GH_TRYV(lifecycle::check(settings.notify.mail));
  settings.server.threads = settings.threads;
  GH_TRY(settings.server.listen, http::parse_listen_address(settings.gateway));
  const bool tls = !settings.server.tls_certificate_file.empty();
  if (!settings.register_only) {
    GH_TRYV(http::check_listen_address(settings.server.listen, tls, settings.server.trusted_proxies));
  }
  GH_TRY(const auto admin, http::parse_listen_address(settings.admin));
  return http::check_listen_address(admin, tls, settings.server.trusted_proxies);
}

}  // namespace gatehouse
