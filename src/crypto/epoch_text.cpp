#include "crypto/epoch_text.h"

#include <charconv>

#include "base/encoding.h"

namespace gatehouse::crypto {

std::string format_epoch_text(std::string_view form, int epoch, std::span<const std::byte> bytes) {
  return std::string(form) + "." + std::to_string(epoch) + "." + to_base64url(bytes);
}

std::optional<EpochText> parse_epoch_text(std::string_view form, std::string_view text) {
  if (text.size() <= form.size() || !text.starts_with(form) || text[form.size()] != '.') return std::nullopt;
  text.remove_prefix(form.size() + 1);
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot > 6 || text[0] < '1' || text[0] > '9') return std::nullopt;
  EpochText parsed;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + dot, parsed.epoch);
  if (problem != std::errc() || end != text.data() + dot) return std::nullopt;
  auto bytes = from_base64url(text.substr(dot + 1));
  if (!bytes) return std::nullopt;
  parsed.bytes = std::move(bytes).value();
  return parsed;
}

}  // namespace gatehouse::crypto
