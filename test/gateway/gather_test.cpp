#include "gateway/gather.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "catalogue/catalogue.h"

namespace gatehouse::gateway {
namespace {

const catalogue::Operation& operation(std::string_view id) {
  static const auto kLoaded = catalogue::Catalogue::load(Product::kJira, catalogue::Catalogue::embedded(Product::kJira));
  return *kLoaded.value()->find(id);
}

std::string entries(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += (text.empty() ? "{\"id\":" : ",{\"id\":") + std::to_string(i) + "}";
  return text;
}

/// The page that a client gets of a list that holds `count` entries upstream, in pages of 50.
std::string gathered(const catalogue::Operation& list, std::string_view from, std::string_view size, int count, bool last_told) {
  Request request;
  if (!from.empty()) request.outgoing.query.emplace_back(list.gather_offset, from);
  if (!size.empty()) request.outgoing.query.emplace_back(list.gather_size, size);
  EXPECT_TRUE(plan_gathering(list, request).has_value());
  for (int at = 0;; at += 50) {
    const int end = std::min(at + 50, count);
    request.answer =
        "{\"values\":[" + entries(at, end) + "]" +
        (last_told ? std::string(",\"isLast\":") + (end == count ? "true" : "false") : ",\"total\":" + std::to_string(count)) +
        "}";
    const Step<bool> whole = gather_page(list, "acme", request);
    EXPECT_TRUE(whole.has_value());
    if (!whole || whole.value()) break;
  }
  request.out = request.answer;
  write_gathered(list, request);
  return request.out;
}

TEST(Gather, GivesEachPageOnceAndItsOwnTotal) {
  const catalogue::Operation& list = operation("agile.getAllSprints");
  for (const int count : {0, 1, 49, 50, 51, 100, 130}) {
    for (const bool last_told : {true, false}) {
      int seen = 0;
      for (int from = 0; from <= count; from += 7) {
        const std::string page = gathered(list, std::to_string(from), "7", count, last_told);
        const int end = std::min(from + 7, count);
        EXPECT_EQ(page, "{\"maxResults\":7,\"startAt\":" + std::to_string(from) + ",\"total\":" + std::to_string(count) +
                            ",\"isLast\":" + (end >= count ? "true" : "false") + ",\"values\":[" + entries(from, end) + "]}");
        seen += end - from;
      }
      EXPECT_EQ(seen, count);
    }
  }
}

TEST(Gather, WritesThePagesOfServiceManagement) {
  const std::string page = gathered(operation("desk.getServiceDesks"), "50", "", 60, false);
  EXPECT_EQ(page, "{\"size\":10,\"start\":50,\"limit\":50,\"isLastPage\":true,\"values\":[" + entries(50, 60) + "]}");
}

TEST(Gather, RefusesWhatIsNoNumberAndWhatIsTooLong) {
  const catalogue::Operation& list = operation("agile.getAllSprints");
  for (const char* wrong : {"x", "-1", "1.5", "99999999999"}) {
    Request request;
    request.outgoing.query.emplace_back(list.gather_size, wrong);
    const Step<bool> planned = plan_gathering(list, request);
    ASSERT_FALSE(planned.has_value()) << wrong;
    EXPECT_EQ(planned.error().reason, Reason::kBadRequest);
  }
  Request request;
  ASSERT_TRUE(plan_gathering(list, request).has_value());
  for (int page = 1;; ++page) {
    ASSERT_LE(page, 40);
    request.answer = "{\"isLast\":false,\"values\":[" + entries(0, 50) + "]}";
    const Step<bool> whole = gather_page(list, "acme", request);
    if (whole) continue;
    EXPECT_EQ(page, 40);
    EXPECT_EQ(whole.error().reason, Reason::kTooLarge);
    break;
  }
}

TEST(Gather, RefusesAnAnswerOfAnotherForm) {
  const catalogue::Operation& list = operation("agile.getAllSprints");
  for (const char* answer : {"", "[]", "{\"values\":[{}", "{\"values\":[{}]}x", "{\"values\":[],\"values\":[]}"}) {
    Request request;
    ASSERT_TRUE(plan_gathering(list, request).has_value());
    request.answer = answer;
    const Step<bool> whole = gather_page(list, "acme", request);
    ASSERT_FALSE(whole.has_value()) << answer;
    EXPECT_EQ(whole.error().reason, Reason::kUpstreamAnswer);
  }
}

}  // namespace
}  // namespace gatehouse::gateway
