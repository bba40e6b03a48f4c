// Credentials that are neither tokens nor upstream credentials, and end or grow old all the same: the listener's certificate, the
// master key and its keyring, administrator keys, secrets that the configuration names. Read by `wake` and the reports; upstream
// credentials with the automations behind each come from store/reports.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"

namespace gatehouse::admin {

/// One of them. None has an owner of its own but an administrator key: the organization's administrators answer for the rest.
struct OtherCredential {
  std::string kind;                   ///< "tls certificate", "master key", "administrator key", "directory key" …
  std::string id;                     ///< stable: the file's path, the purpose of a key, the key's public id
  std::string name;                   ///< for people: "the certificate of gateway.example.com"
  std::string owner;                  ///< e-mail address; empty: the organization's administrators
  std::optional<Instant> since;       ///< when it was made, or its present epoch began; unknown where empty
  std::optional<Instant> expires_at;  ///< empty: it has no end, or `problem` says why it is not known
  bool ends = false;                  ///< things of this kind end: an empty `expires_at` is then a finding
  std::string effect;                 ///< what stops when it ends, or what its age means
  std::string problem;                ///< it can't be read; empty: it can
};

/// All of them, soonest end first, those without an end last. `within` empty: whatever their end; else only those that end in the
/// window from now on, have ended already or can't be read.
Result<std::vector<OtherCredential>> other_credentials(Services& services, const store::Repositories& at,
                                                       std::optional<Duration> within);

/// As reports show it: {"kind","id","name","owner","since","expires_at","effect","problem"}.
Document describe(const OtherCredential& credential);

}  // namespace gatehouse::admin
