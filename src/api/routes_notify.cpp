#include "api/replies.h"
#include "api/routes.h"
#include "base/text.h"
#include "lifecycle/notify.h"

namespace gatehouse::api {
namespace {

Result<Reply> log(Call& call) {
  const std::int64_t limit = call.integer("limit").value_or(100);
  if (limit < 1 || limit > 1000) return fail(Errc::kInvalidArgument, "\"limit\" must be from 1 to 1000.", {}, "limit");
  const lifecycle::LogQuery query{call.text("subject"), call.text("recipient"), call.text("notice")};
  return reply(lifecycle::notify_log(call.services, query, static_cast<int>(limit)));
}

Result<Reply> matters(Call& call) {
  return reply(lifecycle::list_matters(call.services, call.caller, call.text("subject"), call.flag("mine")));
}

Result<Reply> acknowledge(Call& call) { return reply(lifecycle::acknowledge(call.services, call.caller, call.at("matter"))); }

Result<Reply> test(Call& call) { return reply(lifecycle::queue_test(call.services, call.caller, call.text("to")), 202); }

Result<Reply> my_digest(Call& call) { return reply(lifecycle::show_digest(call.services, call.caller)); }

Result<Reply> digest(Call& call) {
  return reply(lifecycle::set_digest(call.services, call.caller, call.text("user"), call.text("digest")));
}

Reply page(const std::string& title, const std::string& inner) {
  Reply answer;
  answer.content_type = "text/html; charset=utf-8";
  answer.raw =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><meta name=\"referrer\" content=\"no-referrer\"><title>Gatehouse</title></head>"
      "<body><main><h1>" +
      escape_html(title) + "</h1>" + inner + "</main></body></html>\n";
  return answer;
}

/// Only shows: mail programs and scanners follow links by themselves. The button does it.
Result<Reply> look(Call& call) {
  GH_TRY(const admin::Document found, lifecycle::look_at_link(call.services, call.at("link")));
  std::string inner = "<p>" + escape_html(found.at("text").as_string()) + "</p>";
  if (found.at("state").as_string() == "open") {
    inner += "<form method=\"post\"><button type=\"submit\">I take care of it</button></form>";
  } else {
    inner += "<p><strong>It is " + escape_html(found.at("state").as_string()) + " already.</strong></p>";
  }
  for (const auto& [way, words] : {std::pair("rotate", "Rotate it"), std::pair("transfer", "Hand it over")}) {
    const auto* path = found.if_contains(way);
    if (path) inner += "<p><a href=\"" + escape_html(path->as_string()) + "\">" + words + "</a></p>";
  }
  return page(std::string(found.at("title").as_string()), inner);
}

Result<Reply> act(Call& call) {
  GH_TRYV(lifecycle::acknowledge_by_link(call.services, call.at("link"), call.request.address, call.request.field("User-Agent")));
  return page("Thank you", "<p>It is noted that you take care of it. Nobody else is told.</p>");
}

Result<Reply> add_hook(Call& call) {
  lifecycle::AddWebhook request;
  request.name = call.text("name");
  request.url = call.text("url");
  request.form = call.has("form") ? call.text("form") : "standard";
  request.kinds = call.texts("kinds");
  return reply(lifecycle::add_webhook(call.services, call.caller, request), 201);
}

Result<Reply> list_hooks(Call& call) { return reply(lifecycle::list_webhooks(call.services)); }

Result<Reply> resume_hook(Call& call) { return reply(lifecycle::resume_webhook(call.services, call.caller, call.at("webhook"))); }

Result<Reply> remove_hook(Call& call) {
  GH_TRYV(lifecycle::remove_webhook(call.services, call.caller, call.at("webhook")));
  return Reply{204, nullptr};
}

Result<Reply> add_calendar(Call& call) { return reply(lifecycle::add_feed(call.services, call.caller, call.text("user")), 201); }

Result<Reply> list_calendars(Call& call) { return reply(lifecycle::list_feeds(call.services)); }

Result<Reply> remove_calendar(Call& call) {
  GH_TRYV(lifecycle::revoke_feed(call.services, call.caller, call.at("calendar")));
  return Reply{204, nullptr};
}

Result<Reply> read_calendar(Call& call) {
  Reply answer;
  answer.content_type = "text/calendar; charset=utf-8";
  GH_TRY(answer.raw, lifecycle::read_feed(call.services, call.at("feed")));
  return answer;
}

std::vector<Route> log_routes() {
  return {
      {"GET",
       "/api/v1/notify/log",
       "listDeliveries",
       "notify",
       "What was told to whom, and what became of it; newest first.",
       Need::kAuditor,
       {{"subject", Type::kText, false, "About the token, account … with this id."},
        {"recipient", Type::kText, false, "A person's e-mail address, or a webhook's name."},
        {"notice", Type::kText, false, "Of this notice."},
        {"limit", Type::kInteger, false, "1 to 1000; 100 by default."}},
       {},
       "Delivery[]",
       200,
       log},
      {"GET",
       "/api/v1/notify/matters",
       "listMatters",
       "notify",
       "What is open: who was told, who acknowledged.",
       Need::kSee,
       {{"subject", Type::kText, false, "Of the token, account … with this id."},
        {"mine", Type::kBoolean, false,
         "Of which oneself was told, and which nobody has acknowledged; always so for who does not read everything."}},
       {},
       "Matter[]",
       200,
       matters},
      {"POST",
       "/api/v1/notify/matters/{matter}/acknowledge",
       "acknowledgeMatter",
       "notify",
       "Say that you take care of it; nobody above is told any more.",
       Need::kAnyKey,
       {},
       {},
       "Matter",
       200,
       acknowledge},
      {"POST",
       "/api/v1/notify/test",
       "testNotify",
       "notify",
       "Send a test to a person and to every webhook.",
       Need::kOrgAdmin,
       {},
       {{"to", Type::kText, false, "E-mail address of a person; yours by default."}},
       "NotifyTest",
       202,
       test},
      {"GET",
       "/api/v1/notify/digest",
       "showDigest",
       "notify",
       "When mail that does not hurry is sent to oneself.",
       Need::kAnyKey,
       {},
       {},
       "NotifyDigest",
       200,
       my_digest},
      {"PUT",
       "/api/v1/notify/digest",
       "setDigest",
       "notify",
       "When mail that does not hurry is sent to oneself; to somebody else: for organization administrators.",
       Need::kAnyKey,
       {},
       {{"user", Type::kText, false, "E-mail address; yours by default."},
        {"digest", Type::kText, true, "At once, gathered each hour, or at 08:00 UTC.", {"none", "hourly", "daily"}}},
       "NotifyDigest",
       200,
       digest},
      {"GET",
       "/api/v1/notify/act/{link}",
       "lookAtLink",
       "notify",
       "The page behind a message's link; changes nothing.",
       Need::kNothing,
       {},
       {},
       "",
       200,
       look},
      {"POST",
       "/api/v1/notify/act/{link}",
       "followLink",
       "notify",
       "Acknowledge by a message's link, which is the authority.",
       Need::kNothing,
       {},
       {},
       "",
       200,
       act},
  };
}

}  // namespace

std::vector<Route> notify_routes() {
  std::vector<Route> routes = log_routes();
  const std::vector<Route> channels{
      {"POST",
       "/api/v1/webhooks",
       "addWebhook",
       "notify",
       "Add a webhook; its secret is shown this once.",
       Need::kOrgAdmin,
       {},
       {{"name", Type::kText, true, "As people call it."},
        {"url", Type::kText, true, "https://…"},
        {"form",
         Type::kText,
         false,
         "Standard Webhooks (signed), Slack's, or Microsoft Teams' Workflows.",
         {"standard", "slack", "teams"}},
        {"kinds", Type::kTexts, false, "token.expiring, or token. for all of a noun; none: everything."}},
       "Webhook",
       201,
       add_hook},
      {"GET",
       "/api/v1/webhooks",
       "listWebhooks",
       "notify",
       "List the webhooks.",
       Need::kAuditor,
       {},
       {},
       "Webhook[]",
       200,
       list_hooks},
      {"POST",
       "/api/v1/webhooks/{webhook}/resume",
       "resumeWebhook",
       "notify",
       "Enable it again after 410 Gone.",
       Need::kOrgAdmin,
       {},
       {},
       "Webhook",
       200,
       resume_hook},
      {"DELETE",
       "/api/v1/webhooks/{webhook}",
       "removeWebhook",
       "notify",
       "Remove it, by name or id.",
       Need::kOrgAdmin,
       {},
       {},
       "",
       204,
       remove_hook},
      {"POST",
       "/api/v1/calendars",
       "addCalendar",
       "notify",
       "Make a calendar address for a person; it is shown this once.",
       Need::kOrgAdmin,
       {},
       {{"user", Type::kText, false, "E-mail address; yours by default."}},
       "Calendar",
       201,
       add_calendar},
      {"GET",
       "/api/v1/calendars",
       "listCalendars",
       "notify",
       "List the calendar addresses, without their secrets.",
       Need::kAuditor,
       {},
       {},
       "Calendar[]",
       200,
       list_calendars},
      {"DELETE",
       "/api/v1/calendars/{calendar}",
       "removeCalendar",
       "notify",
       "Revoke an address.",
       Need::kOrgAdmin,
       {},
       {},
       "",
       204,
       remove_calendar},
      {"GET",
       "/api/v1/calendar/{feed}",
       "readCalendar",
       "notify",
       "The iCalendar text; the address is the authority.",
       Need::kNothing,
       {},
       {},
       "",
       200,
       read_calendar},
  };
  routes.insert(routes.end(), channels.begin(), channels.end());
  return routes;
}

}  // namespace gatehouse::api
