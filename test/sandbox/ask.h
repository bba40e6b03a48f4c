// A site without a socket: requests go straight to answer().
#pragma once

#include <string>
#include <vector>

#include "base/encoding.h"
#include "sandbox/seed.h"
#include "sandbox/web.h"

namespace gatehouse::sandbox {

class Asked {
 public:
  explicit Asked(Options options = {}) {
    options.logins = {{kUsername, kToken, kBot}, {"bob@example.com", "bob-token", kBob}};
    options.control = true;
    site.options = std::move(options);
    site.base = site.media = "http://sandbox";
    seed(site);
  }

  Reply reply(const std::string& method, const std::string& target, const std::string& body = {},
              const std::string& token = kToken) {
    Request request{method, target, {{"Authorization", "Bearer " + token}}, body};
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
    return answer(site, request);
  }

  /// The answer's JSON; null where it is none.
  json::value get(const std::string& target, int wanted = 200) { return send("GET", target, {}, wanted); }
  json::value send(const std::string& method, const std::string& target, const std::string& body, int wanted = 200) {
    const Reply got = reply(method, target, body);
    if (got.status != wanted)
      throw std::runtime_error(method + " " + target + ": " + std::to_string(got.status) + " " + got.body);
    return parse_json(got.body, false).value_or(nullptr);
  }

  /// The keys that a query finds, in order.
  std::vector<std::string> keys(const std::string& jql) {
    const json::value found = send("POST", "/rest/api/3/search",
                                   json::serialize(json::object{{"jql", jql}, {"maxResults", 1000}, {"fields", {"summary"}}}));
    std::vector<std::string> out;
    for (const json::value& issue : found.at("issues").as_array()) out.push_back(text_at(issue, "key"));
    return out;
  }

  std::string key_of(const std::string& name) { return text_at(get("/rest/api/3/issue/" + name), "key"); }

  Site site;
};

}  // namespace gatehouse::sandbox
