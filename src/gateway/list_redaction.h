// ListRedaction: redacts a list that is too long to be held whole, one item at a time. Used by redact.cpp.
//
// What is whole of the answer is gathered until it is worth a look-up of what it mentions, and redacted item by item by the same
// code as a whole answer is: nothing of an item is written before its own project is known. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/answer_splitter.h"
#include "gateway/redactor.h"

namespace gatehouse::gateway {

class ListRedaction {
 public:
  /// So much is gathered before it is redacted: a look-up for each item would be a flood.
  static constexpr std::size_t kWindow = 128 * 1024;

  /// `limit`: bytes of one item, or of one member beside the items.
  ListRedaction(const catalogue::Shape& shape, bool list, std::size_t limit)
      : shape_(shape), list_(list), splitter_(shape, list, limit) {}

  /// Whether an answer of that shape can be released piece by piece: nothing in it but its items has to prove where it lies.
  static bool suits(const catalogue::Shape& shape, bool list, const RedactionContext& context) noexcept;

  enum class Gathered : std::uint8_t {
    kMalformed = 0,
    kTooLong,  ///< an item is over the limit
    kNothing,  ///< more of the answer is needed, or it is over
    kReady,    ///< redact() comes next
  };
  Gathered gather(std::string_view answer, bool last);
  /// Whether something was gathered and not accepted.
  bool ready() const noexcept { return ready_; }

  /// Redacts what was gathered onto the end of `out`. Repeated with more proof, or accepted.
  Redaction redact(std::string_view answer, const RedactionContext& context, std::string& out);
  void accept();

  /// How many bytes at the front of the answer are not needed any more: the caller takes them away.
  std::size_t forget() noexcept;
  /// Whether an item was read to its end.
  bool any_item() const noexcept { return any_item_; }

 private:
  using Piece = AnswerSplitter::Piece;
  /// Where in the output we are: what a repeated redact() begins from.
  struct Place {
    bool first_member = true;
    bool first_element = true;
  };
  bool write(const Piece& piece, std::string_view answer, const RedactionContext& context, Redaction& result, std::string& out);

  const catalogue::Shape& shape_;
  const bool list_;
  AnswerSplitter splitter_;
  std::vector<Piece> pieces_;
  std::size_t accepted_ = 0;  ///< of `pieces_`
  std::size_t redacted_ = 0;
  std::size_t bytes_ = 0;
  Place place_;
  Place accepted_place_;
  bool ready_ = false;
  bool any_item_ = false;
};

}  // namespace gatehouse::gateway
