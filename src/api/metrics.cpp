#include "api/metrics.h"

#include <algorithm>
#include <map>
#include <utility>

#include "admin/index_feed.h"
#include "admin/recorder.h"
#include "token/live_index.h"

namespace gatehouse::api {
namespace {

constexpr std::string_view kType = "text/plain; version=0.0.4; charset=utf-8";

void gauge(std::string& out, std::string_view name, std::string_view help, std::int64_t value) {
  out += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " + std::string(name) + " gauge\n";
  out += std::string(name) + " " + std::to_string(value) + "\n";
}

std::string_view outcome_of(store::MessageState state) noexcept {
  switch (state) {
    case store::MessageState::kGivenUp: return "failed";
    case store::MessageState::kSent: return "delivered";
    case store::MessageState::kNotNeeded: return "not needed";
    case store::MessageState::kWaiting: break;
  }
  return "waiting";
}

/// Every channel and outcome has its line from the first day, so that an alarm on one of them has something to look at.
void notifications(admin::Services& services, std::string& out) {
  std::map<std::pair<std::string, std::string_view>, std::int64_t> lines;
  for (const char* channel : {"email", "webhook"}) {
    for (const char* outcome : {"delivered", "failed", "not needed", "retried", "waiting"}) lines[{channel, outcome}] = 0;
  }
  const auto reader = services.database.read();
  if (!reader) return;
  const auto counts = reader.value()->outbox.counts();
  const auto retried = reader.value()->outbox.retried();
  if (!counts || !retried) return;
  for (const store::MessageCount& one : counts.value()) lines[{one.channel, outcome_of(one.state)}] = one.messages;
  for (const store::MessageCount& one : retried.value()) lines[{one.channel, "retried"}] = one.messages;
  out +=
      "# HELP gatehouse_notifications Messages of the last 400 days by their outcome; retried: those of the waiting that failed "
      "so "
      "far.\n# TYPE gatehouse_notifications gauge\n";
  for (const auto& [line, count] : lines) {
    out.append("gatehouse_notifications{channel=\"").append(line.first).append("\",outcome=\"").append(line.second);
    out.append("\"} ").append(std::to_string(count)).append("\n");
  }
}

}  // namespace

Response readiness(admin::Services& services) {
  std::string problems;
  if (const auto feed = services.feed->health(); !feed) problems += "store: " + feed.error().public_detail + "\n";
  if (const auto written = services.database.writable(); !written)
    problems += "no change is taken, since its record can't be written: " + written.error().public_detail + "\n";
  if (const auto head = services.log.health(); !head) problems += "audit head: " + head.error().public_detail + "\n";
  if (services.index.fresh() + services.gateway.settings.stale_limit < services.clock.now())
    problems += "index: older than the stale limit\n";
  Response response;
  response.status = problems.empty() ? 200 : 503;
  response.content_type = "text/plain; charset=utf-8";
  response.body = problems.empty() ? "ok\n" : problems;
  return response;
}

Response metrics(admin::Services& services, inventory::ReportCounts& counts) {
  Response response;
  response.content_type = kType;
  const auto snapshot = services.sites.snapshot();
  // Never loaded is the beginning of time, and the difference to it does not fit.
  const Instant fresh = std::max(services.index.fresh(), Instant{});
  const Duration age = services.clock.now() - fresh;
  gauge(response.body, "gatehouse_credentials", "Live credentials in this node's index.",
        static_cast<std::int64_t>(services.index.size()));
  gauge(response.body, "gatehouse_sites", "Sites that this node forwards to.",
        static_cast<std::int64_t>(snapshot ? snapshot->all().size() : 0));
  gauge(response.body, "gatehouse_index_age_milliseconds", "Since the last successful read of the store was sent.", age.count());
  gauge(response.body, "gatehouse_store_healthy", "1 where the store could be read at the last try.",
        services.feed->health() ? 1 : 0);
  gauge(response.body, "gatehouse_audit_head_healthy", "1 where the audit head could be written.", services.log.health() ? 1 : 0);
  if (services.gateway.log) {
    gauge(response.body, "gatehouse_request_records_lost", "Usage records dropped since the rings were full; writes never are.",
          static_cast<std::int64_t>(services.gateway.log->lost()));
  }
  if (const admin::Recorder* const recorder = services.recorder) {
    const auto end = recorder->unclean_end();
    gauge(response.body, "gatehouse_usage_lost_at_most_seconds",
          "Of the usage before this start that a crash may have lost; 0: the last end was clean.",
          end ? admin::Recorder::kUsageEvery.count() : 0);
  }
  notifications(services, response.body);
  response.body +=
      "# HELP gatehouse_report_findings How many findings each report has; counted every five minutes.\n# TYPE "
      "gatehouse_report_findings gauge\n";
  for (const auto& [report, count] : counts.get(services)) {
    response.body += "gatehouse_report_findings{report=\"" + report + "\"} " + std::to_string(count) + "\n";
  }
  return response;
}

}  // namespace gatehouse::api
