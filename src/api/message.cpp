#include "api/message.h"

#include <algorithm>

#include "base/text.h"

namespace gatehouse::api {
bool same_name(std::string_view left, std::string_view right) noexcept { return same_without_case(left, right); }

std::string_view Request::field(std::string_view name) const noexcept {
  const auto found = std::find_if(fields.begin(), fields.end(), [name](const auto& one) { return same_name(one.first, name); });
  return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view reason_phrase(int status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 303: return "See Other";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Unknown";
  }
}

}  // namespace gatehouse::api
