// AtAtlassian: an installation whose people can connect with the account that they have at Atlassian, played by the sandbox.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/atlassian.h"
#include "admin/atlassian_authority.h"
#include "admin/grants.h"
#include "admin/users.h"
#include "base/text.h"
#include "http/outside.h"
#include "sandbox/seed.h"
#include "test/support/world.h"

namespace gatehouse::admin {

inline constexpr const char* kCallback = "http://localhost:8481/account/atlassian/return";

class AtAtlassian : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    AtlassianSettings settings;
    settings.client_id = "sandbox-app";
    settings.secret_file = secret_file;
    settings.account_url = settings.api_url = world.site().base_url();
    std::ofstream(secret_file) << "sandbox-app-secret\n";
    atlassian = test::must(Atlassian::make(world.services(), settings));
    authority = std::make_unique<AtlassianAuthority>(world.services(), *atlassian);
    world.services().atlassian = atlassian.get();
    world.services().authority_source = authority.get();
    CreateAccount request;
    request.handle = "ci";
    request.owner = test::kAdministrator;
    request.purpose = "builds";
    request.runs_in = "CI";
    test::must(create_account(world.services(), world.caller(), request));
    max = person("max@example.com");
    eva = person("eva@example.com");
  }
  void TearDown() override {
    world.services().authority_source = nullptr;
    world.services().atlassian = nullptr;
    std::filesystem::remove(secret_file);
  }

  /// A member, and a caller with their key.
  Caller person(const std::string& email) {
    test::must(add_user(world.services(), world.caller(), {email, email, "member", {}}));
    const CreatedKey key = test::must(create_admin_key(world.services(), world.caller(), email, "laptop", {}));
    return test::must(authenticate(world.services(), key.text.expose(), "", "")).caller;
  }
  LiveSession session(const Caller& of, const std::string& id = "session000000001") {
    LiveSession out;
    out.session.id = id;
    out.user = test::must(test::must(world.database().read())->users.get(UserId(of.actor_id))).value;
    return out;
  }
  /// Walks to the sandbox's page and consents there as `account`: the query that comes back.
  std::string consent(const std::string& location, const std::string& account, const std::string& more = {}) {
    const auto address = test::must(http::parse_outside_address(location + "&as=" + percent_encoded(account) + more));
    http::FetchRequest request;
    request.route = std::make_shared<http::UpstreamRoute>(address.route);
    request.target = address.target;
    const auto answer = test::must(http::fetch(world.services().fetch, request));
    EXPECT_EQ(answer.status, 302) << answer.body;
    return std::string(answer.field("Location"));
  }
  static std::string part(const std::string& url, const std::string& name) {
    const std::size_t at = url.find(name + "=");
    return at == std::string::npos ? std::string() : url.substr(at + name.size() + 1, url.find('&', at) - at - name.size() - 1);
  }
  Result<void> connect(const Caller& who, const std::string& account) {
    const auto departure = atlassian->depart(session(who), kCallback);
    const std::string back = consent(departure.location, account);
    EXPECT_EQ(back.rfind(kCallback, 0), 0U) << back;
    return atlassian->arrive(session(who), {}, kCallback, part(back, "state"), departure.state, part(back, "code"));
  }
  store::AtlassianGrant grant_of(const Caller& who) {
    return test::must(test::must(world.database().read())->atlassian.get(UserId(who.actor_id)));
  }
  Result<Document> give(const Caller& by, const std::string& resource) {
    AddGrant request;
    request.account = "ci";
    request.resource = resource;
    request.scopes = {"read:jira-work"};
    return add_grant(world.services(), by, request);
  }
  static std::string refused(const Result<Document>& result) {
    if (result) return "done";
    return result.error().code == Errc::kNotAllowed ? result.error().missing_role : std::string(to_string(result.error().code));
  }
  std::string backing(const Document& grant) {
    return std::string(
        test::must(show_grant(world.services(), world.caller(), grant.at("id").as_string())).at("backing").as_string());
  }
  int asked(const std::string& target) {
    int count = 0;
    world.site().with_site([&](const sandbox::Site& site) {
      for (const auto& one : site.recorded) count += one.target.find(target) != std::string::npos;
    });
    return count;
  }
  void look() { test::must(authority->look(world.clock().now())); }
  void take_from(const std::string& account, sandbox::ObjectId project) {
    world.site().with_site([&](sandbox::Site& site) { site.projects.at(project).role_members[10002].erase(account); });
  }

  test::World world;
  const std::string secret_file = std::filesystem::temp_directory_path() / ("gatehouse-atlassian-" + std::to_string(::getpid()));
  std::unique_ptr<Atlassian> atlassian;
  std::unique_ptr<AtlassianAuthority> authority;
  Caller max, eva;
};

}  // namespace gatehouse::admin
