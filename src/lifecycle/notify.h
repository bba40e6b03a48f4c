// Use cases of telling people: the delivery log, acknowledging, webhooks, calendar feeds, digests, tests. The REST API calls
// them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "base/secret.h"

namespace gatehouse::lifecycle {

struct LogQuery {
  std::string subject;    ///< an id
  std::string recipient;  ///< a person's e-mail address, or a webhook's name
  std::string notice;     ///< an id
};
/// Newest first: each message with its state, attempts and last outcome.
Result<admin::Documents> notify_log(admin::Services& services, const LogQuery& query, int limit);

/// What is open: who was told so far, when the next rung is, who acknowledged. `subject` empty: everything. `mine`, and always
/// for who does not read everything: those that nobody has acknowledged, of which the caller was told and which they may
/// acknowledge. "mine" says so of each.
Result<admin::Documents> list_matters(admin::Services& services, const Caller& caller, const std::string& subject, bool mine);
/// Ends its escalation. A reused secret is closed by it, since nothing else would. Acknowledging again
/// changes nothing.
Result<admin::Document> acknowledge(admin::Services& services, const Caller& caller, const std::string& matter);

/// The same by the link in a message. kNotFound where the link is none of ours.
Result<admin::Document> acknowledge_by_link(admin::Services& services, std::string_view link, std::string_view address,
                                            std::string_view user_agent);
/// What the link's page shows: {"title","text","state"}, and for a credential where the panel rotates it and hands it over
/// ("rotate","transfer", paths on the admin listener). Changes nothing, since mail programs look at links by themselves.
Result<admin::Document> look_at_link(admin::Services& services, std::string_view link);

/// Queues a test to a person's mail (empty: the caller's) and to every webhook: {"notice"}; the log tells what became of it.
Result<admin::Document> queue_test(admin::Services& services, const Caller& caller, const std::string& to);

struct AddWebhook {
  std::string name;
  std::string url;
  std::string form = "standard";  ///< standard, slack, teams
  std::vector<std::string> kinds;
};
/// With "secret" (whsec_…) where the form is standard: shown this once.
Result<admin::Document> add_webhook(admin::Services& services, const Caller& caller, const AddWebhook& request);
Result<admin::Documents> list_webhooks(admin::Services& services);
Result<admin::Document> resume_webhook(admin::Services& services, const Caller& caller, std::string_view webhook);
Result<void> remove_webhook(admin::Services& services, const Caller& caller, std::string_view webhook);

/// {"id","user","path"}: the path on the admin listener, which is the feed's secret and shown this once. `user` empty: the
/// caller.
Result<admin::Document> add_feed(admin::Services& services, const Caller& caller, const std::string& user);
/// Without their secrets.
Result<admin::Documents> list_feeds(admin::Services& services);
Result<void> revoke_feed(admin::Services& services, const Caller& caller, const std::string& id);
/// The iCalendar text behind a feed's address. kNotFound, with the same words, whatever is wrong with it.
Result<std::string> read_feed(admin::Services& services, std::string_view secret);

/// When calm mail is sent to the caller.
Result<admin::Document> show_digest(admin::Services& services, const Caller& caller);
/// When calm mail is sent to a person: none, hourly, daily. `user` empty: the caller; another's is an organization
/// administrator's to set.
Result<admin::Document> set_digest(admin::Services& services, const Caller& caller, const std::string& user,
                                   std::string_view digest);

}  // namespace gatehouse::lifecycle
