// New keys: what the older ones made stays readable at every step, and what can be is sealed anew.
#include "admin/rotate_keys.h"
#include "admin/upstream_tokens.h"

#include <gtest/gtest.h>

#include "admin/index_feed.h"
#include "admin/tokens.h"
#include "test/support/world.h"
#include "token/token.h"
#include "upstream/unseal.h"

namespace gatehouse::admin {
namespace {

using crypto::KeyPurpose;
using test::must;

/// The same installation opened again with another keyring, as after `gatehouse key rotate`.
struct Reopened {
  Reopened(test::World& world, const crypto::Keyring& keyring) : keys(keyring) {
    const Services& before = world.services();
    log = must(audit::Log::open(world.database(), keys, before.head_path, world.clock(), random));
    hasher = std::make_unique<crypto::TokenHasher>(keys);
    services = std::make_unique<Services>(ServicesInput{world.database(), *log, keys, before.head_path, world.clock(), random,
                                                        index, sites, before.gateway, before.fetch});
    must(services->feed->load());
  }
  bool knows(const std::string& token) const {
    const auto parsed = token::parse(token);
    const token::Found found = index.find_locked(parsed->id);
    return found.secret && hasher->matches({found.secret->key_epoch, found.secret->digest}, parsed->id, parsed->secret);
  }
  bool opens_site() const {
    const auto route = (*sites.snapshot()->find(Product::kJira, "acme"))->own_routes.all().front().route;
    return route && !route->authorization.empty();
  }
  const crypto::Keyring keys;
  SystemRandom random;
  token::LiveIndex index{1};
  upstream::SiteTable sites;
  std::unique_ptr<audit::Log> log;
  std::unique_ptr<crypto::TokenHasher> hasher;
  std::unique_ptr<Services> services;
};

struct RotateKeys : testing::Test {
  RotateKeys() {
    world.add_site();
    world.add_account();
    world.add_grant();
    CreateToken request;
    request.account = "ci";
    request.name = "nightly";
    request.scopes = {"read:jira-work"};
    request.resources = {"acme/A"};
    request.expires_in = std::chrono::hours(24 * 30);
    token = must(create_token(world.services(), world.caller(), request)).token.expose();
  }
  crypto::Keyring with_new_keys(const crypto::Keyring& keys) {
    crypto::Keyring next = keys;
    for (const KeyPurpose purpose : {KeyPurpose::kAudit, KeyPurpose::kSealing, KeyPurpose::kTokenHash, KeyPurpose::kHeadSigning})
      next.add_epoch(purpose, random);
    return next;
  }
  UpstreamCredential stored() {
    const auto reader = must(world.database().read());
    return must(reader->upstream_credentials.list({}, store::Page{})).items.front().value;
  }
  test::World world;
  SystemRandom random;
  std::string token;
  Caller host{"local", {}, "key rotate", {}, {}, {}};
};

TEST_F(RotateKeys, NothingIsLostBetweenTheKeyringAndTheSeals) {
  const Reopened interrupted(world, with_new_keys(world.services().keys));
  EXPECT_TRUE(interrupted.knows(token));
  EXPECT_TRUE(interrupted.opens_site());
  EXPECT_EQ(crypto::Sealer::epoch_of(stored().sealed_secret), 1);
}

TEST_F(RotateKeys, SealsAnewAndCountsWhatNeedsTheOlderKeys) {
  const crypto::Keyring keys = with_new_keys(world.services().keys);
  Reopened first(world, keys);
  const RotatedKeys rotated = must(seal_all_again(*first.services, host));
  EXPECT_EQ(rotated.epoch, 2);
  EXPECT_EQ(rotated.sealed_again, 1U);
  EXPECT_EQ(rotated.older_tokens, 1U);
  EXPECT_TRUE(rotated.unreadable.empty());
  EXPECT_EQ(crypto::Sealer::epoch_of(stored().sealed_secret), 2);
  EXPECT_EQ(world.audited("key.rotate").key_epoch, 2);
  EXPECT_EQ(world.audited("installation.init").key_epoch, 1);

  const RotatedKeys again = must(seal_all_again(*first.services, host));
  EXPECT_EQ(again.sealed_again, 0U);
  const Reopened third(world, with_new_keys(keys));
  EXPECT_TRUE(third.knows(token));
  EXPECT_TRUE(third.opens_site());
  // Without the new key nothing of it opens.
  const Site site = must(must(world.database().read())->sites.get_by_key("acme")).value;
  EXPECT_TRUE(upstream::unseal(stored(), site, first.services->sealer, *first.services->upstream_tokens));
  EXPECT_FALSE(upstream::unseal(stored(), site, world.services().sealer, *world.services().upstream_tokens));
}

TEST_F(RotateKeys, WhatNoKeyOpensIsNamedAndLeftAsItIs) {
  const std::string id = stored().id.value;
  {
    auto work = must(world.database().begin());
    auto damaged = must(work->upstream_credentials.get(UpstreamCredentialId(id)));
    damaged.value.sealed_secret[damaged.value.sealed_secret.size() - 9] ^= 1;
    must(work->upstream_credentials.update(damaged.value, damaged.version));
    AuditEvent event;
    event.action = "test.damage";
    event.outcome = "done";
    event.caller = host;
    must(commit(world.services(), std::move(work), event));
  }
  const std::string before = stored().sealed_secret;
  Reopened opened(world, with_new_keys(world.services().keys));
  const RotatedKeys rotated = must(seal_all_again(*opened.services, host));
  EXPECT_EQ(rotated.sealed_again, 0U);
  EXPECT_EQ(rotated.unreadable, std::vector<std::string>{id});
  EXPECT_EQ(stored().sealed_secret, before);
}

}  // namespace
}  // namespace gatehouse::admin
