#include "http/lookup_batch.h"

#include <algorithm>
#include <utility>

namespace gatehouse::http {

void LookupBatch::start(UpstreamPool& pool, LookupOwner& owner, std::vector<UpstreamRequest>& requests, BudgetShare& budget) {
  cancel();
  owner_ = &owner;
  budget_ = &budget;
  open_ = requests.size();
  answers_.clear();
  answers_.resize(requests.size());
  while (calls_.size() < requests.size()) calls_.push_back(std::make_unique<UpstreamCall>());
  for (std::size_t at = 0; at < requests.size(); ++at) calls_[at]->start(pool, *this, requests[at], BodyRest());
}

void LookupBatch::cancel() noexcept {
  if (held_ > 0) budget_->remove(std::exchange(held_, 0));
  open_ = 0;
  for (const auto& call : calls_) call->cancel();
}

LookupAnswer& LookupBatch::answer_of(const UpstreamCall& call) noexcept {
  const auto found = std::find_if(calls_.begin(), calls_.end(), [&](const auto& owned) { return owned.get() == &call; });
  return answers_[static_cast<std::size_t>(found - calls_.begin())];
}

void LookupBatch::one_done() {
  if (--open_ == 0) owner_->on_looked_up();
}

void LookupBatch::fail(UpstreamCall& call, bool timed_out) {
  LookupAnswer& answer = answer_of(call);
  answer.failed = true;
  answer.timed_out = timed_out;
  answer.body.clear();
  call.cancel();
  one_done();
}

void LookupBatch::on_call_head(UpstreamCall& call, const ResponseHead& head) { answer_of(call).status = head.status; }

void LookupBatch::on_call_body(UpstreamCall& call, std::string_view piece, bool last) {
  LookupAnswer& answer = answer_of(call);
  if (piece.size() > kLookupLimit - answer.body.size() || !budget_->add(piece.size())) return fail(call, false);
  answer.body.append(piece);
  held_ += piece.size();
  if (last) one_done();
}

void LookupBatch::on_call_failed(UpstreamCall& call, UpstreamFailure failure, bool) {
  fail(call, failure == UpstreamFailure::kTimeout);
}

}  // namespace gatehouse::http
