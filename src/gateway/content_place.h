// Where content of Confluence lies: in which space, and whether a read restriction of its own or of what it lies in hides it.
//
// "Derive, or ask": what is missing becomes a question of the next round (gateway/questions.h), and the same call goes further
// when that is answered. Used by resolve.cpp for what a request names, and by redact.cpp for what an answer names. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalogue/operation.h"
#include "gateway/request.h"
#include "policy/decide.h"

namespace gatehouse::gateway {

struct ContentPlace {
  bool known = false;      ///< all that had to be asked was answered
  std::string space;       ///< id; empty: it is not there, or not where it says
  bool restricted = true;  ///< looked at only where the token leaves out what is restricted
  std::string container;   ///< id of what an attachment, comment or task belongs to
};

/// Whether restricted content of any of the permitted spaces is left out, so that restrictions must be looked at.
bool leaves_out_restricted(const policy::Permitted& permitted) noexcept;

/// Of `id`, which is of `type` (kAny: that is asked for too). What is not there takes as many rounds as what is.
ContentPlace find_content(catalogue::ContentType type, std::string_view id, Request& request);

/// "page 77", as content is named among what an answer leaves to be proven (Redaction::unproven).
std::string content_name(catalogue::ContentType type, std::string_view id);
/// The other way; nothing for an issue, board or service desk.
struct NamedContent {
  catalogue::ContentType type = catalogue::ContentType::kAny;
  std::string_view id;
};
std::optional<NamedContent> parse_content_name(std::string_view name) noexcept;

/// References of kinds space, content and content-property. Settles them or leaves them open.
void resolve_space(Reference& reference, Request& request);
void resolve_content(Reference& reference, Request& request);
void resolve_content_property(Reference& reference, Request& request);

}  // namespace gatehouse::gateway
