// Story: 400 days of an organization, drawn from a seed: what people do, what clients call, which weather the mail server and the
// receivers of webhooks have, and when Gatehouse itself is restarted. It keeps the model and checks every answer on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "sandbox/sandbox.h"
#include "test/year/house.h"
#include "test/year/mail_server.h"
#include "test/year/model.h"
#include "test/year/receiver.h"

namespace gatehouse::year {

inline constexpr std::size_t kAccounts = 200;
inline constexpr std::size_t kFirstAccounts = 80;

struct Weather {
  Instant from{}, until{};
  MailWeather mail = MailWeather::kFair;
};

class Story {
 public:
  explicit Story(std::uint64_t seed);

  /// The whole of it.
  void live();
  /// Lives on until that day begins.
  void live_until(int day);

  House& house() { return house_; }
  const Model& model() const { return model_; }
  const MailServer& mail() const { return mail_; }
  const Receiver& receiver() const { return receiver_; }
  const std::vector<Expected>& expected() const { return expected_; }
  const std::vector<Weather>& weather() const { return weather_; }
  /// Whoever ever stood on a rung of it.
  const std::map<std::string, std::set<std::string>>& responsible() const { return responsible_; }
  /// Accounts whose use was lost by a crash, so that they may be taken for silent.
  const std::set<std::string>& maybe_silent() const { return maybe_silent_; }
  /// When the daily round of usage was last made.
  Instant refreshed() const { return refreshed_; }
  int day() const { return day_; }
  int calls() const { return calls_; }
  int refused() const { return refused_; }
  int restarts() const { return restarts_; }
  int rotated() const { return rotations_; }

 private:
  // story.cpp: the days
  void settle();
  void make_weather();
  void one_day();
  void at(Instant when);
  void tick();
  void deliver();
  void expect_steps();
  void expect_old_secrets();
  using Rungs = std::vector<std::vector<std::string>>;
  /// Of what has just happened; who it is told to is found out by the next tick, as the postmaster does it.
  void expect(const std::string& kind, const std::string& subject, std::function<Rungs()> rungs, int first, bool calm,
              const std::string& ends = {}, bool optional = false);
  void expect(const std::string& kind, std::size_t credential, int first, bool calm, const std::string& ends = {},
              bool optional = false);
  void expect_of_account(const std::string& kind, std::size_t account, int first, bool calm);
  void address();
  void not_needed_any_more(const std::string& subject);
  void calls_of(int slot);
  void call(Client& client);
  void call_ghosts();
  bool ask(std::size_t credential, const std::string& secret, const std::string& resource, const std::string& address,
           const std::string& agent, bool write);
  void promote(Credential& token, const std::string& secret);
  void restart(bool crash);
  void forget_unstored();
  [[noreturn]] void complain(const std::string& what) const;

  // deeds.cpp: what people do
  void office();
  void hire_account();
  std::size_t new_token(std::size_t account, Duration life, const std::string& name);
  void new_client(std::size_t credential, int slot);
  void begin_rotation(std::size_t credential);
  void rotations();
  void finish_some();
  void renewals();
  void renew(std::size_t credential);
  void leavers();
  void suspend(Person& person);
  void put_right(const std::string& leaver);
  void restore(Person& person);
  void pauses();
  void pause_one();
  void resume_due();
  void site_credentials();
  void acknowledge_some();
  void self_rotate(Client& client);
  void take_over(std::size_t credential, const std::string& fresh);
  void revoke_one();
  void archive_one();
  const Person& somebody();
  int draw(int below) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(below)); }
  bool chance(int percent) { return draw(100) < percent; }
  Instant now() const { return clock_.now(); }
  std::optional<std::size_t> any_token();

  std::mt19937_64 engine_;
  sandbox::Sandbox acme_, beta_;
  FakeClock clock_{kStart};
  MailServer mail_{clock_};
  Receiver receiver_;
  House house_;
  Model model_;
  std::vector<Expected> expected_;
  std::vector<Weather> weather_;
  std::vector<Instant> night_;  ///< exact instants of today at which something is to be looked at
  std::map<std::string, std::set<std::string>> responsible_;
  std::set<std::string> maybe_silent_;
  struct Pending {
    Expected expected;
    std::function<Rungs()> rungs;
    int first = 1;
    bool optional = false;
  };
  std::vector<Pending> pending_;
  std::set<std::size_t> decided_;                         ///< tokens whose people have made up their mind about their end
  std::vector<int> end_minutes_;                          ///< at which minute of each day things end
  std::set<std::pair<std::size_t, std::string>> places_;  ///< of a credential
  struct ToResume {
    Instant at{};
    std::string level, subject, resource;
  };
  std::vector<ToResume> to_resume_;
  std::vector<std::pair<Instant, std::string>> to_put_right_, to_restore_;
  std::vector<std::pair<Instant, std::size_t>> to_extend_overlap_;
  std::set<std::pair<std::string, Instant>> old_secrets_told_;
  std::size_t told_seen_ = 0;
  std::size_t stored_ = 0;  ///< uses that are not lost by a crash
  struct Promoted {
    std::size_t credential = 0;
    std::string fresh, old;
  };
  std::vector<Promoted> promoted_;  ///< since the last flush
  Instant refreshed_{};
  int day_ = 0;
  int calls_ = 0, refused_ = 0, restarts_ = 0, rotations_ = 0;
  int named_ = 0;
};

}  // namespace gatehouse::year
