#include "test/escape/rounds.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <vector>

#include "test/escape/generator.h"

namespace gatehouse::escape {
namespace {

constexpr unsigned kClients = 5;
/// The last two of them ask Confluence, and the site that is known by a document alone.
constexpr unsigned kWikiClient = 3;
constexpr unsigned kApiClient = 4;
constexpr std::uint64_t kPerRound = 240;

Escape escape_of(std::string what, const Question& question, const Answer& answer) {
  return {std::move(what), question.text(), answer.head + "\n" + answer.body.substr(0, 2000)};
}

/// A page token in an answer, to be tried elsewhere.
void learn_from(const Answer& answer, Generator& generator) {
  for (const std::string_view mark : {std::string_view("\"nextPageToken\":\""), std::string_view("cursor=")}) {
    const std::size_t at = answer.body.find(mark);
    if (at == std::string::npos) continue;
    const std::size_t from = at + mark.size();
    generator.learn(answer.body.substr(from, answer.body.find_first_of("\"&", from) - from));
  }
}

std::uint64_t seed_of(std::uint64_t seed, std::uint64_t round, unsigned client) {
  return (seed * 1'000'003 + round) * 16 + client;
}

const catalogue::Catalogue& catalogue_of(const House& house, unsigned client) {
  return client == kWikiClient ? house.wiki_catalogue() : client == kApiClient ? house.api_catalogue() : house.catalogue();
}

}  // namespace

std::optional<Escape> Rounds::look_around() {
  if (auto wrong = watch_.wrong_with_state()) return Escape{*wrong, {}, {}};
  if (auto wrong = watch_.wrong_with_recorded()) return Escape{*wrong, {}, {}};
  return std::nullopt;
}

std::optional<Escape> Rounds::one(const Question& question, unsigned variant) {
  house_.reset(variant);
  watch_.remember();
  HttpClient client(house_.port());
  const Answer answer = house_.ask(client, question);
  if (auto wrong = watch_.wrong_with_answer(question, answer)) return escape_of(*wrong, question, answer);
  if (auto wrong = look_around()) return escape_of(wrong->what, question, answer);
  return std::nullopt;
}

std::optional<Escape> Rounds::round(std::uint64_t number, std::uint64_t count) {
  house_.reset(static_cast<unsigned>(number));
  watch_.remember();
  std::mutex mutex;
  std::optional<Escape> found;
  const auto work = [&](unsigned me) {
    Generator generator(catalogue_of(house_, me), pools_, seed_of(seed_, number, me));
    HttpClient client(house_.port());
    Tally mine;
    for (std::uint64_t i = 0; i < count / kClients; ++i) {
      std::string operation;
      const Question question = generator.next(operation);
      const Answer answer = house_.ask(client, question);
      learn_from(answer, generator);
      ++mine.requests;
      ++mine.by_status[answer.status];
      const bool good = answer.status >= 200 && answer.status < 300;
      if (good) ++mine.answered;
      if (good && watch_.holds_own_canary(answer)) ++mine.with_own[operation];
      auto wrong = watch_.wrong_with_answer(question, answer);
      const std::lock_guard lock(mutex);
      if (wrong && !found) found = escape_of(*wrong, question, answer);
      if (found) break;
    }
    const std::lock_guard lock(mutex);
    tally_.requests += mine.requests;
    tally_.answered += mine.answered;
    for (const auto& [name, times] : mine.with_own) tally_.with_own[name] += times;
    for (const auto& [status, times] : mine.by_status) tally_.by_status[status] += times;
  };
  std::vector<std::thread> clients;
  for (unsigned me = 0; me < kClients; ++me) clients.emplace_back(work, me);
  for (std::thread& client : clients) client.join();
  if (found) return found;
  if (auto wrong = look_around()) return replay(number, count, wrong->what);
  return std::nullopt;
}

/// The same round, one request after the other: to name the one that did it.
std::optional<Escape> Rounds::replay(std::uint64_t number, std::uint64_t count, const std::string& what) {
  house_.reset(static_cast<unsigned>(number));
  watch_.remember();
  HttpClient client(house_.port());
  for (unsigned me = 0; me < kClients; ++me) {
    Generator generator(catalogue_of(house_, me), pools_, seed_of(seed_, number, me));
    for (std::uint64_t i = 0; i < count / kClients; ++i) {
      std::string operation;
      const Question question = generator.next(operation);
      const Answer answer = house_.ask(client, question);
      learn_from(answer, generator);
      if (auto wrong = look_around()) return escape_of(wrong->what, question, answer);
    }
  }
  return Escape{what, "some request of round " + std::to_string(number) + "; sent one after the other they do not do it", {}};
}

std::vector<Escape> Rounds::run(std::uint64_t total, std::size_t most) {
  std::vector<Escape> found;
  for (std::uint64_t number = 0; total > 0 && found.size() < most; ++number) {
    const std::uint64_t count = (std::min(total, kPerRound) + kClients - 1) / kClients * kClients;
    if (auto escape = round(number, count)) found.push_back(std::move(*escape));
    total -= std::min(total, count);
  }
  return found;
}

}  // namespace gatehouse::escape
