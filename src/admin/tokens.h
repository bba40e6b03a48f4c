// Use cases of API tokens: create, narrow, rotate, pause, revoke.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "base/secret.h"
#include "model/credential.h"

namespace gatehouse::admin {

struct CreateToken {
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
  std::string owner;                   ///< empty: the caller
  std::vector<std::string> allow_ips;  ///< addresses or networks; empty: from anywhere
  std::string rate;                    ///< "10/s"; empty: no limit of its own
  bool relaxed_queries = false;
  /// The boundary that it is to have from `propose_until` on, inside of `resources`: until then its requests are judged by it,
  /// and never blocked for it. Both or neither.
  std::vector<std::string> propose;
  std::optional<Instant> propose_until;
};

/// The record, and the secret, which exists here for the last time.
struct CreatedToken {
  Document document;
  SecretString token;
};

struct NarrowToken {
  std::optional<std::vector<std::string>> scopes;     ///< what is kept
  std::optional<std::vector<std::string>> resources;  ///< what is kept: acme/A; acme/A=viewer gives a role where there was none
  std::optional<std::string> role;                    ///< where there was none, or one whose operations include the new one's
  std::optional<Instant> expires_at;                  ///< earlier
  std::optional<std::vector<std::string>> allow_ips;  ///< where there were none, or inside of them
  std::optional<std::string> rate;                    ///< lower
};

struct TokenFilter {
  std::string account;
  std::string owner;
  std::string state;     ///< live, paused, revoked, expired; empty: all
  std::string resource;  ///< acme/A, by its display key, or acme/*
  std::optional<Duration> expiring_within;
};

Result<CreatedToken> create_token(Services& services, const Caller& caller, const CreateToken& request);
/// The successor is pending until its first use, which starts the overlap. One that was never used is replaced; the oldest of
/// three ends at once, and is named in "ended_early". The document is {"id","replaces","overlap_ends_at", …}.
Result<CreatedToken> rotate_token(Services& services, const Caller& caller, std::string_view token,
                                  std::optional<Duration> overlap);
/// Never widens: what is not inside what the token has is kInvalidArgument. A request that names nothing bounds the token to what
/// was proposed for it.
Result<Document> narrow_token(Services& services, const Caller& caller, std::string_view token, const NarrowToken& request);
Result<Documents> list_tokens(Services& services, const TokenFilter& filter, const store::Page& page);
/// With `last_used_at`, `rotation` and `dead_uses` (admin/rotation.h).
Result<Document> show_token(Services& services, std::string_view token);
Result<Document> transfer_token(Services& services, const Caller& caller, std::string_view token, std::string_view to);
Result<Document> pause_token(Services& services, const Caller& caller, std::string_view token, const PauseRequest& request);
Result<Document> resume_token(Services& services, const Caller& caller, std::string_view token);
/// Final, and in force on this node when it returns. Revoking what is revoked is no error.
Result<Document> revoke_token(Services& services, const Caller& caller, std::string_view token, std::string_view reason);

/// The pending successor was used for the first time: it becomes the current secret, and the older one ends after the overlap.
/// Called by the recorder; a secret that is not pending is left as it is.
Result<void> promote_secret(Services& services, const CredentialId& id, const SecretId& secret, Instant used_at);
/// A secret was presented whose overlap has ended: audited, and the token is paused where the policy says so.
Result<void> note_reuse(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address);

/// A revoked or expired token is still being presented: audited, and told to its owner. Its request was refused.
Result<void> note_dead_use(Services& services, const CredentialId& id, const SecretId& secret, std::string_view address,
                           std::string_view user_agent);

/// From text to networks; errors name the field.
Result<std::vector<Network>> parse_allow_ips(const std::vector<std::string>& texts);

}  // namespace gatehouse::admin
