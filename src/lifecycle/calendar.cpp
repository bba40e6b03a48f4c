#include "lifecycle/calendar.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <set>
#include <vector>

#include "admin/describe.h"
#include "admin/other_credentials.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace gatehouse::lifecycle {
namespace {

/// As good as for ever.
constexpr Duration kFar = std::chrono::hours(24 * 4000);

/// Section 3.3.11: what would end or divide a text.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) {
      out += c;
    }
  }
  return out;
}

/// "20270101T000000Z"
std::string utc(Instant at) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 80> out{};
  std::snprintf(out.data(), out.size(), "%04d%02d%02dT%02d%02d%02dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                parts.tm_hour, parts.tm_min, parts.tm_sec);
  return out.data();
}

struct Event {
  std::string uid;
  std::string title;
  std::string about;
  Instant at;
};

void write(std::string& out, const Event& event, Instant now) {
  const auto line = [&out](const std::string& text) { out += folded(text); };
  line("BEGIN:VEVENT");
  line("UID:" + event.uid + "@gatehouse");
  line("DTSTAMP:" + utc(now));
  line("DTSTART:" + utc(event.at));
  line("DURATION:PT15M");
  line("TRANSP:TRANSPARENT");
  line("SUMMARY:" + escaped(event.title));
  line("DESCRIPTION:" + escaped(event.about));
  for (const std::string_view before : {"P7D", "P1D"}) {
    line("BEGIN:VALARM");
    line("ACTION:DISPLAY");
    line("TRIGGER:-" + std::string(before));
    line("DESCRIPTION:" + escaped(event.title));
    line("END:VALARM");
  }
  line("END:VEVENT");
}

Result<void> add_tokens(const store::Repositories& at, const User& user, Instant now, std::vector<Event>& events) {
  store::Accounts::Filter mine;
  mine.owner = user.id;
  std::set<std::string> accounts;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.accounts.list(mine, page));
    for (const auto& stored : listed.items) accounts.insert(stored.value.id.value);
    page.after = listed.next;
  } while (!page.after.empty());
  store::Credentials::Filter ends;
  ends.expires_after = now;
  ends.expires_before = now + kFar;
  admin::Describer describer(at, now);
  page = {{}, 1000};
  do {
    GH_TRY(const auto listed, at.credentials.list(ends, page));
    for (const auto& stored : listed.items) {
      const Credential& token = stored.value;
      if (token.state == State::kRevoked || (token.owner != user.id && !accounts.contains(token.account.value))) continue;
      GH_TRY(const std::string handle, describer.handle_of(token.account));
      events.push_back({"token-" + token.id.value, "Token \"" + token.name + "\" of " + handle + " ends",
                        "What uses it stands still from then on.\ngatehouse token show " + token.id.value, *token.expires_at});
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

Result<void> add_site_credentials(const store::Repositories& at, const User& user, Instant now, std::vector<Event>& events) {
  store::UpstreamCredentials::Filter ends;
  ends.expires_before = now + kFar;
  store::Page page{{}, 1000};
  do {
    GH_TRY(const auto listed, at.upstream_credentials.list(ends, page));
    for (const auto& stored : listed.items) {
      const UpstreamCredential& one = stored.value;
      if (!one.expires_at || *one.expires_at <= now) continue;
      const bool mine = one.owner == user.id || one.deputy == user.id || (one.owner.empty() && user.role == UserRole::kOrgAdmin);
      if (!mine) continue;
      GH_TRY(const auto site, at.sites.get(one.site));
      events.push_back({"site-credential-" + one.id.value, "The credential of site " + site.value.key + " ends",
                        "Every token that depends on it stands still from then on.", *one.expires_at});
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return success();
}

/// Certificates, configured secrets, administrator keys. Their ids may be paths, which are nobody's business.
Result<void> add_others(admin::Services& services, const store::Repositories& at, const User& user, Instant now,
                        std::vector<Event>& events) {
  GH_TRY(const auto others, admin::other_credentials(services, at, kFar));
  for (const admin::OtherCredential& one : others) {
    if (!one.expires_at || *one.expires_at <= now) continue;
    if (one.owner != user.email && !(one.owner.empty() && user.role == UserRole::kOrgAdmin)) continue;
    events.push_back({"installation-" + to_base64url(crypto::sha256(one.kind + "\n" + one.id)), one.name + " ends",
                      "From then on " + one.effect + ".", *one.expires_at});
  }
  return success();
}

}  // namespace

std::string folded(std::string_view line) {
  constexpr std::size_t kMost = 75;
  std::string out;
  std::size_t room = kMost;
  while (line.size() > room) {
    std::size_t end = room;
    while (end > 1 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
    out.append(line.substr(0, end)).append("\r\n ");
    line.remove_prefix(end);
    room = kMost - 1;  // the space counts
  }
  out.append(line).append("\r\n");
  return out;
}

Result<std::string> calendar_of(admin::Services& services, const store::Repositories& at, const User& user, Instant now) {
  std::vector<Event> events;
  GH_TRYV(add_tokens(at, user, now, events));
  GH_TRYV(add_site_credentials(at, user, now, events));
  GH_TRYV(add_others(services, at, user, now, events));
  std::string out;
  for (const std::string_view line :
       {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Gatehouse//Ends of credentials//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        "X-WR-CALNAME:Gatehouse", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H"}) {
    out += folded(line);
  }
  for (const Event& event : events) write(out, event, now);
  out += folded("END:VCALENDAR");
  return out;
}

}  // namespace gatehouse::lifecycle
