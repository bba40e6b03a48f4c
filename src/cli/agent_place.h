// AgentPlace: where `gatehouse agent` keeps the token for the job beside it, replaced as a whole or not at all.
//
// Either a file, or a directory as Kubernetes mounts a Secret: DIR/token is a link to ..data/token, and ..data is a link that is
// swapped. A reader sees the old token or the new one, never half of one, and none is missing in between.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace gatehouse::cli {

class AgentPlace {
 public:
  static AgentPlace file(std::string path);
  static AgentPlace directory(std::string path, std::string key);
  AgentPlace(AgentPlace&& other) noexcept;
  ~AgentPlace();  ///< gives the lock back
  AgentPlace(const AgentPlace&) = delete;

  /// What the job reads.
  const std::string& path() const noexcept { return path_; }
  /// Two agents on one place would take each other's successors away: kConflict where another one holds it.
  Result<void> lock();
  /// kNotFound where there is none yet; kNotAllowed where others can read it.
  Result<SecretString> read() const;
  /// On disk and in place on success, with mode 0600; on an error the old one is as it was. Notes that the hook has to run.
  Result<void> write(const SecretString& token) const;

  /// Whether a token was written whose hook has not run to its end: asked again after a crash.
  bool hook_is_due() const;
  Result<void> hook_has_run() const;

 private:
  AgentPlace(std::string folder, std::string name, bool swaps);
  Result<void> write_file(const SecretString& token) const;
  Result<void> swap_data(const SecretString& token) const;
  std::string in_folder(const std::string& name) const { return folder_ + "/" + name; }

  std::string folder_;
  std::string name_;  ///< of the file, or the key
  std::string path_;
  bool swaps_ = false;
  int lock_ = -1;
};

}  // namespace gatehouse::cli
