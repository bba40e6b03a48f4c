#include <algorithm>

#include "admin/accounts.h"
#include "admin/approvals.h"
#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/boundary.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/handovers.h"
#include "admin/narrow_policy.h"
#include "admin/rate.h"
#include "admin/resources.h"
#include "admin/rotation.h"
#include "admin/tokens.h"
#include "admin/users.h"
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
    const auto catalogue = services.gateway.catalogue_of(site.value);
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

namespace {

/// Within whose authority it is made: the organization's, that of who answers for the account, or that of who administers all of
/// its resources.
Result<void> check_may_make(const Services& services, const store::Repositories& at, const Principal& who,
                            const ServiceAccount& account, const Credential& token) {
  if (who.org_admin()) return success();
  const std::uint8_t reach = policy::reach_of(policy::Need::kMakeToken, who);
  const bool own = (reach & policy::kOwn) && answers_for(who, account);
  const bool theirs = (reach & policy::kTheirs) && !token.boundary.empty() &&
                      std::all_of(token.boundary.begin(), token.boundary.end(),
                                  [&who](const BoundaryEntry& entry) { return who.covers(entry.resource); });
  const auto refused = [](std::string detail, std::string field, std::string_view role) {
    Error error = fail(Errc::kNotAllowed, std::move(detail), {}, std::move(field));
    error.missing_role = role;
    return error;
  };
  if (!own && !theirs) {
    GH_TRY(const bool seen, may_see(at, who, account));
    if (!seen) return no_account();
    return refused("You neither answer for that service account nor administer all of these resources.", "resources",
                   "project-admin");
  }
  if (token.relaxed_queries)
    return refused("Relaxed queries reveal what lies outside: only an organization administrator may allow them.",
                   "relaxed_queries", "org-admin");
  if (own) return success();
  for (const BoundaryEntry& entry : token.boundary) {
    GH_TRY(const auto site, at.sites.get(entry.resource.site));
    if (!project_scopes(services, site.value).includes(token.scopes))
      return refused("One of the scopes reaches beyond a project; it is an organization administrator's to give.", "scopes",
                     "org-admin");
  }
  return success();
}

/// Who asked, who answers, and who gets the secret.
Result<void> set_people(const store::Repositories& at, const Principal& who, const ServiceAccount& account,
                        const CreateToken& request, Credential& token, UserId& recipient) {
  token.requested_by = who.user.empty() ? account.owner : who.user;
  if (!request.requested_by.empty()) {
    GH_TRY(const auto asker, find_live_user(at, request.requested_by, "requested_by"));
    if (!who.org_admin() && !who.is(asker.value.id))
      return policy::not_allowed("organization administrator, to ask in somebody else's name", "org-admin");
    token.requested_by = asker.value.id;
  }
  token.owner = token.requested_by;
  if (!request.hand_to.empty()) {
    GH_TRYV(check_email(request.hand_to, "for"));
    const auto user = at.users.get_by_email(request.hand_to);
    if (!user && user.error().code != Errc::kNotFound) return user.error();
    if (user) {
      GH_TRY(const auto live, find_live_user(at, request.hand_to, "for"));
      recipient = live.value.id;
      token.owner = recipient;
    }
  }
  if (request.owner.empty()) return success();
  GH_TRY(const auto owner, find_live_user(at, request.owner, "owner"));
  const bool near = who.is(owner.value.id) || owner.value.id == account.owner || owner.value.id == account.deputy;
  if (!who.org_admin() && !near)
    return policy::not_allowed(
        "organization administrator, to make somebody the owner who is neither you nor answers for the account", "org-admin");
  token.owner = owner.value.id;
  return success();
}

SecretString mint_secret(Services& services, Credential& token) {
  SecretRecord secret;
  secret.id = new_id<SecretId>(services.random);
  secret.credential = token.id;
  secret.state = SecretState::kCurrent;
  secret.created_at = token.created_at;
  const bool api_token = token.kind == CredentialKind::kApiToken;
  const token::TokenKind kind = api_token ? token::TokenKind::kApiToken : token::TokenKind::kClientSecret;
  const token::Minted minted = token::mint(kind, secret.id.value, services.random);
  secret.hash = crypto::format_token_hash(services.hasher.hash(secret.id.value, minted.secret.expose()));
  token.secrets.push_back(std::move(secret));
  return minted.text;
}

std::string_view created_as(CredentialKind kind) noexcept {
  if (kind == CredentialKind::kApiToken) return "token.create";
  return kind == CredentialKind::kApp ? "app.create" : "client.create";
}

/// An outsider who is to read a report: what nobody said is as narrow as it gets.
CreateToken with_defaults(const Services& services, const CreateToken& request) {
  CreateToken full = request;
  const auto reader = services.database.read();
  const bool outsider = !request.hand_to.empty() && reader && !reader.value()->users.get_by_email(request.hand_to).has_value();
  if (!outsider) return full;
  if (full.scopes.empty() && full.role.empty()) full.role = "viewer";
  if (!full.expires_at && !full.expires_in && !full.permanent) full.expires_in = std::chrono::hours(24 * 7);
  return full;
}

}  // namespace

Result<Credential> prepare_token(Services& services, const CreateToken& request) {
  GH_TRY(Credential credential, read_request(services, request));
  GH_TRYV(set_proposal(services, credential, request, services.clock.now()));
  return credential;
}

Result<InsertedToken> insert_token(Services& services, store::Repositories& at, const Caller& caller, const CreateToken& request,
                                   Credential credential) {
  const Instant now = services.clock.now();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const auto account, find_account(at, request.account));
  GH_TRYV(check_may_make(services, at, who, account.value, credential));
  if (account.value.state == State::kArchived) return fail(Errc::kConflict, "That service account is archived.", {}, "account");
  GH_TRYV(check_not_external(account.value));
  UserId recipient;
  GH_TRYV(set_people(at, who, account.value, request, credential, recipient));
  credential.id = new_id<CredentialId>(services.random);
  credential.account = account.value.id;
  credential.created_at = now;
  GH_TRY(const Policy policy, read_policy_for(at, credential, account.value));
  GH_TRYV(check_required_fields(policy, account.value));
  GH_TRYV(set_lifetime(credential, request, policy, account.value, now));
  GH_TRYV(set_rotation_rule(credential, request, policy));
  GH_TRYV(check_new_rests_on_backed(at, credential, now));
  credential.kind = request.kind;
  SecretString secret;
  if (request.key_set.empty() && !request.is_public && !request.federation) secret = mint_secret(services, credential);
  const ScopeSet held = held_back(policy, credential.scopes);
  if (!held.empty()) {
    credential.state = State::kPaused;
    credential.pause = waiting_pause();
  }
  GH_TRYV(at.credentials.insert(credential));
  if (credential.kind != CredentialKind::kApiToken) {
    auto auth = request.key_set.empty() ? store::ClientAuth::kSecret : store::ClientAuth::kPrivateKeyJwt;
    if (request.is_public) auth = store::ClientAuth::kNone;
    store::OAuthClient client{credential.id, auth, request.key_set, request.redirect_uris, request.device};
    if (request.federation) client = *request.federation;
    client.credential = credential.id;
    GH_TRYV(at.oauth.put_client(client));
  }
  InsertedToken made;
  GH_TRY(made.created.document, Describer(at, now).token(credential));
  made.event = with_change(make_event(caller, created_as(request.kind), "token", credential.id.value, credential.name), nullptr,
                           &made.created.document);
  if (!request.requested_by.empty() && !who.is(credential.requested_by)) made.event.caller.on_behalf_of = request.requested_by;
  made.created.document["approval"] = nullptr;
  made.created.document["handover"] = nullptr;
  if (!held.empty()) {
    GH_TRY(made.created.document["approval"], ask_approval(services, at, credential.requested_by, credential, held, policy));
  }
  if (!request.hand_to.empty()) {
    GH_TRY(const HandedOver handed, hand_over(services, at, who, credential, secret, request.hand_to, recipient));
    made.created.document["handover"] = describe(handed);
    made.event.reason = "handed over to " + request.hand_to;
  } else {
    made.created.token = std::move(secret);
  }
  made.credential = std::move(credential);
  return made;
}

Result<CreatedToken> create_token(Services& services, const Caller& caller, const CreateToken& given) {
  const CreateToken request = with_defaults(services, given);
  GH_TRY(Credential credential, prepare_token(services, request));
  std::vector<Resource> resources;
  for (const BoundaryEntry& entry : credential.boundary) resources.push_back(entry.resource);
  ask_source(services, caller, resources);
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(InsertedToken made, insert_token(services, *work.operator->(), caller, request, std::move(credential)));
  GH_TRYV(commit(services, std::move(work), std::move(made.event)));
  return std::move(made.created);
}

}  // namespace gatehouse::admin
