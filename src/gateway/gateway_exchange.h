// GatewayExchange: the product's http::Exchange. Feeds the steps with events and turns what they say into Actions.
//
// Belongs to one connection and its thread; gateway.cpp reads as docs/life_of_a_request.md.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/redact.h"
#include "gateway/request.h"
#include "gateway/steps.h"
#include "gateway/thread_state.h"
#include "http/exchange.h"

namespace gatehouse::gateway {

class GatewayExchange final : public http::Exchange {
 public:
  explicit GatewayExchange(ThreadState& thread) : thread_(thread) {}
  ~GatewayExchange() override { stop_waiting(); }

  http::Action on_head(const http::RequestHead& head, const http::Peer& peer, const http::Now& now) override;
  http::Action on_body(std::string_view piece, bool last) override;
  http::Action on_lookups(std::vector<http::LookupAnswer>& answers, const http::Now& now) override;
  http::Action on_elsewhere(http::ElsewhereAnswer& answer, const http::Now& now) override;
  http::Action on_pause_over(const http::Now& now) override;
  bool may_send(const http::Now& now) noexcept override;
  http::Action on_response_head(const http::ResponseHead& head, const http::Now& now) override;
  http::Action on_response_body(std::string_view piece, bool last) override;
  http::Action on_upstream_failure(http::UpstreamFailure failure, bool any_byte_sent) override;
  void on_finished(bool complete, const http::Now& now) override;

 private:
  /// What the next answers to look-ups are for.
  enum class Asking : std::uint8_t { kNothing = 0, kLocate, kConfine, kProve, kGather, kRecheck };

  // The way of a request, in order.
  http::Action begin(const http::RequestHead& head);
  http::Action refuse_stranger(const Refusal& refusal);
  http::Action admit_and_go_on();
  http::Action wait_for_person();
  http::Action begin_about_itself(const http::RequestHead& head);
  http::Action begin_at_door();
  http::Action pass_through_door();
  bool may_begin_again() const noexcept;
  bool person_is_gone() const noexcept;
  void note_refused(const upstream::RoutePtr& route);
  http::Action start_over();
  http::Action locate_and_decide();
  http::Action confine_and_forward();
  http::Action release();
  http::Action take_next_page(http::LookupAnswer& answer);
  http::Action respond_whole();
  http::Action stream_rewritten(bool last);
  http::Action stream_list(bool last);
  http::Action respond_piece(bool last);

  http::Action ask(Asking what);
  Step<bool> take_fields(const http::LookupAnswer& answer);
  bool wants_recheck() const noexcept;
  http::Action recheck();
  void take_recheck();
  http::Action refuse(const Refusal& refusal);
  void stop_waiting() noexcept;
  http::Action redirect_browse(std::string_view base_url);
  Refusal not_live() const;

  ThreadState& thread_;
  Request request_;
  http::Now now_;
  token::LiveCredentialPtr credential_;
  upstream::SiteEntryPtr site_;
  upstream::RoutePtr route_;
  std::optional<Matched> matched_;  ///< until it is admitted
  std::optional<Admitted> admitted_;
  std::optional<Permitted> permitted_;
  std::optional<Confined> confined_;
  Asking asking_ = Asking::kNothing;
  AnswerMode mode_ = AnswerMode::kDrop;
  bool head_sent_ = false;
  bool body_read_ = false;  ///< it was read whole before anything was decided
  unsigned started_over_ = 0;
  std::optional<std::uint64_t> refresh_ticket_;  ///< the index is being brought up to date for this request
  bool refreshed_ = false;
  std::optional<std::uint64_t> person_wait_ends_;  ///< steady milliseconds
  bool answer_over_ = false;                       ///< of a list: upstream has said all
  bool out_given_ = false;                         ///< of a list: Request::out is with the client
  Questions recheck_;
  std::function<void(http::ElsewhereDone)> elsewhere_;
  std::optional<AuthorizationRequest> at_door_;  ///< the request is for the authorization server
};

}  // namespace gatehouse::gateway
