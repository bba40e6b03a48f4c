#include "admin/webhook_seal.h"

namespace gatehouse::admin {
namespace {

crypto::SealContext of_url(const store::Webhook& webhook) { return {"webhook_url", webhook.id, webhook.origin}; }
crypto::SealContext of_secret(const store::Webhook& webhook) { return {"webhook", webhook.id, webhook.origin}; }

}  // namespace

void seal_webhook(const crypto::Sealer& sealer, std::string_view url, const SecretString& secret, store::Webhook& webhook) {
  webhook.sealed_url = sealer.seal(SecretString(std::string(url)), of_url(webhook));
  webhook.sealed_secret = secret.empty() ? std::string() : sealer.seal(secret, of_secret(webhook));
}

Result<SecretString> webhook_url(const crypto::Sealer& sealer, const store::Webhook& webhook) {
  return sealer.open(webhook.sealed_url, of_url(webhook));
}

Result<SecretString> webhook_secret(const crypto::Sealer& sealer, const store::Webhook& webhook) {
  if (webhook.sealed_secret.empty()) return SecretString();
  return sealer.open(webhook.sealed_secret, of_secret(webhook));
}

}  // namespace gatehouse::admin
