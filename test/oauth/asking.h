// Asking: a world with an account that is granted acme/A and acme/B, and an authorization server that is asked as the gateway
// does it.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "admin/clients.h"
#include "oauth/server.h"
#include "test/support/world.h"

namespace gatehouse::oauth {

using Form = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  std::string head;
  boost::json::object body;
  std::string error() const { return body.contains("error") ? std::string(body.at("error").as_string()) : std::string(); }
  std::string text(const char* name) const {
    return body.contains(name) ? std::string(body.at(name).as_string()) : std::string();
  }
};

struct Client {
  std::string id;
  std::string secret;
};

/// How often something is raced for: GATEHOUSE_RACES=10000 is the long form.
int race_rounds(int usual);
/// `racers` at once; how many of them say true.
int race(int racers, const std::function<bool()>& run);

class Asking {
 public:
  Asking();

  Client add_client(std::vector<std::string> resources = {"acme/A", "acme/B"},
                    std::vector<std::string> scopes = {"read:jira-work", "write:jira-work"});
  /// A request with a form, the client by client_secret_basic.
  Answer post(const std::string& path, const Form& form, const Client* client);
  Answer send(gateway::AuthorizationRequest request);
  /// An access token by client credentials.
  Answer token(const Client& client, Form form = {});
  static gateway::AuthorizationRequest request(const std::string& path, const Form& form);

  test::World world;
  Server server;
};

}  // namespace gatehouse::oauth
