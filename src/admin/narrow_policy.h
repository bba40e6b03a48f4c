// Policies of one owner or one resource: stricter than the organization's, never laxer. `gatehouse policy set …
// --owner|--resource`.
//
// Kept as settings: "policy-owner.USER.NAME" and "policy-resource.SITE/ID.NAME", by pinned ids.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/common.h"
#include "admin/policy.h"
#include "model/credential.h"

namespace gatehouse::admin {

/// Exactly one of the two.
struct PolicyOf {
  std::string owner;     ///< e-mail address
  std::string resource;  ///< acme/A
};

/// What may be set for one owner or resource: longest-lifetime, permanent-tokens, required-fields, approval-scopes.
bool can_be_narrow(std::string_view name) noexcept;

/// Each with its "owner" or "resource".
Result<Documents> list_narrow_policies(Services& services);
/// An empty value takes it away. The site is asked what the resource is, before the unit of work begins.
Result<Document> set_narrow_policy(Services& services, const Caller& caller, const PolicyOf& of,
                                   const std::vector<std::pair<std::string, std::string>>& values);

/// The organization's policy, made stricter by those of these owners and resources: the shortest lifetime, permanent only where
/// all allow it, every required field, every scope that needs approval. A boundary of a whole site meets those of each of its
/// resources.
Result<Policy> read_policy_for(const store::Repositories& at, const std::vector<UserId>& owners,
                               const std::vector<Resource>& resources);
/// Of a token that is being made or extended: its owner, its account's owner, its boundary.
Result<Policy> read_policy_for(const store::Repositories& at, const Credential& token, const ServiceAccount& account);

}  // namespace gatehouse::admin
