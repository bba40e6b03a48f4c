// The gateway's side of http/: what all threads share, and the factory that main gives to http::Server.
//
// One GatewayFactory for each gateway thread makes the Exchanges of that thread's connections (gateway/gateway_exchange.h).
// docs/life_of_a_request.md walks through what they do.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "catalogue/catalogue.h"
#include "crypto/token_hash.h"
#include "gateway/attachment_homes.h"
#include "gateway/authorization_door.h"
#include "gateway/cursor.h"
#include "gateway/person_routes.h"
#include "gateway/request_log.h"
#include "gateway/self_rotate.h"
#include "http/exchange.h"
#include "token/access_keys.h"
#include "token/index_refresh.h"
#include "token/live_index.h"
#include "upstream/site_table.h"
#include "upstream/token_source.h"

namespace gatehouse::gateway {

struct GatewaySettings {
  /// Scheme and authority that clients reach the gateway under, "https://gatehouse.example", without a slash at the end. Links
  /// for programs are rewritten to it, for requests that came by a path prefix.
  std::string public_url;
  /// A node that has not read the store for so long refuses every request (design section 3).
  Duration stale_limit = std::chrono::seconds(30);
};

/// Everything is borrowed and must outlive the server; `log` has one queue for each thread.
struct GatewayShared {
  std::shared_ptr<const catalogue::Catalogue> jira;  ///< requests for a product without catalogue are refused
  std::shared_ptr<const catalogue::Catalogue> confluence;
  const token::LiveIndex* index = nullptr;
  /// Brings the index up to date for a well-formed token that it lacks; null: such a token is refused at once.
  token::IndexRefresh* refresh = nullptr;
  const upstream::SiteTable* sites = nullptr;
  const crypto::TokenHasher* hasher = nullptr;
  const CursorSeal* cursors = nullptr;  ///< null: cursors of bounded tokens are neither given out nor taken
  Random* random = nullptr;
  RequestLog* log = nullptr;
  std::shared_ptr<AttachmentHomes> attachments = std::make_shared<AttachmentHomes>();
  SelfService* self = nullptr;                         ///< null: tokens get no answers about themselves
  const token::AccessKeyTable* access_keys = nullptr;  ///< null: no access token is good
  AuthorizationServer* authorization = nullptr;        ///< null: its addresses are not here
  upstream::TokenSource* tokens = nullptr;             ///< null: nothing is fetched anew that a site refuses
  PersonRoutes* people = nullptr;                      ///< null: in a person's name no site is reached
  GatewaySettings settings;

  /// nullptr: Gatehouse knows no operations of that product.
  const catalogue::Catalogue* catalogue_of(Product product) const noexcept {
    switch (product) {
      case Product::kJira: return jira.get();
      case Product::kConfluence: return confluence.get();
      case Product::kOpenApi: break;
    }
    return nullptr;
  }
  /// Lives as long as the entry.
  const catalogue::Catalogue* catalogue_of(const upstream::SiteEntry& site) const noexcept {
    return site.api ? site.api.get() : catalogue_of(site.site.product);
  }
  /// For callers that have no entry; takes the site table's lock for an OpenAPI site.
  std::shared_ptr<const catalogue::Catalogue> catalogue_of(const Site& site) const;
};

struct ThreadState;

/// Made, used and destroyed on one gateway thread.
class GatewayFactory final : public http::ExchangeFactory {
 public:
  /// `thread` counts from 0, as http::FactoryMaker's.
  GatewayFactory(const GatewayShared& shared, unsigned thread);
  ~GatewayFactory() override;
  std::unique_ptr<http::Exchange> make() override;

 private:
  std::unique_ptr<ThreadState> state_;
};

}  // namespace gatehouse::gateway
