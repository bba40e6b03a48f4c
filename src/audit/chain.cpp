#include "audit/chain.h"

#include "audit/verify.h"
#include "base/encoding.h"

namespace gatehouse::audit {

Error broken_at(std::int64_t sequence, const std::string& what) {
  return fail(Errc::kDataCorrupt, "The audit chain is not whole at record " + std::to_string(sequence) + ": " + what +
                                      " Run: gatehouse audit verify");
}

Result<Head> next_head(const Head& head, const AuditRecord& record, const crypto::ChainMac& mac) {
  if (record.sequence != head.sequence + 1) return broken_at(head.sequence + 1, "it is missing.");
  if (record.key_epoch < head.key_epoch) return broken_at(record.sequence, "it is labelled with an older key.");
  GH_TRY(const auto tag, mac.tag(record.key_epoch, canonical_form(record, head.mac)));
  if (to_base64url(tag) != record.mac) return broken_at(record.sequence, "it was changed.");
  return Head{record.sequence, record.mac, record.key_epoch};
}

}  // namespace gatehouse::audit
