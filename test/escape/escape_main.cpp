// The escape test: a token for project A, and everything that might let it see or change more.
//
//   escape                 scenarios, core operations, pairs that must look alike, then GATEHOUSE_ESCAPE_REQUESTS generated
//                          requests (50,000) by GATEHOUSE_ESCAPE_SEED (1). Exit status 0: nothing escaped
//   escape --without NAME  for a build that leaves the check NAME out: exit status 0 if that was noticed, 1 if not
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gateway/checks.h"
#include "test/escape/rounds.h"
#include "test/escape/scenarios.h"

namespace gatehouse::escape {
namespace {

/// A floor under "everything refused": by the default seed 41 operations give something of A.
constexpr std::size_t kLeastUsefulOperations = 35;
constexpr std::uint64_t kRequestsWithoutCheck = 3000;
constexpr std::size_t kPrintedMost = 10;
constexpr unsigned kClients = 4;

std::uint64_t number_from(const char* name, std::uint64_t usual) {
  const char* text = std::getenv(name);
  return text && *text ? std::strtoull(text, nullptr, 10) : usual;
}

void print(const Escape& escape) {
  std::printf("ESCAPE: %s\n  request %s\n  answer %s\n", escape.what.c_str(), escape.request.c_str(), escape.answer.c_str());
}

/// The escape of one scenario, or nothing.
std::optional<Escape> try_scenario(House& house, Rounds& rounds, const Scenario& scenario) {
  if (auto escape = rounds.one(scenario.question, scenario.variant)) return escape;
  if (scenario.twin.target.empty()) return std::nullopt;
  HttpClient client(house.port());
  house.reset(scenario.variant);
  Answer answer = house.ask(client, scenario.question);
  Answer other = house.ask(client, scenario.twin);
  answer.body = without(std::move(answer.body), scenario.echo);
  other.body = without(std::move(other.body), scenario.twin_echo);
  const std::string told = difference(answer, other);
  if (told.empty()) return std::nullopt;
  return Escape{"what exists can be told from what does not: " + told,
                scenario.question.text() + "\n  twin " + scenario.twin.text(), answer.head + "\n" + answer.body};
}

class Test {
 public:
  Test() : watch_(house_), pools_(house_.sandbox()), rounds_(house_, watch_, pools_, seed_) {}

  int whole() {
    std::printf("escape: seed %llu\n", static_cast<unsigned long long>(seed_));
    scenarios_hold();
    core_works();
    twins_look_alike();
    const std::uint64_t wanted = number_from("GATEHOUSE_ESCAPE_REQUESTS", 50'000);
    for (const Escape& escape : rounds_.run(wanted, kPrintedMost)) fail(escape);
    if (wanted >= 20'000) was_useful();
    std::printf("escape: %s\n", failures_ == 0 ? "nothing escaped" : "FAILED");
    return failures_ == 0 ? 0 : 1;
  }

  int without(const std::string& check) {
    for (const Scenario& scenario : scenarios(house_)) {
      if (scenario.check != check) continue;
      if (auto escape = try_scenario(house_, rounds_, scenario)) return noticed(check, *escape);
    }
    std::printf("no scenario of %s was noticed; generating requests\n", check.c_str());
    if (const auto found = rounds_.run(kRequestsWithoutCheck, 1); !found.empty()) return noticed(check, found.front());
    std::printf("NOT NOTICED: nothing escapes without %s\n", check.c_str());
    return 1;
  }

 private:
  static int noticed(const std::string& check, const Escape& escape) {
    print(escape);
    std::printf("noticed that %s is off\n", check.c_str());
    return 0;
  }

  void fail(const Escape& escape) {
    ++failures_;
    print(escape);
  }

  void scenarios_hold() {
    std::size_t tried = 0;
    for (const Scenario& scenario : scenarios(house_)) {
      ++tried;
      if (auto escape = try_scenario(house_, rounds_, scenario))
        fail({"scenario of " + scenario.check + " (" + scenario.what + "): " + escape->what, escape->request, escape->answer});
    }
    for (const std::string_view name : gateway::kCheckNames) {
      const auto all = scenarios(house_);
      if (std::none_of(all.begin(), all.end(), [&](const Scenario& one) { return one.check == name; }))
        fail({"no scenario for " + std::string(name), {}, {}});
    }
    std::printf("escape: %zu scenarios\n", tried);
  }

  void core_works() {
    HttpClient client(house_.port());
    const std::vector<Core> all = core_operations(house_);
    for (const Core& core : all) {
      house_.reset(0);
      const Answer answer = house_.ask(client, core.question);
      const bool good = answer.status == core.status && (!core.own || watch_.holds_own_canary(answer));
      if (!good)
        fail({"does not work (wanted " + std::to_string(core.status) + (core.own ? " with A's canary)" : ")"),
              core.question.text(), answer.head + "\n" + answer.body.substr(0, 500)});
    }
    std::printf("escape: %zu core operations\n", all.size());
  }

  /// None of them may change anything, so that all are asked of one state.
  void twins_look_alike() {
    house_.reset(0);
    watch_.remember();
    const std::vector<Twins> all = twins(house_, pools_);
    std::mutex mutex;
    const auto work = [&](std::size_t first) {
      HttpClient client(house_.port());
      for (std::size_t i = first; i < all.size(); i += kClients) {
        const Answer foreign = house_.ask(client, all[i].foreign);
        const Answer missing = house_.ask(client, all[i].missing);
        const std::string told = difference(foreign, missing);
        const std::lock_guard lock(mutex);
        if (!told.empty())
          fail({"what exists can be told from what does not: " + told,
                all[i].foreign.text() + "\n  twin " + all[i].missing.text(),
                {}});
        if (const auto wrong = watch_.wrong_with_answer(all[i].foreign, foreign))
          fail({*wrong, all[i].foreign.text(), foreign.head});
      }
    };
    std::vector<std::thread> clients;
    for (std::size_t first = 0; first < kClients; ++first) clients.emplace_back(work, first);
    for (std::thread& client : clients) client.join();
    if (const auto wrong = watch_.wrong_with_state()) fail({*wrong, "one of the pairs", {}});
    if (const auto wrong = watch_.wrong_with_recorded()) fail({*wrong, "one of the pairs", {}});
    std::printf("escape: %zu pairs of foreign and missing objects\n", all.size());
  }

  void was_useful() {
    const Tally& tally = rounds_.tally();
    std::printf("escape: %llu generated requests, %llu answered with 2xx, %zu operations gave something of A\n",
                static_cast<unsigned long long>(tally.requests), static_cast<unsigned long long>(tally.answered),
                tally.with_own.size());
    for (const auto& [status, times] : tally.by_status)
      std::printf("    %d: %llu\n", status, static_cast<unsigned long long>(times));
    if (tally.with_own.size() < kLeastUsefulOperations)
      fail({"hardly anything works: a gateway that refuses everything proves nothing", {}, {}});
    if (tally.answered * 10 < tally.requests) fail({"fewer than one request in ten was answered", {}, {}});
  }

  const std::uint64_t seed_ = number_from("GATEHOUSE_ESCAPE_SEED", 1);
  House house_;
  Watch watch_;
  Pools pools_;
  Rounds rounds_;
  int failures_ = 0;
};

}  // namespace
}  // namespace gatehouse::escape

int main(int count, char** arguments) {
  setvbuf(stdout, nullptr, _IOLBF, 0);
  if (count == 1) return gatehouse::escape::Test().whole();
  if (count == 3 && std::string_view(arguments[1]) == "--without") return gatehouse::escape::Test().without(arguments[2]);
  std::fprintf(stderr, "usage: escape [--without CHECK]\n");
  return 2;
}
