// Composing: the words as RFC 5322 and MIME text.
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "base/encoding.h"
#include "base/text.h"
#include "lifecycle/mail.h"

namespace gatehouse::lifecycle {
namespace {

constexpr std::string_view kEnd = "\r\n";

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// RFC 2047 where there are letters beyond ASCII: words of at most 75 characters, never split within a letter.
std::string header_text(std::string_view text) {
  if (is_ascii(text)) return std::string(text);
  constexpr std::size_t kBytesAWord = 42;
  std::string out;
  while (!text.empty()) {
    std::size_t take = std::min(kBytesAWord, text.size());
    while (take < text.size() && take > 1 && (static_cast<unsigned char>(text[take]) & 0xc0) == 0x80) --take;
    if (!out.empty()) out += "\r\n ";
    out += "=?utf-8?B?" + to_base64(as_bytes(text.substr(0, take))) + "?=";
    text.remove_prefix(take);
  }
  return out;
}

/// RFC 5322 section 3.3.
std::string date_text(Instant at) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%s, %02d %s %d %02d:%02d:%02d +0000", kDays.at(static_cast<std::size_t>(parts.tm_wday)),
                parts.tm_mday, kMonths.at(static_cast<std::size_t>(parts.tm_mon)), parts.tm_year + 1900, parts.tm_hour,
                parts.tm_min, parts.tm_sec);
  return out.data();
}

/// Lines of 76 characters.
std::string base64_lines(std::string_view text) {
  const std::string whole = to_base64(as_bytes(text));
  std::string out;
  for (std::size_t i = 0; i < whole.size(); i += 76) out.append(whole, i, 76).append(kEnd);
  return out;
}

std::string plain_item(const MailItem& item) {
  std::string out = item.words.title + "\n\n" + item.words.what + "\n";
  if (!item.words.command.empty()) out += "\n    " + item.words.command + "\n";
  if (!item.action.empty()) out += "\nI take care of it:\n" + item.action + "\n";
  out += "\n";
  for (const auto& [title, text] : item.words.details) out += title + ": " + text + "\n";
  if (!item.reason.empty()) out += "\nYou are told because: " + item.reason + ".\n";
  return out;
}

std::string html_item(const MailItem& item) {
  std::string out =
      "<h2 style=\"font-size:1.1em\">" + escape_html(item.words.title) + "</h2><p>" + escape_html(item.words.what) + "</p>";
  if (!item.words.command.empty()) out += "<pre>" + escape_html(item.words.command) + "</pre>";
  if (!item.action.empty()) out += "<p><a href=\"" + escape_html(item.action) + "\">I take care of it</a></p>";
  out += "<table>";
  for (const auto& [title, text] : item.words.details) {
    out += "<tr><th align=\"left\">" + escape_html(title) + "</th><td>" + escape_html(text) + "</td></tr>";
  }
  out += "</table>";
  if (!item.reason.empty()) out += "<p style=\"color:#555\">You are told because: " + escape_html(item.reason) + ".</p>";
  return out;
}

std::string domain_of(const MailSettings& settings) {
  const std::size_t at = settings.from.rfind('@');
  return at == std::string::npos ? "gatehouse.invalid" : settings.from.substr(at + 1);
}

/// Of one item its message's id; of several the digest of theirs.
std::string stable_id(const std::vector<MailItem>& items) {
  if (items.size() == 1) return items.front().message_id;
  std::vector<std::string> ids;
  for (const MailItem& item : items) ids.push_back(item.message_id);
  std::sort(ids.begin(), ids.end());
  std::string joined;
  for (const std::string& id : ids) joined += id + "\n";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(joined.data()), joined.size(), digest.data());
  return "digest." + to_hex(std::as_bytes(std::span(digest)).first(16));
}

std::string part(std::string_view type, const std::string& boundary, std::string_view text) {
  std::string out = "--" + boundary + "\r\nContent-Type: ";
  out.append(type).append("; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n").append(base64_lines(text));
  return out;
}

}  // namespace

Result<Mail> compose(const MailSettings& settings, const std::string& to, const std::vector<MailItem>& items, Instant now) {
  if (!is_ascii(to) || to.find_first_of("<>()[],;:\\\" ") != std::string::npos)
    return fail(Errc::kInvalidArgument, "The address can't be mailed to; it must be plain ASCII, such as name@example.com.");
  const bool digest = items.size() > 1;
  const std::string domain = domain_of(settings);
  Mail mail;
  mail.to = to;
  mail.message_id = stable_id(items) + "@" + domain;
  std::string subject = "[Gatehouse] ";
  std::string plain, rich = "<!DOCTYPE html><html><body style=\"font-family:sans-serif\">";
  if (digest) {
    subject += std::to_string(items.size()) + " messages: " + items.front().words.title + ", ...";
    plain = std::to_string(items.size()) + " messages from Gatehouse:\n\n";
    for (const MailItem& item : items) plain += "  - " + item.words.title + "\n";
    plain += "\n";
  } else {
    subject += items.front().words.title;
  }
  for (const MailItem& item : items) {
    if (digest) plain += "----------------------------------------------------------------------\n";
    plain += plain_item(item);
    rich += html_item(item);
    if (digest) rich += "<hr>";
  }
  rich += "</body></html>\n";
  const std::string boundary = "gatehouse-" + stable_id(items);
  std::string& out = mail.text;
  const auto field = [&out](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append(kEnd);
  };
  field("Date", date_text(now));
  field("From", "Gatehouse <" + settings.from + ">");
  field("To", to);
  field("Subject", header_text(subject));
  field("Message-ID", "<" + mail.message_id + ">");
  if (!digest) {
    // A root that no mail has: every program that threads by References puts what shares it together.
    const std::string root = "<" + items.front().thread + "@" + domain + ">";
    field("In-Reply-To", root);
    field("References", root);
  }
  field("Auto-Submitted", "auto-generated");
  field("List-Id", "Gatehouse <gatehouse." + domain + ">");
  field("MIME-Version", "1.0");
  field("Content-Type", "multipart/alternative; boundary=\"" + boundary + "\"");
  out += kEnd;
  out += part("text/plain", boundary, plain);
  out += part("text/html", boundary, rich);
  out += "--" + boundary + "--\r\n";
  return mail;
}

}  // namespace gatehouse::lifecycle
