// What the stand-in knows of an organization at Atlassian: its API tokens, service accounts and their tokens (admin_api.cpp).
#pragma once

#include <string>

#include <boost/json.hpp>

namespace gatehouse::sandbox {

/// The entities as they are given out. Guarded by the lock of the server that owns it.
struct AdminApi {
  std::string organization;
  std::string key;            ///< Authorization: Bearer …
  boost::json::array scopes;  ///< of the key
  boost::json::array tokens;  ///< of people
  boost::json::array service_accounts;
  boost::json::array service_tokens;  ///< of service accounts
  int page = 2;                       ///< items on a page
  int too_many = 0;                   ///< so many requests more are answered 429
  std::string retry_after = "1";      ///< of those; empty: the field is missing
  std::string next_form = "url";      ///< how `links.next` is written: url, path, query, cursor, elsewhere, loop
};

/// The organization "sandbox-org": three tokens of people (one of them blocked), a service account with two tokens.
AdminApi seeded_admin_api();

}  // namespace gatehouse::sandbox
