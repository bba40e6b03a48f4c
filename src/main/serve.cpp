#include "main/serve.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <boost/json.hpp>
#include <csignal>
#include <iostream>
#include <mutex>
#include <utility>

#include "admin/access_keys.h"
#include "admin/approvals.h"
#include "admin/atlassian.h"
#include "admin/atlassian_authority.h"
#include "admin/audit.h"
#include "admin/backing.h"
#include "admin/handovers.h"
#include "admin/index_feed.h"
#include "admin/judge.h"
#include "admin/live_events.h"
#include "admin/person_routes.h"
#include "admin/provider.h"
#include "admin/recorder.h"
#include "admin/self_rotation.h"
#include "admin/sign_in.h"
#include "admin/upstream_tokens.h"
#include "admin/usage_upkeep.h"
#include "api/admin_server.h"
#include "api/router.h"
#include "gateway/gateway.h"
#include "http/server.h"
#include "lifecycle/audit_sinks.h"
#include "lifecycle/jobs.h"
#include "lifecycle/notifier.h"
#include "local/place.h"
#include "oauth/server.h"
#include "web/web.h"

namespace gatehouse {
namespace {

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

/// Keys and secrets lie in this process's memory: no core file, and no reading of it by others of the same user.
void keep_memory_to_ourselves() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

std::string url_of(const http::ListenAddress& address, bool tls) {
  return (tls ? "https://" : "http://") + http::format_listen_address(address);
}

}  // namespace

/// How long the first requests of a server wait for the access tokens of its sites.
constexpr std::chrono::milliseconds kFirstTokens{5000};

struct Serving::Parts {
  explicit Parts(Installation& opened) : installation(opened) {}

  Installation& installation;
  bool tls = false;
  std::string sign_in_url;
  std::once_flag named;
  std::unique_ptr<admin::Provider> provider;
  std::unique_ptr<admin::Atlassian> atlassian;
  std::unique_ptr<admin::AtlassianAuthority> authority;
  std::unique_ptr<admin::PersonRoutes> people;
  std::unique_ptr<admin::LiveEvents> live_events;
  std::unique_ptr<web::Web> web;
  std::unique_ptr<api::Api> api;
  std::unique_ptr<admin::Judge> judge;
  std::unique_ptr<admin::Recorder> recorder;
  std::unique_ptr<admin::SelfRotations> self_rotations;
  std::unique_ptr<oauth::Server> authorization;
  std::unique_ptr<http::Server> gateway;
  std::unique_ptr<api::AdminServer> admin;
  std::unique_ptr<lifecycle::Notifier> notifier;
  std::unique_ptr<lifecycle::Jobs> jobs;
  std::unique_ptr<lifecycle::Jobs> deliveries;  ///< of its own, so that a slow mail server holds nothing else up
  std::unique_ptr<lifecycle::Jobs> questions;   ///< likewise: what Atlassian is asked
  std::unique_ptr<lifecycle::AuditSinks> sinks;
  std::unique_ptr<lifecycle::Jobs> records;  ///< likewise: what the sinks are sent

  Result<void> start_gateway(const Settings& settings);
  Result<void> start_atlassian(const Settings& settings);
  Result<void> start_admin(const Settings& settings);
  Result<void> start_sinks(const Settings& settings);
  void start_jobs(const Settings& settings);
};

Serving::Serving(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Serving::~Serving() {
  // Streams have no end of their own. The admin listener first, so that no change is half-way; then requests are finished; then
  // what they left is written down.
  if (parts_->live_events) parts_->live_events->stop();
  if (parts_->admin) parts_->admin->stop();
  if (parts_->jobs) parts_->jobs->stop();
  if (parts_->deliveries) parts_->deliveries->stop();
  if (parts_->questions) parts_->questions->stop();
  if (parts_->records) parts_->records->stop();
  if (parts_->gateway) parts_->gateway->stop();
  if (parts_->people) parts_->people->stop();
  if (parts_->self_rotations) parts_->self_rotations->stop();
  if (parts_->authorization) parts_->authorization->stop();
  if (parts_->recorder) parts_->recorder->stop();
  if (parts_->judge) parts_->judge->stop();
  parts_->installation.services().upstream_tokens->stop();
  parts_->installation.services().feed->stop();
}

Result<std::unique_ptr<Serving>> Serving::start(const Settings& settings, Installation& installation) {
  std::unique_ptr<Serving> serving(new Serving(std::make_unique<Parts>(installation)));
  Parts& parts = *serving->parts_;
  parts.tls = !settings.server.tls_certificate_file.empty();
  admin::Services& services = installation.services();
  GH_TRYV(services.feed->load());
  services.feed->start();
  services.upstream_tokens->start([&services] {
    const auto done = services.feed->refresh_sites();
    if (!done) std::clog << "access tokens of sites: " << done.error().public_detail << std::endl;
    return done.has_value();
  });
  services.upstream_tokens->wait_for_first(kFirstTokens);
  installation.set_token_source(services.upstream_tokens.get());
  GH_TRYV(parts.start_atlassian(settings));
  if (!settings.register_only) {
    GH_TRYV(parts.start_gateway(settings));
  }
  GH_TRYV(parts.start_admin(settings));
  GH_TRYV(parts.start_sinks(settings));
  if (parts.authorization)
    parts.authorization->set_panel_url(settings.notify.url.empty() ? url_of(parts.admin->address(), parts.tls)
                                                                   : settings.notify.url);
  parts.start_jobs(settings);
  return serving;
}

Result<void> Serving::Parts::start_gateway(const Settings& settings) {
  const auto make = [this, named_by_settings = !settings.public_url.empty()](unsigned thread) {
    // Links lead to the public URL; where none was given, to the address that is really bound. That is known from here on, and
    // no thread has taken a request yet.
    std::call_once(named, [this, named_by_settings] {
      if (!named_by_settings) installation.set_public_url(url_of(gateway->address(), tls));
    });
    return std::make_unique<gateway::GatewayFactory>(installation.gateway(), thread);
  };
  judge = std::make_unique<admin::Judge>(installation.services());
  judge->start();
  recorder = std::make_unique<admin::Recorder>(installation.services(), installation.request_log());
  recorder->start();
  if (const auto end = recorder->unclean_end()) {
    std::cerr << "Usage: Gatehouse did not end properly. The last usage that it stored is of " << format_instant(*end)
              << "; of what was used after that, " << admin::Recorder::kUsageEvery.count()
              << " s at most are lost. Nothing else is." << std::endl;
  }
  self_rotations = std::make_unique<admin::SelfRotations>(installation.services());
  self_rotations->start();
  installation.set_self_service(self_rotations.get());
  GH_TRYV(admin::ensure_access_keys(installation.services()));
  authorization = std::make_unique<oauth::Server>(installation.services());
  authorization->start();
  installation.set_authorization_server(authorization.get());
  gateway = std::make_unique<http::Server>(settings.server, make, installation.clock(),
                                           [this](unsigned thread) { installation.index().pass(thread); });
  return gateway->start();
}

Result<void> Serving::Parts::start_atlassian(const Settings& settings) {
  if (settings.atlassian.client_id.empty()) return success();
  admin::Services& services = installation.services();
  GH_TRY(atlassian, admin::Atlassian::make(services, settings.atlassian));
  authority = std::make_unique<admin::AtlassianAuthority>(services, *atlassian);
  services.atlassian = atlassian.get();
  services.authority_source = authority.get();
  people = std::make_unique<admin::PersonRoutes>(services, *atlassian);
  people->start();
  installation.set_person_routes(people.get());
  return success();
}

Result<void> Serving::Parts::start_admin(const Settings& settings) {
  if (!settings.provider.issuer.empty()) {
    GH_TRY(provider, admin::Provider::make(installation.services(), settings.provider));
  }
  live_events = std::make_unique<admin::LiveEvents>(installation.services());
  live_events->start();
  web = std::make_unique<web::Web>(
      installation.services(),
      web::WebOptions{tls, !settings.server.trusted_proxies.empty(), settings.public_url, provider.get(), atlassian.get()});
  api = std::make_unique<api::Api>(installation.services(), [this](const api::Request& request) { return web->handle(request); });
  api::AdminServerOptions options;
  GH_TRY(options.listen, http::parse_listen_address(settings.admin));
  options.hosts = settings.admin_hosts;
  options.tls_certificate_file = settings.server.tls_certificate_file;
  options.tls_key_file = settings.server.tls_key_file;
  options.trusted_proxies = settings.server.trusted_proxies;
  admin = std::make_unique<api::AdminServer>(std::move(options), *api);
  GH_TRYV(admin->start());
  GH_TRY(const auto link, admin::first_link(installation.services()));
  if (link) sign_in_url = url_of(admin->address(), tls) + link->path;
  return success();
}

Result<void> Serving::Parts::start_sinks(const Settings& settings) {
  if (!settings.audit.enabled()) return success();
  GH_TRY(sinks, lifecycle::AuditSinks::make(installation.services(), settings.audit, settings.data + "/audit.sinks"));
  records = std::make_unique<lifecycle::Jobs>(installation.clock());
  records->add("audit sinks", std::chrono::seconds(1), [this](Instant now) { return sinks->run(now); });
  records->start();
  return success();
}

/// Everything that happens by itself, in the order in which it should: first what changes records, then who is told of it.
void Serving::Parts::start_jobs(const Settings& settings) {
  lifecycle::NotifySettings notify = settings.notify;
  if (notify.url.empty()) notify.url = url_of(admin->address(), tls);
  notifier = std::make_unique<lifecycle::Notifier>(installation.services(), std::move(notify));
  deliveries = std::make_unique<lifecycle::Jobs>(installation.clock());
  deliveries->add("deliver", std::chrono::seconds(1), [this](Instant now) { return notifier->deliver(now); });
  deliveries->start();
  if (authority) {
    questions = std::make_unique<lifecycle::Jobs>(installation.clock());
    questions->add("authority", std::chrono::seconds(10), [this](Instant now) { return authority->look(now); });
    questions->start();
  }
  jobs = std::make_unique<lifecycle::Jobs>(installation.clock());
  notifier->add_jobs(*jobs);
  jobs->add("grace", std::chrono::minutes(1), [this](Instant now) { return admin::end_graces(installation.services(), now); });
  jobs->add("approvals", std::chrono::minutes(1),
            [this](Instant now) { return admin::expire_approvals(installation.services(), now); });
  jobs->add("handing over", std::chrono::minutes(1),
            [this](Instant now) { return admin::end_handovers(installation.services(), now); });
  jobs->add("access tokens", std::chrono::hours(1),
            [this](Instant now) { return admin::tend_access_tokens(installation.services(), now); });
  jobs->add("usage", std::chrono::minutes(1), [this](Instant now) { return admin::tend_usage(installation.services(), now); });
  jobs->add("audit", std::chrono::hours(1), [this](Instant now) { return admin::seal_old_audit(installation.services(), now); });
  jobs->add("sign-in", std::chrono::hours(1),
            [this](Instant now) { return admin::forget_old_sign_ins(installation.services(), now); });
  jobs->start();
}

std::string Serving::gateway_address() const {
  return parts_->gateway ? http::format_listen_address(parts_->gateway->address()) : std::string();
}
std::string Serving::admin_address() const { return http::format_listen_address(parts_->admin->address()); }
std::string Serving::gateway_url() const {
  return parts_->gateway ? url_of(parts_->gateway->address(), parts_->tls) : std::string();
}
std::string Serving::sign_in_url() const { return parts_->sign_in_url; }
std::string Serving::admin_url() const { return url_of(parts_->admin->address(), parts_->tls); }

Result<void> Serving::reload() {
  if (!parts_->tls) return success();
  if (parts_->gateway) {
    GH_TRYV(parts_->gateway->reload_certificate());
  }
  return parts_->admin->reload_certificate();
}

void block_signals() {
  const sigset_t set = our_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void wait_for_signal(Serving& serving) {
  const sigset_t set = our_signals();
  for (;;) {
    int number = 0;
    sigwait(&set, &number);
    if (number != SIGHUP) return;
    if (const auto reloaded = serving.reload(); !reloaded) std::cerr << "gatehouse: " << reloaded.error().public_detail << "\n";
  }
}

int serve(const Settings& settings, bool json) {
  block_signals();
  keep_memory_to_ourselves();
  const auto fail_with = [](const Error& error) {
    std::cerr << "gatehouse serve: " << error.public_detail << "\n";
    if (!error.log_detail.empty()) std::cerr << "  (" << error.log_detail << ")\n";
    return local::exit_status(error.code);
  };
  auto installation = Installation::open(settings);
  if (!installation) return fail_with(installation.error());
  auto serving = Serving::start(settings, *installation.value());
  if (!serving) return fail_with(serving.error());
  const Serving& running = *serving.value();
  if (json) {
    boost::json::object ready{{"admin_url", running.admin_url()}};
    if (!settings.register_only) ready["gateway_url"] = running.gateway_url();
    if (!running.sign_in_url().empty()) ready["sign_in_url"] = running.sign_in_url();
    std::cout << boost::json::serialize(ready) << std::endl;
  }
  if (!settings.register_only) std::cerr << "Gateway: " << running.gateway_url() << "\n";
  std::cerr << "Administration: " << running.admin_url() << std::endl;
  if (!running.sign_in_url().empty())
    std::cerr << "Nobody can sign in yet. Within 15 minutes this signs the first administrator in, once: "
              << running.sign_in_url() << std::endl;
  wait_for_signal(*serving.value());
  std::cerr << "Finishing what is under way …" << std::endl;
  return 0;
}

}  // namespace gatehouse
