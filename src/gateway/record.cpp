#include "gateway/record.h"

#include <algorithm>

#include "gateway/created.h"

namespace gatehouse::gateway {
namespace {

void put(std::string_view text, std::string& slot) { slot.assign(text.substr(0, RequestRecord::kMaxText)); }

void add_word(std::string_view word, std::string& slot) {
  if (word.empty() || slot.size() + word.size() + 1 > RequestRecord::kMaxText) return;
  if (!slot.empty()) slot += ' ';
  slot += word;
}

void name_resources(const Request& request, RequestRecord& out) {
  out.resource.clear();
  out.resource_ids.clear();
  const auto name = [&](const policy::PermittedResource& resource) {
    add_word(resource.key, out.resource);
    add_word(resource.id, out.resource_ids);
  };
  if (request.touches.empty()) {
    // Not there, or not one that says where it is.
    if (request.by_answer) return;
    // A read or search that was confined: to all of them.
    for (const policy::PermittedResource& resource : request.permitted.resources) name(resource);
    return;
  }
  for (std::size_t i = 0; i < request.touches.size(); ++i) {
    const std::string_view id = request.touches[i].id;
    const bool again = std::any_of(request.touches.begin(), request.touches.begin() + static_cast<std::ptrdiff_t>(i),
                                   [&](const policy::Touch& earlier) { return earlier.id == id; });
    if (again) continue;
    if (const policy::PermittedResource* resource = request.permitted.find(id))
      name(*resource);
    else if (request.effect == Effect::kPermit)
      add_word(id, out.resource_ids);
  }
}

void name_objects(const Request& request, RequestRecord& out) {
  out.object.clear();
  out.object_ids.clear();
  for (const Reference& reference : request.references) {
    add_word(reference.key.empty() ? reference.text : std::string_view(reference.key), out.object);
    add_word(reference.id, out.object_ids);
  }
  if (request.status != 201) return;
  const Created created = read_created(request.out);
  add_word(created.keys, out.object);
  add_word(created.ids, out.object_ids);
}

/// Only for tokens with a proposed boundary, whose request was let through: a refused one is refused under any.
bool is_judged(const token::LiveCredentialPtr& credential, const upstream::SiteEntryPtr& site, const Request& request) {
  return credential && site && request.match.operation && request.effect == Effect::kPermit &&
         credential->judged(request.began.wall);
}

std::shared_ptr<const JudgedRequest> to_judge(const upstream::SiteEntryPtr& site, const Request& request) {
  auto judged = std::make_shared<JudgedRequest>();
  judged->method = request.head->method;
  if (request.by_host) judged->target = gateway_prefix(site->site);
  judged->target += request.head->target;
  judged->whole = request.body.size() <= JudgedRequest::kMaxBody;
  if (judged->whole) judged->body = request.body;
  judged->request_id = request.id_text();
  judged->content_type = request.head->fields.value(http::Known::kContentType);
  return judged;
}

void fill(const token::LiveCredentialPtr& credential, const upstream::SiteEntryPtr& site, bool complete, const http::Now& now,
          const Request& request, RequestRecord& out) {
  out.at = request.began.wall;
  out.took_ms = static_cast<std::uint32_t>(std::min<std::uint64_t>(now.steady_ms - request.began.steady_ms, UINT32_MAX));
  // An app's use is the app's, whoever it acts for: that is what stands in the register.
  const bool for_person = credential && credential->narrowing && credential->narrowing->app;
  out.credential = for_person ? credential->narrowing->app : credential;
  out.secret = request.secret;
  out.presented = request.presented;
  out.site = site;
  out.operation = request.match.operation;
  out.effect = request.effect;
  out.reason = request.reason;
  out.status = request.status;
  const bool writes = request.match.operation && request.match.operation->access != catalogue::Access::kRead;
  out.write = writes && request.sent;
  out.complete = complete;
  out.redacted = request.redacted;
  out.moved_out = request.moved_out;
  out.successor_used = request.successor_used;
  out.retired_used = request.retired_used;
  out.client = request.peer.address;
  const std::string_view target = request.head->target;
  put(request.head->fields.value(http::Known::kUserAgent), out.user_agent);
  name_resources(request, out);
  // The rest is told of writes and refusals alone. Most requests are reads that went well.
  const bool judged = is_judged(credential, site, request);
  out.judge_skipped = judged && JudgedRequest::waiting.load(std::memory_order_relaxed) >= JudgedRequest::kMostWaiting;
  out.judged = judged && !out.judge_skipped ? to_judge(site, request) : nullptr;
  const bool told = out.write || out.effect != Effect::kPermit;
  put(told ? http::to_string(request.head->method) : std::string_view(), out.method);
  put(told ? target.substr(0, target.find('?')) : std::string_view(), out.path);
  put(told ? request.id_text() : std::string_view(), out.request_id);
  put(told ? std::string_view(request.upstream_trace) : std::string_view(), out.upstream_trace);
  if (told) {
    name_objects(request, out);
  } else {
    out.object.clear();
    out.object_ids.clear();
  }
}

}  // namespace

void record(const token::LiveCredentialPtr& credential, const upstream::SiteEntryPtr& site, bool complete, const http::Now& now,
            ThreadState& thread, const Request& request) {
  if (!thread.queue || !request.head) return;
  if (RequestRecord* slot = thread.queue->begin()) {
    fill(credential, site, complete, now, request, *slot);
    thread.queue->commit();
    return;
  }
  RequestRecord extra;
  fill(credential, site, complete, now, request, extra);
  thread.queue->overflow(std::move(extra));
}

}  // namespace gatehouse::gateway
