// redact: what of an upstream answer a client gets, and under which head.
#pragma once

#include "gateway/refusal.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "http/message.h"

namespace gatehouse::gateway {

/// How an answer's body is handled. Zero lets nothing through.
enum class AnswerMode : std::uint8_t {
  kDrop = 0,  ///< read and not passed on
  kRedact,    ///< redacted by the operation's shape: gathered whole, or item by item where it is a long list
  kRewrite,   ///< its links rewritten, whole or piece by piece
  kError,     ///< gathered whole: an error of the site, of which only what is known to be safe is passed on
  kPass,      ///< bytes that are passed as they come
  kFollow,    ///< a redirect of media that the gateway follows itself: Request::upstream is the next request
};

/// An answer's body, or an item of a long list, is held whole up to here.
inline constexpr std::size_t kMaxWholeAnswer = 4 * 1024 * 1024;

/// By the answer's head: the mode, with Request::answer_head and ::status written; or a refusal.
Step<AnswerMode> begin_answer(const Confined& confined, const http::ResponseHead& head, const http::Now& now, ThreadState& thread,
                              Request& request);

/// Request::answer, which is whole, into Request::out. kAsk: look-ups must be answered first (Request::questions).
enum class Release : std::uint8_t { kAsk = 0, kReady };
Step<Release> finish_answer(AnswerMode mode, const Confined& confined, ThreadState& thread, Request& request);
/// After the look-ups of kAsk: what they proved. kAsk: there is more to be asked first.
enum class Proofs : std::uint8_t { kAsk = 0, kDone };
Proofs take_proofs(Request& request);

/// Of kRedact, when the answer is longer than kMaxWholeAnswer: whether it is a list whose items can be released one by one. Then
/// Request::list is made, and redact_list is called with each piece behind Request::answer.
bool begin_list(const Confined& confined, ThreadState& thread, Request& request);
/// Adds what of Request::answer is whole and proven to Request::out, and takes it from Request::answer. kAsk as finish_answer;
/// then it is called again.
Step<Release> redact_list(bool last, const Confined& confined, ThreadState& thread, Request& request);

/// Of kRewrite: moves what can be rewritten already from Request::answer to Request::out; all of it if `last`.
void rewrite_piece(bool last, Request& request);

/// Gatehouse-Token-Expires, where the end is near.
void append_expiry(const token::LiveCredential& credential, Instant now, std::string& head);

}  // namespace gatehouse::gateway
