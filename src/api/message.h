// One request to the admin listener and its answer, as plain values: what admin_server.h hands to the API and to the panel.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::admin {
class EventStream;  // admin/live_events.h
}

namespace gatehouse::api {

using HeaderFields = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string target;  ///< origin-form, as it was sent
  HeaderFields fields;
  std::string body;
  std::string address;  ///< the client's, or what a trusted proxy said
  std::string id;       ///< made by the server; stands in problem documents and logs
  /// The first value of that name (compared without case), or empty.
  std::string_view field(std::string_view name) const noexcept;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";  ///< empty: no body
  std::string body;
  HeaderFields fields;
  std::shared_ptr<admin::EventStream> stream = {};  ///< what it writes until it ends, instead of `body`
};

/// Compares header names as RFC 9110 section 5.1 says.
bool same_name(std::string_view left, std::string_view right) noexcept;
/// The reason phrase of a status; "Unknown" for one that the admin listener never sends.
std::string_view reason_phrase(int status) noexcept;

}  // namespace gatehouse::api
