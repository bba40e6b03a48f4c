#include "base/address.h"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse {
namespace {

TEST(ParseIp, TakesOneAddressForItsMappedTwin) {
  EXPECT_EQ(parse_ip("10.0.0.1").value(), parse_ip("::ffff:10.0.0.1").value());
  EXPECT_EQ(format_ip(parse_ip("::ffff:10.0.0.1").value()), "10.0.0.1");
}

TEST(ParseIp, RefusesShorthandsThatOthersReadDifferently) {
  for (const std::string text : {"", "127.1", "0x7f.0.0.1", "2130706433", "010.0.0.1", "10.0.0.1 ", "fe80::1%eth0", "[::1]"}) {
    EXPECT_FALSE(parse_ip(text).has_value()) << text;
  }
  EXPECT_FALSE(parse_ip(std::string_view("10.0.0.1\0.evil", 14)).has_value());
}

TEST(Network, ContainsByPrefix) {
  const Network ten = parse_network("10.0.0.0/8").value();
  EXPECT_TRUE(ten.contains(parse_ip("10.255.0.1").value()));
  EXPECT_TRUE(ten.contains(parse_ip("::ffff:10.1.2.3").value()));
  EXPECT_FALSE(ten.contains(parse_ip("11.0.0.1").value()));
  EXPECT_FALSE(ten.contains(parse_ip("::10.0.0.1").value()));
  EXPECT_TRUE(parse_network("0.0.0.0/0").value().contains(parse_ip("8.8.8.8").value()));
  EXPECT_FALSE(parse_network("0.0.0.0/0").value().contains(parse_ip("2001:db8::1").value()));
  EXPECT_EQ(format_network(parse_network("10.128.0.0/9").value()), "10.128.0.0/9");
}

TEST(Network, RefusesBitsBeyondThePrefix) {
  for (const char* text : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "2001:db8::1/32", "/8"}) {
    EXPECT_FALSE(parse_network(text).has_value()) << text;
  }
}

TEST(IsPrivate, KnowsTheRangesThatAnUpstreamNeverLivesIn) {
  for (const char* text : {"127.0.0.1", "10.1.1.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1", "fe80::1", "0.0.0.0",
                           "224.0.0.1", "255.255.255.255", "100.64.0.1", "64:ff9b::7f00:1"}) {
    EXPECT_TRUE(is_private(parse_ip(text).value())) << text;
  }
  for (const char* text : {"8.8.8.8", "104.192.136.1", "2606:4700::1"}) EXPECT_FALSE(is_private(parse_ip(text).value())) << text;
}

}  // namespace
}  // namespace gatehouse
