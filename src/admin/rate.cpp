#include "admin/rate.h"

#include <charconv>

namespace gatehouse::admin {

Result<Rate> parse_rate(std::string_view text) {
  constexpr int kMost = 1'000'000;
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos && slash > 0 && slash + 2 == text.size()) {
    Rate rate;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + slash, rate.requests);
    const auto per = parse_duration("1" + std::string(text.substr(slash + 1)));
    if (problem == std::errc() && end == text.data() + slash && rate.requests > 0 && rate.requests <= kMost && per) {
      rate.per = per.value();
      return rate;
    }
  }
  return fail(Errc::kInvalidArgument, "Not a rate; write requests and a unit, such as 10/s, 600/m or 5000/h.", {}, "rate");
}

std::string format_rate(const Rate& rate) {
  if (rate.requests == 0) return {};
  return std::to_string(rate.requests) + "/" + format_duration(rate.per).substr(1);
}

}  // namespace gatehouse::admin
