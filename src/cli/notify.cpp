// gatehouse notify …: what was told to whom, acknowledging, tests, webhooks, calendars
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

void print_log(Context& context, const json::value& items) {
  print_table(context, items,
              {{"QUEUED", "queued_at"},
               {"WHAT", "type"},
               {"NAME", "subject_name"},
               {"BY", "channel"},
               {"TO", "recipient"},
               {"BECAUSE", "because"},
               {"STATE", "state"},
               {"TRIES", "attempts"},
               {"SENT", "sent_at"},
               {"PROBLEM", "problem"}});
}

bool all_settled(const json::array& items) {
  for (const json::value& one : items) {
    if (one.at("state").as_string() == "waiting" && one.at("attempts").as_int64() == 0) return false;
  }
  return !items.empty();
}

bool all_sent(const json::array& items) {
  for (const json::value& one : items) {
    if (one.at("state").as_string() != "sent") return false;
  }
  return true;
}

/// Waits until each channel was tried once, and tells how it went. Exit 1 where one did not take it.
int test(Call& call) {
  constexpr int kMostSeconds = 40;
  const auto client = Client::make(call.context);
  if (!client) return call.complain(client.error());
  const auto queued = client.value().send("POST", api_path({"notify", "test"}), &call.body);
  if (!queued) return call.complain(queued.error());
  if (!queued.value().ok()) return call.complain(queued.value());
  const std::string notice(queued.value().body.at("notice").as_string());
  const std::string path = with_query(api_path({"notify", "log"}), {{"notice", notice}});
  json::array items;
  for (int second = 0; second < kMostSeconds && !all_settled(items); ++second) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    const auto log = client.value().send("GET", path);
    if (!log) return call.complain(log.error());
    if (!log.value().ok()) return call.complain(log.value());
    items = log.value().body.at("items").as_array();
  }
  if (call.context.json) {
    call.context.out << json::serialize(json::object{{"items", items}}) << "\n";
  } else {
    print_log(call.context, items);
  }
  return all_sent(items) && !items.empty() ? kDone : kFailed;
}

void add_webhook_commands(CLI::App& notify, Runner runner) {
  CLI::App* webhook = add_noun(notify, "webhook", "programs and chats that are told");
  Command(webhook, runner, "add", "add one; a signed one's secret is printed this once", Command::Url::kSite)
      .positional("NAME", "name", "as people call it")
      .text("--url", "url", "https://…")
      .required()
      .choice("--form", "form", "standard (signed), slack or teams", {"standard", "slack", "teams"})
      .texts("--kinds", "kinds", "token.expiring, or token. for all of a noun; none: everything")
      .run([](Call& call) {
        call.body["name"] = call.text("name");
        if (call.body.contains("form") && call.body.at("form").as_string() != "standard")
          return call.post(api_path({"webhooks"}), print_record);
        return call.send_for_secret(api_path({"webhooks"}), "secret", [](const json::object& made) {
          return "Webhook " + std::string(made.at("name").as_string()) + " is added; the secret checks its signatures.";
        });
      });
  Command(webhook, runner, "list", "list them").run([](Call& call) {
    return call.list(api_path({"webhooks"}), [](Context& context, const json::value& items) {
      print_table(context, items,
                  {{"NAME", "name"},
                   {"WHERE", "origin"},
                   {"FORM", "form"},
                   {"KINDS", "kinds"},
                   {"STATE", "state"},
                   {"REASON", "reason"}});
    });
  });
  Command(webhook, runner, "resume", "enable one again").positional("NAME", "webhook", "its name or id").run([](Call& call) {
    return call.post(api_path({"webhooks", call.text("webhook"), "resume"}), print_record);
  });
  Command(webhook, runner, "remove", "remove one").positional("NAME", "webhook", "its name or id").run([](Call& call) {
    return call.send("DELETE", api_path({"webhooks", call.text("webhook")}), print_record);
  });
}

void add_calendar_commands(CLI::App& notify, Runner runner) {
  CLI::App* calendar = add_noun(notify, "calendar", "iCalendar addresses of what ends");
  Command(calendar, runner, "add", "make an address for a person; it is printed this once")
      .text("--user", "user", "e-mail address; yours by default")
      .run([](Call& call) {
        return call.send_for_secret(api_path({"calendars"}), "path", [](const json::object& made) {
          return "Calendar " + std::string(made.at("id").as_string()) + " of " + std::string(made.at("user").as_string()) +
                 "; subscribe to this path on the admin address.";
        });
      });
  Command(calendar, runner, "list", "list them, without their secrets").run([](Call& call) {
    return call.list(api_path({"calendars"}), [](Context& context, const json::value& items) {
      print_table(context, items, {{"ID", "id"}, {"USER", "user"}, {"CREATED", "created_at"}});
    });
  });
  Command(calendar, runner, "revoke", "end one").positional("ID", "calendar", "its id").run([](Call& call) {
    return call.send("DELETE", api_path({"calendars", call.text("calendar")}), print_record);
  });
}

}  // namespace

void add_notify_commands(CLI::App& root, Runner runner) {
  CLI::App* notify = add_noun(root, "notify", "telling people: what was told, acknowledging, channels");
  Command(notify, runner, "log", "what was told to whom, and what became of it; newest first")
      .text("--subject", "subject", "about the token, account … with this id")
      .text("--recipient", "recipient", "a person's e-mail address, or a webhook's name")
      .integer("--limit", "limit", "1 to 1000; 100 by default")
      .run([](Call& call) {
        return call.get(with_query(api_path({"notify", "log"}), call.query()),
                        [](Context& context, const json::value& body) { print_log(context, body.at("items")); });
      });
  Command(notify, runner, "open", "what is open: who was told, who acknowledged; exit 6 where nobody has")
      .text("--subject", "subject", "of the token, account … with this id")
      .flag("--mine", "mine", "of which you were told, and which nobody has acknowledged")
      .run([](Call& call) {
        int status = kDone;
        const json::value found = call.fetch("GET", with_query(api_path({"notify", "matters"}), call.query()), status);
        if (status != kDone) return status;
        const json::value& items = found.at("items");
        if (call.context.json) {
          call.context.out << json::serialize(found) << "\n";
        } else {
          print_table(call.context, items,
                      {{"ID", "id"},
                       {"WHAT", "topic"},
                       {"NAME", "subject_name"},
                       {"SINCE", "opened_at"},
                       {"TOLD", "told"},
                       {"GOES UP AT", "escalates_at"},
                       {"ACKNOWLEDGED", "acknowledged_by"}});
        }
        for (const json::value& one : items.as_array()) {
          if (one.at("acknowledged_at").is_null()) return static_cast<int>(kFoundSomething);
        }
        return static_cast<int>(kDone);
      });
  Command(notify, runner, "ack", "say that you take care of it")
      .positional("ID", "matter", "as notify open lists it")
      .run([](Call& call) {
        return call.post(api_path({"notify", "matters", call.text("matter"), "acknowledge"}), print_record);
      });
  Command(notify, runner, "test", "send a test to a person and to every webhook, and tell how it went")
      .text("--to", "to", "e-mail address of a person; yours by default")
      .run(test);
  Command(notify, runner, "digest", "when mail that does not hurry is sent to a person")
      .positional("WHEN", "digest", "none, hourly or daily; left out: what you have", false)
      .text("--user", "user", "e-mail address; yours by default")
      .run([](Call& call) {
        if (call.text("digest").empty() && call.body.empty()) return call.get(api_path({"notify", "digest"}), print_record);
        call.body["digest"] = call.text("digest");
        return call.send("PUT", api_path({"notify", "digest"}), print_record);
      });
  add_webhook_commands(*notify, runner);
  add_calendar_commands(*notify, runner);
}

}  // namespace gatehouse::cli
