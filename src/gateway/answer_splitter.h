// AnswerSplitter: cuts a list that is too long to be held whole into its members and elements, as its bytes arrive. Used by
// list_redaction.cpp alone.
//
// It reads the outline strictly (braces, keys, colons, commas) and finds where each value ends by brackets and quotes; whoever
// uses a value reads it with JsonReader as a whole text of its own, so that a value cut wrongly can't be read. Keeps no bytes:
// places are offsets into the caller's buffer. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "catalogue/shapes.h"

namespace gatehouse::gateway {

class AnswerSplitter {
 public:
  enum class Cut : std::uint8_t {
    kMalformed = 0,
    kTooLong,    ///< one member or element is longer than the limit
    kNeedMore,   ///< nothing is whole yet
    kOpen,       ///< the outermost bracket
    kMember,     ///< a member of the outermost object, whole
    kListBegin,  ///< a member that is a list: its elements follow
    kElement,
    kListEnd,
    kClose,  ///< the outermost bracket
    kEnd,    ///< the text is over, and its outline was whole
  };
  struct Piece {
    Cut cut = Cut::kMalformed;
    const catalogue::ShapeField* field = nullptr;  ///< of kMember, kListBegin and an element below it; null: by the shape itself
    std::size_t key_begin = 0;                     ///< of kMember and kListBegin: the key with its quotes
    std::size_t key_size = 0;
    std::size_t begin = 0;  ///< of kMember and kElement: the value
    std::size_t size = 0;
  };

  /// `list`: the answer is an array of `shape`, else one object of it. `limit`: bytes of a member or element.
  AnswerSplitter(const catalogue::Shape& shape, bool list, std::size_t limit) : shape_(shape), list_(list), limit_(limit) {}

  /// What is whole next in `text`, which begins where forget() left it. `last`: nothing will follow.
  Piece next(std::string_view text, bool last);
  /// What lies before it is not needed any more.
  std::size_t done() const noexcept { return begin_; }
  /// The caller took the first done() bytes away.
  void forget() noexcept;

 private:
  enum class State : std::uint8_t {
    kStart,
    kFirstKey,
    kKey,
    kInKey,
    kColon,
    kMemberValue,
    kInMember,
    kBehindMember,
    kFirstElement,
    kElement,
    kInElement,
    kBehindElement,
    kTrailer,
  };

  /// One step of the outline at a byte that is no white space. True where `piece` is whole.
  bool step(std::string_view text, Piece& piece);
  bool step_in_object(char byte, std::string_view text, Piece& piece);
  bool step_in_list(char byte, Piece& piece);
  bool close_list(Piece& piece);
  bool fail(Piece& piece) noexcept;
  bool begin_value(State state, char byte, Piece& piece) noexcept;
  /// To the end of the value that was begun. False where it is not there yet.
  bool scan(std::string_view text) noexcept;
  bool scan_string(std::string_view text) noexcept;

  const catalogue::Shape& shape_;
  const bool list_;
  const std::size_t limit_;
  State state_ = State::kStart;
  std::size_t at_ = 0;
  std::size_t begin_ = 0;  ///< of the member or element at hand
  std::size_t key_size_ = 0;
  std::size_t value_ = 0;
  const catalogue::ShapeField* field_ = nullptr;
  std::size_t depth_ = 0;
  bool in_string_ = false;
  bool scalar_ = false;
};

}  // namespace gatehouse::gateway
