#include "gateway/request.h"

namespace gatehouse::gateway {

void Request::clear() {
  head = nullptr;
  by_host = false;
  prefix = {};
  site_path = {};
  match = {};
  body.clear();
  has_body = false;
  site.reset();
  person.reset();
  links = nullptr;
  hint = {};
  facts = nullptr;
  bounded = true;
  json_body = false;
  collected = by_answer = parent_inside = asks_fields = confined = false;
  references.clear();
  touches.clear();
  questions.clear();
  if (reading_used) reading = {};
  reading_used = false;
  named.clear();
  named_in_cql.clear();
  cursor_query.clear();
  edits.clear();
  hidden_fields.clear();
  texts.clear();
  outgoing.path.clear();
  outgoing.query.clear();
  outgoing.head.clear();
  outgoing.body = {};
  outgoing.has_body = outgoing.streams_body = false;
  lookups.clear();
  upstream = {};
  sent = false;
  redirects = 0;
  upstream_status = 0;
  answer_length = -1;
  answer_head.clear();
  answer.clear();
  out.clear();
  list.reset();
  proof.clear();
  proof_rounds = 0;
  gathering = {};
  if (filling.wanted) filling = {};
  unproven.clear();
  effect = Effect::kDeny;
  reason = Reason::kNone;
  status = 0;
  redacted = moved_out = successor_used = retired_used = charged = false;
  about_itself = false;
  unknown_token = false;
  presented = {};
  refused.reset();
  secret = {};
  upstream_trace.clear();
  explanation = nullptr;
}

}  // namespace gatehouse::gateway
