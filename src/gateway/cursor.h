// CursorSeal: opaque cursors of a site (page tokens, ids of async tasks) that only the credential which obtained them can use.
//
// The site keeps what they stand for under its one account, which all tokens share; so each leaves the gateway with a tag over
// credential, operation and query, and comes back in only with the same. The redactor seals, locate and confine open.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/keys.h"

namespace gatehouse::gateway {

/// What a cursor belongs to. Of a task only `credential` is set: it is asked for by another operation than started it.
struct CursorOwner {
  std::string_view credential;
  std::string_view operation;
  std::string_view query;  ///< as it went upstream
};

/// Const objects are usable from all threads.
class CursorSeal {
 public:
  /// `key`: the same on every node, and after a restart: crypto::MasterKey::derive("gateway cursors", "").
  explicit CursorSeal(const crypto::Key& key);
  ~CursorSeal();
  CursorSeal(const CursorSeal&) = delete;
  CursorSeal& operator=(const CursorSeal&) = delete;

  /// 22 characters of base64url, then the cursor itself.
  std::string seal(const CursorOwner& owner, std::string_view cursor) const;
  /// The cursor as the site gave it: a view into `sealed`. Nothing where it was not sealed for this owner.
  std::optional<std::string_view> open(const CursorOwner& owner, std::string_view sealed) const noexcept;

  /// Likewise, and unreadable: for cursors that name what their owner may not see. The same cursor always gives the same text.
  std::string wrap(const CursorOwner& owner, std::string_view cursor) const;
  std::optional<std::string> unwrap(const CursorOwner& owner, std::string_view wrapped) const;

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

}  // namespace gatehouse::gateway
