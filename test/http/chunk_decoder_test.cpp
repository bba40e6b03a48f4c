// The chunk decoder, and the body reader above it.
#include "http/chunk_decoder.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <optional>
#include <string>

#include "http/body_reader.h"

namespace gatehouse::http {
namespace {

using namespace std::string_literals;

/// The decoded body, fed `step` bytes at a time; none on an error. `rest` gets what follows the body.
std::optional<std::string> decode(const std::string& bytes, std::size_t step, std::string* rest = nullptr) {
  ChunkDecoder decoder;
  std::string out;
  std::size_t at = 0;
  std::size_t shown = 0;
  while (true) {
    const ChunkDecoder::Step result = decoder.next(std::string_view(bytes).substr(at, shown - at));
    at += result.consumed;
    out += result.data;
    if (result.status == ChunkDecoder::Status::kError) return std::nullopt;
    if (result.status == ChunkDecoder::Status::kEnd) {
      if (rest != nullptr) *rest = bytes.substr(at);
      return out;
    }
    if (result.status == ChunkDecoder::Status::kNeedMore) {
      if (shown == bytes.size()) return out + "<incomplete>";
      shown = std::min(bytes.size(), shown + step);
    }
  }
}

TEST(ChunkDecoder, ReadsGoodBodiesHoweverTheyArrive) {
  const std::string body =
      "5\r\nhello\r\n006;name=value;q=\"a\\\"b\"\r\n world\r\n0\r\nTrailer: dropped\r\nAuthorization: Bearer x\r\n\r\nNEXT";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    std::string rest;
    EXPECT_EQ(decode(body, step, &rest), "hello world") << step;
    EXPECT_EQ(rest, "NEXT");
  }
  EXPECT_EQ(decode("0\r\n\r\n", 1), "");
  EXPECT_EQ(decode("A\r\n0123456789\r\n0\r\n\r\n", 3), "0123456789");
  EXPECT_EQ(decode("a\r\n0123456789\r\n000\r\n\r\n", 3), "0123456789");
}

TEST(ChunkDecoder, RefusesWhatTwoParsersReadDifferently) {
  for (const std::string& body : {"+3\r\nabc\r\n0\r\n\r\n"s,
                                  "-3\r\nabc\r\n0\r\n\r\n"s,
                                  "0x3\r\nabc\r\n0\r\n\r\n"s,
                                  " 3\r\nabc\r\n0\r\n\r\n"s,
                                  "3 \r\nabc\r\n0\r\n\r\n"s,
                                  "3\t\r\nabc\r\n0\r\n\r\n"s,
                                  "3_0\r\nabc\r\n0\r\n\r\n"s,
                                  "3,3\r\nabc\r\n0\r\n\r\n"s,
                                  "3.0\r\nabc\r\n0\r\n\r\n"s,
                                  "\r\nabc\r\n0\r\n\r\n"s,
                                  ";x\r\nabc\r\n0\r\n\r\n"s,
                                  "g\r\nabc\r\n0\r\n\r\n"s,
                                  "3\nabc\r\n0\r\n\r\n"s,
                                  "3\rabc\r\n0\r\n\r\n"s,
                                  "3\r\nabc\n0\r\n\r\n"s,
                                  "3\r\nabc\r0\r\n\r\n"s,
                                  "3\r\nabcd\r\n0\r\n\r\n"s,
                                  "3\r\nab\r\n0\r\n\r\n"s,
                                  "3\r\nabc0\r\n\r\n"s,
                                  "3\r\nabc\r\n\r\n0\r\n\r\n"s,
                                  "3\r\nabc\r\n0\n\n"s,
                                  "3\r\nabc\r\n0\r\n\n"s,
                                  "3\r\nabc\r\n0\r\n\rX"s,
                                  "3;\r\nabc\r\n0\r\n\r\n"s,
                                  "3; a\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a=\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a=\"b\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a\nabc\r\n0\r\n\r\n"s,
                                  "3;a=\"\n\"\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a=\"b\"c\r\nabc\r\n0\r\n\r\n"s,
                                  "3;\"a\"\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a b\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a\0\r\nabc\r\n0\r\n\r\n"s,
                                  "3;a\rb\r\nabc\r\n0\r\n\r\n"s,
                                  "1000000000000000\r\n"s,
                                  "FFFFFFFFFFFFFFFFF\r\n"s,
                                  "0000000000000003\r\nabc\r\n0\r\n\r\n"s,
                                  "0\r\nno colon\r\n\r\n"s,
                                  "0\r\n: no name\r\n\r\n"s,
                                  "0\r\n folded: x\r\n\r\n"s,
                                  "0\r\nA : x\r\n\r\n"s,
                                  "0\r\nA: x\n\r\n"s,
                                  "0\r\nA: x\rB: y\r\n\r\n"s,
                                  "0\r\nA: \0\r\n\r\n"s,
                                  "3\xb3\r\nabc\r\n0\r\n\r\n"s}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{1000}})
      EXPECT_EQ(decode(body, step), std::nullopt) << testing::PrintToString(body);
  }
}

TEST(ChunkDecoder, BoundsExtensionsAndTrailers) {
  const std::string chunk = "1;" + std::string(100, 'e') + "\r\nx\r\n";
  EXPECT_EQ(decode(chunk + chunk + "0\r\n\r\n", 7), "xx");
  EXPECT_EQ(decode(chunk + chunk + chunk + "0\r\n\r\n", 7), std::nullopt);  // all chunks together
  EXPECT_EQ(decode("0\r\nT: " + std::string(8'000, 't') + "\r\n\r\n", 1000), "");
  EXPECT_EQ(decode("0\r\nT: " + std::string(9'000, 't') + "\r\n\r\n", 1000), std::nullopt);
}

TEST(ChunkDecoder, AnErrorStays) {
  ChunkDecoder decoder;
  EXPECT_EQ(decoder.next("x").status, ChunkDecoder::Status::kError);
  EXPECT_EQ(decoder.next("0\r\n\r\n").status, ChunkDecoder::Status::kError);
  decoder.reset();
  EXPECT_EQ(decoder.next("0\r\n\r\n").status, ChunkDecoder::Status::kEnd);
}

TEST(ChunkDecoder, GivesBackWhatWasFramed) {
  rc::check([](const std::vector<std::string>& pieces) {
    std::string framed, whole;
    for (const std::string& piece : pieces) {
      if (piece.empty()) continue;
      char size[32];
      std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
      framed += size + piece + "\r\n";
      whole += piece;
    }
    const auto step = *rc::gen::inRange<std::size_t>(1, 20);
    RC_ASSERT(decode(framed + "0\r\n\r\n", step) == whole);
  });
}

TEST(BodyReader, TellsTheLastPieceTogetherWithItsData) {
  BodyReader reader;
  reader.begin({Framing::Kind::kLength, 5});
  BodyReader::Step step = reader.next("hel");
  EXPECT_EQ(step.piece, "hel");
  EXPECT_FALSE(step.last);
  EXPECT_EQ(reader.left(), 2U);
  step = reader.next("loNEXT");
  EXPECT_EQ(step.piece, "lo");
  EXPECT_TRUE(step.last);
  EXPECT_EQ(step.consumed, 2U);

  reader.begin({Framing::Kind::kChunked, 0});
  const std::string bytes = "3\r\nabc\r\n0\r\n\r\nNEXT";
  step = reader.next(bytes);
  EXPECT_EQ(step.piece, "abc");
  EXPECT_TRUE(step.last);
  EXPECT_EQ(bytes.substr(step.consumed), "NEXT");
  EXPECT_TRUE(reader.ended());

  reader.begin({Framing::Kind::kChunked, 0});
  step = reader.next("3\r\nabc\r\n2\r\nde\r\n0\r\n");
  EXPECT_EQ(step.piece, "abc");
  EXPECT_FALSE(step.last);

  reader.begin({Framing::Kind::kNone, 0});
  EXPECT_TRUE(reader.next("x").last);
  reader.begin({Framing::Kind::kLength, 0});
  EXPECT_TRUE(reader.next("").last);
  reader.begin({Framing::Kind::kUntilClose, 0});
  EXPECT_EQ(reader.next("all").piece, "all");
  EXPECT_FALSE(reader.ended());
}

}  // namespace
}  // namespace gatehouse::http
