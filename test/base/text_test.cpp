#include "base/text.h"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(Text, FoldsLettersOfAsciiAlone) {
  EXPECT_EQ(ascii_lower("AZaz@[`{09\xc3\x84"), "azaz@[`{09\xc3\x84");
  EXPECT_TRUE(same_without_case("Content-TYPE", "content-type"));
  EXPECT_FALSE(same_without_case("a", "ab"));
  EXPECT_FALSE(same_without_case("@", "`")) << "they differ in the bit that letters differ in";
  EXPECT_FALSE(same_without_case("\xc3\x84", "\xc3\xa4"));
}

TEST(Text, HtmlHoldsNoMarkupOfSomebodyElse) {
  EXPECT_EQ(escape_html("<a href=\"x\" b='&'>"), "&lt;a href=&quot;x&quot; b=&#39;&amp;&#39;&gt;");
  EXPECT_EQ(escape_html("Grüße"), "Grüße");
}

TEST(Text, UrlsHoldNothingThatEndsAValue) {
  EXPECT_EQ(percent_encoded("aZ09-._~ &=+%/?#\r\n\xc3"), "aZ09-._~%20%26%3D%2B%25%2F%3F%23%0D%0A%C3");
}

}  // namespace
}  // namespace gatehouse
