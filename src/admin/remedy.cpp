#include "admin/remedy.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "admin/describe.h"
#include "store/repositories.h"
#include "token/live_copy.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;
using catalogue::Operation;

/// One thing is given a try; what is missing after that many was not going to be little.
constexpr int kMostChanges = 8;
constexpr std::size_t kMostPeople = 5;

enum class Giver { kProjectAdmin, kOrgAdmin, kOwner, kMaker };

struct Change {
  std::string_view kind;
  std::string what;
  Giver giver = Giver::kOrgAdmin;
  std::string command = {};  ///< empty: none by itself
  std::optional<Resource> resource = {};
  std::string resource_name = {};  ///< empty: none, or not to be told
  ScopeSet scopes = {};
  bool new_token = false;  ///< a token is never widened: the command makes one that has all of it
};

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? std::string() : std::string(between)) + word;
  return out;
}

std::string names_of(const ScopeSet& scopes, std::string_view between = ",") { return joined(scope_names(scopes), between); }

/// For a shell: as it is where that is safe.
std::string quoted(std::string_view word) {
  constexpr std::string_view kSafe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@=,+";
  if (!word.empty() && word.find_first_not_of(kSafe) == std::string_view::npos) return std::string(word);
  std::string out = "'";
  for (const char c : word) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The scopes of the operation in the form of which `have` has all, else the classic ones.
ScopeSet needed(const Operation& operation, const ScopeSet& have) {
  const bool granular = have.includes(operation.granular) && !have.includes(operation.classic);
  return operation.has_granular && (!operation.has_classic || granular) ? operation.granular : operation.classic;
}

ScopeSet without(ScopeSet all, const ScopeSet& some) {
  for (const ScopeIndex scope : some.list()) all.remove(scope);
  return all;
}

bool failed_at(const Decision& decision, std::string_view step) {
  return std::any_of(decision.steps.begin(), decision.steps.end(),
                     [step](const DecisionStep& one) { return one.name == step && !one.passed; });
}

/// Gives a copy of the credential what it lacks, one thing after the other.
class Trial {
 public:
  Trial(Services& services, const gateway::ExplainRequest& wanted, const gateway::LookupFunction& lookup)
      : services_(services),
        now_(services.clock.now()),
        request_(wanted),
        copy_(token::copy_of(*wanted.credential)),
        account_(std::make_shared<token::LiveAccount>(*wanted.credential->account)),
        boundary_(std::make_shared<std::vector<BoundaryEntry>>(*wanted.credential->boundary_at(now_))) {
    copy_->account = account_;
    copy_->boundary = boundary_;
    request_.credential = copy_;
    request_.found = &found_;
    lookup_ = [this, &lookup](const http::UpstreamRequest& one) { return remembered(lookup, one); };
  }
  Trial(const Trial&) = delete;

  void run() {
    for (int i = 0; i <= kMostChanges; ++i) {
      found_ = {};
      const Decision decision = gateway::explain(services_.gateway, request_, lookup_, now_);
      if (decision.permitted()) {
        if (!changes_.empty()) suffice_ = true;
        return;
      }
      if (found_.site) site_ = found_.site;
      if (found_.operation) operation_ = found_.operation;
      const std::size_t before = changes_.size();
      if (!give(decision)) {
        // What was just added can't be tried; where nothing was, what was found so far does not do.
        if (before == changes_.size() && !changes_.empty()) suffice_ = false;
        return;
      }
      if (beyond_grants() && request_.hide_found) return;
    }
    suffice_ = false;
  }

  const std::vector<Change>& changes() const noexcept { return changes_; }
  std::optional<bool> suffice() const noexcept { return suffice_; }
  const token::LiveCredential& copy() const noexcept { return *copy_; }

 private:
  /// What no grant in force bounds any more: with it, the outcome would tell what lies where nothing is granted.
  bool beyond_grants() const { return !changes_.back().new_token || changes_.back().kind == "whole_site"; }

  http::LookupAnswer remembered(const gateway::LookupFunction& lookup, const http::UpstreamRequest& one) {
    const std::string key = one.route->pool_key + '\n' + std::string(one.head) + '\n' + std::string(one.body);
    const auto known = answers_.find(key);
    if (known != answers_.end()) return known->second;
    return answers_.emplace(key, lookup(one)).first->second;
  }

  /// False where nothing was added, or where what was added can't be tried.
  bool give(const Decision& decision) {
    switch (decision.reason) {
      case Reason::kTokenPaused:
        copy_->state = State::kLive;
        return add({"resume", "Resume the token.", Giver::kOwner, "gatehouse token resume " + id()});
      case Reason::kAccountPaused:
        account_->account.state = State::kLive;
        return add({"resume", "Resume the service account " + handle() + ".", Giver::kOwner,
                    "gatehouse account resume " + quoted(handle())});
      case Reason::kSitePaused:
        if (site_)
          add({"resume", "Resume the site " + site_key() + ".", Giver::kOrgAdmin, "gatehouse site resume " + site_key()});
        return false;
      case Reason::kExpired:
        copy_->expires_at = Instant::max();
        return add_token("expiry", "Make a new token: this one has ended, and rotation does not lengthen its life.");
      case Reason::kAddressNotAllowed:
        copy_->allow_ips = std::vector<Network>();
        return add_token("address", "Call from an address of its list, or make a token that may be used from " +
                                        format_ip(request_.address) + ".");
      case Reason::kInsufficientScope: return give_scopes(decision);
      case Reason::kRoleExcludesOperation: return give_role(decision);
      case Reason::kOperationRefused: return give_reach(decision);
      case Reason::kOutsideBoundary: return give_resource(decision);
      case Reason::kWrongSite:
        add_token("token_resource", "Make a token for a project or space of this site; this one has none there.");
        return false;
      case Reason::kWaitingForGrant: return give_grant(decision, Restricted::kExclude);
      case Reason::kRestrictedContent: return give_grant(decision, Restricted::kInclude);
      case Reason::kGrantPaused: return resume_grant(decision);
      case Reason::kGrantUnbacked: return back_grant(decision);
      case Reason::kResourcePaused: return resume_resource(decision);
      default: return false;
    }
  }

  bool give_scopes(const Decision& decision) {
    const ScopeSet lacking = without(decision.missing_scopes, *copy_->scopes);
    if (!lacking.empty()) {
      ScopeSet more = *copy_->scopes;
      more |= lacking;
      copy_->scopes = more;
      Change change{"token_scope", "Make a token that has " + names_of(lacking, " and ") + " too; a token is never widened.",
                    Giver::kMaker};
      change.scopes = lacking;
      return add_token(std::move(change));
    }
    const auto resource = resource_of(decision.resource);
    if (!resource || decision.missing_scopes.empty()) return false;
    grant(*resource, decision.missing_scopes);
    return add({"grant_scope",
                "Grant " + handle() + " " + names_of(decision.missing_scopes, " and ") + " on " + decision.resource +
                    "; grants on one resource add up.",
                Giver::kProjectAdmin, grant_command(decision.resource, decision.missing_scopes), resource, decision.resource,
                decision.missing_scopes});
  }

  bool includes(std::string_view role) const {
    if (role.empty()) return true;
    const catalogue::AccessRole* const known = catalogue().role(role);
    return known && known->operations[operation_->index];
  }
  const catalogue::Catalogue& catalogue() const { return *services_.gateway.catalogue_of(*site_); }

  /// The access role with the fewest operations that has this one; empty: none has.
  std::string least_role() const {
    std::string best;
    std::size_t fewest = SIZE_MAX;
    for (const catalogue::AccessRole& role : catalogue().roles()) {
      if (!role.operations[operation_->index] || role.operations.count() >= fewest) continue;
      fewest = role.operations.count();
      best = role.name;
    }
    return best;
  }

  bool give_role(const Decision& decision) {
    if (!operation_ || !site_) return false;
    const std::string role = least_role();
    const std::string in = role.empty() ? std::string("without an access role") : "in the access role " + role;
    if (!includes(*copy_->role)) {
      const std::string before = *copy_->role;
      copy_->role = role;
      return add_token("token_role", "Make a token " + in + ": " + before + " excludes " + operation_->id + ".");
    }
    const auto resource = resource_of(decision.resource);
    if (!resource) return false;
    BoundaryEntry* narrow = nullptr;
    bool entry_includes = false;
    for (BoundaryEntry& one : *boundary_) {
      if (one.resource.site != resource->site || !(one.resource.whole_site() || one.resource.id == resource->id)) continue;
      narrow = &one;
      entry_includes = entry_includes || includes(one.role);
    }
    if (narrow && !entry_includes) {
      narrow->role = role;
      return add_token("token_role", "Make a token that has " + decision.resource + " " + in + ".");
    }
    const ScopeSet scopes = needed(*operation_, *copy_->scopes);
    grant(*resource, scopes).role = role;
    return add({"grant_role", "Grant " + handle() + " the use of " + decision.resource + " " + in + ".", Giver::kProjectAdmin,
                grant_command(decision.resource, scopes) + (role.empty() ? std::string() : " --role " + quoted(role)), resource,
                decision.resource, scopes});
  }

  /// The operation itself is not for bounded tokens, or tells of users and groups at large.
  bool give_reach(const Decision& decision) {
    if (!operation_ || !site_ || (!operation_->has_classic && !operation_->has_granular)) return false;
    const ScopeSet scopes = needed(*operation_, *copy_->scopes);
    if (failed_at(decision, "directory")) return give_directory(scopes);
    if (!failed_at(decision, "operation")) return false;
    const Resource whole{site_->site.id, "*", "*"};
    const std::string name = format_resource_name(site_key(), "*");
    const bool has_entry =
        std::any_of(boundary_->begin(), boundary_->end(), [&](const BoundaryEntry& one) { return one.resource.same(whole); });
    if (!has_entry) {
      boundary_->push_back({whole, {}});
      Change change{"whole_site", "Make a token for the whole site: " + operation_->id + " is not confined to projects.",
                    Giver::kMaker};
      change.resource = whole;
      change.resource_name = name;
      add_token(std::move(change));
    }
    grant(whole, scopes).restricted = Restricted::kInclude;
    return add({"grant", "Grant " + handle() + " the whole site " + site_key() + ", with what is restricted.", Giver::kOrgAdmin,
                grant_command(name, scopes) + " --restricted include", whole, name, scopes});
  }

  bool give_directory(const ScopeSet& scopes) {
    const auto entry = std::find_if(boundary_->begin(), boundary_->end(),
                                    [&](const BoundaryEntry& one) { return one.resource.site == site_->site.id; });
    if (entry == boundary_->end()) return false;
    const std::string name = format_resource_name(site_key(), entry->resource.whole_site() ? "*" : entry->resource.key);
    grant(entry->resource, scopes).directory = true;
    return add({"directory", "Grant " + handle() + " the directory of users and groups, with " + name + ".", Giver::kOrgAdmin,
                grant_command(name, scopes) + " --directory", entry->resource, name, scopes});
  }

  bool give_resource(const Decision& decision) {
    if (found_.outside_id.empty() || decision.resource.empty() || !site_) {
      add_token(
          "token_resource",
          "Make a token for the project or space in which it lies, if it is there, with a grant on that to " + handle() + ".");
      return false;
    }
    const Resource resource{site_->site.id, found_.outside_id, decision.resource.substr(decision.resource.find('/') + 1)};
    boundary_->push_back({resource, {}});
    Change change{"token_resource", "Make a token for " + decision.resource + " too: it lies outside of this one's boundary.",
                  Giver::kMaker};
    change.resource = resource;
    change.resource_name = decision.resource;
    return add_token(std::move(change));
  }

  bool give_grant(const Decision& decision, Restricted restricted) {
    const auto resource = resource_of(decision.resource);
    if (!resource || !operation_) return false;
    const ScopeSet scopes = needed(*operation_, *copy_->scopes);
    grant(*resource, scopes).restricted = restricted;
    const std::string command = grant_command(decision.resource, scopes);
    if (restricted == Restricted::kInclude) {
      return add({"restricted", "Let " + handle() + " reach what is restricted on " + decision.resource + ".", Giver::kOrgAdmin,
                  command + " --restricted include", resource, decision.resource, scopes});
    }
    return add({"grant", "Grant " + handle() + " the use of " + decision.resource + ", with " + names_of(scopes, " and ") + ".",
                resource->whole_site() ? Giver::kOrgAdmin : Giver::kProjectAdmin, command, resource, decision.resource, scopes});
  }

  /// The first grant on it for which `wanted` holds.
  template <class Wanted>
  Grant* find_grant(const std::optional<Resource>& resource, const Wanted& wanted) {
    if (!resource) return nullptr;
    for (Grant& one : account_->grants) {
      const bool on_it = one.resource.site == resource->site && (one.resource.whole_site() || one.resource.id == resource->id);
      if (on_it && wanted(one)) return &one;
    }
    return nullptr;
  }

  bool resume_grant(const Decision& decision) {
    const auto resource = resource_of(decision.resource);
    Grant* const paused = find_grant(resource, [](const Grant& one) { return one.state == State::kPaused; });
    if (!paused) return false;
    paused->state = State::kLive;
    return add({"resume", "Resume the grant of " + handle() + " on " + decision.resource + ".", Giver::kProjectAdmin,
                "gatehouse grant resume " + paused->id.value, resource, decision.resource});
  }

  bool back_grant(const Decision& decision) {
    const auto resource = resource_of(decision.resource);
    Grant* const unbacked =
        find_grant(resource, [](const Grant& one) { return one.state == State::kLive && one.backing != Backing::kBacked; });
    if (!unbacked) return false;
    unbacked->backing = Backing::kBacked;
    return add({"back",
                "Back the grant of " + handle() + " on " + decision.resource + ": who gave it has no authority for it any more.",
                Giver::kProjectAdmin, "gatehouse grant back " + unbacked->id.value, resource, decision.resource});
  }

  bool resume_resource(const Decision& decision) {
    const auto resource = resource_of(decision.resource);
    if (!resource) return false;
    const auto stops = [&](const ResourcePause& one) { return one.in_force(now_) && one.names(resource->site, resource->id); };
    const std::string option = " --resource " + quoted(decision.resource);
    std::vector<ResourcePause> of_token = *copy_->pauses;
    if (std::erase_if(of_token, stops) > 0) {
      copy_->pauses = std::move(of_token);
      return add({"resume", "Resume " + decision.resource + " for this token.", Giver::kOwner,
                  "gatehouse token resume " + id() + option, resource, decision.resource});
    }
    if (std::erase_if(account_->pauses, stops) > 0) {
      return add({"resume", "Resume " + decision.resource + " for the service account " + handle() + ".", Giver::kOwner,
                  "gatehouse account resume " + quoted(handle()) + option, resource, decision.resource});
    }
    add({"resume", "Resume " + decision.resource + " on the site.", Giver::kProjectAdmin,
         "gatehouse site resume " + site_key() + option, resource, decision.resource});
    return false;
  }

  /// What a decision names, as the boundary or a grant has it.
  std::optional<Resource> resource_of(const std::string& name) const {
    if (!site_ || name.find('/') == std::string::npos) return std::nullopt;
    const std::string key = name.substr(name.find('/') + 1);
    const auto is_it = [&](const Resource& one) {
      return one.site == site_->site.id && (one.whole_site() ? key == "*" : one.key == key);
    };
    for (const BoundaryEntry& entry : *boundary_) {
      if (is_it(entry.resource)) return entry.resource;
    }
    for (const Grant& one : account_->grants) {
      if (is_it(one.resource)) return one.resource;
    }
    return std::nullopt;
  }

  Grant& grant(const Resource& resource, const ScopeSet& scopes) {
    Grant given;
    given.account = account_->account.id;
    given.resource = resource;
    given.scopes = scopes;
    given.backing = Backing::kBacked;
    account_->grants.push_back(std::move(given));
    return account_->grants.back();
  }

  std::string grant_command(const std::string& resource, const ScopeSet& scopes) const {
    return "gatehouse grant add --account " + quoted(handle()) + " --resource " + quoted(resource) + " --scopes " +
           names_of(scopes);
  }

  /// False where the same was given before: it did not help.
  bool add(Change change) {
    if (!known_.insert(std::string(change.kind) + '\n' + change.what).second) return false;
    changes_.push_back(std::move(change));
    return true;
  }
  bool add_token(Change change) {
    change.new_token = true;
    return add(std::move(change));
  }
  bool add_token(std::string_view kind, std::string what) { return add_token(Change{kind, std::move(what), Giver::kMaker}); }

  const std::string& handle() const { return account_->account.handle; }
  const std::string& site_key() const { return site_->site.key; }
  std::string id() const { return std::string(token::as_view(copy_->id)); }

  Services& services_;
  const Instant now_;
  gateway::ExplainRequest request_;
  gateway::ExplainFound found_;
  gateway::LookupFunction lookup_;
  std::shared_ptr<token::LiveCredential> copy_;
  std::shared_ptr<token::LiveAccount> account_;
  std::shared_ptr<std::vector<BoundaryEntry>> boundary_;
  const Operation* operation_ = nullptr;
  upstream::SiteEntryPtr site_;
  std::map<std::string, http::LookupAnswer> answers_;
  std::set<std::string> known_;
  std::vector<Change> changes_;
  std::optional<bool> suffice_;
};

/// A token like this one, with what the copy has.
Result<std::string> token_command(const store::Repositories& at, Describer& describer, const Credential& token,
                                  const ScopeSet& scopes, const std::string& role, const std::vector<BoundaryEntry>& boundary) {
  if (token.kind != CredentialKind::kApiToken && token.kind != CredentialKind::kOAuthClient) return std::string();
  GH_TRY(const std::string handle, describer.handle_of(token.account));
  std::string command = token.kind == CredentialKind::kApiToken ? "gatehouse token create" : "gatehouse client create";
  command += " --account " + quoted(handle) + " --name " + quoted(token.name) + " --scopes " + names_of(scopes);
  if (!role.empty()) command += " --role " + quoted(role);
  for (const BoundaryEntry& entry : boundary) {
    GH_TRY(const auto site, at.sites.get(entry.resource.site));
    // Of some only the id is known, which is no name.
    const std::string key = entry.resource.key.starts_with('#') ? std::string("KEY") : entry.resource.key;
    const std::string name = format_resource_name(site.value.key, entry.resource.whole_site() ? "*" : key);
    command += " --resource " + quoted(entry.role.empty() ? name : name + "=" + entry.role);
  }
  return command + (token.expires_at ? " --expires-in 90d" : " --permanent");
}

template <class Take>
Result<void> each_project_admin(const store::Repositories& at, const Take& take) {
  store::Users::Filter filter;
  filter.role = UserRole::kProjectAdmin;
  filter.state = State::kLive;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.users.list(filter, page));
    for (const auto& stored : listed.items) take(stored.value);
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

/// Who administers a resource is told to those who read everything, and where the account has dealings with it: a boundary alone
/// may name any.
Result<bool> may_know(const store::Repositories& at, const Change& change, const Credential& token, bool reads_all) {
  if (reads_all) return true;
  GH_TRY(const auto grants, at.grants.of_account(token.account));
  return std::any_of(grants.begin(), grants.end(), [&change](const Grant& one) { return one.resource.same(*change.resource); });
}

/// Those of them who are known by name. Organization administrators are not listed to whoever asks.
Result<std::vector<std::string>> people_of(const store::Repositories& at, Describer& describer, const Change& change,
                                           const Credential& token, bool reads_all) {
  std::vector<std::string> people;
  const auto add = [&people](const std::string& email) {
    const bool known = std::find(people.begin(), people.end(), email) != people.end();
    if (!email.empty() && !known && people.size() < kMostPeople) people.push_back(email);
  };
  if (change.giver == Giver::kProjectAdmin && change.resource) {
    GH_TRY(const bool known, may_know(at, change, token, reads_all));
    if (!known) return people;
    GH_TRYV(each_project_admin(at, [&](const User& user) {
      const bool covers = std::any_of(user.administers.begin(), user.administers.end(), [&](const Resource& own) {
        return own.site == change.resource->site && (own.whole_site() || own.id == change.resource->id);
      });
      if (covers) add(user.email);
    }));
  }
  if (change.giver == Giver::kOwner || change.giver == Giver::kMaker) {
    GH_TRY(const auto account, at.accounts.get(token.account));
    std::vector<UserId> ids{account.value.owner, account.value.deputy};
    if (change.giver == Giver::kOwner) ids.insert(ids.begin(), token.owner);
    for (const UserId& id : ids) {
      GH_TRY(const std::string email, describer.email_of(id));
      add(email);
    }
  }
  return people;
}

std::string may(const Change& change) {
  switch (change.giver) {
    case Giver::kProjectAdmin: return "project administrator of " + change.resource_name + " or organization administrator";
    case Giver::kOrgAdmin: break;
    case Giver::kOwner: return "owner or organization administrator";
    case Giver::kMaker: return "owner of the account, project administrator of the resources or organization administrator";
  }
  return "organization administrator";
}

Result<json::array> describe(const store::Repositories& at, Describer& describer, const std::vector<Change>& changes,
                             const Credential& token, const std::string& command, bool reads_all) {
  json::array all;
  for (const Change& change : changes) {
    json::array scopes, people;
    for (const std::string& name : scope_names(change.scopes)) scopes.emplace_back(name);
    GH_TRY(const auto who, people_of(at, describer, change, token, reads_all));
    for (const std::string& one : who) people.emplace_back(one);
    const std::string& line = change.new_token ? command : change.command;
    json::object document;
    document["kind"] = change.kind;
    document["what"] = change.what;
    document["resource"] = change.resource_name.empty() ? json::value(nullptr) : json::value(change.resource_name);
    document["scopes"] = std::move(scopes);
    document["may"] = may(change);
    document["people"] = std::move(people);
    document["command"] = line.empty() ? json::value(nullptr) : json::value(line);
    all.push_back(std::move(document));
  }
  return all;
}

}  // namespace

Result<Remedy> find_remedy(Services& services, const gateway::ExplainRequest& wanted, const Credential& token,
                           const gateway::LookupFunction& lookup) {
  Remedy remedy;
  if (!wanted.credential->account || !wanted.credential->boundary) return remedy;
  Trial trial(services, wanted, lookup);
  trial.run();
  remedy.suffice = trial.suffice();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  Describer describer(at, services.clock.now());
  const token::LiveCredential& copy = trial.copy();
  GH_TRY(const std::string command, token_command(at, describer, token, *copy.scopes, *copy.role, *copy.boundary));
  GH_TRY(remedy.changes, describe(at, describer, trial.changes(), token, command, !wanted.hide_found));
  return remedy;
}

Result<Remedy> replace_token(Services& services, const Credential& token) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  Describer describer(at, services.clock.now());
  Change change{"expiry", "Make a new token: this one has ended, which is final.", Giver::kMaker};
  change.new_token = true;
  Remedy remedy;
  GH_TRY(const std::string command, token_command(at, describer, token, token.scopes, token.role, token.boundary));
  GH_TRY(remedy.changes, describe(at, describer, {change}, token, command, false));
  return remedy;
}

}  // namespace gatehouse::admin
