// House: an installation in a data folder that can be shut, crash and be opened again, with a clock that is moved by hand; and
// requests through its gateway. Everything behind it is the product's own, wired as main/serve.cpp wires it, but for the sockets
// of the gateway and for threads: what threads would do is done by tick().
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "admin/recorder.h"
#include "admin/self_rotation.h"
#include "admin/services.h"
#include "audit/log.h"
#include "gateway/gateway.h"
#include "lifecycle/jobs.h"
#include "lifecycle/notifier.h"
#include "store/data_folder.h"
#include "store/database.h"
#include "test/support/world.h"
#include "token/live_index.h"
#include "upstream/site_table.h"

namespace gatehouse::year {

using test::kAdministrator;
using test::kStart;
using test::must;

/// Everything random of the installation, ids and secrets too, follows from the seed.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::byte> out) noexcept override;

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

struct Reply {
  int status = 0;
  std::string body;
  bool permitted() const noexcept { return status >= 200 && status < 300; }
};

class House {
 public:
  House(std::uint64_t seed, FakeClock& clock, lifecycle::NotifySettings settings);
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  /// As a stop does it: usage is stored.
  void shut();
  /// As kill -9 does it: what was not stored is lost.
  void crash();
  void open();
  /// What the feed's thread does: this node knows that it is up to date.
  void refresh();
  /// What the recorder's thread does.
  void flush();
  /// What the jobs' thread does; deliveries are for the caller to begin (notifier()).
  void run_jobs();

  FakeClock& clock() { return clock_; }
  admin::Services& services() { return *open_->services; }
  lifecycle::Notifier& notifier() { return *open_->notifier; }
  lifecycle::Jobs& jobs() { return *open_->jobs; }
  const Caller& caller() const { return caller_; }

  /// One request through the gateway. `line`: "GET /ex/jira/acme/rest/api/3/issue/A-1".
  Reply call(std::string_view line, std::string_view token, std::string_view address, std::string_view agent,
             std::string_view body = {});

 private:
  struct Open {
    std::unique_ptr<store::DataFolder> folder;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<audit::Log> log;
    std::unique_ptr<crypto::TokenHasher> hasher;
    token::LiveIndex index{1};
    upstream::SiteTable sites;
    gateway::RequestLog requests{1};
    gateway::GatewayShared gateway;
    std::unique_ptr<admin::Services> services;
    std::unique_ptr<admin::Recorder> recorder;
    std::unique_ptr<admin::SelfRotations> self;
    std::unique_ptr<gateway::GatewayFactory> factory;
    std::unique_ptr<http::Exchange> exchange;
    std::unique_ptr<lifecycle::Notifier> notifier;
    std::unique_ptr<lifecycle::Jobs> jobs;
  };
  http::Action answered_by_site(const http::UpstreamRequest& request, const http::Now& now);
  std::string site_says(std::string_view method, std::string_view target, int& status);

  SeededRandom random_;
  const lifecycle::NotifySettings settings_;
  std::filesystem::path path_;
  FakeClock& clock_;
  Caller caller_;
  std::string key_;
  std::int64_t made_ = 0;  ///< issues, at the site
  std::string site_answer_;
  std::unique_ptr<Open> open_;
};

}  // namespace gatehouse::year
