#include "test/oauth/asking.h"

#include <atomic>
#include <cstdlib>
#include <thread>

#include "admin/access_keys.h"
#include "base/encoding.h"
#include "oauth/parameters.h"

namespace gatehouse::oauth {

using test::must;

int race_rounds(int usual) {
  const char* const wanted = std::getenv("GATEHOUSE_RACES");
  return wanted ? std::atoi(wanted) : usual;
}

int race(int racers, const std::function<bool()>& run) {
  std::atomic<int> won{0};
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < racers; ++i) {
    threads.emplace_back([&] {
      ++ready;
      while (ready.load() < racers) std::this_thread::yield();
      if (run()) ++won;
    });
  }
  for (std::thread& one : threads) one.join();
  return won.load();
}

Asking::Asking() : server(world.services()) {
  world.add_site();
  world.add_account();
  world.add_grant("acme/A");
  world.add_grant("acme/B");
  must(admin::ensure_access_keys(world.services()));
  server.set_panel_url("https://gate.example:8481");
}

Client Asking::add_client(std::vector<std::string> resources, std::vector<std::string> scopes) {
  admin::CreateToken wanted;
  wanted.account = "ci";
  wanted.name = "client";
  wanted.scopes = std::move(scopes);
  wanted.resources = std::move(resources);
  wanted.expires_in = std::chrono::hours(24 * 365);
  const auto made = must(admin::create_client(world.services(), world.caller(), std::move(wanted)));
  return {std::string(made.document.at("client_id").as_string()), made.token.expose()};
}

gateway::AuthorizationRequest Asking::request(const std::string& path, const Form& form) {
  gateway::AuthorizationRequest asked;
  asked.method = http::Method::kPost;
  asked.path = path;
  asked.content_type = "application/x-www-form-urlencoded";
  asked.client = parse_ip("192.0.2.1").value();
  asked.user_agent = "test";
  std::string body;
  for (const auto& [name, value] : form) append_form(name, value, body);
  asked.body = SecretString(std::move(body));
  return asked;
}

Answer Asking::send(gateway::AuthorizationRequest request) {
  const http::ElsewhereAnswer given = server.answer(request);
  Answer out;
  out.status = given.status;
  out.head = given.head;
  boost::json::error_code problem;
  const auto parsed = boost::json::parse(given.body.expose(), problem);
  if (!problem && parsed.is_object()) out.body = parsed.as_object();
  return out;
}

Answer Asking::post(const std::string& path, const Form& form, const Client* client) {
  gateway::AuthorizationRequest asked = request(path, form);
  if (client) asked.authorization = SecretString("Basic " + to_base64(as_bytes(client->id + ":" + client->secret)));
  return send(std::move(asked));
}

Answer Asking::token(const Client& client, Form form) {
  form.emplace_back("grant_type", "client_credentials");
  return post("/oauth/token", form, &client);
}

}  // namespace gatehouse::oauth
