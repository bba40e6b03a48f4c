#include "store/table.h"

#include <algorithm>

namespace gatehouse::store {
namespace {

/// ":p1, :p2, …"
std::string placeholders(std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i) text += (i == 1 ? ":p" : ", :p") + std::to_string(i);
  return text;
}

Error duplicate(Error error, std::string_view conflict) {
  if (error.code == Errc::kConflict) error.public_detail = conflict;
  return error;
}

}  // namespace

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Binds& Binds::text(std::string value) {
  values_.emplace_back(std::move(value));
  return *this;
}

Binds& Binds::integer(std::int64_t value) {
  values_.emplace_back(value);
  return *this;
}

Binds& Binds::null() {
  values_.emplace_back();
  return *this;
}

Binds& Binds::scopes(const ScopeSet& scopes) {
  std::string joined;
  for (const std::string& name : scope_names(scopes)) joined += (joined.empty() ? "" : " ") + name;
  return text(std::move(joined));
}

Binds& Binds::resource(const Resource& resource) { return id(resource.site).text(resource.id).text(resource.key); }

Binds& Binds::pause(const Pause& pause) { return text(pause.reason).optional_instant(pause.until).number(pause.resume_by); }

std::string Cells::text() {
  const Value& value = row_[at_++];
  if (const auto* const found = std::get_if<std::string>(&value)) return *found;
  if (!std::holds_alternative<std::monostate>(value)) bad_ = true;
  return {};
}

std::int64_t Cells::integer() {
  if (const auto* const found = std::get_if<std::int64_t>(&row_[at_++])) return *found;
  bad_ = true;
  return 0;
}

std::optional<Instant> Cells::optional_instant() {
  if (std::holds_alternative<std::monostate>(row_[at_])) {
    ++at_;
    return std::nullopt;
  }
  return instant();
}

std::optional<Duration> Cells::optional_duration() {
  const auto read = optional_instant();
  if (!read) return std::nullopt;
  return read->time_since_epoch();
}

std::optional<std::int64_t> Cells::optional_integer() {
  const auto read = optional_instant();
  if (!read) return std::nullopt;
  return read->time_since_epoch().count();
}

ScopeSet Cells::scopes() {
  ScopeSet set;
  for (const std::string& name : words(text())) {
    // No catalogue at all is a mistake. A scope of a document that this node has not read yet gets its number here; where there
    // is no room for more it is left out, which only narrows.
    if (scope_count() == 0) {
      bad_ = true;
    } else if (const auto found = register_scope(name)) {
      set.add(found.value());
    }
  }
  return set;
}

Resource Cells::resource() {
  Resource resource;
  resource.site = id<SiteId>();
  resource.id = text();
  resource.key = text();
  return resource;
}

Pause Cells::pause() {
  Pause pause;
  pause.reason = text();
  pause.until = optional_instant();
  pause.resume_by = number(ResumeBy::kOrgAdmin, ResumeBy::kApproval);
  return pause;
}

Result<void> Cells::finish() const {
  if (bad_) return fail(Errc::kDataCorrupt, "A row of the table " + std::string(table_) + " can't be read.");
  return success();
}

Select::Select(const Table& table) : table_(table) {}

std::string Select::next_name() { return ":p" + std::to_string(binds_.size() + 1); }

Select& Select::where(std::string_view fragment, Value value) {
  conditions_.append(conditions_.empty() ? " WHERE " : " AND ").append(fragment).append(next_name());
  binds_.push_back(std::move(value));
  return *this;
}

Select& Select::where(std::string_view fragment) {
  conditions_.append(conditions_.empty() ? " WHERE " : " AND ").append(fragment);
  return *this;
}

Select& Select::where_in(std::string_view column, const std::vector<std::string>& values) {
  where(std::string(column) + " IN (", values.front());
  for (std::size_t i = 1; i < values.size(); ++i) {
    conditions_.append(", ").append(next_name());
    binds_.emplace_back(values[i]);
  }
  return close();
}

Select& Select::where_either(std::string_view one, std::string_view other, const std::string& value) {
  where("(" + std::string(one) + " = ", value);
  conditions_.append(" OR ").append(other).append(" = ").append(next_name());
  binds_.emplace_back(value);
  return close();
}

Select& Select::where_any(const Alternatives& alternatives) {
  conditions_.append(conditions_.empty() ? " WHERE (" : " AND (");
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const auto& [text, values] = alternatives[i];
    conditions_.append(i == 0 ? "(" : " OR (");
    std::size_t used = 0;
    for (const char letter : text) {
      if (letter != '?') {
        conditions_ += letter;
        continue;
      }
      conditions_.append(next_name());
      binds_.emplace_back(values.at(used++));
    }
    conditions_.append(")");
  }
  return close();
}

Select& Select::close() {
  conditions_.append(")");
  return *this;
}

Result<std::vector<Row>> Select::all(Session& session, std::string_view order_by) const {
  std::string sql = "SELECT ";
  sql.append(table_.columns).append(" FROM ").append(table_.name).append(conditions_).append(" ORDER BY ").append(order_by);
  return session.rows(sql, table_.types, binds_);
}

Result<Row> Select::one(Session& session) const {
  std::string sql = "SELECT ";
  sql.append(table_.columns).append(", version FROM ").append(table_.name).append(conditions_);
  return session.row(sql, std::string(table_.types) + "i", binds_, table_.absent);
}

Result<Listed<Row>> Select::listed(Session& session, const Page& page) {
  const int limit = std::clamp(page.limit, 1, 1000);
  if (!page.after.empty()) where("id > ", page.after);
  std::string sql = "SELECT ";
  sql.append(table_.columns).append(", version FROM ").append(table_.name).append(conditions_);
  sql.append(" ORDER BY id LIMIT ").append(next_name());
  auto binds = binds_;
  binds.emplace_back(static_cast<std::int64_t>(limit) + 1);
  Listed<Row> listed;
  GH_TRY(listed.items, session.rows(sql, std::string(table_.types) + "i", binds));
  if (listed.items.size() > static_cast<std::size_t>(limit)) {
    listed.items.pop_back();
    listed.next = std::get<std::string>(listed.items.back().front());
  }
  return listed;
}

namespace {

std::string insert_text(std::string_view table, std::string_view columns, const Binds& binds, std::string_view suffix) {
  std::string sql = "INSERT INTO ";
  sql.append(table)
      .append(" (")
      .append(columns)
      .append(") VALUES (")
      .append(placeholders(binds.values().size()))
      .append(") ")
      .append(suffix);
  return sql;
}

}  // namespace

Result<void> insert_plain(Session& session, std::string_view table, std::string_view columns, const Binds& binds,
                          std::string_view suffix) {
  GH_TRYV(session.run(insert_text(table, columns, binds, suffix), binds.values()));
  return success();
}

Result<void> insert_each(Session& session, std::string_view table, std::string_view columns, const std::vector<Binds>& rows,
                         std::string_view suffix) {
  if (rows.empty()) return success();
  std::vector<std::vector<Value>> values;
  values.reserve(rows.size());
  for (const Binds& row : rows) values.push_back(row.values());
  return session.run_each(insert_text(table, columns, rows.front(), suffix), values);
}

Result<void> insert_row(Session& session, const Table& table, const Binds& binds, std::string_view conflict) {
  Binds whole = binds;
  whole.integer(1);
  auto inserted = insert_plain(session, table.name, std::string(table.columns) + ", version", whole);
  if (!inserted) return duplicate(std::move(inserted).error(), conflict);
  session.touch(table.aggregate, std::get<std::string>(binds.values().front()));
  return success();
}

Result<void> update_row(Session& session, const Table& table, const Binds& binds, std::int64_t version,
                        std::string_view conflict) {
  std::string sql = "UPDATE ";
  sql.append(table.name).append(" SET version = version + 1");
  std::vector<Value> values(binds.values().begin() + 1, binds.values().end());
  std::string_view rest = table.columns.substr(table.columns.find(", ") + 2);
  for (std::size_t i = 1; !rest.empty(); ++i) {
    const std::size_t end = std::min(rest.find(", "), rest.size());
    sql.append(", ").append(rest.substr(0, end)).append(" = :p").append(std::to_string(i));
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  const Value& id = binds.values().front();
  sql.append(" WHERE id = :p").append(std::to_string(values.size() + 1));
  values.push_back(id);
  sql.append(" AND version = :p").append(std::to_string(values.size() + 1));
  values.emplace_back(version);
  auto changed = session.run(sql, values);
  if (!changed) return duplicate(std::move(changed).error(), conflict);
  if (changed.value() == 0) {
    GH_TRYV(session.row("SELECT version FROM " + std::string(table.name) + " WHERE id = :p1", "i", {id}, table.absent));
    return fail(Errc::kConflict, "Somebody changed it meanwhile; read it again and repeat the change.");
  }
  session.touch(table.aggregate, std::get<std::string>(id));
  return success();
}

}  // namespace gatehouse::store
