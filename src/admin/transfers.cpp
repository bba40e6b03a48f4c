#include "admin/transfers.h"

#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/tell.h"

namespace gatehouse::admin {
namespace {

Error no_such_offer() { return fail(Errc::kNotFound, "There is no such offer to you."); }

Result<Document> describe_offer(Describer& describer, const store::TransferOffer& offer) {
  GH_TRY(const std::string account, describer.handle_of(offer.account));
  GH_TRY(const std::string from, describer.email_of(offer.from));
  GH_TRY(const std::string to, describer.email_of(offer.to));
  return Document{{"id", offer.id},
                  {"account", account},
                  {"from", from},
                  {"to", to},
                  {"created_at", format_instant(offer.created_at)},
                  {"expires_at", format_instant(offer.ends_at)}};
}

/// An account gets another owner, and who answered for it as deputy beside leaves that place where it is the same person.
void give(ServiceAccount& account, const UserId& owner) {
  account.owner = owner;
  if (account.deputy == owner) account.deputy = {};
}

Result<store::TransferOffer> open_offer(const Services& services, const store::Repositories& at, const std::string& id) {
  auto offer = at.transfer_offers.get(id);
  if (!offer) return offer.error().code == Errc::kNotFound ? no_such_offer() : offer.error();
  if (offer.value().decided_at || services.clock.now() >= offer.value().ends_at)
    return fail(Errc::kConflict, "This offer was decided, or its time is over.");
  return offer;
}

}  // namespace

Result<Document> offer_account(Services& services, const Caller& caller, std::string_view account, std::string_view to) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const auto found, find_account(at, account));
  if (!who.org_admin() && !who.is(found.value.owner)) return policy::not_allowed("owner of the account", "member");
  GH_TRY(const auto person, find_live_user(at, to, "to"));
  if (person.value.id == found.value.owner) return fail(Errc::kInvalidArgument, "That person owns it already.", {}, "to");
  store::TransferOffer offer;
  offer.id = random_base62(services.random, kIdLength);
  offer.account = found.value.id;
  offer.from = found.value.owner;
  offer.to = person.value.id;
  offer.created_at = services.clock.now();
  offer.ends_at = offer.created_at + kOfferFor;
  GH_TRYV(at.transfer_offers.withdraw(offer.account, offer.created_at));
  GH_TRYV(at.transfer_offers.insert(offer));
  Describer describer(at, offer.created_at);
  GH_TRY(Document document, describe_offer(describer, offer));
  AuditEvent event = make_event(caller, "account.offer", "account", found.value.id.value, found.value.handle);
  event.reason = "to " + person.value.email;
  GH_TRYV(commit(services, std::move(work), std::move(event)));
  return document;
}

Result<Documents> list_offers(Services& services, const Principal& who) {
  GH_TRY(const store::Reader reader, services.database.read());
  const Instant now = services.clock.now();
  GH_TRY(const auto offers, reader->transfer_offers.open_of(who.user, now));
  Describer describer(*reader.operator->(), now);
  Documents out;
  for (const store::TransferOffer& offer : offers) {
    GH_TRY(Document one, describe_offer(describer, offer));
    out.items.push_back(std::move(one));
  }
  return out;
}

Result<Document> accept_offer(Services& services, const Caller& caller, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const store::TransferOffer offer, open_offer(services, at, id));
  if (!who.is(offer.to)) return no_such_offer();
  GH_TRY(auto account, at.accounts.get(offer.account));
  if (account.value.owner != offer.from || account.value.state == State::kArchived)
    return fail(Errc::kConflict, "The account is not that person's to give any more.");
  const Instant now = services.clock.now();
  Describer describer(at, now);
  GH_TRY(const Document before, describer.account(account.value));
  const ServiceAccount old = account.value;
  give(account.value, offer.to);
  GH_TRYV(check_may_answer(services, at, who, old, account.value));
  GH_TRYV(at.accounts.update(account.value, account.version));
  GH_TRYV(at.transfer_offers.decide(id, true, now));
  GH_TRYV(tell_of_change(services, at.outbox, caller, "account.transfer", account.value.id.value, account.value.handle, {}));
  GH_TRY(Document after, describer.account(account.value));
  AuditEvent event = make_event(caller, "account.transfer", "account", account.value.id.value, account.value.handle);
  event.reason = "accepted by the new owner";
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  return after;
}

Result<void> decline_offer(Services& services, const Caller& caller, const std::string& id) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  GH_TRY(const store::TransferOffer offer, open_offer(services, at, id));
  if (!who.is(offer.to) && !who.is(offer.from) && !who.org_admin()) return no_such_offer();
  GH_TRYV(at.transfer_offers.decide(id, false, services.clock.now()));
  GH_TRY(const auto account, at.accounts.get(offer.account));
  return commit(services, std::move(work),
                make_event(caller, "account.decline", "account", account.value.id.value, account.value.handle));
}

namespace {

/// Accounts where `from` is owner or deputy; their handles.
Result<boost::json::array> give_accounts(Services& services, store::Repositories& at, const Caller& caller, const UserId& from,
                                         const UserId& to) {
  boost::json::array handles;
  store::Accounts::Filter filter;
  filter.owner = from;
  store::Page page{{}, 1000};
  do {
    GH_TRY(auto listed, at.accounts.list(filter, page));
    for (auto& account : listed.items) {
      const bool owned = account.value.owner == from;
      if ((!owned && account.value.deputy != from) || account.value.state == State::kArchived) continue;
      if (owned) {
        give(account.value, to);
      } else {
        account.value.deputy = account.value.owner == to ? UserId() : to;
      }
      GH_TRYV(at.accounts.update(account.value, account.version));
      GH_TRYV(at.transfer_offers.withdraw(account.value.id, services.clock.now()));
      if (owned) {
        GH_TRYV(
            tell_of_change(services, at.outbox, caller, "account.transfer", account.value.id.value, account.value.handle, {}));
      }
      handles.emplace_back(account.value.handle);
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return handles;
}

Result<std::int64_t> give_tokens(Services& services, store::Repositories& at, const Caller& caller, const UserId& from,
                                 const UserId& to) {
  std::int64_t given = 0;
  store::Credentials::Filter filter;
  filter.owner = from;
  store::Page page{{}, 1000};
  do {
    GH_TRY(auto listed, at.credentials.list(filter, page));
    for (auto& token : listed.items) {
      if (token.value.owner != from || token.value.state == State::kRevoked) continue;
      token.value.owner = to;
      GH_TRYV(at.credentials.update(token.value, token.version));
      GH_TRYV(tell_of_change(services, at.outbox, caller, "token.transfer", token.value.id.value, token.value.name, {}));
      ++given;
    }
    page.after = listed.next;
  } while (!page.after.empty());
  return given;
}

}  // namespace

Result<Document> transfer_all(Services& services, const Caller& caller, std::string_view user, std::string_view to) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const Principal who, authority_of(services, at, caller));
  if (!who.org_admin()) return policy::refusal_of(policy::Need::kOrgAdmin);
  GH_TRY(const auto from, find_user(at, user));
  GH_TRY(const auto person, find_live_user(at, to, "to"));
  if (from.value.id == person.value.id) return fail(Errc::kInvalidArgument, "That is the same person.", {}, "to");
  GH_TRY(boost::json::array accounts, give_accounts(services, at, caller, from.value.id, person.value.id));
  GH_TRY(const std::int64_t tokens, give_tokens(services, at, caller, from.value.id, person.value.id));
  Document document{
      {"from", from.value.email}, {"to", person.value.email}, {"accounts", std::move(accounts)}, {"tokens", tokens}};
  AuditEvent event = make_event(caller, "user.transfer_all", "user", from.value.id.value, from.value.email);
  event.reason = "to " + person.value.email;
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), nullptr, &document)));
  return document;
}

}  // namespace gatehouse::admin
