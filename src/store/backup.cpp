#include "store/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/encoding.h"
#include "crypto/sealed_stream.h"
#include "store/database_state.h"
#include "store/dump.h"
#include "store/migrate.h"
#include "store/target.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kForm = "gatehouse-backup-1\n";
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr std::size_t kSaltSize = 16;
/// First in the sealed stream: the head's text, what the backup holds, then the rows.
constexpr std::string_view kOutline = "gatehouse rows 1\n";

using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

Error cannot(const std::string& what, const std::string& file) {
  return fail(Errc::kUnavailable, "Could not " + what + " " + file + ": " + std::strerror(errno) + ".");
}

/// Gathers text into pieces, seals and writes them.
class SealedFile {
 public:
  SealedFile(std::FILE* out, std::string name, const crypto::Key& key) : out_(out), name_(std::move(name)), writer_(key) {}

  Result<void> begin() { return raw(writer_.header()); }

  Result<void> add(std::string_view text) {
    held_.append(text);
    std::size_t at = 0;
    for (; held_.size() - at > kPiece; at += kPiece) {
      GH_TRYV(piece(std::string_view(held_).substr(at, kPiece), false));
    }
    held_.erase(0, at);
    return success();
  }

  Result<void> end() { return piece(held_, true); }

 private:
  Result<void> piece(std::string_view text, bool last) {
    const std::string sealed = writer_.seal(text, last);
    std::string length;
    for (int shift = 24; shift >= 0; shift -= 8) length += static_cast<char>((sealed.size() >> shift) & 255);
    GH_TRYV(raw(length));
    return raw(sealed);
  }

  Result<void> raw(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), out_) != bytes.size()) return cannot("write", name_);
    return success();
  }

  std::FILE* const out_;
  const std::string name_;
  crypto::SealedStreamWriter writer_;
  std::string held_;
};

Result<std::string> read_exactly(std::FILE* in, std::size_t size, const std::string& name) {
  std::string bytes(size, '\0');
  if (std::fread(bytes.data(), 1, size, in) != size)
    return fail(Errc::kDataCorrupt, name + " is cut off, or no backup of Gatehouse.");
  return bytes;
}

Result<std::string> read_line(std::FILE* in, const std::string& name) {
  std::string line;
  for (int letter = std::fgetc(in); letter != EOF && line.size() < (std::size_t{1} << 20); letter = std::fgetc(in)) {
    line += static_cast<char>(letter);
    if (letter == '\n') return line;
  }
  return fail(Errc::kDataCorrupt, name + " is cut off, or no backup of Gatehouse.");
}

Result<crypto::SealedStreamReader::Piece> read_piece(std::FILE* in, crypto::SealedStreamReader& reader, const std::string& name) {
  GH_TRY(const auto length, read_exactly(in, 4, name));
  std::size_t size = 0;
  for (const char letter : length) size = size << 8 | static_cast<unsigned char>(letter);
  if (size > kPiece + crypto::kStreamOverhead)
    return fail(Errc::kDataCorrupt, name + " is no backup of Gatehouse, or it was changed.");
  GH_TRY(const auto sealed, read_exactly(in, size, name));
  auto piece = reader.open_piece(sealed);
  if (!piece) return fail(Errc::kDataCorrupt, name + ": " + piece.error().public_detail);
  return piece;
}

struct Outline {
  int schema = 0;
  BackupSummary summary;
  std::string head;
};

std::string format(const Outline& outline) {
  return std::string(kOutline) + std::to_string(outline.schema) + " " + std::to_string(outline.summary.change) + " " +
         std::to_string(outline.summary.audit_sequence) + "\n" + (outline.head.empty() ? "\n" : outline.head);
}

/// The three lines at the beginning; gives how many bytes they took.
Result<std::size_t> parse(std::string_view text, Outline& outline) {
  const Error damaged = fail(Errc::kDataCorrupt, "The backup's beginning can't be read; another version of Gatehouse made it.");
  if (!text.starts_with(kOutline)) return damaged;
  const std::size_t second = text.find('\n', kOutline.size());
  const std::size_t third = second == std::string_view::npos ? second : text.find('\n', second + 1);
  if (third == std::string_view::npos) return damaged;
  const std::string numbers(text.substr(kOutline.size(), second - kOutline.size()));
  long long change = 0, sequence = 0;
  if (std::sscanf(numbers.c_str(), "%d %lld %lld", &outline.schema, &change, &sequence) != 3) return damaged;
  outline.summary.change = change;
  outline.summary.audit_sequence = sequence;
  outline.head = text.substr(second + 1, third - second);
  if (outline.head == "\n") outline.head.clear();
  return third + 1;
}

Result<BackupSummary> write_to(std::FILE* out, const std::string& file, Session& session, const DataFolder& folder,
                               const std::string& head, Random& random) {
  std::array<std::byte, kSaltSize> salt_bytes{};
  random.fill(salt_bytes);
  const std::string salt = to_base64url(salt_bytes);
  GH_TRY(const auto keyring, read_small_file(folder.keyring_path()));
  const std::string clear = std::string(kForm) + keyring + salt + "\n";
  if (std::fwrite(clear.data(), 1, clear.size(), out) != clear.size()) return cannot("write", file);
  SealedFile sealed(out, file, folder.master_key().derive("backup", salt));
  GH_TRYV(sealed.begin());
  GH_TRY(const auto row,
         session.row("SELECT change_number, sequence FROM chain_head WHERE id = 1", "ii", {}, "The database has no chain head."));
  Outline outline;
  outline.schema = newest_schema();
  outline.summary = {0, std::get<std::int64_t>(row[0]), std::get<std::int64_t>(row[1])};
  outline.head = head;
  GH_TRYV(sealed.add(format(outline)));
  GH_TRY(outline.summary.rows, dump_rows(session, [&](std::string_view piece) { return sealed.add(piece); }));
  GH_TRYV(sealed.end());
  if (std::fflush(out) != 0 || ::fsync(::fileno(out)) != 0) return cannot("flush", file);
  return outline.summary;
}

Result<std::string> head_text(const DataFolder& folder) {
  auto head = read_small_file(folder.head_path());
  if (!head && head.error().code == Errc::kNotFound) return std::string();
  return head;
}

Result<void> must_be_empty(Session& session, const std::string& name) {
  for (const std::string_view table : {"users", "sites", "settings", "audit_records"}) {
    GH_TRY(const auto rows, session.rows("SELECT 1 FROM " + std::string(table) + " LIMIT 1", "i"));
    if (!rows.empty())
      return fail(Errc::kConflict, "The database " + name + " is not empty; a backup is restored into an empty one only.");
  }
  return success();
}

Result<BackupSummary> load(std::FILE* in, const std::string& file, crypto::SealedStreamReader& reader, DataFolder& folder,
                           const std::string& keyring, const std::string& database_target) {
  GH_TRY(auto piece, read_piece(in, reader, file));
  Outline outline;
  GH_TRY(const auto used, parse(piece.bytes, outline));
  if (outline.schema > newest_schema()) {
    return fail(Errc::kUnsupported,
                file + " has schema " + std::to_string(outline.schema) + ": a newer Gatehouse made it. Use that one.");
  }
  GH_TRY(const auto target, parse_target(database_target));
  GH_TRY(const auto session, Session::open(target, {std::chrono::seconds(5), 0}));
  GH_TRYV(migrate(*session, target.name, outline.schema));
  GH_TRYV(session->begin_write());
  GH_TRYV(must_be_empty(*session, target.name));
  DumpLoader loader(*session);
  GH_TRYV(loader.take(std::string_view(piece.bytes).substr(used)));
  while (!piece.last) {
    GH_TRY(piece, read_piece(in, reader, file));
    GH_TRYV(loader.take(piece.bytes));
  }
  if (std::fgetc(in) != EOF) return fail(Errc::kDataCorrupt, file + " was changed: something was added at its end.");
  GH_TRY(outline.summary.rows, loader.finish());
  // Before the rows are kept: with rows and no keyring the folder could not be used, and not be restored into again.
  GH_TRYV(folder.adopt(keyring, outline.head));
  auto kept = session->commit();
  if (!kept) {
    folder.disown();
    return std::move(kept).error();
  }
  GH_TRYV(migrate(*session, target.name, newest_schema()));
  return outline.summary;
}

}  // namespace

Result<BackupSummary> write_backup(Database& database, const DataFolder& folder, const std::string& file, Random& random) {
  // The head first: what the snapshot then holds goes at least as far.
  GH_TRY(const auto head, head_text(folder));
  GH_TRY(const auto lease, database.state().readers.take());
  GH_TRYV(lease->session().begin_read());
  const std::string partial = file + ".partial";
  const int made = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (made < 0) return cannot("make", partial);
  const File out(::fdopen(made, "wb"), std::fclose);
  auto summary = write_to(out.get(), partial, lease->session(), folder, head, random);
  // link() makes the name only where nothing has it: an older backup is never overwritten.
  if (summary && ::link(partial.c_str(), file.c_str()) != 0) {
    summary = errno == EEXIST ? fail(Errc::kConflict, file + " exists already; choose another name.") : cannot("make", file);
  }
  ::unlink(partial.c_str());
  return summary;
}

Result<BackupSummary> restore_backup(const std::string& file, DataFolder& folder, const std::string& database_target) {
  const File in(std::fopen(file.c_str(), "rbe"), std::fclose);
  if (!in) {
    return fail(errno == ENOENT ? Errc::kNotFound : Errc::kUnavailable,
                "Could not open " + file + ": " + std::strerror(errno) + ".");
  }
  GH_TRY(const auto form, read_line(in.get(), file));
  if (form != kForm) return fail(Errc::kDataCorrupt, file + " is no backup of Gatehouse, or one of a newer version.");
  GH_TRY(const auto keyring, read_line(in.get(), file));
  if (!crypto::Keyring::open(keyring, folder.master_key())) {
    return fail(Errc::kDataCorrupt,
                "The backup " + file + " belongs to another master key than " + folder.master_key_path() + ".");
  }
  GH_TRY(auto salt, read_line(in.get(), file));
  salt.pop_back();
  GH_TRY(const auto header, read_exactly(in.get(), crypto::kStreamHeaderSize, file));
  GH_TRY(auto reader, crypto::SealedStreamReader::open(folder.master_key().derive("backup", salt), header));
  return load(in.get(), file, reader, folder, keyring, database_target);
}

}  // namespace gatehouse::store
