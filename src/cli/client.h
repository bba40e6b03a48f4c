// One request to the REST API by libcurl, and its answer as JSON.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "cli/context.h"

namespace gatehouse::cli {

struct Answer {
  int status = 0;
  std::string text;         ///< the body as it came
  boost::json::value body;  ///< null where the body is not JSON
  bool ok() const noexcept { return status >= 200 && status < 300; }
};

using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
std::string escaped(std::string_view text);
/// "/api/v1" and the segments, each escaped.
std::string api_path(const std::vector<std::string_view>& segments);
std::string with_query(std::string path, const QueryParameters& parameters);

class Client {
 public:
  /// kInvalidArgument where the address or the key is missing or unreadable. The key is that of --key-file, else of
  /// GATEHOUSE_KEY, else the one that `gatehouse login` stored for this address.
  static Result<Client> make(const Context& context);
  /// Without a key, to ask for one.
  static Result<Client> without_key(const Context& context);
  const std::string& url() const noexcept { return url_; }

  /// kUnavailable: the server was not reached, or its answer broke off. An answer of any status is a value. Follows no redirects.
  Result<Answer> send(std::string_view method, const std::string& path, const boost::json::object* body = nullptr) const;
  /// As a form, for what RFC 8628 wants so.
  Result<Answer> send_form(const std::string& path, const QueryParameters& fields) const;
  /// All items of a list, page by page; an answer that is not 2xx ends it and is returned.
  Result<Answer> list(const std::string& path, QueryParameters parameters) const;

 private:
  Client(std::string url, SecretString key) : url_(std::move(url)), key_(std::move(key)) {}
  struct Content {
    std::string_view type;
    std::string text;
  };
  Result<Answer> perform(const std::string& verb, const std::string& path, const Content* content) const;
  std::string url_;
  SecretString key_;
};

}  // namespace gatehouse::cli
