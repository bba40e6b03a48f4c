#include "gateway/redaction_walk.h"

#include "gateway/checks.h"

namespace gatehouse::gateway {

bool Walk::is_scalar() const noexcept {
  switch (token()) {
    case JsonToken::kString:
    case JsonToken::kNumber:
    case JsonToken::kTrue:
    case JsonToken::kFalse:
    case JsonToken::kNull: return true;
    default: return false;
  }
}

std::size_t Walk::derive(std::size_t from) {
  const std::size_t derived = watches_.size();
  for (std::size_t i = from; i < derived; ++i) {
    const Watch& watch = watches_[i];
    if (watch.depth < watch.path->size() && (*watch.path)[watch.depth] == text()) {
      Watch further = watch;
      ++further.depth;
      watches_.push_back(further);
    }
  }
  return derived;
}

void Walk::note(std::size_t from) {
  for (std::size_t i = from; i < watches_.size(); ++i) {
    const Watch& watch = watches_[i];
    if (watch.depth != watch.path->size()) continue;
    Claim& claim = *watch.claim;
    if (watch.what == Watch::What::kRestriction) {
      claim.restricted = claim.restricted || token() != JsonToken::kNull;
      continue;
    }
    if (watch.what == Watch::What::kIdOrNull && token() == JsonToken::kNull) continue;
    const bool names = token() == JsonToken::kString || token() == JsonToken::kNumber;
    if (!names || (claim.seen && claim.id != text())) claim.conflicting = true;
    claim.seen = true;
    if (names) claim.id = text();
  }
}

/// Reads a value to its end and notes what the watches wait for below it. note() was called for the value itself.
bool Walk::observe(std::size_t from) {
  if (token() != JsonToken::kObjectBegin) return reader_.skip();
  while (next() == JsonToken::kKey) {
    const std::size_t derived = derive(from);
    next();
    note(derived);
    const bool whole = observe(derived);
    unwatch(derived);
    if (!whole) return false;
  }
  return token() == JsonToken::kObjectEnd;
}

bool Walk::read_over(std::size_t watches) { return watches < watches_.size() ? observe(watches) : reader_.skip(); }

Kept Walk::copy(std::size_t watches) {
  const std::size_t from = reader_.begin();
  if (!read_over(watches)) return Kept::kBroken;
  context.links.append_rewritten(reader_.slice(from), out);
  return Kept::kIn;
}

Kept Walk::drop(std::size_t watches) { return read_over(watches) ? Kept::kOut : Kept::kBroken; }

Kept Walk::link() {
  if (token() != JsonToken::kString) return drop(no_watches());
  const std::string ours = context.links.rewrite(text());
  if (ours.empty()) return Kept::kOut;
  append_json_string(ours, out);
  return Kept::kIn;
}

Kept Walk::attachment_link() {
  const std::string ours = token() == JsonToken::kString ? context.links.rewrite(text()) : std::string();
  if (ours.empty()) return copy(no_watches());
  const std::string_view home = issue();
  if (home.empty()) return link();
  const std::string id = ours.substr(ours.rfind('/') + 1);
  if (!id.empty() && id.find_first_not_of("0123456789") == std::string::npos)
    result.attachments.emplace_back(id, std::string(home));
  std::string carrying = ours;
  carrying.append(ours.find('?') == std::string::npos ? "?" : "&").append("gatehouseIssue=").append(home);
  append_json_string(carrying, out);
  return Kept::kIn;
}

Kept Walk::download_link() {
  constexpr std::string_view kPath = "/download/attachments/";
  const bool understood = token() == JsonToken::kString && text().starts_with(kPath) && issue_ && issue_->proves();
  const std::string_view rest = understood ? text().substr(kPath.size()) : std::string_view();
  const std::string_view page = rest.substr(0, rest.find('/'));
  if (page.empty() || page.find_first_not_of("0123456789") != std::string_view::npos) return drop(no_watches());
  append_json_string("/rest/api/content/" + std::string(page) + "/child/attachment/" + issue_->id + "/download", out);
  return Kept::kIn;
}

Kept Walk::context_link() {
  if (token() != JsonToken::kString || text() != "/wiki") return drop(no_watches());
  append_json_string(context.links.path_prefix() + "/wiki", out);
  return Kept::kIn;
}

Kept Walk::emptied() {
  out += "\"\"";
  return Kept::kIn;
}

std::size_t Walk::begin_member(bool first) {
  const std::size_t before = out.size();
  if (!first) out.push_back(',');
  out.append(reader_.raw());
  out.push_back(':');
  return before;
}

Kept Walk::end_member(std::size_t before, Kept kept, bool& first) {
  if (kept == Kept::kIn) {
    first = false;
  } else {
    out.resize(before);
  }
  return kept;
}

bool Walk::field_of_another_project(std::string_view field_id) const {
  const upstream::IssueField* field = context.fields.find(field_id);
  return field && !field->scope.empty() && !context.permitted.permits(field->scope, false);
}

bool Walk::proven(const std::string& id_or_key) {
  if constexpr (!check_enabled("issue_reference")) return true;
  const bool* known = context.proof.find(id_or_key);
  if (!known) result.unproven.push_back(id_or_key);
  return known && *known;
}

}  // namespace gatehouse::gateway
