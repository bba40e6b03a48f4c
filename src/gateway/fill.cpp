#include "gateway/fill.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "catalogue/target.h"
#include "gateway/checks.h"
#include "gateway/json_reader.h"
#include "gateway/redact.h"

namespace gatehouse::gateway {
namespace {

/// What Confluence gives where no size is named, and the most that it gives.
constexpr std::uint64_t kUsual = 25;
constexpr std::uint64_t kMost = 250;
/// So many of upstream's pages make one of the client's at most.
constexpr unsigned kMostPages = 20;

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value > 1'000'000) return std::nullopt;
  return value;
}

CursorOwner owner_of(const Matched& matched, const Request& request) {
  return {token::as_view(matched.credential().id), matched.operation().id, request.cursor_query};
}

/// What a cursor of ours stands for: "12:…", twelve entries of the page at upstream's "…" were given out.
struct Place {
  std::uint64_t skip = 0;
  std::string_view cursor;
};

std::optional<Place> parse_place(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto skip = number(text.substr(0, colon));
  if (!skip) return std::nullopt;
  return Place{*skip, text.substr(colon + 1)};
}

/// Elements of the outermost object's array `list`, and the link to the next page.
struct PageReader {
  std::vector<std::string_view> entries;
  std::string next;
  bool ok = false;

  PageReader(std::string_view answer, std::string_view list) {
    JsonReader reader(answer, JsonReader::RepeatedKeys::kRefused);
    if (reader.next() != JsonToken::kObjectBegin) return;
    while (reader.next() == JsonToken::kKey) {
      const std::string key(reader.text());
      const JsonToken first = reader.next();
      if (key == list && first == JsonToken::kArrayBegin) {
        while (reader.next() != JsonToken::kArrayEnd) {
          const std::size_t begin = reader.begin();
          if (reader.token() == JsonToken::kError || !reader.skip()) return;
          entries.push_back(reader.slice(begin));
        }
      } else if (key == "_links" && first == JsonToken::kObjectBegin) {
        if (!read_links(reader)) return;
      } else if (first == JsonToken::kError || !reader.skip()) {
        return;
      }
    }
    ok = reader.token() == JsonToken::kObjectEnd && reader.next() == JsonToken::kEnd;
  }

 private:
  bool read_links(JsonReader& reader) {
    while (reader.next() == JsonToken::kKey) {
      const bool is_next = reader.text() == "next";
      const JsonToken value = reader.next();
      if (is_next && value == JsonToken::kString) next = reader.text();
      if (value == JsonToken::kError || !reader.skip()) return false;
    }
    return reader.token() == JsonToken::kObjectEnd;
  }
};

/// The value of the cursor in upstream's link; empty: the list is over, or goes on by something that we do not know.
std::string cursor_in(std::string_view link, std::string_view name) {
  const std::size_t mark = link.find('?');
  catalogue::Query query;
  if (mark == std::string_view::npos || parse_query(link.substr(mark + 1), query) != catalogue::TargetFault::kNone) return {};
  const catalogue::QueryParameter* found = query.find(name);
  return found ? std::string(found->value) : std::string();
}

bool is_first_version(const catalogue::Operation& operation) noexcept { return operation.path.starts_with("/wiki/rest/"); }

/// The link by which the client goes on: its own request with our cursor. Links of the first version stand behind `base`.
std::string next_link(const catalogue::Operation& operation, std::string_view sealed, const Request& request) {
  constexpr std::string_view kContext = "/wiki";
  std::string link;
  if (is_first_version(operation))
    link = request.site_path.substr(kContext.size());
  else
    link = std::string(request.prefix) + std::string(request.site_path);
  bool first = true;
  for (const catalogue::QueryParameter& parameter : request.query.all()) {
    if (parameter.name != operation.fill_cursor) catalogue::append_parameter(parameter.name, parameter.value, first, link);
  }
  catalogue::append_parameter(operation.fill_cursor, sealed, first, link);
  return link;
}

void write_answer(const Matched& matched, const CursorSeal* seal, Request& request) {
  const catalogue::Operation& operation = matched.operation();
  const Filling& filling = request.filling;
  std::string links = "\"base\":";
  append_json_string(request.links->gateway_base() + "/wiki", links);
  if (is_first_version(operation)) {
    links += ",\"context\":";
    append_json_string(request.links->path_prefix() + "/wiki", links);
  }
  if (filling.more && seal) {
    const std::string place = std::to_string(filling.next_skip) + ":" + filling.next_cursor;
    links += ",\"next\":";
    append_json_string(next_link(operation, seal->wrap(owner_of(matched, request), place), request), links);
  }
  request.out = "{\"" + operation.shape->items + "\":[" + filling.entries + "]";
  if (is_first_version(operation)) {
    request.out += ",\"start\":0,\"limit\":" + std::to_string(filling.size) + ",\"size\":" + std::to_string(filling.count);
    // What is counted upstream is not told: it would count what was left out.
    if (operation.id == "v1.searchByCQL") {
      request.out += ",\"totalSize\":" + std::to_string(filling.count) + ",\"searchDuration\":0,\"cqlQuery\":";
      // The client's own, not the confined one that was asked.
      const catalogue::QueryParameter* query = request.query.find("cql");
      append_json_string(query ? query->value : std::string_view(), request.out);
    }
  }
  request.out += ",\"_links\":{" + links + "}}";
}

}  // namespace

Step<bool> plan_filling(const Matched& matched, const CursorSeal* seal, Request& request) {
  const catalogue::Operation& operation = matched.operation();
  if (!operation.fills()) return true;
  Filling& filling = request.filling;
  filling.wanted = true;
  filling.size = kUsual;
  auto& query = request.outgoing.query;
  for (const auto& [name, value] : query) {
    if (name == operation.fill_size) {
      const auto given = number(value);
      if (!given || *given == 0)
        return refuse_because(Reason::kBadRequest, operation.fill_size, "A whole number from 1 to 250 belongs here.");
      filling.size = std::min(*given, kMost);
    }
    if (name != operation.fill_cursor || value.empty()) continue;
    const auto opened = seal ? seal->unwrap(owner_of(matched, request), value) : std::nullopt;
    const auto place = opened ? parse_place(*opened) : std::nullopt;
    if (!place) {
      return refuse_because(Reason::kBadRequest, operation.fill_cursor,
                            "It was not given out for this query and token: begin again without it.");
    }
    filling.skip = place->skip;
    filling.cursor = place->cursor;
  }
  std::erase_if(query, [&](const auto& one) { return one.first == operation.fill_cursor || one.first == operation.fill_size; });
  query.emplace_back(operation.fill_size, request.keep(std::to_string(filling.size)));
  if (!filling.cursor.empty()) query.emplace_back(operation.fill_cursor, request.keep(filling.cursor));
  return true;
}

Step<bool> fill_page(const Matched& matched, const CursorSeal* seal, Request& request) {
  const catalogue::Operation& operation = matched.operation();
  Filling& filling = request.filling;
  const PageReader visible(request.out, operation.shape->items);
  const PageReader page(request.answer, operation.shape->items);
  if (!visible.ok || !page.ok) return refuse_because(Reason::kUpstreamAnswer, matched.site().site.key);
  const std::string next = cursor_in(page.next, operation.fill_cursor);
  ++filling.pages;
  const std::size_t from = std::min<std::size_t>(std::exchange(filling.skip, 0), visible.entries.size());
  std::size_t at = from;
  for (; at < visible.entries.size() && filling.count < filling.size; ++at) {
    if (filling.count++ > 0) filling.entries.push_back(',');
    filling.entries.append(visible.entries[at]);
  }
  const bool full = filling.count >= filling.size || !check_enabled("list_filled");
  if (at < visible.entries.size()) {
    filling.more = true;
    filling.next_cursor = filling.cursor;
    filling.next_skip = at;
  } else {
    filling.more = !next.empty();
    filling.next_cursor = next;
    filling.next_skip = 0;
  }
  if (!full && filling.more && filling.pages < kMostPages && filling.entries.size() < kMaxWholeAnswer) {
    filling.cursor = next;
    return false;
  }
  write_answer(matched, seal, request);
  return true;
}

Step<http::UpstreamRequest> next_fill(const Confined& confined, Request& request) {
  const catalogue::Operation& operation = confined.matched().operation();
  auto& query = request.outgoing.query;
  std::erase_if(query, [&](const auto& one) { return one.first == operation.fill_cursor; });
  query.emplace_back(operation.fill_cursor, request.keep(request.filling.cursor));
  // What was asked about the page before is known by now; the next one asks anew.
  request.questions.clear();
  request.proof_rounds = 0;
  return forward(confined, request);
}

}  // namespace gatehouse::gateway
