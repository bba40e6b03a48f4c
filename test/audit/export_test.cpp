#include "audit/export.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "audit/head.h"
#include "audit/verify.h"

namespace gatehouse::audit {
namespace {

AuditRecord record() {
  AuditRecord made;
  made.sequence = 7;
  made.at = Instant(Duration(1795487400250));
  made.id = "id";
  made.event.action = "token.create";
  made.event.target_name = "line\nbreak \"quoted\" \xf0\x9f\x94\x91";
  made.event.after_json = R"({"rate":1e400})";
  made.event.outcome = "done";
  made.mac = "mac";
  made.key_epoch = 2;
  return made;
}

TEST(ToJsonLine, IsOneLineThatReadsBack) {
  const std::string line = to_json_line(record());
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const boost::json::object read = boost::json::parse(line).as_object();
  EXPECT_EQ(read.at("sequence").as_int64(), 7);
  EXPECT_EQ(read.at("at").as_string(), "2026-11-24T02:30:00.250Z");
  EXPECT_EQ(read.at("target_name").as_string(), record().event.target_name);
  EXPECT_EQ(read.at("after").as_string(), record().event.after_json)
      << "as it was written: reading it as JSON would change its numbers";
  EXPECT_FALSE(read.contains("reason"));
}

TEST(CanonicalForm, TellsFieldsApart) {
  AuditRecord one = record(), other = record();
  one.event.target_kind = "ab";
  one.event.target_id = "c";
  other.event.target_kind = "a";
  other.event.target_id = "bc";
  EXPECT_NE(canonical_form(one, ""), canonical_form(other, ""));
  EXPECT_NE(canonical_form(one, "x"), canonical_form(one, "y"));
  other = one;
  other.event.target_kind = "ab1:c";
  other.event.target_id = "";
  EXPECT_NE(canonical_form(one, ""), canonical_form(other, ""));
}

TEST(Head, ReadsBackAndRefusesChanges) {
  SystemRandom random;
  const crypto::Keyring keys = crypto::Keyring::generate(random);
  const std::string text = format_head({7, "mac", 2}, keys);
  const Head head = parse_head(text, keys).value();
  EXPECT_EQ(head.sequence, 7);
  EXPECT_EQ(head.mac, "mac");
  EXPECT_EQ(head.key_epoch, 2);
  std::string changed = text;
  changed.replace(changed.find(":7"), 2, ":6");
  EXPECT_EQ(parse_head(changed, keys).error().code, Errc::kDataCorrupt);
  for (const char* bad : {"", "{}", "[]", "null", "x", R"({"sequence":"7","mac":"m","key_epoch":1,"signature":"s"})"}) {
    EXPECT_EQ(parse_head(bad, keys).error().code, Errc::kDataCorrupt) << bad;
  }
}

}  // namespace
}  // namespace gatehouse::audit
