// audit_chain DATA COUNT: makes an installation whose audit chain has COUNT records of a usual size, and says how long it takes
// to verify it. The aim: 1,000,000 in 30 s at most.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "audit/head.h"
#include "audit/log.h"
#include "audit/verify.h"
#include "crypto/self_test.h"
#include "store/data_folder.h"
#include "store/database.h"

namespace gatehouse {
namespace {

constexpr std::int64_t kAtOnce = 1000;

AuditEvent usual(std::int64_t number) {
  AuditEvent event;
  event.action = "token.create";
  event.target_kind = "token";
  event.target_id = "7Qm2aaaaaaaaaaaa";
  event.target_name = "nightly " + std::to_string(number);
  event.after_json = R"({"id":"7Qm2aaaaaaaaaaaa","account":"ci","kind":"api_token","name":"nightly","state":"live","scopes":)"
                     R"(["read:jira-work","write:jira-work"],"resources":["acme/A"],"expires_at":"2027-06-01T00:00:00Z"})";
  event.outcome = "done";
  event.caller.actor_kind = "admin_key";
  event.caller.actor_id = "3Zk9bbbbbbbbbbbb";
  event.caller.actor_name = "anna@example.com (laptop)";
  event.caller.address = "192.0.2.7";
  event.caller.user_agent = "gatehouse/0.1.0";
  return event;
}

Result<void> run(const std::string& data, std::int64_t count) {
  GH_TRYV(crypto::self_test());
  SystemRandom random;
  const SystemClock clock;
  GH_TRY(const auto folder, store::DataFolder::create(data, random));
  GH_TRY(const auto database, store::Database::open(folder.database_path()));
  GH_TRY(const auto log, audit::Log::open(*database, folder.keyring(), folder.head_path(), clock, random));
  for (std::int64_t made = 0; made < count; made += kAtOnce) {
    std::vector<AuditEvent> events;
    for (std::int64_t i = 0; i < kAtOnce && made + i < count; ++i) events.push_back(usual(made + i));
    GH_TRY(auto work, database->begin());
    GH_TRYV(log->commit(std::move(work), std::move(events)));
  }
  const auto began = std::chrono::steady_clock::now();
  GH_TRY(const auto head, audit::read_head_file(folder.head_path(), folder.keyring()));
  GH_TRY(const auto reader, database->read());
  GH_TRY(const auto result, audit::verify(reader, head, folder.keyring()));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  std::cout << result.records << " records verified in " << took.count() << " s: " << (result.intact() ? "whole" : "NOT WHOLE")
            << "\n";
  return success();
}

}  // namespace
}  // namespace gatehouse

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "audit_chain DATA COUNT\n";
    return 2;
  }
  const auto done = gatehouse::run(argv[1], std::atoll(argv[2]));
  if (done) return 0;
  std::cerr << done.error().public_detail << " " << done.error().log_detail << "\n";
  return 1;
}
