#include "store/places.h"

#include <algorithm>

#include "base/address.h"

namespace gatehouse::store {
namespace {

constexpr std::size_t kLongestTool = 80;

bool is_version(std::string_view word) {
  const std::string_view digits = word.substr(word.starts_with('v') || word.starts_with('V') ? 1 : 0);
  return !digits.empty() && digits.front() >= '0' && digits.front() <= '9';
}

}  // namespace

std::string place_of(std::string_view address) {
  const auto parsed = parse_ip(address);
  if (!parsed || is_loopback(parsed.value())) return std::string(address);
  Network network{parsed.value(), parsed.value().is_v4() ? 120 : 64};
  std::fill(network.base.bytes.begin() + network.prefix / 8, network.base.bytes.end(), std::uint8_t{0});
  return format_network(network);
}

std::string tool_of(std::string_view user_agent) {
  if (user_agent == kOthers) return std::string(kOthers);
  std::string out;
  int depth = 0;
  std::size_t begin = 0;
  const auto take = [&](std::size_t end) {
    std::string_view word = user_agent.substr(begin, end - begin);
    word = word.substr(0, word.find('/'));
    if (word.empty() || is_version(word) || out.size() + word.size() >= kLongestTool) return;
    if (!out.empty()) out += ' ';
    out += word;
  };
  for (std::size_t i = 0; i < user_agent.size(); ++i) {
    const char c = user_agent[i];
    if (c != '(' && c != ')' && c != ' ' && c != ';') continue;
    if (depth == 0) take(i);
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    begin = i + 1;
  }
  if (depth == 0) take(user_agent.size());
  return out.empty() ? "none" : out;
}

}  // namespace gatehouse::store
