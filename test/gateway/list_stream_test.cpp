// Lists that are too long to be held whole: released item by item, each only when its own project is known.

#include <gtest/gtest.h>

#include "gateway/answer_splitter.h"
#include "gateway/gateway_exchange.h"
#include "gateway/json_reader.h"
#include "gateway/thread_state.h"
#include "test/gateway/conversation.h"

namespace gatehouse::gateway {
namespace {

constexpr std::size_t kMiB = 1024 * 1024;

const catalogue::Shape& shape_of(const World& world, std::string_view operation) {
  for (const catalogue::Operation& one : world.shared.jira->operations()) {
    if (one.id == operation) return *one.shape;
  }
  throw std::runtime_error("no such operation");
}

/// The cuts of a text that arrives `piece` bytes at a time, one letter each, with the values of members and elements.
std::string cuts(const catalogue::Shape& shape, bool list, std::string_view text, std::size_t piece, std::size_t limit = 1000) {
  AnswerSplitter splitter(shape, list, limit);
  std::string held;
  std::string told;
  for (std::size_t at = 0; at <= text.size();) {
    const std::string_view part = text.substr(at, piece);
    held += part;
    at += std::max<std::size_t>(1, part.size());
    const bool last = at >= text.size();
    for (;;) {
      const AnswerSplitter::Piece found = splitter.next(held, last);
      const std::string value = held.substr(found.begin, found.size);
      const std::string key = held.substr(found.key_begin, found.key_size);
      switch (found.cut) {
        case AnswerSplitter::Cut::kMalformed: return told + "!";
        case AnswerSplitter::Cut::kTooLong: return told + "~";
        case AnswerSplitter::Cut::kEnd: return told + ".";
        case AnswerSplitter::Cut::kOpen: told += "<"; continue;
        case AnswerSplitter::Cut::kClose: told += ">"; continue;
        case AnswerSplitter::Cut::kMember: told += key + "=" + value + ";"; continue;
        case AnswerSplitter::Cut::kListBegin: told += key + "("; continue;
        case AnswerSplitter::Cut::kElement: told += value + ";"; continue;
        case AnswerSplitter::Cut::kListEnd: told += ")"; continue;
        case AnswerSplitter::Cut::kNeedMore: break;
      }
      break;
    }
    held.erase(0, splitter.done());
    splitter.forget();
    if (last) break;
  }
  return told + "?";
}

TEST(AnswerSplitter, CutsTheSameHoweverItArrives) {
  World world;
  const catalogue::Shape& page = shape_of(world, "searchForIssuesUsingJql");
  const std::string text =
      R"( {"startAt":0 , "i\u0073sues" : [ {"a":"]}\"\\"} ,[1,[2]], "x\\" ,-1.5e3,null ],"names":{"k":[1]},"issues":[],"issues":null} )";
  const std::string expected =
      R"x(<"startAt"=0;"i\u0073sues"({"a":"]}\"\\"};[1,[2]];"x\\";-1.5e3;null;)"names"={"k":[1]};"issues"()"issues"=null;>.)x";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) EXPECT_EQ(cuts(page, false, text, piece), expected) << piece;
  EXPECT_EQ(cuts(page, true, "[{}, 7 ,\"]\"]", 1), "<{};7;\"]\";>.");
  EXPECT_EQ(cuts(page, true, "[]", 1), "<>.");
  EXPECT_EQ(cuts(page, false, "{}", 2), "<>.");
}

TEST(AnswerSplitter, RefusesABrokenOutline) {
  World world;
  const catalogue::Shape& page = shape_of(world, "searchForIssuesUsingJql");
  for (const std::string_view text : {"",
                                      " ",
                                      "[",
                                      "{",
                                      "x",
                                      "[]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{a:1}",
                                      "{\"a\":1,}",
                                      "{,}",
                                      "{\"a\":1 \"b\":2}",
                                      "{\"a\":1}x",
                                      "{}{}",
                                      "{\"issues\":[1,]}",
                                      "{\"issues\":[,1]}",
                                      "{\"issues\":[1}",
                                      "{\"issues\":[1 2]}",
                                      "{\"issues\":[1]",
                                      "{\"a\":\"x}",
                                      "{\"\\ud800\":1}",
                                      "{\"a\\",
                                      "{\"a\":{\"b\":1}"}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{100}}) {
      EXPECT_EQ(cuts(page, false, text, piece).back(), '!') << text << " by " << piece;
    }
  }
}

TEST(AnswerSplitter, HoldsNoMoreThanTheLimit) {
  World world;
  const catalogue::Shape& page = shape_of(world, "searchForIssuesUsingJql");
  const std::string spaces(2000, ' ');
  const std::string text(2000, 'x');
  for (const std::string& open : {"{\"issues\":[\"" + text, "{\"total\":\"" + text, "{\"" + text, "{\"total\"" + spaces + ":1}",
                                  "{\"total\":" + spaces + "1}", "{\"issues\":[1" + text}) {
    EXPECT_EQ(cuts(page, false, open, 10).back(), '~') << open.substr(0, 20);
  }
  // White space that stands between items is not held.
  EXPECT_EQ(cuts(page, false, spaces + "{" + spaces + "\"issues\":[" + spaces + "1" + spaces + "," + spaces + "2]}" + spaces, 10),
            "<\"issues\"(1;2;)>.");
}

/// Answers the search with what the test made, and look-ups of issues as the world is: 101xx in A, 201xx in B.
class Site final : public SiteScript {
 public:
  SiteAnswer answer(const Asked& asked) override {
    if (!asked.lookup) {
      search.fields = {{"Content-Type", "application/json"}};
      return search;
    }
    ++lookups;
    SiteAnswer found;
    found.body = R"({"issues":[)";
    JsonReader reader(asked.body);
    bool first = true;
    while (reader.next() != JsonToken::kEnd && reader.token() != JsonToken::kError) {
      if (reader.token() != JsonToken::kString || reader.text().size() != 5) continue;
      const std::string id(reader.text());
      const std::string project = id[0] == '1' ? "10000" : "10001";
      found.body += std::string(first ? "" : ",") + R"({"id":")" + id + R"(","key":"X-1","fields":{"project":{"id":")" + project +
                    R"("},"security":null}})";
      first = false;
    }
    found.body += "]}";
    return found;
  }
  SiteAnswer search;
  int lookups = 0;
};

std::string issue(int number, std::string_view project, std::string_view summary, std::string_view more = {}) {
  return R"({"id":")" + std::to_string(number) + R"(","key":"A-1","fields":{"summary":")" + std::string(summary) +
         R"(","project":{"id":")" + std::string(project) + R"("},"security":null)" + std::string(more) + "}}";
}

struct LongList : testing::Test {
  Answered search(const std::string& body) {
    site.search.body = body;
    site.search.piece = 16 * 1024;
    return converse(world, exchange,
                    request_text("POST /ex/jira/acme/rest/api/3/search/jql", token,
                                 R"({"jql":"status = Open","fields":["summary","parent"]})"),
                    site);
  }
  /// `bytes` of issues of A, with a comma behind each.
  static std::string many(std::size_t bytes) {
    std::string text;
    for (int at = 0; text.size() < bytes; ++at) text += issue(10000 + at, "10000", std::string(900, 's')) + ",";
    return text;
  }
  static bool is_json(std::string_view text) {
    JsonReader reader(text);
    for (;;) {
      const JsonToken token = reader.next();
      if (token == JsonToken::kError || token == JsonToken::kEnd) return token == JsonToken::kEnd;
    }
  }
  World world;
  LongList() {
    TokenSpec spec;
    spec.projects = {"A"};
    token = world.add_token(spec);
  }
  std::string token;
  ThreadState thread{world.shared, &world.log.queue(0)};
  GatewayExchange exchange{thread};
  Site site;
};

TEST_F(LongList, IsReleasedItemByItem) {
  const std::string filler = many(8 * kMiB);
  const std::string foreign = issue(20000, "10001", "SECRET");
  const Answered answered = search(R"({"startAt":0,"issues":[)" + foreign + "," + filler + foreign + "," + many(kMiB) + foreign +
                                   R"(],"isLast":true,"unlisted":"SECRET","nextPageToken":"opaque"})");
  EXPECT_FALSE(answered.aborted) << answered.body.substr(0, 500);
  EXPECT_EQ(answered.status, 200) << answered.body.substr(0, 500);
  EXPECT_EQ(answered.length, -1);
  EXPECT_TRUE(answered.body.starts_with(R"({"startAt":0,"issues":[{"id":"10000","key":"A-1","fields":{"summary":"s)"));
  EXPECT_NE(answered.body.find(R"("}}],"isLast":true,"nextPageToken":")"), std::string::npos);
  EXPECT_EQ(answered.body.find("SECRET"), std::string::npos);
  EXPECT_EQ(answered.body.find(R"("nextPageToken":"opaque")"), std::string::npos);
  EXPECT_EQ(answered.body.find(R"("id":"10001"})"), std::string::npos);
  EXPECT_GT(answered.body.size(), 8 * kMiB);
  EXPECT_LT(answered.largest, 4 * kMiB + 256 * 1024);
  EXPECT_TRUE(is_json(answered.body));
}

TEST_F(LongList, MentionsAreProvenForManyItemsAtOnce) {
  std::string body = R"({"issues":[)";
  int inside = 0;
  for (int at = 0; body.size() < 6 * kMiB; ++at) {
    const int parent = (at % 2 == 0 ? 10100 : 20100) + at % 7000;
    inside += at % 2 == 0 ? 1 : 0;
    body += (at == 0 ? "" : ",") + issue(30000 + at, "10000", std::string(900, 's'),
                                         R"(,"parent":{"id":")" + std::to_string(parent) + R"(","key":"P-1"})");
  }
  const Answered answered = search(body + "]}");
  EXPECT_FALSE(answered.aborted);
  EXPECT_TRUE(is_json(answered.body));
  int shown = 0;
  for (std::size_t at = 0; (at = answered.body.find("\"parent\"", at)) != std::string::npos; ++at) ++shown;
  EXPECT_EQ(shown, inside);
  EXPECT_EQ(answered.body.find(R"("parent":{"id":"2)"), std::string::npos);
  EXPECT_LT(site.lookups, 100);
}

TEST_F(LongList, ASecondListIsVerifiedLikeTheFirst) {
  const std::string foreign = issue(20000, "10001", "SECRET");
  std::string first = many(5 * kMiB);
  first.pop_back();
  const Answered answered = search(R"({"issues":[)" + first + R"(],"issues":[)" + foreign + R"(],"issues":)" + foreign +
                                   R"(,"i\u0073sues":[)" + foreign + "]}");
  EXPECT_FALSE(answered.aborted);
  EXPECT_EQ(answered.body.find("SECRET"), std::string::npos);
}

TEST_F(LongList, AnItemOverItsLimitIsRefusedBeforeTheHeadAndAbortsAfterIt) {
  const std::string large = issue(10000, "10000", std::string(5 * kMiB, 'x'));
  const Answered refused = search(R"({"issues":[)" + large + "," + many(kMiB) + "{}]}");
  EXPECT_FALSE(refused.aborted);
  EXPECT_EQ(refused.status, 502);
  EXPECT_NE(refused.body.find("longer than 4 MiB"), std::string::npos);

  const Answered aborted = search(R"({"issues":[)" + many(9 * kMiB / 2) + large + "]}");
  EXPECT_TRUE(aborted.aborted);
  EXPECT_EQ(aborted.status, 200);
  EXPECT_EQ(aborted.body.find("xxxx"), std::string::npos);
}

TEST_F(LongList, WhatIsNotWholeIsNeverEndedCleanly) {
  const std::string filler = many(9 * kMiB / 2);
  for (const std::string& end : {std::string("{}]"), std::string("{}]}}"), std::string("{}]}{\"issues\":[]}"),
                                 std::string("{\"id\":]}]}"), std::string("{\"id\":\"\\ud800\"}]}"), std::string("]}")}) {
    const Answered answered = search(R"({"issues":[)" + filler + end);
    EXPECT_TRUE(answered.aborted) << end;
  }
  site.search.cut_off = true;
  EXPECT_TRUE(search(R"({"issues":[)" + filler + "{}]}").aborted);
}

TEST_F(LongList, DeepNestingIsRefused) {
  const Answered answered =
      search(R"({"issues":[)" + many(9 * kMiB / 2) + R"({"x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}]}");
  EXPECT_TRUE(answered.aborted);
}

TEST_F(LongList, OneObjectIsStillHeldWhole) {
  site.search.body = issue(10000, "10000", std::string(5 * kMiB, 'x'));
  const Answered answered = converse(world, exchange, request_text("GET /ex/jira/acme/rest/api/3/issue/A-1", token), site);
  EXPECT_EQ(answered.status, 502);
}

TEST_F(LongList, ATokenThatIsRevokedMeanwhileGetsNoMore) {
  std::string body =
      R"({"issues":[)" + many(9 * kMiB / 2) + issue(10000, "10000", "x", R"(,"parent":{"id":"20100","key":"P-1"})");
  class Revoking final : public SiteScript {
   public:
    Revoking(World& world, const std::string& body) : world_(world), body_(body) {}
    SiteAnswer answer(const Asked& asked) override {
      SiteAnswer given;
      if (!asked.lookup) {
        given.body = body_;
        given.piece = 64 * 1024;
        given.fields = {{"Content-Type", "application/json"}};
        world_.last()->withdrawn.store(true);
      }
      return given;
    }

   private:
    World& world_;
    const std::string& body_;
  };
  body += "]}";
  Revoking revoking(world, body);
  const Answered answered = converse(
      world, exchange,
      request_text("POST /ex/jira/acme/rest/api/3/search/jql", token, R"({"jql":"status = Open","fields":["summary","parent"]})"),
      revoking);
  EXPECT_TRUE(answered.aborted);
}

}  // namespace
}  // namespace gatehouse::gateway
