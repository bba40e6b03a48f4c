#include "admin/other_credentials.h"

#include <algorithm>

#include "admin/describe.h"
#include "admin/json_values.h"
#include "crypto/certificate.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

OtherCredential certificate(const std::string& file) {
  OtherCredential out;
  out.kind = "tls certificate";
  out.id = file;
  out.ends = true;
  out.effect = "clients that verify it stop: every request through the listener fails";
  auto facts = crypto::read_certificate(file);
  if (!facts) {
    out.name = "the certificate in " + file;
    out.problem = facts.error().public_detail;
    return out;
  }
  out.name = "the certificate of " + (facts.value().subject.empty() ? file : facts.value().subject);
  out.since = facts.value().not_before;
  out.expires_at = facts.value().not_after;
  return out;
}

/// When the first record of the chain with this action stood, or the newest one.
Result<std::optional<Instant>> first_at(const store::Repositories& at, std::string_view action, bool newest) {
  store::AuditRecords::Filter filter;
  filter.action = action;
  filter.newest_first = newest;
  GH_TRY(const auto listed, at.audit_records.list(filter, store::Page{{}, 1}));
  std::optional<Instant> found;
  if (!listed.items.empty()) found = listed.items.front().at;
  return found;
}

/// The keys have no end: how old the present epoch is tells whether a rotation is due.
Result<OtherCredential> master_key(const Services& services, const store::Repositories& at) {
  OtherCredential out;
  out.kind = "master key";
  out.id = "master";
  const auto epoch = [&services](crypto::KeyPurpose purpose) { return std::to_string(services.keys.current_epoch(purpose)); };
  out.name = "the master key; epochs in use: audit " + epoch(crypto::KeyPurpose::kAudit) + ", sealing " +
             epoch(crypto::KeyPurpose::kSealing) + ", token hashes " + epoch(crypto::KeyPurpose::kTokenHash);
  out.effect = "it has no end; without a copy of it elsewhere nothing that is sealed can be read after the loss of this machine";
  GH_TRY(out.since, first_at(at, "key.rotate", true));
  if (out.since) return out;
  GH_TRY(const auto sealed, at.audit_records.segments());
  if (!sealed.empty()) {
    out.since = sealed.back().rotated_at.value_or(sealed.front().first_at);
  } else {
    GH_TRY(out.since, first_at(at, {}, false));
  }
  return out;
}

Result<void> add_administrator_keys(const store::Repositories& at, Instant now, std::vector<OtherCredential>& out) {
  Describer describer(at, now);
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.admin_keys.list({}, page));
    for (const auto& stored : listed.items) {
      const store::AdminKey& key = stored.value;
      if (key.state != State::kLive) continue;
      OtherCredential one;
      one.kind = "administrator key";
      one.id = key.id.value;
      GH_TRY(one.owner, describer.email_of(key.user));
      one.name = "administrator key " + key.name;
      one.since = key.created_at;
      one.expires_at = key.expires_at;
      one.effect = "scripts that administer Gatehouse with it stop; no request through the gateway does";
      out.push_back(std::move(one));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

/// They have no end: whoever has one keeps people and groups here until it is revoked.
Result<void> add_directory_keys(const store::Repositories& at, std::vector<OtherCredential>& out) {
  GH_TRY(const auto keys, at.directory.keys());
  for (const store::DirectoryKey& key : keys) {
    OtherCredential one;
    one.kind = "directory key";
    one.id = key.id;
    one.name = "directory key " + key.name;
    one.since = key.created_at;
    one.effect = "the company's directory can keep nobody here any more: who leaves there stays here";
    out.push_back(std::move(one));
  }
  return success();
}

}  // namespace

Result<std::vector<OtherCredential>> other_credentials(Services& services, const store::Repositories& at,
                                                       std::optional<Duration> within) {
  const Instant now = services.clock.now();
  std::vector<OtherCredential> all;
  for (const std::string& file : services.certificate_files) all.push_back(certificate(file));
  for (const ConfiguredSecret& secret : services.configured_secrets)
    all.push_back({secret.kind, secret.file, secret.name, {}, {}, secret.expires_at, true, secret.effect, {}});
  GH_TRY(OtherCredential master, master_key(services, at));
  all.push_back(std::move(master));
  GH_TRYV(add_administrator_keys(at, now, all));
  GH_TRYV(add_directory_keys(at, all));
  if (within) {
    std::erase_if(all, [&](const OtherCredential& one) {
      return one.problem.empty() && (!one.expires_at || *one.expires_at > now + *within);
    });
  }
  std::stable_sort(all.begin(), all.end(), [](const OtherCredential& left, const OtherCredential& right) {
    return left.expires_at.value_or(Instant::max()) < right.expires_at.value_or(Instant::max());
  });
  return all;
}

Document describe(const OtherCredential& credential) {
  Document document;
  document["kind"] = credential.kind;
  document["id"] = credential.id;
  document["name"] = credential.name;
  document["owner"] = text_or_null(credential.owner);
  document["since"] = instant_or_null(credential.since);
  document["expires_at"] = instant_or_null(credential.expires_at);
  document["effect"] = credential.effect;
  document["problem"] = text_or_null(credential.problem);
  return document;
}

}  // namespace gatehouse::admin
