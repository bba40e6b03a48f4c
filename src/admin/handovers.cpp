#include "admin/handovers.h"

#include <array>

#include "admin/authority.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/notices.h"
#include "crypto/token_hash.h"

namespace gatehouse::admin {
namespace {

using store::Handover;

constexpr std::size_t kLinkSecret = 32;
constexpr std::size_t kCodeDigits = 8;

Error no_handover() {
  return fail(Errc::kNotFound, "There is nothing to take under that link. It works once, within a day, for the person it is for.",
              {}, "handover");
}

/// Uniform digits: bytes of 250 and more are thrown away.
std::string random_digits(Random& random, std::size_t count) {
  std::string digits;
  while (digits.size() < count) {
    std::array<std::byte, 1> one{};
    random.fill(one);
    const int value = std::to_integer<int>(one[0]);
    if (value < 250) digits += static_cast<char>('0' + value % 10);
  }
  return digits;
}

std::string code_subject(std::string_view id) { return "handover-code/" + std::string(id); }

bool matches(const Services& services, const std::string& hash, const std::string& subject, std::string_view secret) {
  const auto parsed = crypto::parse_token_hash(hash);
  return parsed && services.hasher.matches(parsed.value(), subject, secret);
}

bool is_open(const Handover& handover, Instant now) { return !handover.ended_at && now < handover.expires_at; }

Result<void> revoke(store::Repositories& at, const CredentialId& id) {
  GH_TRY(auto token, at.credentials.get(id));
  if (token.value.state == State::kRevoked) return success();
  token.value.state = State::kRevoked;
  token.value.pause = {};
  return at.credentials.update(token.value, token.version);
}

/// The secret leaves: once, with its record.
Result<CreatedToken> release(Services& services, store::UnitOfWork work, const Caller& caller, const Handover& handover) {
  store::Repositories& at = *work.operator->();
  const Instant now = services.clock.now();
  GH_TRY(const auto token, at.credentials.get(handover.credential));
  if (token.value.state == State::kRevoked) return no_handover();
  GH_TRY(SecretString secret, services.sealer.open(handover.sealed_secret, {"handover", handover.id, ""}));
  GH_TRYV(at.handovers.end(handover.id, now, true));
  GH_TRY(Document document, Describer(at, now).token(token.value));
  AuditEvent event = make_event(caller, "token.take", "token", token.value.id.value, token.value.name);
  event.reason = "by " + handover.recipient;
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return CreatedToken{std::move(document), std::move(secret)};
}

/// Recorded and committed although the answer is a refusal.
Result<void> count_wrong_code(Services& services, store::UnitOfWork work, const Caller& caller, const Handover& handover) {
  store::Repositories& at = *work.operator->();
  GH_TRYV(at.handovers.count_wrong_code(handover.id));
  AuditEvent event = make_event(caller, "token.take", "token", handover.credential.value, handover.recipient);
  event.outcome = "refused";
  event.reason = "wrong code";
  if (handover.wrong_codes + 1 >= kMostWrongCodes) {
    GH_TRYV(at.handovers.end(handover.id, services.clock.now(), false));
    GH_TRYV(revoke(at, handover.credential));
    event.reason = "wrong code too often; the token was revoked";
  }
  return commit(services, std::move(work), std::move(event));
}

}  // namespace

Result<HandedOver> hand_over(Services& services, store::Repositories& at, const Principal& maker, const Credential& token,
                             const SecretString& secret, const std::string& recipient, const UserId& user) {
  const Instant now = services.clock.now();
  HandedOver handed;
  handed.id = random_base62(services.random, kIdLength);
  handed.recipient = recipient;
  handed.outsider = user.empty();
  handed.expires_at = now + kHandoverLives;
  Handover handover;
  handover.id = handed.id;
  handover.credential = token.id;
  handover.recipient = recipient;
  handover.user = user;
  handover.made_by = maker.user.empty() ? token.requested_by : maker.user;
  handover.created_at = now;
  handover.expires_at = handed.expires_at;
  handover.sealed_secret = services.sealer.seal(secret, {"handover", handed.id, ""});
  if (handed.outsider) {
    const std::string part = random_base62(services.random, kLinkSecret);
    handed.link = SecretString(handed.id + "." + part);
    handed.code = SecretString(random_digits(services.random, kCodeDigits));
    handover.hash = crypto::format_token_hash(services.hasher.hash(handed.id, part));
    handover.code_hash = crypto::format_token_hash(services.hasher.hash(code_subject(handed.id), handed.code.expose()));
  } else {
    handed.link = SecretString(handed.id);
    GH_TRYV(queue_notice(services, at.outbox,
                         {NoticeKind::kHandedOver,
                          "token",
                          token.id.value,
                          token.name,
                          {{"by", maker.email}, {"handover", handed.id}, {"until", format_instant(handed.expires_at)}}}));
  }
  GH_TRYV(at.handovers.insert(handover));
  return handed;
}

boost::json::object describe(const HandedOver& handed) {
  boost::json::object object;
  object["id"] = handed.id;
  object["for"] = handed.recipient;
  object["link"] = "/take/" + handed.link.expose();
  object["code"] = handed.outsider ? boost::json::value(handed.code.expose()) : boost::json::value(nullptr);
  object["expires_at"] = format_instant(handed.expires_at);
  return object;
}

Result<CreatedToken> take_token(Services& services, const Caller& caller, std::string_view id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  const auto handover = at.handovers.get(std::string(id));
  if (!handover) return handover.error().code == Errc::kNotFound ? no_handover() : handover.error();
  const bool theirs = who.is(handover.value().user);
  if (!theirs || !is_open(handover.value(), services.clock.now())) return no_handover();
  return release(services, std::move(work), caller, handover.value());
}

Result<CreatedToken> take_token_with_code(Services& services, const Caller& caller, std::string_view link,
                                          std::string_view code) {
  const std::size_t dot = link.find('.');
  const std::string id(link.substr(0, dot));
  if (dot == std::string_view::npos) return no_handover();
  GH_TRY(store::UnitOfWork work, services.database.begin());
  const auto found = work->handovers.get(id);
  if (!found) return found.error().code == Errc::kNotFound ? no_handover() : found.error();
  const Handover& handover = found.value();
  // Who does not have the link must not be able to use up the tries of who has it.
  const bool right_link = handover.user.empty() && matches(services, handover.hash, id, link.substr(dot + 1));
  if (!right_link || !is_open(handover, services.clock.now())) return no_handover();
  Caller outsider = caller;
  outsider.actor_kind = "link";
  outsider.actor_id = handover.id;
  outsider.actor_name = handover.recipient;
  if (!matches(services, handover.code_hash, code_subject(id), code)) {
    GH_TRYV(count_wrong_code(services, std::move(work), outsider, handover));
    return no_handover();
  }
  return release(services, std::move(work), outsider, handover);
}

Result<Documents> list_handovers(Services& services, const Caller& caller) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const auto open, at.handovers.open());
  Describer describer(at, services.clock.now());
  Documents documents;
  for (const Handover& one : open) {
    if (!is_open(one, services.clock.now())) continue;
    if (!who.reads_all() && !who.is(one.user) && !who.is(one.made_by)) continue;
    GH_TRY(const auto token, at.credentials.get(one.credential));
    GH_TRY(const std::string maker, describer.email_of(one.made_by));
    documents.items.push_back(boost::json::object{{"id", one.id},
                                                  {"token_id", one.credential.value},
                                                  {"name", token.value.name},
                                                  {"for", one.recipient},
                                                  {"outsider", one.user.empty()},
                                                  {"made_by", maker},
                                                  {"yours", who.is(one.user)},
                                                  {"expires_at", format_instant(one.expires_at)}});
  }
  return documents;
}

Result<void> check_may_see_secret(const store::Repositories& at, const Principal& who, const CredentialId& token) {
  GH_TRY(const auto handovers, at.handovers.of_credential(token));
  for (const Handover& one : handovers) {
    if (who.is(one.user)) continue;
    return fail(Errc::kConflict,
                "This token was handed over to " + one.recipient +
                    ", and nobody else is to see its secret. Revoke it, and create another one with --for.",
                {}, "token");
  }
  return success();
}

Result<void> end_handovers(Services& services, Instant now) {
  std::vector<Handover> open;
  {
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(open, reader->handovers.open());
  }
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "handing over";
  for (const Handover& one : open) {
    if (now < one.expires_at) continue;
    GH_TRY(store::UnitOfWork work, services.database.begin());
    store::Repositories& at = *work.operator->();
    const auto ended = at.handovers.end(one.id, now, false);
    if (!ended && ended.error().code == Errc::kConflict) continue;
    GH_TRYV(ended);
    GH_TRYV(revoke(at, one.credential));
    GH_TRY(const auto token, at.credentials.get(one.credential));
    GH_TRYV(queue_notice(services, at.outbox,
                         {NoticeKind::kRevoked,
                          "token",
                          token.value.id.value,
                          token.value.name,
                          {{"by", "Gatehouse, since " + one.recipient + " did not take it within a day"}}}));
    AuditEvent event = make_event(caller, "token.revoke", "token", token.value.id.value, token.value.name);
    event.reason = "not taken by " + one.recipient + " within a day";
    GH_TRYV(commit(services, std::move(work), std::move(event)));
  }
  return success();
}

}  // namespace gatehouse::admin
