// The memory of where attachments lie: slots are overwritten, and all of them come back.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

class AttachmentHomes : public StoreTest {};

TEST_P(AttachmentHomes, AreKeptSlotBySlot) {
  ASSERT_TRUE(database_->record_attachment_homes({{7, 10001}, {65535, -3}}));
  ASSERT_TRUE(database_->record_attachment_homes({{7, 10002}}));
  const auto homes = database_->read().value()->attachment_homes.all().value();
  ASSERT_EQ(homes.size(), 2U);
  EXPECT_EQ(homes[0].slot, 7);
  EXPECT_EQ(homes[0].home, 10002) << "the later one stays";
  EXPECT_EQ(homes[1].home, -3) << "all 64 bits of a slot";
}

GATEHOUSE_ON_BOTH(AttachmentHomes);

}  // namespace
}  // namespace gatehouse::test
