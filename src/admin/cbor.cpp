#include "admin/cbor.h"

#include <algorithm>
#include <limits>

namespace gatehouse::admin {
namespace {

constexpr int kMostLevels = 8;
constexpr int kMostValues = 256;

Error malformed() { return fail(Errc::kInvalidArgument, "The authenticator's answer is not well formed."); }

class Reader {
 public:
  explicit Reader(std::string_view bytes) noexcept : bytes_(bytes) {}
  std::size_t used() const noexcept { return at_; }

  Result<Cbor> value(int level) {
    if (level > kMostLevels || ++values_ > kMostValues || at_ >= bytes_.size()) return malformed();
    const auto first = static_cast<unsigned char>(bytes_[at_++]);
    const unsigned major = first >> 5U;
    const unsigned minor = first & 31U;
    if (major == 7) return simple(minor);
    GH_TRY(const std::uint64_t argument, read_argument(minor));
    switch (major) {
      case 0:
      case 1: return whole_number(major == 1, argument);
      case 2:
      case 3: return string(major == 3, argument);
      case 4: return array(argument, level);
      case 5: return map(argument, level);
      default: return malformed();
    }
  }

 private:
  static Result<Cbor> simple(unsigned minor) {
    Cbor out;
    switch (minor) {
      case 20: out.kind = Cbor::Kind::kFalse; break;
      case 21: out.kind = Cbor::Kind::kTrue; break;
      case 22: break;
      default: return malformed();
    }
    return out;
  }

  Result<std::uint64_t> read_argument(unsigned minor) {
    if (minor < 24) return std::uint64_t{minor};
    if (minor > 27) return malformed();
    const std::size_t size = std::size_t{1} << (minor - 24);
    if (bytes_.size() - at_ < size) return malformed();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = (value << 8U) | static_cast<unsigned char>(bytes_[at_++]);
    // The shortest form, or somebody else may read another value.
    const std::uint64_t least = minor == 24 ? 24 : std::uint64_t{1} << (8 * size / 2);
    if (value < least) return malformed();
    return value;
  }

  static Result<Cbor> whole_number(bool negative, std::uint64_t argument) {
    if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return malformed();
    Cbor out;
    out.kind = Cbor::Kind::kNumber;
    out.number = negative ? -1 - static_cast<std::int64_t>(argument) : static_cast<std::int64_t>(argument);
    return out;
  }

  Result<Cbor> string(bool text, std::uint64_t size) {
    if (size > bytes_.size() - at_) return malformed();
    Cbor out;
    out.kind = text ? Cbor::Kind::kText : Cbor::Kind::kBytes;
    out.bytes = bytes_.substr(at_, size);
    at_ += size;
    return out;
  }

  Result<Cbor> array(std::uint64_t count, int level) {
    if (count > static_cast<std::uint64_t>(kMostValues)) return malformed();
    Cbor out;
    out.kind = Cbor::Kind::kArray;
    for (std::uint64_t i = 0; i < count; ++i) {
      GH_TRY(Cbor item, value(level + 1));
      out.items.push_back(std::move(item));
    }
    return out;
  }

  Result<Cbor> map(std::uint64_t count, int level) {
    if (count > static_cast<std::uint64_t>(kMostValues)) return malformed();
    Cbor out;
    out.kind = Cbor::Kind::kMap;
    for (std::uint64_t i = 0; i < count; ++i) {
      GH_TRY(Cbor name, value(level + 1));
      if (name.kind != Cbor::Kind::kText && name.kind != Cbor::Kind::kNumber) return malformed();
      if (std::any_of(out.members.begin(), out.members.end(), [&name](const auto& one) { return one.first == name; }))
        return malformed();
      GH_TRY(Cbor held, value(level + 1));
      out.members.emplace_back(std::move(name), std::move(held));
    }
    return out;
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
  int values_ = 0;
};

}  // namespace

const Cbor* Cbor::find(std::string_view name) const noexcept {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [name](const auto& one) { return one.first.kind == Kind::kText && one.first.bytes == name; });
  return found == members.end() ? nullptr : &found->second;
}

const Cbor* Cbor::find(std::int64_t name) const noexcept {
  const auto found = std::find_if(members.begin(), members.end(), [name](const auto& one) {
    return one.first.kind == Kind::kNumber && one.first.number == name;
  });
  return found == members.end() ? nullptr : &found->second;
}

Result<Cbor> read_cbor(std::string_view bytes, std::size_t& used) {
  Reader reader(bytes);
  GH_TRY(Cbor value, reader.value(1));
  used = reader.used();
  return value;
}

}  // namespace gatehouse::admin
