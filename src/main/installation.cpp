#include "main/installation.h"

#include <utility>

#include "admin/index_feed.h"
#include "catalogue/catalogue.h"
#include "crypto/self_test.h"

namespace gatehouse {

/// In the order of dependence: what stands lower is destroyed first.
struct Installation::Parts {
  explicit Parts(store::DataFolder opened) : folder(std::move(opened)) {}

  SystemClock clock;
  SystemRandom random;
  store::DataFolder folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<audit::Log> log;
  std::unique_ptr<crypto::TokenHasher> hasher;
  std::unique_ptr<gateway::CursorSeal> cursors;
  std::unique_ptr<token::LiveIndex> index;
  upstream::SiteTable sites;
  std::unique_ptr<gateway::RequestLog> request_log;
  gateway::GatewayShared gateway;
  std::unique_ptr<admin::Services> services;
  std::unique_ptr<token::IndexRefresh> refresh;
};

Installation::Installation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Installation::~Installation() = default;

Result<std::unique_ptr<Installation>> Installation::create(const Settings& settings) {
  GH_TRYV(crypto::self_test());
  SystemRandom random;
  GH_TRY(auto folder, store::DataFolder::create(settings.data, random));
  return wire(settings, std::move(folder));
}

Result<std::unique_ptr<Installation>> Installation::open(const Settings& settings) {
  GH_TRYV(crypto::self_test());
  GH_TRY(auto folder, store::DataFolder::open(settings.data, settings.master_key));
  return wire(settings, std::move(folder));
}

Result<std::unique_ptr<Installation>> Installation::open_beside(const Settings& settings) {
  GH_TRYV(crypto::self_test());
  GH_TRY(auto folder, store::DataFolder::open_beside(settings.data, settings.master_key));
  return wire(settings, std::move(folder));
}

Result<void> Installation::add_keys(const Settings& settings) {
  GH_TRYV(crypto::self_test());
  SystemRandom random;
  GH_TRY(auto folder, store::DataFolder::open(settings.data, settings.master_key));
  // A database that is away is better found before there is a key that nothing was made with.
  GH_TRY(const auto database, store::Database::open(settings.database.empty() ? folder.database_path() : settings.database));
  crypto::Keyring keys = folder.keyring();
  using crypto::KeyPurpose;
  for (const KeyPurpose purpose : {KeyPurpose::kAudit, KeyPurpose::kSealing, KeyPurpose::kTokenHash, KeyPurpose::kHeadSigning})
    keys.add_epoch(purpose, random);
  return folder.save_keyring(keys, random);
}

Result<std::unique_ptr<Installation>> Installation::wire(const Settings& settings, store::DataFolder folder) {
  auto parts = std::make_unique<Parts>(std::move(folder));
  GH_TRY(parts->database, store::Database::open(settings.database.empty() ? parts->folder.database_path() : settings.database));
  const crypto::Keyring& keys = parts->folder.keyring();
  GH_TRY(parts->log, audit::Log::open(*parts->database, keys, parts->folder.head_path(), parts->clock, parts->random));
  parts->hasher = std::make_unique<crypto::TokenHasher>(keys);
  parts->cursors = std::make_unique<gateway::CursorSeal>(parts->folder.master_key().derive("gateway cursors", ""));
  parts->index = std::make_unique<token::LiveIndex>(settings.threads);
  parts->request_log = std::make_unique<gateway::RequestLog>(settings.threads);

  gateway::GatewayShared& shared = parts->gateway;
  GH_TRY(shared.jira, catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira)));
  const std::vector<catalogue::Table> confluence = catalogue::Catalogue::embedded(Product::kConfluence);
  GH_TRY(shared.confluence, catalogue::Catalogue::load(Product::kConfluence, confluence));
  shared.index = parts->index.get();
  shared.sites = &parts->sites;
  shared.hasher = parts->hasher.get();
  shared.cursors = parts->cursors.get();
  shared.random = &parts->random;
  shared.log = parts->request_log.get();
  {
    GH_TRY(const store::Reader reader, parts->database->read());
    GH_TRY(const auto homes, reader->attachment_homes.all());
    for (const store::AttachmentHome& one : homes)
      shared.attachments->restore(static_cast<std::uint64_t>(one.slot), static_cast<std::uint64_t>(one.home));
  }
  shared.settings.public_url = settings.public_url;
  shared.settings.stale_limit = settings.stale_limit;

  http::FetchOptions fetch;
  fetch.upstream = settings.server.upstream;
  std::vector<std::string> certificates;
  if (!settings.server.tls_certificate_file.empty()) certificates.push_back(settings.server.tls_certificate_file);
  std::vector<admin::ConfiguredSecret> secrets;
  if (!settings.provider.secret_file.empty()) {
    secrets.push_back({"openid connect secret", "the secret of Gatehouse at " + settings.provider.issuer,
                       settings.provider.secret_file, settings.provider_secret_expires_at,
                       "nobody signs in by the company's provider any more"});
  }
  // A provider's secret always ends; a mail server's password need not.
  if (!settings.notify.mail.password_file.empty() && settings.mail_password_expires_at) {
    secrets.push_back({"mail password", "the password of Gatehouse at " + settings.notify.mail.host,
                       settings.notify.mail.password_file, settings.mail_password_expires_at,
                       "no mail leaves: nobody is told of anything by mail"});
  }
  parts->services = std::make_unique<admin::Services>(admin::ServicesInput{
      *parts->database, *parts->log, keys, parts->folder.head_path(), parts->clock, parts->random, *parts->index, parts->sites,
      shared, std::move(fetch), std::move(certificates), settings.session_limits, std::move(secrets), settings.notify.receivers});
  shared.access_keys = &parts->services->feed->access_keys();
  // Other nodes can make tokens only where the database is shared.
  if (parts->database->is_postgres()) {
    parts->refresh = std::make_unique<token::IndexRefresh>([feed = parts->services->feed.get()] {
      // Where the store is away the feed's own thread says so; the token stays unknown.
      if (const auto refreshed = feed->refresh(); !refreshed) return;
    });
    shared.refresh = parts->refresh.get();
  }
  return std::unique_ptr<Installation>(new Installation(std::move(parts)));
}

const store::DataFolder& Installation::folder() const noexcept { return parts_->folder; }
store::Database& Installation::database() noexcept { return *parts_->database; }
admin::Services& Installation::services() noexcept { return *parts_->services; }
const gateway::GatewayShared& Installation::gateway() const noexcept { return parts_->gateway; }
gateway::RequestLog& Installation::request_log() noexcept { return *parts_->request_log; }
token::LiveIndex& Installation::index() noexcept { return *parts_->index; }
const Clock& Installation::clock() const noexcept { return parts_->clock; }
void Installation::set_self_service(gateway::SelfService* service) { parts_->gateway.self = service; }
void Installation::set_authorization_server(gateway::AuthorizationServer* server) { parts_->gateway.authorization = server; }
void Installation::set_token_source(upstream::TokenSource* tokens) { parts_->gateway.tokens = tokens; }
void Installation::set_person_routes(gateway::PersonRoutes* people) { parts_->gateway.people = people; }
void Installation::set_public_url(std::string url) { parts_->gateway.settings.public_url = std::move(url); }

}  // namespace gatehouse
