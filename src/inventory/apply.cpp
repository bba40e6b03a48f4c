#include "inventory/apply.h"

#include <algorithm>
#include <map>
#include <set>

#include "admin/approvals.h"
#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/policy.h"
#include "admin/resources.h"
#include "admin/site_credentials.h"
#include "admin/tell.h"
#include "inventory/register_file.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::Describer;
using admin::Document;
using policy::Need;

Error at_line(const Error& error, int line) {
  Error out = error;
  out.public_detail = "Line " + std::to_string(line) + ": " + error.public_detail;
  return out;
}

/// What the sites were asked, before the unit of work begins.
struct Prepared {
  std::vector<std::vector<Resource>> user_resources;
  std::vector<Grant> grants;
  std::vector<Credential> tokens;
};

Result<Prepared> prepare(admin::Services& services, const Caller& caller, const ApplyFile& file) {
  Prepared prepared;
  const auto ask = [](auto result, int line) -> decltype(result) {
    if (!result) return at_line(result.error(), line);
    return result;
  };
  for (const auto& user : file.users) {
    std::vector<Resource> resources;
    for (const std::string& name : user.value.resources) {
      GH_TRY(Resource one, ask(admin::resolve_resource(services, name), user.line));
      resources.push_back(std::move(one));
    }
    prepared.user_resources.push_back(std::move(resources));
  }
  std::vector<Resource> asked;
  for (const auto& grant : file.grants) {
    GH_TRY(Grant one, ask(admin::prepare_grant(services, grant.value), grant.line));
    asked.push_back(one.resource);
    prepared.grants.push_back(std::move(one));
  }
  for (const auto& token : file.tokens) {
    GH_TRY(Credential one, ask(admin::prepare_token(services, token.value), token.line));
    for (const BoundaryEntry& entry : one.boundary) asked.push_back(entry.resource);
    prepared.tokens.push_back(std::move(one));
  }
  admin::ask_source(services, caller, asked);
  return prepared;
}

class Application {
 public:
  Application(admin::Services& services, const Caller& caller, const ApplyFile& file, store::Repositories& at, Principal who)
      : services_(services), caller_(caller), file_(file), at_(at), who_(std::move(who)), now_(services.clock.now()) {}

  Result<void> run(Prepared& prepared) {
    GH_TRYV(policies());
    for (const auto& site : file_.sites) {
      GH_TRYV(line(this->site(site.value), site.line));
    }
    for (std::size_t i = 0; i < file_.users.size(); ++i) {
      GH_TRYV(line(user(file_.users[i].value, std::move(prepared.user_resources[i])), file_.users[i].line));
    }
    for (const auto& account : file_.accounts) {
      GH_TRYV(line(this->account(account.value), account.line));
    }
    for (std::size_t i = 0; i < file_.grants.size(); ++i) {
      GH_TRYV(line(grant(file_.grants[i].value, std::move(prepared.grants[i])), file_.grants[i].line));
    }
    for (std::size_t i = 0; i < file_.tokens.size(); ++i) {
      GH_TRYV(line(token(file_.tokens[i].value, std::move(prepared.tokens[i])), file_.tokens[i].line));
    }
    return success();
  }
  Result<void> prune();

  std::vector<AuditEvent> take_events() { return std::move(events_); }
  bool changed() const noexcept { return !events_.empty() || owned_anew_; }
  Document report(bool dry_run) {
    if (dry_run) tokens_.clear();
    return Document{{"changes", std::move(changes_)}, {"unchanged", unchanged_}, {"tokens", std::move(tokens_)}};
  }

 private:
  static Result<void> line(const Result<void>& done, int number) {
    if (done) return success();
    return at_line(done.error(), number);
  }
  Result<void> need_org_admin() const { return who_.org_admin() ? Result<void>(success()) : policy::refusal_of(Need::kOrgAdmin); }
  void note(std::string_view action, std::string_view kind, const std::string& name, json::array changed = {}) {
    changes_.push_back(json::object{{"action", action}, {"kind", kind}, {"name", name}, {"changed", std::move(changed)}});
  }
  /// The names of the members that differ.
  static json::array difference(const Document& before, const Document& after) {
    json::array names;
    for (const auto& member : after) {
      const auto* old = before.if_contains(member.key());
      if (!old || *old != member.value()) names.emplace_back(member.key());
    }
    return names;
  }
  void record(std::string_view action, std::string_view kind, const std::string& id, const std::string& name,
              const Document* before, const Document* after) {
    AuditEvent event = admin::with_change(admin::make_event(caller_, action, kind, id, name), before, after);
    event.reason = file_.label.empty() ? "apply" : "apply " + file_.label;
    events_.push_back(std::move(event));
  }
  void record(AuditEvent event) {
    if (event.reason.empty()) event.reason = file_.label.empty() ? "apply" : "apply " + file_.label;
    events_.push_back(std::move(event));
  }

  Result<void> own(const std::string& kind, const std::string& id);
  Result<void> policies();
  Result<void> site(const ApplySite& wanted);
  Result<void> user(const admin::AddUser& wanted, std::vector<Resource> administers);
  Result<void> account(const ApplyAccount& wanted);
  Result<void> create_account(const ApplyAccount& wanted);
  Result<void> grant(const admin::AddGrant& wanted, Grant prepared);
  Result<void> remove_grant(store::Stored<Grant> stored);
  Result<void> token(const admin::CreateToken& wanted, Credential prepared);
  Result<void> revoke_token(store::Stored<Credential> stored);
  Result<void> archive_account(store::Stored<ServiceAccount> stored);

  admin::Services& services_;
  const Caller& caller_;
  const ApplyFile& file_;
  store::Repositories& at_;
  const Principal who_;
  const Instant now_;
  std::vector<AuditEvent> events_;
  json::array changes_;
  json::array tokens_;
  std::int64_t unchanged_ = 0;
  bool owned_anew_ = false;
  std::set<std::pair<std::string, std::string>> named_;  ///< kind and id of all that the file names
};

Result<void> Application::own(const std::string& kind, const std::string& id) {
  named_.emplace(kind, id);
  if (file_.label.empty()) return success();
  GH_TRY(const std::string label, at_.applied.label_of(kind, id));
  if (label == file_.label) return success();
  if (!label.empty())
    return fail(Errc::kConflict, "It is owned by the file with the label \"" + label + "\"; change it there.", {}, "label");
  owned_anew_ = true;
  return at_.applied.put(kind, id, file_.label);
}

Result<void> Application::policies() {
  if (file_.policies.empty()) return success();
  GH_TRYV(line(need_org_admin(), file_.policies.front().line));
  GH_TRY(admin::Policy policy, admin::read_policy(at_));
  const Document before = admin::describe_policy(policy);
  for (const auto& one : file_.policies) {
    const auto& [name, value] = one.value;
    GH_TRYV(line(admin::apply_policy(policy, name, value), one.line));
    const Document after = admin::describe_policy(policy);
    if (after.at(name) == before.at(name)) continue;
    GH_TRYV(at_.settings.set("policy." + name, value));
  }
  const Document after = admin::describe_policy(policy);
  if (after == before) {
    unchanged_ += static_cast<std::int64_t>(file_.policies.size());
    return success();
  }
  note("change", "policy", "policy", difference(before, after));
  record("policy.set", "policy", "policy", "policy", &before, &after);
  return success();
}

Result<void> Application::site(const ApplySite& wanted) {
  GH_TRYV(need_org_admin());
  auto found = at_.sites.get_by_key(wanted.key);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  if (!found) {
    return fail(Errc::kNotFound,
                "There is no site of the key " + wanted.key + "; a file holds no secrets, so add it first: gatehouse site add " +
                    wanted.key + " …",
                {}, "key");
  }
  Describer describer(at_, now_);
  GH_TRY(const Document before, describer.site(found.value().value));
  Site& site = found.value().value;
  if (wanted.url && *wanted.url != site.base_url)
    return fail(Errc::kConflict,
                "Another address drops the site's credentials; do that by hand: gatehouse site edit " + wanted.key, {}, "url");
  if (wanted.cloud_id) site.cloud_id = *wanted.cloud_id;
  if (wanted.host) site.host = *wanted.host;
  GH_TRYV(admin::check_site(site));
  GH_TRY(const Document after, describer.site(site));
  GH_TRYV(own("site", site.id.value));
  if (before == after) {
    ++unchanged_;
    return success();
  }
  GH_TRYV(at_.sites.update(site, found.value().version));
  note("change", "site", site.key, difference(before, after));
  record("site.edit", "site", site.id.value, site.key, &before, &after);
  return success();
}

Result<void> Application::user(const admin::AddUser& wanted, std::vector<Resource> administers) {
  GH_TRYV(need_org_admin());
  GH_TRYV(admin::check_email(wanted.email, "email"));
  GH_TRYV(admin::check_name(wanted.name, "name"));
  auto found = at_.users.get_by_email(wanted.email);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  Describer describer(at_, now_);
  User user = found ? found.value().value : User();
  Document before;
  if (found) {
    GH_TRY(before, describer.user(user));
  } else {
    user.id = new_id<UserId>(services_.random);
    user.email = wanted.email;
    user.created_at = now_;
  }
  const UserRole old_role = user.role;
  user.name = wanted.name;
  GH_TRY(user.role, admin::parse_user_role(wanted.role));
  user.administers = std::move(administers);
  GH_TRYV(admin::check_administers(user));
  if (found && old_role != user.role) {
    GH_TRYV(admin::check_not_last_admin(at_, found.value().value));
  }
  GH_TRYV(found ? at_.users.update(user, found.value().version) : at_.users.insert(user));
  GH_TRY(const Document after, describer.user(user));
  GH_TRYV(own("user", user.id.value));
  if (found && before == after) {
    ++unchanged_;
    return success();
  }
  GH_TRYV(admin::review_backing(services_, at_, user, admin::Withdrawal::kOrdinary));
  note(found ? "change" : "create", "user", user.email, found ? difference(before, after) : json::array());
  record(found ? "user.edit" : "user.add", "user", user.id.value, user.email, found ? &before : nullptr, &after);
  return success();
}

Result<void> Application::create_account(const ApplyAccount& wanted) {
  GH_TRYV(need_org_admin());
  admin::CreateAccount request;
  request.handle = wanted.handle;
  request.owner = wanted.owner.value_or(std::string());
  const admin::EditAccount& rest = wanted.rest;
  request.deputy = rest.deputy.value_or("");
  request.purpose = rest.purpose.value_or("");
  request.runs_in = rest.runs_in.value_or("");
  request.tool = rest.tool.value_or("");
  request.repository = rest.repository.value_or("");
  request.job = rest.job.value_or("");
  request.link = rest.link.value_or("");
  request.declared_sites = rest.declared_sites.value_or(std::vector<std::string>());
  request.declared_resources = rest.declared_resources.value_or(std::vector<std::string>());
  request.declared_scopes = rest.declared_scopes.value_or(std::vector<std::string>());
  request.docs = rest.docs.value_or("");
  request.runbook = rest.runbook.value_or("");
  request.rotation_plan = rest.rotation_plan.value_or("");
  request.rotate_every = rest.rotate_every;
  request.expected_every = rest.expected_every;
  request.criticality = rest.criticality.value_or("normal");
  GH_TRY(admin::InsertedAccount made, admin::insert_account(services_, at_, caller_, request));
  GH_TRYV(own("account", made.account.id.value));
  note("create", "account", wanted.handle);
  record(std::move(made.event));
  return success();
}

Result<void> Application::account(const ApplyAccount& wanted) {
  auto found = at_.accounts.get_by_handle(wanted.handle);
  if (!found && found.error().code != Errc::kNotFound) return found.error();
  if (!found) return create_account(wanted);
  const ServiceAccount old = found.value().value;
  if (old.state == State::kArchived)
    return fail(Errc::kConflict, "That service account is archived, and stays as it is.", {}, "handle");
  GH_TRYV(admin::check_reach(at_, Need::kChangeOwn, who_, old));
  ServiceAccount account = old;
  if (wanted.owner) {
    GH_TRY(const auto owner, admin::find_live_user(at_, *wanted.owner, "owner"));
    if (owner.value.id != old.owner) {
      GH_TRYV(need_org_admin());
    }
    account.owner = owner.value.id;
    if (account.deputy == account.owner) account.deputy = {};
  }
  GH_TRYV(admin::apply_edit(account, at_, wanted.rest));
  GH_TRYV(admin::check_may_answer(services_, at_, who_, old, account));
  Describer describer(at_, now_);
  GH_TRY(const Document before, describer.account(old));
  GH_TRY(const Document after, describer.account(account));
  GH_TRYV(own("account", account.id.value));
  if (before == after) {
    ++unchanged_;
    return success();
  }
  GH_TRYV(at_.accounts.update(account, found.value().version));
  if (account.owner != old.owner) {
    GH_TRYV(admin::tell_of_change(services_, at_.outbox, caller_, "account.transfer", account.id.value, account.handle, {}));
  }
  note("change", "account", account.handle, difference(before, after));
  record("account.edit", "account", account.id.value, account.handle, &before, &after);
  return success();
}

Result<void> Application::grant(const admin::AddGrant& wanted, Grant prepared) {
  const auto account = admin::find_account(at_, wanted.account);
  if (!account) return account.error();
  GH_TRY(const std::string name, Describer(at_, now_).resource_name(prepared.resource));
  GH_TRY(const auto grants, at_.grants.of_account(account.value().value.id));
  for (const Grant& one : grants) {
    const bool same = one.resource.same(prepared.resource) && one.role == prepared.role && one.directory == prepared.directory &&
                      one.restricted == prepared.restricted;
    if (!same || !admin::may_see(who_, one, account.value().value)) continue;
    if (one.scopes == prepared.scopes) {
      ++unchanged_;
      return own("grant", one.id.value);
    }
    // Another set of scopes is another grant: given anew, by whoever applies the file.
    GH_TRY(auto old, at_.grants.get(one.id));
    GH_TRYV(own("grant", one.id.value));
    GH_TRYV(remove_grant(std::move(old)));
  }
  GH_TRY(admin::InsertedGrant made, admin::insert_grant(services_, at_, caller_, wanted, std::move(prepared)));
  GH_TRYV(own("grant", made.grant.id.value));
  note("create", "grant", name + " for " + wanted.account);
  record(std::move(made.event));
  return success();
}

Result<void> Application::remove_grant(store::Stored<Grant> stored) {
  Grant& grant = stored.value;
  GH_TRY(const auto account, at_.accounts.get(grant.account));
  GH_TRYV(admin::check_reach(Need::kEndGrant, who_, grant, account.value));
  Describer describer(at_, now_);
  GH_TRY(const std::string name, describer.resource_name(grant.resource));
  GH_TRY(const Document before, describer.grant(grant));
  grant.state = State::kRevoked;
  grant.pause = {};
  GH_TRYV(at_.grants.update(grant, stored.version));
  GH_TRYV(at_.applied.remove("grant", grant.id.value));
  GH_TRYV(admin::tell_of_change(services_, at_.outbox, caller_, "grant.remove", grant.id.value, name, "apply"));
  GH_TRY(const Document after, describer.grant(grant));
  note("remove", "grant", name + " for " + account.value.handle);
  record("grant.remove", "grant", grant.id.value, name, &before, &after);
  return success();
}

Result<void> Application::token(const admin::CreateToken& wanted, Credential prepared) {
  const auto account = admin::find_account(at_, wanted.account);
  if (!account) return account.error();
  GH_TRY(const auto tokens, at_.credentials.of_account(account.value().value.id));
  for (const Credential& one : tokens) {
    const bool ended = one.state == State::kRevoked || (one.expires_at && *one.expires_at <= now_);
    if (one.name != wanted.name || ended || !admin::may_see(who_, one, account.value().value)) continue;
    const bool same_boundary =
        one.boundary.size() == prepared.boundary.size() &&
        std::all_of(prepared.boundary.begin(), prepared.boundary.end(), [&one](const BoundaryEntry& entry) {
          return std::any_of(one.boundary.begin(), one.boundary.end(), [&entry](const BoundaryEntry& other) {
            return other.resource.same(entry.resource) && other.role == entry.role;
          });
        });
    if (!same_boundary || one.scopes != prepared.scopes || one.role != prepared.role) {
      return fail(Errc::kConflict,
                  "The token \"" + wanted.name + "\" of " + wanted.account +
                      " is there with another boundary, scopes or role. A token is not widened: narrow it (gatehouse token "
                      "narrow " +
                      one.id.value + "), or give the new one another name.",
                  {}, "name");
    }
    ++unchanged_;
    return own("token", one.id.value);
  }
  GH_TRY(admin::InsertedToken made, admin::insert_token(services_, at_, caller_, wanted, std::move(prepared)));
  GH_TRYV(own("token", made.credential.id.value));
  note("create", "token", wanted.name + " of " + wanted.account);
  json::object shown{{"id", made.credential.id.value}, {"account", wanted.account}, {"name", wanted.name}};
  shown["token"] = made.created.token.empty() ? json::value(nullptr) : json::value(made.created.token.expose());
  shown["handover"] = made.created.document.at("handover");
  tokens_.push_back(std::move(shown));
  record(std::move(made.event));
  return success();
}

Result<void> Application::revoke_token(store::Stored<Credential> stored) {
  Credential& token = stored.value;
  GH_TRY(const auto account, at_.accounts.get(token.account));
  GH_TRYV(admin::check_reach(Need::kChangeOwn, who_, token, account.value));
  Describer describer(at_, now_);
  GH_TRY(const Document before, describer.token(token));
  token.state = State::kRevoked;
  token.pause = {};
  GH_TRYV(at_.credentials.update(token, stored.version));
  GH_TRYV(admin::tell_of_change(services_, at_.outbox, caller_, "token.revoke", token.id.value, token.name, "apply"));
  GH_TRY(const Document after, describer.token(token));
  note("remove", "token", token.name + " of " + account.value.handle);
  record("token.revoke", "token", token.id.value, token.name, &before, &after);
  return success();
}

Result<void> Application::archive_account(store::Stored<ServiceAccount> stored) {
  GH_TRYV(need_org_admin());
  ServiceAccount& account = stored.value;
  Describer describer(at_, now_);
  GH_TRY(const Document before, describer.account(account));
  GH_TRYV(admin::end_account(account, at_));
  GH_TRYV(at_.accounts.update(account, stored.version));
  GH_TRYV(admin::tell_of_change(services_, at_.outbox, caller_, "account.archive", account.id.value, account.handle, "apply"));
  GH_TRY(const Document after, describer.account(account));
  note("remove", "account", account.handle);
  record("account.archive", "account", account.id.value, account.handle, &before, &after);
  return success();
}

Result<void> Application::prune() {
  if (file_.label.empty())
    return fail(Errc::kInvalidArgument, "Only what a file owns can be pruned: give it a label.", {}, "label");
  GH_TRY(const auto owned, at_.applied.of_label(file_.label));
  // Tokens and grants before the accounts that they hang on.
  for (const std::string_view kind : {"token", "grant", "account"}) {
    for (const auto& [of_kind, id] : owned) {
      if (of_kind != kind || named_.contains({of_kind, id})) continue;
      if (kind == "token") {
        GH_TRY(auto token, at_.credentials.get(CredentialId(id)));
        if (token.value.state != State::kRevoked) {
          GH_TRYV(revoke_token(std::move(token)));
        }
      } else if (kind == "grant") {
        GH_TRY(auto grant, at_.grants.get(GrantId(id)));
        if (grant.value.state != State::kRevoked) {
          GH_TRYV(remove_grant(std::move(grant)));
        }
      } else {
        GH_TRY(auto account, at_.accounts.get(AccountId(id)));
        if (account.value.state != State::kArchived) {
          GH_TRYV(archive_account(std::move(account)));
        }
      }
      GH_TRYV(at_.applied.remove(of_kind, id));
    }
  }
  return success();
}

}  // namespace

Result<Document> apply_file(admin::Services& services, const Caller& caller, std::string_view yaml, const ApplyRequest& request) {
  GH_TRY(const ApplyFile file, read_apply_file(yaml));
  GH_TRY(Prepared prepared, prepare(services, caller, file));
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(Principal who, admin::authority_of(services, at, caller));
  Application application(services, caller, file, at, std::move(who));
  GH_TRYV(application.run(prepared));
  if (request.prune) {
    GH_TRYV(application.prune());
  }
  Document report = application.report(request.dry_run);
  if (request.dry_run || !application.changed()) return report;
  std::vector<AuditEvent> events = application.take_events();
  if (events.empty()) events.push_back(admin::make_event(caller, "apply.own", "label", file.label, file.label));
  GH_TRYV(admin::commit(services, std::move(work), std::move(events)));
  return report;
}

}  // namespace gatehouse::inventory
