// Handing over: what its owner offers and the other accepts, and all that a leaver answered for.
#include "admin/transfers.h"

#include <gtest/gtest.h>

#include "admin/accounts.h"
#include "admin/admin_keys.h"
#include "admin/users.h"
#include "test/support/world.h"

namespace gatehouse::admin {
namespace {

using namespace std::chrono_literals;
using test::must;

class Transfers : public testing::Test {
 protected:
  Transfers() {
    for (const char* name : {"eva", "max"})
      must(add_user(world.services(), world.caller(), {std::string(name) + "@example.com", name, "member", {}}));
    CreateAccount request;
    request.handle = "robot";
    request.owner = "eva@example.com";
    request.deputy = "max@example.com";
    request.purpose = "tests";
    request.runs_in = "CI";
    must(create_account(world.services(), world.caller(), request));
  }
  Authenticated as(const std::string& name) {
    const auto key = must(create_admin_key(world.services(), world.caller(), name + "@example.com", "k", {}));
    return must(authenticate(world.services(), key.text.expose(), "127.0.0.1", "test"));
  }
  std::string owner() {
    const Document account = must(show_account(world.services(), world.caller(), "robot"));
    return std::string(account.at("owner").as_string());
  }
  test::World world;
};

TEST_F(Transfers, AnOfferIsTheOwnersToMakeAndTheOthersToAccept) {
  const auto eva = as("eva");
  const auto max = as("max");
  EXPECT_EQ(offer_account(world.services(), max.caller, "robot", "max@example.com").error().code, Errc::kNotAllowed);
  const Document first = must(offer_account(world.services(), eva.caller, "robot", "max@example.com"));
  const Document second = must(offer_account(world.services(), eva.caller, "robot", "max@example.com"));
  const std::string id(second.at("id").as_string());
  EXPECT_FALSE(accept_offer(world.services(), max.caller, std::string(first.at("id").as_string()))) << "withdrawn by the second";
  EXPECT_EQ(must(list_offers(world.services(), max.principal)).items.size(), 1U);
  EXPECT_EQ(accept_offer(world.services(), eva.caller, id).error().code, Errc::kNotFound) << "not hers to accept";
  EXPECT_EQ(accept_offer(world.services(), world.caller(), id).error().code, Errc::kNotFound) << "nor an administrator's";
  must(accept_offer(world.services(), max.caller, id));
  EXPECT_EQ(owner(), "max@example.com");
  EXPECT_FALSE(accept_offer(world.services(), max.caller, id));
  EXPECT_TRUE(must(list_offers(world.services(), max.principal)).items.empty());
}

TEST_F(Transfers, AnOfferEnds) {
  const auto eva = as("eva");
  const auto max = as("max");
  const std::string declined(must(offer_account(world.services(), eva.caller, "robot", "max@example.com")).at("id").as_string());
  must(decline_offer(world.services(), max.caller, declined));
  EXPECT_FALSE(accept_offer(world.services(), max.caller, declined));
  const std::string late(must(offer_account(world.services(), eva.caller, "robot", "max@example.com")).at("id").as_string());
  world.clock().advance(14 * 24h);
  EXPECT_FALSE(accept_offer(world.services(), max.caller, late));
  const std::string stale(must(offer_account(world.services(), eva.caller, "robot", "max@example.com")).at("id").as_string());
  must(transfer_account(world.services(), world.caller(), "robot", test::kAdministrator));
  EXPECT_EQ(accept_offer(world.services(), max.caller, stale).error().code, Errc::kConflict) << "not eva's to give any more";
  EXPECT_EQ(owner(), test::kAdministrator);
}

TEST_F(Transfers, WhoComesToAnswerForAnAccountUsesNothingBeyondTheirAuthority) {
  world.add_site();
  for (const char* name : {"zoe", "anna"}) {
    const bool admin = std::string(name) == "anna";
    must(add_user(world.services(), world.caller(),
                  {std::string(name) + "@example.com", name, admin ? "project-admin" : "member",
                   admin ? std::vector<std::string>{"acme/A"} : std::vector<std::string>()}));
  }
  world.add_grant("acme/A", "robot");
  const auto eva = as("eva");
  const auto offered = [&](const std::string& to) {
    return std::string(must(offer_account(world.services(), eva.caller, "robot", to + "@example.com")).at("id").as_string());
  };
  const auto zoe = accept_offer(world.services(), as("zoe").caller, offered("zoe"));
  ASSERT_FALSE(zoe);
  EXPECT_EQ(zoe.error().missing_role, "org-admin");
  EXPECT_NE(zoe.error().public_detail.find("gatehouse account transfer robot --to zoe@example.com"), std::string::npos)
      << zoe.error().public_detail;
  EditAccount deputy;
  deputy.deputy = "zoe@example.com";
  EXPECT_EQ(edit_account(world.services(), eva.caller, "robot", deputy).error().missing_role, "org-admin")
      << "nor by the back door";
  EXPECT_EQ(owner(), "eva@example.com");
  deputy.deputy = "anna@example.com";
  EXPECT_TRUE(edit_account(world.services(), eva.caller, "robot", deputy)) << "she could give it herself";
  must(accept_offer(world.services(), as("anna").caller, offered("anna")));
  EXPECT_EQ(owner(), "anna@example.com");
  world.add_grant("acme/B", "robot");
  deputy.deputy = "max@example.com";
  EXPECT_EQ(edit_account(world.services(), as("anna").caller, "robot", deputy).error().missing_role, "org-admin");
  must(edit_account(world.services(), world.caller(), "robot", deputy));
  const std::string to_deputy(
      must(offer_account(world.services(), as("anna").caller, "robot", "max@example.com")).at("id").as_string());
  EXPECT_TRUE(accept_offer(world.services(), as("max").caller, to_deputy))
      << "whom an administrator made its deputy uses it already";
}

TEST_F(Transfers, AllOfALeaversGoToOnePerson) {
  must(suspend_user(world.services(), world.caller(), "eva@example.com", {}));
  EXPECT_EQ(transfer_all(world.services(), as("max").caller, "eva@example.com", "max@example.com").error().code,
            Errc::kNotAllowed);
  EXPECT_FALSE(transfer_all(world.services(), world.caller(), "max@example.com", "eva@example.com")) << "she is suspended";
  const Document done = must(transfer_all(world.services(), world.caller(), "eva@example.com", "max@example.com"));
  EXPECT_EQ(done.at("accounts").as_array().size(), 1U);
  EXPECT_EQ(owner(), "max@example.com");
  EXPECT_EQ(
      must(transfer_all(world.services(), world.caller(), "eva@example.com", "max@example.com")).at("accounts").as_array().size(),
      0U);
}

}  // namespace
}  // namespace gatehouse::admin
