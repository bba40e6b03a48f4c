// The decision: may this credential do this operation on these resources now? Pure; no I/O, and no allocation to permit.
//
// Called by the gateway for every request (decide_early before anything is looked up, decide when everything is located) and by
// `gatehouse explain`, which prints the same record. Zero means deny: of every argument, a default value permits nothing.
// docs/decisions/0004-grants-add-up.md says how several grants on one resource add up; across resources nothing does.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/clock.h"
#include "catalogue/catalogue.h"
#include "model/decision.h"
#include "model/site.h"
#include "token/live_index.h"

namespace gatehouse::policy {

/// Which end of a relation a resource lies at. Each end must be permitted; the name stands in the explanation.
enum class End : std::uint8_t { kOnly = 0, kNear, kFar, kTarget, kContainer };

/// One resource of the request's site that the operation touches, proven by a look-up or by the answer.
struct Touch {
  std::string_view id;  ///< the project's or space's immutable id; empty (not found, not known) is outside of every boundary
  End end = End::kOnly;
  bool restricted = true;  ///< it has a security level or read restrictions, or nobody looked
};

struct Request {
  const catalogue::Operation& operation;
  IpAddress address;               ///< of the client
  std::span<const Touch> touches;  ///< empty before the look-ups
  bool located = false;            ///< every identifier that leads to a resource is in `touches`
};

/// What is known beside the request and the credential. References live during the call.
struct Facts {
  const Site& site;
  const catalogue::Catalogue& catalogue;  ///< of the site's product: resolves the names of access roles
};

enum class Explain : bool { kNo = false, kYes = true };

/// Before anything is looked up: state and expiry of credential, account and site, the address, whether the operation is for
/// bounded tokens at all, and whether scopes, roles and grants permit it on at least one resource. `touches` is not read. A
/// permit means "go on and locate". `steps` of the result are filled only with Explain::kYes.
Decision decide_early(const Request& request, const token::LiveCredential& credential, const Facts& facts, Instant now,
                      Explain explain = Explain::kNo);

/// The decision. Everything that decide_early checks, and each touched resource. A bounded credential needs at least one touch
/// where the operation is Bounded::kLocated; `located` false there is kCouldNotDecide, a bug of the caller.
Decision decide(const Request& request, const token::LiveCredential& credential, const Facts& facts, Instant now,
                Explain explain = Explain::kNo);

struct PermittedResource {
  std::string_view id;             ///< view into the credential's boundary or grants
  std::string_view key;            ///< display name at the time of the grant; likewise
  bool exclude_restricted = true;  ///< leave out issues with a security level, pages with read restrictions
};

/// The resources on which one operation is permitted: what queries are confined to and answers redacted by. Owned by the caller,
/// who may keep it for (credential, operation) as long as it holds the LiveCredential and `now < valid_until`; the credential's
/// own state, expiry and address are not part of it.
struct Permitted {
  bool whole_site = false;                   ///< every resource of the site …
  bool exclude_restricted = true;            ///< … but of those not listed nothing that is restricted
  std::vector<PermittedResource> resources;  ///< sorted by id; where `whole_site`, those that are permitted by name as well
  std::vector<std::string_view> paused;      ///< resources that are not open now, though `whole_site` would cover them
  bool directory = false;                    ///< users and groups beyond those visible in the resources
  Instant valid_until = Instant::min();      ///< a pause or a grace ends then

  /// Nothing is to be confined, verified or redacted. The only credentials that operations with `bounded refused` are open to.
  bool unconfined() const noexcept { return whole_site && !exclude_restricted && paused.empty(); }
  bool empty() const noexcept { return !whole_site && resources.empty(); }
  const PermittedResource* find(std::string_view id) const noexcept;
  /// An empty id is outside.
  bool permits(std::string_view id, bool restricted) const noexcept;
};

/// Fills `out` anew and keeps its capacity.
void permitted_resources(const catalogue::Operation& operation, const token::LiveCredential& credential, const Facts& facts,
                         Instant now, Permitted& out);

/// Whether a grant that permits `operation` on one of the boundary's resources says `directory`. The same as
/// Permitted::directory.
bool allows_directory(const catalogue::Operation& operation, const token::LiveCredential& credential, const Facts& facts,
                      Instant now);

}  // namespace gatehouse::policy
