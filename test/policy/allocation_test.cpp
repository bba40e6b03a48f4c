// A permit takes no allocation: counted by this program's own operator new.
#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "test/policy/world.h"

// TSan brings operators of its own, and lets nobody take their place.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define GATEHOUSE_UNDER_TSAN
#endif
#endif

#ifndef GATEHOUSE_UNDER_TSAN
namespace {
thread_local std::size_t allocations = 0;
}

// Not inlined: GCC would see malloc and delete side by side and warn.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* at = std::malloc(size == 0 ? 1 : size)) return at;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* at) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept { std::free(at); }

namespace gatehouse::policy {
namespace {

TEST(Decide, PermitsWithoutAnAllocation) {
  World world;
  world.token({"read:jira-work", "write:jira-work"})
      .bound("10001", "member")
      .bound("10002")
      .grant("10001", {"read:jira-work"}, "member")
      .grant("10001", {"write:jira-work"});
  world.role = "administrator";
  world.allow_ips = {parse_network("10.0.0.0/8").value()};
  const auto credential = world.credential();
  const std::vector<Touch> touches{touch("10001")};
  const Request request{operation("moveIssue"), world.address, touches, true};
  Permitted permitted;
  permitted_resources(request.operation, *credential, world.facts(), kNow, permitted);

  allocations = 0;
  EXPECT_TRUE(decide_early(request, *credential, world.facts(), kNow).permitted());
  EXPECT_TRUE(decide(request, *credential, world.facts(), kNow).permitted());
  permitted_resources(request.operation, *credential, world.facts(), kNow, permitted);
  EXPECT_TRUE(permitted.permits("10001", false));
  EXPECT_EQ(allocations, 0u);

  EXPECT_FALSE(decide(request, *credential, world.facts(), kNow, Explain::kYes).steps.empty());
  EXPECT_GT(allocations, 0u) << "the counter counts";
}

}  // namespace
}  // namespace gatehouse::policy
#endif
