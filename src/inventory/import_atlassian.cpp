// What Atlassian lists becomes accounts and external credentials of the register, and what it no longer lists is marked.
#include <map>

#include "admin/accounts.h"
#include "admin/find.h"
#include "admin/users.h"
#include "base/text.h"
#include "inventory/import.h"
#include "inventory/import_change.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::Document;

constexpr std::size_t kMostListed = 500;
constexpr std::size_t kLongestName = 200;

/// Without controls, not too long, cut between characters.
std::string tidy(std::string_view text, std::size_t most = kLongestName) {
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    out += byte < 0x20 || byte == 0x7f ? ' ' : letter;
  }
  if (out.size() > most) {
    std::size_t end = most;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
    out.resize(end);
  }
  return out;
}

/// A name that may be stored: never empty.
std::string named(std::string_view text) {
  std::string out = tidy(text);
  return out.find_first_not_of(' ') == std::string::npos ? std::string("unnamed") : out;
}

struct Known {
  store::Stored<Credential> stored;
  store::ExternalCredential external;
  bool found = false;
};

/// How a token stands upstream, as a state here.
void set_state(Credential& credential, std::string_view status) {
  const std::string word = ascii_lower(status);
  credential.pause = {};
  credential.state = State::kLive;
  if (word.find("block") != std::string::npos) {
    credential.state = State::kPaused;
    credential.pause.reason = "blocked at Atlassian";
  } else if (word.find("revoke") != std::string::npos || word.find("delete") != std::string::npos) {
    credential.state = State::kRevoked;
  }
}

class ListingChange {
 public:
  ListingChange(ImportChange& change, const AtlassianListing& listing, const ListingImport& request)
      : change_(change), listing_(listing), request_(request) {}

  Result<Document> run() {
    GH_TRYV(find_owner());
    GH_TRYV(read_known());
    for (const AtlassianServiceAccount& account : listing_.service_accounts) {
      GH_TRYV(take_account(account));
    }
    for (const AtlassianToken& token : listing_.tokens) {
      GH_TRYV(take_token(token));
    }
    GH_TRYV(mark_vanished());
    Document out = counts();
    Document summary = out;
    summary.erase("changes");
    AuditEvent event = admin::make_event(change_.caller(), "register.import", "register", listing_.organization, "Atlassian");
    change_.note(admin::with_change(std::move(event), nullptr, &summary));
    return out;
  }

 private:
  Result<void> find_owner() {
    if (!request_.owner.empty()) {
      GH_TRY(const auto owner, admin::find_live_user(change_.at(), request_.owner, "owner"));
      owner_ = owner.value.id;
      return success();
    }
    owner_ = change_.user_or({});
    if (!owner_.empty()) return success();
    return fail(Errc::kInvalidArgument, "Say who answers for what belongs to no person: --owner EMAIL.", {}, "owner");
  }

  Result<void> read_known() {
    GH_TRY(const auto externals, change_.at().register_records.list());
    for (const store::ExternalCredential& external : externals) {
      if (external.source == store::ExternalSource::kByHand) continue;
      GH_TRY(auto stored, change_.at().credentials.get(external.credential));
      const std::size_t place = known_.size();
      if (!external.upstream_id.empty()) by_id_.emplace(external.organization + "\n" + external.upstream_id, place);
      by_nature_.emplace(nature(external.holder_email, stored.value.name), place);
      known_.push_back({std::move(stored), external, false});
    }
    GH_TRY(const auto accounts, change_.at().register_records.accounts());
    for (const store::ExternalAccount& account : accounts) {
      if (account.organization == listing_.organization) service_accounts_.emplace(account.upstream_id, account);
    }
    return success();
  }

  static std::string nature(std::string_view email, std::string_view label) {
    return ascii_lower(email) + "\n" + std::string(label);
  }

  /// By id; else by holder, label and time of making, where one of the two has no id.
  Known* find(const AtlassianToken& token) {
    if (!token.id.empty()) {
      const auto found = by_id_.find(listing_.organization + "\n" + token.id);
      if (found != by_id_.end()) return &known_[found->second];
    }
    const auto [from, to] = by_nature_.equal_range(nature(token.holder_email, named(token.label)));
    for (auto at = from; at != to; ++at) {
      Known& known = known_[at->second];
      const bool both_have_ids = !token.id.empty() && !known.external.upstream_id.empty();
      const bool other_place = !known.external.organization.empty() && !listing_.organization.empty() &&
                               known.external.organization != listing_.organization;
      if (known.found || both_have_ids || other_place) continue;
      if (!token.created_at || !known.external.made_at) return &known;
      // Exports are written to the second, or to the day.
      const Instant made = *token.created_at, other = *known.external.made_at;
      const bool same_second = std::chrono::floor<std::chrono::seconds>(made) == std::chrono::floor<std::chrono::seconds>(other);
      const auto day = [](Instant at_time) { return std::chrono::floor<std::chrono::days>(at_time); };
      const bool day_only = day(made) == made || day(other) == other;
      if (same_second || (day_only && day(made) == day(other))) return &known;
    }
    return nullptr;
  }

  Result<void> take_account(const AtlassianServiceAccount& account) {
    store::ExternalAccount external;
    const auto known = service_accounts_.find(account.id);
    if (known != service_accounts_.end()) {
      external = known->second;
    } else {
      GH_TRY(external.account, add_account(account.name, account.description, owner_));
      external.organization = listing_.organization;
      external.upstream_id = account.id;
    }
    external.email = tidy(account.email);
    external.name = tidy(account.name);
    external.status = tidy(account.status);
    external.imported_at = change_.now();
    external.vanished_at.reset();
    seen_accounts_[account.id] = true;
    service_accounts_[account.id] = external;
    return change_.at().register_records.put(external);
  }

  Result<AccountId> add_account(const std::string& name, const std::string& purpose, const UserId& owner) {
    ServiceAccount account;
    account.id = new_id<AccountId>(change_.services().random);
    GH_TRY(account.handle, change_.free_handle(name));
    account.owner = owner;
    if (!purpose.empty()) account.purpose = tidy(purpose, 2000);
    account.external = true;
    account.created_at = change_.now();
    GH_TRYV(change_.add_account(account));
    ++accounts_added_;
    return account.id;
  }

  /// Who answers for it: the person who holds it, else whom the import names.
  Result<UserId> person(const AtlassianToken& token) {
    if (token.service_account || !admin::check_email(token.holder_email, "email")) return owner_;
    const auto found = change_.at().users.get_by_email(token.holder_email);
    if (found) return found.value().value.id;
    if (found.error().code != Errc::kNotFound) return found.error();
    User user;
    user.id = new_id<UserId>(change_.services().random);
    user.email = token.holder_email;
    user.name = named(token.holder_name.empty() ? token.holder_email : token.holder_name);
    user.role = UserRole::kMember;
    user.created_at = change_.now();
    GH_TRYV(change_.add_user(user));
    ++users_added_;
    return user.id;
  }

  Result<AccountId> account_of(const AtlassianToken& token, const UserId& owner) {
    if (!token.service_account) return add_account(token.label, {}, owner);
    const std::string key = token.holder_id.empty() ? ascii_lower(token.holder_email) : token.holder_id;
    if (const auto known = service_accounts_.find(key); known != service_accounts_.end()) return known->second.account;
    AtlassianServiceAccount account;
    account.id = key;
    account.name = token.holder_name.empty() ? token.holder_email : token.holder_name;
    account.email = token.holder_email;
    GH_TRYV(take_account(account));
    return service_accounts_.at(key).account;
  }

  Result<void> take_token(const AtlassianToken& token) {
    Known* const known = find(token);
    if (known) {
      known->found = true;
      return update(*known, token);
    }
    GH_TRY(const UserId owner, person(token));
    Credential credential;
    credential.id = new_id<CredentialId>(change_.services().random);
    GH_TRY(credential.account, account_of(token, owner));
    credential.kind = CredentialKind::kExternal;
    credential.name = named(token.label);
    credential.owner = owner;
    credential.requested_by = change_.user_or(owner);
    credential.expires_at = token.expires_at;
    credential.created_at = change_.now();
    set_state(credential, token.status);
    store::ExternalCredential external;
    external.credential = credential.id;
    describe(external, token);
    tell("added", credential);
    ++added_;
    return change_.add_credential(credential, external);
  }

  void describe(store::ExternalCredential& external, const AtlassianToken& token) const {
    external.source = listing_.source;
    if (!listing_.organization.empty()) external.organization = listing_.organization;
    if (!token.id.empty()) external.upstream_id = token.id;
    if (!token.holder_id.empty()) external.holder_id = tidy(token.holder_id);
    external.holder_name = tidy(token.holder_name);
    external.holder_email = tidy(token.holder_email);
    external.person = !token.service_account;
    external.status = tidy(token.status);
    if (token.created_at) external.made_at = token.created_at;
    if (token.last_active_at && (!external.last_active_at || *token.last_active_at > *external.last_active_at)) {
      external.last_active_at = token.last_active_at;
    }
    external.imported_at = change_.now();
    external.vanished_at.reset();
  }

  /// Owner and account stay as people have set them here.
  Result<void> update(Known& known, const AtlassianToken& token) {
    Credential credential = known.stored.value;
    credential.name = named(token.label);
    credential.expires_at = token.expires_at;
    set_state(credential, token.status);
    const bool returned = known.external.vanished_at.has_value();
    store::ExternalCredential external = known.external;
    describe(external, token);
    GH_TRYV(change_.at().register_records.put(external));
    const Credential& old = known.stored.value;
    const bool differs = old.name != credential.name || old.expires_at != credential.expires_at || old.state != credential.state;
    if (!differs && !returned) {
      ++unchanged_;
      return success();
    }
    tell(returned ? "returned" : "updated", credential);
    ++(returned ? returned_ : updated_);
    return change_.edit_credential(known.stored, credential);
  }

  /// What this listing would have named if it were still there.
  bool covers(const store::ExternalCredential& external) const {
    if (external.organization != listing_.organization) return false;
    if (!external.person) return listing_.service_accounts_read;
    return listing_.source == store::ExternalSource::kAtlassianApi || external.source == store::ExternalSource::kAtlassianCsv;
  }

  Result<void> mark_vanished() {
    for (Known& known : known_) {
      if (known.found || known.external.vanished_at || !covers(known.external)) continue;
      known.external.vanished_at = change_.now();
      GH_TRYV(change_.at().register_records.put(known.external));
      Credential credential = known.stored.value;
      credential.state = State::kRevoked;
      credential.pause = {};
      tell("vanished", credential);
      ++vanished_;
      GH_TRYV(change_.edit_credential(known.stored, credential));
    }
    if (!listing_.service_accounts_read) return success();
    for (auto& [id, account] : service_accounts_) {
      if (account.vanished_at || seen_accounts_.contains(id)) continue;
      account.vanished_at = change_.now();
      GH_TRYV(change_.at().register_records.put(account));
      ++accounts_vanished_;
    }
    return success();
  }

  void tell(std::string_view what, const Credential& credential) {
    if (changes_.size() >= kMostListed) return;
    const auto handle = admin::Describer(change_.at(), change_.now()).handle_of(credential.account);
    changes_.push_back(json::object{
        {"change", what},
        {"id", credential.id.value},
        {"account", handle ? json::value(handle.value()) : json::value(nullptr)},
        {"name", credential.name},
        {"expires_at", credential.expires_at ? json::value(format_instant(*credential.expires_at)) : json::value(nullptr)}});
  }

  Document counts() {
    json::array notes;
    for (const std::string& note : listing_.notes) notes.emplace_back(note);
    return json::object{{"tokens_read", static_cast<std::int64_t>(listing_.tokens.size())},
                        {"service_accounts_read", static_cast<std::int64_t>(listing_.service_accounts.size())},
                        {"added", added_},
                        {"updated", updated_},
                        {"unchanged", unchanged_},
                        {"vanished", vanished_},
                        {"returned", returned_},
                        {"accounts_added", accounts_added_},
                        {"accounts_vanished", accounts_vanished_},
                        {"users_added", users_added_},
                        {"notes", std::move(notes)},
                        {"changes", std::move(changes_)}};
  }

  ImportChange& change_;
  const AtlassianListing& listing_;
  const ListingImport& request_;
  UserId owner_;
  std::vector<Known> known_;
  std::map<std::string, std::size_t> by_id_;
  std::multimap<std::string, std::size_t> by_nature_;
  std::map<std::string, store::ExternalAccount> service_accounts_;
  std::map<std::string, bool> seen_accounts_;
  json::array changes_;
  std::int64_t added_ = 0, updated_ = 0, unchanged_ = 0, vanished_ = 0, returned_ = 0;
  std::int64_t accounts_added_ = 0, accounts_vanished_ = 0, users_added_ = 0;
};

}  // namespace

Result<Document> import_listing(admin::Services& services, const Caller& caller, const AtlassianListing& listing,
                                const ListingImport& request) {
  GH_TRY(ImportChange change, ImportChange::begin(services, caller));
  GH_TRY(Document outcome, ListingChange(change, listing, request).run());
  GH_TRYV(change.finish(request.dry_run));
  outcome["dry_run"] = request.dry_run;
  return outcome;
}

Result<Document> assign_credential(admin::Services& services, const Caller& caller, std::string_view token,
                                   std::string_view account) {
  GH_TRY(ImportChange change, ImportChange::begin(services, caller));
  GH_TRY(const auto found, admin::find_token(change.at(), token));
  GH_TRY(const auto to, admin::find_account(change.at(), account));
  if (found.value.kind != CredentialKind::kExternal) {
    return fail(Errc::kConflict, "Only an external credential can be given to another account; make a new token there instead.",
                {}, "token");
  }
  if (to.value.state == State::kArchived) return fail(Errc::kConflict, "That service account is archived.", {}, "account");
  const AccountId from = found.value.account;
  Credential credential = found.value;
  credential.account = to.value.id;
  GH_TRYV(change.edit_credential(found, credential));
  GH_TRY(const auto rest, change.at().credentials.of_account(from));
  GH_TRY(const auto old, change.at().accounts.get(from));
  // An entry that the import made for this one token has nothing to say any more.
  if (from != to.value.id && rest.empty() && old.value.external) {
    ServiceAccount emptied = old.value;
    emptied.state = State::kArchived;
    emptied.pause = {};
    GH_TRYV(change.edit_account(old, emptied));
  }
  GH_TRY(Document document, admin::Describer(change.at(), change.now()).token(credential));
  GH_TRYV(change.finish(false));
  return document;
}

}  // namespace gatehouse::inventory
