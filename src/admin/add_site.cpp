#include "admin/describe.h"
#include "admin/rate.h"
#include "admin/site_credentials.h"
#include "admin/site_spec.h"
#include "admin/sites.h"
#include "admin/upstream_tokens.h"
#include "http/upstream_options.h"
#include "model/resource.h"

namespace gatehouse::admin {
namespace {

/// A new site's first access token is waited for no longer.
constexpr std::chrono::milliseconds kFirstToken{3000};

Result<void> check_host(std::string_view host) {
  if (host.empty()) return success();
  const bool plain = host.size() <= 253 && host.front() != '.' &&
                     host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string_view::npos;
  if (plain) return success();
  return fail(Errc::kInvalidArgument, "Not a host name; write it in lower case and without a port, such as jira.example.com.", {},
              "host");
}

}  // namespace

Result<void> check_site(const Site& site) {
  const auto origin = http::parse_base_url(site.base_url);
  if (!origin) return fail(Errc::kInvalidArgument, "The site's URL: " + origin.error().public_detail, {}, "url");
  const std::string_view id = site.cloud_id;
  if (id.size() > 64 ||
      id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string_view::npos) {
    return fail(Errc::kInvalidArgument, "A cloud id holds letters, digits and hyphens; /_edge/tenant_info of the site tells it.",
                {}, "cloud_id");
  }
  return check_host(site.host);
}

Result<Rate> parse_budget(std::string_view text) {
  if (text.empty()) return Rate();
  auto budget = parse_rate(text);
  if (budget) return budget;
  return fail(Errc::kInvalidArgument, "Not a budget; write requests and a unit, such as 10/s or 600/m.", {}, "budget");
}

Result<Document> add_site(Services& services, const Caller& caller, const AddSite& request) {
  if (!valid_site_key(request.key)) {
    return fail(Errc::kInvalidArgument, "A site's key is up to 32 of a-z, 0-9 and hyphen, and begins with a letter or digit.", {},
                "key");
  }
  Site site;
  GH_TRY(site.product, parse_product(request.product));
  site.id = new_id<SiteId>(services.random);
  site.key = request.key;
  site.base_url = request.url;
  site.cloud_id = request.cloud_id;
  site.host = request.host;
  site.created_at = services.clock.now();
  GH_TRYV(check_site(site));
  GH_TRY(site.budget, parse_budget(request.budget));
  GH_TRY(const auto spec, spec_for(site, request.spec));
  if (spec) site.spec_digest = spec_digest(request.spec);
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRYV(work->sites.insert(site));
  if (spec) {
    GH_TRYV(work->site_documents.put(site.id, request.spec));
  }
  GH_TRY(const UpstreamCredential credential,
         make_site_credential(services, *work.operator->(), caller, site, {}, request.credential));
  GH_TRYV(work->upstream_credentials.insert(credential));
  Describer describer(*work.operator->(), site.created_at);
  GH_TRY(Document document, describer.site(site));
  GH_TRY(Document shown, describer.upstream_credential(credential));
  document["credential"] = std::move(shown);
  GH_TRYV(commit(services, std::move(work),
                 with_change(make_event(caller, "site.add", "site", site.id.value, site.key), nullptr, &document)));
  if (credential.auth == UpstreamAuth::kOAuth2) services.upstream_tokens->wait_for_first(kFirstToken);
  if (spec) describe_spec(*spec, document);
  return document;
}

}  // namespace gatehouse::admin
