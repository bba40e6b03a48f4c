// The text form that hashes and sealed secrets share: "FORM.EPOCH.BASE64URL". Used inside crypto/ only.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::crypto {

struct EpochText {
  int epoch = 0;
  std::vector<std::byte> bytes;
};

std::string format_epoch_text(std::string_view form, int epoch, std::span<const std::byte> bytes);
/// Nothing where the text is not exactly of that form; epochs are 1 to 999999 without leading zeros.
std::optional<EpochText> parse_epoch_text(std::string_view form, std::string_view text);

}  // namespace gatehouse::crypto
