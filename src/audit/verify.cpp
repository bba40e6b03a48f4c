#include "audit/verify.h"

#include <algorithm>

#include "audit/segments.h"
#include "base/encoding.h"
#include "crypto/chain_mac.h"

namespace gatehouse::audit {
namespace {

constexpr std::size_t kMostFindings = 100;

/// Walks the chain and keeps what a record is compared with.
class Walk {
 public:
  Walk(const crypto::Keyring& keys, const std::optional<Head>& head) : mac_(keys), head_(head) {}

  /// The chain goes on from a sealed part, whose signature holds.
  void begin_after(const Head& sealed) {
    result_.sealed = result_.last_sequence = sealed.sequence;
    previous_mac_ = sealed.mac;
    epoch_ = sealed.key_epoch;
    if (head_ && head_->sequence == sealed.sequence && head_->mac != sealed.mac)
      add(sealed.sequence, "head", "The sealed part ends otherwise than the signed head outside the database says.");
    if (head_ && head_->sequence > 0 && head_->sequence < sealed.sequence) head_is_sealed_ = true;
  }
  /// The head outside lies in a sealed part: what its record was, only the file can tell.
  void compare_with_file(const store::AuditSegment& segment, SegmentFile file, const std::string& folder) {
    if (!head_is_sealed_ || head_->sequence < segment.first || head_->sequence > segment.last) return;
    if (head_->sequence == segment.last) {
      if (head_->mac == segment.mac) return;
    } else if (file == SegmentFile::kWhole) {
      const auto mac = mac_in_file(segment, folder, head_->sequence);
      if (mac && *mac == head_->mac) return;
    } else {
      add(head_->sequence, "head",
          "The head outside the database can't be compared without the file " + file_name(segment) + ".");
      return;
    }
    add(head_->sequence, "head",
        "The sealed record is another one than the signed head outside the database names: the chain was written anew.");
  }
  void segments_are_wrong(const Error& error) { add(0, "segment", error.public_detail); }
  void segment(const store::AuditSegment& segment, SegmentFile file) {
    if (file == SegmentFile::kAbsent) result_.absent.push_back(file_name(segment));
    if (file == SegmentFile::kChanged)
      add(segment.first, "sealed file", "The file " + file_name(segment) + " is not the one that was sealed.");
  }

  void record(const AuditRecord& record) {
    ++result_.records;
    const std::int64_t expected = result_.last_sequence + 1;
    if (record.sequence <= result_.sealed) {
      add(record.sequence, "inserted", "A record that stands in a sealed segment already, or was never given.");
      return;
    }
    if (record.sequence > expected) {
      add(expected, "missing",
          record.sequence == expected + 1
              ? "This record is gone."
              : "The records " + std::to_string(expected) + " to " + std::to_string(record.sequence - 1) + " are gone.");
    }
    check(record, record.sequence == expected);
    if (head_ && record.sequence == head_->sequence) compare_with_head(record);
    result_.last_sequence = record.sequence;
    previous_mac_ = record.mac;
    epoch_ = std::max(epoch_, record.key_epoch);
  }

  Verification finish(const store::ChainEnd& end) {
    if (end.sequence > result_.last_sequence) {
      add(result_.last_sequence + 1, "truncated",
          "The database's own head says that the chain goes on to " + std::to_string(end.sequence) + ".");
    } else if (end.sequence < result_.last_sequence) {
      add(end.sequence + 1, "inserted", "Records stand beyond the database's own head.");
    } else if (end.mac != previous_mac_) {
      add(end.sequence, "head", "The database's own head does not fit the last record.");
    }
    if (!head_) {
      if (result_.last_sequence > 0)
        add(result_.last_sequence, "head",
            "There is no head outside the database to compare with: a roll-back would not be seen.");
    } else if (head_->sequence > result_.last_sequence) {
      add(result_.last_sequence + 1, "truncated",
          "The signed head outside the database says that the chain went on to " + std::to_string(head_->sequence) +
              ": records were cut off, or an older database was put back.");
    }
    return std::move(result_);
  }

 private:
  void check(const AuditRecord& record, bool follows) {
    if (record.key_epoch < epoch_) {
      add(record.sequence, "epoch",
          "It is labelled with key " + std::to_string(record.key_epoch) + " after records of key " + std::to_string(epoch_) +
              ".");
      return;
    }
    const auto tag = mac_.tag(record.key_epoch, canonical_form(record, previous_mac_));
    if (!tag) {
      add(record.sequence, "epoch",
          "It is labelled with key " + std::to_string(record.key_epoch) + ", which this installation never had.");
    } else if (to_base64url(tag.value()) != record.mac) {
      // After a gap the link to the record before can't be right: that was reported already.
      if (follows) add(record.sequence, "changed", "The record, or its place in the chain, is not what was written.");
    }
  }

  void compare_with_head(const AuditRecord& record) {
    if (record.mac != head_->mac || record.key_epoch != head_->key_epoch) {
      add(record.sequence, "head",
          "The record is another one than the signed head outside the database names: the chain was written anew.");
    }
  }

  void add(std::int64_t sequence, std::string what, std::string detail) {
    if (result_.findings.size() < kMostFindings) result_.findings.push_back({sequence, std::move(what), std::move(detail)});
  }

  const crypto::ChainMac mac_;
  const std::optional<Head>& head_;
  Verification result_;
  bool head_is_sealed_ = false;
  std::string previous_mac_;
  int epoch_ = 0;
};

void append(std::string& form, std::string_view field) {
  form += std::to_string(field.size());
  form += ':';
  form += field;
}

}  // namespace

std::string canonical_form(const AuditRecord& record, std::string_view previous_mac) {
  const AuditEvent& event = record.event;
  std::string form = "gatehouse audit record 1\n";
  append(form, previous_mac);
  append(form, std::to_string(record.sequence));
  append(form, std::to_string(record.at.time_since_epoch().count()));
  append(form, std::to_string(record.key_epoch));
  for (const std::string_view field :
       {std::string_view(record.id), std::string_view(event.action), std::string_view(event.target_kind),
        std::string_view(event.target_id), std::string_view(event.target_name), std::string_view(event.before_json),
        std::string_view(event.after_json), std::string_view(event.reason), std::string_view(event.outcome),
        std::string_view(event.caller.actor_kind), std::string_view(event.caller.actor_id),
        std::string_view(event.caller.actor_name), std::string_view(event.caller.on_behalf_of),
        std::string_view(event.caller.address), std::string_view(event.caller.user_agent)}) {
    append(form, field);
  }
  return form;
}

Result<Verification> verify(const store::Reader& reader, const std::optional<Head>& head, const crypto::Keyring& keys,
                            const std::string& folder) {
  Walk walk(keys, head);
  const auto segments = read_segments(*reader.operator->(), keys);
  if (!segments && segments.error().code != Errc::kDataCorrupt) return segments.error();
  if (!segments) {
    walk.segments_are_wrong(segments.error());
  } else if (!segments.value().empty()) {
    const store::AuditSegment& last = segments.value().back();
    walk.begin_after({last.last, last.mac, last.key_epoch});
    for (const store::AuditSegment& one : segments.value()) {
      SegmentFile file = SegmentFile::kAbsent;
      if (!folder.empty()) {
        GH_TRY(file, look_at_file(one, folder));
        walk.segment(one, file);
      }
      walk.compare_with_file(one, file, folder);
    }
  }
  store::Page page{{}, 1000};
  // A number below 1 is never given; the first page starts below all of them, so that such a record is seen too.
  page.after = std::to_string(INT64_MIN);
  do {
    GH_TRY(const auto listed, reader->audit_records.list({}, page));
    for (const AuditRecord& record : listed.items) walk.record(record);
    page.after = listed.next;
  } while (!page.after.empty());
  GH_TRY(const auto end, reader->audit_records.end());
  return walk.finish(end);
}

}  // namespace gatehouse::audit
