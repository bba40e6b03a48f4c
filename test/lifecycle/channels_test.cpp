// Mail, webhooks and calendars as text: what goes out, within which limits, and that nothing breaks out of its place.
#include <gmock/gmock.h>
#include <openssl/hmac.h>

#include <boost/json.hpp>

#include "admin/notices.h"
#include "base/encoding.h"
#include "lifecycle/calendar.h"
#include "lifecycle/mail.h"
#include "lifecycle/webhook.h"

namespace gatehouse::lifecycle {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const Instant kNow{Duration(1'798'761'600'000)};

store::StoredNotice notice(admin::NoticeKind kind, const std::string& name = "sync") {
  store::StoredNotice one;
  one.id = "notice0000000001";
  one.at = kNow;
  one.kind = static_cast<int>(kind);
  one.subject_kind = "token";
  one.subject_id = "token00000000001";
  one.subject_name = name;
  one.facts = R"({"expires_at":"2027-01-04T00:00:00Z","step":"3d"})";
  one.matter = "matter0000000001";
  return one;
}

MailSettings settings() {
  MailSettings mail;
  mail.host = "mail.example.com";
  mail.from = "gatehouse@example.com";
  return mail;
}

MailItem item(const store::StoredNotice& one, const std::string& id = "message000000001") {
  MailItem mail;
  mail.words = words_of(one, {}, kNow);
  mail.action = "https://gatehouse.example/act/x";
  mail.message_id = id;
  mail.thread = "token." + one.subject_id;
  return mail;
}

TEST(Words, SayWhatEndsAndWhen) {
  const Words words = words_of(notice(admin::NoticeKind::kExpiring), {}, kNow);
  EXPECT_EQ(words.title, "Token \"sync\" ends in 3 days");
  EXPECT_THAT(words.details, ::testing::Contains(::testing::Pair("Ends", "2027-01-04T00:00:00Z")));
  EXPECT_EQ(in_words(47h), "47 hours");
  EXPECT_EQ(in_words(1h), "60 minutes");
  EXPECT_EQ(in_words(24h * 60), "60 days");
  EXPECT_EQ(in_words(0s), "1 minute");
}

TEST(Words, NameTheCommandThatReplacesASitesCredential) {
  store::StoredNotice ending = notice(admin::NoticeKind::kExpiring);
  ending.subject_kind = "site_credential";
  ending.facts = R"({"expires_at":"2027-01-04T00:00:00Z","site":"acme"})";
  EXPECT_EQ(words_of(ending, {}, kNow).command,
            "gatehouse site credential rotate " + ending.subject_id + " --site acme --secret-file -");
  store::StoredNotice refused = notice(admin::NoticeKind::kUpstreamRefused);
  refused.facts = R"({"site":"acme"})";
  EXPECT_EQ(words_of(refused, {}, kNow).command, "gatehouse site credential rotate --site acme --secret-file -");
}

TEST(Words, EveryKindHasATitleAndAnExplanation) {
  for (int kind = 1; admin::is_notice_kind(kind); ++kind) {
    const Words words = words_of(notice(static_cast<admin::NoticeKind>(kind)), {}, kNow);
    EXPECT_FALSE(words.title.empty()) << kind;
    EXPECT_NE(admin::to_string(static_cast<admin::NoticeKind>(kind)), "unknown");
  }
  EXPECT_FALSE(admin::is_notice_kind(0));
}

TEST(Mail, IsOnePlainAndOneHtmlTextInAThreadOfItsCredential) {
  const Mail mail = compose(settings(), "tina@example.com", {item(notice(admin::NoticeKind::kExpiring))}, kNow).value();
  EXPECT_EQ(mail.message_id, "message000000001@example.com");
  EXPECT_THAT(mail.text, HasSubstr("Subject: [Gatehouse] Token \"sync\" ends in 3 days\r\n"));
  EXPECT_THAT(mail.text, HasSubstr("References: <token.token00000000001@example.com>\r\n"));
  EXPECT_THAT(mail.text, HasSubstr("Auto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(mail.text, HasSubstr("Date: Fri, 01 Jan 2027 00:00:00 +0000\r\n"));
  EXPECT_LT(mail.text.find("text/plain"), mail.text.find("text/html"));
  for (std::size_t at = mail.text.find('\n'); at != std::string::npos; at = mail.text.find('\n', at + 1))
    ASSERT_EQ(mail.text[at - 1], '\r');
}

TEST(Mail, ANameCanNotAddAHeaderOrATag) {
  const auto evil = notice(admin::NoticeKind::kExpiring, "x\r\nBcc: all@example.com\r\n\r\n<script>alert(1)</script>");
  const Mail mail = compose(settings(), "tina@example.com", {item(evil)}, kNow).value();
  EXPECT_THAT(mail.text, Not(HasSubstr("\nBcc:")));
  const std::size_t rich = mail.text.find("text/html");
  const std::size_t body = mail.text.find("\r\n\r\n", rich) + 4;
  std::string base64 = mail.text.substr(body, mail.text.find("\r\n--", body) - body);
  base64.erase(std::remove_if(base64.begin(), base64.end(), [](char c) { return c == '\r' || c == '\n'; }), base64.end());
  const auto html = from_base64(base64).value();
  EXPECT_THAT(std::string(as_text(html)), Not(HasSubstr("<script>")));
  EXPECT_THAT(std::string(as_text(html)), HasSubstr("&lt;script&gt;"));
}

TEST(Mail, OddAddressesAreRefused) {
  for (const char* to : {"a b@example.com", "<a@example.com>", "a@example.com\r\nBcc: x@y", "a@example.com,b@example.com"}) {
    EXPECT_FALSE(compose(settings(), to, {item(notice(admin::NoticeKind::kTest))}, kNow)) << to;
  }
}

TEST(Mail, ADigestHasTheSameIdWhateverItsOrder) {
  const MailItem one = item(notice(admin::NoticeKind::kRotated), "message000000001");
  const MailItem two = item(notice(admin::NoticeKind::kResumed), "message000000002");
  const Mail first = compose(settings(), "tina@example.com", {one, two}, kNow).value();
  const Mail again = compose(settings(), "tina@example.com", {two, one}, kNow + 1h).value();
  EXPECT_EQ(first.message_id, again.message_id);
  EXPECT_THAT(first.message_id, StartsWith("digest."));
  EXPECT_THAT(first.text, HasSubstr("2 messages"));
}

TEST(Mail, SettingsThatWouldShowAPasswordAreRefused) {
  MailSettings mail = settings();
  EXPECT_TRUE(check(mail));
  mail.security = MailSettings::Security::kNone;
  EXPECT_FALSE(check(mail)) << "no TLS towards another machine";
  mail.host = "127.0.0.1";
  EXPECT_TRUE(check(mail));
  mail.username = "gatehouse";
  EXPECT_FALSE(check(mail)) << "a user without a password";
  mail.password_file = "/etc/gatehouse/smtp";
  EXPECT_FALSE(check(mail)) << "a password without TLS";
  mail.security = MailSettings::Security::kTls;
  EXPECT_TRUE(check(mail));
  mail.from.clear();
  EXPECT_FALSE(check(mail));
}

TEST(Webhooks, AreSignedAsStandardWebhooksSay) {
  // The example of the Standard Webhooks specification.
  const SecretString secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  EXPECT_EQ(sign_webhook(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}").value(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_FALSE(sign_webhook(SecretString("gthw_no"), "id", 1, "{}"));
}

TEST(Webhooks, AddressesAreCheckedBeforeTheyAreKept) {
  EXPECT_EQ(parse_webhook_url("https://hooks.example.com/a/b?c=d").value().target, "/a/b?c=d");
  EXPECT_EQ(parse_webhook_url("https://hooks.example.com").value().target, "/");
  EXPECT_EQ(parse_webhook_url("https://hooks.example.com?x=1").value().target, "/?x=1");
  for (const char* url :
       {"", "hooks.example.com", "ftp://example.com/", "https://user:pass@example.com/", "https://example.com/#f",
        "https://example.com/a b", "https://example.com/\r\nX: y", "file:///etc/passwd"}) {
    EXPECT_FALSE(parse_webhook_url(url)) << url;
  }
}

TEST(Webhooks, KeepWithinTheLimitsOfChats) {
  store::StoredNotice long_one = notice(admin::NoticeKind::kFailing, std::string(200, 'n'));
  long_one.facts =
      boost::json::serialize(boost::json::object{{"because", std::string(5000, '&')}, {"reason", std::string(5000, '<')}});
  Words words = words_of(long_one, {}, kNow);
  words.what = std::string(9000, '&');
  words.details.assign(30, {"Title", std::string(5000, '<')});
  const auto slack =
      boost::json::parse(webhook_body(store::WebhookForm::kSlack, long_one, words, "https://g.example/x")).as_object();
  EXPECT_LE(slack.at("text").as_string().size(), 3000U);
  EXPECT_LE(slack.at("blocks").as_array().size(), 50U);
  for (const auto& block : slack.at("blocks").as_array()) {
    if (block.at("type").as_string() == "header") {
      EXPECT_LE(block.at("text").at("text").as_string().size(), 150U);
    } else if (block.as_object().contains("text")) {
      EXPECT_LE(block.at("text").at("text").as_string().size(), 3000U);
    } else {
      EXPECT_LE(block.at("fields").as_array().size(), 10U);
      for (const auto& field : block.at("fields").as_array()) EXPECT_LE(field.at("text").as_string().size(), 2000U);
    }
  }
  const std::string teams = webhook_body(store::WebhookForm::kTeams, long_one, words, "https://g.example/x");
  EXPECT_LE(teams.size(), 28U * 1024);
  EXPECT_EQ(boost::json::parse(teams).at("attachments").at(0).at("content").at("type").as_string(), "AdaptiveCard");
  EXPECT_LE(
      webhook_body(store::WebhookForm::kStandard, notice(admin::NoticeKind::kExpiring), words_of(long_one, {}, kNow), "x").size(),
      20'000U);
}

TEST(Calendar, LinesAreFoldedAndNoLetterIsCut) {
  const std::string line = "SUMMARY:" + std::string(64, 'a') + "\xc3\xa4\xc3\xb6" + std::string(200, 'b');
  const std::string out = folded(line);
  std::string joined;
  std::size_t from = 0;
  for (std::size_t at; (at = out.find("\r\n", from)) != std::string::npos; from = at + 2) {
    std::string part = out.substr(from, at - from);
    EXPECT_LE(part.size(), 75U);
    EXPECT_NE(static_cast<unsigned char>(part.back()) & 0xc0, 0xc0) << "a letter was cut";
    if (from != 0) {
      EXPECT_EQ(part.front(), ' ');
      part.erase(0, 1);
    }
    joined += part;
  }
  EXPECT_EQ(joined, line);
}

}  // namespace
}  // namespace gatehouse::lifecycle
