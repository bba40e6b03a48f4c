#include "store/dump.h"

#include <algorithm>
#include <charconv>

namespace gatehouse::store {
namespace {

constexpr int kRowsAtOnce = 500;

std::vector<std::string> split(std::string_view columns) {
  std::vector<std::string> out;
  while (!columns.empty()) {
    const std::size_t end = std::min(columns.find(", "), columns.size());
    out.emplace_back(columns.substr(0, end));
    columns.remove_prefix(std::min(end + 2, columns.size()));
  }
  return out;
}

/// "n" NULL, "i" number, "t" text with its length; a row ends with ".", a table begins with "T".
void append(std::string& out, const Value& value) {
  if (const auto* const number = std::get_if<std::int64_t>(&value)) {
    out += 'i' + std::to_string(*number) + ';';
  } else if (const auto* const text = std::get_if<std::string>(&value)) {
    out += 't' + std::to_string(text->size()) + ':' + *text;
  } else {
    out += 'n';
  }
}

std::string placeholders(std::size_t first, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += (i == 0 ? ":p" : ", :p") + std::to_string(first + i);
  return out;
}

Error damaged() {
  return fail(Errc::kDataCorrupt, "The backup's rows can't be read; it was made by another version, or by no Gatehouse.");
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
    return (letter >= 'a' && letter <= 'z') || letter == '_' || letter == ',' || letter == ' ';
  });
}

}  // namespace

const std::vector<DumpTable>& dump_tables() {
  static const std::vector<DumpTable> tables{
      {"users", "id, email, email_lower, name, role, state, pause_reason, pause_until, pause_resume_by, created_at, version",
       "ttttiitiiii", "id"},
      {"sites",
       "id, key, product, base_url, cloud_id, host, state, pause_reason, pause_until, pause_resume_by, created_at, version, "
       "spec_digest, budget_requests, budget_per",
       "ttitttitiiiitii", "id"},
      {"site_documents", "site, document", "tt", "site"},
      {"accounts",
       "id, handle, owner, deputy, purpose, runs_in, docs_url, runbook_url, rotation_plan, rotate_every, expected_every, "
       "criticality, state, pause_reason, pause_until, created_at, version, pause_resume_by, tool, repository, job, link, "
       "declared_sites, declared_resources, declared_scopes, external",
       "tttttttttiiiitiiiittttttti", "id"},
      {"upstream_credentials",
       "id, site, account, auth, username, sealed_secret, owner, deputy, expires_at, state, created_at, version, scopes, "
       "replaces, token_url",
       "tttittttiiiittt", "id"},
      {"user_resources", "user_id, position, site, resource_id, resource_key", "tittt", "user_id, position"},
      {"grants",
       "id, account, site, resource_id, resource_key, scopes, role, directory, restricted, granted_by, backing, grace_ends_at, "
       "state, "
       "pause_reason, pause_until, pause_resume_by, created_at, version",
       "tttttttiitiiitiiii", "id"},
      {"credentials",
       "id, account, kind, name, scopes, role, expires_at, rotate_every, overlap, owner, requested_by, allow_ips, rate_requests, "
       "rate_per, "
       "relaxed_queries, state, pause_reason, pause_until, pause_resume_by, created_at, rotated_by, self_rotate, "
       "self_rotate_ips, self_rotate_left, "
       "propose_until, version",
       "ttitttiiitttiiiitiiiiitiii", "id"},
      {"external_credentials",
       "credential, source, organization, upstream_id, holder_id, holder_name, holder_email, person, status, made_at, "
       "last_active_at, imported_at, vanished_at",
       "titttttitiiii", "credential"},
      {"external_accounts", "organization, upstream_id, account, email, name, status, imported_at, vanished_at", "ttttttii",
       "organization, upstream_id"},
      {"boundary_entries", "credential, position, site, resource_id, resource_key, role", "titttt", "credential, position"},
      {"proposed_entries", "credential, position, site, resource_id, resource_key, role", "titttt", "credential, position"},
      {"resource_pauses", "subject_kind, subject, site, resource_id, resource_key, pause_reason, pause_until, pause_resume_by",
       "itttttii", "subject_kind, subject, site, resource_id"},
      {"judgements", "credential, site, operation, outcome, resource, requests, first_at, last_at, request_id", "tttttiiit",
       "credential, site, operation, outcome, resource"},
      {"denials", "credential, site, operation, reason, resource, resource_id, requests, first_at, last_at, request_id, hidden",
       "ttttttiiiti", "credential, site, operation, reason, resource, resource_id, hidden"},
      {"secrets", "id, credential, position, hash, state, created_at, first_used_at, ends_at", "ttitiiii", "id"},
      {"oauth_clients", "credential, auth, key_set, redirect_uris, issuer, audience, subject, claims, device", "titttttti",
       "credential"},
      {"oauth_consents", "id, user_id, app, scopes, created_at, changed_at, ended_at", "ttttiii", "id"},
      {"oauth_consent_resources", "consent, position, site, resource_id, resource_key", "tittt", "consent, position"},
      {"oauth_refresh_tokens",
       "id, hash, family, consent, client, content, created_at, idle_ends_at, ends_at, used_at, successor, sealed_successor",
       "ttttttiiiitt", "id"},
      {"oauth_keys", "id, form, sealed_secret, created_at, signs_from, ends_at", "titiii", "id"},
      {"oauth_ended", "id, ended_at, forget_at", "tii", "id"},
      {"approvals", "id, kind, subject, scopes, asked_by, asked_at, expires_at, decision, decided_by, decided_at, reason",
       "tttttiiitit", "id"},
      {"handovers",
       "id, credential, recipient, user_id, made_by, hash, code_hash, wrong_codes, sealed_secret, created_at, expires_at, "
       "taken_at, "
       "ended_at",
       "tttttttitiiii", "id"},
      {"applied", "kind, subject, label", "ttt", "kind, subject"},
      {"admin_keys", "id, user_id, name, hash, expires_at, state, created_at, version", "ttttiiii", "id"},
      {"sign_in_links", "id, user_id, purpose, hash, sealed_payload, created_at, expires_at, used_at", "ttittiii", "id"},
      {"logins", "user_id, sealed_password, password_set_at, sealed_code_key, code_step, recovery_hashes", "ttitit", "user_id"},
      {"passkeys", "id, user_id, name, credential, public_key, uses, created_at, last_used_at", "tttttiii", "id"},
      {"login_sessions", "id, user_id, hash, way, created_at, seen_at, proved_at, ends_at, ended_at, address, user_agent",
       "ttttiiiiitt", "id"},
      {"used_once", "id, ends_at", "ti", "id"},
      {"device_requests",
       "id, hash, code_hash, name, address, state, user_id, created_at, ends_at, polled_at, app, asked, answer", "tttttitiiittt",
       "id"},
      {"identities", "issuer, subject, user_id, created_at", "ttti", "issuer, subject"},
      {"atlassian_grants",
       "user_id, account_id, name, scopes, sealed_access, access_ends_at, sealed_refresh, connected_at, renewed_at, "
       "renewing_until, ended_at, looked_at, version",
       "tttttitiiiiii", "user_id"},
      {"atlassian_authority", "user_id, site, resource_id, resource_key, administers, checked_at", "ttttii",
       "user_id, site, resource_id"},
      {"directory_keys", "id, name, hash, created_at, revoked_at", "tttii", "id"},
      {"directory_people", "user_id, user_name, user_name_lower, external_id, changed_at, removed_at", "ttttii", "user_id"},
      {"directory_groups", "id, name, name_lower, external_id, created_at, changed_at", "ttttii", "id"},
      {"directory_members", "group_id, user_id", "tt", "group_id, user_id"},
      {"idempotent_requests", "id, fingerprint, status, body, ends_at", "ttiti", "id"},
      {"transfer_offers", "id, account, from_user, to_user, created_at, ends_at, decided_at, accepted", "ttttiiii", "id"},
      {"settings", "name, content", "tt", "name"},
      {"audit_records",
       "sequence, at, id, action, target_kind, target_id, target_name, before_json, after_json, reason, outcome, actor_kind, "
       "actor_id, "
       "actor_name, on_behalf_of, address, user_agent, key_epoch, mac",
       "iitttttttttttttttit", "sequence"},
      {"audit_segments", "first, last, first_at, last_at, mac, key_epoch, digest, rotated_at, sealed_at, signature", "iiiititiit",
       "first"},
      {"chain_head", "id, sequence, mac, key_epoch, change_number", "iitii", "id"},
      {"change_log", "change_number, aggregate, aggregate_id", "iit", "change_number, aggregate, aggregate_id"},
      {"write_lines",
       "request_id, object_id, object_key, at, credential, secret, account, site, operation, resource, upstream_trace_id, "
       "status, "
       "address",
       "tttitttttttit", "request_id, object_id, object_key"},
      {"usage_ticks", "credential, hour, site, operation, resource, outcome, address, user_agent, requests, last_at, place, tool",
       "tittttttiitt", "credential, hour, site, operation, resource, outcome, address, user_agent"},
      {"usage_state", "id, rolled_until, refreshed_day, refresh_after, flushes", "iiiti", "id"},
      {"usage_days", "credential, day, requests, refused, failed, last_at", "tiiiii", "credential, day"},
      {"usage_totals",
       "credential, first_at, last_at, permitted_at, requests, days, month_days, month_requests, month_refused, month_failed, "
       "month_objects, consumers, unused_scopes, unused_resources, beyond",
       "tiiiiiiiiiiittt", "credential"},
      {"usage_seen", "credential, kind, a, b, sample, first_at, last_at, requests, days, hours", "titttiiiii",
       "credential, kind, a, b"},
      {"secret_uses", "secret, dead, address, user_agent, credential, first_at, last_at, calls", "titttiii",
       "secret, dead, address, user_agent"},
      {"attachment_homes", "slot, home", "ii", "slot"},
      {"kept_decisions", "request_id, at, credential, content", "titt", "request_id"},
      {"matters",
       "id, topic, subject_kind, subject_id, opened_at, closed_at, rung, escalate_at, acknowledged_at, acknowledged_by",
       "ttttiiiiit", "id"},
      {"notices", "id, at, kind, subject_kind, subject_id, subject_name, facts, once_key, matter, addressed_at", "tiitttttti",
       "id"},
      {"messages", "id, notice, channel, recipient, reason, state, created_at, due_at, claimed_until, attempts, sent_at, problem",
       "tttttiiiiiit", "id"},
      {"deliveries", "message, attempt, at, outcome, detail", "tiitt", "message, attempt"},
      {"webhooks", "id, name, origin, form, sealed_secret, kinds, state, pause_reason, created_at, sealed_url", "tttittitit",
       "id"},
      {"calendar_feeds", "id, user_id, hash, created_at, revoked_at", "tttii", "id"},
      {"notify_preferences", "user_id, digest", "tt", "user_id"},
  };
  return tables;
}

Result<std::int64_t> dump_rows(Session& session, const DumpSink& sink) {
  std::int64_t count = 0;
  for (const DumpTable& table : dump_tables()) {
    std::string piece = "T";
    append(piece, std::string(table.name));
    append(piece, std::string(table.columns));
    GH_TRYV(sink(piece));
    const auto columns = split(table.columns), key = split(table.key);
    std::vector<Value> after;
    while (true) {
      std::string sql = "SELECT ";
      sql.append(table.columns).append(" FROM ").append(table.name);
      if (!after.empty())
        sql.append(" WHERE (").append(table.key).append(") > (").append(placeholders(1, key.size())).append(")");
      sql.append(" ORDER BY ").append(table.key).append(" LIMIT ").append(std::to_string(kRowsAtOnce));
      GH_TRY(const auto rows, session.rows(sql, table.types, after));
      piece.clear();
      for (const Row& row : rows) {
        for (const Value& value : row) append(piece, value);
        piece += '.';
      }
      GH_TRYV(sink(piece));
      count += static_cast<std::int64_t>(rows.size());
      if (rows.size() < static_cast<std::size_t>(kRowsAtOnce)) break;
      after.clear();
      for (const std::string& name : key) {
        after.push_back(rows.back()[static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin())]);
      }
    }
  }
  return count;
}

Result<void> DumpLoader::take(std::string_view piece) {
  rest_.append(piece);
  at_ = 0;
  while (true) {
    GH_TRY(const bool whole, next());
    if (!whole) break;
  }
  rest_.erase(0, at_);
  return success();
}

/// Reads one table's beginning or one row; false where the rest of it has not come yet.
Result<bool> DumpLoader::next() {
  std::size_t at = at_;
  if (at >= rest_.size()) return false;
  const bool table = rest_[at] == 'T';
  if (table) ++at;
  const std::size_t wanted = table ? 2 : columns_;
  if (wanted == 0) return damaged();
  std::vector<Value> values;
  while (values.size() < wanted) {
    if (at >= rest_.size()) return false;
    const char kind = rest_[at++];
    if (kind == 'n') {
      values.emplace_back();
      continue;
    }
    const std::size_t end = rest_.find(kind == 'i' ? ';' : ':', at);
    if (end == std::string::npos) return rest_.size() - at > 20 ? Result<bool>(damaged()) : Result<bool>(false);
    std::int64_t number = 0;
    const auto [stop, problem] = std::from_chars(rest_.data() + at, rest_.data() + end, number);
    if ((kind != 'i' && kind != 't') || problem != std::errc() || stop != rest_.data() + end || (kind == 't' && number < 0))
      return damaged();
    at = end + 1;
    if (kind == 'i') {
      values.emplace_back(number);
      continue;
    }
    const auto size = static_cast<std::size_t>(number);
    if (size > rest_.size() - at) return false;
    values.emplace_back(rest_.substr(at, size));
    at += size;
  }
  if (!table) {
    if (at >= rest_.size()) return false;
    if (rest_[at++] != '.') return damaged();
    GH_TRYV(row(std::move(values)));
  } else {
    const auto* const name = std::get_if<std::string>(&values[0]);
    const auto* const columns = std::get_if<std::string>(&values[1]);
    if (name == nullptr || columns == nullptr || !is_name(*name) || !is_name(*columns)) return damaged();
    columns_ = split(*columns).size();
    insert_ = "INSERT INTO " + *name + " (" + *columns + ") VALUES (" + placeholders(1, columns_) + ")";
    // A new schema has rows of its own (the chain's head); the backup's stand in their place.
    GH_TRYV(session_.run("DELETE FROM " + *name));
  }
  at_ = at;
  return true;
}

Result<void> DumpLoader::row(std::vector<Value> values) {
  GH_TRYV(session_.run(insert_, values));
  ++rows_;
  return success();
}

Result<std::int64_t> DumpLoader::finish() const {
  if (!rest_.empty()) return damaged();
  return rows_;
}

}  // namespace gatehouse::store
