#include "inventory/viewer.h"

#include <algorithm>

#include "admin/authority.h"
#include "admin/describe.h"

namespace gatehouse::inventory {

namespace json = boost::json;

Result<Viewer> Viewer::of(admin::Services& services, const store::Repositories& at, const Caller& caller) {
  Viewer viewer;
  GH_TRY(viewer.who_, admin::authority_of(services, at, caller));
  if (viewer.reads_all() || !viewer.who_.project_admin()) return viewer;
  admin::Describer describer(at, services.clock.now());
  for (const Resource& one : viewer.who_.administers) {
    GH_TRY(std::string name, describer.resource_name(one));
    viewer.names_.insert(std::move(name));
  }
  return viewer;
}

bool Viewer::answers_for(const store::Subject& subject) const noexcept {
  if (reads_all()) return true;
  if (who_.email.empty()) return false;
  return subject.owner.email == who_.email || subject.account_owner.email == who_.email || subject.deputy.email == who_.email;
}

store::Reports Viewer::narrow(const store::Reports& reports, bool own_alone) const {
  std::optional<store::Sight> sight = admin::sight_of(who_);
  if (sight && own_alone) sight = store::own_sight(*sight);
  return reports.within(std::move(sight));
}

std::vector<std::string> Viewer::theirs(const std::vector<std::string>& resources) const {
  std::vector<std::string> kept;
  for (const std::string& name : resources) {
    const std::string site = name.substr(0, name.find('/') + 1);
    const bool whole = name == site + "*";
    const bool touches = std::any_of(names_.begin(), names_.end(), [&](const std::string& one) {
      return one == name || one == site + "*" || (whole && one.starts_with(site));
    });
    if (touches) kept.push_back(name);
  }
  return kept;
}

bool Viewer::administers_on(const SiteId& site) const noexcept {
  return who_.project_admin() &&
         std::any_of(who_.administers.begin(), who_.administers.end(), [&site](const Resource& one) { return one.site == site; });
}

void keep_theirs(admin::Document& item) {
  item["partial"] = true;
  item["runbook"] = nullptr;
  item["calls_a_day"] = nullptr;
  for (const char* list : {"automations", "consumers", "told", "acknowledged", "commands"}) {
    if (item.contains(list)) item[list] = json::array();
  }
  if (item.contains("command")) item["command"] = nullptr;
}

}  // namespace gatehouse::inventory
