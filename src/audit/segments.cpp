#include "audit/segments.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

#include "audit/chain.h"
#include "audit/export.h"
#include "base/encoding.h"
#include "crypto/chain_mac.h"
#include "crypto/digest.h"
#include "store/data_folder.h"

namespace gatehouse::audit {
namespace {

constexpr std::size_t kMostBytes = 16 * 1024 * 1024;

std::string number(Instant at) { return std::to_string(at.time_since_epoch().count()); }

/// `previous_mac`, of the record before, binds a segment to the very chain that it was taken out of.
std::string signed_text(const store::AuditSegment& segment, std::string_view previous_mac) {
  return "gatehouse audit segment 1\n" + std::string(previous_mac) + "\n" + std::to_string(segment.first) + "\n" +
         std::to_string(segment.last) + "\n" + number(segment.first_at) + "\n" + number(segment.last_at) + "\n" + segment.mac +
         "\n" + std::to_string(segment.key_epoch) + "\n" + segment.digest + "\n" +
         (segment.rotated_at ? number(*segment.rotated_at) : std::string("-")) + "\n" + number(segment.sealed_at);
}

/// The records that are sealed next, and what is known of them.
struct Part {
  store::AuditSegment segment;
  std::string previous_mac;
  std::string lines;
};

Result<std::optional<Part>> read_part(store::Database& database, const crypto::Keyring& keys, Instant before) {
  GH_TRY(const store::Reader reader, database.read());
  GH_TRY(const auto sealed, read_segments(*reader.operator->(), keys));
  GH_TRY(Head head, sealed_end(*reader.operator->(), keys));
  const crypto::ChainMac mac(keys);
  Part part;
  part.segment.first = head.sequence + 1;
  part.previous_mac = head.mac;
  if (!sealed.empty()) part.segment.rotated_at = sealed.back().rotated_at;
  store::Page page{std::to_string(head.sequence), 1000};
  do {
    GH_TRY(const auto listed, reader->audit_records.list({}, page));
    page.after = listed.next;
    for (const AuditRecord& record : listed.items) {
      if (record.at >= before || part.lines.size() > kMostBytes) {
        page.after.clear();
        break;
      }
      GH_TRY(head, next_head(head, record, mac));
      if (record.sequence == part.segment.first) part.segment.first_at = record.at;
      if (record.event.action == "key.rotate") part.segment.rotated_at = record.at;
      part.segment.last_at = record.at;
      part.lines += to_json_line(record) + "\n";
    }
  } while (!page.after.empty());
  if (part.lines.empty()) return std::optional<Part>();
  part.segment.last = head.sequence;
  part.segment.mac = head.mac;
  part.segment.key_epoch = head.key_epoch;
  part.segment.digest = to_base64url(crypto::sha256(part.lines));
  return std::optional(std::move(part));
}

/// Flushed together with the folder that it lies in: records leave the database once their file can't be lost.
Result<void> make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return fail(Errc::kUnavailable, "Could not make the folder " + folder + ".");
  const int above = ::open(folder.substr(0, folder.rfind('/')).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (above < 0) return fail(Errc::kUnavailable, "Could not open the folder of " + folder + ".");
  const bool flushed = ::fsync(above) == 0;
  ::close(above);
  if (!flushed) return fail(Errc::kUnavailable, "Could not flush the folder of " + folder + ".");
  return success();
}

}  // namespace

std::string file_name(const store::AuditSegment& segment) {
  char name[64];
  std::snprintf(name, sizeof name, "%010lld-%010lld.jsonl", static_cast<long long>(segment.first),
                static_cast<long long>(segment.last));
  return name;
}

Result<std::vector<store::AuditSegment>> read_segments(const store::Repositories& at, const crypto::Keyring& keys) {
  GH_TRY(auto all, at.audit_records.segments());
  std::int64_t next = 1;
  std::string_view previous_mac;
  for (const store::AuditSegment& one : all) {
    if (one.first != next || one.last < one.first || !crypto::verify_head(keys, signed_text(one, previous_mac), one.signature))
      return fail(Errc::kDataCorrupt, "The sealed part of the audit chain is not whole at record " + std::to_string(next) +
                                          ": what the database says about " + file_name(one) + " was not written by Gatehouse.");
    next = one.last + 1;
    previous_mac = one.mac;
  }
  return all;
}

Result<Head> sealed_end(const store::Repositories& at, const crypto::Keyring& keys) {
  GH_TRY(const auto all, read_segments(at, keys));
  if (all.empty()) return Head{};
  return Head{all.back().last, all.back().mac, all.back().key_epoch};
}

Result<SegmentFile> look_at_file(const store::AuditSegment& segment, const std::string& folder) {
  const std::string path = folder + "/" + file_name(segment);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return SegmentFile::kAbsent;
    return fail(Errc::kUnavailable, "Could not look at " + path + ".");
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) return fail(Errc::kUnavailable, "Could not read " + path + ".");
  return to_base64url(crypto::sha256(text.view())) == segment.digest ? SegmentFile::kWhole : SegmentFile::kChanged;
}

std::optional<std::string> mac_in_file(const store::AuditSegment& segment, const std::string& folder, std::int64_t sequence) {
  std::ifstream file(folder + "/" + file_name(segment), std::ios::binary);
  std::string line;
  for (std::int64_t at = segment.first; at <= sequence; ++at) {
    if (!std::getline(file, line)) return std::nullopt;
  }
  boost::system::error_code problem;
  const boost::json::value record = boost::json::parse(line, problem);
  const auto* const object = problem ? nullptr : record.if_object();
  const auto* const mac = object ? object->if_contains("mac") : nullptr;
  if (!mac || !mac->is_string()) return std::nullopt;
  return std::string(mac->get_string());
}

Result<std::vector<store::AuditSegment>> seal_next(store::Database& database, Log& log, const crypto::Keyring& keys,
                                                   const std::string& folder, Instant before, Instant now, AuditEvent event) {
  const std::lock_guard lock(log.sealing());
  GH_TRY(auto part, read_part(database, keys, before));
  std::vector<store::AuditSegment> done;
  if (!part) return done;
  store::AuditSegment& segment = part->segment;
  segment.sealed_at = now;
  segment.signature = crypto::sign_head(keys, signed_text(segment, part->previous_mac));
  GH_TRYV(make_folder(folder));
  GH_TRYV(store::replace_file(folder + "/" + file_name(segment), part->lines));
  GH_TRY(store::UnitOfWork work, database.begin());
  GH_TRYV(work->audit_records.put_in_segment(segment));
  event.target_id = event.target_name = file_name(segment);
  GH_TRYV(log.commit(std::move(work), std::move(event)));
  done.push_back(std::move(segment));
  return done;
}

}  // namespace gatehouse::audit
