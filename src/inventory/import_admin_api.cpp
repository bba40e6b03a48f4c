// Atlassian's Admin API "API access" (docs/operate/register.md): tokens of people, service accounts, tokens of those.
#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <thread>

#include "inventory/import.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;

constexpr std::string_view kBase = "/admin/api-access/v1/orgs/";
/// Nobody has so many; a server that always names a next page must not be followed for ever.
constexpr int kMostPages = 2000;
constexpr Duration kUsualWait = std::chrono::seconds(2);

std::string text_at(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (!value) return {};
  if (value->is_string()) return std::string(value->get_string());
  return value->is_int64() ? std::to_string(value->get_int64()) : std::string();
}

/// An instant that can't be read is unknown; "unknown" is a finding of the reports.
std::optional<Instant> instant_at(const json::object& object, std::string_view name) {
  const auto at = parse_instant(text_at(object, name));
  return at ? std::optional(at.value()) : std::nullopt;
}

std::string escaped(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                       std::string_view("-._~").find(letter) != std::string_view::npos;
    if (plain) {
      out += letter;
    } else {
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

class Reader {
 public:
  Reader(const http::FetchOptions& options, const AdminApi& api, http::Origin origin) : options_(options), api_(api) {
    auto route = std::make_shared<http::UpstreamRoute>();
    route->scheme = origin.scheme;
    route->host = origin.host;
    route->port = origin.port;
    route->context_path = origin.context_path;
    route->pool_key = "admin api";
    route->authorization = SecretString("Authorization: Bearer " + api.key.expose() + "\r\n");
    route_ = std::move(route);
  }

  Result<AtlassianListing> read() {
    AtlassianListing out;
    out.organization = api_.organization;
    GH_TRYV(pages("api-tokens", "read:tokens:admin", [&out](const json::object& item) { add_token(out, item, false); }));
    const auto accounts = pages("service-accounts", "read:service-accounts:admin",
                                [&out](const json::object& item) { add_service_account(out, item); });
    if (!accounts) {
      GH_TRYV(note(accounts.error(), "service accounts", out));
      return out;
    }
    const auto tokens = pages("service-accounts/api-tokens", "read:service-accounts-tokens:admin",
                              [&out](const json::object& item) { add_token(out, item, true); });
    if (!tokens) {
      GH_TRYV(note(tokens.error(), "tokens of service accounts", out));
      return out;
    }
    out.service_accounts_read = true;
    return out;
  }

 private:
  /// These endpoints are experimental: where the key lacks their scope, or they are not there, the rest is worth having.
  static Result<void> note(const Error& error, std::string_view what, AtlassianListing& out) {
    if (error.code != Errc::kNotAllowed && error.code != Errc::kNotFound) return error;
    out.notes.push_back("The " + std::string(what) + " were not read: " + error.public_detail);
    return success();
  }

  static void add_token(AtlassianListing& out, const json::object& item, bool service_account) {
    AtlassianToken token;
    token.id = text_at(item, "id");
    token.label = text_at(item, "label");
    token.status = text_at(item, "status");
    token.created_at = instant_at(item, "createdAt");
    token.expires_at = instant_at(item, "expiresAt");
    token.last_active_at = instant_at(item, "lastActiveAt");
    if (const json::value* user = item.if_contains("user"); user && user->is_object()) {
      token.holder_id = text_at(user->get_object(), "id");
      token.holder_name = text_at(user->get_object(), "name");
      token.holder_email = text_at(user->get_object(), "email");
    }
    token.service_account = service_account;
    if (!token.id.empty()) out.tokens.push_back(std::move(token));
  }

  static void add_service_account(AtlassianListing& out, const json::object& item) {
    AtlassianServiceAccount account;
    // Tokens name the holder by the Atlassian account id.
    account.id = text_at(item, "atlassianId");
    if (account.id.empty()) account.id = text_at(item, "id");
    account.name = text_at(item, "displayName");
    account.email = text_at(item, "email");
    account.description = text_at(item, "description");
    account.status = text_at(item, "status");
    if (!account.id.empty()) out.service_accounts.push_back(std::move(account));
  }

  template <class Take>
  Result<void> pages(const std::string& collection, std::string_view scope, const Take& take) {
    const std::string first = std::string(kBase) + api_.organization + "/" + collection;
    std::string target = first;
    std::set<std::string> seen;
    while (!target.empty()) {
      if (!seen.insert(target).second || seen.size() > static_cast<std::size_t>(kMostPages)) {
        return fail(Errc::kUpstreamFailed, "Atlassian's pages of " + collection + " lead back to one that was read already.");
      }
      GH_TRY(const json::object page, get(target, scope));
      const json::value* data = page.if_contains("data");
      if (!data || !data->is_array()) {
        return fail(Errc::kUpstreamFailed,
                    "Atlassian's answer to " + collection + " has no list \"data\"; is the address right?");
      }
      for (const json::value& item : data->get_array()) {
        if (item.is_object()) take(item.get_object());
      }
      GH_TRY(target, next_of(page, first));
    }
    return success();
  }

  /// `links.next` is a whole address, a path, a query or a bare cursor. The key goes nowhere but where it was meant for.
  Result<std::string> next_of(const json::object& page, const std::string& first) const {
    const json::value* links = page.if_contains("links");
    std::string next = links && links->is_object() ? text_at(links->get_object(), "next") : std::string();
    if (next.empty()) return next;
    const std::size_t scheme = next.find("://");
    if (scheme != std::string::npos) {
      if (next.rfind(api_.url + "/", 0) != 0) return elsewhere();
      next.erase(0, api_.url.size());
    } else if (next.front() == '?') {
      return first + next;
    } else if (next.front() != '/') {
      return first + "?cursor=" + escaped(next);
    } else if (const std::string& context = route_->context_path; !context.empty() && next.rfind(context + "/", 0) == 0) {
      next.erase(0, context.size());
    }
    if (next != first && next.rfind(first + "?", 0) != 0) return elsewhere();
    return next;
  }
  static Error elsewhere() {
    return fail(Errc::kUpstreamFailed, "Atlassian's next page lies at another address than the one that was asked.");
  }

  Result<json::object> get(const std::string& target, std::string_view scope) {
    http::FetchRequest request;
    request.route = route_;
    request.target = target;
    request.fields = {{"Accept", "application/json"}, {"Accept-Encoding", "identity"}, {"User-Agent", "Gatehouse"}};
    while (true) {
      GH_TRY(const http::FetchResponse response, http::fetch(options_, request));
      if (response.status == 429) {
        GH_TRYV(wait(response));
        continue;
      }
      return read(response, scope);
    }
  }

  Result<void> wait(const http::FetchResponse& response) {
    const std::string_view field = response.field("Retry-After");
    Duration pause = kUsualWait;
    if (!field.empty() && field.size() <= 6 && field.find_first_not_of("0123456789") == std::string_view::npos) {
      pause = std::chrono::seconds(std::stol(std::string(field)));
    }
    pause = std::max<Duration>(pause, std::chrono::milliseconds(50));
    if (waited_ + pause > api_.longest_wait) {
      return fail(Errc::kUnavailable, "Atlassian asks to come back in " + format_duration(pause) +
                                          "; nothing was imported. Run the command again then.");
    }
    waited_ += pause;
    std::this_thread::sleep_for(pause);
    return success();
  }

  static Result<json::object> read(const http::FetchResponse& response, std::string_view scope) {
    if (response.status == 401) {
      return fail(Errc::kNotAllowed,
                  "Atlassian refuses the organization's API key; it may have ended. Make another one in Atlassian "
                  "Administration, Settings, API keys.");
    }
    if (response.status == 403) {
      return fail(Errc::kNotAllowed,
                  "The organization's API key may not read this; it needs the scope " + std::string(scope) + ".");
    }
    if (response.status == 404) {
      return fail(Errc::kNotFound,
                  "Atlassian knows no such organization, or this address is not there. Is --org the organization's id?");
    }
    if (response.status != 200) {
      return fail(Errc::kUpstreamFailed, "Atlassian answered " + std::to_string(response.status) + "; nothing was imported.");
    }
    json::error_code problem;
    json::value body = json::parse(response.body, problem);
    if (problem || !body.is_object()) return fail(Errc::kUpstreamFailed, "Atlassian's answer is not the JSON that was expected.");
    return std::move(body.get_object());
  }

  const http::FetchOptions& options_;
  const AdminApi& api_;
  std::shared_ptr<const http::UpstreamRoute> route_;
  Duration waited_{};
};

}  // namespace

Result<AtlassianListing> read_admin_api(const http::FetchOptions& options, const AdminApi& api) {
  const bool plain =
      !api.organization.empty() && api.organization.size() <= 64 &&
      api.organization.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string::npos;
  if (!plain) {
    return fail(Errc::kInvalidArgument,
                "The organization's id is of letters, digits and hyphens; it stands in the address of "
                "Atlassian Administration: admin.atlassian.com/o/ID.",
                {}, "organization");
  }
  const std::string& key = api.key.expose();
  if (key.empty() || std::any_of(key.begin(), key.end(), [](char c) { return c <= 0x20 || c == 0x7f; })) {
    return fail(Errc::kInvalidArgument, "The organization's API key is empty, or holds white space.", {}, "key");
  }
  auto origin = http::parse_base_url(api.url);
  if (!origin) return fail(Errc::kInvalidArgument, origin.error().public_detail, {}, "url");
  return Reader(options, api, std::move(origin.value())).read();
}

}  // namespace gatehouse::inventory
