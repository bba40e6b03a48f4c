// The documents of OpenAPI sites: checked when they are given, and read into a catalogue once for all who ask.
#pragma once

#include <memory>
#include <string>

#include "admin/common.h"
#include "catalogue/openapi.h"
#include "model/site.h"
#include "store/repositories.h"

namespace gatehouse::admin {

using SpecPtr = std::shared_ptr<const catalogue::OpenApiCatalogue>;

/// SHA-256 in hexadecimal: what Site::spec_digest holds.
std::string spec_digest(std::string_view document);
/// The document checked for `site`, whose product must want one; null for Jira and Confluence, which must have none.
Result<SpecPtr> spec_for(const Site& site, const std::string& document);
/// The one that is in force. Read once for each digest, as long as somebody holds it. kNotFound: it has none.
Result<SpecPtr> read_spec(const store::Repositories& at, const Site& site);
/// Adds "operations", "bounded_operations", "spec_title" and "left_out".
void describe_spec(const catalogue::OpenApiCatalogue& spec, Document& document);

/// A site's budget; empty: none.
Result<Rate> parse_budget(std::string_view text);

}  // namespace gatehouse::admin
