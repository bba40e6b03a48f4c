#include "admin/find.h"

namespace gatehouse::admin {
namespace {

template <class T>
Result<store::Stored<T>> or_not_found(Result<store::Stored<T>> found, std::string detail, std::string field) {
  if (!found && found.error().code == Errc::kNotFound) return fail(Errc::kNotFound, std::move(detail), {}, std::move(field));
  return found;
}

template <class T>
Result<store::Stored<T>> or_absent(Result<store::Stored<T>> found, Error absent) {
  if (!found && found.error().code == Errc::kNotFound) return absent;
  return found;
}

}  // namespace

Error no_account() {
  return fail(Errc::kNotFound, "There is no service account of that handle. \"gatehouse account list\" shows all.", {},
              "account");
}
Error no_token() {
  return fail(Errc::kNotFound, "There is no token of that id. \"gatehouse token list\" shows all.", {}, "token");
}
Error no_grant() {
  return fail(Errc::kNotFound, "There is no grant of that id. \"gatehouse grant list\" shows all.", {}, "grant");
}

Result<store::Stored<Site>> find_site(const store::Repositories& at, std::string_view key_or_id) {
  auto by_key = at.sites.get_by_key(key_or_id);
  if (by_key || by_key.error().code != Errc::kNotFound) return by_key;
  auto by_id = at.sites.get(SiteId(std::string(key_or_id)));
  if (by_id && by_id.value().value.state == State::kArchived) return fail(Errc::kNotFound, "That site was removed.", {}, "site");
  return or_not_found(std::move(by_id), "There is no site of that key. \"gatehouse site list\" shows all.", "site");
}

Result<store::Stored<User>> find_user(const store::Repositories& at, std::string_view email_or_id) {
  auto found = email_or_id.find('@') != std::string_view::npos ? at.users.get_by_email(email_or_id)
                                                               : at.users.get(UserId(std::string(email_or_id)));
  return or_not_found(std::move(found), "There is no user of that e-mail address. \"gatehouse user list\" shows all.", "user");
}

Result<store::Stored<User>> find_live_user(const store::Repositories& at, std::string_view email_or_id, std::string_view field) {
  auto user = find_user(at, email_or_id);
  if (!user) {
    user.error().field = field;
    return user;
  }
  if (user.value().value.state != State::kLive) {
    return fail(Errc::kConflict, "That user is suspended. Name another one, or run: gatehouse user restore EMAIL.", {},
                std::string(field));
  }
  return user;
}

Result<store::Stored<ServiceAccount>> find_account(const store::Repositories& at, std::string_view handle_or_id) {
  auto by_handle = at.accounts.get_by_handle(handle_or_id);
  if (by_handle || by_handle.error().code != Errc::kNotFound) return by_handle;
  return or_absent(at.accounts.get(AccountId(std::string(handle_or_id))), no_account());
}

Result<store::Stored<Credential>> find_token(const store::Repositories& at, std::string_view id) {
  auto by_id = at.credentials.get(CredentialId(std::string(id)));
  if (by_id || by_id.error().code != Errc::kNotFound) return by_id;
  return or_absent(at.credentials.get_by_secret(SecretId(std::string(id))), no_token());
}

Result<store::Stored<Grant>> find_grant(const store::Repositories& at, std::string_view id) {
  return or_absent(at.grants.get(GrantId(std::string(id))), no_grant());
}

Result<store::Stored<UpstreamCredential>> find_upstream_credential(const store::Repositories& at, std::string_view id) {
  return or_not_found(at.upstream_credentials.get(UpstreamCredentialId(std::string(id))),
                      "There is no credential of that id. \"gatehouse site credential list --site KEY\" shows all.",
                      "credential");
}

}  // namespace gatehouse::admin
