// MailServer: a small SMTP server on 127.0.0.1 that the year test starts, and the ways in which it fails. What it took is parsed
// and kept: the test counts from here who was told of what, not from the outbox.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace gatehouse::year {

enum class MailWeather {
  kFair,
  kAway,       ///< nothing listens
  kRefuses,    ///< 421 and 451, whatever it is asked
  kGreylists,  ///< 451 to each recipient until he is tried again five minutes later
  kBreaks,     ///< the connection ends in the middle of each mail
  kForgets,    ///< it takes the mail and the connection ends before it says so
};
std::string_view to_string(MailWeather weather);

/// One thing that a mail told.
struct Told {
  Instant at{};
  std::string to;
  std::string kind;     ///< "expiring", "expired" …
  std::string subject;  ///< the id at its end
  std::string ends;     ///< "Ends: …", as it was written
  std::string link;     ///< what acknowledges it; empty: nothing
  std::string title;
  std::string text;
  bool forgotten = false;  ///< the client was not told that the mail was taken
};

struct Mail {
  Instant at{};
  std::string to;
  std::string message_id;
  bool forgotten = false;
};

class MailServer {
 public:
  explicit MailServer(const Clock& clock);
  ~MailServer();
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  void set(MailWeather weather);
  MailWeather weather() const noexcept { return weather_; }
  /// A mailbox that is not there any more: 550.
  void refuse_for_good(const std::string& address);
  /// How often somebody connected.
  int connections() const noexcept { return connections_.load(); }
  /// What was taken so far, without the first `from`.
  std::vector<Told> told(std::size_t from = 0) const;
  std::vector<Mail> mails() const;
  /// Mails that could not be understood.
  std::vector<std::string> problems() const;

 private:
  void open();
  void close_listener();
  void serve();
  void talk(int socket);
  void take(const std::string& to, const std::string& text, bool forgotten);
  bool greylisted(const std::string& to);

  const Clock& clock_;
  int reserved_ = -1;  ///< holds the port while nothing listens
  std::atomic<int> listener_{-1};
  std::uint16_t port_ = 0;
  std::atomic<MailWeather> weather_{MailWeather::kFair};
  std::atomic<int> connections_{0};
  mutable std::mutex mutex_;
  std::map<std::string, Instant> greylist_;
  std::vector<std::string> refused_;
  std::vector<Told> told_;
  std::vector<Mail> mails_;
  std::vector<std::string> problems_;
  std::thread thread_;
};

}  // namespace gatehouse::year
