#include "lifecycle/ladder.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "admin/describe.h"
#include "admin/notices.h"
#include "admin/other_credentials.h"
#include "admin/policy.h"
#include "admin/tell.h"

namespace gatehouse::lifecycle {
namespace {

/// An end that came while nothing ran is still told when it is not older than this.
constexpr Duration kTellLate = std::chrono::hours(24 * 7);

/// Something that ends, wherever it is kept.
struct Ending {
  std::string kind;
  std::string id;
  std::string name;
  Instant since;
  Instant end;
  std::string owner;  ///< e-mail address, of what the people's rungs don't know
  std::string site;   ///< of a site's credential: the site's key
};

std::string once_key(const Ending& ending, std::string_view step) {
  return "end/" + ending.kind + "/" + ending.id + "/" + format_instant(ending.end) + "/" + std::string(step);
}

std::optional<admin::Notice> notice_for(const Ladder& ladder, const Ending& ending, Instant now) {
  admin::Notice notice;
  notice.subject_kind = ending.kind;
  notice.subject_id = ending.id;
  notice.subject_name = ending.name;
  notice.facts["expires_at"] = format_instant(ending.end);
  if (!ending.owner.empty()) notice.facts["owner"] = ending.owner;
  if (!ending.site.empty()) notice.facts["site"] = ending.site;
  if (ending.end <= now) {
    // What lives for less than the shortest step is made anew by a program each time: neither step nor end is told.
    const bool short_lived = !ladder.empty() && ending.end - ending.since <= ladder.back();
    if (ending.end + kTellLate <= now || short_lived) return std::nullopt;
    notice.kind = admin::NoticeKind::kExpired;
    notice.once_key = once_key(ending, "end");
    return notice;
  }
  const std::optional<Duration> step = step_reached(ladder, ending.since, ending.end, now);
  if (!step) return std::nullopt;
  notice.kind = admin::NoticeKind::kExpiring;
  notice.facts["step"] = format_duration(*step);
  notice.once_key = once_key(ending, format_duration(*step));
  return notice;
}

Result<std::vector<Ending>> tokens(const store::Repositories& at, Instant from, Instant until) {
  std::vector<Ending> endings;
  store::Credentials::Filter wanted;
  wanted.expires_after = from;
  wanted.expires_before = until;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.credentials.list(wanted, page));
    for (const auto& [credential, version] : listed.items) {
      if (credential.state == State::kRevoked || !credential.expires_at) continue;
      // An external one was made elsewhere, and long before it was entered here: every step counts. What had ended by then is
      // over.
      const bool external = credential.kind == CredentialKind::kExternal;
      if (external && *credential.expires_at <= credential.created_at) continue;
      endings.push_back({"token",
                         credential.id.value,
                         credential.name,
                         external ? Instant{} : credential.created_at,
                         *credential.expires_at,
                         {},
                         {}});
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return endings;
}

Result<std::vector<Ending>> site_credentials(const store::Repositories& at, Instant until) {
  std::vector<Ending> endings;
  store::UpstreamCredentials::Filter wanted;
  wanted.expires_before = until;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.upstream_credentials.list(wanted, page));
    for (const auto& [credential, version] : listed.items) {
      if (!credential.expires_at) continue;
      GH_TRY(const auto site, at.sites.get(credential.site));
      endings.push_back({"site_credential",
                         credential.id.value,
                         admin::site_credential_name(site.value.key),
                         credential.created_at,
                         *credential.expires_at,
                         {},
                         site.value.key});
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return endings;
}

Result<std::vector<Ending>> own_credentials(admin::Services& services, const store::Repositories& at, Duration within) {
  GH_TRY(const auto others, admin::other_credentials(services, at, within));
  std::vector<Ending> endings;
  for (const admin::OtherCredential& other : others) {
    if (!other.expires_at) continue;
    // Its making is not always known: then every step counts.
    endings.push_back({"installation",
                       other.kind + " " + other.id,
                       other.name,
                       other.since.value_or(Instant{}),
                       *other.expires_at,
                       other.owner,
                       {}});
  }
  return endings;
}

/// What was on the ladder and ends later now, or not at all, is off it. What is gone has nothing open but its later use: with its
/// account or its site, say, of which was told.
Result<void> close_overtaken(admin::Services& services, store::Outbox& outbox, const store::Repositories& at, Duration longest,
                             Instant now) {
  GH_TRY(const auto matters, outbox.overtaken(now + longest));
  for (store::Matter matter : matters) {
    const auto token = at.credentials.get(CredentialId(matter.subject_id));
    if (matter.subject_kind != "token" || !token || token.value().value.state == State::kRevoked) {
      matter.closed_at = now;
      GH_TRYV(outbox.update_matter(matter));
      continue;
    }
    const Credential& credential = token.value().value;
    admin::Notice notice{admin::NoticeKind::kExtended, "token", credential.id.value, credential.name};
    notice.facts["expires_at"] =
        credential.expires_at ? boost::json::value(format_instant(*credential.expires_at)) : boost::json::value(nullptr);
    GH_TRYV(admin::queue_notice(services, outbox, std::move(notice)));
  }
  return success();
}

}  // namespace

std::optional<Duration> step_reached(const Ladder& ladder, Instant since, Instant end, Instant now) {
  std::optional<Duration> reached;
  if (end <= now) return reached;
  for (const Duration step : ladder) {
    if (end - step > since && end - step <= now && (!reached || step < *reached)) reached = step;
  }
  return reached;
}

namespace {

/// Ends within one of these are looked at.
struct Window {
  Instant from;
  Instant until;
};

Result<void> round(admin::Services& services, const std::vector<Window>& windows, Duration longest, Instant now) {
  std::vector<admin::Notice> due;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    const store::Repositories& at = *reader.operator->();
    GH_TRY(const admin::Policy policy, admin::read_policy(at));
    std::vector<Ending> endings;
    for (const Window& window : windows) {
      GH_TRY(const auto some, tokens(at, window.from, window.until + Duration(1)));
      endings.insert(endings.end(), some.begin(), some.end());
    }
    GH_TRY(const auto sites, site_credentials(at, now + longest + Duration(1)));
    GH_TRY(const auto own, own_credentials(services, at, longest + Duration(1)));
    endings.insert(endings.end(), sites.begin(), sites.end());
    endings.insert(endings.end(), own.begin(), own.end());
    std::vector<admin::Notice> reached;
    std::vector<std::string> keys;
    for (const Ending& ending : endings) {
      auto notice = notice_for(policy.notify.ladder, ending, now);
      if (!notice) continue;
      keys.push_back(notice->once_key);
      reached.push_back(std::move(*notice));
    }
    GH_TRY(const auto told, at.outbox.known_of(keys));
    std::copy_if(std::make_move_iterator(reached.begin()), std::make_move_iterator(reached.end()), std::back_inserter(due),
                 [&told](const admin::Notice& notice) { return !told.contains(notice.once_key); });
  }
  // A writer is not kept waiting by a long list: some hundred at a time.
  constexpr std::size_t kAtOnce = 200;
  for (std::size_t i = 0; i < due.size(); i += kAtOnce) {
    GH_TRYV(services.database.tend_outbox([&](store::Outbox& outbox, const store::Repositories&) -> Result<void> {
      for (std::size_t j = i; j < std::min(i + kAtOnce, due.size()); ++j) {
        GH_TRY(const bool told, outbox.knows(due[j].once_key));
        if (told) continue;
        GH_TRYV(admin::queue_notice(services, outbox, due[j]));
      }
      return success();
    }));
  }
  return success();
}

Result<Ladder> read_ladder(admin::Services& services) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(admin::Policy policy, admin::read_policy(*reader.operator->()));
  return std::move(policy.notify.ladder);
}

}  // namespace

Result<void> run_ladder(admin::Services& services, Instant now) {
  GH_TRY(const Ladder ladder, read_ladder(services));
  const Duration longest = ladder.empty() ? Duration{} : ladder.front();
  GH_TRYV(round(services, {{now - kTellLate, now + longest}}, longest, now));
  return services.database.tend_outbox(
      [&](store::Outbox& outbox, const store::Repositories& at) { return close_overtaken(services, outbox, at, longest, now); });
}

Result<void> run_ladder_since(admin::Services& services, Instant since, Instant now) {
  GH_TRY(const Ladder ladder, read_ladder(services));
  std::vector<Window> windows{{since - Duration(1), now}};
  for (const Duration step : ladder) windows.push_back({since + step - Duration(1), now + step});
  return round(services, windows, ladder.empty() ? Duration{} : ladder.front(), now);
}

}  // namespace gatehouse::lifecycle
