// The bodies of webhooks: Standard Webhooks' own, Slack's blocks, Microsoft Teams' adaptive card.
#include <algorithm>

#include "admin/notices.h"
#include "lifecycle/webhook.h"

namespace gatehouse::lifecycle {
namespace {

namespace json = boost::json;

/// Slack counts characters; bytes are never fewer. Cut at a letter's end, with a mark.
std::string cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return std::string(text);
  std::size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return std::string(text.substr(0, end)) + "…";
}

/// Slack's mrkdwn: these three are its control characters.
std::string slack_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default: out += c;
    }
  }
  return out;
}

json::object standard(const store::StoredNotice& notice, const Words& words, std::string_view action) {
  json::object details;
  for (const auto& [title, text] : words.details) details[title] = cut(text, 500);
  json::object data{
      {"notice", notice.id},
      {"subject", json::object{{"kind", notice.subject_kind}, {"id", notice.subject_id}, {"name", notice.subject_name}}},
      {"title", words.title},
      {"text", words.what},
      {"command", words.command.empty() ? json::value(nullptr) : json::value(words.command)},
      {"details", std::move(details)},
      {"matter", notice.matter.empty() ? json::value(nullptr) : json::value(notice.matter)},
      {"action_url", action.empty() ? json::value(nullptr) : json::value(action)}};
  return {{"type", type_of(notice)}, {"timestamp", format_instant(notice.at)}, {"data", std::move(data)}};
}

json::object slack_section(std::string text) {
  return {{"type", "section"}, {"text", json::object{{"type", "mrkdwn"}, {"text", cut(text, 3000)}}}};
}

json::object slack(const Words& words, std::string_view action) {
  json::array blocks;
  blocks.push_back(json::object{
      {"type", "header"}, {"text", json::object{{"type", "plain_text"}, {"text", cut(words.title, 150)}, {"emoji", false}}}});
  std::string text = slack_text(words.what);
  if (!words.command.empty()) text += "\n`" + slack_text(words.command) + "`";
  blocks.push_back(slack_section(std::move(text)));
  json::array fields;
  for (const auto& [title, value] : words.details) {
    if (fields.size() == 10) break;
    fields.push_back(
        json::object{{"type", "mrkdwn"}, {"text", cut("*" + slack_text(title) + "*\n" + slack_text(cut(value, 500)), 2000)}});
  }
  if (!fields.empty()) blocks.push_back(json::object{{"type", "section"}, {"fields", std::move(fields)}});
  if (!action.empty()) blocks.push_back(slack_section("<" + slack_text(action) + "|I take care of it>"));
  // `text` is what notifications and screen readers show.
  return {{"text", cut(slack_text(words.title + ". " + words.what), 3000)}, {"blocks", std::move(blocks)}};
}

json::object text_block(std::string text, bool title) {
  json::object block{{"type", "TextBlock"}, {"text", std::move(text)}, {"wrap", true}};
  if (title) {
    block["weight"] = "Bolder";
    block["size"] = "Medium";
  }
  return block;
}

json::object teams(const Words& words, std::string_view action) {
  json::array body;
  body.push_back(text_block(cut(words.title, 300), true));
  body.push_back(text_block(cut(words.what, 3000), false));
  if (!words.command.empty()) body.push_back(text_block(cut(words.command, 1000), false));
  json::array facts;
  for (const auto& [title, value] : words.details) facts.push_back(json::object{{"title", title}, {"value", cut(value, 500)}});
  if (!facts.empty()) body.push_back(json::object{{"type", "FactSet"}, {"facts", std::move(facts)}});
  json::object card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                    {"type", "AdaptiveCard"},
                    {"version", "1.4"},
                    {"body", std::move(body)}};
  if (!action.empty()) {
    card["actions"] = json::array{json::object{{"type", "Action.OpenUrl"}, {"title", "I take care of it"}, {"url", action}}};
  }
  json::object attachment{
      {"contentType", "application/vnd.microsoft.card.adaptive"}, {"contentUrl", nullptr}, {"content", std::move(card)}};
  return {{"type", "message"}, {"attachments", json::array{std::move(attachment)}}};
}

}  // namespace

std::string webhook_body(store::WebhookForm form, const store::StoredNotice& notice, const Words& words,
                         std::string_view action) {
  switch (form) {
    case store::WebhookForm::kSlack: return json::serialize(slack(words, action));
    case store::WebhookForm::kTeams: return json::serialize(teams(words, action));
    case store::WebhookForm::kStandard: break;
  }
  return json::serialize(standard(notice, words, action));
}

}  // namespace gatehouse::lifecycle
