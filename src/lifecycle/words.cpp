#include "lifecycle/words.h"

#include <algorithm>

#include "admin/notices.h"
#include "base/text.h"

namespace gatehouse::lifecycle {
namespace {

using admin::NoticeKind;
namespace json = boost::json;

constexpr std::size_t kMostOfAFact = 500;

/// A name or a reason that somebody wrote must not break a line of mail or move a terminal's cursor.
std::string clean(std::string_view text) {
  std::string out;
  for (const char letter : text.substr(0, kMostOfAFact)) {
    const auto byte = static_cast<unsigned char>(letter);
    out += byte < 0x20 || byte == 0x7f ? ' ' : letter;
  }
  // Not in the middle of a UTF-8 sequence.
  if (text.size() > kMostOfAFact) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80) out.pop_back();
    if (!out.empty() && static_cast<unsigned char>(out.back()) >= 0xc0) out.pop_back();
  }
  return out;
}

class Facts {
 public:
  explicit Facts(const std::string& text) {
    boost::system::error_code problem;
    const json::value parsed = json::parse(text, problem);
    if (!problem && parsed.is_object()) facts_ = parsed.get_object();
  }
  /// Empty where there is none.
  std::string text(std::string_view name) const {
    const json::value* const value = facts_.if_contains(name);
    if (!value || value->is_null()) return {};
    return clean(value->is_string() ? std::string_view(value->get_string()) : std::string_view(json::serialize(*value)));
  }
  bool flag(std::string_view name) const {
    const json::value* const value = facts_.if_contains(name);
    return value && value->is_bool() && value->get_bool();
  }
  std::optional<Instant> instant(std::string_view name) const {
    const auto parsed = parse_instant(text(name));
    if (!parsed) return std::nullopt;
    return parsed.value();
  }

 private:
  json::object facts_;
};

std::string noun_of(const std::string& kind) {
  if (kind == "token") return "token";
  if (kind == "account") return "service account";
  if (kind == "grant") return "grant";
  if (kind == "site") return "site";
  if (kind == "site_credential") return "site credential";
  if (kind == "user") return "person";
  if (kind == "webhook") return "webhook";
  if (kind == "approval") return "request";
  return "credential";
}

std::string by(const Facts& facts) {
  const std::string who = facts.text("by");
  return who.empty() ? std::string() : " by " + who;
}

std::string from(const Facts& facts) {
  const std::string address = facts.text("address");
  return address.empty() ? std::string() : " from " + address;
}

std::string on_resource(const Facts& facts) {
  const std::string resource = facts.text("resource");
  return resource.empty() ? std::string() : " for " + resource;
}

/// How a credential of that sort is renewed.
std::string renewal(const store::StoredNotice& notice, const Facts& facts) {
  if (notice.subject_kind != "site_credential") return {};
  return "gatehouse site credential rotate " + notice.subject_id + " --site " + facts.text("site") + " --secret-file -";
}

/// How it gets an owner again.
std::string adoption(const store::StoredNotice& notice, const Facts& facts) {
  if (notice.subject_kind == "token") return "gatehouse token transfer " + notice.subject_id + " --to EMAIL";
  if (notice.subject_kind == "site_credential")
    return "gatehouse site credential edit " + notice.subject_id + " --site " + facts.text("site") + " --owner EMAIL";
  return "gatehouse account transfer " + clean(notice.subject_name) + " --to EMAIL";
}

/// Title and sentences of what goes on by itself and must be looked at.
void trouble(NoticeKind kind, const std::string& name, const Facts& facts, const store::StoredNotice& notice, Words& words) {
  switch (kind) {
    case NoticeKind::kReuse:
      words.title = "A retired secret of " + name + " was used";
      words.what = "Somebody presented a secret whose time is over" + from(facts) +
                   ". Either a job still has the old one, or it has been copied. Find out which before you acknowledge.";
      words.command = "gatehouse token show " + notice.subject_id;
      break;
    case NoticeKind::kDeadUsed:
      if (facts.flag("rolled_back")) {
        words.title = "The secret of " + name + " that was rolled back is still being used";
        words.what = "It has ended and is refused; the old secret is the present one. Something still calls with it" +
                     from(facts) + ": give it the old one, or rotate again.";
        break;
      }
      words.title = "The dead " + name + " is still being used";
      words.what = "It is revoked or has expired, and is refused; something still calls with it" + from(facts) + ".";
      break;
    case NoticeKind::kOrphaned:
      words.title = "Nobody answers for " + name;
      words.what = facts.text("because") + " Give it an owner before something happens that nobody looks after.";
      words.command = adoption(notice, facts);
      break;
    case NoticeKind::kUpstreamRefused:
      words.title = "The site refuses Gatehouse's credential: " + name;
      words.what =
          "Every request of the tokens that depend on it is answered with 502 upstream_credential until the credential "
          "is replaced.";
      words.command = "gatehouse site credential rotate --site " + facts.text("site") + " --secret-file -";
      break;
    case NoticeKind::kFailing:
      words.title = name + " is failing";
      words.what = facts.text("because");
      words.command = facts.text("command");
      break;
    case NoticeKind::kSilent:
      words.title = name + " has gone silent";
      words.what = "It used to call every " + facts.text("expected_every") + " and has not for longer than that.";
      break;
    case NoticeKind::kOldSecretUsed:
      words.title = "The old secret of " + name + " is still in use";
      words.what = "Its overlap ends at " + facts.text("overlap_ends_at") + ", and something still calls with the old secret" +
                   from(facts) + ". Give it the new one before that, or let the old one live longer.";
      words.command = "gatehouse token rotation extend " + notice.subject_id + " --until T";
      break;
    case NoticeKind::kInGrace:
      words.title = "The grant " + name + " has lost its backing";
      words.what = "Who gave it, " + facts.text("granted_by") + ", has no authority for it any more. It goes on until " +
                   facts.text("grace_ends_at") +
                   "; after that its requests are refused, unless somebody else with authority backs it.";
      words.command = "gatehouse grant back " + notice.subject_id;
      break;
    case NoticeKind::kApprovalAsked:
      words.title = "You are asked to approve: " + name;
      words.what = facts.text("what") + " It was asked for" + by(facts) + ".";
      words.command = "gatehouse approval approve " + notice.subject_id;
      break;
    case NoticeKind::kNobody:
      words.title = "Nobody is there to be told about " + name;
      words.what =
          "Neither its owner, a deputy, who asked for it nor an administrator of its project can be told. That is why you "
          "get this.";
      break;
    default: break;
  }
}

/// Title and sentences of what somebody did, and of good news.
void deed(NoticeKind kind, const std::string& name, const Facts& facts, Words& words) {
  switch (kind) {
    case NoticeKind::kExtended:
      words.title = name + " ends later now";
      words.what = "Its end was moved; what you were told before does not hold any more.";
      break;
    case NoticeKind::kRotated:
      words.title = name + " was rotated";
      words.what = "It has a new secret, made" + by(facts) + ". The old one ends after the first use of the new one.";
      break;
    case NoticeKind::kRolledBack:
      words.title = "The rotation of " + name + " was rolled back";
      words.what = "Its old secret is the present one again, by a decision" + by(facts) + "; the successor has ended" +
                   (facts.flag("used") ? " and whatever uses it is refused." : " before anybody used it.");
      break;
    case NoticeKind::kSelfRotated:
      words.title = name + " rotated itself";
      words.what = "It made its own successor" + from(facts) + ", as it may.";
      break;
    case NoticeKind::kPaused:
      words.title = name + " is paused" + on_resource(facts);
      words.what = "It was paused" + by(facts) + "; its requests" + on_resource(facts) + " are refused until it is resumed.";
      break;
    case NoticeKind::kResumed:
      words.title = name + " is resumed" + on_resource(facts);
      words.what = "It was resumed" + by(facts) + ".";
      break;
    case NoticeKind::kRevoked:
      words.title = name + " is revoked";
      words.what = "It was revoked" + by(facts) + ", which is final.";
      break;
    case NoticeKind::kNewPlace:
      words.title = name + " is used from a new place";
      words.what = "It was used" + from(facts) + " for the first time. If you did not move it, look into it.";
      break;
    case NoticeKind::kAdopted:
      words.title = name + " has an owner again";
      words.what = "Somebody answers for it.";
      break;
    case NoticeKind::kUpstreamWell:
      words.title = "The site accepts Gatehouse's credential again: " + name;
      words.what = "Requests pass.";
      break;
    case NoticeKind::kRecovered:
      words.title = name + " is well again";
      words.what = "It calls, and is answered.";
      break;
    case NoticeKind::kBacked:
      words.title = "The grant " + name + " is backed again";
      words.what = "It goes on.";
      break;
    case NoticeKind::kApprovalDecided:
      words.title = name + ": " + facts.text("decision");
      words.what = "It was decided" + by(facts) + ".";
      break;
    case NoticeKind::kHandedOver:
      words.title = name + " waits for you";
      words.what = "It was made for you" + by(facts) + ". You alone can take it, once, until " + facts.text("until") +
                   "; not taken by then, it is revoked.";
      words.command = "gatehouse token take " + facts.text("handover");
      break;
    case NoticeKind::kAtlassianEnded:
      words.title = "Your sign-in at Atlassian has ended";
      words.what =
          "Atlassian takes it no more: it was not used for 90 days, your password changed, or it was withdrawn. Connect anew "
          "under "
          "\"Your account\". Until then nothing is done there in your name, and what you gave as administrator of a project or "
          "space is in grace.";
      break;
    case NoticeKind::kTest:
      words.title = "This is a test from Gatehouse";
      words.what = "If you can read it, this channel works. Nothing has to be done.";
      break;
    default: break;
  }
}

void end(NoticeKind kind, const std::string& name, const Facts& facts, const store::StoredNotice& notice, Instant now,
         Words& words) {
  const std::optional<Instant> at = facts.instant("expires_at");
  if (kind == NoticeKind::kExpired) {
    words.title = name + " has ended";
    words.what = "It is refused from now on. What still uses it stands still until it gets another one.";
    return;
  }
  words.title = name + " ends" + (at && *at > now ? " in " + in_words(*at - now) : std::string(" soon"));
  words.what = notice.subject_kind == "token"
                   ? "What uses it stands still from then on, unless it has another token by then. Rotation does not lengthen a "
                     "temporary token's life: make a new one, or have its end moved."
                   : "What depends on it stands still from then on, unless it is replaced by then.";
  words.command = renewal(notice, facts);
}

}  // namespace

std::string in_words(Duration span) {
  using namespace std::chrono;
  const auto say = [](std::int64_t count, const char* unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
  };
  const std::int64_t minutes_left = std::max<std::int64_t>(1, round<minutes>(span).count());
  if (minutes_left < 90) return say(minutes_left, "minute");
  const std::int64_t hours_left = round<hours>(span).count();
  if (hours_left < 48) return say(hours_left, "hour");
  return say(round<days>(span).count(), "day");
}

std::string type_of(const store::StoredNotice& notice) {
  return notice.subject_kind + "." + std::string(admin::to_string(static_cast<NoticeKind>(notice.kind)));
}

Urgency urgency_of(const store::StoredNotice& notice) {
  switch (static_cast<NoticeKind>(notice.kind)) {
    case NoticeKind::kExpiring: {
      const auto step = parse_duration(Facts(notice.facts).text("step"));
      return step && step.value() >= std::chrono::hours(24 * 7) ? Urgency::kCalm : Urgency::kUrgent;
    }
    case NoticeKind::kExtended:
    case NoticeKind::kRotated:
    case NoticeKind::kSelfRotated:
    case NoticeKind::kResumed:
    case NoticeKind::kAdopted:
    case NoticeKind::kBacked:
    case NoticeKind::kApprovalDecided: return Urgency::kCalm;
    default: return Urgency::kUrgent;
  }
}

Words words_of(const store::StoredNotice& notice, const Subject& subject, Instant now) {
  const auto kind = static_cast<NoticeKind>(notice.kind);
  const Facts facts(notice.facts);
  Words words;
  const std::string name = noun_of(notice.subject_kind) + " \"" + clean(notice.subject_name) + "\"";
  if (kind == NoticeKind::kExpiring || kind == NoticeKind::kExpired) {
    end(kind, name, facts, notice, now, words);
  } else {
    trouble(kind, name, facts, notice, words);
    if (words.title.empty()) deed(kind, name, facts, words);
  }
  if (words.title.empty()) words.title = name;
  words.title.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(words.title.front())));
  const auto add = [&words](std::string_view title, const std::string& text) {
    if (!text.empty()) words.details.emplace_back(title, text);
  };
  add("Ends", facts.text("expires_at"));
  add("Account", clean(subject.account));
  std::string resources;
  for (const std::string& one : subject.resources) resources += (resources.empty() ? "" : ", ") + clean(one);
  add("Opens", resources);
  add("Purpose", clean(subject.purpose));
  add("Runs in", clean(subject.runs_in));
  add("Criticality", subject.criticality);
  add("Runbook", clean(subject.runbook));
  add("Reason", facts.text("reason"));
  add("Until", facts.text("until"));
  add("Old secret ends", facts.text("overlap_ends_at"));
  add("Times left", facts.text("times_left"));
  add("Address", facts.text("address"));
  add("Program", facts.text("user_agent"));
  add("Operation", facts.text("operation"));
  add("Errors in a row", facts.text("errors"));
  add("Last used", facts.text("last_used_at"));
  add("Id", notice.subject_id);
  return words;
}

}  // namespace gatehouse::lifecycle
