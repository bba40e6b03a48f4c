#include "store/credentials.h"

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr Table kTable{
    "credentials",
    "id, account, kind, name, scopes, role, expires_at, rotate_every, overlap, owner, requested_by, allow_ips, "
    "rate_requests, rate_per, relaxed_queries, state, pause_reason, pause_until, pause_resume_by, created_at, rotated_by, "
    "self_rotate, "
    "self_rotate_ips, self_rotate_left, propose_until",
    "ttitttiiitttiiiitiiiiitii", Aggregate::kCredential, "There is no such credential."};
constexpr Table kBoundary{"boundary_entries", "credential, position, site, resource_id, resource_key, role", "titttt",
                          Aggregate::kCredential, ""};
constexpr Table kProposed{"proposed_entries", "credential, position, site, resource_id, resource_key, role", "titttt",
                          Aggregate::kCredential, ""};
constexpr Table kSecrets{"secrets", "id, credential, position, hash, state, created_at, first_used_at, ends_at", "ttitiiii",
                         Aggregate::kCredential, "There is no such secret."};
constexpr Table kSecretsOfCredential{"secrets", "credential, position, id, hash, state, created_at, first_used_at, ends_at",
                                     "tittiiii", Aggregate::kCredential, ""};
constexpr std::string_view kConflict = "A credential has this id already.";
constexpr std::string_view kSecretConflict = "A secret has this id already.";

std::string join(const std::vector<Network>& networks) {
  std::string text;
  for (const Network& network : networks) text += (text.empty() ? "" : " ") + format_network(network);
  return text;
}

/// An entry that can't be read must not drop out of the list: an empty list is "from anywhere".
Result<std::vector<Network>> read_networks(const std::string& joined) {
  std::vector<Network> networks;
  for (const std::string& text : words(joined)) {
    auto network = parse_network(text);
    if (!network) return fail(Errc::kDataCorrupt, "A row of the table credentials has an address list that can't be read.");
    networks.push_back(network.value());
  }
  return networks;
}

Result<Stored<Credential>> read_alone(const Row& row) {
  Cells cells(row, kTable.name);
  Stored<Credential> out;
  Credential& credential = out.value;
  credential.id = cells.id<CredentialId>();
  credential.account = cells.id<AccountId>();
  credential.kind = cells.number(CredentialKind::kApiToken, CredentialKind::kExternal);
  credential.name = cells.text();
  credential.scopes = cells.scopes();
  credential.role = cells.text();
  credential.expires_at = cells.optional_instant();
  credential.rotate_every = cells.optional_duration();
  credential.overlap = Duration(cells.integer());
  credential.owner = cells.id<UserId>();
  credential.requested_by = cells.id<UserId>();
  const std::string networks = cells.text();
  credential.rate.requests = static_cast<int>(cells.integer());
  credential.rate.per = Duration(cells.integer());
  credential.relaxed_queries = cells.boolean();
  credential.state = cells.number(State::kRevoked, State::kArchived);
  credential.pause = cells.pause();
  credential.created_at = cells.instant();
  credential.rotated_by = cells.number(RotatedBy::kOwner, RotatedBy::kAgent);
  credential.self_rotation.allowed = cells.boolean();
  const std::string self_networks = cells.text();
  credential.self_rotation.times_left = cells.optional_integer();
  credential.propose_until = cells.optional_instant();
  out.version = cells.integer();
  GH_TRYV(cells.finish());
  GH_TRY(credential.allow_ips, read_networks(networks));
  GH_TRY(credential.self_rotation.from, read_networks(self_networks));
  return out;
}

Result<void> read_parts(Session& session, const std::vector<Stored<Credential>*>& credentials) {
  GH_TRYV(read_children(session, kProposed, "credential", credentials, [](Stored<Credential>& credential, Cells& cells) {
    cells.integer();
    BoundaryEntry& entry = credential.value.proposed.emplace_back();
    entry.resource = cells.resource();
    entry.role = cells.text();
  }));
  GH_TRYV(read_children(session, kBoundary, "credential", credentials, [](Stored<Credential>& credential, Cells& cells) {
    cells.integer();
    BoundaryEntry& entry = credential.value.boundary.emplace_back();
    entry.resource = cells.resource();
    entry.role = cells.text();
  }));
  return read_children(session, kSecretsOfCredential, "credential", credentials,
                       [](Stored<Credential>& credential, Cells& cells) {
                         cells.integer();
                         SecretRecord& secret = credential.value.secrets.emplace_back();
                         secret.credential = credential.value.id;
                         secret.id = cells.id<SecretId>();
                         secret.hash = cells.text();
                         secret.state = cells.number(SecretState::kRetired, SecretState::kRolledBack);
                         secret.created_at = cells.instant();
                         secret.first_used_at = cells.optional_instant();
                         secret.ends_at = cells.optional_instant();
                       });
}

Result<Stored<Credential>> read_whole(Session& session, const Row& row) {
  GH_TRY(auto credential, read_alone(row));
  GH_TRYV(read_parts(session, {&credential}));
  return credential;
}

Binds write(const Credential& credential) {
  Binds binds;
  binds.id(credential.id).id(credential.account).number(credential.kind).text(credential.name).scopes(credential.scopes);
  binds.text(credential.role).optional_instant(credential.expires_at).optional_duration(credential.rotate_every);
  binds.integer(credential.overlap.count()).id(credential.owner).id(credential.requested_by).text(join(credential.allow_ips));
  binds.integer(credential.rate.requests).integer(credential.rate.per.count()).integer(credential.relaxed_queries ? 1 : 0);
  binds.number(credential.state).pause(credential.pause).instant(credential.created_at);
  binds.number(credential.rotated_by).integer(credential.self_rotation.allowed ? 1 : 0);
  binds.text(join(credential.self_rotation.from)).optional_integer(credential.self_rotation.times_left);
  binds.optional_instant(credential.propose_until);
  return binds;
}

Result<void> write_boundary(Session& session, const Credential& credential) {
  std::int64_t position = 0;
  for (const BoundaryEntry& entry : credential.boundary) {
    const Binds binds = Binds().id(credential.id).integer(position++).resource(entry.resource).text(entry.role);
    GH_TRYV(insert_plain(session, kBoundary.name, kBoundary.columns, binds));
  }
  position = 0;
  for (const BoundaryEntry& entry : credential.proposed) {
    const Binds binds = Binds().id(credential.id).integer(position++).resource(entry.resource).text(entry.role);
    GH_TRYV(insert_plain(session, kProposed.name, kProposed.columns, binds));
  }
  return success();
}

/// A secret is never taken over from another credential: its row changes only where both ids are these.
Result<void> write_secrets(Session& session, const Credential& credential) {
  std::int64_t position = 0;
  for (const SecretRecord& secret : credential.secrets) {
    if (secret.credential != credential.id) return fail(Errc::kInvalidArgument, "A secret belongs to another credential.");
    Binds binds;
    binds.id(secret.id).id(credential.id).integer(position++).text(secret.hash).number(secret.state).instant(secret.created_at);
    binds.optional_instant(secret.first_used_at).optional_instant(secret.ends_at);
    GH_TRYV(insert_plain(
        session, kSecrets.name, kSecrets.columns, binds,
        "ON CONFLICT (id) DO UPDATE SET position = excluded.position, hash = excluded.hash, state = excluded.state, "
        "first_used_at = excluded.first_used_at, ends_at = excluded.ends_at WHERE secrets.credential = excluded.credential"));
    GH_TRYV(session.row("SELECT credential FROM secrets WHERE id = :p1 AND credential = :p2", "t",
                        {secret.id.value, credential.id.value}, kSecretConflict));
  }
  return success();
}

}  // namespace

Result<Stored<Credential>> Credentials::get(const CredentialId& id) const {
  GH_TRY(const auto row, Select(kTable).where("id = ", id.value).one(session_));
  return read_whole(session_, row);
}

Result<Stored<Credential>> Credentials::get_by_secret(const SecretId& id) const {
  GH_TRY(const auto row, session_.row("SELECT credential FROM secrets WHERE id = :p1", "t", {id.value}, kSecrets.absent));
  return get(CredentialId(std::get<std::string>(row.front())));
}

Result<std::vector<Credential>> Credentials::of_account(const AccountId& account) const {
  std::vector<Credential> out;
  Filter filter;
  filter.account = account;
  Page page{{}, 1000};
  do {
    GH_TRY(auto listed, list(filter, page));
    for (auto& stored : listed.items) out.push_back(std::move(stored.value));
    page.after = listed.next;
  } while (!page.after.empty());
  return out;
}

Result<Listed<Stored<Credential>>> Credentials::list(const Filter& filter, const Page& page) const {
  Select select(kTable);
  if (filter.account) select.where("account = ", filter.account->value);
  if (filter.kind) select.where("kind = ", static_cast<std::int64_t>(*filter.kind));
  if (filter.state) select.where("state = ", static_cast<std::int64_t>(*filter.state));
  if (filter.owner) select.where("owner = ", filter.owner->value);
  if (filter.expires_before) select.where("expires_at < ", filter.expires_before->time_since_epoch().count());
  if (filter.expires_after) select.where("expires_at >= ", filter.expires_after->time_since_epoch().count());
  if (filter.site) {
    select.where("id IN (SELECT credential FROM boundary_entries WHERE site = ", filter.site->value);
    if (filter.resource_id) select.where("resource_id = ", *filter.resource_id);
    select.close();
  }
  if (filter.sight) select.where_any(sight_of_credentials(*filter.sight));
  GH_TRY(auto listed, read_listed<Stored<Credential>>(select.listed(session_, page), read_alone));
  GH_TRYV(read_parts(session_, pointers(listed.items)));
  return listed;
}

Result<void> Credentials::insert(const Credential& credential) {
  GH_TRYV(insert_row(session_, kTable, write(credential), kConflict));
  GH_TRYV(write_boundary(session_, credential));
  return write_secrets(session_, credential);
}

Result<void> Credentials::update(const Credential& credential, std::int64_t version) {
  GH_TRYV(update_row(session_, kTable, write(credential), version, kConflict));
  GH_TRYV(session_.run("DELETE FROM boundary_entries WHERE credential = :p1", {credential.id.value}));
  GH_TRYV(session_.run("DELETE FROM proposed_entries WHERE credential = :p1", {credential.id.value}));
  GH_TRYV(write_boundary(session_, credential));
  return write_secrets(session_, credential);
}

}  // namespace gatehouse::store
