#include "test/support/world.h"

#include <stdlib.h>

#include "admin/accounts.h"
#include "admin/grants.h"
#include "admin/index_feed.h"
#include "admin/initialize.h"
#include "admin/sites.h"
#include "admin/users.h"
#include "token/token.h"

namespace gatehouse::test {
namespace {

/// Loaded once: the registry of scopes is the process's.
std::shared_ptr<const catalogue::Catalogue> jira() {
  static const auto loaded = must(catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira)));
  return loaded;
}

std::string temporary_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-test-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  return pattern;
}

}  // namespace

World::World() : folder_path_(temporary_folder()) {
  const std::string data = (folder_path_ / "data").string();
  folder_ = std::make_unique<store::DataFolder>(must(store::DataFolder::create(data, random_)));
  database_ = must(store::Database::open(folder_->database_path()));
  log_ = must(audit::Log::open(*database_, folder_->keyring(), folder_->head_path(), clock_, random_));
  hasher_ = std::make_unique<crypto::TokenHasher>(folder_->keyring());
  request_log_ = std::make_unique<gateway::RequestLog>(1);
  gateway_.jira = jira();
  gateway_.index = &index_;
  gateway_.sites = &sites_;
  gateway_.hasher = hasher_.get();
  gateway_.random = &random_;
  gateway_.log = request_log_.get();
  gateway_.settings.public_url = "http://127.0.0.1:8480";
  http::FetchOptions fetch;
  fetch.upstream.addresses.allowed_hosts = {"127.0.0.1"};
  services_ = std::make_unique<admin::Services>(admin::ServicesInput{
      *database_, *log_, folder_->keyring(), folder_->head_path(), clock_, random_, index_, sites_, gateway_, std::move(fetch)});
  must(services_->feed->load());
  key_ = must(admin::initialize(*services_, kAdministrator)).text.expose();
  caller_ = must(admin::authenticate(*services_, key_, "127.0.0.1", "test")).caller;
}

World::~World() {
  services_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(folder_path_, ignored);
}

sandbox::Sandbox& World::site() {
  if (!site_) {
    site_ = std::make_unique<sandbox::Sandbox>();
    must(site_->start());
  }
  return *site_;
}

void World::add_site() {
  admin::AddSite request;
  request.key = "acme";
  request.product = "jira";
  request.url = site().base_url();
  request.credential.auth = "basic";
  request.credential.username = sandbox::kUsername;
  request.credential.secret = SecretString(sandbox::kToken);
  must(admin::add_site(*services_, caller_, request));
}

void World::add_account(const std::string& handle) {
  admin::CreateAccount request;
  request.handle = handle;
  request.owner = kAdministrator;
  request.purpose = "opens an issue when a build breaks";
  request.runs_in = "CI";
  must(admin::create_account(*services_, caller_, request));
}

void World::add_grant(const std::string& resource, const std::string& account) {
  admin::AddGrant request;
  request.account = account;
  request.resource = resource;
  request.scopes = {"read:jira-work", "write:jira-work"};
  must(admin::add_grant(*services_, caller_, request));
}

Caller World::person(const std::string& email, const std::string& role, const std::vector<std::string>& resources) {
  must(admin::add_user(services(), caller(), {email, email, role, resources}));
  const admin::CreatedKey key = must(admin::create_admin_key(services(), caller(), email, "laptop", {}));
  return must(admin::authenticate(services(), key.text.expose(), "", "")).caller;
}

token::LiveCredentialPtr World::live(const std::string& token) {
  const auto parsed = token::parse(token);
  return parsed ? index_.find_locked(parsed->id).credential : nullptr;
}

AuditRecord World::audited(const std::string& action) {
  const auto reader = must(database_->read());
  store::AuditRecords::Filter filter;
  filter.action = action;
  const auto listed = must(reader->audit_records.list(filter, store::Page{}));
  return listed.items.empty() ? AuditRecord() : listed.items.front();
}

}  // namespace gatehouse::test
