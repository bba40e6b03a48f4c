#include "admin/rotate_keys.h"

#include "admin/access_keys.h"
#include "admin/atlassian.h"
#include "admin/common.h"
#include "admin/webhook_seal.h"
#include "upstream/unseal.h"

namespace gatehouse::admin {
namespace {

constexpr std::int64_t kPage = 500;

Result<void> seal_credentials(Services& services, store::UnitOfWork& work, RotatedKeys& out) {
  store::Page page{{}, kPage};
  do {
    GH_TRY(auto listed, work->upstream_credentials.list({}, page));
    for (auto& stored : listed.items) {
      UpstreamCredential& credential = stored.value;
      if (credential.sealed_secret.empty() || crypto::Sealer::epoch_of(credential.sealed_secret) == out.epoch) continue;
      GH_TRY(const auto site, work->sites.get(credential.site));
      auto sealed = upstream::seal_again(credential, site.value, services.sealer);
      if (!sealed) {
        out.unreadable.push_back(credential.id.value);
        continue;
      }
      credential.sealed_secret = std::move(sealed).value();
      GH_TRYV(work->upstream_credentials.update(credential, stored.version));
      ++out.sealed_again;
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

/// Addresses and signing keys of webhooks.
Result<void> seal_webhooks(Services& services, store::UnitOfWork& work, RotatedKeys& out) {
  GH_TRY(auto webhooks, work->channels.webhooks());
  for (store::Webhook& webhook : webhooks) {
    if (crypto::Sealer::epoch_of(webhook.sealed_url) == out.epoch) continue;
    const auto url = webhook_url(services.sealer, webhook);
    const auto secret = webhook_secret(services.sealer, webhook);
    if (!url || !secret) {
      out.unreadable.push_back(webhook.id);
      continue;
    }
    seal_webhook(services.sealer, url.value().expose(), secret.value(), webhook);
    GH_TRYV(work->channels.set_webhook_sealed(webhook.id, webhook.sealed_url, webhook.sealed_secret));
    ++out.sealed_again;
  }
  return success();
}

/// People's grants at Atlassian.
Result<void> seal_atlassian_grants(Services& services, store::UnitOfWork& work, RotatedKeys& out) {
  std::vector<store::AtlassianGrant> page;
  UserId after;
  do {
    GH_TRY(page, work->atlassian.live(after, kPage));
    for (const store::AtlassianGrant& grant : page) {
      after = grant.user;
      if (crypto::Sealer::epoch_of(grant.sealed_refresh) == out.epoch) continue;
      if (const auto sealed = seal_atlassian_again(services, *work.operator->(), grant); sealed) {
        ++out.sealed_again;
      } else if (sealed.error().code == Errc::kDataCorrupt) {
        out.unreadable.push_back(grant.user.value);
      } else {
        return sealed.error();
      }
    }
  } while (!page.empty());
  return success();
}

Result<std::size_t> count_older_tokens(const Services& services, const store::Repositories& at) {
  const int current = services.keys.current_epoch(crypto::KeyPurpose::kTokenHash);
  std::size_t count = 0;
  store::Page page{{}, kPage};
  do {
    GH_TRY(const auto listed, at.credentials.list({}, page));
    for (const auto& stored : listed.items) {
      if (stored.value.state == State::kRevoked || stored.value.state == State::kArchived) continue;
      for (const SecretRecord& secret : stored.value.secrets) {
        const auto hash = crypto::parse_token_hash(secret.hash);
        if (!is_over(secret.state) && hash && hash.value().epoch < current) ++count;
      }
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return count;
}

Result<void> seal_access_keys(Services& services, store::UnitOfWork& work, RotatedKeys& out) {
  GH_TRY(const auto keys, work->oauth.keys());
  for (const store::OAuthKey& key : keys) {
    if (crypto::Sealer::epoch_of(key.sealed_secret) == out.epoch) continue;
    const auto sealed = seal_access_key_again(services.sealer, key);
    if (!sealed) {
      out.unreadable.push_back(key.id);
      continue;
    }
    GH_TRYV(work->oauth.set_key_sealed(key.id, sealed.value()));
    ++out.sealed_again;
  }
  return success();
}

}  // namespace

Result<RotatedKeys> seal_all_again(Services& services, const Caller& caller) {
  RotatedKeys out;
  out.epoch = services.keys.current_epoch(crypto::KeyPurpose::kSealing);
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(seal_credentials(services, work, out));
  GH_TRYV(seal_webhooks(services, work, out));
  GH_TRYV(seal_atlassian_grants(services, work, out));
  GH_TRYV(seal_access_keys(services, work, out));
  GH_TRY(out.older_tokens, count_older_tokens(services, *work.operator->()));
  const Document after{{"epoch", out.epoch}, {"sealed_again", out.sealed_again}, {"unreadable", out.unreadable.size()}};
  GH_TRYV(commit(services, std::move(work),
                 with_change(make_event(caller, "key.rotate", "installation", "keyring", "keyring"), nullptr, &after)));
  return out;
}

}  // namespace gatehouse::admin
