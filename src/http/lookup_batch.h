// LookupBatch: the look-ups of one kAsk, all at once, and their whole answers. Used by the driver.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

#include "http/exchange.h"
#include "http/memory_budget.h"
#include "http/upstream_call.h"

namespace gatehouse::http {

/// Who asked.
class LookupOwner {
 public:
  virtual ~LookupOwner() = default;
  virtual bool may_look_up() noexcept = 0;
  /// All answers are there. Never called from within start.
  virtual void on_looked_up() = 0;
};

class LookupBatch final : public CallOwner {
 public:
  /// `requests` must stay until the batch is over or cancelled, and must not be empty.
  void start(UpstreamPool& pool, LookupOwner& owner, std::vector<UpstreamRequest>& requests, BudgetShare& budget);
  void cancel() noexcept;
  bool active() const noexcept { return open_ > 0; }
  std::vector<LookupAnswer>& answers() noexcept { return answers_; }

  bool may_send(UpstreamCall&) noexcept override { return owner_->may_look_up(); }
  void on_call_wants_piece(UpstreamCall&) override {}
  void on_call_head(UpstreamCall& call, const ResponseHead& head) override;
  void on_call_body(UpstreamCall& call, std::string_view piece, bool last) override;
  void on_call_rest(UpstreamCall&) override {}
  void on_call_failed(UpstreamCall& call, UpstreamFailure failure, bool any_byte_sent) override;

 private:
  LookupAnswer& answer_of(const UpstreamCall& call) noexcept;
  void fail(UpstreamCall& call, bool timed_out);
  void one_done();

  LookupOwner* owner_ = nullptr;
  BudgetShare* budget_ = nullptr;
  std::vector<std::unique_ptr<UpstreamCall>> calls_;  ///< kept between batches
  std::vector<LookupAnswer> answers_;
  std::size_t open_ = 0;
  std::size_t held_ = 0;  ///< of the budget, for the answers of the last round: a long list has many rounds
};

}  // namespace gatehouse::http
