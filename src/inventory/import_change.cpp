#include "inventory/import_change.h"

#include "admin/json_values.h"

namespace gatehouse::inventory {

using admin::Describer;
using admin::Document;

ImportChange::ImportChange(admin::Services& services, const Caller& caller, store::UnitOfWork work)
    : services_(services), caller_(caller), work_(std::move(work)), now_(services.clock.now()) {}

Result<ImportChange> ImportChange::begin(admin::Services& services, const Caller& caller) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  return ImportChange(services, caller, std::move(work));
}

UserId ImportChange::user_or(const UserId& otherwise) const {
  UserId user = admin::user_of(caller_);
  return user.empty() ? otherwise : user;
}

void ImportChange::record(std::string_view action, std::string_view kind, std::string_view id, std::string_view name,
                          const Document* before, const Document& after) {
  events_.push_back(admin::with_change(admin::make_event(caller_, action, kind, id, name), before, &after));
}

Result<void> ImportChange::add_user(const User& user) {
  GH_TRYV(at().users.insert(user));
  GH_TRY(const Document after, Describer(at(), now_).user(user));
  record("user.add", "user", user.id.value, user.email, nullptr, after);
  return success();
}

Result<void> ImportChange::add_account(const ServiceAccount& account) {
  GH_TRYV(at().accounts.insert(account));
  GH_TRY(const Document after, Describer(at(), now_).account(account));
  record("account.create", "account", account.id.value, account.handle, nullptr, after);
  return success();
}

Result<void> ImportChange::edit_account(const store::Stored<ServiceAccount>& before, const ServiceAccount& after) {
  GH_TRY(const Document old, Describer(at(), now_).account(before.value));
  GH_TRY(const Document fresh, Describer(at(), now_).account(after));
  if (old == fresh) return success();
  GH_TRYV(at().accounts.update(after, before.version));
  record("account.edit", "account", after.id.value, after.handle, &old, fresh);
  return success();
}

Result<void> ImportChange::add_credential(const Credential& credential, const store::ExternalCredential& external) {
  GH_TRYV(at().credentials.insert(credential));
  GH_TRYV(at().register_records.put(external));
  GH_TRY(const Document after, Describer(at(), now_).token(credential));
  record("token.register", "token", credential.id.value, credential.name, nullptr, after);
  return success();
}

Result<void> ImportChange::edit_credential(const store::Stored<Credential>& before, const Credential& after) {
  GH_TRY(const Document old, Describer(at(), now_).token(before.value));
  GH_TRY(const Document fresh, Describer(at(), now_).token(after));
  if (old == fresh) return success();
  GH_TRYV(at().credentials.update(after, before.version));
  record("token.register", "token", after.id.value, after.name, &old, fresh);
  return success();
}

Result<void> ImportChange::set_made_at(const Credential& credential, const store::ExternalCredential& before, Instant made_at) {
  store::ExternalCredential after = before;
  after.made_at = made_at;
  GH_TRYV(at().register_records.put(after));
  const auto made = [](const store::ExternalCredential& one) {
    Document document;
    document["rotated_at"] = admin::instant_or_null(one.made_at);
    return document;
  };
  const Document old = made(before);
  record("token.register", "token", credential.id.value, credential.name, &old, made(after));
  return success();
}

Result<std::string> ImportChange::free_handle(std::string_view name) {
  constexpr std::size_t kLongest = 50;
  std::string base;
  for (const char letter : name) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (plain || upper) {
      base += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
    } else if (!base.empty() && base.back() != '-') {
      base += '-';
    }
    if (base.size() == kLongest) break;
  }
  while (!base.empty() && base.back() == '-') base.pop_back();
  if (base.empty()) base = "imported";
  std::string handle = base;
  for (int number = 2;; ++number) {
    const auto taken = at().accounts.get_by_handle(handle);
    if (!taken && taken.error().code == Errc::kNotFound) return handle;
    if (!taken) return taken.error();
    handle = base + "-" + std::to_string(number);
  }
}

Result<void> ImportChange::finish(bool dry_run) {
  if (dry_run || events_.empty()) return success();
  return admin::commit(services_, std::move(work_), std::move(events_));
}

}  // namespace gatehouse::inventory
