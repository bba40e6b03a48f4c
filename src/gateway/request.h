// Request: all that one request needs between its head and its last byte. Cleared and used again, so that its buffers are grown
// once.
//
// The steps (gateway/steps.h) say what is known; here lies with what. Only the steps and gateway.cpp touch it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/target.h"
#include "gateway/body_reader.h"
#include "gateway/links.h"
#include "gateway/list_redaction.h"
#include "gateway/person_routes.h"
#include "gateway/questions.h"
#include "gateway/redactor.h"
#include "gateway/request_log.h"
#include "http/exchange.h"
#include "policy/decide.h"
#include "query/cql_strict.h"
#include "query/jql_strict.h"

namespace gatehouse::gateway {

struct SiteContext;
struct OperationFacts;

/// One identifier of the request that leads to a resource, and what was found of it.
struct Reference {
  /// kShared: a container that lies inside and holds something that does not.
  enum class State : std::uint8_t { kOpen = 0, kOutside, kInside, kShared };
  catalogue::Kind kind = catalogue::Kind::kUnclassified;
  const catalogue::Parameter* parameter = nullptr;
  std::string_view text;          ///< decoded, as the client wrote it
  std::int16_t parent = -1;       ///< the reference that it is nested under
  std::int16_t path_index = -1;   ///< which path parameter it is …
  std::int32_t query_index = -1;  ///< … or in which query parameter of Outgoing …
  std::int32_t body_index = -1;   ///< … or which identifier of the body
  policy::End end = policy::End::kOnly;
  bool by_query = false;  ///< named in a JQL text
  std::size_t at = 0;     ///< where in it

  State state = State::kOpen;
  bool restricted = true;
  std::string id;   ///< proven
  std::string key;  ///< the display key of this moment, where the look-up told it
  std::string project;
  std::string other_project;  ///< of an issue link: its other end's
  bool other_restricted = true;
};

/// What goes upstream, part by part.
struct Outgoing {
  std::vector<std::string_view> path;                                ///< decoded, in the order of the template
  std::vector<std::pair<std::string_view, std::string_view>> query;  ///< decoded
  std::string head;
  std::string_view body;
  bool has_body = false;
  bool streams_body = false;
};

/// A list that is read page by page, so that it can be filtered and paged anew (gateway/gather.h).
struct Gathering {
  bool wanted = false;
  bool done = false;
  std::uint64_t from = 0;  ///< the page that the client wants
  std::uint64_t size = 0;
  std::uint64_t read = 0;  ///< entries so far
  unsigned pages = 0;
  std::string entries;  ///< as upstream wrote them, with commas between them
};

/// A page of a list that goes on by a cursor, filled from as many of upstream's as it takes (gateway/fill.h).
struct Filling {
  bool wanted = false;
  bool done = false;
  std::uint64_t size = 0;  ///< entries of the client's page
  std::uint64_t count = 0;
  unsigned pages = 0;
  std::string cursor;      ///< upstream's, of the page at hand; empty: the first
  std::uint64_t skip = 0;  ///< visible entries of that page that were given out before
  bool more = false;       ///< the list goes on, from …
  std::string next_cursor;
  std::uint64_t next_skip = 0;
  std::string entries;  ///< with commas between them
};

struct Request {
  // The request as it came. `head` is valid until it is finished.
  const http::RequestHead* head = nullptr;
  http::Peer peer;
  http::Now began;
  std::array<char, 16> id{};
  bool by_host = false;        ///< it came by a host name that is mapped to the site
  std::string_view prefix;     ///< "/ex/jira/acme"; empty by host
  std::string_view site_path;  ///< the site's own path
  catalogue::Query query;
  catalogue::Match match;
  std::string body;
  bool has_body = false;

  // What it is about.
  std::shared_ptr<SiteContext> site;
  PersonRoutePtr person;  ///< of an app: the way of the person for whom it acts, and the only one
  const LinkRewriter* links = nullptr;
  std::string_view hint;  ///< the issue under which an attachment is looked for: proves nothing
  const OperationFacts* facts = nullptr;
  policy::Permitted permitted;
  bool json_body = false;  ///< its body is JSON, which is read where it is bounded
  bool bounded = true;     ///< something is to be confined, verified or redacted
  bool collected = false;  ///< references were gathered
  bool by_answer = false;  ///< a read of one object, located by its answer
  bool parent_inside = false;
  std::vector<Reference> references;
  std::vector<policy::Touch> touches;
  Questions questions;
  bool asks_fields = false;  ///< the look-ups of this round begin with the site's field metadata
  BodyReading reading;
  bool reading_used = false;
  std::vector<query::NamedThing> named;
  std::vector<query::CqlNamedThing> named_in_cql;
  std::string cursor_query;  ///< the confined queries: what page tokens are sealed to
  bool confined = false;     ///< queries were narrowed
  std::vector<BodyEdit> edits;
  std::vector<std::string_view> hidden_fields;
  std::deque<std::string> texts;  ///< what views above may point into; addresses are stable

  // Upstream and back.
  Outgoing outgoing;
  std::vector<http::UpstreamRequest> lookups;
  http::UpstreamRequest upstream;
  bool sent = false;  ///< the request itself went upstream
  int redirects = 0;
  int upstream_status = 0;
  std::int64_t answer_length = -1;      ///< of upstream's body, where it says so
  std::string answer_head;              ///< the fields of the answer to the client
  std::string answer;                   ///< upstream's body
  std::string out;                      ///< the body for the client
  std::unique_ptr<ListRedaction> list;  ///< of a long list that is released item by item
  Proof proof;
  int proof_rounds = 0;
  Gathering gathering;
  Filling filling;
  std::vector<std::string> unproven;  ///< issues that the answer mentions and that are being looked up

  Decision* explanation = nullptr;  ///< of explain(): the steps are wanted

  // For the record.
  Effect effect = Effect::kDeny;
  Reason reason = Reason::kNone;
  int status = 0;
  bool redacted = false;
  bool moved_out = false;
  bool successor_used = false;
  bool charged = false;  ///< it was counted for the credential's rate already
  bool retired_used = false;
  bool about_itself = false;  ///< gateway/self_rotate.h: no use of the token, so that a successor stays pending
  token::Key secret{};
  bool unknown_token = false;        ///< well-formed, and the index lacks it
  crypto::TokenHash presented;       ///< of a well-formed token that the index lacks
  token::LiveCredentialPtr refused;  ///< the credential of a right token that is not let in
  std::string upstream_trace;

  std::string_view id_text() const noexcept { return {id.data(), id.size()}; }
  /// Keeps `text` as long as the request lives.
  std::string_view keep(std::string text) { return texts.emplace_back(std::move(text)); }
  void clear();
};

}  // namespace gatehouse::gateway
