#include "store/target.h"

#include <libpq-fe.h>

#include <map>
#include <memory>
#include <string>

namespace gatehouse::store {
namespace {

/// libpq's keyword form: the value in quotes, quotes and backslashes escaped.
void append_option(std::string& text, const std::string& name, const std::string& value) {
  text += (text.empty() ? "" : " ") + name + "='";
  for (const char letter : value) {
    if (letter == '\'' || letter == '\\') text += '\\';
    text += letter;
  }
  text += "'";
}

}  // namespace

Result<Target> parse_target(std::string_view target) {
  if (target.empty() || target.find('\0') != std::string_view::npos || target.find('"') != std::string_view::npos) {
    return fail(Errc::kInvalidArgument, "The database is a path without quotes, or a postgresql:// URL.", {}, "--database");
  }
  Target out;
  out.connect = target;
  out.name = target;
  if (target.find("://") == std::string_view::npos) return out;
  if (!target.starts_with("postgresql://") && !target.starts_with("postgres://")) {
    return fail(Errc::kUnsupported, "Only SQLite (a path) and PostgreSQL (postgresql://…) are supported.", {}, "--database");
  }
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(PQconninfoParse(out.connect.c_str(), nullptr),
                                                                            PQconninfoFree);
  if (!parsed)
    return fail(Errc::kInvalidArgument, "The postgresql:// URL can't be read; see PostgreSQL's manual, connection URIs.", {},
                "--database");
  // A server that vanished is noticed within seconds, not after the kernel's quarter of an hour.
  std::map<std::string, std::string> options{{"connect_timeout", "5"},  {"tcp_user_timeout", "10000"},
                                             {"keepalives_idle", "10"}, {"keepalives_interval", "5"},
                                             {"keepalives_count", "2"}, {"application_name", "gatehouse"}};
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) options[option->keyword] = option->val;
  }
  out.postgres = true;
  out.connect.clear();
  for (const auto& [name, value] : options) append_option(out.connect, name, value);
  const auto part = [&](const char* name) { return options.count(name) != 0 ? options[name] : std::string(); };
  const std::string user = part("user"), port = part("port");
  out.name =
      "postgresql://" + (user.empty() ? "" : user + "@") + part("host") + (port.empty() ? "" : ":" + port) + "/" + part("dbname");
  return out;
}

}  // namespace gatehouse::store
