#include <algorithm>
#include "admin/accounts.h"
#include "admin/boundary.h"

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/policy.h"
#include "admin/rate.h"
#include "admin/resources.h"
#include "admin/rotation.h"
#include "admin/tokens.h"
#include "token/token.h"

namespace gatehouse::admin {
namespace {

Error wrong(std::string detail, std::string field) {
  return fail(Errc::kInvalidArgument, std::move(detail), {}, std::move(field));
}

/// All scopes that some operation of the role needs, in the products of the boundary's sites.
Result<ScopeSet> scopes_of_role(Services& services, std::string_view role, const std::vector<BoundaryEntry>& boundary) {
  GH_TRY(const store::Reader reader, services.database.read());
  ScopeSet scopes;
  for (const BoundaryEntry& entry : boundary) {
    GH_TRY(const auto site, reader->sites.get(entry.resource.site));
    const catalogue::Catalogue* catalogue = services.gateway.catalogue_of(site.value.product);
    const catalogue::AccessRole* found = catalogue ? catalogue->role(role) : nullptr;
    if (!found) continue;
    for (const catalogue::Operation& operation : catalogue->operations()) {
      if (found->operations.test(operation.index) && operation.has_classic) scopes |= operation.classic;
    }
  }
  return scopes;
}

Result<void> set_lifetime(Credential& credential, const CreateToken& request, const Policy& policy, const ServiceAccount& account,
                          Instant now) {
  const int ways = (request.expires_at ? 1 : 0) + (request.expires_in ? 1 : 0) + (request.permanent ? 1 : 0);
  if (ways != 1) {
    return wrong(
        "Say how long it lives, in exactly one way: --expires-in 30d, --expires-at 2027-02-24T18:00:00Z, or --permanent.",
        "expires_at");
  }
  credential.rotate_every = request.rotate_every;
  if (request.permanent) {
    if (!policy.permanent_tokens)
      return fail(Errc::kNotAllowed, "The policy refuses tokens without an end; give --expires-in.", {}, "permanent");
    if (!credential.rotate_every) credential.rotate_every = account.rotate_every;
    if (!credential.rotate_every) {
      return wrong("A permanent token needs a rotation policy: give --rotate-every 90d, here or on its service account.",
                   "rotate_every");
    }
    return success();
  }
  const Instant ends = request.expires_at ? *request.expires_at : now + *request.expires_in;
  if (ends <= now) return wrong("The expiry lies in the past; it is now " + format_instant(now) + ".", "expires_at");
  if (policy.longest_lifetime && ends > now + *policy.longest_lifetime) {
    return fail(Errc::kNotAllowed, "The policy allows at most " + format_duration(*policy.longest_lifetime) + ".", {},
                "expires_at");
  }
  credential.expires_at = ends;
  return success();
}

/// An overlap that nobody asked for is as long as the policy says and lets it be.
Result<void> set_rotation_rule(Credential& credential, const CreateToken& request, const Policy& policy) {
  credential.overlap = policy.default_overlap;
  if (policy.longest_overlap) credential.overlap = std::min(credential.overlap, *policy.longest_overlap);
  RotationRule rule;
  rule.rotate_every = credential.rotate_every;
  rule.overlap = request.overlap;
  rule.self_rotate = request.self_rotate;
  if (!request.self_rotate_ips.empty()) rule.self_rotate_ips = request.self_rotate_ips;
  if (request.self_rotate_times != 0) rule.self_rotate_times = request.self_rotate_times;
  if (!request.rotated_by.empty()) rule.rotated_by = request.rotated_by;
  return apply_rule(credential, rule, policy);
}

Result<void> check_roles(Services& services, const Credential& credential) {
  for (const BoundaryEntry& entry : credential.boundary) {
    GH_TRYV(check_role(services, entry.resource.site, credential.role));
  }
  return success();
}

/// What needs no unit of work: the texts, and the resources, which are asked of their sites.
Result<Credential> read_request(Services& services, const CreateToken& request) {
  GH_TRYV(check_name(request.name, "name"));
  if (request.resources.empty())
    return wrong("A token names at least one resource, such as acme/A, or acme/* for a whole site.", "resources");
  if (request.scopes.empty() && request.role.empty())
    return wrong("Say what it may do: --scopes read:jira-work, or --role viewer.", "scopes");
  Credential credential;
  credential.name = request.name;
  credential.role = request.role;
  credential.relaxed_queries = request.relaxed_queries;
  GH_TRY(credential.scopes, parse_scopes(request.scopes));
  GH_TRY(credential.allow_ips, parse_allow_ips(request.allow_ips));
  if (!request.rate.empty()) {
    GH_TRY(credential.rate, parse_rate(request.rate));
  }
  GH_TRY(credential.boundary, resolve_boundary(services, request.resources));
  GH_TRYV(check_roles(services, credential));
  if (request.scopes.empty()) {
    GH_TRY(credential.scopes, scopes_of_role(services, request.role, credential.boundary));
  }
  return credential;
}

/// The proposed boundary is asked of its sites as the other one is, and must lie inside of it.
Result<void> set_proposal(Services& services, Credential& credential, const CreateToken& request, Instant now) {
  if (request.propose.empty() && !request.propose_until) return success();
  if (request.propose.empty() || !request.propose_until)
    return wrong("A proposal says what the boundary is to be and from when on: --propose acme/A --until T.", "propose");
  if (*request.propose_until <= now) return wrong("That instant has passed already.", "propose_until");
  GH_TRY(const auto wanted, entries_named(services, credential.boundary, request.propose));
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(credential.proposed,
         inside_boundary(services, *reader.operator->(), credential, credential.boundary, wanted, "propose"));
  credential.propose_until = request.propose_until;
  return success();
}

}  // namespace

Result<std::vector<Network>> parse_allow_ips(const std::vector<std::string>& texts) {
  std::vector<Network> networks;
  for (const std::string& text : texts) {
    auto network = parse_network(text);
    if (!network) {
      network.error().field = "allow_ips";
      return network.error();
    }
    networks.push_back(network.value());
  }
  return networks;
}

Result<CreatedToken> create_token(Services& services, const Caller& caller, const CreateToken& request) {
  GH_TRY(Credential credential, read_request(services, request));
  const Instant now = services.clock.now();
  GH_TRYV(set_proposal(services, credential, request, now));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const auto account, find_account(at, request.account));
  if (account.value.state == State::kArchived) return fail(Errc::kConflict, "That service account is archived.", {}, "account");
  GH_TRYV(check_not_external(account.value));
  GH_TRY(const Policy policy, read_policy(at));
  GH_TRYV(set_lifetime(credential, request, policy, account.value, now));
  GH_TRYV(set_rotation_rule(credential, request, policy));
  credential.requested_by = user_of(caller);
  credential.owner = credential.requested_by.empty() ? account.value.owner : credential.requested_by;
  if (!request.owner.empty()) {
    GH_TRY(const auto owner, find_live_user(at, request.owner, "owner"));
    credential.owner = owner.value.id;
  }
  credential.id = new_id<CredentialId>(services.random);
  credential.account = account.value.id;
  credential.created_at = now;
  SecretRecord secret;
  secret.id = new_id<SecretId>(services.random);
  secret.credential = credential.id;
  secret.state = SecretState::kCurrent;
  secret.created_at = now;
  const token::Minted minted = token::mint(token::TokenKind::kApiToken, secret.id.value, services.random);
  secret.hash = crypto::format_token_hash(services.hasher.hash(secret.id.value, minted.secret.expose()));
  credential.secrets.push_back(std::move(secret));
  GH_TRYV(at.credentials.insert(credential));
  Describer describer(at, now);
  GH_TRY(Document document, describer.token(credential));
  AuditEvent event = make_event(caller, "token.create", "token", credential.id.value, credential.name);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), nullptr, &document)));
  return CreatedToken{std::move(document), minted.text};
}

}  // namespace gatehouse::admin
