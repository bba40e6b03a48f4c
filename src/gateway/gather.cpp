#include "gateway/gather.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "gateway/checks.h"
#include "gateway/json_reader.h"
#include "gateway/redact.h"

namespace gatehouse::gateway {
namespace {

/// What Atlassian gives where no size is named, and the most that some of its lists give.
constexpr std::uint64_t kPage = 50;
constexpr unsigned kMostPages = 40;

std::optional<std::uint64_t> number(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || value > 1'000'000'000) return std::nullopt;
  return value;
}

/// What one page of a list says of itself.
struct Page {
  std::uint64_t entries = 0;
  std::optional<bool> last;
  std::optional<std::uint64_t> total;
};

/// Calls `use` with each element of the outermost object's array `list`, as it is written. False: not such an answer.
template <class Use>
bool each_entry(std::string_view answer, std::string_view list, Page& page, Use use) {
  JsonReader reader(answer, JsonReader::RepeatedKeys::kRefused);
  if (reader.next() != JsonToken::kObjectBegin) return false;
  while (reader.next() == JsonToken::kKey) {
    const std::string key(reader.text());
    const JsonToken first = reader.next();
    if (key == list && first == JsonToken::kArrayBegin) {
      while (reader.next() != JsonToken::kArrayEnd) {
        const std::size_t begin = reader.begin();
        if (reader.token() == JsonToken::kError || !reader.skip()) return false;
        ++page.entries;
        use(reader.slice(begin));
      }
      continue;
    }
    if (key == "isLast" || key == "isLastPage") page.last = first == JsonToken::kTrue;
    if (key == "total" && first == JsonToken::kNumber) page.total = number(reader.text());
    if (first == JsonToken::kError || !reader.skip()) return false;
  }
  return reader.token() == JsonToken::kObjectEnd && reader.next() == JsonToken::kEnd;
}

}  // namespace

Step<bool> plan_gathering(const catalogue::Operation& operation, Request& request) {
  if (!operation.gathers() || !check_enabled("list_gathered")) return true;
  Gathering& gathering = request.gathering;
  gathering.wanted = true;
  gathering.size = kPage;
  auto& query = request.outgoing.query;
  for (const auto& [name, value] : query) {
    if (name != operation.gather_offset && name != operation.gather_size) continue;
    const auto given = number(value);
    if (!given) return refuse_because(Reason::kBadRequest, std::string(name), "A whole number belongs here.");
    (name == operation.gather_offset ? gathering.from : gathering.size) = *given;
  }
  std::erase_if(query,
                [&](const auto& one) { return one.first == operation.gather_offset || one.first == operation.gather_size; });
  query.emplace_back(operation.gather_size, request.keep(std::to_string(kPage)));
  return true;
}

Step<bool> gather_page(const catalogue::Operation& operation, std::string_view site_key, Request& request) {
  Gathering& gathering = request.gathering;
  Page page;
  const bool whole = each_entry(request.answer, operation.shape->items, page, [&](std::string_view entry) {
    if (!gathering.entries.empty()) gathering.entries.push_back(',');
    gathering.entries.append(entry);
  });
  if (!whole) return refuse_because(Reason::kUpstreamAnswer, std::string(site_key));
  gathering.read += page.entries;
  ++gathering.pages;
  bool last = page.entries == 0 || (page.total && gathering.read >= *page.total);
  if (page.last) last = last || *page.last;
  if (!page.last && !page.total) last = last || page.entries < kPage;
  if (!last && (gathering.pages == kMostPages || gathering.entries.size() > kMaxWholeAnswer)) {
    return refuse_because(
        Reason::kTooLarge, operation.id,
        "Gatehouse has to look through the whole list, and it is too long for that: narrow it by its parameters.");
  }
  if (!last) return false;
  gathering.done = true;
  request.answer = "{\"" + operation.shape->items + "\":[" + std::move(gathering.entries) + "]}";
  return true;
}

Step<http::UpstreamRequest> next_page(const Confined& confined, Request& request) {
  const catalogue::Operation& operation = confined.matched().operation();
  auto& query = request.outgoing.query;
  std::erase_if(query, [&](const auto& one) { return one.first == operation.gather_offset; });
  query.emplace_back(operation.gather_offset, request.keep(std::to_string(request.gathering.read)));
  return forward(confined, request);
}

void write_gathered(const catalogue::Operation& operation, Request& request) {
  const Gathering& gathering = request.gathering;
  Page page;
  std::string entries;
  std::uint64_t written = 0;
  const bool whole = each_entry(request.out, operation.shape->items, page, [&](std::string_view entry) {
    // Its own place is counted already.
    if (page.entries <= gathering.from || written == gathering.size) return;
    if (written++ > 0) entries.push_back(',');
    entries.append(entry);
  });
  if (!whole) page.entries = 0;
  const bool last = gathering.from + written >= page.entries;
  const auto text = [](std::uint64_t value) { return std::to_string(value); };
  std::string head;
  if (operation.gather_offset == "startAt") {
    head = "\"maxResults\":" + text(gathering.size) + ",\"startAt\":" + text(gathering.from) +
           ",\"total\":" + text(page.entries) + ",\"isLast\":" + (last ? "true" : "false");
  } else {
    head = "\"size\":" + text(written) + ",\"start\":" + text(gathering.from) + ",\"limit\":" + text(gathering.size) +
           ",\"isLastPage\":" + (last ? "true" : "false");
  }
  request.out = "{" + head + ",\"" + operation.shape->items + "\":[" + entries + "]}";
}

}  // namespace gatehouse::gateway
