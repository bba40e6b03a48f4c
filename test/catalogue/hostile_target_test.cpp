// Hostile targets, by the numbers that the project's list of gateway hazards gives them (G24 … G34): forms that two parsers may
// read differently, none of which is canonical, and forms beside them that are.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "catalogue/target.h"

namespace gatehouse::catalogue {
namespace {

using Texts = std::vector<std::string>;

bool canonical(const std::string& text) {
  const Target target = check_target(text);
  if (!target.ok()) return false;
  Query query;
  return parse_query(target.query, query) == TargetFault::kNone;
}

struct Hazard {
  const char* number;
  Texts cases;
};

/// Each of `parts` as a whole segment, at the end of one, in its middle and in the last place.
Texts in_paths(const Texts& parts) {
  Texts out;
  for (const std::string& part : parts) {
    out.push_back("/rest/api/3/issue/" + part + "/comment");
    out.push_back("/rest/api/3/issue/A-1" + part + "/comment");
    out.push_back("/rest/api/3/issue/A" + part + "1");
    out.push_back("/wiki/api/v2/pages/" + part);
  }
  return out;
}

Texts segments(const Texts& parts) {
  Texts out;
  for (const std::string& part : parts) {
    out.push_back("/rest/api/3/issue/" + part + "/B-1");
    out.push_back("/" + part + "/rest/api/3/issue/B-1");
    out.push_back("/rest/api/3/issue/" + part);
  }
  return out;
}

std::vector<Hazard> hazards() {
  return {{"G24", in_paths({"%2F", "%2f", "%5C", "%5c", "%2E", "%2e", "%00", "%25", "%0D", "%0A", "%0d%0a", "%23", "%3F", "%3B",
                            "%252F", "%252e", "%7F", "%1b"})},
          {"G25", segments({".", "..", "%2e", "%2E%2e", ".%2e", "%2e.", "..;x", "..;", ".;x=y", "...", "A-1.", "..%2f",
                            "%252e%252e", "..%5c", "..\\"})},
          {"G26", in_paths({";", ";jsessionid=1", ";a=b", "%3b", ";/"})},
          {"G27",
           {"//rest/api/3/issue/A-1", "/rest//api/3/issue/A-1", "/rest/api/3/issue//A-1", "/rest/api/3/issue/A-1/",
            "/rest/api/3/issue/A-1//", "//", "///a", "/rest/api/3/issue/A-1.", "/rest/api/3/issue/A-1/?fields=a"}},
          {"G28", in_paths({"%C0%AE", "%c0%af", "%E0%80%AF", "%F0%80%80%AF", "%C0", "%FF", "%ED%A0%80", "%EF%BC%8F", "%EF%BC%8E",
                            "%80", "%F5%80%80%80"})},
          {"escapes", in_paths({"%", "%2g", "%zz", "%G0", "%u002f", "%41", "%2D"})},
          {"G32",
           {"/a?", "/a?&b=c", "/a?b=c&", "/a?b=c&&d=e", "/a?=c", "/a?jql%00=x", "/a?jql%20=x", "/a?jql[]=x", "/a?jql%5B0%5D=x",
            "/a?b=%00", "/a?b=%0B"}},
          {"G34", {"/a?b=c;d=e", "/a?b=c%", "/a?b=%zz", "/a?b=%C0%AE", "/a?b=\"c", "/a?b=<c>"}}};
}

TEST(HostileTargets, AreNeverCanonical) {
  for (const Hazard& hazard : hazards()) {
    for (const std::string& target : hazard.cases) {
      // A question mark alone at the end says the same to everybody.
      if (target == "/a?") continue;
      EXPECT_FALSE(canonical(target)) << hazard.number << " " << testing::PrintToString(target);
    }
  }
}

TEST(HostileTargets, LeaveWhatIsRightAlone) {
  for (const std::string target :
       {"/", "/rest/api/3/issue/A-1", "/rest/api/3/issue/A-1?fields=summary,status", "/rest/api/3/search?jql=project%20%3D%20A",
        "/rest/api/3/search?jql=project+%3D+A", "/rest/api/3/issue/A-1/properties/a%20b", "/wiki/rest/api/space/%7E5b10",
        "/wiki/rest/api/space/~5b10", "/wiki/api/v2/pages?id=1&id=2", "/rest/api/3/user?accountId=5b10%3Aabc",
        "/rest/api/3/issue/A-1/properties/caf%C3%A9", "/a?b=%2F..%2F", "/a?b=100%25", "/a.b/c.json"})
    EXPECT_TRUE(canonical(target)) << target;
}

}  // namespace
}  // namespace gatehouse::catalogue
