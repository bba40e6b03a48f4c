// seed_tokens DATA SITE_URL COUNT: makes an installation with one site `bench`, one account and COUNT live tokens bounded to its
// project A (id 10000), straight through the store, and prints the tokens. For bench/run.py alone.
#include <cstdlib>
#include <iostream>
#include <string>

#include "audit/log.h"
#include "catalogue/catalogue.h"
#include "crypto/self_test.h"
#include "crypto/token_hash.h"
#include "store/data_folder.h"
#include "store/database.h"
#include "token/token.h"
#include "upstream/unseal.h"

namespace gatehouse {
namespace {

struct Seeded {
  User owner;
  Site site;
  UpstreamCredential upstream;
  ServiceAccount account;
  Grant grant;
};

Result<Seeded> insert_surroundings(store::UnitOfWork& work, const std::string& url, const crypto::Keyring& keys, Random& random,
                                   Instant now) {
  Seeded made;
  made.owner = User{new_id<UserId>(random), "bench@example.com", "Bench", UserRole::kOrgAdmin, {}, State::kLive, {}, now};
  GH_TRYV(work->users.insert(made.owner));
  made.site = Site{new_id<SiteId>(random), "bench", Product::kJira, url, {}, {}, State::kLive, {}, now};
  GH_TRYV(work->sites.insert(made.site));
  made.upstream.id = new_id<UpstreamCredentialId>(random);
  made.upstream.site = made.site.id;
  made.upstream.owner = made.owner.id;
  made.upstream.state = State::kLive;
  made.upstream.created_at = now;
  const crypto::Sealer sealer(keys, random);
  GH_TRY(made.upstream.sealed_secret,
         upstream::seal_for_site(SecretString("bench-upstream-secret"), made.upstream, made.site, sealer));
  GH_TRYV(work->upstream_credentials.insert(made.upstream));
  made.account.id = new_id<AccountId>(random);
  made.account.handle = "bench";
  made.account.owner = made.owner.id;
  made.account.purpose = "measured";
  made.account.runs_in = "bench";
  made.account.created_at = now;
  GH_TRYV(work->accounts.insert(made.account));
  made.grant.id = new_id<GrantId>(random);
  made.grant.account = made.account.id;
  made.grant.resource = Resource{made.site.id, "10000", "A"};
  GH_TRY(made.grant.scopes, parse_scopes({"read:jira-work"}));
  // With restricted issues, so that (b) and (c) measure what a plain grant of an organization administrator costs.
  made.grant.restricted = Restricted::kInclude;
  made.grant.granted_by = made.owner.id;
  made.grant.backing = Backing::kBacked;
  made.grant.created_at = now;
  GH_TRYV(work->grants.insert(made.grant));
  return made;
}

Result<void> insert_token(store::UnitOfWork& work, const Seeded& around, const crypto::TokenHasher& hasher, Random& random,
                          Instant now) {
  Credential credential;
  credential.id = new_id<CredentialId>(random);
  credential.account = around.account.id;
  credential.name = "t" + credential.id.value;
  credential.scopes = around.grant.scopes;
  credential.boundary = {BoundaryEntry{around.grant.resource, {}}};
  credential.expires_at = now + std::chrono::hours(24 * 90);
  credential.owner = around.owner.id;
  credential.requested_by = around.owner.id;
  credential.created_at = now;
  SecretRecord secret;
  secret.id = new_id<SecretId>(random);
  secret.credential = credential.id;
  const token::Minted minted = token::mint(token::TokenKind::kApiToken, secret.id.value, random);
  secret.hash = crypto::format_token_hash(hasher.hash(secret.id.value, minted.secret.expose()));
  secret.state = SecretState::kCurrent;
  secret.created_at = now;
  credential.secrets = {secret};
  GH_TRYV(work->credentials.insert(credential));
  std::cout << minted.text.expose() << "\n";
  return success();
}

Result<void> seed(const std::string& data, const std::string& url, int count) {
  GH_TRYV(crypto::self_test());
  GH_TRY(const auto catalogue, catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira)));
  SystemRandom random;
  SystemClock clock;
  GH_TRY(auto folder, store::DataFolder::create(data, random));
  GH_TRY(auto database, store::Database::open(folder.database_path()));
  GH_TRY(auto log, audit::Log::open(*database, folder.keyring(), folder.head_path(), clock, random));
  const crypto::TokenHasher hasher(folder.keyring());
  GH_TRY(auto work, database->begin());
  const Instant now = clock.now();
  GH_TRY(const Seeded around, insert_surroundings(work, url, folder.keyring(), random, now));
  for (int i = 0; i < count; ++i) {
    GH_TRYV(insert_token(work, around, hasher, random, now));
  }
  AuditEvent event;
  event.action = "bench.seed";
  event.target_kind = "site";
  event.target_id = around.site.id.value;
  event.outcome = "done";
  event.caller.actor_kind = "local";
  GH_TRYV(log->commit(std::move(work), std::move(event)));
  return success();
}

}  // namespace
}  // namespace gatehouse

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: seed_tokens DATA SITE_URL COUNT\n";
    return 2;
  }
  const auto done = gatehouse::seed(argv[1], argv[2], std::atoi(argv[3]));
  if (done) return 0;
  std::cerr << done.error().public_detail << " " << done.error().log_detail << "\n";
  return 1;
}
