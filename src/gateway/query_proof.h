// What a JQL text names, proven to lie inside before the text is sent: the gateway's half of the strict rule.
#pragma once

#include <string_view>

#include "gateway/request.h"
#include "policy/decide.h"
#include "query/jql_strict.h"
#include "upstream/field_types.h"

namespace gatehouse::gateway {

/// What the strict rule has to know of one request: the permitted projects and the site's fields.
class PermittedNames final : public query::BoundaryNames {
 public:
  PermittedNames(const policy::Permitted& permitted, const upstream::FieldTypes& fields)
      : permitted_(permitted), fields_(fields) {}
  std::optional<Project> permitted_project(std::string_view value, bool number) const override;
  query::FieldKind custom_field(const query::JqlField& field) const override;

 private:
  const policy::Permitted& permitted_;
  const upstream::FieldTypes& fields_;
};

enum class Proven : std::uint8_t { kNo = 0, kYes, kAsk };

/// Whether the named thing lies inside; kAsk where look-ups must be answered first. What is outside and what is not there are
/// both kNo.
Proven prove(const query::NamedThing& thing, Request& request);
/// One sentence for the client: what may stand there. Does not depend on what exists.
std::string_view explain_named(query::NamedThing::Kind kind) noexcept;

}  // namespace gatehouse::gateway
