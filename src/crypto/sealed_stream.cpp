#include "crypto/sealed_stream.h"

#include <sodium.h>

namespace gatehouse::crypto {
namespace {

static_assert(kStreamHeaderSize == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(kStreamOverhead == crypto_secretstream_xchacha20poly1305_ABYTES);
static_assert(kKeySize == crypto_secretstream_xchacha20poly1305_KEYBYTES);

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
const unsigned char* raw(const Key& key) { return reinterpret_cast<const unsigned char*>(key.expose().data()); }
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct Stream {
  crypto_secretstream_xchacha20poly1305_state state{};
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { secure_zero(&state, sizeof state); }
};

}  // namespace

struct SealedStreamWriter::State : Stream {
  std::string header = std::string(kStreamHeaderSize, '\0');
};

SealedStreamWriter::SealedStreamWriter(const Key& key) : state_(std::make_unique<State>()) {
  crypto_secretstream_xchacha20poly1305_init_push(&state_->state, raw(state_->header), raw(key));
}
SealedStreamWriter::~SealedStreamWriter() = default;
SealedStreamWriter::SealedStreamWriter(SealedStreamWriter&&) noexcept = default;

const std::string& SealedStreamWriter::header() const noexcept { return state_->header; }

std::string SealedStreamWriter::seal(std::string_view piece, bool last) {
  std::string out(piece.size() + kStreamOverhead, '\0');
  crypto_secretstream_xchacha20poly1305_push(&state_->state, raw(out), nullptr, raw(piece), piece.size(), nullptr, 0,
                                             last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
  return out;
}

struct SealedStreamReader::State : Stream {};

SealedStreamReader::SealedStreamReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
SealedStreamReader::~SealedStreamReader() = default;
SealedStreamReader::SealedStreamReader(SealedStreamReader&&) noexcept = default;

Result<SealedStreamReader> SealedStreamReader::open(const Key& key, std::string_view header) {
  auto state = std::make_unique<State>();
  if (header.size() != kStreamHeaderSize ||
      crypto_secretstream_xchacha20poly1305_init_pull(&state->state, raw(header), raw(key)) != 0) {
    return fail(Errc::kDataCorrupt, "The sealed file has no valid beginning.");
  }
  return SealedStreamReader(std::move(state));
}

Result<SealedStreamReader::Piece> SealedStreamReader::open_piece(std::string_view sealed) {
  Piece piece;
  unsigned char tag = 0;
  if (sealed.size() < kStreamOverhead) return fail(Errc::kDataCorrupt, "The sealed file is cut off.");
  piece.bytes.resize(sealed.size() - kStreamOverhead);
  if (crypto_secretstream_xchacha20poly1305_pull(&state_->state, raw(piece.bytes), nullptr, &tag, raw(sealed), sealed.size(),
                                                 nullptr, 0) != 0) {
    return fail(Errc::kDataCorrupt, "The sealed file was changed, is cut off, or was sealed under another key.");
  }
  piece.last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return piece;
}

}  // namespace gatehouse::crypto
