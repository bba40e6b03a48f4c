// Use cases of grants: what a service account may do on one resource.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/grant.h"
#include "store/repositories.h"

namespace gatehouse::admin {

struct AddGrant {
  std::string account;
  std::string resource;  ///< acme/A, acme/*
  std::vector<std::string> scopes;
  std::string role;
  bool directory = false;
  bool include_restricted = false;  ///< issues with a security level and pages with read restrictions too
};

struct GrantFilter {
  std::string account;
  std::string resource;  ///< of what is pinned already: by display key
  std::string site;
  bool removed = false;
  std::string backing = {};  ///< "in-grace", "unbacked", "backed"; empty: any
};

/// What the site was asked about a grant that is to be given: before any unit of work begins.
Result<Grant> prepare_grant(Services& services, const AddGrant& request);
/// Gives a prepared one in a unit of work, within the caller's authority. The audit event is the caller's to commit.
struct InsertedGrant {
  Grant grant;
  Document document;
  AuditEvent event;
};
Result<InsertedGrant> insert_grant(Services& services, store::Repositories& at, const Caller& caller, const AddGrant& request,
                                   Grant prepared);

/// The resource is asked of its site and pinned. By whom has authority over it (admin/backing.h); it is backed.
Result<Document> add_grant(Services& services, const Caller& caller, const AddGrant& request);
Result<Documents> list_grants(Services& services, const Caller& caller, const GrantFilter& filter, const store::Page& page);
Result<Document> show_grant(Services& services, const Caller& caller, std::string_view grant);
Result<Document> pause_grant(Services& services, const Caller& caller, std::string_view grant, const PauseRequest& request);
Result<Document> resume_grant(Services& services, const Caller& caller, std::string_view grant);
Result<Document> remove_grant(Services& services, const Caller& caller, std::string_view grant, std::string_view reason);

}  // namespace gatehouse::admin
