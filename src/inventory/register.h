// The register: one entry for each automation, with what people say of it beside what was observed. api/ calls it, and the
// imports write through it.
//
// An entry is a JSON document with the members of `entry_fields()`, then `declared`, `observed`, `permissions` and `credentials`.
// Files of every format hold the same (register_file.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/service_account.h"
#include "store/register.h"

namespace gatehouse::inventory {

struct RegisterFilter {
  std::string owner;      ///< as owner or deputy; empty: anybody's
  bool archived = false;  ///< these as well
};

Result<admin::Documents> list_register(admin::Services& services, const RegisterFilter& filter, const store::Page& page);
/// By handle or id.
Result<admin::Document> show_register(admin::Services& services, std::string_view account);
/// The entry of one account as it is in `at`. `services` gives the catalogues.
Result<admin::Document> describe_entry(const admin::Services& services, const store::Repositories& at,
                                       const ServiceAccount& account);

/// "csv", "json", "yaml" or "markdown": the whole register as one text.
Result<std::string> export_register(admin::Services& services, const RegisterFilter& filter, std::string_view format);
/// One integration as a Markdown page.
Result<std::string> register_page(admin::Services& services, std::string_view account);
/// The same, of a document that was read already.
std::string markdown_page(const admin::Document& entry);

}  // namespace gatehouse::inventory
