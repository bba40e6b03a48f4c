#include "audit/formats.h"

#include <string_view>

namespace gatehouse::audit {
namespace {

std::string csv_field(std::string_view text) {
  std::string out = "\"";
  constexpr std::string_view kFormula = "=+-@\t\r\n";
  if (!text.empty() && kFormula.find(text.front()) != std::string_view::npos) out += '\'';
  for (const char letter : text) {
    if (letter == '"') out += '"';
    out += letter;
  }
  return out + "\"";
}

/// In the header `|` and `\` are escaped, in the extension `=` and `\`; a line break would begin another event.
std::string cef_text(std::string_view text, char special) {
  std::string out;
  for (const char letter : text) {
    if (letter == '\n' || letter == '\r') {
      out += special == '=' ? (letter == '\n' ? "\\n" : "\\r") : " ";
      continue;
    }
    if (letter == '\\' || letter == special) out += '\\';
    out += static_cast<unsigned char>(letter) < 0x20 ? ' ' : letter;
  }
  return out;
}

void put(std::string& line, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  line += (line.back() == '|' ? "" : " ") + std::string(key) + "=" + cef_text(value, '=');
}

/// 0 to 10: what was refused, and what ends or gives something, stands out.
int severity(const AuditEvent& event) {
  if (event.outcome == "refused") return 6;
  const std::string_view action = event.action;
  const std::size_t dot = action.find('.');
  const std::string_view verb = dot == std::string_view::npos ? action : action.substr(dot + 1);
  if (verb == "revoke" || verb == "reuse" || verb == "archive" || verb == "suspend") return 5;
  return action.rfind("user.", 0) == 0 || action.rfind("policy.", 0) == 0 || action.rfind("admin_key.", 0) == 0 ? 4 : 3;
}

}  // namespace

std::string csv_header() {
  return "\"sequence\",\"at\",\"action\",\"outcome\",\"target_kind\",\"target_id\",\"target_name\",\"actor_kind\",\"actor_id\","
         "\"actor\",\"on_behalf_of\",\"address\",\"user_agent\",\"reason\",\"before\",\"after\"";
}

std::string to_csv_line(const AuditRecord& record) {
  const AuditEvent& event = record.event;
  std::string line = "\"" + std::to_string(record.sequence) + "\",\"" + format_instant(record.at) + "\"";
  for (const std::string* text :
       {&event.action, &event.outcome, &event.target_kind, &event.target_id, &event.target_name, &event.caller.actor_kind,
        &event.caller.actor_id, &event.caller.actor_name, &event.caller.on_behalf_of, &event.caller.address,
        &event.caller.user_agent, &event.reason, &event.before_json, &event.after_json}) {
    line += "," + csv_field(*text);
  }
  return line;
}

std::string to_cef_line(const AuditRecord& record) {
  const AuditEvent& event = record.event;
  std::string line = "CEF:0|Gatehouse|Gatehouse|1|" + cef_text(event.action, '|') + "|" + cef_text(event.action, '|') + "|" +
                     std::to_string(severity(event)) + "|";
  put(line, "rt", std::to_string(record.at.time_since_epoch().count()));
  put(line, "externalId", std::to_string(record.sequence));
  put(line, "outcome", event.outcome);
  put(line, "src", event.caller.address);
  put(line, "suid", event.caller.actor_id);
  put(line, "suser", event.caller.actor_name);
  put(line, "requestClientApplication", event.caller.user_agent);
  put(line, "duid", event.target_id);
  put(line, "cs1Label", "target");
  put(line, "cs1", event.target_kind + " " + event.target_name);
  if (!event.caller.on_behalf_of.empty()) {
    put(line, "cs2Label", "onBehalfOf");
    put(line, "cs2", event.caller.on_behalf_of);
  }
  put(line, "msg", event.reason);
  return line;
}

}  // namespace gatehouse::audit
