// What an app asks a person for, in plain words, and what the person chose: shared by /authorize and the device grant.
//
// What is asked for is held against the app's maximum; the person chooses the projects, and may choose fewer than were asked for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "admin/sessions.h"
#include "model/consent.h"
#include "oauth/code.h"
#include "oauth/context.h"
#include "oauth/narrowing.h"
#include "oauth/parameters.h"
#include "store/oauth.h"
#include "token/live_index.h"

namespace gatehouse::oauth {

/// A request of an app that is known and live.
struct Asked {
  std::string query;  ///< as it came
  Parameters parameters;
  token::LiveCredentialPtr app;
  std::string app_name;
  store::OAuthClient client;
  // Filled by check_wanted().
  ScopeSet scopes;
  bool offline = false;
  Narrowed wanted;
};

/// Nothing where it can't be read or names no such app; `why` says it to the person.
std::optional<Asked> find_app(Context& context, const std::string& query, std::string& why);
/// scope, audience and what is said of resources.
Answered<bool> check_wanted(Context& context, Asked& asked);

/// What this person let this app do before.
std::optional<Consent> consent_of(Context& context, const UserId& user, const Asked& asked);
/// Whether what was consented to before holds all that is asked for now.
bool remembered(const Asked& asked, const Consent& consent, Instant now);

/// What is not the same on each consent page.
struct ConsentForm {
  std::string before;          ///< HTML in front of the form
  std::string hidden;          ///< HTML of fields that come back
  std::string leads_to;        ///< where the form's answer may send the browser, beside the sign-in
  std::string user_code = {};  ///< of a device: the CSRF tag is bound to it
};
/// `consent`: to begin with what was chosen then; null: with all that is asked for but whole sites.
http::ElsewhereAnswer consent_page(Context& context, const Asked& asked, const admin::LiveSession& session,
                                   const Consent* consent, const ConsentForm& form, std::string_view wrong);
/// Whether the form was made for this session, request and code, and sent by a page of this address.
bool is_ours(const Context& context, const gateway::AuthorizationRequest& request, const admin::LiveSession& session,
             const Asked& asked, const Parameters& form, std::string_view user_code);
/// What was ticked and typed, stored as the person's consent. invalid_request says to the person what to do.
Answered<Consent> take_consent(Context& context, const gateway::AuthorizationRequest& request, const admin::LiveSession& session,
                               const Asked& asked, const Parameters& form);
/// All that the consent stands for, good until `ends_at` and once.
Code code_for(Context& context, const Asked& asked, const Consent& consent, Instant ends_at);
/// From where it was asked, for the audit log and the counts of attempts.
admin::ClientInfo client_info(const gateway::AuthorizationRequest& request);
/// For a person: what is wrong with the app's request.
http::ElsewhereAnswer bad_request(std::string_view why);

}  // namespace gatehouse::oauth
