// report shared --plan: an `apply` file that gives each consumer of a shared token an account of its own.
#include <algorithm>
#include <map>
#include <set>

#include "admin/find.h"
#include "admin/recorder.h"
#include "inventory/report.h"
#include "inventory/subject_document.h"
#include "store/places.h"

namespace gatehouse::inventory {
namespace {

using store::Subject;

/// A scalar that no YAML reader takes for anything but this text (YAML 1.2, section 7.3.1: double quotes, JSON's escapes).
std::string quoted(const std::string& text) { return boost::json::serialize(boost::json::value(text)); }

std::string list_of(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + quoted(word);
  return "[" + out + "]";
}

/// "ci-builds-python-requests": the rules of handles, 63 characters at most.
std::string handle_for(const std::string& account, const std::string& consumer, std::set<std::string>& taken) {
  std::string handle = account + "-";
  for (const char c : consumer) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const bool capital = c >= 'A' && c <= 'Z';
    if (plain || capital) {
      handle += static_cast<char>(capital ? c - 'A' + 'a' : c);
    } else if (handle.back() != '-') {
      handle += '-';
    }
  }
  handle.resize(std::min<std::size_t>(handle.size(), 56));
  while (handle.back() == '-') handle.pop_back();
  std::string unique = handle;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = handle + "-" + std::to_string(i);
  return unique;
}

/// What one consumer did, from the ticks that are still kept.
struct Did {
  std::set<std::string> scopes;
  std::set<std::string> resources;
};

Result<Did> did(const admin::Services& services, const store::Repositories& at, const Credential& token,
                const store::Seen& consumer, const std::vector<store::UsageTick>& ticks) {
  Did done;
  for (const store::UsageTick& tick : ticks) {
    if (tick.outcome != "permitted" || store::place_of(tick.address) != consumer.a ||
        store::tool_of(tick.user_agent) != consumer.b)
      continue;
    const auto site = at.sites.get(tick.site);
    if (!site) continue;
    const auto catalogue = services.gateway.catalogue_of(site.value().value);
    const auto* const operation = catalogue ? catalogue->find(tick.operation) : nullptr;
    if (operation) {
      const bool classic = operation->has_classic && token.scopes.includes(operation->classic);
      for (const std::string& scope : scope_names(classic ? operation->classic : operation->granular)) done.scopes.insert(scope);
    }
    for (const std::string& key : split_words(tick.resource)) {
      done.resources.insert(format_resource_name(site.value().value.key, key));
    }
  }
  return done;
}

/// Never more than the token has: what was not seen to be used falls back to the whole of it.
void keep_within(Did& done, const std::set<std::string>& scopes, const std::vector<std::string>& boundary) {
  std::erase_if(done.scopes, [&](const std::string& scope) { return !scopes.contains(scope); });
  const auto inside = [&](const std::string& name) {
    const std::string site = name.substr(0, name.find('/')) + "/*";
    return std::find(boundary.begin(), boundary.end(), name) != boundary.end() ||
           std::find(boundary.begin(), boundary.end(), site) != boundary.end();
  };
  std::erase_if(done.resources, [&](const std::string& name) { return !inside(name); });
  if (done.scopes.empty()) done.scopes = scopes;
  if (done.resources.empty()) done.resources = {boundary.begin(), boundary.end()};
}

struct Sections {
  std::string accounts;
  std::string grants;
  std::string tokens;
};

void add(Sections& to, const Subject& subject, const std::string& role, const std::string& handle, const store::Seen& consumer,
         const Did& done) {
  to.accounts += "  - handle: " + quoted(handle) +
                 "\n    owner: " + quoted(answers_for(subject).empty() ? "EMAIL" : answers_for(subject)) + "\n";
  if (subject.deputy.live) to.accounts += "    deputy: " + quoted(subject.deputy.email) + "\n";
  to.accounts += "    purpose: " + quoted(subject.purpose + " (the part that " + consumer.b + " does)") +
                 "\n    runs_in: " + quoted(consumer.b + " at " + consumer.a) + "\n";
  const std::string with_role = role.empty() ? "" : "    role: " + quoted(role) + "\n";
  for (const std::string& resource : done.resources) {
    to.grants += "  - account: " + quoted(handle) + "\n    resource: " + quoted(resource) +
                 "\n    scopes: " + list_of(done.scopes) + "\n" + with_role;
  }
  to.tokens += "  - account: " + quoted(handle) + "\n    name: " + quoted(subject.name) +
               "\n    resources: " + list_of(done.resources) + "\n    scopes: " + list_of(done.scopes) + "\n" + with_role +
               "    expires_in: \"90d\"\n";
}

Result<void> split(const admin::Services& services, const store::Repositories& at, const store::Finding& finding,
                   const std::vector<store::Seen>& seen, const std::vector<std::string>& boundary, std::set<std::string>& taken,
                   Sections& to) {
  const Subject& subject = finding.subject;
  GH_TRY(const auto credential, at.credentials.get(CredentialId(subject.id)));
  GH_TRY(const auto ticks, at.usage.ticks(credential.value.id, Instant{}, 10'000));
  auto consumers = seen_of(seen, subject.id, store::SeenKind::kConsumer);
  // The busiest keeps the account and the token that are there.
  std::stable_sort(consumers.begin(), consumers.end(),
                   [](const auto* left, const auto* right) { return left->requests > right->requests; });
  const auto words = split_words(subject.scopes);
  for (std::size_t i = 1; i < consumers.size(); ++i) {
    const store::Seen& consumer = *consumers[i];
    if (consumer.a == store::kOthers) continue;
    GH_TRY(Did done, did(services, at, credential.value, consumer, ticks));
    keep_within(done, {words.begin(), words.end()}, boundary);
    const bool same_tool = std::any_of(consumers.begin(), consumers.end(),
                                       [&](const store::Seen* other) { return other != &consumer && other->b == consumer.b; });
    const std::string handle = handle_for(subject.account, same_tool ? consumer.b + " " + consumer.a : consumer.b, taken);
    add(to, subject, subject.role, handle, consumer, done);
  }
  return success();
}

}  // namespace

Result<std::string> split_plan(admin::Services& services, std::string_view token, int limit) {
  GH_TRYV(admin::flush_records(services));
  const Instant now = services.clock.now();
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(store::Findings findings, at.reports.shared(now, token.empty() ? limit : 10'000));
  if (!token.empty()) {
    GH_TRY(const auto wanted, admin::find_token(at, token));
    std::erase_if(findings.items, [&](const store::Finding& one) { return one.subject.id != wanted.value.id.value; });
    if (findings.items.empty())
      return fail(Errc::kNotFound, "This token has had one consumer only in the last 30 days: there is nothing to split.");
  }
  std::vector<std::string> ids;
  for (const store::Finding& finding : findings.items) ids.push_back(finding.subject.id);
  GH_TRY(const auto seen, at.reports.seen(ids));
  GH_TRY(const auto boundaries, at.reports.resources(ids));
  Sections sections;
  std::set<std::string> taken;
  for (const store::Finding& finding : findings.items) {
    std::vector<std::string> boundary;
    for (const auto& [id, name] : boundaries) {
      if (id == finding.subject.id) boundary.push_back(name);
    }
    GH_TRYV(split(services, at, finding, seen, boundary, taken, sections));
  }
  if (sections.accounts.empty()) return std::string("# No token is shared: there is nothing to split.\n");
  return "# Made by `gatehouse report shared --plan` at " + format_instant(now) +
         ". Read and correct it; then: gatehouse apply -f FILE\n# The busiest consumer of each token keeps it; each other one "
         "gets an "
         "account, grants and a token of its own.\nversion: 1\naccounts:\n" +
         sections.accounts + "grants:\n" + sections.grants + "tokens:\n" + sections.tokens;
}

}  // namespace gatehouse::inventory
