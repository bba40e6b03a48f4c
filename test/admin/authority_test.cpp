// Bounded delegation, checked where the changes are made: what a project administrator and an owner may, and what nobody may by a
// detour.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/grants.h"
#include "admin/pause.h"
#include "admin/policy.h"
#include "admin/rotation.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::ElementsAre;
using testing::HasSubstr;

class Delegation : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    olga = world.person("olga@example.com", "member", {});
    anna = world.person("anna@example.com", "project-admin", {"acme/A"});
    ben = world.person("ben@example.com", "project-admin", {"acme/B"});
    max = world.person("max@example.com", "member", {});
    CreateAccount request;
    request.handle = "ci";
    request.owner = "olga@example.com";
    request.purpose = "builds";
    request.runs_in = "CI";
    must(create_account(world.services(), world.caller(), request));
  }

  static AddGrant granting(const std::string& resource, std::vector<std::string> scopes = {"read:jira-work", "write:jira-work"}) {
    AddGrant request;
    request.account = "ci";
    request.resource = resource;
    request.scopes = std::move(scopes);
    return request;
  }
  static CreateToken token(std::vector<std::string> resources, std::vector<std::string> scopes = {"read:jira-work"}) {
    CreateToken request;
    request.account = "ci";
    request.name = "notify";
    request.resources = std::move(resources);
    request.scopes = std::move(scopes);
    request.expires_in = hours(24 * 30);
    return request;
  }
  std::string grant(const Caller& by, const std::string& resource) {
    return id_of(must(add_grant(world.services(), by, granting(resource))));
  }
  std::string make(const Caller& by, std::vector<std::string> resources) {
    return id_of(must(create_token(world.services(), by, token(std::move(resources)))).document);
  }
  static std::string id_of(const Document& document) { return std::string(document.at("id").as_string()); }
  static std::vector<std::string> texts(const Document& document, std::string_view member) {
    std::vector<std::string> all;
    for (const auto& one : document.at(member).as_array()) all.emplace_back(one.as_string());
    return all;
  }
  template <class T>
  static std::string refused(const Result<T>& result) {
    if (result) return "done";
    return result.error().code == Errc::kNotAllowed ? result.error().missing_role : std::string(to_string(result.error().code));
  }
  std::string state_of(const std::string& id, std::size_t entry = 0) {
    const Document shown = must(show_token(world.services(), world.caller(), id));
    return std::string(shown.at("boundary").as_array().at(entry).at("state").as_string());
  }
  Document grant_now(const std::string& id) { return must(show_grant(world.services(), world.caller(), id)); }

  test::World world;
  Caller olga, anna, ben, max;
};

TEST_F(Delegation, AProjectAdministratorGivesTheirProjectAndNoOther) {
  const Document given = must(add_grant(world.services(), anna, granting("acme/A")));
  EXPECT_EQ(given.at("granted_by").as_string(), "anna@example.com");
  EXPECT_EQ(given.at("restricted").as_string(), "exclude");
  EXPECT_EQ(refused(add_grant(world.services(), anna, granting("acme/B"))), "project-admin");
  EXPECT_EQ(refused(add_grant(world.services(), anna, granting("acme/*"))), "project-admin");
  EXPECT_EQ(refused(add_grant(world.services(), olga, granting("acme/A"))), "project-admin")
      << "owning the account is no authority";
  AddGrant more = granting("acme/A");
  more.directory = true;
  EXPECT_EQ(refused(add_grant(world.services(), anna, more)), "org-admin");
  more = granting("acme/A");
  more.include_restricted = true;
  EXPECT_EQ(refused(add_grant(world.services(), anna, more)), "org-admin");
  for (const char* scope : {"manage:jira-configuration", "manage:jira-webhook"})
    EXPECT_EQ(refused(add_grant(world.services(), anna, granting("acme/A", {"read:jira-work", scope}))), "org-admin") << scope;
}

TEST_F(Delegation, MakesTokensForTheirProjectAlone) {
  grant(anna, "acme/A");
  grant(ben, "acme/B");
  make(anna, {"acme/A"});
  EXPECT_EQ(refused(create_token(world.services(), anna, token({"acme/B"}))), "project-admin");
  EXPECT_EQ(refused(create_token(world.services(), anna, token({"acme/A", "acme/B"}))), "project-admin");
  EXPECT_EQ(refused(create_token(world.services(), anna, token({"acme/*"}))), "project-admin");
  EXPECT_EQ(refused(create_token(world.services(), anna, token({"acme/A"}, {"manage:jira-configuration"}))), "org-admin");
  CreateToken request = token({"acme/A"});
  request.relaxed_queries = true;
  EXPECT_EQ(refused(create_token(world.services(), anna, request)), "org-admin");
  request = token({"acme/A"});
  request.owner = "max@example.com";
  EXPECT_EQ(refused(create_token(world.services(), anna, request)), "org-admin");
  request.owner = "olga@example.com";
  EXPECT_TRUE(create_token(world.services(), anna, request)) << "who answers for the account may answer for it";
  EXPECT_EQ(refused(create_token(world.services(), max, token({"acme/A"}))), "not_found") << "he may not know of the account";
}

TEST_F(Delegation, BothOrdersWork) {
  const std::string waiting = make(olga, {"acme/A", "acme/B"});
  EXPECT_EQ(state_of(waiting), "waiting for grant");
  TokenFilter filter;
  filter.waiting = true;
  const Documents seen = must(list_tokens(world.services(), anna, filter, {}));
  ASSERT_EQ(seen.items.size(), 1U) << "who can bring it alive sees it";
  EXPECT_THAT(texts(seen.items[0].as_object(), "waiting"), ElementsAre("acme/A")) << "and of it only what is hers";
  EXPECT_TRUE(seen.items[0].at("partial").as_bool());
  EXPECT_TRUE(must(list_tokens(world.services(), max, filter, {})).items.empty());
  grant(anna, "acme/A");
  EXPECT_EQ(state_of(waiting, 0), "open");
  EXPECT_EQ(state_of(waiting, 1), "waiting for grant");
  EXPECT_TRUE(must(list_tokens(world.services(), anna, filter, {})).items.empty());
  EXPECT_EQ(must(list_tokens(world.services(), ben, filter, {})).items.size(), 1U);
}

TEST_F(Delegation, SeesWhatTouchesTheirsAndNothingElse) {
  grant(world.caller(), "acme/A");
  const std::string of_b = grant(world.caller(), "acme/B");
  const std::string both = make(olga, {"acme/A", "acme/B"});
  const std::string only_b = make(olga, {"acme/B"});
  EXPECT_THAT(texts(must(show_token(world.services(), anna, both)), "resources"), ElementsAre("acme/A"));
  EXPECT_EQ(must(show_token(world.services(), anna, both)).at("boundary").as_array().size(), 1U);
  const Error hidden = show_token(world.services(), anna, only_b).error();
  const Error absent = show_token(world.services(), anna, "0000000000000000").error();
  EXPECT_EQ(hidden.code, Errc::kNotFound);
  EXPECT_EQ(hidden.public_detail, absent.public_detail) << "the same words as for what is not there";
  EXPECT_EQ(show_grant(world.services(), anna, of_b).error().code, Errc::kNotFound);
  EXPECT_EQ(must(list_grants(world.services(), anna, {}, {})).items.size(), 1U);
  EXPECT_EQ(must(list_tokens(world.services(), anna, {}, {})).items.size(), 1U);
  EXPECT_EQ(must(list_accounts(world.services(), anna, {}, {})).items.size(), 1U);
  EXPECT_TRUE(must(list_accounts(world.services(), max, {}, {})).items.empty());
  EXPECT_EQ(show_account(world.services(), max, "ci").error().code, Errc::kNotFound);
  EXPECT_EQ(must(list_tokens(world.services(), olga, {}, {})).items.size(), 2U);
}

TEST_F(Delegation, PausesTheirResourceAndNothingElse) {
  grant(world.caller(), "acme/A");
  grant(world.caller(), "acme/B");
  const std::string both = make(olga, {"acme/A", "acme/B"});
  const Document paused = must(pause_resource(world.services(), anna, PausedFor::kToken, both, "acme/A", {"odd requests", {}}));
  EXPECT_THAT(texts(paused, "resources"), ElementsAre("acme/A"));
  EXPECT_EQ(refused(pause_resource(world.services(), anna, PausedFor::kToken, both, "acme/B", {})), "project-admin");
  EXPECT_EQ(refused(pause_resource(world.services(), anna, PausedFor::kToken, both, "acme/*", {})), "project-admin");
  EXPECT_EQ(refused(pause_resource(world.services(), anna, PausedFor::kSite, "acme", "A", {})), "org-admin");
  EXPECT_EQ(refused(pause_token(world.services(), anna, both, {})), "project-admin") << "the whole token is not hers";
  EXPECT_EQ(refused(pause_account(world.services(), anna, "ci", {})), "project-admin");
  EXPECT_EQ(refused(resume_resource(world.services(), olga, PausedFor::kToken, both, "acme/A")), "project-admin")
      << "the owner does not undo it";
  EXPECT_TRUE(resume_resource(world.services(), anna, PausedFor::kToken, both, "acme/A"));
}

TEST_F(Delegation, APauseIsNotReplacedByWhomItIsMeantFor) {
  grant(world.caller(), "acme/A");
  const std::string id = make(olga, {"acme/A"});
  must(pause_token(world.services(), world.caller(), id, {"leaked?", {}}));
  EXPECT_EQ(refused(pause_token(world.services(), olga, id, {"", world.clock().now() + hours(1)})), "org-admin")
      << "a pause of her own would end by her own";
  EXPECT_EQ(refused(resume_token(world.services(), olga, id)), "org-admin");
  must(pause_resource(world.services(), world.caller(), PausedFor::kToken, id, "acme/A", {}));
  EXPECT_EQ(refused(pause_resource(world.services(), anna, PausedFor::kToken, id, "acme/A", {})), "org-admin");
  must(resume_token(world.services(), world.caller(), id));
  must(pause_token(world.services(), olga, id, {}));
  EXPECT_TRUE(resume_token(world.services(), olga, id)) << "her own she ends";
}

TEST_F(Delegation, ChangesNothingOfWhatIsOnlySeen) {
  grant(world.caller(), "acme/A");
  const std::string id = make(olga, {"acme/A"});
  NarrowToken narrower;
  narrower.rate = "1/s";
  EXPECT_EQ(refused(narrow_token(world.services(), anna, id, narrower)), "org-admin");
  EXPECT_EQ(refused(rotate_token(world.services(), anna, id, {})), "org-admin") << "it would show her the secret";
  EXPECT_EQ(refused(revoke_token(world.services(), anna, id, "")), "org-admin");
  EXPECT_EQ(refused(transfer_token(world.services(), anna, id, "anna@example.com")), "org-admin");
  EXPECT_EQ(refused(transfer_token(world.services(), olga, id, "max@example.com")), "org-admin");
  EXPECT_EQ(refused(set_rotation(world.services(), anna, id, {})), "org-admin");
  ExtendToken later;
  later.expires_in = hours(24 * 60);
  EXPECT_EQ(refused(extend_token(world.services(), anna, id, later)), "org-admin");
  EXPECT_EQ(refused(edit_account(world.services(), anna, "ci", {})), "org-admin");
  EXPECT_EQ(refused(archive_account(world.services(), olga, "ci", "")), "org-admin");
  EXPECT_EQ(refused(revoke_token(world.services(), max, id, "")), "not_found");
  EXPECT_TRUE(rotate_token(world.services(), olga, id, {}));
  EXPECT_TRUE(revoke_token(world.services(), olga, id, ""));
}

TEST_F(Delegation, EndsGrantsOnTheirsAndOnTheirsAlone) {
  const std::string a = grant(world.caller(), "acme/A");
  const std::string b = grant(world.caller(), "acme/B");
  EXPECT_EQ(refused(remove_grant(world.services(), anna, b, "")), "not_found");
  EXPECT_EQ(refused(pause_grant(world.services(), max, a, {})), "not_found");
  must(pause_grant(world.services(), anna, a, {}));
  EXPECT_EQ(refused(resume_grant(world.services(), olga, a)), "project-admin");
  must(resume_grant(world.services(), anna, a));
  must(remove_grant(world.services(), anna, a, "not needed"));
  must(remove_grant(world.services(), olga, b, ""));
}

TEST_F(Delegation, AsksInSomebodyElsesNameOnlyAsTheOrganization) {
  CreateToken request = token({"acme/A"});
  request.requested_by = "max@example.com";
  EXPECT_EQ(refused(create_token(world.services(), olga, request)), "org-admin");
  EXPECT_EQ(refused(create_token(world.services(), anna, request)), "org-admin");
  const Document made = must(create_token(world.services(), world.caller(), request)).document;
  EXPECT_EQ(made.at("requested_by").as_string(), "max@example.com");
  EXPECT_EQ(made.at("owner").as_string(), "max@example.com");
  const AuditRecord record = world.audited("token.create");
  EXPECT_EQ(record.event.caller.on_behalf_of, "max@example.com");
  EXPECT_THAT(record.event.caller.actor_name, HasSubstr(test::kAdministrator));
}

TEST_F(Delegation, ADemotionThatCommitsFirstCounts) {
  // The caller was let in as what they were: nothing but the unit of work knows better.
  must(edit_user(world.services(), world.caller(), "anna@example.com", {{}, "member", {}}));
  EXPECT_EQ(refused(add_grant(world.services(), anna, granting("acme/A"))), "project-admin");
  EXPECT_EQ(refused(create_token(world.services(), anna, token({"acme/A"}))), "not_found");
  must(edit_user(world.services(), world.caller(), "ben@example.com", {{}, {}, std::vector<std::string>{"acme/A"}}));
  EXPECT_EQ(refused(add_grant(world.services(), ben, granting("acme/B"))), "project-admin");
  EXPECT_TRUE(add_grant(world.services(), ben, granting("acme/A")));
  must(suspend_user(world.services(), world.caller(), "ben@example.com", {}));
  EXPECT_EQ(add_grant(world.services(), ben, granting("acme/A")).error().code, Errc::kNotAllowed);
  // And an administrator of the organization who is none any more, by a route whose use case does not look itself.
  Caller second = world.person("second@example.com", "org-admin", {});
  second.need = static_cast<std::uint8_t>(policy::Need::kGiveAuthority);
  must(edit_user(world.services(), world.caller(), "second@example.com", {{}, "member", {}}));
  EXPECT_EQ(refused(set_policy(world.services(), second, {{"permanent-tokens", "refused"}})), "org-admin");
  EXPECT_EQ(refused(edit_user(world.services(), second, "second@example.com", {{}, "org-admin", {}})), "org-admin");
}

TEST_F(Delegation, AGrantOutlivesTheAuthorityItRestsOnByAGrace) {
  const std::string id = grant(anna, "acme/A");
  const std::string held = make(anna, {"acme/A"});
  must(edit_user(world.services(), world.caller(), "anna@example.com", {{}, "member", {}}));
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "in grace");
  EXPECT_EQ(grant_now(id).at("grace_ends_at").as_string(), "2027-01-15T00:00:00Z");
  EXPECT_EQ(state_of(held), "open");
  // Nothing new rests on it, whoever asks.
  EXPECT_EQ(create_token(world.services(), olga, token({"acme/A"})).error().code, Errc::kConflict);
  EXPECT_EQ(create_token(world.services(), world.caller(), token({"acme/A"})).error().code, Errc::kConflict);
  EXPECT_EQ(rotate_token(world.services(), anna, held, {}).error().code, Errc::kConflict) << "she could keep her access by it";
  EXPECT_EQ(refused(back_grant(world.services(), anna, id)), "project-admin");
  EXPECT_EQ(refused(back_grant(world.services(), ben, id)), "not_found");
  world.clock().advance(hours(24 * 14));
  EXPECT_EQ(state_of(held), "grant unbacked");
  must(end_graces(world.services(), world.clock().now()));
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "unbacked");
  EXPECT_EQ(world.audited("grant.grace_over").event.target_id, id);
  must(edit_user(world.services(), world.caller(), "ben@example.com", {{}, {}, std::vector<std::string>{"acme/A", "acme/B"}}));
  EXPECT_EQ(must(back_grant(world.services(), ben, id)).at("granted_by").as_string(), "ben@example.com");
  EXPECT_EQ(state_of(held), "open");
  EXPECT_EQ(back_grant(world.services(), ben, id).error().code, Errc::kConflict);
}

TEST_F(Delegation, AuthorityThatComesBackBacksAgain) {
  const std::string id = grant(anna, "acme/A");
  must(suspend_user(world.services(), world.caller(), "anna@example.com", {}));
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "in grace");
  must(restore_user(world.services(), world.caller(), "anna@example.com"));
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "backed");
}

TEST_F(Delegation, WithdrawnForCauseThereIsNoGrace) {
  const std::string id = grant(anna, "acme/A");
  const std::string other = grant(ben, "acme/B");
  must(suspend_user(world.services(), world.caller(), "anna@example.com", {"fraud", {}}, true));
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "unbacked");
  EXPECT_EQ(grant_now(other).at("backing").as_string(), "backed");
  must(set_policy(world.services(), world.caller(), {{"grace", "none"}}));
  must(edit_user(world.services(), world.caller(), "ben@example.com", {{}, "member", {}}));
  EXPECT_EQ(grant_now(other).at("backing").as_string(), "unbacked") << "the policy knows none";
  EXPECT_EQ(refused(edit_user(world.services(), anna, "anna@example.com", {{}, "org-admin", {}})), "") << "she is suspended";
}

TEST_F(Delegation, WhatAnAdministratorOfTheOrganizationGaveNeedsOne) {
  AddGrant wide = granting("acme/A");
  wide.include_restricted = true;
  Caller second = world.person("second@example.com", "org-admin", {});
  const std::string id = id_of(must(add_grant(world.services(), second, wide)));
  must(edit_user(world.services(), world.caller(), "second@example.com",
                 {{}, "project-admin", std::vector<std::string>{"acme/A"}}));
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "in grace") << "restricted content is not a project administrator's to open";
  EXPECT_EQ(refused(back_grant(world.services(), anna, id)), "org-admin");
  EXPECT_EQ(must(back_grant(world.services(), world.caller(), id)).at("granted_by").as_string(), test::kAdministrator);
}

/// A source that knows what a test tells it.
class Known final : public AuthoritySource {
 public:
  Result<void> ask(const UserId& user, const Resource& resource) override {
    if (user.value == of) asked.push_back(resource.key);
    return success();
  }
  Result<std::optional<std::vector<Resource>>> administered(const store::Repositories&, const User& user,
                                                            Instant) const override {
    return user.id.value == of ? std::optional(known) : std::nullopt;
  }
  std::string of;
  std::vector<Resource> known;
  std::vector<std::string> asked;
};

TEST_F(Delegation, AuthorityMayComeFromTheSource) {
  Known source;
  source.of = max.actor_id;
  world.services().authority_source = &source;
  EXPECT_EQ(refused(add_grant(world.services(), max, granting("acme/A"))), "project-admin");
  EXPECT_THAT(source.asked, ElementsAre("A"));
  EXPECT_EQ(refused(create_token(world.services(), max, token({"acme/A"}))), "not_found") << "asked, and told no";
  const Document known = grant_now(grant(world.caller(), "acme/A"));
  const auto reader = must(world.database().read());
  const SiteId site = must(reader->sites.get_by_key("acme")).value.id;
  source.known = {Resource{site, std::string(known.at("resource_id").as_string()), "A"}};
  const std::string id = grant(max, "acme/A");
  EXPECT_EQ(refused(add_grant(world.services(), max, granting("acme/B"))), "project-admin");
  source.known.clear();
  {
    auto work = must(world.database().begin());
    const User user = must(work->users.get(UserId(max.actor_id))).value;
    must(review_backing(world.services(), *work.operator->(), user, Withdrawal::kOrdinary));
    must(
        commit(world.services(), std::move(work), make_event(world.caller(), "user.checked", "user", user.id.value, user.email)));
  }
  EXPECT_EQ(grant_now(id).at("backing").as_string(), "in grace");
  world.services().authority_source = nullptr;
}

}  // namespace
}  // namespace gatehouse::admin
