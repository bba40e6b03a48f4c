// The authorization code (RFC 6749 section 4.1.2): all that it stands for, sealed, good for a minute and once. Nothing is stored
// of it but that it was used.
#pragma once

#include <optional>
#include <string>

#include "oauth/context.h"
#include "oauth/narrowing.h"

namespace gatehouse::oauth {

struct Code {
  std::string id;      ///< 16 characters; what is noted when it is used
  std::string family;  ///< of all tokens that come of it
  std::string client;  ///< the app
  std::string consent;
  std::string user;
  std::string redirect_uri;
  std::string challenge;  ///< S256; empty where none was sent
  bool offline = false;   ///< a refresh token too
  Narrowed wanted;
  Instant ends_at{};
};

std::string seal_code(Context& context, const Code& code);
/// Nothing where it is none of this server's.
std::optional<Code> open_code(const Context& context, const std::string& text);

/// Scopes and resources as text, for codes and refresh tokens, and back. Nothing where it can't be read.
std::string write_wanted(const Narrowed& wanted);
std::optional<Narrowed> read_wanted(const std::string& text);

}  // namespace gatehouse::oauth
