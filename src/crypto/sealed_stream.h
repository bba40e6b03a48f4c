// A sealed file written and read piece by piece: backups. XChaCha20-Poly1305 secretstream (libsodium); used by store/backup.
//
// Pieces can't be dropped, swapped or cut off unnoticed: each is bound to those before, and the last one is marked.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/keys.h"

namespace gatehouse::crypto {

/// Not thread-safe.
class SealedStreamWriter {
 public:
  explicit SealedStreamWriter(const Key& key);
  ~SealedStreamWriter();
  SealedStreamWriter(SealedStreamWriter&&) noexcept;

  /// Comes first in the file; `kStreamHeaderSize` bytes.
  const std::string& header() const noexcept;
  /// The sealed form of one piece, kStreamOverhead longer. The last piece has `last` set; it may be empty.
  std::string seal(std::string_view piece, bool last);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

inline constexpr std::size_t kStreamHeaderSize = 24;
inline constexpr std::size_t kStreamOverhead = 17;

/// Not thread-safe.
class SealedStreamReader {
 public:
  static Result<SealedStreamReader> open(const Key& key, std::string_view header);
  ~SealedStreamReader();
  SealedStreamReader(SealedStreamReader&&) noexcept;

  struct Piece {
    std::string bytes;
    bool last = false;
  };
  /// kDataCorrupt where the piece was changed or is not the next one.
  Result<Piece> open_piece(std::string_view sealed);

 private:
  struct State;
  explicit SealedStreamReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gatehouse::crypto
