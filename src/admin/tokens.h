// Use cases of API tokens: create, narrow, rotate, pause, revoke.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "base/secret.h"
#include "model/credential.h"
#include "store/repositories.h"

namespace gatehouse::admin {

struct CreateToken {
  CredentialKind kind = CredentialKind::kApiToken;  ///< kOAuthClient: admin/clients.h
  std::vector<std::string> redirect_uris;           ///< of an app: admin/apps.h
  bool is_public = false;                           ///< an app that can keep no secret
  bool device = false;                              ///< of apps: it may begin on a device
  std::optional<store::OAuthClient> federation;     ///< a client that others' tokens stand for: admin/federations.h
  std::string key_set;                              ///< of a client that signs instead of showing a secret: its public keys
  std::string account;
  std::string name;
  std::vector<std::string> scopes;  ///< empty: those that `role` needs
  std::string role;
  std::vector<std::string> resources;  ///< acme/A, acme/A=viewer; one that is not granted yet waits for its grant
  std::optional<Instant> expires_at;   ///< exactly one of these three
  std::optional<Duration> expires_in;
  bool permanent = false;
  std::optional<Duration> rotate_every;  ///< needed by a permanent one, unless its account has one
  std::optional<Duration> overlap;       ///< of later rotations; else the policy's
  std::string rotated_by;                ///< owner or agent; empty: owner
  bool self_rotate = false;              ///< it may make its own successor
  std::vector<std::string> self_rotate_ips;
  std::int64_t self_rotate_times = 0;  ///< 0: as often as it likes
  std::string owner;                   ///< empty: the recipient of the handing over, else `requested_by`, else the caller
  std::string requested_by;            ///< empty: the caller; somebody else only for organization administrators
  std::string hand_to;                 ///< e-mail address: that person takes the secret, and the caller never sees it
  std::vector<std::string> allow_ips;  ///< addresses or networks; empty: from anywhere
  std::string rate;                    ///< "10/s"; empty: no limit of its own
  bool relaxed_queries = false;
  /// The boundary that it is to have from `propose_until` on, inside of `resources`: until then its requests are judged by it,
  /// and never blocked for it. Both or neither.
  std::vector<std::string> propose;
  std::optional<Instant> propose_until;
};

/// The record, and the secret, which exists here for the last time. Empty where it is handed over.
struct CreatedToken {
  Document document;
  SecretString token;
};

/// What the sites were asked about a token that is to be made: before any unit of work begins.
Result<Credential> prepare_token(Services& services, const CreateToken& request);
/// Makes a prepared one in a unit of work, within the caller's authority and the policies. The audit event is the caller's to
/// commit.
struct InsertedToken {
  Credential credential;
  CreatedToken created;
  AuditEvent event;
};
Result<InsertedToken> insert_token(Services& services, store::Repositories& at, const Caller& caller, const CreateToken& request,
                                   Credential prepared);

struct NarrowToken {
  std::optional<std::vector<std::string>> scopes;     ///< what is kept
  std::optional<std::vector<std::string>> resources;  ///< what is kept: acme/A; acme/A=viewer gives a role where there was none
  std::optional<std::string> role;                    ///< where there was none, or one whose operations include the new one's
  std::optional<Instant> expires_at;                  ///< earlier
  std::optional<std::vector<std::string>> allow_ips;  ///< where there were none, or inside of them
  std::optional<std::string> rate;                    ///< lower
};

struct TokenFilter {
  CredentialKind kind = CredentialKind::kApiToken;
  std::string account;
  std::string owner;
  std::string state;     ///< live, paused, revoked, expired; empty: all
  std::string resource;  ///< acme/A, by its display key, or acme/*
  std::optional<Duration> expiring_within;
  bool waiting = false;  ///< live ones with a resource that nobody has granted to their account yet
};

Result<CreatedToken> create_token(Services& services, const Caller& caller, const CreateToken& request);
/// The successor is pending until its first use, which starts the overlap. One that was never used is replaced; the oldest of
/// three ends at once, and is named in "ended_early". The document is {"id","replaces","overlap_ends_at", …}.
Result<CreatedToken> rotate_token(Services& services, const Caller& caller, std::string_view token,
                                  std::optional<Duration> overlap);
/// Never widens: what is not inside what the token has is kInvalidArgument. A request that names nothing bounds the token to what
/// was proposed for it.
Result<Document> narrow_token(Services& services, const Caller& caller, std::string_view token, const NarrowToken& request);
Result<Documents> list_tokens(Services& services, const Caller& caller, const TokenFilter& filter, const store::Page& page);
/// With `last_used_at`, `rotation` and `dead_uses` (admin/rotation.h).
Result<Document> show_token(Services& services, const Caller& caller, std::string_view token);
Result<Document> transfer_token(Services& services, const Caller& caller, std::string_view token, std::string_view to);
Result<Document> pause_token(Services& services, const Caller& caller, std::string_view token, const PauseRequest& request);
Result<Document> resume_token(Services& services, const Caller& caller, std::string_view token);
/// Final, and in force on this node when it returns. Revoking what is revoked is no error.
Result<Document> revoke_token(Services& services, const Caller& caller, std::string_view token, std::string_view reason);

/// The pending successor was used for the first time: it becomes the current secret, and the older one ends after the overlap.
/// Called by the recorder; a secret that is not pending is left as it is. False: it has ended, whatever this node's index says.
Result<bool> promote_secret(Services& services, const CredentialId& id, const SecretId& secret, Instant used_at);
/// A secret was presented whose overlap has ended: audited, and the token is paused where the policy says so.
Result<void> note_reuse(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address);

/// A revoked or expired token, or a secret that was rolled back, is still being presented: audited, and told to its owner. Its
/// request was refused.
Result<void> note_dead_use(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address,
                           std::string_view user_agent);

/// From text to networks; errors name the field.
Result<std::vector<Network>> parse_allow_ips(const std::vector<std::string>& texts);

}  // namespace gatehouse::admin
