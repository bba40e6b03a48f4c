#include "lifecycle/subject.h"

#include <algorithm>
#include <set>

#include "admin/describe.h"

namespace gatehouse::lifecycle {
namespace {

/// Nothing where it is not there; other errors pass.
template <class T>
Result<std::optional<T>> found(Result<store::Stored<T>> looked_up) {
  if (looked_up) return std::optional<T>(std::move(looked_up.value().value));
  if (looked_up.error().code == Errc::kNotFound) return std::optional<T>();
  return std::move(looked_up).error();
}

class Builder {
 public:
  explicit Builder(const store::Repositories& at) : at_(at) {}

  void rung() { rungs_.emplace_back(); }
  void leave_out(const UserId& id) { known_.insert(id.value); }

  Result<void> add(const UserId& id, std::string_view reason) {
    if (id.empty() || known_.contains(id.value)) return success();
    GH_TRY(const auto user, found(at_.users.get(id)));
    if (user && user->state == State::kLive) put(*user, reason);
    return success();
  }

  /// Those who administer one of these resources, or the whole of their site.
  Result<void> add_project_admins(const std::vector<Resource>& resources) {
    store::Users::Filter filter;
    filter.role = UserRole::kProjectAdmin;
    filter.state = State::kLive;
    return each_user(filter, [&](const User& user) {
      const bool covers = std::any_of(user.administers.begin(), user.administers.end(), [&](const Resource& own) {
        return std::any_of(resources.begin(), resources.end(), [&](const Resource& one) {
          return own.same(one) || (own.site == one.site && (own.whole_site() || one.whole_site()));
        });
      });
      if (covers) put(user, "administrator of its project");
    });
  }

  Result<Rungs> finish() {
    rung();
    store::Users::Filter filter;
    filter.role = UserRole::kOrgAdmin;
    filter.state = State::kLive;
    GH_TRYV(each_user(filter, [&](const User& user) { put(user, "organization administrator"); }));
    return std::move(rungs_);
  }

 private:
  void put(const User& user, std::string_view reason) {
    if (known_.insert(user.id.value).second) rungs_.back().push_back({user.id, user.email, std::string(reason)});
  }

  template <class Take>
  Result<void> each_user(const store::Users::Filter& filter, const Take& take) {
    store::Page page{{}, 1000};
    do {
      GH_TRY(const auto listed, at_.users.list(filter, page));
      for (const auto& stored : listed.items) take(stored.value);
      page.after = listed.next;
    } while (!page.after.empty());
    return success();
  }

  const store::Repositories& at_;
  Rungs rungs_;
  std::set<std::string> known_;
};

Result<void> token_rungs(const store::Repositories& at, const std::string& id, Builder& to) {
  GH_TRY(const auto token, found(at.credentials.get(CredentialId(id))));
  if (!token) return success();
  GH_TRY(const auto account, found(at.accounts.get(token->account)));
  to.rung();
  GH_TRYV(to.add(token->owner, "owner of the token"));
  to.rung();
  if (account) {
    GH_TRYV(to.add(account->owner, "owner of the account"));
    GH_TRYV(to.add(account->deputy, "deputy of the account"));
  }
  to.rung();
  GH_TRYV(to.add(token->requested_by, "who asked for the token"));
  std::vector<Resource> resources;
  for (const BoundaryEntry& entry : token->boundary) resources.push_back(entry.resource);
  to.rung();
  return to.add_project_admins(resources);
}

Result<void> account_rungs(const store::Repositories& at, const AccountId& id, Builder& to) {
  GH_TRY(const auto account, found(at.accounts.get(id)));
  if (!account) return success();
  to.rung();
  GH_TRYV(to.add(account->owner, "owner of the account"));
  to.rung();
  GH_TRYV(to.add(account->deputy, "deputy of the account"));
  to.rung();
  GH_TRY(const auto tokens, at.credentials.of_account(account->id));
  for (const Credential& token : tokens) {
    if (token.state == State::kRevoked) continue;
    GH_TRYV(to.add(token.owner, "owner of one of its tokens"));
    GH_TRYV(to.add(token.requested_by, "who asked for one of its tokens"));
  }
  std::vector<Resource> resources;
  GH_TRY(const auto grants, at.grants.of_account(account->id));
  for (const Grant& grant : grants) {
    if (grant.state != State::kRevoked) resources.push_back(grant.resource);
  }
  to.rung();
  return to.add_project_admins(resources);
}

Result<void> grant_rungs(const store::Repositories& at, const std::string& id, Builder& to) {
  GH_TRY(const auto grant, found(at.grants.get(GrantId(id))));
  if (!grant) return success();
  GH_TRY(const auto account, found(at.accounts.get(grant->account)));
  to.rung();
  if (account) {
    GH_TRYV(to.add(account->owner, "owner of the account"));
    GH_TRYV(to.add(account->deputy, "deputy of the account"));
  }
  to.rung();
  return to.add_project_admins({grant->resource});
}

/// Who may decide: the administrators of its resources first, but not who asked.
Result<void> approval_rungs(const store::Repositories& at, const std::string& id, Builder& to) {
  const auto approval = at.approvals.get(id);
  if (!approval) return approval.error().code == Errc::kNotFound ? Result<void>(success()) : approval.error();
  to.leave_out(approval.value().asked_by);
  std::vector<Resource> resources;
  GH_TRY(const auto token, found(at.credentials.get(CredentialId(approval.value().subject))));
  GH_TRY(const auto grant, found(at.grants.get(GrantId(approval.value().subject))));
  if (grant) resources.push_back(grant->resource);
  if (token) {
    for (const BoundaryEntry& entry : token->boundary) resources.push_back(entry.resource);
  }
  to.rung();
  return to.add_project_admins(resources);
}

Result<void> site_credential_rungs(const store::Repositories& at, const std::string& id, Builder& to) {
  GH_TRY(const auto credential, found(at.upstream_credentials.get(UpstreamCredentialId(id))));
  if (!credential) return success();
  to.rung();
  GH_TRYV(to.add(credential->owner, "owner of the site credential"));
  to.rung();
  GH_TRYV(to.add(credential->deputy, "deputy of the site credential"));
  if (!credential->account.empty()) {
    GH_TRY(const auto account, found(at.accounts.get(credential->account)));
    if (account) {
      GH_TRYV(to.add(account->owner, "owner of the account"));
      GH_TRYV(to.add(account->deputy, "deputy of the account"));
    }
  }
  to.rung();
  return to.add_project_admins({Resource{credential->site, "*", "*"}});
}

Result<void> site_rungs(const store::Repositories& at, const std::string& id, Builder& to) {
  store::UpstreamCredentials::Filter filter;
  filter.site = SiteId(id);
  GH_TRY(const auto listed, at.upstream_credentials.list(filter, store::Page{{}, 1000}));
  to.rung();
  for (const auto& stored : listed.items) {
    GH_TRYV(to.add(stored.value.owner, "owner of the site's credential"));
    GH_TRYV(to.add(stored.value.deputy, "deputy of the site's credential"));
  }
  to.rung();
  return to.add_project_admins({Resource{SiteId(id), "*", "*"}});
}

Result<void> describe_account(const store::Repositories& at, const AccountId& id, Subject& subject) {
  GH_TRY(const auto account, found(at.accounts.get(id)));
  if (!account) return success();
  subject.account = account->handle;
  subject.purpose = account->purpose;
  subject.runs_in = account->runs_in;
  subject.runbook = account->runbook_url;
  subject.criticality = admin::to_string(account->criticality);
  return success();
}

}  // namespace

Result<Rungs> rungs_of(const store::Repositories& at, std::string_view kind, const std::string& id) {
  Builder builder(at);
  if (kind == "token") {
    GH_TRYV(token_rungs(at, id, builder));
  } else if (kind == "account") {
    GH_TRYV(account_rungs(at, AccountId(id), builder));
  } else if (kind == "grant") {
    GH_TRYV(grant_rungs(at, id, builder));
  } else if (kind == "approval") {
    GH_TRYV(approval_rungs(at, id, builder));
  } else if (kind == "site_credential") {
    GH_TRYV(site_credential_rungs(at, id, builder));
  } else if (kind == "site") {
    GH_TRYV(site_rungs(at, id, builder));
  } else if (kind == "user") {
    builder.rung();
    GH_TRYV(builder.add(UserId(id), "it is you"));
  }
  return builder.finish();
}

Result<Subject> subject_of(const store::Repositories& at, std::string_view kind, const std::string& id, Instant now) {
  Subject subject;
  if (kind == "token") {
    GH_TRY(const auto token, found(at.credentials.get(CredentialId(id))));
    if (!token) return subject;
    GH_TRYV(describe_account(at, token->account, subject));
    admin::Describer describer(at, now);
    for (const BoundaryEntry& entry : token->boundary) {
      GH_TRY(std::string name, describer.resource_name(entry.resource));
      subject.resources.push_back(std::move(name));
    }
  } else if (kind == "account") {
    GH_TRYV(describe_account(at, AccountId(id), subject));
  } else if (kind == "grant") {
    GH_TRY(const auto grant, found(at.grants.get(GrantId(id))));
    if (!grant) return subject;
    GH_TRYV(describe_account(at, grant->account, subject));
    GH_TRY(std::string name, admin::Describer(at, now).resource_name(grant->resource));
    subject.resources.push_back(std::move(name));
  } else if (kind == "site_credential") {
    GH_TRY(const auto credential, found(at.upstream_credentials.get(UpstreamCredentialId(id))));
    if (credential && !credential->account.empty()) {
      GH_TRYV(describe_account(at, credential->account, subject));
    }
  }
  return subject;
}

}  // namespace gatehouse::lifecycle
