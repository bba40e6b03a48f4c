#include "gateway/list_redaction.h"

namespace gatehouse::gateway {
namespace {

using Cut = AnswerSplitter::Cut;

/// So many mentions are looked up in one round; an item that mentions more is one round of its own.
constexpr std::size_t kMentions = 400;
constexpr std::size_t kMaxPieces = 4096;

}  // namespace

bool ListRedaction::suits(const catalogue::Shape& shape, bool list, const RedactionContext& context) noexcept {
  if (list) return true;
  if (shape.inside.by == catalogue::Inside::By::kNone) return true;
  return shape.inside.by == catalogue::Inside::By::kParent && context.parent_inside;
}

ListRedaction::Gathered ListRedaction::gather(std::string_view answer, bool last) {
  while (pieces_.size() < kMaxPieces && bytes_ < kWindow) {
    const Piece piece = splitter_.next(answer, last);
    switch (piece.cut) {
      case Cut::kMalformed: return Gathered::kMalformed;
      case Cut::kTooLong: return Gathered::kTooLong;
      case Cut::kNeedMore: return Gathered::kNothing;
      case Cut::kEnd: ready_ = !pieces_.empty(); return ready_ ? Gathered::kReady : Gathered::kNothing;
      default: break;
    }
    pieces_.push_back(piece);
    bytes_ += piece.key_size + piece.size;
  }
  ready_ = true;
  return Gathered::kReady;
}

Redaction ListRedaction::redact(std::string_view answer, const RedactionContext& context, std::string& out) {
  Redaction result;
  const std::size_t start = out.size();
  place_ = accepted_place_;
  for (redacted_ = accepted_; redacted_ < pieces_.size() && result.unproven.size() < kMentions; ++redacted_) {
    if (write(pieces_[redacted_], answer, context, result, out)) continue;
    out.resize(start);
    result.outcome = Redaction::Outcome::kMalformed;
    return result;
  }
  result.outcome = Redaction::Outcome::kReleased;
  result.unite_unproven();
  return result;
}

void ListRedaction::accept() {
  for (; accepted_ < redacted_; ++accepted_) any_item_ = any_item_ || pieces_[accepted_].cut == Cut::kElement;
  accepted_place_ = place_;
  if (accepted_ < pieces_.size()) return;
  pieces_.clear();
  accepted_ = redacted_ = bytes_ = 0;
  ready_ = false;
}

std::size_t ListRedaction::forget() noexcept {
  if (!pieces_.empty()) return 0;
  const std::size_t done = splitter_.done();
  splitter_.forget();
  return done;
}

/// False where the value can't be read.
bool ListRedaction::write(const Piece& piece, std::string_view answer, const RedactionContext& context, Redaction& result,
                          std::string& out) {
  const std::size_t before = out.size();
  const auto key = [&] {
    if (!place_.first_member) out.push_back(',');
    out.append(answer.substr(piece.key_begin, piece.key_size)).push_back(':');
  };
  switch (piece.cut) {
    case Cut::kOpen: out.push_back(list_ ? '[' : '{'); return true;
    case Cut::kClose: out.push_back(list_ ? ']' : '}'); return true;
    case Cut::kListEnd: out.push_back(']'); return true;
    case Cut::kListBegin:
      key();
      out.push_back('[');
      place_ = {false, true};
      return true;
    case Cut::kMember: key(); break;
    default:
      if (!place_.first_element) out.push_back(',');
      break;
  }
  const bool element = piece.cut == Cut::kElement;
  const Part part{shape_, piece.field, element};
  const Redaction::Outcome outcome = redact_part(answer.substr(piece.begin, piece.size), part, context, result, out);
  if (outcome == Redaction::Outcome::kReleased)
    (element ? place_.first_element : place_.first_member) = false;
  else
    out.resize(before);
  return outcome != Redaction::Outcome::kMalformed;
}

}  // namespace gatehouse::gateway
