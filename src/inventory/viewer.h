// Who looks at a report, and how much of each finding is theirs: everything, or of what only touches their resources that and no
// more. The rows are bounded by the store (store::Reports::within); this is about what stands in them. Used inside inventory/
// only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "admin/common.h"
#include "model/principal.h"
#include "store/reports.h"

namespace gatehouse::inventory {

class Viewer {
 public:
  /// Reads their authority, and the names of what they administer, in the snapshot of `at`.
  static Result<Viewer> of(admin::Services& services, const store::Repositories& at, const Caller& caller);

  const Principal& who() const noexcept { return who_; }
  bool reads_all() const noexcept { return who_.reads_all(); }
  /// Owner or deputy of the subject, or of its account.
  bool answers_for(const store::Subject& subject) const noexcept;
  /// The reports for what they may see; with `own_alone` for what they answer for: evidence of use, and what is missing in the
  /// register, is no business of who only administers a resource.
  store::Reports narrow(const store::Reports& reports, bool own_alone) const;
  /// Of a boundary's names those that touch what they administer.
  std::vector<std::string> theirs(const std::vector<std::string>& resources) const;
  bool administers_on(const SiteId& site) const noexcept;

 private:
  Principal who_;
  std::set<std::string> names_;  ///< "acme/A", "acme/*"
};

/// Takes from a finding what lies beyond their resources: how much and from where it is used, who was told, its runbook and what
/// puts it right, which is others' to do. Sets "partial".
void keep_theirs(admin::Document& item);

}  // namespace gatehouse::inventory
