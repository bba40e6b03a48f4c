// gatehouse agent: runs beside a job and keeps its token fresh, by the token's own right to rotate itself.
//
// It never gives up where waiting may help (the gateway restarts, the network is away), and ends where only a person can go on:
// the token is refused, its right is gone or used up, it has no rotation rule. Its exit status and its log say which.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <ctime>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <iostream>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "cli/agent_gateway.h"
#include "cli/agent_place.h"
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kFirstRetry = seconds(1);
constexpr Duration kLongestRetry = std::chrono::minutes(5);

struct Options {
  std::string gateway;
  std::string token_file;
  std::string secret_dir;
  std::string key = "token";
  std::string hook;
  std::string ca_file;
  Duration hook_timeout = std::chrono::minutes(1);
  Duration check_every = std::chrono::minutes(15);
  Duration warn_within = std::chrono::hours(24 * 14);
  bool once = false;
  bool now = false;
};

/// How a round went: the exit status that it means (kDone: fine), and when to look again.
struct Round {
  int status = kDone;
  std::string event;
  std::string words;
  std::optional<Duration> wait = {};
};

class Agent {
 public:
  Agent(Context& context, Options options, AgentPlace place)
      : context_(context),
        options_(std::move(options)),
        place_(std::move(place)),
        gateway_(options_.gateway, options_.ca_file),
        luck_(draw()) {}

  int run();

 private:
  Round round();
  Round rotate(const SecretString& token, const AgentAnswer& shown);
  Round judge_refusal(const SecretString& token, const AgentAnswer& answer);
  Round run_hook();
  std::optional<Round> without_rotation(const AgentAnswer& shown) const;
  bool due(const AgentAnswer& shown) const;
  Duration until_due(const AgentAnswer& shown) const;
  Instant due_at(const AgentAnswer& shown) const;
  void say(const Round& round);
  /// False where a signal says that this is the end.
  bool sleep(Duration span) const;
  /// From 0 to 1.
  double draw() {
    std::array<std::byte, 4> bytes{};
    random_.fill(bytes);
    std::uint32_t number = 0;
    for (const std::byte byte : bytes) number = (number << 8U) | std::to_integer<std::uint32_t>(byte);
    return number / 4294967296.0;
  }
  Round person(std::string event, std::string words) const {
    return {kNotAllowed, std::move(event), std::move(words) + " A person is needed."};
  }

  Context& context_;
  SystemClock clock_;
  SystemRandom random_;
  const Options options_;
  AgentPlace place_;
  AgentGateway gateway_;
  const double luck_;  ///< from 0 to 1: how much earlier than due this one rotates, so that not all do at once
  std::string said_;
};

/// Early by up to a twentieth of the period.
Instant Agent::due_at(const AgentAnswer& shown) const {
  const std::optional<Instant> at = shown.instant("rotate_at");
  if (!at) return Instant::max();
  const auto period = parse_duration(shown.text("rotate_every"));
  const double early = period ? static_cast<double>(period.value().count()) / 20 * luck_ : 0;
  return *at - Duration(static_cast<Duration::rep>(early));
}

bool Agent::due(const AgentAnswer& shown) const { return options_.now || due_at(shown) <= clock_.now(); }

Duration Agent::until_due(const AgentAnswer& shown) const {
  const Instant at = due_at(shown);
  return at == Instant::max() ? options_.check_every
                              : std::min(options_.check_every, std::max(Duration(kFirstRetry), at - clock_.now()));
}

/// The reasons why this token won't be rotated by us, whatever the time.
std::optional<Round> Agent::without_rotation(const AgentAnswer& shown) const {
  if (shown.text("secret_state") == "overlap") {
    return person("replaced", "A successor of the token in " + place_.path() + " is in use elsewhere, and this one ends at " +
                                  shown.text("secret_ends_at") + ".");
  }
  const json::value* right = shown.body.if_contains("self_rotation");
  if (!right || !right->is_bool() || !right->get_bool()) {
    return person("no_right",
                  "This token may not rotate itself: gatehouse token rotation set " + shown.text("id") + " --self-rotate");
  }
  if (shown.text("rotate_every").empty() && !options_.now) {
    return person("no_rule",
                  "This token has no rotation rule: gatehouse token rotation set " + shown.text("id") + " --rotate-every 90d");
  }
  return std::nullopt;
}

Round Agent::judge_refusal(const SecretString& token, const AgentAnswer& answer) {
  std::string detail = answer.text("detail");
  if (const json::value* messages = answer.body.if_contains("errorMessages"); detail.empty() && messages)
    detail = in_words(*messages);
  if (detail.empty()) detail = "status " + std::to_string(answer.status);
  if (answer.status == 409) return {kDone, "not_now", detail, answer.retry_after.value_or(options_.check_every)};
  if (answer.status == 401 || answer.status == 403) {
    const auto present = place_.read();
    if (present && present.value().expose() != token.expose())
      return {kDone, "replaced_meanwhile", "Somebody put another token into " + place_.path() + ".", Duration(kFirstRetry)};
    return person("refused", "The token in " + place_.path() + " is refused: " + detail);
  }
  return {kNotReached, "not_reached", "The gateway can't answer just now: " + detail, answer.retry_after};
}

Round Agent::run_hook() {
  if (options_.hook.empty()) {
    const auto noted = place_.hook_has_run();
    return noted ? Round{kDone, "renewed", ""} : Round{kFailed, "disk", noted.error().public_detail};
  }
  std::string command = options_.hook;
  std::string shell = "sh", flag = "-c";
  char* const words[] = {shell.data(), flag.data(), command.data(), nullptr};
  ::setenv("GATEHOUSE_TOKEN_FILE", place_.path().c_str(), 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  pid_t child = 0;
  const int spawned = ::posix_spawn(&child, "/bin/sh", nullptr, &attributes, words, environ);
  posix_spawnattr_destroy(&attributes);
  if (spawned != 0) return {kFailed, "hook_failed", "The hook could not be started."};
  const Instant end = clock_.now() + options_.hook_timeout;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (clock_.now() >= end) {
      ::kill(-child, SIGKILL);
      ::waitpid(child, &status, 0);
      return {kFailed, "hook_failed", "The hook took longer than " + format_duration(options_.hook_timeout) + " and was ended."};
    }
    std::this_thread::sleep_for(milliseconds(20));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return {kFailed, "hook_failed",
            "The hook failed with " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)) +
                "; the new token is in place, and the hook is run again."};
  }
  const auto noted = place_.hook_has_run();
  return noted ? Round{kDone, "renewed", ""} : Round{kFailed, "disk", noted.error().public_detail};
}

Round Agent::rotate(const SecretString& token, const AgentAnswer& shown) {
  const auto answer = gateway_.rotate(token);
  if (!answer) return {kNotReached, "not_reached", answer.error().public_detail};
  if (answer.value().status != 200) return judge_refusal(token, answer.value());
  const SecretString successor(answer.value().text("token"));
  if (successor.empty()) return {kNotReached, "not_reached", "The gateway's answer holds no token. Is --gateway right?"};
  if (const auto written = place_.write(successor); !written) {
    // The successor is pending and the old token works on: asking again gives another one.
    return {kFailed, "disk", written.error().public_detail + " The old token still works."};
  }
  Round hooked = run_hook();
  if (hooked.status != kDone) return hooked;
  hooked.words = "Renewed: " + answer.value().text("secret_id") + " in the place of " + shown.text("secret_id") + " in " +
                 place_.path() + ".";
  hooked.wait = until_due(answer.value());
  return hooked;
}

Round Agent::round() {
  if (place_.hook_is_due()) {
    Round hooked = run_hook();
    if (hooked.status != kDone) return hooked;
  }
  const auto token = place_.read();
  if (!token) {
    return person("no_token", token.error().public_detail +
                                  (token.error().code == Errc::kNotFound ? " Put the first one there, with mode 0600." : ""));
  }
  const auto answer = gateway_.show(token.value());
  if (!answer) return {kNotReached, "not_reached", answer.error().public_detail};
  const AgentAnswer& shown = answer.value();
  if (shown.status != 200 || shown.text("id").empty()) return judge_refusal(token.value(), shown);
  if (auto none = without_rotation(shown)) return *none;
  if (shown.text("secret_state") == "pending")
    return {kDone, "waiting", "The new token has not been used yet; the old one works on.", options_.check_every};
  Round round{kDone, "fresh", "Nothing to do.", until_due(shown)};
  if (due(shown)) {
    if (const auto frozen = shown.instant("frozen_until"); frozen && !options_.now) {
      round = {kDone, "frozen", "Nothing rotates by itself until " + shown.text("frozen_until") + ".", *frozen - clock_.now()};
    } else {
      round = rotate(token.value(), shown);
    }
  }
  const auto ends = shown.instant("expires_at");
  if (round.status == kDone && ends && *ends <= clock_.now() + options_.warn_within) {
    round.status = kFoundSomething;
    round.words += " The token itself ends at " + shown.text("expires_at") +
                   ", and rotating does not lengthen its life. A person is needed before that.";
  }
  return round;
}

/// The same thing is said once, not every quarter of an hour.
void Agent::say(const Round& round) {
  const std::string line = round.event + round.words;
  if (line == said_) return;
  said_ = line;
  const std::string at = format_instant(clock_.now());
  if (context_.json) {
    context_.out << json::serialize(
                        json::object{{"at", at}, {"event", round.event}, {"detail", round.words}, {"status", round.status}})
                 << std::endl;
  } else {
    context_.err << at << " agent: " << printable(round.words) << std::endl;
  }
}

bool Agent::sleep(Duration span) const {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, number);
  const auto whole = std::chrono::floor<seconds>(span);
  timespec time{};
  time.tv_sec = static_cast<time_t>(whole.count());
  time.tv_nsec = static_cast<long>(std::chrono::nanoseconds(span - whole).count());
  const int number = ::sigtimedwait(&ends, nullptr, &time);
  return number < 0 || number == SIGHUP;
}

int Agent::run() {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&ends, number);
  ::pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  Duration retry = kFirstRetry;
  for (;;) {
    const Round round = this->round();
    say(round);
    if (options_.once || round.status == kNotAllowed) return round.status;
    const bool fine = round.status == kDone || round.status == kFoundSomething;
    // Between a half and the whole of it, so that a hundred agents do not come back in one moment.
    const double part = 0.5 + draw() / 2;
    Duration wait = round.wait.value_or(fine ? options_.check_every
                                             : Duration(static_cast<Duration::rep>(static_cast<double>(retry.count()) * part)));
    if (fine) wait = std::min(wait, options_.check_every);
    retry = fine ? Duration(kFirstRetry) : std::min(retry * 2, Duration(kLongestRetry));
    if (!sleep(std::max(wait, Duration(milliseconds(100))))) return kDone;
  }
}

int run_agent(Call& call, const Options& given) {
  Options options = given;
  if (options.token_file.empty() == options.secret_dir.empty())
    return call.complain(fail(Errc::kInvalidArgument, "Give exactly one of --token-file FILE and --secret-dir DIR."));
  while (options.gateway.ends_with('/')) options.gateway.pop_back();
  if (!options.gateway.starts_with("http://") && !options.gateway.starts_with("https://"))
    return call.complain(fail(Errc::kInvalidArgument, "The gateway's address must begin with http:// or https:// (--gateway)."));
  if (options.key.empty() || options.key.front() == '.' || options.key.find('/') != std::string::npos)
    return call.complain(fail(Errc::kInvalidArgument, "--key is the name of a file in the directory, such as token."));
  AgentPlace place =
      options.token_file.empty() ? AgentPlace::directory(options.secret_dir, options.key) : AgentPlace::file(options.token_file);
  if (const auto locked = place.lock(); !locked) {
    call.complain(locked.error());
    return locked.error().code == Errc::kConflict ? kConflict : locked.error().code == Errc::kNotFound ? kNotFound : kFailed;
  }
  return Agent(call.context, std::move(options), std::move(place)).run();
}

Duration duration_of(const json::object& body, std::string_view name, Duration otherwise) {
  const auto* member = body.if_contains(name);
  const auto span = parse_duration(member ? std::string_view(member->as_string()) : std::string_view());
  return span ? span.value() : otherwise;
}

}  // namespace

void add_agent_command(CLI::App& root, Runner runner) {
  const std::string about =
      "keep a job's token fresh, by its own right to rotate itself; ends with 3 where a person is needed, with 6 (--once) where "
      "the "
      "token is about to end";
  Command(&root, runner, "agent", about)
      .text("--gateway", "gateway", "the gateway's own address, such as https://gatehouse.example:8480")
      .required()
      .text("--token-file", "token_file", "the file that the job reads its token from; replaced whole, with mode 0600")
      .text("--secret-dir", "secret_dir", "or a directory like a mounted Kubernetes Secret, swapped by its ..data link")
      .text("--key", "key", "of --secret-dir: the name of the token in it; token by default")
      .text("--hook", "hook", "a shell command to run after each renewal; GATEHOUSE_TOKEN_FILE names the file")
      .duration("--hook-timeout", "hook_timeout", "how long it may take; 1m by default")
      .duration("--check-every", "check_every", "how often to look at the token's rule; 15m by default")
      .duration("--warn-within", "warn_within", "say so where the token itself ends within this time; 14d by default")
      .text("--ca-file", "ca_file", "certificates (PEM) to check the gateway's with, instead of the system's")
      .flag("--once", "once", "one look, and a renewal if it is due, then end")
      .flag("--now", "now", "of --once: renew whether or not it is due")
      .run([](Call& call) {
        const auto text = [&call](std::string_view name) {
          const auto* member = call.body.if_contains(name);
          return member ? std::string(member->as_string()) : std::string();
        };
        Options options;
        options.gateway = text("gateway");
        options.token_file = text("token_file");
        options.secret_dir = text("secret_dir");
        if (call.body.contains("key")) options.key = text("key");
        options.hook = text("hook");
        options.ca_file = text("ca_file");
        options.hook_timeout = duration_of(call.body, "hook_timeout", options.hook_timeout);
        options.check_every = duration_of(call.body, "check_every", options.check_every);
        options.warn_within = duration_of(call.body, "warn_within", options.warn_within);
        options.once = call.body.contains("once");
        options.now = call.body.contains("now");
        if (options.now && !options.once)
          return call.complain(fail(Errc::kInvalidArgument, "--now goes with --once: a running agent renews when it is due."));
        return run_agent(call, options);
      });
}

}  // namespace gatehouse::cli
