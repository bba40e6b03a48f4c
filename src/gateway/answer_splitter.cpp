#include "gateway/answer_splitter.h"

#include "gateway/json_reader.h"

namespace gatehouse::gateway {
namespace {

bool is_space(char byte) noexcept { return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r'; }

/// Whether a list of that rule is released element by element.
bool streams(const catalogue::ShapeField& field) noexcept { return field.list || field.rule == catalogue::Rule::kList; }

}  // namespace

AnswerSplitter::Piece AnswerSplitter::next(std::string_view text, bool last) {
  Piece piece;
  for (;;) {
    bool whole = false;
    if (state_ == State::kInKey || state_ == State::kInMember || state_ == State::kInElement) {
      whole = scan(text);
    } else {
      while (at_ < text.size() && is_space(text[at_])) ++at_;
      // Between two members or elements nothing is worth keeping.
      if (state_ != State::kColon && state_ != State::kMemberValue) begin_ = at_;
      whole = at_ < text.size();
    }
    if (at_ - begin_ > limit_) {
      piece.cut = Cut::kTooLong;
      return piece;
    }
    if (!whole) break;
    if (step(text, piece)) return piece;
  }
  piece.cut = !last ? Cut::kNeedMore : state_ == State::kTrailer ? Cut::kEnd : Cut::kMalformed;
  return piece;
}

void AnswerSplitter::forget() noexcept {
  at_ -= begin_;
  value_ -= value_ < begin_ ? value_ : begin_;
  begin_ = 0;
}

bool AnswerSplitter::fail(Piece& piece) noexcept {
  piece.cut = Cut::kMalformed;
  return true;
}

bool AnswerSplitter::step(std::string_view text, Piece& piece) {
  switch (state_) {
    case State::kStart:
      if (text[at_] != (list_ ? '[' : '{')) return fail(piece);
      ++at_;
      state_ = list_ ? State::kFirstElement : State::kFirstKey;
      piece.cut = Cut::kOpen;
      return true;
    case State::kInElement:
      piece = {Cut::kElement, field_, 0, 0, begin_, at_ - begin_};
      state_ = State::kBehindElement;
      return true;
    case State::kFirstElement:
    case State::kElement:
    case State::kBehindElement: return step_in_list(text[at_], piece);
    case State::kTrailer: return fail(piece);
    case State::kInKey:
    case State::kInMember: return step_in_object('\0', text, piece);
    default: return step_in_object(text[at_], text, piece);
  }
}

bool AnswerSplitter::step_in_object(char byte, std::string_view text, Piece& piece) {
  switch (state_) {
    case State::kFirstKey:
    case State::kBehindMember:
      if (byte == '}') {
        ++at_;
        state_ = State::kTrailer;
        piece.cut = Cut::kClose;
        return true;
      }
      if (state_ == State::kBehindMember) {
        if (byte != ',') return fail(piece);
        ++at_;
        state_ = State::kKey;
        return false;
      }
      [[fallthrough]];
    case State::kKey:
      if (byte != '"') return fail(piece);
      return begin_value(State::kInKey, byte, piece);
    case State::kInKey: {
      key_size_ = at_ - begin_;
      JsonReader key(text.substr(begin_, key_size_));
      if (key.next() != JsonToken::kString) return fail(piece);
      field_ = &shape_.find(key.text());
      state_ = State::kColon;
      return false;
    }
    case State::kColon:
      if (byte != ':') return fail(piece);
      ++at_;
      state_ = State::kMemberValue;
      return false;
    case State::kMemberValue:
      if (byte != '[' || !streams(*field_)) return begin_value(State::kInMember, byte, piece);
      ++at_;
      piece = {Cut::kListBegin, field_, begin_, key_size_, 0, 0};
      state_ = State::kFirstElement;
      return true;
    default:
      piece = {Cut::kMember, field_, begin_, key_size_, value_, at_ - value_};
      state_ = State::kBehindMember;
      return true;
  }
}

bool AnswerSplitter::step_in_list(char byte, Piece& piece) {
  if (state_ == State::kBehindElement) {
    if (byte == ']') return close_list(piece);
    if (byte != ',') return fail(piece);
    ++at_;
    state_ = State::kElement;
    return false;
  }
  if (byte == ']' && state_ == State::kFirstElement) return close_list(piece);
  return begin_value(State::kInElement, byte, piece);
}

bool AnswerSplitter::close_list(Piece& piece) {
  ++at_;
  piece.cut = list_ ? Cut::kClose : Cut::kListEnd;
  state_ = list_ ? State::kTrailer : State::kBehindMember;
  return true;
}

bool AnswerSplitter::begin_value(State state, char byte, Piece& piece) noexcept {
  if (byte == ',' || byte == ':' || byte == ']' || byte == '}') return fail(piece);
  state_ = state;
  value_ = at_;
  depth_ = 0;
  in_string_ = false;
  scalar_ = byte != '{' && byte != '[' && byte != '"';
  return false;
}

bool AnswerSplitter::scan(std::string_view text) noexcept {
  while (at_ < text.size()) {
    if (in_string_) {
      if (!scan_string(text)) return false;
      if (depth_ == 0) return true;
      continue;
    }
    const char byte = text[at_];
    // A scalar ends before what follows it, all else with its own last byte.
    if (scalar_) {
      if (is_space(byte) || byte == ',' || byte == ']' || byte == '}') return true;
      ++at_;
      continue;
    }
    ++at_;
    if (byte == '"') {
      in_string_ = true;
    } else if (byte == '{' || byte == '[') {
      ++depth_;
    } else if ((byte == '}' || byte == ']') && --depth_ == 0) {
      return true;
    }
  }
  return false;
}

/// Behind the closing quote. A backslash is left for the next time where what it escapes has not arrived.
bool AnswerSplitter::scan_string(std::string_view text) noexcept {
  while (at_ < text.size()) {
    const char byte = text[at_];
    if (byte == '\\') {
      if (at_ + 1 == text.size()) return false;
      at_ += 2;
      continue;
    }
    ++at_;
    if (byte == '"') {
      in_string_ = false;
      return true;
    }
  }
  return false;
}

}  // namespace gatehouse::gateway
