#include "audit/head.h"

#include <boost/json.hpp>

#include "crypto/chain_mac.h"
#include "store/data_folder.h"

namespace gatehouse::audit {
namespace {

std::string signed_text(const Head& head) {
  return std::to_string(head.sequence) + "\n" + std::to_string(head.key_epoch) + "\n" + head.mac;
}

}  // namespace

std::string format_head(const Head& head, const crypto::Keyring& keys) {
  boost::json::object line;
  line["sequence"] = head.sequence;
  line["mac"] = head.mac;
  line["key_epoch"] = head.key_epoch;
  line["signature"] = crypto::sign_head(keys, signed_text(head));
  return boost::json::serialize(line) + "\n";
}

Result<Head> parse_head(std::string_view text, const crypto::Keyring& keys) {
  boost::system::error_code problem;
  const boost::json::value parsed = boost::json::parse(boost::json::string_view(text.data(), text.size()), problem);
  const auto* const line = problem ? nullptr : parsed.if_object();
  const auto field = [&](const char* name) { return line == nullptr ? nullptr : line->if_contains(name); };
  const auto* const sequence = field("sequence");
  const auto* const mac = field("mac");
  const auto* const epoch = field("key_epoch");
  const auto* const signature = field("signature");
  if (sequence == nullptr || !sequence->is_int64() || mac == nullptr || !mac->is_string() || epoch == nullptr ||
      !epoch->is_int64() || signature == nullptr || !signature->is_string()) {
    return fail(Errc::kDataCorrupt, "The audit head is not one line of JSON with sequence, mac, key_epoch and signature.");
  }
  Head head;
  head.sequence = sequence->get_int64();
  head.mac = std::string(mac->get_string());
  head.key_epoch = static_cast<int>(epoch->get_int64());
  GH_TRYV(crypto::verify_head(keys, signed_text(head), std::string(signature->get_string())));
  return head;
}

Result<Head> read_head_file(const std::string& path, const crypto::Keyring& keys) {
  GH_TRY(const auto text, store::read_small_file(path));
  return parse_head(text, keys);
}

Result<void> write_head_file(const std::string& path, const Head& head, const crypto::Keyring& keys) {
  return store::replace_file(path, format_head(head, keys));
}

}  // namespace gatehouse::audit
