// The order of the steps as types: what one step returns is the only thing that the next one accepts.
//
//   authenticate → Authenticated → match → Matched → admit → Admitted → locate → Located → decide → Permitted
//                → confine → Confined → forward
//
// None of them can be made but by its own step: test/compile_fail proves that skipping one does not compile. They hold
// references that keep what they name alive; the rest of a request's state is in gateway/request.h.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "catalogue/catalogue.h"
#include "gateway/refusal.h"
#include "http/exchange.h"
#include "http/message.h"
#include "token/live_index.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

struct Request;
struct ThreadState;

class Matched;
/// Under which name what upstream said of small things is remembered (AttachmentHomes): the site's id, and of an app the person's
/// too, so that nothing that upstream told one person is used for another.
std::string memory_of(const Matched& matched);

/// A credential that was proven by its secret and was live at that moment.
class Authenticated {
 public:
  const token::LiveCredential& credential() const noexcept { return *credential_; }
  const token::LiveCredentialPtr& shared_credential() const noexcept { return credential_; }

 private:
  friend Step<Authenticated> authenticate(const http::RequestHead& head, const http::Now& now, ThreadState& thread,
                                          Request& request);
  friend Authenticated authenticate_for_explanation(token::LiveCredentialPtr credential);
  explicit Authenticated(token::LiveCredentialPtr credential) : credential_(std::move(credential)) {}
  token::LiveCredentialPtr credential_;
};

/// … and what it wants: one operation of one site.
class Matched {
 public:
  const token::LiveCredential& credential() const noexcept { return who_.credential(); }
  const token::LiveCredentialPtr& shared_credential() const noexcept { return who_.shared_credential(); }
  const std::string& account_id() const noexcept { return credential().account->account.id.value; }
  const upstream::SiteEntry& site() const noexcept { return *site_; }
  const upstream::SiteEntryPtr& shared_site() const noexcept { return site_; }
  const catalogue::Catalogue& catalogue() const noexcept { return *catalogue_; }
  const catalogue::Operation& operation() const noexcept { return *operation_; }

 private:
  friend Step<Matched> match(Authenticated who, ThreadState& thread, Request& request);
  Matched(Authenticated who, upstream::SiteEntryPtr site, const catalogue::Catalogue& catalogue,
          const catalogue::Operation& operation)
      : who_(std::move(who)), site_(std::move(site)), catalogue_(&catalogue), operation_(&operation) {}
  Authenticated who_;
  upstream::SiteEntryPtr site_;
  const catalogue::Catalogue* catalogue_;
  const catalogue::Operation* operation_;
};

/// … which its scopes, roles and grants permit on at least one resource, by one credential of the site.
class Admitted {
 public:
  const Matched& matched() const noexcept { return matched_; }
  const upstream::RoutePtr& route() const noexcept { return route_; }

 private:
  friend Step<std::optional<Admitted>> admit(std::optional<Matched>& matched, const http::Now& now, ThreadState& thread,
                                             Request& request);
  Admitted(Matched matched, upstream::RoutePtr route) : matched_(std::move(matched)), route_(std::move(route)) {}
  Matched matched_;
  upstream::RoutePtr route_;
};

/// … with every identifier in it led to its resource (Request::touches), or to be verified by the answer.
class Located {
 public:
  const Admitted& admitted() const noexcept { return admitted_; }
  const Matched& matched() const noexcept { return admitted_.matched(); }

 private:
  friend Step<std::optional<Located>> locate(std::optional<Admitted>& admitted, ThreadState& thread, Request& request);
  explicit Located(Admitted admitted) : admitted_(std::move(admitted)) {}
  Admitted admitted_;
};

/// … on all of which it is permitted.
class Permitted {
 public:
  const Matched& matched() const noexcept { return located_.matched(); }
  const upstream::RoutePtr& route() const noexcept { return located_.admitted().route(); }

 private:
  friend Step<Permitted> decide(Located located, const http::Now& now, Request& request);
  explicit Permitted(Located located) : located_(std::move(located)) {}
  Located located_;
};

/// … and its queries and parameters narrowed to them: the only thing that goes upstream.
class Confined {
 public:
  const Matched& matched() const noexcept { return permitted_.matched(); }
  const upstream::RoutePtr& route() const noexcept { return permitted_.route(); }

 private:
  friend Step<std::optional<Confined>> confine(std::optional<Permitted>& permitted, ThreadState& thread, Request& request);
  explicit Confined(Permitted permitted) : permitted_(std::move(permitted)) {}
  Permitted permitted_;
};

/// Whose request it is, by its Authorization header. Also the address-independent limits: rate, and how fresh the index is.
Step<Authenticated> authenticate(const http::RequestHead& head, const http::Now& now, ThreadState& thread, Request& request);
/// For explain() alone, which was given the credential by an administrator.
Authenticated authenticate_for_explanation(token::LiveCredentialPtr credential);
/// Which site and operation. Refuses what is not canonical and what the catalogue does not know.
Step<Matched> match(Authenticated who, ThreadState& thread, Request& request);
/// What can be decided before anything is looked up, and with which credential. Fills Request::permitted. Nothing where the
/// person's own grant at Atlassian has to be fetched first (gateway/person_routes.h): then it is called again. Moves `matched`
/// away when it is done.
Step<std::optional<Admitted>> admit(std::optional<Matched>& matched, const http::Now& now, ThreadState& thread, Request& request);
/// Which resources it touches. Nothing where look-ups must be answered first (Request::questions); then it is called again.
/// Moves `admitted` away when it is done.
Step<std::optional<Located>> locate(std::optional<Admitted>& admitted, ThreadState& thread, Request& request);
/// The decision.
Step<Permitted> decide(Located located, const http::Now& now, Request& request);
/// Of a read whose answer lies outside: why. To the client the same as what is not there; the record and its owner learn more,
/// such as that the resource is paused (Request::touches, where the answer named a project).
Refusal refuse_answer(const Matched& matched, const Request& request);
/// Narrows queries and parameters, and writes them anew (Request::outgoing). Nothing where look-ups must be answered first.
Step<std::optional<Confined>> confine(std::optional<Permitted>& permitted, ThreadState& thread, Request& request);
/// The upstream request, built anew from the operation and its checked parameters. Its views live in `request`.
Step<http::UpstreamRequest> forward(const Confined& confined, Request& request);

}  // namespace gatehouse::gateway
