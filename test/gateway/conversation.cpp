#include "test/gateway/conversation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "http/head_scanner.h"

namespace gatehouse::gateway {
namespace {

Asked asked_by(const http::UpstreamRequest& request, bool lookup) {
  Asked asked;
  asked.head = request.head;
  const std::size_t space = asked.head.find(' ');
  asked.method = asked.head.substr(0, space);
  asked.target = asked.head.substr(space + 1, asked.head.find(" HTTP/1.1") - space - 1);
  asked.body = request.body;
  asked.lookup = lookup;
  asked.pool_key = request.route->pool_key;
  return asked;
}

}  // namespace

std::string_view field_metadata() {
  return R"([{"id":"summary","name":"Summary","custom":false,"clauseNames":["summary"],"schema":{"type":"string","system":"summary"}},
{"id":"customfield_10016","name":"Story points","custom":true,"clauseNames":["cf[10016]","Story points"],"schema":{"type":"number","custom":"com.atlassian.jira.plugin.system.customfieldtypes:float"}},
{"id":"customfield_10014","name":"Epic Link","custom":true,"clauseNames":["cf[10014]","Epic Link"],"schema":{"type":"any","custom":"com.pyxis.greenhopper.jira:gh-epic-link"}},
{"id":"customfield_10020","name":"Sprint","custom":true,"clauseNames":["cf[10020]","Sprint"],"schema":{"type":"array","items":"json","custom":"com.pyxis.greenhopper.jira:gh-sprint"}},
{"id":"customfield_10099","name":"Odd","custom":true,"clauseNames":["cf[10099]","Odd"],"schema":{"type":"any","custom":"com.example:odd"}}])";
}

namespace {

/// Upstream's answer to the request itself, given out piece by piece.
struct Rest {
  std::string body;
  std::size_t at = 0;
  std::size_t piece = 0;
  bool cut_off = false;  ///< upstream goes away before the last piece
  bool any = false;

  http::Action next(http::Exchange& exchange) {
    const std::string_view part = std::string_view(body).substr(at, piece);
    const bool last = at + part.size() == body.size();
    if (last && cut_off) return exchange.on_upstream_failure(http::UpstreamFailure::kReset, true);
    at += part.size();
    any = !last;
    return exchange.on_response_body(part, last);
  }
};

std::vector<http::LookupAnswer> look_up(http::Exchange& exchange, const std::vector<http::UpstreamRequest>& lookups,
                                        SiteScript& script, bool script_sees_fields, const http::Now& now) {
  std::vector<http::LookupAnswer> answers;
  for (const http::UpstreamRequest& request : lookups) {
    const Asked asked = asked_by(request, true);
    http::LookupAnswer& answer = answers.emplace_back();
    if (!exchange.may_send(now)) {
      answer.failed = true;
    } else if (!script_sees_fields && asked.target == "/rest/api/3/field") {
      answer.status = 200;
      answer.body = field_metadata();
    } else {
      const SiteAnswer given = script.answer(asked);
      answer.failed = given.fails;
      answer.timed_out = given.late;
      answer.status = given.status;
      answer.body = given.body;
    }
  }
  return answers;
}

http::Action send(http::Exchange& exchange, const http::UpstreamRequest& upstream, std::string_view body, SiteScript& script,
                  const http::Now& now, Rest& rest) {
  Asked asked = asked_by(upstream, false);
  if (upstream.streams_body) asked.body = body;
  if (!exchange.may_send(now)) return exchange.on_upstream_failure(http::UpstreamFailure::kNotPermitted, false);
  SiteAnswer given = script.answer(asked);
  if (given.fails)
    return exchange.on_upstream_failure(given.late ? http::UpstreamFailure::kTimeout : http::UpstreamFailure::kReset, true);
  std::string wire = "HTTP/1.1 " + std::to_string(given.status) + " X\r\n";
  for (const auto& [name, value] : given.fields) wire += name + ": " + value + "\r\n";
  wire += "Content-Length: " + std::to_string(given.body.size()) + "\r\n\r\n";
  http::ResponseHead response;
  const http::ScanResult read = http::scan_response(wire, upstream.method, response);
  EXPECT_EQ(read.verdict, http::Verdict::kComplete) << wire;
  rest = Rest();
  // In two pieces at least, so that nobody relies on one.
  rest.piece = given.piece > 0 ? given.piece : std::max<std::size_t>(1, (given.body.size() + 1) / 2);
  rest.body = std::move(given.body);
  rest.cut_off = given.cut_off;
  rest.any = true;
  return exchange.on_response_head(response, now);
}

void take(const http::Action& action, Answered& answered) {
  if (action.status != 0) {
    answered.status = action.status;
    answered.head = action.head;
    answered.length = action.content_length;
  }
  answered.body += action.body;
  answered.largest = std::max(answered.largest, action.body.size());
}

}  // namespace

Answered converse(World& world, http::Exchange& exchange, std::string_view text, SiteScript& script, bool script_sees_fields) {
  http::RequestHead head;
  const http::ScanResult scanned = http::scan_request(text, head);
  EXPECT_EQ(scanned.verdict, http::Verdict::kComplete) << text;
  const std::string_view body = text.substr(scanned.consumed);
  http::Peer peer;
  peer.address = parse_ip("203.0.113.7").value();
  http::Now now{world.clock.now(), 1000};

  Answered answered;
  Rest rest;
  http::Action action = exchange.on_head(head, peer, now);
  for (int step = 0; step < 100'000; ++step) {
    switch (action.kind) {
      case http::Action::Kind::kNeedBody: action = exchange.on_body(body, true); break;
      case http::Action::Kind::kAsk: {
        auto answers = look_up(exchange, *action.lookups, script, script_sees_fields, now);
        action = exchange.on_lookups(answers, now);
        break;
      }
      case http::Action::Kind::kPause:
        std::this_thread::sleep_for(std::chrono::milliseconds(action.pause_ms));
        now.steady_ms += action.pause_ms;
        action = exchange.on_pause_over(now);
        break;
      case http::Action::Kind::kElsewhere: ADD_FAILURE() << "nothing is done elsewhere in these tests"; return answered;
      case http::Action::Kind::kSend: action = send(exchange, *action.upstream, body, script, now, rest); break;
      case http::Action::Kind::kRespond:
        take(action, answered);
        if (action.last || !rest.any) {
          EXPECT_TRUE(action.last);
          exchange.on_finished(true, now);
          return answered;
        }
        action = rest.next(exchange);
        break;
      case http::Action::Kind::kWait:
        if (rest.any) {
          action = rest.next(exchange);
          break;
        }
        [[fallthrough]];
      case http::Action::Kind::kAbort:
        answered.aborted = true;
        exchange.on_finished(false, now);
        return answered;
    }
  }
  ADD_FAILURE() << "the conversation does not end";
  return answered;
}

std::string request_text(std::string_view line, std::string_view token, std::string_view body) {
  std::string text = std::string(line) + " HTTP/1.1\r\nHost: gate.example\r\n";
  if (!token.empty()) text += "Authorization: Bearer " + std::string(token) + "\r\n";
  if (!body.empty()) text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

}  // namespace gatehouse::gateway
