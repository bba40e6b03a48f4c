// The outbox, webhooks and calendar feeds: what is written is what is read, each notice once, each message sent by one node.
#include <gmock/gmock.h>

#include "test/store_conformance/world.h"

namespace gatehouse::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class OutboxTest : public StoreTest {
 protected:
  template <class Work>
  Result<void> tend(const Work& work) {
    return database_->tend_outbox(
        [&](store::Outbox& outbox, const store::Repositories&) -> Result<void> { return work(outbox); });
  }
  store::Reader read() { return database_->read().value(); }

  store::Matter matter(const std::string& id, const std::string& subject = "token1") {
    store::Matter one;
    one.id = id;
    one.topic = "expiry";
    one.subject_kind = "token";
    one.subject_id = subject;
    one.opened_at = clock_.now();
    return one;
  }
  store::StoredNotice notice(const std::string& id, const std::string& once = {}) {
    store::StoredNotice one;
    one.id = id;
    one.at = clock_.now();
    one.kind = 1;
    one.subject_kind = "token";
    one.subject_id = "token1";
    one.subject_name = "na\xc3\xafve :p1 'x'";
    one.facts = R"({"a":"b"})";
    one.once_key = once;
    return one;
  }
  store::Message message(const std::string& id, const std::string& of, const std::string& recipient = "user1") {
    store::Message one;
    one.id = id;
    one.notice = of;
    one.channel = "email";
    one.recipient = recipient;
    one.reason = "owner";
    one.created_at = one.due_at = clock_.now();
    return one;
  }
};

TEST_P(OutboxTest, NoticesRoundTripAndAKeyIsToldOnce) {
  bool first = false, second = true;
  ASSERT_TRUE(tend([&](auto& outbox) -> Result<void> {
    GH_TRYV(outbox.insert_matter(matter("matter1")));
    store::StoredNotice one = notice("notice1", "once");
    one.matter = "matter1";
    GH_TRY(first, outbox.insert_notice(one));
    GH_TRY(second, outbox.insert_notice(notice("notice2", "once")));
    return success();
  }));
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
  const auto stored = read()->outbox.notice("notice1").value();
  EXPECT_EQ(stored.at, clock_.now());
  EXPECT_EQ(stored.subject_name, "na\xc3\xafve :p1 'x'");
  EXPECT_EQ(stored.facts, R"({"a":"b"})");
  EXPECT_EQ(stored.once_key, "once");
  EXPECT_EQ(stored.matter, "matter1");
  EXPECT_EQ(stored.addressed_at, std::nullopt);
  EXPECT_TRUE(read()->outbox.knows("once").value());
  EXPECT_FALSE(read()->outbox.knows("never").value());
  EXPECT_EQ(read()->outbox.notice("notice2").error().code, Errc::kNotFound);
  EXPECT_THAT(read()->outbox.unaddressed(10).value(), SizeIs(1));
  ASSERT_TRUE(tend([&](auto& outbox) { return outbox.mark_addressed("notice1", clock_.now()); }));
  EXPECT_THAT(read()->outbox.unaddressed(10).value(), IsEmpty());
  EXPECT_THAT(read()->outbox.notices_of_matter("matter1").value(), SizeIs(1));
}

TEST_P(OutboxTest, OneMatterOfATopicIsOpen) {
  ASSERT_TRUE(tend([&](auto& outbox) { return outbox.insert_matter(matter("matter1")); }));
  EXPECT_EQ(tend([&](auto& outbox) { return outbox.insert_matter(matter("matter2")); }).error().code, Errc::kConflict);
  store::Matter closed = read()->outbox.open_matter("expiry", "token", "token1").value().value();
  closed.closed_at = clock_.now();
  closed.rung = 3;
  ASSERT_TRUE(tend([&](auto& outbox) { return outbox.update_matter(closed); }));
  EXPECT_EQ(read()->outbox.open_matter("expiry", "token", "token1").value(), std::nullopt);
  EXPECT_EQ(read()->outbox.matter("matter1").value().rung, 3);
  ASSERT_TRUE(tend([&](auto& outbox) { return outbox.insert_matter(matter("matter2")); }));
  EXPECT_THAT(read()->outbox.open_matters({}).value(), SizeIs(1));
  EXPECT_THAT(read()->outbox.open_matters("token2").value(), IsEmpty());
}

TEST_P(OutboxTest, OnlyWhatIsUnacknowledgedAndDueGoesUp) {
  store::Matter due = matter("due", "a"), later = matter("later", "b"), seen = matter("seen", "c"), never = matter("never", "d");
  due.escalate_at = seen.escalate_at = clock_.now();
  later.escalate_at = clock_.now() + 1h;
  seen.acknowledged_at = clock_.now();
  ASSERT_TRUE(tend([&](auto& outbox) -> Result<void> {
    for (const auto& one : {due, later, seen, never}) {
      GH_TRYV(outbox.insert_matter(one));
    }
    return success();
  }));
  const auto found = read()->outbox.to_escalate(clock_.now(), 10).value();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found.front().id, "due");
}

TEST_P(OutboxTest, AMessageIsClaimedByOneAndItsAttemptsAreKept) {
  ASSERT_TRUE(tend([&](auto& outbox) -> Result<void> {
    GH_TRYV(outbox.insert_notice(notice("notice1")));
    GH_TRY(const bool first, outbox.insert_message(message("message1", "notice1")));
    GH_TRY(const bool again, outbox.insert_message(message("message2", "notice1")));
    EXPECT_TRUE(first);
    EXPECT_FALSE(again) << "the same person is not told of the same notice twice";
    return success();
  }));
  const auto claim = [&](Instant now) {
    bool ours = false;
    EXPECT_TRUE(tend([&](auto& outbox) -> Result<void> {
      GH_TRY(ours, outbox.claim("message1", now, now + 5min));
      return success();
    }));
    return ours;
  };
  EXPECT_THAT(read()->outbox.due(clock_.now(), 10).value(), SizeIs(1));
  EXPECT_TRUE(claim(clock_.now()));
  EXPECT_FALSE(claim(clock_.now()));
  EXPECT_THAT(read()->outbox.due(clock_.now(), 10).value(), IsEmpty());
  EXPECT_TRUE(claim(clock_.now() + 5min)) << "whoever had it is gone";
  store::Message failed = read()->outbox.message("message1").value();
  failed.attempts = 1;
  failed.due_at = clock_.now() + 10min;
  failed.problem = "busy";
  ASSERT_TRUE(tend([&](auto& outbox) { return outbox.finish(failed, {"message1", 1, clock_.now(), "failed", "busy"}); }));
  EXPECT_THAT(read()->outbox.due(clock_.now() + 6min, 10).value(), IsEmpty());
  EXPECT_THAT(read()->outbox.due(clock_.now() + 10min, 10).value(), SizeIs(1));
  failed.attempts = 2;
  failed.state = store::MessageState::kSent;
  failed.sent_at = clock_.now() + 10min;
  failed.problem.clear();
  ASSERT_TRUE(tend([&](auto& outbox) {
    return outbox.finish(failed, {"message1", 2, clock_.now() + 10min, "sent", "by mail"});
  }));
  EXPECT_THAT(read()->outbox.due(clock_.now() + 24h, 10).value(), IsEmpty());
  EXPECT_THAT(read()->outbox.deliveries("message1").value(), SizeIs(2));
  store::Outbox::LogFilter filter;
  filter.subject_id = "token1";
  filter.recipient = "user1";
  const auto log = read()->outbox.log(filter, 10).value();
  ASSERT_THAT(log, SizeIs(1));
  EXPECT_EQ(log.front().message.sent_at, clock_.now() + 10min);
  EXPECT_EQ(log.front().last->outcome, "sent");
}

/// `report wake` says who knows that something ends: who was told of another matter, or took that on, does not.
TEST_P(OutboxTest, ReportsNameWhoWasToldOfAnEndAndOfNothingElse) {
  const User tina = add_user("tina@example.com");
  store::Matter end = matter("end"), reuse = matter("reuse");
  reuse.topic = "reuse";
  reuse.acknowledged_at = clock_.now();
  reuse.acknowledged_by = tina.id;
  ASSERT_TRUE(tend([&](auto& outbox) -> Result<void> {
    for (const auto& [open, name] : {std::pair(end, "1"), std::pair(reuse, "2")}) {
      GH_TRYV(outbox.insert_matter(open));
      store::StoredNotice one = notice(std::string("notice") + name);
      one.matter = open.id;
      GH_TRYV(outbox.insert_notice(one));
      store::Message sent = message(std::string("message") + name, one.id, tina.id.value);
      GH_TRYV(outbox.insert_message(sent));
      sent.state = store::MessageState::kSent;
      sent.sent_at = clock_.now() + (open.id == "end" ? 1min : 2min);
      GH_TRYV(outbox.finish(sent, {sent.id, 1, *sent.sent_at, "sent", "by mail"}));
    }
    return success();
  }));
  auto told = read()->reports.told({"token1"}).value();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told.front().email, "tina@example.com");
  EXPECT_EQ(told.front().at, clock_.now() + 1min);
  EXPECT_FALSE(told.front().acknowledged);
  end.acknowledged_at = clock_.now() + 3min;
  end.acknowledged_by = tina.id;
  ASSERT_TRUE(tend([&](auto& outbox) { return outbox.update_matter(end); }));
  told = read()->reports.told({"token1"}).value();
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_TRUE(told.back().acknowledged);
  EXPECT_EQ(told.back().at, clock_.now() + 3min);
}

TEST_P(OutboxTest, OldOnesGoButNotWhatIsStillOpen) {
  ASSERT_TRUE(tend([&](auto& outbox) -> Result<void> {
    for (const char* id : {"sent", "waiting", "open"}) {
      store::StoredNotice one = notice(id);
      one.addressed_at = clock_.now();
      if (std::string(id) == "open") {
        GH_TRYV(outbox.insert_matter(matter("matter1")));
        one.matter = "matter1";
      }
      GH_TRYV(outbox.insert_notice(one));
      store::Message to = message(std::string("m-") + id, id);
      if (std::string(id) != "waiting") to.state = store::MessageState::kSent;
      GH_TRYV(outbox.insert_message(to));
    }
    return outbox.forget_before(clock_.now() + 1h);
  }));
  EXPECT_EQ(read()->outbox.notice("sent").error().code, Errc::kNotFound);
  EXPECT_TRUE(read()->outbox.notice("waiting"));
  EXPECT_TRUE(read()->outbox.notice("open"));
}

TEST_P(OutboxTest, WhatFailedInTheMiddleLeavesNothing) {
  EXPECT_FALSE(tend([&](auto& outbox) -> Result<void> {
    GH_TRYV(outbox.insert_notice(notice("notice1")));
    return fail(Errc::kInternal, "stop");
  }));
  EXPECT_THAT(read()->outbox.unaddressed(10).value(), IsEmpty());
}

TEST_P(OutboxTest, WebhooksFeedsAndChoicesRoundTrip) {
  const User user = add_user("tina@example.com");
  store::Webhook webhook;
  webhook.id = "webhook1";
  webhook.name = "ops";
  webhook.origin = "https://hooks.example.com";
  webhook.sealed_url = "s1.1.url";
  webhook.form = store::WebhookForm::kTeams;
  webhook.sealed_secret = "s1.1.abc";
  webhook.kinds = "token.expiring account.";
  webhook.created_at = clock_.now();
  store::CalendarFeed feed{"feed1", user.id, "h1.1.abc", clock_.now(), {}};
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->channels.insert_webhook(webhook));
    GH_TRYV(work->channels.insert_feed(feed));
    GH_TRYV(work->channels.set_digest(user.id, "daily"));
    return work->channels.set_digest(user.id, "none");
  }));
  const auto stored = read()->channels.webhook("ops").value();
  EXPECT_EQ(stored.origin, webhook.origin);
  EXPECT_EQ(stored.sealed_url, webhook.sealed_url);
  EXPECT_EQ(stored.form, store::WebhookForm::kTeams);
  EXPECT_TRUE(stored.wants("account.silent"));
  EXPECT_TRUE(stored.wants("token.expiring"));
  EXPECT_FALSE(stored.wants("token.revoked"));
  EXPECT_FALSE(stored.wants("accounts.silent"));
  EXPECT_EQ(read()->channels.digest_of(user.id).value(), "none");
  EXPECT_EQ(read()->channels.feed("feed1").value().user, user.id);
  webhook.id = "webhook2";
  EXPECT_EQ(commit([&](auto& work) { return work->channels.insert_webhook(webhook); }).error().code, Errc::kConflict);
  ASSERT_TRUE(commit([&](auto& work) -> Result<void> {
    GH_TRYV(work->channels.set_webhook_state("webhook1", State::kRevoked, {}));
    return work->channels.revoke_feed("feed1", clock_.now());
  }));
  EXPECT_THAT(read()->channels.webhooks().value(), IsEmpty());
  EXPECT_THAT(read()->channels.feeds(user.id).value(), IsEmpty());
  EXPECT_TRUE(read()->channels.feed("feed1").value().revoked_at);
  EXPECT_TRUE(commit([&](auto& work) { return work->channels.insert_webhook(webhook); })) << "the name is free again";
}

GATEHOUSE_ON_BOTH(OutboxTest);

}  // namespace
}  // namespace gatehouse::test
