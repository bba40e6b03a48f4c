#include "inventory/apply_file.h"

#include <algorithm>
#include <set>

#include "catalogue/document_tree.h"
#include "inventory/register_file.h"

namespace gatehouse::inventory {
namespace {

using catalogue::Node;
using catalogue::read_yaml;

constexpr std::size_t kMostEntries = 5000;

/// One entry: its members are taken by name, and what nobody took is not known.
class Entry {
 public:
  explicit Entry(const Node& node) : node_(node) {}

  int line() const noexcept { return node_.line; }

  std::optional<std::string> maybe(std::string_view name) {
    const Node* const found = take(name);
    if (!found || found->kind == Node::Kind::kNull) return std::nullopt;
    if (found->kind != Node::Kind::kScalar) return wrong(*found, name, "it is a text.");
    return found->text;
  }
  std::string text(std::string_view name) { return maybe(name).value_or(std::string()); }
  std::string needed(std::string_view name) {
    auto value = maybe(name);
    if (!value && !problem_) problem_ = wrong_field(node_.line, name, "it must be there.");
    return value.value_or(std::string());
  }
  std::optional<std::vector<std::string>> maybe_list(std::string_view name) {
    const Node* const found = take(name);
    if (!found) return std::nullopt;
    std::vector<std::string> values;
    if (found->kind == Node::Kind::kScalar) values.push_back(found->text);
    if (found->kind == Node::Kind::kMap) {
      wrong(*found, name, "it is a list of texts.");
      return std::nullopt;
    }
    for (const Node& one : found->items) {
      if (one.kind != Node::Kind::kScalar) {
        wrong(one, name, "it is a list of texts.");
        return std::nullopt;
      }
      values.push_back(one.text);
    }
    return values;
  }
  std::vector<std::string> list(std::string_view name) { return maybe_list(name).value_or(std::vector<std::string>()); }
  bool flag(std::string_view name) {
    const auto value = maybe(name);
    if (value && *value != "true" && *value != "false") wrong(*find(name), name, "it is true or false.");
    return value == "true";
  }
  std::optional<Duration> duration(std::string_view name) {
    const auto value = maybe(name);
    if (!value) return std::nullopt;
    const auto span = parse_duration(*value);
    if (!span) wrong(*find(name), name, span.error().public_detail);
    return span ? std::optional<Duration>(span.value()) : std::nullopt;
  }
  std::optional<Instant> instant(std::string_view name) {
    const auto value = maybe(name);
    if (!value) return std::nullopt;
    const auto at = parse_instant(*value);
    if (!at) wrong(*find(name), name, at.error().public_detail);
    return at ? std::optional<Instant>(at.value()) : std::nullopt;
  }
  /// The first thing that is wrong: with a value, or a member that nobody asked for.
  Result<void> finish() const {
    if (problem_) return *problem_;
    for (const auto& [name, node] : node_.members) {
      if (!taken_.contains(name)) return wrong_field(node.line, name, "there is no such member here.");
    }
    return success();
  }

 private:
  const Node* find(std::string_view name) const {
    const auto found =
        std::find_if(node_.members.begin(), node_.members.end(), [name](const auto& one) { return one.name == name; });
    return found == node_.members.end() ? nullptr : &found->value;
  }
  const Node* take(std::string_view name) {
    taken_.insert(std::string(name));
    return find(name);
  }
  std::nullopt_t wrong(const Node& node, std::string_view name, std::string_view what) {
    if (!problem_) problem_ = wrong_field(node.line, name, what);
    return std::nullopt;
  }

  const Node& node_;
  std::set<std::string, std::less<>> taken_;
  std::optional<Error> problem_;
};

ApplySite read_site(Entry& entry) {
  return {entry.needed("key"), entry.text("product"), entry.maybe("url"), entry.maybe("cloud_id"), entry.maybe("host")};
}

admin::AddUser read_user(Entry& entry) {
  admin::AddUser user;
  user.email = entry.needed("email");
  user.name = entry.needed("name");
  user.role = entry.needed("role");
  user.resources = entry.list("resources");
  return user;
}

ApplyAccount read_account(Entry& entry) {
  ApplyAccount account;
  account.handle = entry.needed("handle");
  account.owner = entry.maybe("owner");
  admin::EditAccount& rest = account.rest;
  rest.deputy = entry.maybe("deputy");
  rest.purpose = entry.maybe("purpose");
  rest.runs_in = entry.maybe("runs_in");
  rest.tool = entry.maybe("tool");
  rest.repository = entry.maybe("repository");
  rest.job = entry.maybe("job");
  rest.link = entry.maybe("link");
  rest.declared_sites = entry.maybe_list("declared_sites");
  rest.declared_resources = entry.maybe_list("declared_resources");
  rest.declared_scopes = entry.maybe_list("declared_scopes");
  rest.docs = entry.maybe("docs");
  rest.runbook = entry.maybe("runbook");
  rest.rotation_plan = entry.maybe("rotation_plan");
  rest.rotate_every = entry.duration("rotate_every");
  rest.expected_every = entry.duration("expected_every");
  rest.criticality = entry.maybe("criticality");
  return account;
}

admin::AddGrant read_grant(Entry& entry) {
  admin::AddGrant grant;
  grant.account = entry.needed("account");
  grant.resource = entry.needed("resource");
  grant.scopes = entry.list("scopes");
  grant.role = entry.text("role");
  grant.directory = entry.flag("directory");
  grant.include_restricted = entry.text("restricted") == "include";
  return grant;
}

admin::CreateToken read_token(Entry& entry) {
  admin::CreateToken token;
  token.account = entry.needed("account");
  token.name = entry.needed("name");
  token.resources = entry.list("resources");
  token.scopes = entry.list("scopes");
  token.role = entry.text("role");
  token.expires_in = entry.duration("expires_in");
  token.expires_at = entry.instant("expires_at");
  token.rotate_every = entry.duration("rotate_every");
  token.permanent = !token.expires_in && !token.expires_at;
  token.owner = entry.text("owner");
  token.hand_to = entry.text("for");
  token.allow_ips = entry.list("allow_ips");
  token.rate = entry.text("rate");
  return token;
}

template <class T, class Read>
Result<std::vector<AtLine<T>>> read_list(const Node& node, std::string_view name, const Read& read) {
  std::vector<AtLine<T>> all;
  if (node.kind == Node::Kind::kNull) return all;
  if (node.kind != Node::Kind::kList) return wrong_field(node.line, name, "it is a list.");
  if (node.items.size() > kMostEntries) return wrong_field(node.line, name, "it has more than 5000 entries; make several files.");
  for (const Node& one : node.items) {
    if (one.kind != Node::Kind::kMap) return wrong_field(one.line, name, "each entry has members.");
    Entry entry(one);
    T value = read(entry);
    GH_TRYV(entry.finish());
    all.push_back({std::move(value), one.line});
  }
  return all;
}

Result<void> read_policies(const Node& node, ApplyFile& file) {
  if (node.kind == Node::Kind::kNull) return success();
  if (node.kind != Node::Kind::kMap) return wrong_field(node.line, "policies", "it has a member for each policy.");
  for (const auto& [name, value] : node.members) {
    if (value.kind != Node::Kind::kScalar) return wrong_field(value.line, name, "it is a text.");
    file.policies.push_back({{name, value.text}, value.line});
  }
  return success();
}

}  // namespace

Result<ApplyFile> read_apply_file(std::string_view yaml) {
  GH_TRY(const Node root, read_yaml(yaml));
  if (root.kind != Node::Kind::kMap) return wrong_field(root.line, "version", "the file begins with version: 1.");
  ApplyFile file;
  bool version = false;
  for (const auto& [name, node] : root.members) {
    if (name == "version") {
      version = node.kind == Node::Kind::kScalar && node.text == "1";
      if (!version) return wrong_field(node.line, name, "only version 1 is known.");
    } else if (name == "label") {
      const bool plain = node.kind == Node::Kind::kScalar && !node.text.empty() && node.text.size() <= 64 &&
                         node.text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos;
      if (!plain) return wrong_field(node.line, name, "up to 64 of a-z, 0-9, hyphen, underscore and dot.");
      file.label = node.text;
    } else if (name == "sites") {
      GH_TRY(file.sites, read_list<ApplySite>(node, name, read_site));
    } else if (name == "users") {
      GH_TRY(file.users, read_list<admin::AddUser>(node, name, read_user));
    } else if (name == "accounts") {
      GH_TRY(file.accounts, read_list<ApplyAccount>(node, name, read_account));
    } else if (name == "grants") {
      GH_TRY(file.grants, read_list<admin::AddGrant>(node, name, read_grant));
    } else if (name == "tokens") {
      GH_TRY(file.tokens, read_list<admin::CreateToken>(node, name, read_token));
    } else if (name == "policies") {
      GH_TRYV(read_policies(node, file));
    } else {
      return wrong_field(node.line, name, "there is no such member here.");
    }
  }
  if (!version) return wrong_field(root.line, "version", "the file begins with version: 1.");
  return file;
}

}  // namespace gatehouse::inventory
