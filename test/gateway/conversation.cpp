#include "test/gateway/conversation.h"

#include <gtest/gtest.h>

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

Answered converse(World& world, http::Exchange& exchange, std::string_view text, SiteScript& script, bool script_sees_fields) {
  http::RequestHead head;
  const http::ScanResult scanned = http::scan_request(text, head);
  EXPECT_EQ(scanned.verdict, http::Verdict::kComplete) << text;
  const std::string_view body = text.substr(scanned.consumed);
  http::Peer peer;
  peer.address = parse_ip("203.0.113.7").value();
  http::Now now{world.clock.now(), 1000};

  Answered answered;
  http::Action action = exchange.on_head(head, peer, now);
  for (int step = 0; step < 200; ++step) {
    switch (action.kind) {
      case http::Action::Kind::kNeedBody: action = exchange.on_body(body, true); break;
      case http::Action::Kind::kAsk: {
        std::vector<http::LookupAnswer> answers;
        for (const http::UpstreamRequest& request : *action.lookups) {
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
            answer.status = given.status;
            answer.body = given.body;
          }
        }
        action = exchange.on_lookups(answers, now);
        break;
      }
      case http::Action::Kind::kSend: {
        Asked asked = asked_by(*action.upstream, false);
        if (action.upstream->streams_body) asked.body = body;
        if (!exchange.may_send(now)) {
          action = exchange.on_upstream_failure(http::UpstreamFailure::kNotPermitted, false);
          break;
        }
        const SiteAnswer given = script.answer(asked);
        if (given.fails) {
          action = exchange.on_upstream_failure(http::UpstreamFailure::kReset, true);
          break;
        }
        std::string wire = "HTTP/1.1 " + std::to_string(given.status) + " X\r\n";
        for (const auto& [name, value] : given.fields) wire += name + ": " + value + "\r\n";
        wire += "Content-Length: " + std::to_string(given.body.size()) + "\r\n\r\n";
        http::ResponseHead response;
        const http::ScanResult read = http::scan_response(wire, action.upstream->method, response);
        EXPECT_EQ(read.verdict, http::Verdict::kComplete) << wire;
        action = exchange.on_response_head(response, now);
        // In two pieces, so that nobody relies on one.
        const std::size_t half = given.body.size() / 2;
        if (action.kind == http::Action::Kind::kWait && half > 0) {
          action = exchange.on_response_body(std::string_view(given.body).substr(0, half), false);
        }
        while (action.kind == http::Action::Kind::kWait || (action.kind == http::Action::Kind::kRespond && !action.last)) {
          if (action.kind == http::Action::Kind::kRespond) {
            if (action.status != 0) {
              answered.status = action.status;
              answered.head = action.head;
            }
            answered.body += action.body;
          }
          action = exchange.on_response_body(std::string_view(given.body).substr(half), true);
        }
        break;
      }
      case http::Action::Kind::kRespond:
        if (action.status != 0) {
          answered.status = action.status;
          answered.head = action.head;
        }
        answered.body += action.body;
        EXPECT_TRUE(action.last);
        exchange.on_finished(true, now);
        return answered;
      case http::Action::Kind::kWait:
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
