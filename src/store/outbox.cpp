#include "store/outbox.h"

#include <algorithm>

#include "store/table.h"

namespace gatehouse::store {
namespace {

constexpr std::string_view kMatterColumns =
    "id, topic, subject_kind, subject_id, opened_at, closed_at, rung, escalate_at, acknowledged_at, acknowledged_by";
constexpr std::string_view kMatterTypes = "ttttiiiiit";
constexpr std::string_view kNoticeColumns =
    "id, at, kind, subject_kind, subject_id, subject_name, facts, once_key, matter, addressed_at";
constexpr std::string_view kNoticeTypes = "tiitttttti";
constexpr std::string_view kMessageColumns =
    "id, notice, channel, recipient, reason, state, created_at, due_at, attempts, sent_at, problem";
constexpr std::string_view kMessageTypes = "tttttiiiiit";
constexpr std::string_view kDeliveryColumns = "message, attempt, at, outcome, detail";
constexpr std::string_view kDeliveryTypes = "tiitt";

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value instant_or_null(const std::optional<Instant>& at) { return at ? Value(at->time_since_epoch().count()) : Value(); }
std::int64_t number(Instant at) { return at.time_since_epoch().count(); }
std::int64_t bounded(int limit) { return std::clamp(limit, 1, 10000); }

std::string select(std::string_view columns, std::string_view table, std::string_view rest) {
  return "SELECT " + std::string(columns) + " FROM " + std::string(table) + " " + std::string(rest);
}

Matter read_matter(Cells& cells) {
  Matter matter;
  matter.id = cells.text();
  matter.topic = cells.text();
  matter.subject_kind = cells.text();
  matter.subject_id = cells.text();
  matter.opened_at = cells.instant();
  matter.closed_at = cells.optional_instant();
  matter.rung = static_cast<int>(cells.integer());
  matter.escalate_at = cells.optional_instant();
  matter.acknowledged_at = cells.optional_instant();
  matter.acknowledged_by = cells.id<UserId>();
  return matter;
}

StoredNotice read_notice(Cells& cells) {
  StoredNotice notice;
  notice.id = cells.text();
  notice.at = cells.instant();
  notice.kind = static_cast<int>(cells.integer());
  notice.subject_kind = cells.text();
  notice.subject_id = cells.text();
  notice.subject_name = cells.text();
  notice.facts = cells.text();
  notice.once_key = cells.text();
  notice.matter = cells.text();
  notice.addressed_at = cells.optional_instant();
  return notice;
}

Message read_message(Cells& cells) {
  Message message;
  message.id = cells.text();
  message.notice = cells.text();
  message.channel = cells.text();
  message.recipient = cells.text();
  message.reason = cells.text();
  message.state = cells.number(MessageState::kGivenUp, MessageState::kNotNeeded);
  message.created_at = cells.instant();
  message.due_at = cells.instant();
  message.attempts = static_cast<int>(cells.integer());
  message.sent_at = cells.optional_instant();
  message.problem = cells.text();
  return message;
}

Delivery read_delivery(Cells& cells) {
  Delivery delivery;
  delivery.message = cells.text();
  delivery.attempt = static_cast<int>(cells.integer());
  delivery.at = cells.instant();
  delivery.outcome = cells.text();
  delivery.detail = cells.text();
  return delivery;
}

template <class T>
Result<std::vector<T>> read_all(Result<std::vector<Row>> rows, T (*read)(Cells&)) {
  GH_TRYV(rows);
  std::vector<T> all;
  all.reserve(rows.value().size());
  for (const Row& row : rows.value()) {
    Cells cells(row, "the outbox");
    all.push_back(read(cells));
    GH_TRYV(cells.finish());
  }
  return all;
}

template <class T>
Result<T> read_one(Result<Row> row, T (*read)(Cells&)) {
  GH_TRYV(row);
  Cells cells(row.value(), "the outbox");
  T one = read(cells);
  GH_TRYV(cells.finish());
  return one;
}

/// "table.a, table.b" of "a, b".
std::string qualified(std::string_view table, std::string_view columns) {
  std::string out(table);
  out += '.';
  for (const char letter : columns) {
    out += letter;
    if (letter == ' ') out.append(table).push_back('.');
  }
  return out;
}

}  // namespace

Result<bool> Outbox::insert_notice(const StoredNotice& notice) {
  GH_TRY(const auto written,
         session_.run("INSERT INTO notices (" + std::string(kNoticeColumns) +
                          ") VALUES (:p1, :p2, :p3, :p4, :p5, :p6, :p7, :p8, :p9, :p10) ON CONFLICT DO NOTHING",
                      {notice.id, number(notice.at), static_cast<std::int64_t>(notice.kind), notice.subject_kind,
                       notice.subject_id, notice.subject_name, notice.facts, text_or_null(notice.once_key),
                       text_or_null(notice.matter), instant_or_null(notice.addressed_at)}));
  return written > 0;
}

Result<bool> Outbox::knows(const std::string& once_key) const {
  GH_TRY(const auto rows, session_.rows("SELECT id FROM notices WHERE once_key = :p1", "t", {once_key}));
  return !rows.empty();
}

Result<std::set<std::string>> Outbox::known_of(const std::vector<std::string>& once_keys) const {
  constexpr std::size_t kAtOnce = 500;
  std::set<std::string> known;
  for (std::size_t from = 0; from < once_keys.size(); from += kAtOnce) {
    std::string names;
    std::vector<Value> binds;
    for (std::size_t i = from; i < std::min(from + kAtOnce, once_keys.size()); ++i) {
      binds.emplace_back(once_keys[i]);
      names += (names.empty() ? ":p" : ", :p") + std::to_string(binds.size());
    }
    GH_TRY(const auto rows, session_.rows("SELECT once_key FROM notices WHERE once_key IN (" + names + ")", "t", binds));
    for (const Row& row : rows) known.insert(std::get<std::string>(row.front()));
  }
  return known;
}

Result<StoredNotice> Outbox::notice(const std::string& id) const {
  return read_one(
      session_.row(select(kNoticeColumns, "notices", "WHERE id = :p1"), kNoticeTypes, {id}, "There is no such notice."),
      read_notice);
}

Result<std::vector<StoredNotice>> Outbox::unaddressed(int limit) const {
  return read_all(session_.rows(select(kNoticeColumns, "notices", "WHERE addressed_at IS NULL ORDER BY at, id LIMIT :p1"),
                                kNoticeTypes, {bounded(limit)}),
                  read_notice);
}

Result<void> Outbox::mark_addressed(const std::string& notice, Instant at) {
  GH_TRYV(session_.run("UPDATE notices SET addressed_at = :p1 WHERE id = :p2", {number(at), notice}));
  return success();
}

Result<std::vector<StoredNotice>> Outbox::notices_of(const std::string& subject_id, int limit) const {
  return read_all(session_.rows(select(kNoticeColumns, "notices", "WHERE subject_id = :p1 ORDER BY at DESC, id DESC LIMIT :p2"),
                                kNoticeTypes, {subject_id, bounded(limit)}),
                  read_notice);
}

Result<std::vector<StoredNotice>> Outbox::notices_of_matter(const std::string& matter) const {
  return read_all(session_.rows(select(kNoticeColumns, "notices", "WHERE matter = :p1 ORDER BY at, id"), kNoticeTypes, {matter}),
                  read_notice);
}

Result<std::optional<Matter>> Outbox::open_matter(std::string_view topic, std::string_view subject_kind,
                                                  std::string_view subject_id) const {
  GH_TRY(const auto rows,
         session_.rows(select(kMatterColumns, "matters",
                              "WHERE topic = :p1 AND subject_kind = :p2 AND subject_id = :p3 AND closed_at IS NULL"),
                       kMatterTypes, {std::string(topic), std::string(subject_kind), std::string(subject_id)}));
  if (rows.empty()) return std::optional<Matter>();
  GH_TRY(Matter matter, read_one(rows.front(), read_matter));
  return std::optional<Matter>(std::move(matter));
}

Result<Matter> Outbox::matter(const std::string& id) const {
  return read_one(
      session_.row(select(kMatterColumns, "matters", "WHERE id = :p1"), kMatterTypes, {id}, "There is no such matter."),
      read_matter);
}

Result<void> Outbox::insert_matter(const Matter& matter) {
  Binds binds;
  binds.text(matter.id).text(matter.topic).text(matter.subject_kind).text(matter.subject_id).instant(matter.opened_at);
  binds.optional_instant(matter.closed_at).integer(matter.rung).optional_instant(matter.escalate_at);
  binds.optional_instant(matter.acknowledged_at).optional_id(matter.acknowledged_by);
  return insert_plain(session_, "matters", kMatterColumns, binds);
}

Result<void> Outbox::update_matter(const Matter& matter) {
  GH_TRYV(session_.run(
      "UPDATE matters SET closed_at = :p1, rung = :p2, escalate_at = :p3, acknowledged_at = :p4, "
      "acknowledged_by = :p5 WHERE id = :p6",
      {instant_or_null(matter.closed_at), static_cast<std::int64_t>(matter.rung), instant_or_null(matter.escalate_at),
       instant_or_null(matter.acknowledged_at), text_or_null(matter.acknowledged_by.value), matter.id}));
  return success();
}

Result<std::vector<Matter>> Outbox::open_matters(const std::string& subject_id) const {
  if (subject_id.empty()) {
    return read_all(
        session_.rows(select(kMatterColumns, "matters", "WHERE closed_at IS NULL ORDER BY opened_at, id"), kMatterTypes),
        read_matter);
  }
  return read_all(
      session_.rows(select(kMatterColumns, "matters", "WHERE closed_at IS NULL AND subject_id = :p1 ORDER BY opened_at, id"),
                    kMatterTypes, {subject_id}),
      read_matter);
}

Result<std::vector<Matter>> Outbox::matters_told_to(const UserId& user) const {
  return read_all(
      session_.rows(select(kMatterColumns, "matters",
                           "WHERE closed_at IS NULL AND acknowledged_at IS NULL AND id IN (SELECT n.matter FROM messages m JOIN "
                           "notices n ON n.id = m.notice WHERE m.channel = 'email' AND m.recipient = :p1 AND m.state <> " +
                               std::to_string(static_cast<int>(MessageState::kNotNeeded)) + ") ORDER BY opened_at, id"),
                    kMatterTypes, {user.value}),
      read_matter);
}

Result<std::string> Outbox::matters_mark() const {
  GH_TRY(
      const auto row,
      session_.row("SELECT COUNT(*), COALESCE(MAX(opened_at), 0), COALESCE(MAX(acknowledged_at), 0), COALESCE(CAST(SUM(rung) AS "
                   "BIGINT), 0) FROM matters WHERE closed_at IS NULL",
                   "iiii", {}, "A count has a row."));
  std::string mark;
  for (const Value& value : row) mark += std::to_string(std::get<std::int64_t>(value)) + " ";
  return mark;
}

Result<std::vector<Matter>> Outbox::overtaken(Instant latest) const {
  const std::string columns = "SELECT " + qualified("matters", kMatterColumns) + " FROM matters JOIN ";
  return read_all(
      session_.rows(columns +
                        "credentials c ON c.id = matters.subject_id WHERE matters.closed_at IS NULL AND "
                        "matters.subject_kind = 'token' AND ((c.state = 0 AND matters.topic NOT IN ('reuse', 'dead')) OR "
                        "(matters.topic = 'expiry' AND (c.expires_at IS NULL OR c.expires_at > :p1))) UNION ALL " +
                        columns +
                        "upstream_credentials u ON u.id = matters.subject_id WHERE matters.closed_at IS NULL AND "
                        "matters.subject_kind = 'site_credential' AND u.state <> 2",
                    kMatterTypes, {number(latest)}),
      read_matter);
}

Result<std::vector<Matter>> Outbox::to_escalate(Instant now, int limit) const {
  return read_all(
      session_.rows(
          select(kMatterColumns, "matters",
                 "WHERE closed_at IS NULL AND acknowledged_at IS NULL AND escalate_at <= :p1 ORDER BY escalate_at LIMIT :p2"),
          kMatterTypes, {number(now), bounded(limit)}),
      read_matter);
}

Result<bool> Outbox::insert_message(const Message& message) {
  GH_TRY(const auto written,
         session_.run("INSERT INTO messages (" + std::string(kMessageColumns) +
                          ") VALUES (:p1, :p2, :p3, :p4, :p5, :p6, :p7, :p8, :p9, :p10, :p11) ON CONFLICT DO NOTHING",
                      {message.id, message.notice, message.channel, message.recipient, message.reason,
                       static_cast<std::int64_t>(message.state), number(message.created_at), number(message.due_at),
                       static_cast<std::int64_t>(message.attempts), instant_or_null(message.sent_at), message.problem}));
  return written > 0;
}

Result<Message> Outbox::message(const std::string& id) const {
  return read_one(
      session_.row(select(kMessageColumns, "messages", "WHERE id = :p1"), kMessageTypes, {id}, "There is no such message."),
      read_message);
}

Result<std::vector<Message>> Outbox::due(Instant now, int limit) const {
  return read_all(session_.rows(select(kMessageColumns, "messages",
                                       "WHERE state = 1 AND due_at <= :p1 AND (claimed_until IS NULL OR claimed_until <= :p2) "
                                       "ORDER BY due_at, id LIMIT :p3"),
                                kMessageTypes, {number(now), number(now), bounded(limit)}),
                  read_message);
}

Result<std::vector<Message>> Outbox::messages_of(const std::string& notice) const {
  return read_all(
      session_.rows(select(kMessageColumns, "messages", "WHERE notice = :p1 ORDER BY created_at, id"), kMessageTypes, {notice}),
      read_message);
}

namespace {

MessageCount read_count(Cells& cells) {
  MessageCount one;
  one.channel = cells.text();
  one.state = cells.number(MessageState::kGivenUp, MessageState::kNotNeeded);
  one.messages = cells.integer();
  return one;
}

Result<std::vector<MessageCount>> read_counts(Result<std::vector<Row>> rows) {
  GH_TRYV(rows);
  std::vector<MessageCount> all;
  for (const Row& row : rows.value()) {
    Cells cells(row, "messages");
    all.push_back(read_count(cells));
    GH_TRYV(cells.finish());
  }
  return all;
}

}  // namespace

Result<std::vector<MessageCount>> Outbox::counts() const {
  return read_counts(
      session_.rows("SELECT channel, state, COUNT(*) FROM messages GROUP BY channel, state ORDER BY channel, state", "tii"));
}

Result<std::vector<MessageCount>> Outbox::retried() const {
  return read_counts(session_.rows(
      "SELECT channel, 1, COUNT(*) FROM messages WHERE state = 1 AND attempts > 0 GROUP BY channel ORDER BY channel", "tii"));
}

Result<bool> Outbox::claim(const std::string& message, Instant now, Instant until) {
  GH_TRY(const auto changed,
         session_.run("UPDATE messages SET claimed_until = :p1 WHERE id = :p2 AND state = 1 AND due_at <= :p3 "
                      "AND (claimed_until IS NULL OR claimed_until <= :p4)",
                      {number(until), message, number(now), number(now)}));
  return changed > 0;
}

Result<void> Outbox::finish(const Message& message, const Delivery& delivery) {
  GH_TRYV(
      session_.run("UPDATE messages SET state = :p1, due_at = :p2, attempts = :p3, sent_at = :p4, problem = :p5, "
                   "claimed_until = NULL WHERE id = :p6",
                   {static_cast<std::int64_t>(message.state), number(message.due_at), static_cast<std::int64_t>(message.attempts),
                    instant_or_null(message.sent_at), message.problem, message.id}));
  Binds binds;
  binds.text(delivery.message).integer(delivery.attempt).instant(delivery.at).text(delivery.outcome).text(delivery.detail);
  return insert_plain(session_, "deliveries", kDeliveryColumns, binds, "ON CONFLICT DO NOTHING");
}

Result<std::vector<Outbox::LogLine>> Outbox::log(const LogFilter& filter, int limit) const {
  std::string sql =
      "SELECT " + qualified("messages", kMessageColumns) + " FROM messages JOIN notices ON notices.id = messages.notice";
  std::vector<Value> binds;
  const auto where = [&](std::string_view column, const std::string& value) {
    if (value.empty()) return;
    sql += binds.empty() ? " WHERE " : " AND ";
    binds.emplace_back(value);
    sql.append(column).append(" = :p").append(std::to_string(binds.size()));
  };
  where("notices.subject_id", filter.subject_id);
  where("messages.recipient", filter.recipient);
  where("messages.notice", filter.notice);
  binds.emplace_back(bounded(limit));
  sql += " ORDER BY messages.created_at DESC, messages.id LIMIT :p" + std::to_string(binds.size());
  GH_TRY(auto messages, read_all(session_.rows(sql, kMessageTypes, binds), read_message));
  std::vector<LogLine> lines;
  for (Message& each : messages) {
    LogLine line;
    GH_TRY(line.notice, notice(each.notice));
    GH_TRY(auto attempts, deliveries(each.id));
    if (!attempts.empty()) line.last = std::move(attempts.back());
    line.message = std::move(each);
    lines.push_back(std::move(line));
  }
  return lines;
}

Result<std::vector<Delivery>> Outbox::deliveries(const std::string& message) const {
  return read_all(
      session_.rows(select(kDeliveryColumns, "deliveries", "WHERE message = :p1 ORDER BY attempt"), kDeliveryTypes, {message}),
      read_delivery);
}

Result<void> Outbox::forget_before(Instant before) {
  // What is still on its way, or whose matter is open, stays however old it is.
  const std::string old =
      "SELECT id FROM notices WHERE at < :p1 AND addressed_at IS NOT NULL AND "
      "NOT EXISTS (SELECT 1 FROM messages WHERE messages.notice = notices.id AND messages.state = 1) AND "
      "NOT EXISTS (SELECT 1 FROM matters WHERE matters.id = notices.matter AND matters.closed_at IS NULL)";
  GH_TRYV(session_.run("DELETE FROM deliveries WHERE message IN (SELECT id FROM messages WHERE notice IN (" + old + "))",
                       {number(before)}));
  GH_TRYV(session_.run("DELETE FROM messages WHERE notice IN (" + old + ")", {number(before)}));
  GH_TRYV(session_.run("DELETE FROM notices WHERE id IN (" + old + ")", {number(before)}));
  GH_TRYV(
      session_.run("DELETE FROM matters WHERE closed_at < :p1 AND NOT EXISTS (SELECT 1 FROM notices WHERE notices.matter = "
                   "matters.id)",
                   {number(before)}));
  return success();
}

}  // namespace gatehouse::store
