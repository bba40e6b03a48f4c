// Handing over, approvals, and policies of one owner or resource.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/approvals.h"
#include "admin/grants.h"
#include "admin/handovers.h"
#include "admin/narrow_policy.h"
#include "admin/rotation.h"
#include "admin/tokens.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using std::chrono::hours;
using test::must;
using testing::HasSubstr;

class People : public testing::Test {
 protected:
  void SetUp() override {
    world.add_site();
    world.add_account();
    world.add_grant();
    eva = world.person("eva@example.com", "member", {});
    anna = world.person("anna@example.com", "project-admin", {"acme/A"});
  }
  static CreateToken token(std::vector<std::string> scopes = {"read:jira-work"}) {
    CreateToken request;
    request.account = "ci";
    request.name = "notify";
    request.resources = {"acme/A"};
    request.scopes = std::move(scopes);
    request.expires_in = hours(24 * 30);
    return request;
  }
  CreatedToken handed_to(const std::string& email) {
    CreateToken request = token();
    request.hand_to = email;
    return must(create_token(world.services(), world.caller(), request));
  }
  static std::string text(const Document& document, std::string_view member) {
    return std::string(document.at(member).as_string());
  }
  std::string state_of(const std::string& id) { return text(must(show_token(world.services(), world.caller(), id)), "state"); }

  test::World world;
  Caller eva, anna;
};

TEST_F(People, TheMakerNeverSeesATokenThatIsForSomebodyElse) {
  const CreatedToken made = handed_to("eva@example.com");
  EXPECT_TRUE(made.token.empty());
  const std::string id = text(made.document, "id");
  EXPECT_EQ(text(made.document, "owner"), "eva@example.com");
  const Document handover = made.document.at("handover").as_object();
  const std::string link = text(handover, "id");
  EXPECT_TRUE(handover.at("code").is_null());
  EXPECT_EQ(take_token(world.services(), world.caller(), link).error().code, Errc::kNotFound) << "it is not his";
  EXPECT_EQ(take_token(world.services(), anna, link).error().code, Errc::kNotFound);
  EXPECT_EQ(must(list_handovers(world.services(), eva)).items.size(), 1U);
  EXPECT_TRUE(must(list_handovers(world.services(), anna)).items.empty());
  const CreatedToken taken = must(take_token(world.services(), eva, link));
  EXPECT_TRUE(world.live(taken.token.expose()));
  EXPECT_EQ(take_token(world.services(), eva, link).error().code, Errc::kNotFound) << "once";
  EXPECT_EQ(world.audited("token.take").event.caller.actor_id, eva.actor_id);
  EXPECT_EQ(rotate_token(world.services(), world.caller(), id, {}).error().code, Errc::kConflict)
      << "a successor would show it to the maker";
  EXPECT_TRUE(rotate_token(world.services(), eva, id, {}));
}

TEST_F(People, ATokenThatIsNotTakenIsRevoked) {
  const std::string id = text(handed_to("eva@example.com").document, "id");
  world.clock().advance(kHandoverLives - Duration(1));
  must(end_handovers(world.services(), world.clock().now()));
  EXPECT_EQ(state_of(id), "live");
  world.clock().advance(Duration(1));
  must(end_handovers(world.services(), world.clock().now()));
  EXPECT_EQ(state_of(id), "revoked");
  must(end_handovers(world.services(), world.clock().now()));
}

TEST_F(People, AnOutsiderNeedsLinkAndCode) {
  CreateToken request;
  request.account = "ci";
  request.name = "for the auditor";
  request.resources = {"acme/A"};
  request.hand_to = "auditor@elsewhere.example";
  const CreatedToken made = must(create_token(world.services(), world.caller(), request));
  EXPECT_EQ(text(made.document, "role"), "viewer") << "what nobody said is narrow";
  EXPECT_EQ(text(made.document, "expires_at"), "2027-01-08T00:00:00Z");
  EXPECT_EQ(text(made.document, "owner"), test::kAdministrator) << "an outsider owns nothing";
  const Document handover = made.document.at("handover").as_object();
  const std::string link = text(handover, "link").substr(std::string("/take/").size());
  const std::string code = text(handover, "code");
  EXPECT_EQ(code.size(), 8U);
  EXPECT_EQ(take_token(world.services(), eva, text(handover, "id")).error().code, Errc::kNotFound) << "a sign-in is not enough";
  const std::string half = link.substr(0, link.find('.'));
  for (const std::string& wrong : {half, half + ".", half + ".0000", link + "x", std::string("."), std::string()})
    EXPECT_EQ(take_token_with_code(world.services(), {}, wrong, code).error().code, Errc::kNotFound) << wrong;
  EXPECT_EQ(take_token_with_code(world.services(), {}, link, "").error().code, Errc::kNotFound);
  EXPECT_TRUE(take_token_with_code(world.services(), {}, link, code));
  EXPECT_FALSE(take_token_with_code(world.services(), {}, link, code));
}

TEST_F(People, GuessingACodeEndsTheToken) {
  const CreatedToken made = handed_to("auditor@elsewhere.example");
  const Document handover = made.document.at("handover").as_object();
  const std::string link = text(handover, "link").substr(std::string("/take/").size());
  const std::string code = text(handover, "code");
  for (int i = 0; i < 20; ++i)
    static_cast<void>(take_token_with_code(world.services(), {}, link.substr(0, link.find('.')) + ".guess", code));
  EXPECT_EQ(state_of(text(made.document, "id")), "live") << "who lacks the link can't use the tries up";
  for (int i = 0; i < kMostWrongCodes; ++i) EXPECT_FALSE(take_token_with_code(world.services(), {}, link, "00000000x"));
  EXPECT_FALSE(take_token_with_code(world.services(), {}, link, code));
  EXPECT_EQ(state_of(text(made.document, "id")), "revoked");
}

class Approvals : public People {
 protected:
  void SetUp() override {
    People::SetUp();
    must(set_policy(world.services(), world.caller(), {{"approval-scopes", "write:jira-work"}}));
  }
  CreatedToken pending() { return must(create_token(world.services(), anna, token({"read:jira-work", "write:jira-work"}))); }
  std::string open_request() {
    const Documents open = must(list_approvals(world.services(), world.caller(), false));
    return open.items.empty() ? std::string() : text(open.items.front().as_object(), "id");
  }
};

TEST_F(Approvals, AreASecondPersons) {
  const CreatedToken made = pending();
  const std::string id = text(made.document, "id");
  EXPECT_EQ(text(made.document, "state"), "pending");
  const std::string request = text(made.document, "approval");
  EXPECT_FALSE(world.live(made.token.expose())->account == nullptr);
  EXPECT_EQ(decide_approval(world.services(), anna, request, true, "").error().code, Errc::kNotAllowed) << "she asked herself";
  EXPECT_EQ(decide_approval(world.services(), eva, request, true, "").error().code, Errc::kNotFound);
  // No way round it: nobody resumes it, and a pause does not take the waiting away.
  EXPECT_EQ(resume_token(world.services(), world.caller(), id).error().code, Errc::kConflict);
  EXPECT_EQ(pause_token(world.services(), world.caller(), id, {}).error().code, Errc::kConflict);
  const Caller ben = world.person("ben@example.com", "project-admin", {"acme/B"});
  EXPECT_EQ(decide_approval(world.services(), ben, request, true, "").error().code, Errc::kNotFound);
  const Caller other = world.person("other@example.com", "project-admin", {"acme/A"});
  EXPECT_EQ(must(list_approvals(world.services(), other, false)).items.size(), 1U);
  EXPECT_EQ(text(must(decide_approval(world.services(), other, request, true, "fine")), "decision"), "approved");
  EXPECT_EQ(state_of(id), "live");
  EXPECT_EQ(decide_approval(world.services(), world.caller(), request, false, "no").error().code, Errc::kConflict);
}

TEST_F(Approvals, EvenAnAdministratorOfTheOrganizationNeedsASecondPerson) {
  const CreatedToken made = must(create_token(world.services(), world.caller(), token({"write:jira-work"})));
  EXPECT_EQ(decide_approval(world.services(), world.caller(), open_request(), true, "").error().code, Errc::kNotAllowed);
  must(decide_approval(world.services(), anna, open_request(), false, "why?"));
  EXPECT_EQ(state_of(text(made.document, "id")), "revoked");
}

TEST_F(Approvals, DenyingNeedsAReasonAndTimeDeniesToo) {
  const std::string id = text(pending().document, "id");
  EXPECT_EQ(decide_approval(world.services(), world.caller(), open_request(), false, "").error().field, "reason");
  const std::string request = open_request();
  world.clock().advance(hours(24 * 7));
  EXPECT_EQ(decide_approval(world.services(), world.caller(), request, true, "").error().code, Errc::kConflict);
  must(expire_approvals(world.services(), world.clock().now()));
  EXPECT_EQ(state_of(id), "revoked");
  EXPECT_EQ(open_request(), "");
}

TEST_F(Approvals, HoldForGrantsToo) {
  AddGrant request;
  request.account = "ci";
  request.resource = "acme/B";
  request.scopes = {"write:jira-work"};
  const Document grant = must(add_grant(world.services(), world.caller(), request));
  EXPECT_EQ(text(grant, "state"), "pending");
  EXPECT_EQ(resume_grant(world.services(), world.caller(), text(grant, "id")).error().code, Errc::kConflict);
  const Caller second = world.person("second@example.com", "org-admin", {});
  must(decide_approval(world.services(), second, open_request(), true, ""));
  EXPECT_EQ(text(must(show_grant(world.services(), world.caller(), text(grant, "id"))), "state"), "live");
}

TEST_F(Approvals, WhatALeaverAskedForEnds) {
  const std::string id = text(pending().document, "id");
  must(suspend_user(world.services(), world.caller(), "anna@example.com", {}));
  EXPECT_EQ(state_of(id), "revoked");
  EXPECT_EQ(open_request(), "");
}

TEST_F(People, PoliciesOfOneOwnerOrResourceAreOnlyStricter) {
  must(set_policy(world.services(), world.caller(), {{"longest-lifetime", "90d"}}));
  must(set_narrow_policy(world.services(), world.caller(), {"", "acme/A"}, {{"longest-lifetime", "14d"}}));
  EXPECT_EQ(create_token(world.services(), world.caller(), token()).error().field, "expires_at");
  must(set_narrow_policy(world.services(), world.caller(), {"", "acme/A"}, {{"longest-lifetime", "365d"}}));
  CreateToken longer = token();
  longer.expires_in = hours(24 * 100);
  EXPECT_FALSE(create_token(world.services(), world.caller(), longer)) << "the organization's still holds";
  EXPECT_TRUE(create_token(world.services(), world.caller(), token()));
  must(set_narrow_policy(world.services(), world.caller(), {test::kAdministrator, ""}, {{"permanent-tokens", "refused"}}));
  CreateToken permanent = token();
  permanent.expires_in.reset();
  permanent.permanent = true;
  permanent.rotate_every = hours(24 * 90);
  EXPECT_EQ(create_token(world.services(), world.caller(), permanent).error().field, "permanent");
  must(set_narrow_policy(world.services(), world.caller(), {test::kAdministrator, ""}, {{"permanent-tokens", ""}}));
  EXPECT_TRUE(create_token(world.services(), world.caller(), permanent));
  EXPECT_EQ(set_narrow_policy(world.services(), world.caller(), {"", "acme/A"}, {{"service-accounts", "9"}}).error().field,
            "service-accounts");
  EXPECT_FALSE(
      set_narrow_policy(world.services(), world.caller(), {test::kAdministrator, "acme/A"}, {{"longest-lifetime", "1d"}}));
  EXPECT_EQ(must(list_narrow_policies(world.services())).items.size(), 1U);
  EXPECT_EQ(must(list_narrow_policies(world.services())).items.at(0).at("resource").as_string(), "acme/A");
}

TEST_F(People, AWholeSiteTokenMeetsThePoliciesOfItsProjects) {
  must(set_narrow_policy(world.services(), world.caller(), {"", "acme/A"}, {{"longest-lifetime", "14d"}}));
  CreateToken whole = token();
  whole.resources = {"acme/*"};
  EXPECT_EQ(create_token(world.services(), world.caller(), whole).error().field, "expires_at");
}

TEST_F(People, RequiredFieldsAreWantedOfNewAccountsAndForNewTokens) {
  must(set_policy(world.services(), world.caller(), {{"required-fields", "runbook,deputy"}}));
  const Error error = create_token(world.services(), world.caller(), token()).error();
  EXPECT_EQ(error.field, "runbook");
  EXPECT_THAT(error.public_detail, HasSubstr("gatehouse account edit ci --runbook"));
  EditAccount edit;
  edit.runbook = "https://wiki.example.com/ci";
  must(edit_account(world.services(), world.caller(), "ci", edit));
  edit.deputy = "eva@example.com";
  must(edit_account(world.services(), world.caller(), "ci", edit));
  EXPECT_TRUE(create_token(world.services(), world.caller(), token()));
  edit.deputy = "";
  EXPECT_EQ(edit_account(world.services(), world.caller(), "ci", edit).error().field, "deputy");
}

TEST_F(People, TheQuotaSaysHowItIsRaised) {
  for (int i = 0; i < 4; ++i) world.add_account("more-" + std::to_string(i));
  CreateAccount sixth;
  sixth.handle = "sixth";
  sixth.owner = test::kAdministrator;
  sixth.purpose = "p";
  sixth.runs_in = "CI";
  const Error full = create_account(world.services(), world.caller(), sixth).error();
  EXPECT_EQ(full.code, Errc::kLimitExceeded);
  EXPECT_THAT(full.public_detail, HasSubstr("gatehouse policy set service-accounts guard-standard"));
  const Document shown = must(show_policy(world.services()));
  EXPECT_EQ(shown.at("service-accounts-used").as_int64(), 5);
  EXPECT_EQ(shown.at("upstream-credentials").as_int64(), 1);
  must(archive_account(world.services(), world.caller(), "more-0", ""));
  EXPECT_TRUE(create_account(world.services(), world.caller(), sixth)) << "archived ones don't count";
}

}  // namespace
}  // namespace gatehouse::admin
