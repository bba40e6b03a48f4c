// A strict reader of the CBOR (RFC 8949) that authenticators send: whole numbers, bytes, texts, arrays, maps, false, true, null.
//
// Definite lengths, shortest forms and keys that stand once only (section 4.2.1); at most 8 levels and 256 values. Tags, floats
// and everything else is refused. Called by admin/webauthn.cpp on bytes of strangers; fuzzed by fuzz/fuzz_webauthn.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace gatehouse::admin {

struct Cbor {
  enum class Kind : std::uint8_t { kNull, kFalse, kTrue, kNumber, kBytes, kText, kArray, kMap };
  Kind kind = Kind::kNull;
  std::int64_t number = 0;
  std::string bytes;  ///< of kBytes and kText
  std::vector<Cbor> items;
  std::vector<std::pair<Cbor, Cbor>> members;

  /// Of a map: the value under this text or number; nullptr where there is none.
  const Cbor* find(std::string_view name) const noexcept;
  const Cbor* find(std::int64_t name) const noexcept;
  bool operator==(const Cbor&) const = default;
};

/// Reads one value from the beginning of `bytes` and says how many it took.
Result<Cbor> read_cbor(std::string_view bytes, std::size_t& used);

}  // namespace gatehouse::admin
