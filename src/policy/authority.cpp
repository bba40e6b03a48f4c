#include "policy/authority.h"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::uint8_t kOwnAndTheirs = kOwn | kTheirs;
constexpr std::string_view kOrgAdminRole = "org-admin";

constexpr Rule kClosed{Need::kNotDeclared, "nobody", "Not declared: closed to everybody.", kNone, kNone, kNone, kNone};

// Columns: organization administrator, auditor, project administrator, member; step-up.
constexpr std::array<Rule, 15> kRules{{
    {Need::kNothing, "nothing", "Open without a sign-in.", kAll, kAll, kAll, kAll},
    {Need::kAnyKey, "any sign-in or key", "What concerns oneself alone.", kOwn, kOwn, kOwn, kOwn},
    {Need::kAuditor, "auditor or organization administrator", "Reads the whole organization.", kAll, kAll, kNone, kNone},
    {Need::kOrgAdmin, "organization administrator", "Changes the organization.", kAll, kNone, kNone, kNone},
    {Need::kGiveAuthority, "organization administrator", "Gives authority, or holds a secret of the organization.", kAll, kNone,
     kNone, kNone, true},
    {Need::kSee, "any sign-in or key", "Reads accounts, grants and tokens, as far as one may see them.", kAll, kAll,
     kOwnAndTheirs, kOwn},
    {Need::kChangeOwn, "owner or organization administrator", "Changes what one answers for.", kAll, kNone, kOwn, kOwn},
    {Need::kPause, "owner, project administrator or organization administrator",
     "Pauses and resumes: what one owns as a whole, what others own on one's resources.", kAll, kNone, kOwnAndTheirs, kOwn},
    {Need::kGrant, "project administrator of the resource or organization administrator",
     "Gives a service account access to a resource, or backs such a grant.", kAll, kNone, kTheirs, kNone, true},
    {Need::kEndGrant, "owner, project administrator of the resource or organization administrator",
     "Takes a service account's access to a resource away, for a time or for ever.", kAll, kNone, kOwnAndTheirs, kOwn},
    {Need::kMakeToken, "owner of the account, project administrator of the resource or organization administrator",
     "Creates a token, or asks for one.", kAll, kNone, kOwnAndTheirs, kOwn, true},
    {Need::kMakeSecret, "owner or organization administrator", "Makes a new secret of what one owns.", kAll, kNone, kOwn, kOwn,
     true},
    {Need::kApprove, "project administrator of the resource or organization administrator",
     "Decides on what somebody else asked for.", kAll, kNone, kTheirs, kNone, true},
    {Need::kTake, "the person that it is for", "Takes the secret of a token that was made for oneself.", kOwn, kOwn, kOwn, kOwn,
     true},
    {Need::kApply, "owner, project administrator or organization administrator",
     "Many changes from a file, each checked like the single one.", kAll, kNone, kOwnAndTheirs, kOwn, true},
}};

std::uint8_t reach_in(const Rule& rule, const Principal& who) noexcept {
  if (who.by == SignedInBy::kNobody) return rule.need == Need::kNothing ? kAll : kNone;
  if (who.org_admin()) return rule.org_admin;
  if (who.role == UserRole::kAuditor) return rule.auditor;
  return who.project_admin() ? rule.project_admin : rule.member;
}

/// The least of the roles that would do.
std::string_view least_role(const Rule& rule) noexcept {
  if (rule.member != kNone) return "member";
  if (rule.project_admin != kNone) return "project-admin";
  return rule.auditor != kNone ? "auditor" : kOrgAdminRole;
}

}  // namespace

std::span<const Rule> rules() noexcept { return kRules; }

const Rule& rule_of(Need need) noexcept {
  for (const Rule& rule : kRules) {
    if (rule.need == need) return rule;
  }
  return kClosed;
}

std::uint8_t reach_of(Need need, const Principal& who) noexcept { return reach_in(rule_of(need), who); }

bool stepped_up(const Principal& who, Instant now) noexcept {
  if (who.by == SignedInBy::kAdminKey || who.host()) return true;
  return who.by == SignedInBy::kSession && who.stepped_up_at && *who.stepped_up_at <= now &&
         now - *who.stepped_up_at <= kStepUpFor;
}

Error not_allowed(std::string_view needed, std::string_view missing_role) {
  Error error = fail(Errc::kNotAllowed, "This needs: " + std::string(needed) + ".");
  error.missing_role = missing_role;
  return error;
}

Error refusal_of(Need need) {
  const Rule& rule = rule_of(need);
  return not_allowed(rule.word, least_role(rule));
}

Result<void> check(Need need, const Principal& who, Instant now) {
  const Rule& rule = rule_of(need);
  if (reach_in(rule, who) == kNone) return refusal_of(need);
  if (rule.step_up && !stepped_up(who, now)) {
    Error error = fail(Errc::kNotAllowed, "Before a secret is made or an authority is given, confirm once more that it is you.");
    error.missing_role = "step-up";
    return error;
  }
  return success();
}

}  // namespace gatehouse::policy
