// What was used and refused, by day and by kind: and of whom who may know it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/denials.h"
#include "admin/recorder.h"
#include "admin/tokens.h"
#include "admin/usage_upkeep.h"
#include "admin/users.h"
#include "test/support/world.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;
using testing::SizeIs;

constexpr Duration kDay = hours(24);

/// Two accounts: olga's with a token for A and B, and max's with one for B. Anna administers A.
class Denials : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    olga = world.person("olga@example.com", "member", {});
    max = world.person("max@example.com", "member", {});
    anna = world.person("anna@example.com", "project-admin", {"acme/A"});
    auditor = world.person("otto@example.com", "auditor", {});
    account("ci", "olga@example.com");
    account("hr", "max@example.com");
    for (const char* handle : {"ci", "hr"}) {
      world.add_grant("acme/A", handle);
      world.add_grant("acme/B", handle);
    }
    wide = token("ci", {"acme/A", "acme/B"}, "olga@example.com");
    narrow = token("hr", {"acme/B"}, "max@example.com");
  }
  void account(const std::string& handle, const std::string& owner) {
    CreateAccount request;
    request.handle = handle;
    request.owner = owner;
    request.purpose = "builds";
    request.runs_in = "CI";
    must(create_account(world.services(), world.caller(), request));
  }
  std::string token(const std::string& of, std::vector<std::string> resources, const std::string& owner) {
    CreateToken request;
    request.account = of;
    request.name = "of-" + of;
    request.scopes = {"read:jira-work"};
    request.resources = std::move(resources);
    request.expires_in = kDay * 60;
    request.owner = owner;
    return must(create_token(world.services(), world.caller(), request)).token.expose();
  }
  std::string id_of(const std::string& token) { return std::string(token::as_view(world.live(token)->id)); }
  void call(const std::string& token, Reason reason, const std::string& project = {}, const std::string& request = {},
            int status = 404) {
    gateway::RequestRecord* slot = world.request_log().queue(0).begin();
    ASSERT_TRUE(slot);
    *slot = gateway::RequestRecord{};
    slot->at = world.clock().now();
    if (!token.empty()) {
      slot->credential = world.live(token);
      slot->secret = *token::to_key(token::parse(token)->id);
    }
    slot->site = *world.services().sites.snapshot()->find(Product::kJira, "acme");
    slot->effect = reason == Reason::kPermitted ? Effect::kPermit : Effect::kDeny;
    slot->reason = reason;
    slot->status = status;
    slot->client = parse_ip("10.0.3.7").value();
    slot->user_agent = "jira.js";
    slot->resource = project;
    slot->resource_ids = project.empty() ? project : project == "A" ? id_of_project("acme/A") : id_of_project("acme/B");
    slot->request_id = request;
    world.request_log().queue(0).commit();
  }
  std::string id_of_project(const std::string& name) {
    for (const BoundaryEntry& entry : *world.live(wide)->boundary) {
      if ("acme/" + entry.resource.key == name) return entry.resource.id;
    }
    return {};
  }
  boost::json::array denials(const Caller& caller, DenialFilter filter = {}) {
    return must(list_denials(world.services(), caller, filter, 100)).items;
  }

  test::World world;
  Recorder recorder{world.services(), world.request_log()};
  Caller olga, max, anna, auditor;
  std::string wide, narrow;
};

TEST_F(Denials, AreOneForEachKindTheLatestFirst) {
  call(wide, Reason::kInsufficientScope, "A", "request1");
  world.clock().advance(hours(1));
  call(wide, Reason::kInsufficientScope, "A", "request2");
  call(wide, Reason::kPermitted, "A");
  call(wide, Reason::kUpstreamUnavailable, "A", "request3");
  world.clock().advance(hours(1));
  call(narrow, Reason::kOutsideBoundary, {}, "request4");
  call({}, Reason::kNoCredential, {}, "request5");
  const auto all = denials(world.caller());
  ASSERT_THAT(all, SizeIs(3)) << "a failure behind Gatehouse is no denial";
  const auto& oldest = all[2].as_object();
  EXPECT_EQ(oldest.at("code").as_string(), "insufficient_scope");
  EXPECT_EQ(oldest.at("account").as_string(), "ci");
  EXPECT_EQ(oldest.at("resource").as_string(), "acme/A");
  EXPECT_EQ(oldest.at("count").as_int64(), 2);
  EXPECT_EQ(oldest.at("first_at").as_string(), "2027-01-01T00:00:00Z");
  EXPECT_EQ(oldest.at("last_at").as_string(), "2027-01-01T01:00:00Z");
  EXPECT_EQ(oldest.at("request_id").as_string(), "request2");
  EXPECT_THAT(denials(auditor), SizeIs(3));
  EXPECT_THAT(denials(world.caller(), {{}, {}, "no_credential", {}}), SizeIs(1));
  EXPECT_THAT(denials(world.caller(), {{}, "hr", {}, {}}), SizeIs(1));
  EXPECT_THAT(denials(world.caller(), {id_of(wide), {}, {}, {}}), SizeIs(1));
  EXPECT_THAT(denials(world.caller(), {{}, {}, {}, test::kStart + hours(2)}), SizeIs(2));
  EXPECT_EQ(list_denials(world.services(), world.caller(), {{}, {}, "nonsense", {}}, 10).error().field, "code");
  EXPECT_EQ(list_denials(world.services(), world.caller(), {}, 0).error().field, "limit");
  world.clock().advance(kDay * 8);
  EXPECT_THAT(denials(world.caller()), SizeIs(0)) << "a week, unless somebody asks for more";
}

TEST_F(Denials, AreToldToThoseWhomTheyConcern) {
  call(wide, Reason::kInsufficientScope, "A", "request1");
  call(wide, Reason::kInsufficientScope, "B", "request2");
  call(wide, Reason::kOutsideBoundary, {}, "request3");
  call(narrow, Reason::kInsufficientScope, "B", "request4");
  call({}, Reason::kNoCredential, {}, "request5");
  EXPECT_THAT(denials(olga), SizeIs(3));
  const auto max_sees = denials(max);
  ASSERT_THAT(max_sees, SizeIs(1));
  EXPECT_EQ(max_sees[0].at("account").as_string(), "hr");
  EXPECT_EQ(max_sees[0].at("request_id").as_string(), "request4");
  const auto anna_sees = denials(anna);
  ASSERT_THAT(anna_sees, SizeIs(1)) << "of a token that reaches further, what was refused on her project";
  EXPECT_EQ(anna_sees[0].at("resource").as_string(), "acme/A");
  EXPECT_TRUE(anna_sees[0].at("request_id").is_null()) << "it is not hers to explain";
  EXPECT_EQ(list_denials(world.services(), max, {id_of(wide), {}, {}, {}}, 10).error().code, Errc::kNotFound);
  EXPECT_EQ(list_denials(world.services(), max, {{}, "ci", {}, {}}, 10).error().code, Errc::kNotFound);
}

TEST_F(Denials, DoNotTellWhatOnlyALookUpFound) {
  call(wide, Reason::kOutsideBoundary, "A", "request1");
  call(wide, Reason::kWaitingForGrant, {}, "request2");
  call(wide, Reason::kRestrictedContent, "A", "request3");
  EXPECT_THAT(denials(auditor), SizeIs(3));
  const auto hers = denials(olga);
  ASSERT_THAT(hers, SizeIs(1)) << "one that is there and one that is not are of one kind";
  EXPECT_EQ(hers[0].at("code").as_string(), "outside_boundary");
  EXPECT_EQ(hers[0].at("count").as_int64(), 3);
  EXPECT_TRUE(hers[0].at("resource").is_null());
  EXPECT_THAT(denials(olga, {{}, {}, "waiting_for_grant", {}}), SizeIs(0));
  EXPECT_THAT(denials(anna), SizeIs(0));
  // Of the token alone, before anything was looked up.
  call(wide, Reason::kWaitingForGrant, {}, "request4", 403);
  EXPECT_THAT(denials(olga, {{}, {}, "waiting_for_grant", {}}), SizeIs(1));
}

TEST_F(Denials, AndCallsAreCountedByDay) {
  call(wide, Reason::kPermitted, "A");
  call(wide, Reason::kPermitted, "A");
  call(wide, Reason::kInsufficientScope, "A");
  must(recorder.flush());
  world.clock().advance(kDay * 2);
  must(tend_usage(world.services(), world.clock().now()));
  call(wide, Reason::kUpstreamUnavailable, "A");
  call(narrow, Reason::kPermitted, "B");
  const Document usage = must(usage_of_token(world.services(), olga, id_of(wide), {}));
  EXPECT_EQ(usage.at("calls").as_int64(), 4);
  EXPECT_EQ(usage.at("errors").as_int64(), 1);
  EXPECT_EQ(usage.at("denials").as_int64(), 1);
  const auto& days = usage.at("days").as_array();
  ASSERT_THAT(days, SizeIs(30));
  EXPECT_EQ(days[27].at("day").as_string(), "2027-01-01");
  EXPECT_EQ(days[27].at("calls").as_int64(), 3) << "rolled up";
  EXPECT_EQ(days[28].at("calls").as_int64(), 0);
  EXPECT_EQ(days[29].at("calls").as_int64(), 1) << "of this hour, still as it was recorded";
  UsageWindow window;
  window.from = test::kStart + kDay;
  window.to = test::kStart + kDay * 2 + hours(3);
  EXPECT_THAT(must(usage_of_token(world.services(), olga, id_of(wide), window)).at("days").as_array(), SizeIs(2));
  window.days = 3;
  EXPECT_EQ(usage_of_token(world.services(), olga, id_of(wide), window).error().field, "days");
  window = {};
  window.days = 401;
  EXPECT_EQ(usage_of_token(world.services(), olga, id_of(wide), window).error().field, "days");
}

TEST_F(Denials, CountsAreForThoseWhoMayKnowThem) {
  call(wide, Reason::kPermitted, "B");
  call(narrow, Reason::kPermitted, "B");
  must(recorder.flush());
  EXPECT_EQ(usage_of_token(world.services(), max, id_of(wide), {}).error().code, Errc::kNotFound);
  EXPECT_EQ(usage_of_token(world.services(), anna, id_of(wide), {}).error().code, Errc::kNotAllowed)
      << "it is used beyond her project, and a count would tell of that";
  const std::string hers = token("ci", {"acme/A"}, "olga@example.com");
  call(hers, Reason::kPermitted, "A");
  EXPECT_EQ(must(usage_of_token(world.services(), anna, id_of(hers), {})).at("calls").as_int64(), 1);
  const Document all = must(usage_of_account(world.services(), olga, "ci", {}));
  EXPECT_EQ(all.at("calls").as_int64(), 2);
  EXPECT_FALSE(all.at("partial").as_bool());
  const Document part = must(usage_of_account(world.services(), anna, "ci", {}));
  EXPECT_EQ(part.at("calls").as_int64(), 1);
  EXPECT_TRUE(part.at("partial").as_bool());
  EXPECT_EQ(usage_of_account(world.services(), max, "ci", {}).error().code, Errc::kNotFound);
  EXPECT_EQ(must(usage_of_account(world.services(), auditor, "hr", {})).at("calls").as_int64(), 1);
}

}  // namespace
}  // namespace gatehouse::admin
