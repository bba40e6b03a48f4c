#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <iostream>

#include "base/clock.h"

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

int exit_of(int status) {
  switch (status) {
    case 400:  // what was typed is wrong, whether this program noticed or the server
    case 422: return kWrongUsage;
    case 401:
    case 403: return kNotAllowed;
    case 404: return kNotFound;
    case 409:
    case 412: return kConflict;
    default: return kFailed;
  }
}

std::string member_text(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

std::string check_instant(const std::string& text) {
  const auto at = parse_instant(text);
  return at ? std::string() : at.error().public_detail;
}

std::string check_duration(const std::string& text) {
  const auto span = parse_duration(text);
  return span ? std::string() : span.error().public_detail;
}

std::string check_number(const std::string& text) {
  const bool right = !text.empty() && text.size() <= 9 && text.find_first_not_of("0123456789") == std::string::npos;
  return right ? std::string() : "Not a whole number.";
}

/// Pages come in the order of random ids; people and scripts get the oldest first. What has no age (records, writes) keeps its
/// order.
void sort_by_age(json::value& items) {
  std::vector<std::pair<Instant, json::value>> aged;
  for (const json::value& item : items.as_array()) {
    const json::object* object = item.if_object();
    const auto at = parse_instant(object ? member_text(*object, "created_at") : std::string());
    if (!at) return;
    aged.emplace_back(at.value(), item);
  }
  std::stable_sort(aged.begin(), aged.end(), [](const auto& left, const auto& right) { return left.first < right.first; });
  json::array sorted;
  for (auto& [at, item] : aged) sorted.push_back(std::move(item));
  items = std::move(sorted);
}

}  // namespace

std::string Call::text(std::string_view name) const { return member_text(positional, name); }

QueryParameters Call::query() const {
  QueryParameters parameters;
  for (const auto& member : body) {
    const json::value& value = member.value();
    if (value.is_string()) {
      parameters.emplace_back(std::string(member.key()), std::string(value.get_string()));
    } else if (value.is_bool()) {
      parameters.emplace_back(std::string(member.key()), value.get_bool() ? "true" : "false");
    } else if (value.is_int64()) {
      parameters.emplace_back(std::string(member.key()), std::to_string(value.get_int64()));
    }
  }
  return parameters;
}

int Call::complain(const Error& error) {
  context.err << "gatehouse: " << error.public_detail << "\n";
  if (error.code == Errc::kUnavailable) return kNotReached;
  return error.code == Errc::kInvalidArgument ? kWrongUsage : kFailed;
}

int Call::complain(const Answer& answer) {
  const json::object* problem = answer.body.if_object();
  const std::string detail = problem ? member_text(*problem, "detail") : std::string();
  context.err << "gatehouse: " << (detail.empty() ? "The server answered " + std::to_string(answer.status) + "." : detail);
  if (problem) {
    if (const std::string field = member_text(*problem, "field"); !field.empty()) context.err << " (" << field << ")";
    if (const std::string id = member_text(*problem, "request_id"); answer.status >= 500 && !id.empty())
      context.err << " [request " << id << "]";
    if (context.json) context.out << json::serialize(*problem) << "\n";
  }
  context.err << "\n";
  return exit_of(answer.status);
}

int Call::finish(const Result<Answer>& answer, const Printer& printer) {
  if (!answer) return complain(answer.error());
  if (!answer.value().ok()) return complain(answer.value());
  if (context.json) {
    context.out << json::serialize(answer.value().body) << "\n";
  } else if (printer) {
    printer(context, answer.value().body);
  }
  return kDone;
}

int Call::get(const std::string& path, const Printer& printer) {
  const auto client = Client::make(context);
  if (!client) return complain(client.error());
  return finish(client.value().send("GET", path), printer);
}

int Call::list(const std::string& path, const Printer& printer) {
  const auto client = Client::make(context);
  if (!client) return complain(client.error());
  auto answer = client.value().list(path, query());
  if (answer && answer.value().ok()) sort_by_age(answer.value().body);
  return finish(answer, printer);
}

int Call::send(std::string_view method, const std::string& path, const Printer& printer) {
  const auto client = Client::make(context);
  if (!client) return complain(client.error());
  return finish(client.value().send(method, path, body.empty() ? nullptr : &body), printer);
}

int Call::send_for_secret(const std::string& path, std::string_view member,
                          const std::function<std::string(const json::object&)>& words) {
  return send("POST", path, [&](Context& where, const json::value& answer) {
    const json::object& object = answer.as_object();
    where.out << member_text(object, member) << "\n";
    where.err << words(object);
  });
}

json::value Call::fetch(std::string_view method, const std::string& path, int& status) {
  status = kDone;
  const auto client = Client::make(context);
  if (!client) {
    status = complain(client.error());
    return nullptr;
  }
  const auto answer = client.value().send(method, path, body.empty() || method == "GET" ? nullptr : &body);
  if (!answer) {
    status = complain(answer.error());
    return nullptr;
  }
  if (!answer.value().ok()) {
    status = complain(answer.value());
    return nullptr;
  }
  return answer.value().body;
}

void add_common_options(CLI::App& app, Context& context, bool with_url) {
  if (!app.get_option_no_throw("--json")) app.add_flag("--json", context.json, "one JSON document on standard output");
  if (with_url && !app.get_option_no_throw("--url")) {
    app.add_option("--url", context.url, "the server's admin address (GATEHOUSE_URL; http://127.0.0.1:8481)");
  }
  if (!app.get_option_no_throw("--key-file")) {
    app.add_option("--key-file", context.key_file, "a file with the administrator key (else GATEHOUSE_KEY)");
  }
}

Command::Command(CLI::App* parent, Runner runner, const std::string& name, const std::string& about, Url url)
    : app_(parent->add_subcommand(name, about)), runner_(runner), call_(std::make_shared<Call>(runner.context)) {
  add_common_options(*app_, runner.context, url == Url::kServer);
}

CLI::Option* Command::add(const std::string& flag, const std::string& member, const std::string& about) {
  last_ = app_->add_option_function<std::string>(
      flag, [call = call_, member](const std::string& value) { call->body[member] = value; }, about);
  return last_;
}

Command& Command::positional(const std::string& word, const std::string& name, const std::string& about, bool needed) {
  last_ = app_->add_option_function<std::string>(
      word, [call = call_, name](const std::string& value) { call->positional[name] = value; }, about);
  last_->required(needed);
  return *this;
}

Command& Command::text(const std::string& flag, const std::string& member, const std::string& about) {
  add(flag, member, about);
  return *this;
}

Command& Command::choice(const std::string& flag, const std::string& member, const std::string& about,
                         std::vector<std::string> choices) {
  add(flag, member, about)->check(CLI::IsMember(std::move(choices)));
  return *this;
}

Command& Command::texts(const std::string& flag, const std::string& member, const std::string& about) {
  last_ = app_->add_option_function<std::vector<std::string>>(
      flag,
      [call = call_, member](const std::vector<std::string>& values) {
        json::array all;
        for (const std::string& value : values) all.emplace_back(value);
        call->body[member] = std::move(all);
      },
      about);
  // One value each time it is named, so that it does not swallow the ID that follows.
  last_->delimiter(',')->allow_extra_args(false);
  return *this;
}

Command& Command::flag(const std::string& flag, const std::string& member, const std::string& about) {
  last_ = app_->add_flag_callback(
      flag, [call = call_, member] { call->body[member] = true; }, about);
  return *this;
}

Command& Command::instant(const std::string& flag, const std::string& member, const std::string& about) {
  add(flag, member, about)->check(check_instant, "INSTANT");
  return *this;
}

Command& Command::duration(const std::string& flag, const std::string& member, const std::string& about) {
  add(flag, member, about)->check(check_duration, "DURATION");
  return *this;
}

Command& Command::integer(const std::string& flag, const std::string& member, const std::string& about) {
  last_ = app_->add_option_function<std::string>(
      flag, [call = call_, member](const std::string& value) { call->body[member] = std::stoll(value); }, about);
  last_->check(check_number, "NUMBER");
  return *this;
}

Command& Command::local(const std::string& flag, const std::shared_ptr<std::string>& value, const std::string& about) {
  last_ = app_->add_option_function<std::string>(
      flag, [value](const std::string& given) { *value = given; }, about);
  return *this;
}

Command& Command::without_key_file() {
  app_->remove_option(app_->get_option("--key-file"));
  return *this;
}

Command& Command::required() {
  last_->required();
  return *this;
}

void Command::run(std::function<int(Call&)> action) {
  app_->callback([call = call_, runner = runner_, action = std::move(action)] {
    try {
      runner.exit_status = action(*call);
    } catch (const std::exception&) {
      // Boost.JSON throws where a member is missing or of another type.
      call->context.err << "gatehouse: The server's answer is not what this command expects. Is --url the admin address, and of "
                           "the same version?\n";
      runner.exit_status = kFailed;
    }
  });
}

CLI::App* add_noun(CLI::App& parent, const std::string& name, const std::string& about) {
  // local/ may have made it already, for the verbs that open the data folder themselves.
  const auto made = parent.get_subcommands([&name](CLI::App* one) { return one->get_name() == name; });
  CLI::App* noun = made.empty() ? parent.add_subcommand(name, about) : made.front();
  noun->require_subcommand(1);
  return noun;
}

}  // namespace gatehouse::cli
