#include "admin/describe.h"

#include <algorithm>

#include "admin/json_values.h"
#include "admin/rate.h"

namespace gatehouse::admin {
namespace {

namespace json = boost::json;

json::value duration_or_null(const std::optional<Duration>& span) {
  return span ? json::value(format_duration(*span)) : json::value(nullptr);
}

json::array texts(const std::vector<std::string>& all) {
  json::array array;
  for (const std::string& one : all) array.emplace_back(one);
  return array;
}

/// A pause whose end has come is over, whatever the row says.
std::string_view state_word(State state, const Pause& pause, Instant now, std::string_view paused = "paused",
                            std::string_view revoked = "revoked") {
  if (is_live(state, pause, now)) return "live";
  switch (state) {
    case State::kPaused: return pause.resume_by == ResumeBy::kApproval ? std::string_view("pending") : paused;
    case State::kArchived: return "archived";
    case State::kRevoked: return revoked;
    case State::kLive: break;
  }
  return "live";
}

std::string_view resume_word(const Pause& pause) {
  switch (pause.resume_by) {
    case ResumeBy::kOwner: return "owner";
    case ResumeBy::kResourceAdmin: return "project-admin";
    case ResumeBy::kApproval: return "approval";
    case ResumeBy::kOrgAdmin: break;
  }
  return "org-admin";
}

void add_pause(json::object& object, State state, const Pause& pause, Instant now) {
  const bool paused = state == State::kPaused && !is_live(state, pause, now);
  object["pause_reason"] = paused ? text_or_null(pause.reason) : json::value(nullptr);
  object["paused_until"] = paused ? instant_or_null(pause.until) : json::value(nullptr);
  object["resume_by"] = paused ? json::value(resume_word(pause)) : json::value(nullptr);
}

/// Null where the token may not rotate itself.
json::value self_rotation(const SelfRotation& right) {
  if (!right.allowed) return nullptr;
  json::array from;
  for (const Network& network : right.from) from.emplace_back(format_network(network));
  return json::object{{"from", std::move(from)},
                      {"times_left", right.times_left ? json::value(*right.times_left) : json::value(nullptr)}};
}

}  // namespace

Result<std::string> Describer::site_key(const SiteId& id) {
  if (const auto known = sites_.find(id.value); known != sites_.end()) return known->second;
  GH_TRY(const auto site, at_.sites.get(id));
  return sites_.emplace(id.value, site.value.key).first->second;
}

Result<std::string> Describer::email_of(const UserId& id) {
  if (id.empty()) return std::string();
  if (const auto known = emails_.find(id.value); known != emails_.end()) return known->second;
  GH_TRY(const auto user, at_.users.get(id));
  return emails_.emplace(id.value, user.value.email).first->second;
}

Result<std::string> Describer::handle_of(const AccountId& id) {
  if (id.empty()) return std::string();
  if (const auto known = handles_.find(id.value); known != handles_.end()) return known->second;
  GH_TRY(const auto account, at_.accounts.get(id));
  return handles_.emplace(id.value, account.value.handle).first->second;
}

Result<std::string> Describer::resource_name(const Resource& resource) {
  GH_TRY(const std::string site, site_key(resource.site));
  return format_resource_name(site, resource.whole_site() ? "*" : resource.key);
}

Result<json::array> Describer::paused_resources(PausedFor whom, const std::string& subject) {
  if (!pauses_) {
    GH_TRY(pauses_, at_.resource_pauses.all());
  }
  json::array array;
  for (const ResourcePause& one : *pauses_) {
    if (one.whom != whom || one.subject != subject || !one.in_force(now_)) continue;
    GH_TRY(const std::string name, resource_name(one.resource));
    array.push_back(json::object{{"resource", name},
                                 {"reason", text_or_null(one.pause.reason)},
                                 {"until", instant_or_null(one.pause.until)},
                                 {"resume_by", resume_word(one.pause)}});
  }
  return array;
}

Result<json::object> Describer::site(const Site& site) {
  json::object object;
  object["id"] = site.id.value;
  object["key"] = site.key;
  object["product"] = to_string(site.product);
  object["url"] = site.base_url;
  object["cloud_id"] = text_or_null(site.cloud_id);
  object["host"] = text_or_null(site.host);
  object["state"] = state_word(site.state, site.pause, now_);
  add_pause(object, site.state, site.pause, now_);
  object["budget"] = text_or_null(format_rate(site.budget));
  object["spec_digest"] = text_or_null(site.spec_digest);
  GH_TRY(object["paused_resources"], paused_resources(PausedFor::kSite, site.id.value));
  object["created_at"] = format_instant(site.created_at);
  return object;
}

Result<json::object> Describer::upstream_credential(const UpstreamCredential& credential) {
  json::object object;
  GH_TRY(const std::string site, site_key(credential.site));
  GH_TRY(const std::string account, handle_of(credential.account));
  GH_TRY(const std::string owner, email_of(credential.owner));
  GH_TRY(const std::string deputy, email_of(credential.deputy));
  object["id"] = credential.id.value;
  object["site"] = site;
  object["account"] = text_or_null(account);
  object["auth"] = to_string(credential.auth);
  object["username"] = text_or_null(credential.username);
  object["token_url"] = text_or_null(credential.token_url);
  object["owner"] = text_or_null(owner);
  object["deputy"] = text_or_null(deputy);
  object["scopes"] = credential.scopes ? json::value(texts(scope_names(*credential.scopes))) : json::value(nullptr);
  object["expires_at"] = instant_or_null(credential.expires_at);
  const bool ended = credential.expires_at && *credential.expires_at <= now_ && credential.state == State::kLive;
  object["state"] = ended ? std::string_view("expired") : state_word(credential.state, {}, now_);
  object["created_at"] = format_instant(credential.created_at);
  return object;
}

Result<json::object> Describer::user(const User& user) {
  json::array administers;
  for (const Resource& resource : user.administers) {
    GH_TRY(const std::string name, resource_name(resource));
    administers.emplace_back(name);
  }
  json::object object;
  object["id"] = user.id.value;
  object["email"] = user.email;
  object["name"] = user.name;
  object["role"] = to_string(user.role);
  object["resources"] = std::move(administers);
  object["state"] = state_word(user.state, user.pause, now_, "suspended");
  add_pause(object, user.state, user.pause, now_);
  object["created_at"] = format_instant(user.created_at);
  return object;
}

Result<json::object> Describer::account(const ServiceAccount& account) {
  GH_TRY(const std::string owner, email_of(account.owner));
  GH_TRY(const std::string deputy, email_of(account.deputy));
  json::object object;
  object["id"] = account.id.value;
  object["handle"] = account.handle;
  object["owner"] = owner;
  object["deputy"] = text_or_null(deputy);
  object["purpose"] = account.purpose;
  object["runs_in"] = account.runs_in;
  object["tool"] = text_or_null(account.tool);
  object["repository"] = text_or_null(account.repository);
  object["job"] = text_or_null(account.job);
  object["link"] = text_or_null(account.link);
  object["declared_sites"] = texts(account.declared.sites);
  object["declared_resources"] = texts(account.declared.resources);
  object["declared_scopes"] = texts(account.declared.scopes);
  object["docs"] = text_or_null(account.docs_url);
  object["runbook"] = text_or_null(account.runbook_url);
  object["rotation_plan"] = text_or_null(account.rotation_plan);
  object["rotate_every"] = duration_or_null(account.rotate_every);
  object["expected_every"] = duration_or_null(account.expected_every);
  object["criticality"] = to_string(account.criticality);
  object["external"] = account.external;
  object["state"] = state_word(account.state, account.pause, now_);
  add_pause(object, account.state, account.pause, now_);
  GH_TRY(object["paused_resources"], paused_resources(PausedFor::kAccount, account.id.value));
  object["created_at"] = format_instant(account.created_at);
  return object;
}

Result<json::object> Describer::grant(const Grant& grant) {
  GH_TRY(const std::string account, handle_of(grant.account));
  GH_TRY(const std::string resource, resource_name(grant.resource));
  GH_TRY(const std::string granted_by, email_of(grant.granted_by));
  json::object object;
  object["id"] = grant.id.value;
  object["account"] = account;
  object["resource"] = resource;
  object["resource_id"] = grant.resource.id;
  object["scopes"] = texts(scope_names(grant.scopes));
  object["role"] = text_or_null(grant.role);
  object["directory"] = grant.directory;
  object["restricted"] = grant.restricted == Restricted::kInclude ? "include" : "exclude";
  object["granted_by"] = text_or_null(granted_by);
  object["backing"] = grant.backing == Backing::kBacked ? "backed" : grant.backing == Backing::kInGrace ? "in grace" : "unbacked";
  object["grace_ends_at"] = instant_or_null(grant.grace_ends_at);
  object["state"] = state_word(grant.state, grant.pause, now_, "paused", "removed");
  add_pause(object, grant.state, grant.pause, now_);
  object["created_at"] = format_instant(grant.created_at);
  return object;
}

Result<std::string> Describer::entry_state(const Credential& credential, const BoundaryEntry& entry) {
  if (credential.kind == CredentialKind::kApp) return std::string("by consent");
  auto known = grants_.find(credential.account.value);
  if (known == grants_.end()) {
    GH_TRY(auto grants, at_.grants.of_account(credential.account));
    known = grants_.emplace(credential.account.value, std::move(grants)).first;
  }
  bool any = false;
  bool any_unpaused = false;
  for (const Grant& grant : known->second) {
    const bool covers = grant.resource.site == entry.resource.site &&
                        (grant.resource.whole_site() || entry.resource.whole_site() || grant.resource.id == entry.resource.id);
    if (!covers) continue;
    any = true;
    if (!is_live(grant.state, grant.pause, now_)) continue;
    any_unpaused = true;
    const bool backed = grant.backing == Backing::kBacked ||
                        (grant.backing == Backing::kInGrace && grant.grace_ends_at && *grant.grace_ends_at > now_);
    if (backed) return std::string("open");
  }
  if (!any) return std::string("waiting for grant");
  return std::string(any_unpaused ? "grant unbacked" : "grant paused");
}

Result<json::object> Describer::token(const Credential& credential) {
  GH_TRY(const std::string account, handle_of(credential.account));
  GH_TRY(const std::string owner, email_of(credential.owner));
  GH_TRY(const std::string requested_by, email_of(credential.requested_by));
  json::array resources;
  json::array boundary;
  json::array waiting;
  // From its time on the proposed boundary is the boundary, though nobody wrote it down.
  const bool bounded = credential.propose_until && *credential.propose_until <= now_;
  for (const BoundaryEntry& entry : bounded ? credential.proposed : credential.boundary) {
    GH_TRY(const std::string name, resource_name(entry.resource));
    GH_TRY(const std::string state, entry_state(credential, entry));
    resources.emplace_back(name);
    if (state == "waiting for grant") waiting.emplace_back(name);
    boundary.push_back(json::object{
        {"resource", name}, {"resource_id", entry.resource.id}, {"role", text_or_null(entry.role)}, {"state", state}});
  }
  json::array secrets;
  for (const SecretRecord& secret : credential.secrets) {
    const bool over =
        is_over(secret.state) || (secret.state == SecretState::kOverlap && secret.ends_at && *secret.ends_at <= now_);
    secrets.push_back(json::object{{"id", secret.id.value},
                                   {"state", to_string(over ? SecretState::kRetired : secret.state)},
                                   {"created_at", format_instant(secret.created_at)},
                                   {"first_used_at", instant_or_null(secret.first_used_at)},
                                   {"ends_at", instant_or_null(secret.ends_at)}});
  }
  json::array allow_ips;
  for (const Network& network : credential.allow_ips) allow_ips.emplace_back(format_network(network));
  const bool expired = credential.expires_at && *credential.expires_at <= now_ && credential.state != State::kRevoked;
  json::array proposed;
  for (const BoundaryEntry& entry : credential.proposed) {
    GH_TRY(const std::string name, resource_name(entry.resource));
    proposed.push_back(json::value(entry.role.empty() ? name : name + "=" + entry.role));
  }
  json::object object;
  object["id"] = credential.id.value;
  object["account"] = account;
  object["kind"] = to_string(credential.kind);
  object["name"] = credential.name;
  object["state"] = expired ? std::string_view("expired") : state_word(credential.state, credential.pause, now_);
  object["scopes"] = texts(scope_names(credential.scopes));
  object["role"] = text_or_null(credential.role);
  object["resources"] = std::move(resources);
  object["waiting"] = std::move(waiting);
  object["boundary"] = std::move(boundary);
  object["proposed"] = std::move(proposed);
  object["propose_until"] = instant_or_null(credential.propose_until);
  object["lifetime"] = credential.expires_at ? "temporary" : "permanent";
  object["expires_at"] = instant_or_null(credential.expires_at);
  object["rotate_every"] = duration_or_null(credential.rotate_every);
  object["overlap"] = format_duration(credential.overlap);
  object["rotated_by"] = credential.rotated_by == RotatedBy::kAgent ? "agent" : "owner";
  object["self_rotation"] = self_rotation(credential.self_rotation);
  object["owner"] = text_or_null(owner);
  object["requested_by"] = text_or_null(requested_by);
  object["allow_ips"] = std::move(allow_ips);
  object["rate"] = text_or_null(format_rate(credential.rate));
  object["relaxed_queries"] = credential.relaxed_queries;
  object["partial"] = false;
  add_pause(object, credential.state, credential.pause, now_);
  GH_TRY(object["paused_resources"], paused_resources(PausedFor::kToken, credential.id.value));
  object["secrets"] = std::move(secrets);
  object["created_at"] = format_instant(credential.created_at);
  return object;
}

Result<json::object> Describer::write_line(const store::WriteLine& line) {
  GH_TRY(const std::string site, site_key(line.site));
  GH_TRY(const std::string account, handle_of(line.account));
  json::object object;
  object["at"] = format_instant(line.at);
  object["site"] = site;
  object["object"] = line.object_key.empty() ? line.object_id : line.object_key;
  object["operation"] = line.operation;
  object["account"] = account;
  object["token_id"] = line.credential.value;
  object["secret_id"] = line.secret.value;
  object["resource_id"] = text_or_null(line.resource);
  object["status"] = line.status;
  object["request_id"] = line.request_id;
  object["upstream_trace_id"] = text_or_null(line.upstream_trace_id);
  return object;
}

json::object describe(const AuditRecord& record) {
  const AuditEvent& event = record.event;
  const auto parsed = [](const std::string& text) -> json::value {
    if (text.empty()) return nullptr;
    json::error_code problem;
    json::value value = json::parse(text, problem);
    return problem ? json::value(text) : value;
  };
  json::object object;
  object["sequence"] = record.sequence;
  object["at"] = format_instant(record.at);
  object["id"] = record.id;
  object["action"] = event.action;
  object["outcome"] = event.outcome;
  object["target_kind"] = event.target_kind;
  object["target_id"] = event.target_id;
  object["target_name"] = event.target_name;
  object["actor_kind"] = event.caller.actor_kind;
  object["actor_id"] = event.caller.actor_id;
  object["actor"] = event.caller.actor_name;
  object["on_behalf_of"] = text_or_null(event.caller.on_behalf_of);
  object["address"] = text_or_null(event.caller.address);
  object["user_agent"] = text_or_null(event.caller.user_agent);
  object["reason"] = text_or_null(event.reason);
  object["before"] = parsed(event.before_json);
  object["after"] = parsed(event.after_json);
  return object;
}

}  // namespace gatehouse::admin
