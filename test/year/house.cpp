#include "test/year/house.h"

#include <stdlib.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <future>
#include <stdexcept>

#include "admin/admin_keys.h"
#include "admin/index_feed.h"
#include "admin/initialize.h"
#include "admin/usage_upkeep.h"
#include "http/exchange.h"
#include "http/head_scanner.h"

namespace gatehouse::year {
namespace {

std::shared_ptr<const catalogue::Catalogue> jira() {
  static const auto loaded = must(catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira)));
  return loaded;
}

/// In memory where that is possible: a year has many commits, and none of them is about the disk.
std::string temporary_folder() {
  const std::filesystem::path in_memory = "/dev/shm";
  const bool possible = ::access(in_memory.c_str(), W_OK) == 0;
  std::string pattern = ((possible ? in_memory : std::filesystem::temp_directory_path()) / "gatehouse-year-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  return pattern;
}

/// The ids of the sandbox's projects.
std::string project_id(std::string_view key) {
  if (key == "A") return "10000";
  if (key == "B") return "10001";
  return "10002";
}

}  // namespace

void SeededRandom::fill(std::span<std::byte> out) noexcept {
  const std::lock_guard lock(mutex_);
  for (std::size_t at = 0; at < out.size();) {
    const std::uint64_t drawn = engine_();
    const std::size_t take = std::min(sizeof drawn, out.size() - at);
    std::memcpy(out.data() + at, &drawn, take);
    at += take;
  }
}

House::House(std::uint64_t seed, FakeClock& clock, lifecycle::NotifySettings settings)
    : random_(seed), settings_(std::move(settings)), path_(temporary_folder()), clock_(clock) {
  { const auto made = must(store::DataFolder::create((path_ / "data").string(), random_)); }
  open();
  key_ = must(admin::initialize(services(), kAdministrator)).text.expose();
  caller_ = must(admin::authenticate(services(), key_, "127.0.0.1", "year")).caller;
}

House::~House() {
  open_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void House::open() {
  open_ = std::make_unique<Open>();
  Open& to = *open_;
  to.folder = std::make_unique<store::DataFolder>(must(store::DataFolder::open((path_ / "data").string())));
  to.database = must(store::Database::open(to.folder->database_path()));
  to.log = must(audit::Log::open(*to.database, to.folder->keyring(), to.folder->head_path(), clock_, random_));
  to.hasher = std::make_unique<crypto::TokenHasher>(to.folder->keyring());
  to.gateway.jira = jira();
  to.gateway.index = &to.index;
  to.gateway.sites = &to.sites;
  to.gateway.hasher = to.hasher.get();
  to.gateway.random = &random_;
  to.gateway.log = &to.requests;
  to.gateway.settings.public_url = "http://127.0.0.1:8480";
  http::FetchOptions fetch;
  fetch.upstream.addresses.allowed_hosts = {"127.0.0.1"};
  to.services = std::make_unique<admin::Services>(admin::ServicesInput{*to.database,
                                                                       *to.log,
                                                                       to.folder->keyring(),
                                                                       to.folder->head_path(),
                                                                       clock_,
                                                                       random_,
                                                                       to.index,
                                                                       to.sites,
                                                                       to.gateway,
                                                                       std::move(fetch),
                                                                       {},
                                                                       {},
                                                                       {},
                                                                       settings_.receivers});
  must(to.services->feed->load());
  to.recorder = std::make_unique<admin::Recorder>(*to.services, to.requests);
  to.self = std::make_unique<admin::SelfRotations>(*to.services);
  to.self->start();
  to.gateway.self = to.self.get();
  to.factory = std::make_unique<gateway::GatewayFactory>(to.gateway, 0);
  to.exchange = to.factory->make();
  to.notifier = std::make_unique<lifecycle::Notifier>(*to.services, settings_);
  to.jobs = std::make_unique<lifecycle::Jobs>(clock_);
  to.notifier->add_jobs(*to.jobs);
  to.jobs->add("usage", std::chrono::minutes(1),
               [services = to.services.get()](Instant now) { return admin::tend_usage(*services, now); });
}

void House::shut() {
  flush();
  crash();
}

void House::crash() { open_.reset(); }

void House::refresh() {
  must(services().feed->refresh());
  open_->index.set_fresh(clock_.now());
  open_->index.pass(0);
}

void House::flush() { must(open_->recorder->flush()); }

void House::run_jobs() {
  open_->jobs->run_due(clock_.now());
  for (const auto& job : open_->jobs->status()) {
    if (!job.problem.empty()) throw std::runtime_error("job " + job.name + ": " + job.problem);
  }
}

/// The site: projects, issues, and a number for each new issue.
std::string House::site_says(std::string_view method, std::string_view target, int& status) {
  status = 200;
  const auto after = [&](std::string_view prefix) {
    return std::string(target.substr(prefix.size(), target.find('?') - prefix.size()));
  };
  if (target == "/rest/api/3/field")
    return R"([{"id":"summary","name":"Summary","custom":false,"clauseNames":["summary"],"schema":{"type":"string","system":"summary"}}])";
  if (target.starts_with("/rest/api/3/project/")) {
    const std::string key = after("/rest/api/3/project/");
    return R"({"id":")" + project_id(key) + R"(","key":")" + key + R"("})";
  }
  if (method == "POST" && target.starts_with("/rest/api/3/issue")) {
    status = 201;
    const std::string number = std::to_string(++made_);
    return R"({"id":")" + std::to_string(50'000 + made_) + R"(","key":"A-)" + number + R"("})";
  }
  if (target.ends_with("/comment")) return R"({"startAt":0,"maxResults":50,"total":0,"comments":[]})";
  if (target.starts_with("/rest/api/3/issue/")) {
    const std::string key = after("/rest/api/3/issue/");
    const std::string project = key.substr(0, key.find('-'));
    return R"({"id":"10100","key":")" + key + R"(","fields":{"project":{"id":")" + project_id(project) + R"(","key":")" +
           project + R"("},"security":null}})";
  }
  throw std::runtime_error("the site does not know " + std::string(target));
}

http::Action House::answered_by_site(const http::UpstreamRequest& request, const http::Now& now) {
  http::Exchange& exchange = *open_->exchange;
  if (!exchange.may_send(now)) return exchange.on_upstream_failure(http::UpstreamFailure::kNotPermitted, false);
  const std::string_view head = request.head;
  const std::size_t space = head.find(' ');
  int status = 0;
  site_answer_ = site_says(head.substr(0, space), head.substr(space + 1, head.find(" HTTP/1.1") - space - 1), status);
  const std::string wire = "HTTP/1.1 " + std::to_string(status) +
                           " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(site_answer_.size()) +
                           "\r\n\r\n";
  http::ResponseHead response;
  if (http::scan_response(wire, request.method, response).verdict != http::Verdict::kComplete)
    throw std::runtime_error("the site's answer can't be read");
  return exchange.on_response_head(response, now);
}

Reply House::call(std::string_view line, std::string_view token, std::string_view address, std::string_view agent,
                  std::string_view body) {
  std::string text = std::string(line) + " HTTP/1.1\r\nHost: 127.0.0.1:8480\r\nAuthorization: Bearer " + std::string(token) +
                     "\r\nUser-Agent: " + std::string(agent) + "\r\n";
  if (!body.empty()) text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n";
  http::RequestHead head;
  if (http::scan_request(text, head).verdict != http::Verdict::kComplete) throw std::runtime_error("a bad request: " + text);
  http::Peer peer;
  peer.address = parse_ip(address).value();
  const http::Now now{clock_.now(), 1000};
  http::Exchange& exchange = *open_->exchange;
  Reply reply;
  http::Action action = exchange.on_head(head, peer, now);
  for (int step = 0; step < 100; ++step) {
    switch (action.kind) {
      case http::Action::Kind::kNeedBody: action = exchange.on_body(body, true); break;
      case http::Action::Kind::kAsk: {
        std::vector<http::LookupAnswer> answers;
        for (const http::UpstreamRequest& request : *action.lookups) {
          const std::size_t space = request.head.find(' ');
          http::LookupAnswer& answer = answers.emplace_back();
          answer.body = site_says(request.head.substr(0, space),
                                  request.head.substr(space + 1, request.head.find(" HTTP/1.1") - space - 1), answer.status);
        }
        action = exchange.on_lookups(answers, now);
        break;
      }
      case http::Action::Kind::kElsewhere: {
        std::promise<http::ElsewhereAnswer> done;
        (*action.elsewhere)([&done](http::ElsewhereAnswer answer) { done.set_value(std::move(answer)); });
        http::ElsewhereAnswer answer = done.get_future().get();
        action = exchange.on_elsewhere(answer, now);
        break;
      }
      case http::Action::Kind::kPause: action = exchange.on_pause_over(now); break;
      case http::Action::Kind::kSend: action = answered_by_site(*action.upstream, now); break;
      case http::Action::Kind::kWait: action = exchange.on_response_body(site_answer_, true); break;
      case http::Action::Kind::kRespond:
        if (action.status != 0) reply.status = action.status;
        reply.body += action.body;
        if (!action.last) throw std::runtime_error("an answer in pieces");
        exchange.on_finished(true, now);
        return reply;
      case http::Action::Kind::kAbort: exchange.on_finished(false, now); return reply;
    }
  }
  throw std::runtime_error("a request does not end");
}

}  // namespace gatehouse::year
