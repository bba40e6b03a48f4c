// LinkRewriter: links of one site for programs (`self`, `nextPage`, attachment `content`) turned into links to the gateway.
//
// One is made for each way to reach a site (by path prefix, by host name). Links for people (`/browse/…`) are left alone. Pure.
//
// Confluence pages its lists by links without a host ("next":"/wiki/api/v2/…"): these get the prefix of the gateway's path.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::gateway {

class LinkRewriter {
 public:
  /// `site_bases`: what upstream's own links begin with, without a trailing slash: the site's base URL, and
  /// https://api.atlassian.com/ex/jira/{cloudId} where it has one. `gateway_base`: what stands there for the client, such as
  /// http://127.0.0.1:8480/ex/jira/acme. None of them holds a character that JSON escapes.
  enum class Relative : bool { kNone = false, kNext = true };
  LinkRewriter(std::vector<std::string> site_bases, std::string gateway_base, Relative relative = Relative::kNone);

  /// The link as the client must follow it, or empty where it does not lead to the site's REST API (or holds dot segments):
  /// then it is dropped.
  std::string rewrite(std::string_view link) const;
  /// The other way: a link of ours that a client sends back, to a path of the site; empty if it is not ours.
  std::string_view path_of_own(std::string_view link) const;
  /// Appends a JSON text and rewrites each string in it that begins with a link to the site's API.
  void append_rewritten(std::string_view json, std::string& out) const;
  const std::string& gateway_base() const noexcept { return gateway_base_; }
  /// "/ex/confluence/wiki", or empty where the site is reached by a host name.
  const std::string& path_prefix() const noexcept { return path_prefix_; }
  /// What append_rewritten looks at as one: a text must not be cut in the middle of it.
  static constexpr std::string_view kNext = "\"next\":";

 private:
  std::vector<std::string> site_bases_;
  std::string gateway_base_;
  std::string path_prefix_;
  Relative relative_;

  void append_absolute(std::string_view json, std::string& out) const;
};

}  // namespace gatehouse::gateway
