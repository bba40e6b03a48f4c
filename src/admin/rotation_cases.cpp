// The use cases that steer a rotation: show, finish early, roll back, extend, change its rule, list what is overdue; and the
// later end of a token.
#include <algorithm>
#include <map>

#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/change.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/narrow_policy.h"
#include "admin/notices.h"
#include "admin/recorder.h"
#include "admin/rotation.h"
#include "admin/tokens.h"

namespace gatehouse::admin {
namespace {

Error conflict(std::string detail) { return fail(Errc::kConflict, std::move(detail), {}, "token"); }

/// A credential with what its rotation is computed from.
struct Subject {
  Credential& credential;
  ServiceAccount account;
  std::vector<store::SecretUse> uses;
  Policy policy;

  Rotation rotation(Instant now) const { return rotation_state(credential, account, uses, policy, now); }
};

Result<Subject> read_subject(const store::Repositories& at, Credential& credential) {
  GH_TRY(auto account, at.accounts.get(credential.account));
  GH_TRY(auto uses, at.secret_uses.of_credential(credential.id));
  GH_TRY(Policy policy, read_policy(at));
  return Subject{credential, std::move(account.value), std::move(uses), std::move(policy)};
}

SecretRecord* find_secret(Credential& credential, const SecretRecord* wanted) {
  const auto found = std::find_if(credential.secrets.begin(), credential.secrets.end(),
                                  [wanted](const SecretRecord& one) { return wanted && one.id == wanted->id; });
  return found == credential.secrets.end() ? nullptr : &*found;
}

/// "10.0.3.7 (jira.js) at 2027-01-01T00:00:00Z": the latest.
std::string latest_user(const Subject& subject, const SecretRecord& secret) {
  for (const store::SecretUse& use : subject.uses) {
    if (use.secret != secret.id || use.dead) continue;
    return use.address + " (" + use.user_agent + ") at " + format_instant(use.last_at);
  }
  return {};
}

Result<void> check_quiet(const Subject& subject, const Rotation& rotation, const FinishRotation& request, Instant now) {
  if (request.force) return success();
  if (rotation.state == RotationState::kSuccessorPending) {
    return conflict(
        "Nobody has used the successor yet: hand it to the automation first. To end the old secret all the same, use --force.");
  }
  const Instant began =
      rotation.current && rotation.current->first_used_at ? *rotation.current->first_used_at : rotation.old_one->created_at;
  const Duration quiet = request.quiet_for.value_or(quiet_after(subject.credential, subject.account));
  const Instant last = std::max(began, rotation.old_last_used.value_or(began));
  if (last + quiet <= now) return success();
  const std::string user = latest_user(subject, *rotation.old_one);
  return conflict((user.empty() ? "The old secret has not been quiet for " + format_duration(quiet) + " yet"
                                : "The old secret is still in use, last from " + user) +
                  ". It counts as quiet from " + format_instant(last + quiet) +
                  " on, if nobody uses it; shorten that with --quiet-for, or end it all the same with --force.");
}

Result<void> finish(const Subject& subject, const FinishRotation& request, Instant now) {
  const Rotation rotation = subject.rotation(now);
  if (!rotation.old_one || !rotation.current) return conflict("No rotation of that token runs: there is no old secret to end.");
  GH_TRYV(check_quiet(subject, rotation, request, now));
  if (SecretRecord* fresh = find_secret(subject.credential, rotation.successor)) fresh->state = SecretState::kCurrent;
  SecretRecord* old_one = find_secret(subject.credential, rotation.old_one);
  old_one->state = SecretState::kRetired;
  old_one->ends_at = now;
  return success();
}

/// The secret that ends.
Result<SecretId> roll_back(const Subject& subject, Instant now) {
  const Rotation rotation = subject.rotation(now);
  const SecretRecord* given_up = rotation.successor ? rotation.successor : rotation.old_one ? rotation.current : nullptr;
  SecretRecord* ending = find_secret(subject.credential, given_up);
  SecretRecord* old_one = find_secret(subject.credential, rotation.old_one);
  if (!ending || !old_one) {
    return conflict(
        rotation.state == RotationState::kRetired
            ? "The old secret of that token has ended, and is not brought back. To replace the present one, rotate again."
            : "No rotation of that token runs: there is nothing to roll back.");
  }
  ending->state = SecretState::kRolledBack;
  ending->ends_at = now;
  old_one->state = SecretState::kCurrent;
  old_one->ends_at.reset();
  return ending->id;
}

Result<void> extend(const Subject& subject, Instant until, Instant now) {
  const Rotation rotation = subject.rotation(now);
  SecretRecord* old_one = find_secret(subject.credential, rotation.old_one);
  if (!old_one || rotation.successor || !old_one->ends_at) {
    return conflict(rotation.successor
                        ? "The overlap has not begun: it does with the first use of the successor. To make it longer, "
                          "use token rotation set --overlap."
                        : "No overlap of that token runs. A secret that has ended is not brought back: rotate again.");
  }
  if (until <= *old_one->ends_at) {
    return fail(
        Errc::kInvalidArgument,
        "The overlap ends at " + format_instant(*old_one->ends_at) + " now; give a later instant. To end it sooner, finish it.",
        {}, "until");
  }
  const Credential& credential = subject.credential;
  if (credential.expires_at && until > *credential.expires_at) {
    return fail(Errc::kInvalidArgument,
                "The token itself ends at " + format_instant(*credential.expires_at) + ", and its old secret with it.", {},
                "until");
  }
  const Instant began = rotation.current && rotation.current->first_used_at ? *rotation.current->first_used_at : now;
  if (subject.policy.longest_overlap && until > began + *subject.policy.longest_overlap) {
    return fail(Errc::kNotAllowed,
                "The policy lets an old secret live on for at most " + format_duration(*subject.policy.longest_overlap) + ".", {},
                "until");
  }
  old_one->ends_at = until;
  return success();
}

Result<Document> with_rotation(Services& services, const Caller& caller, Document token, std::string_view id) {
  GH_TRY(Document rotation, show_rotation(services, caller, id));
  token["rotation"] = rotation.at("rotation");
  return token;
}

}  // namespace

Result<std::optional<Instant>> external_made_at(const store::Repositories& at, const Credential& credential) {
  std::optional<Instant> made_at;
  if (credential.kind != CredentialKind::kExternal) return made_at;
  GH_TRY(const store::ExternalCredential external, at.register_records.get(credential.id));
  made_at = external.made_at.value_or(credential.created_at);
  return made_at;
}

Result<Document> show_rotation(Services& services, const Caller& caller, std::string_view token) {
  GH_TRYV(flush_records(services));
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal viewer, authority_of(services, at, caller));
  GH_TRY(auto found, find_token(at, token));
  GH_TRY(Subject subject, read_subject(at, found.value));
  if (!may_see(viewer, found.value, subject.account)) return no_token();
  Describer describer(at, now);
  GH_TRY(Document document, token_for(describer, viewer, found.value, subject.account));
  // From where it is used is not the business of who only administers one of its resources.
  if (document.at("partial").as_bool()) subject.uses.clear();
  GH_TRY(const std::optional<Instant> made_at, external_made_at(at, found.value));
  document["rotation"] = describe_rotation(found.value, subject.account, subject.uses, subject.policy, now, made_at);
  document["dead_uses"] = describe_dead_uses(subject.uses);
  return document;
}

Result<Document> finish_rotation(Services& services, const Caller& caller, std::string_view token,
                                 const FinishRotation& request) {
  GH_TRYV(flush_records(services));
  const auto edit = [&](Credential& credential, const Editing& in) -> Result<void> {
    GH_TRY(const Subject subject, read_subject(in.at, credential));
    return finish(subject, request, services.clock.now());
  };
  GH_TRY(Document after, change_token(services, caller, policy::Need::kChangeOwn, token, "token.rotation_finish",
                                      request.force ? "forced" : "", edit));
  return with_rotation(services, caller, std::move(after), token);
}

Result<Document> roll_back_rotation(Services& services, const Caller& caller, std::string_view token, const std::string& reason) {
  GH_TRYV(check_note(reason, "reason"));
  // A successor that was used a moment ago is one that somebody has.
  GH_TRYV(flush_records(services));
  const auto edit = [&](Credential& credential, const Editing& in) -> Result<void> {
    GH_TRY(const Subject subject, read_subject(in.at, credential));
    const bool used = subject.rotation(services.clock.now()).successor == nullptr;
    GH_TRY(const SecretId ended, roll_back(subject, services.clock.now()));
    Notice notice{NoticeKind::kRolledBack,
                  "token",
                  credential.id.value,
                  credential.name,
                  {{"by", who(caller)}, {"secret_id", ended.value}, {"used", used}}};
    if (!reason.empty()) notice.facts["reason"] = reason;
    return queue_notice(services, in.at.outbox, std::move(notice));
  };
  GH_TRY(Document after,
         change_token(services, caller, policy::Need::kMakeSecret, token, "token.rotation_roll_back", reason, edit));
  return with_rotation(services, caller, std::move(after), token);
}

Result<Document> extend_overlap(Services& services, const Caller& caller, std::string_view token, Instant until) {
  const auto edit = [&](Credential& credential, const Editing& in) -> Result<void> {
    GH_TRY(const Subject subject, read_subject(in.at, credential));
    return extend(subject, until, services.clock.now());
  };
  GH_TRY(Document after, change_token(services, caller, policy::Need::kMakeSecret, token, "token.rotation_extend", {}, edit));
  return with_rotation(services, caller, std::move(after), token);
}

Result<void> apply_rule(Credential& credential, const RotationRule& rule, const Policy& policy) {
  if (rule.rotate_every) {
    if (policy.longest_rotation && *rule.rotate_every > *policy.longest_rotation) {
      return fail(Errc::kNotAllowed,
                  "The policy wants a rotation at least every " + format_duration(*policy.longest_rotation) + ".", {},
                  "rotate_every");
    }
    credential.rotate_every = rule.rotate_every;
  }
  if (rule.overlap) {
    if (policy.longest_overlap && *rule.overlap > *policy.longest_overlap) {
      return fail(Errc::kNotAllowed,
                  "The policy lets an old secret live on for at most " + format_duration(*policy.longest_overlap) + ".", {},
                  "overlap");
    }
    credential.overlap = *rule.overlap;
  }
  SelfRotation& self = credential.self_rotation;
  if (rule.self_rotate) self.allowed = *rule.self_rotate;
  if (self.allowed && !policy.self_rotation && rule.self_rotate)
    return fail(Errc::kNotAllowed, "The policy refuses tokens the right to rotate themselves.", {}, "self_rotate");
  if (rule.self_rotate_ips) {
    GH_TRY(self.from, parse_allow_ips(*rule.self_rotate_ips));
  }
  if (rule.self_rotate_times) {
    if (*rule.self_rotate_times < 0 || *rule.self_rotate_times > 1'000'000)
      return fail(Errc::kInvalidArgument, "\"self_rotate_times\" must be from 0 (no bound) to 1000000.", {}, "self_rotate_times");
    self.times_left.reset();
    if (*rule.self_rotate_times > 0) self.times_left = rule.self_rotate_times;
  }
  if (!self.allowed && (!self.from.empty() || self.times_left)) {
    if (rule.self_rotate_ips || rule.self_rotate_times)
      return fail(Errc::kInvalidArgument, "That bounds a right which the token does not have: give --self-rotate too.", {},
                  "self_rotate");
    self = {};
  }
  if (rule.rotated_by) {
    if (*rule.rotated_by != "owner" && *rule.rotated_by != "agent")
      return fail(Errc::kInvalidArgument, "\"rotated_by\" is owner or agent.", {}, "rotated_by");
    credential.rotated_by = *rule.rotated_by == "agent" ? RotatedBy::kAgent : RotatedBy::kOwner;
  }
  if (credential.rotated_by == RotatedBy::kAgent && !self.allowed) {
    return fail(Errc::kInvalidArgument,
                "The agent rotates a token by the token's own right: give --self-rotate, or let its owner rotate it.", {},
                "rotated_by");
  }
  return success();
}

Result<Document> set_rotation(Services& services, const Caller& caller, std::string_view token, const RotationRule& rule) {
  const auto edit = [&](Credential& credential, const Editing& in) -> Result<void> {
    GH_TRYV(check_rests_on_backed(in.at, in.who, credential, in.account, services.clock.now()));
    GH_TRY(const Policy policy, read_policy(in.at));
    return apply_rule(credential, rule, policy);
  };
  GH_TRY(Document after, change_token(services, caller, policy::Need::kMakeSecret, token, "token.rotation_set", {}, edit));
  return with_rotation(services, caller, std::move(after), token);
}

Result<Documents> list_overdue(Services& services, const Caller& caller) {
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal viewer, authority_of(services, at, caller));
  GH_TRY(const Policy policy, read_policy(at));
  Describer describer(at, now);
  store::Credentials::Filter seen;
  seen.sight = sight_of(viewer);
  std::map<std::string, ServiceAccount> accounts;
  std::vector<Document> found;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.credentials.list(seen, page));
    for (const auto& stored : listed.items) {
      const Credential& credential = stored.value;
      auto account = accounts.find(credential.account.value);
      if (account == accounts.end()) {
        GH_TRY(auto read, at.accounts.get(credential.account));
        account = accounts.emplace(credential.account.value, std::move(read.value)).first;
      }
      GH_TRY(const std::optional<Instant> made_at, external_made_at(at, credential));
      if (!overdue(credential, account->second, policy, now, made_at)) continue;
      GH_TRY(auto uses, at.secret_uses.of_credential(credential.id));
      GH_TRY(Document document, token_for(describer, viewer, credential, account->second));
      if (document.at("partial").as_bool()) uses.clear();
      document["rotation"] = describe_rotation(credential, account->second, uses, policy, now, made_at);
      found.push_back(std::move(document));
    }
    page.after = listed.next;
  } while (!page.after.empty());
  std::sort(found.begin(), found.end(), [](const Document& left, const Document& right) {
    return left.at("rotation").at("due_at").as_string() < right.at("rotation").at("due_at").as_string();
  });
  Documents documents;
  for (Document& one : found) documents.items.push_back(std::move(one));
  return documents;
}

namespace {

Result<void> set_later_end(Credential& credential, const ExtendToken& request, const Policy& policy, Instant now) {
  if (!credential.expires_at) return conflict("That token has no end that could be moved; its rotation is what keeps it fresh.");
  if (*credential.expires_at <= now)
    return conflict("That token has ended at " + format_instant(*credential.expires_at) + " and stays so. Create a new one.");
  const Instant until = request.expires_at ? *request.expires_at : now + *request.expires_in;
  if (until <= *credential.expires_at) {
    return fail(
        Errc::kInvalidArgument,
        "It ends at " + format_instant(*credential.expires_at) + " now; give a later instant. To end it sooner, narrow it.", {},
        "expires_at");
  }
  if (policy.longest_lifetime && until > now + *policy.longest_lifetime) {
    return fail(Errc::kNotAllowed, "The policy allows at most " + format_duration(*policy.longest_lifetime) + " from now.", {},
                "expires_at");
  }
  credential.expires_at = until;
  return success();
}

}  // namespace

Result<Document> extend_token(Services& services, const Caller& caller, std::string_view token, const ExtendToken& request) {
  if (request.expires_at.has_value() == request.expires_in.has_value()) {
    return fail(Errc::kInvalidArgument,
                "Say its new end in exactly one way: --expires-at 2027-02-24T18:00:00Z, or --expires-in 30d.", {}, "expires_at");
  }
  GH_TRYV(check_note(request.reason, "reason"));
  const auto edit = [&](Credential& credential, const Editing& in) -> Result<void> {
    GH_TRYV(check_rests_on_backed(in.at, in.who, credential, in.account, services.clock.now()));
    GH_TRY(const Policy policy, read_policy_for(in.at, credential, in.account));
    GH_TRYV(set_later_end(credential, request, policy, services.clock.now()));
    return queue_notice(services, in.at.outbox,
                        {NoticeKind::kExtended,
                         "token",
                         credential.id.value,
                         credential.name,
                         {{"by", who(caller)}, {"expires_at", format_instant(*credential.expires_at)}}});
  };
  return change_token(services, caller, policy::Need::kMakeSecret, token, "token.extend", request.reason, edit);
}

}  // namespace gatehouse::admin
