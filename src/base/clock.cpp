#include "base/clock.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace gatehouse {
namespace {

using std::chrono::days;
using std::chrono::duration_cast;

/// Reads exactly `width` digits at `at`; -1 where they are not all digits.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

Error bad_instant() {
  return fail(Errc::kInvalidArgument,
              "Not an instant with a zone; write it as 2027-02-24T18:00:00Z or with an offset such as +01:00.");
}

struct Unit {
  char letter;
  Duration length;
};
constexpr std::array<Unit, 5> kUnits{{{'w', std::chrono::hours(24 * 7)},
                                      {'d', std::chrono::hours(24)},
                                      {'h', std::chrono::hours(1)},
                                      {'m', std::chrono::minutes(1)},
                                      {'s', std::chrono::seconds(1)}}};
constexpr Duration::rep kLongestDays = 366 * 100;

}  // namespace

Instant SystemClock::now() const noexcept { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

std::string format_instant(Instant at) {
  const auto day = std::chrono::floor<days>(at);
  const std::chrono::year_month_day date(day);
  const auto rest = (at - day).count();
  std::array<char, 40> text{};
  const int whole =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(rest / 3600000),
                    static_cast<int>(rest / 60000 % 60), static_cast<int>(rest / 1000 % 60));
  std::string out(text.data(), static_cast<std::size_t>(whole));
  if (rest % 1000 != 0) {
    const int part = std::snprintf(text.data(), text.size(), ".%03d", static_cast<int>(rest % 1000));
    out.append(text.data(), static_cast<std::size_t>(part));
  }
  return out + "Z";
}

Result<Instant> parse_instant(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
      text[13] != ':' || text[16] != ':') {
    return bad_instant();
  }
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (year < 1970 || month < 0 || day < 0 || !date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 59) {
    return bad_instant();
  }
  std::size_t at = 19;
  int millis = 0;
  if (text[at] == '.') {
    int scale = 100;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) millis += (text[at] - '0') * scale;
    if (at == 20) return bad_instant();
  }
  int offset_minutes = 0;
  if (at + 1 == text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    offset_minutes = 0;
  } else if (at + 6 == text.size() && (text[at] == '+' || text[at] == '-') && text[at + 3] == ':') {
    const int hours = digits(text, at + 1, 2), minutes = digits(text, at + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return bad_instant();
    offset_minutes = (text[at] == '-' ? -1 : 1) * (hours * 60 + minutes);
  } else {
    return bad_instant();
  }
  return Instant(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute - offset_minutes) +
         std::chrono::seconds(second) + Duration(millis);
}

Result<Duration> parse_duration(std::string_view text) {
  Duration::rep count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem == std::errc() && end + 1 == text.data() + text.size() && count > 0 && text.front() != '-') {
    for (const Unit& unit : kUnits) {
      if (unit.letter == *end && count <= kLongestDays * std::chrono::hours(24) / unit.length) return unit.length * count;
    }
  }
  return fail(Errc::kInvalidArgument, "Not a duration; write a whole number and a unit, such as 30s, 15m, 24h, 7d or 2w.");
}

std::string format_duration(Duration span) {
  for (const Unit& unit : kUnits) {
    if (unit.letter != 'w' && span.count() != 0 && span % unit.length == Duration::zero())
      return std::to_string(span / unit.length) + unit.letter;
  }
  return std::to_string(duration_cast<std::chrono::seconds>(span).count()) + "s";
}

}  // namespace gatehouse
