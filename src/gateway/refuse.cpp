#include "gateway/refuse.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "gateway/json_reader.h"

namespace gatehouse::gateway {
namespace {

int status_of(Reason reason) noexcept {
  switch (reason) {
    case Reason::kNoCredential:
    case Reason::kInvalidToken:
    case Reason::kExpired:
    case Reason::kRevoked:
    case Reason::kTokenPaused:
    case Reason::kAccountPaused: return 401;
    case Reason::kAddressNotAllowed:
    case Reason::kInsufficientScope:
    case Reason::kRoleExcludesOperation:
    case Reason::kOperationRefused:
    case Reason::kSharedContainer: return 403;
    case Reason::kWrongSite:
    case Reason::kUnknownOperation:
    case Reason::kOutsideBoundary:
    case Reason::kWaitingForGrant:
    case Reason::kGrantPaused:
    case Reason::kResourcePaused:
    case Reason::kGrantUnbacked:
    case Reason::kRestrictedContent: return 404;
    case Reason::kTargetNotCanonical:
    case Reason::kUnknownParameter:
    case Reason::kBadRequest:
    case Reason::kQueryRefused:
    case Reason::kBodyRefused: return 400;
    case Reason::kTooLarge: return 413;
    case Reason::kRateLimited: return 429;
    case Reason::kUpstreamUnavailable:
    case Reason::kUpstreamCredential:
    case Reason::kUpstreamAnswer: return 502;
    case Reason::kSitePaused:
    case Reason::kOverloaded:
    case Reason::kStale: return 503;
    case Reason::kNone:
    case Reason::kPermitted:
    case Reason::kInternal: return 500;
  }
  return 500;
}

std::string joined(const ScopeSet& scopes) {
  std::string text;
  for (const std::string& name : scope_names(scopes)) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string about(const Refusal& refusal, std::string_view before, std::string_view after) {
  std::string text(before);
  if (!refusal.subject.empty()) text.append(" ").append(refusal.subject);
  text.append(after);
  if (!refusal.detail.empty()) text.append(" ").append(refusal.detail);
  return text;
}

/// The same whether it exists or not, and wherever it lies.
std::string outside_text(const RefusalContext& context) {
  const bool wiki = context.form == ErrorForm::kConfluence;
  const bool other = context.form == ErrorForm::kProblem;
  const std::string_view object = !context.object.empty() ? context.object
                                  : wiki                  ? std::string_view("Content")
                                  : other                 ? std::string_view("It")
                                                          : std::string_view("Issue");
  const std::string_view whose = object == "Project" || object == "Space" ? "this token is not for it"
                                 : wiki                                   ? "this token is not for its space"
                                 : other                                  ? "this token is not for its resource"
                                                                          : "this token is not for its project";
  std::string text = std::string(object) + " does not exist, or " + std::string(whose) + ".";
  if (object == "Attachment") text.append(" One that Gatehouse has not seen yet is found when its issue is read first.");
  // `explain` has no request of its own that could be explained.
  if (!context.request_id.empty()) text.append(" Its owner can run: gatehouse explain --request-id ").append(context.request_id);
  return text;
}

/// RFC 6750 section 3. Nothing but the scheme where no credential was sent.
void append_challenge(const Refusal& refusal, std::string& head) {
  switch (refusal.reason) {
    case Reason::kNoCredential: head += "WWW-Authenticate: Bearer realm=\"gatehouse\"\r\n"; break;
    case Reason::kInvalidToken:
    case Reason::kExpired:
    case Reason::kRevoked:
    case Reason::kTokenPaused:
    case Reason::kAccountPaused: head += "WWW-Authenticate: Bearer realm=\"gatehouse\", error=\"invalid_token\"\r\n"; break;
    case Reason::kInsufficientScope:
      head += "WWW-Authenticate: Bearer realm=\"gatehouse\", error=\"insufficient_scope\", scope=\"" +
              joined(refusal.missing_scopes) + "\"\r\n";
      break;
    default: break;
  }
}

std::string body_of(std::string_view text, int status, ErrorForm form) {
  std::string quoted;
  append_json_string(text, quoted);
  if (form == ErrorForm::kProblem)
    return R"({"title":"Refused by Gatehouse","status":)" + std::to_string(status) + R"(,"detail":)" + quoted + "}";
  if (form == ErrorForm::kServiceDesk)
    return R"({"errorMessage":)" + quoted + R"(,"i18nErrorMessage":{"i18nKey":"gatehouse","parameters":[]}})";
  if (form == ErrorForm::kConfluence) {
    // The first version's clients read the message, the second version's the list.
    const std::string code = std::to_string(status);
    return R"({"statusCode":)" + code + R"(,"message":)" + quoted + R"(,"errors":[{"status":)" + code +
           R"(,"code":"GATEHOUSE","title":)" + quoted + R"(,"detail":null}]})";
  }
  return R"({"errorMessages":[)" + quoted + R"(],"errors":{}})";
}

/// A sentence that Jira says of a field without naming anything: what stands before and after the field's own name.
constexpr std::array<std::string_view, 12> kSafeEnds = {
    "is required.",
    "is required",
    "cannot be set. It is not on the appropriate screen, or unknown.",
    "must be a number",
    "must be a string",
    "Operation value must be a string",
    "Operation value must be a number",
    "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
    "data was not an array",
    "You must specify a summary of the issue.",
    "Specify a valid issue type",
    "is not on the appropriate screen, or unknown.",
};

bool is_safe(std::string_view text) noexcept {
  // The field's name in front of it is the site's, not a project's; anything that looks like an issue key is not kept.
  if (text.size() > 200 || text.find('-') != std::string_view::npos) return false;
  return std::any_of(kSafeEnds.begin(), kSafeEnds.end(), [&](std::string_view end) { return text.ends_with(end); });
}

constexpr std::string_view kReplaced =
    "The site refuses this value; its own words are left out, since they may name other projects.";

}  // namespace

ErrorForm error_form(Product product, std::string_view site_path) noexcept {
  if (product == Product::kOpenApi) return ErrorForm::kProblem;
  if (product == Product::kConfluence) return ErrorForm::kConfluence;
  return site_path.starts_with("/rest/servicedeskapi/") ? ErrorForm::kServiceDesk : ErrorForm::kJira;
}

std::string replaced_error(ErrorForm form, int status) {
  const std::string_view whose = form == ErrorForm::kConfluence ? "spaces"
                                 : form == ErrorForm::kProblem  ? "resources"
                                                                : "projects";
  return body_of(
      "The site refuses the request; its own words are left out, since they may name other " + std::string(whose) + ".", status,
      form);
}

std::string refusal_text(const Refusal& refusal, const RefusalContext& context) {
  switch (refusal.reason) {
    case Reason::kNoCredential:
      return "A token is needed: Authorization: Bearer TOKEN, or Basic with any user name and the token as password.";
    case Reason::kInvalidToken: return refusal.detail;
    case Reason::kExpired: return "This token has expired. Its owner can issue a new one: gatehouse token create.";
    case Reason::kRevoked: return "This token was revoked or changed just now.";
    case Reason::kTokenPaused: return "This token is paused. Its owner can resume it: gatehouse token resume.";
    case Reason::kAccountPaused: return "The service account of this token is paused: gatehouse account resume.";
    case Reason::kSitePaused: return "Gatehouse forwards nothing to this site now: it is paused.";
    case Reason::kAddressNotAllowed: return "This token may not be used from this address.";
    case Reason::kRateLimited:
      return refusal.detail.empty() ? "This token has used up its rate. Retry-After says when it may go on." : refusal.detail;
    case Reason::kWrongSite: return "There is no such site here, or this token has nothing on it.";
    case Reason::kTargetNotCanonical: return about(refusal, "The request's target is refused.", "");
    case Reason::kUnknownOperation:
      if (refusal.status == 405) return about(refusal, "Gatehouse knows this path, but not with the method", ".");
      return about(refusal, "Gatehouse knows no such operation, and forwards only what it knows:", ". See docs/limits.md.");
    case Reason::kUnknownParameter: return about(refusal, "The parameter", " is refused.");
    case Reason::kBadRequest: return about(refusal, "The request is refused:", ".");
    case Reason::kInsufficientScope:
      return "This token lacks the scope: " + joined(refusal.missing_scopes) + ". Operation: " + refusal.subject + ".";
    case Reason::kRoleExcludesOperation:
      return about(refusal, "The access role of this token does not include the operation", ".");
    case Reason::kOperationRefused: return about(refusal, "The operation", " is refused to this token.");
    case Reason::kSharedContainer: return about(refusal, "It reaches beyond the token's projects:", ".");
    case Reason::kOutsideBoundary:
    case Reason::kRestrictedContent: return outside_text(context);
    case Reason::kWaitingForGrant:
    case Reason::kGrantPaused:
    case Reason::kResourcePaused:
    case Reason::kGrantUnbacked:
      if (refusal.status != 403) return outside_text(context);
      if (refusal.reason == Reason::kWaitingForGrant) return "Nothing that this token names is granted yet: gatehouse grant add.";
      if (refusal.reason == Reason::kResourcePaused) return "The resource is paused for this token, its account or everybody.";
      if (refusal.reason == Reason::kGrantPaused) return "The grant that this token rests on is paused: gatehouse grant resume.";
      return "Nobody stands behind the grant that this token rests on any more: a user with authority must grant it anew.";
    case Reason::kQueryRefused: return about(refusal, "The query is refused in", ",");
    case Reason::kBodyRefused: return about(refusal, "The body is refused at", ":");
    case Reason::kUpstreamUnavailable:
      return refusal.detail.empty() ? about(refusal, "The site", " could not be asked. Nothing of the request was carried out.")
                                    : refusal.detail;
    case Reason::kUpstreamCredential:
      if (refusal.of_person) {
        return about(refusal, "upstream_credential: on the site",
                     " this app acts for a person by that person's own sign-in at Atlassian, which does not serve.");
      }
      return about(refusal, "upstream_credential: the site",
                   " refuses the credential that Gatehouse itself shows, not this token.");
    case Reason::kUpstreamAnswer: return about(refusal, "The site", " gave an answer that can't be passed on.");
    case Reason::kTooLarge: return about(refusal, "Too large:", ".");
    case Reason::kOverloaded: return "Gatehouse has too much to do just now. Nothing of the request was carried out.";
    case Reason::kStale: return "Gatehouse has lost its database and can't tell which tokens are live. Nothing was carried out.";
    case Reason::kNone:
    case Reason::kPermitted:
    case Reason::kInternal: break;
  }
  return "Gatehouse made a mistake of its own. The request id tells its operators which.";
}

void append_common_fields(std::string_view request_id, std::string& head) {
  head +=
      "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: sandbox; default-src 'none'\r\nCache-Control: no-store\r\n"
      "Gatehouse-Request-Id: ";
  head += request_id;
  head += "\r\n";
}

RefusalAnswer refusal_answer(const Refusal& refusal, const RefusalContext& context) {
  RefusalAnswer answer;
  answer.status = refusal.status != 0 ? refusal.status : status_of(refusal.reason);
  answer.head = context.form == ErrorForm::kProblem ? "Content-Type: application/problem+json\r\n"
                                                    : "Content-Type: application/json;charset=UTF-8\r\n";
  append_challenge(refusal, answer.head);
  if (refusal.retry_after != 0) answer.head += "Retry-After: " + std::to_string(refusal.retry_after) + "\r\n";
  if (refusal.rate_limit != 0) {
    // As Atlassian's own (X-RateLimit-Reset is an instant there), so that clients that wait do.
    answer.head += "X-RateLimit-Limit: " + std::to_string(refusal.rate_limit) +
                   "\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: " + format_instant(refusal.rate_reset) +
                   "\r\nRateLimit-Reason: ";
    answer.head.append(refusal.rate_reason).append("\r\n");
  }
  append_common_fields(context.request_id, answer.head);
  answer.body = body_of(refusal_text(refusal, context), answer.status, context.form);
  return answer;
}

std::string safe_error_body(std::string_view answer) {
  std::vector<std::string> messages;
  std::vector<std::pair<std::string, std::string>> errors;
  JsonReader reader(answer);
  if (reader.next() != JsonToken::kObjectBegin) return {};
  while (reader.next() == JsonToken::kKey) {
    const std::string key(reader.text());
    const JsonToken first = reader.next();
    if (key == "errorMessages" && first == JsonToken::kArrayBegin) {
      while (reader.next() == JsonToken::kString) messages.emplace_back(is_safe(reader.text()) ? reader.text() : kReplaced);
      if (reader.token() != JsonToken::kArrayEnd) return {};
    } else if (key == "errors" && first == JsonToken::kObjectBegin) {
      while (reader.next() == JsonToken::kKey) {
        std::string field(reader.text());
        if (reader.next() != JsonToken::kString) return {};
        errors.emplace_back(std::move(field), is_safe(reader.text()) ? reader.text() : kReplaced);
      }
      if (reader.token() != JsonToken::kObjectEnd) return {};
    } else if (first == JsonToken::kError || !reader.skip()) {
      return {};
    }
  }
  if (reader.token() != JsonToken::kObjectEnd || reader.next() != JsonToken::kEnd) return {};
  std::string out = R"({"errorMessages":[)";
  for (const std::string& message : messages) {
    if (out.back() != '[') out += ',';
    append_json_string(message, out);
  }
  out += R"(],"errors":{)";
  for (const auto& [field, text] : errors) {
    if (out.back() != '{') out += ',';
    // A field's id is letters, digits and '_'; what looks otherwise may hold anything.
    const bool plain = std::all_of(field.begin(), field.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    append_json_string(plain ? std::string_view(field) : std::string_view("field"), out);
    out += ':';
    append_json_string(text, out);
  }
  return out + "}}";
}

}  // namespace gatehouse::gateway
