// SCIM 2.0 (RFC 7643, RFC 7644) for people and groups, under /scim/v2 of the admin listener: create, read, list with a filter,
// replace, patch and delete, in the dialects of Okta and Microsoft Entra. web/ hands it what begins so.
//
// Attributes are read without regard to case, as the RFC has it; what is not known here (departments, telephones) is left aside
// and not kept. Every request shows a directory key.
#pragma once

#include "admin/services.h"
#include "api/message.h"

namespace gatehouse::api {

class Scim {
 public:
  /// `services` must outlive it.
  explicit Scim(admin::Services& services) noexcept : services_(services) {}
  /// Thread-safe; may block. Errors have the RFC's form (section 3.12).
  Response handle(const Request& request) const;

 private:
  admin::Services& services_;
};

}  // namespace gatehouse::api
