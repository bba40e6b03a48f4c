// A browser as web/ sees one: it keeps cookies, says where it stands, and fills in the forms that it was given. And an
// authenticator that it asks for passkeys.
#pragma once

#include <boost/json.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/message.h"
#include "web/web.h"

struct evp_pkey_st;

namespace gatehouse::test {

using FormFields = std::vector<std::pair<std::string, std::string>>;

class Browser {
 public:
  explicit Browser(const web::Web& web) : web_(web) {}

  api::Response get(const std::string& target);
  /// Fills in the hidden fields of the form of that action on the page that was shown last, and sends it.
  api::Response submit(const std::string& action, const FormFields& fields);
  /// Sends a form as it is.
  api::Response post(const std::string& target, const FormFields& fields);
  boost::json::object ask(const std::string& target, const boost::json::object& body, int expected = 200);
  /// After a redirect.
  static std::string location(const api::Response& response);

  std::string host = "localhost:8481";
  std::string origin = "http://localhost:8481";
  std::string address = "203.0.113.7";
  std::string csrf;  ///< of JSON
  std::map<std::string, std::string> cookies;
  std::string shown;  ///< the last page

 private:
  api::Response send(api::Request request);
  const web::Web& web_;
};

enum class KeyKind { kEs256, kEdDsa, kRs256 };

/// One passkey, in software.
class Authenticator {
 public:
  explicit Authenticator(KeyKind kind);
  ~Authenticator();
  boost::json::object create(const boost::json::object& options, const std::string& origin) const;
  boost::json::object get(const boost::json::object& options, const std::string& origin);

  bool verified = true;
  int counts = 1;  ///< added at each use
  std::string id;  ///< bytes
  unsigned count = 0;

 private:
  std::string data(const std::string& party, unsigned flags) const;
  std::string sign(const std::string& message) const;
  std::string cose() const;
  const KeyKind kind_;
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace gatehouse::test
