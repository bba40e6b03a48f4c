// Import of a register file: what it names is created or changed, line by line.
#include <algorithm>
#include <set>

#include "admin/accounts.h"
#include "admin/find.h"
#include "inventory/import.h"
#include "inventory/import_change.h"
#include "inventory/register_file.h"

namespace gatehouse::inventory {
namespace {

namespace json = boost::json;
using admin::Document;

constexpr std::size_t kMostErrors = 20;
/// The owner first: whether a deputy is right depends on it.
constexpr std::string_view kFirst = "owner";

std::vector<std::string> values_of(const json::value& value) {
  std::vector<std::string> out;
  if (value.is_string()) out.emplace_back(value.get_string());
  if (value.is_bool()) out.emplace_back(value.get_bool() ? "true" : "false");
  if (const json::array* list = value.if_array()) {
    for (const json::value& one : *list) out.emplace_back(one.as_string());
  }
  return out;
}

/// An empty text says the same as none.
bool same_values(std::vector<std::string> left, std::vector<std::string> right) {
  for (auto* values : {&left, &right}) {
    if (values->size() == 1 && values->front().empty()) values->clear();
  }
  return left == right;
}

std::string text_of(const FileField& field) { return field.values.empty() ? std::string() : field.values.front(); }

/// Controls have no use in a name, and the REST API refuses them too.
bool clean(const FileField& field) {
  return std::all_of(field.values.begin(), field.values.end(), [](const std::string& value) {
    return std::all_of(value.begin(), value.end(), [](char letter) {
      const auto byte = static_cast<unsigned char>(letter);
      return byte == '\n' || byte == '\t' || byte == '\r' || (byte >= 0x20 && byte != 0x7f);
    });
  });
}

class FileImport {
 public:
  explicit FileImport(ImportChange& change) : change_(change) {}

  Result<Document> run(const std::vector<FileRecord>& records) {
    std::set<std::string> seen;
    for (const FileRecord& record : records) {
      const auto handle = record.fields.find("handle");
      if (handle == record.fields.end() || text_of(handle->second).empty()) {
        problems_.push_back(wrong_field(record.line, "handle", "each entry must name its automation."));
      } else if (!seen.insert(text_of(handle->second)).second) {
        problems_.push_back(wrong_field(record.line, "handle", "the automation stands in the file twice."));
      } else if (const auto done = entry(record, text_of(handle->second)); !done) {
        GH_TRYV(collect(done.error()));
      }
      if (problems_.size() >= kMostErrors) break;
    }
    if (!problems_.empty()) return all_problems();
    return json::object{{"created", std::move(created_)},
                        {"changed", std::move(changed_)},
                        {"unchanged", unchanged_},
                        {"credentials_added", credentials_added_},
                        {"credentials_changed", credentials_changed_},
                        {"credentials_left_aside", left_aside_}};
  }

 private:
  /// What is wrong with the file is collected; what is wrong with the database ends the import.
  Result<void> collect(const Error& error) {
    const bool of_file = error.code == Errc::kInvalidArgument || error.code == Errc::kNotFound || error.code == Errc::kConflict ||
                         error.code == Errc::kLimitExceeded;
    if (!of_file) return error;
    problems_.push_back(error);
    return success();
  }
  Error all_problems() const {
    Error out = problems_.front();
    out.code = Errc::kInvalidArgument;
    for (std::size_t i = 1; i < problems_.size(); ++i) out.public_detail += "\n" + problems_[i].public_detail;
    out.public_detail += "\nNothing was changed.";
    return out;
  }
  static Error at_line(const Error& error, int line, std::string_view field) {
    Error out = wrong_field(line, field, error.public_detail);
    out.code = error.code;
    return out;
  }

  Result<void> entry(const FileRecord& record, const std::string& handle) {
    auto found = change_.at().accounts.get_by_handle(handle);
    if (!found && found.error().code != Errc::kNotFound) return found.error();
    if (found && found.value().value.state == State::kArchived) {
      return wrong_field(record.line, "handle", "that service account is archived, and stays as it is.");
    }
    ServiceAccount account;
    if (found) {
      account = found.value().value;
    } else {
      GH_TRY(account, new_account(record, handle));
    }
    const std::size_t before = problems_.size();
    GH_TRYV(set_fields(account, record, !found));
    if (problems_.size() > before) return success();
    if (found) {
      GH_TRYV(edit(found.value(), account));
    } else {
      GH_TRYV(change_.add_account(account));
      created_.emplace_back(handle);
    }
    for (const FileRecord& credential : record.credentials) {
      if (const auto done = add_credential(account, credential); !done) {
        GH_TRYV(collect(done.error()));
      }
    }
    return success();
  }

  Result<ServiceAccount> new_account(const FileRecord& record, const std::string& handle) {
    ServiceAccount account;
    account.id = new_id<AccountId>(change_.services().random);
    account.handle = handle;
    account.created_at = change_.now();
    const auto external = record.fields.find("external");
    account.external = external != record.fields.end() && text_of(external->second) == "true";
    if (const auto checked = admin::check_handle(handle); !checked) return at_line(checked.error(), record.line, "handle");
    for (const char* name : {"owner", "purpose", "runs_in"}) {
      if (account.external && std::string_view(name) != kFirst) continue;
      const auto field = record.fields.find(name);
      if (field == record.fields.end() || text_of(field->second).empty()) {
        return wrong_field(record.line, name, "a new automation needs it.");
      }
    }
    if (!account.external) {
      if (const auto room = admin::check_quota(change_.at()); !room) return at_line(room.error(), record.line, "handle");
    }
    return account;
  }

  Result<void> set_fields(ServiceAccount& account, const FileRecord& record, bool fresh) {
    Document now;
    if (!fresh) {
      GH_TRY(now, admin::Describer(change_.at(), change_.now()).account(account));
    }
    const auto set = [&](const std::string& name, const FileField& field) -> Result<void> {
      if (name == "handle" || (name == "external" && fresh)) return success();
      if (!fresh && same_values(values_of(now.at(name)), field.values)) return success();
      if (!clean(field)) return wrong_field(field.line, name, "it holds control characters.");
      if (const auto done = set_field(account, name, field); !done) return at_line(done.error(), field.line, name);
      return success();
    };
    const auto tell = [&](const std::string& name, const FileField& field) -> Result<void> {
      const auto done = set(name, field);
      return done ? Result<void>(success()) : collect(done.error());
    };
    if (const auto owner = record.fields.find(kFirst); owner != record.fields.end()) {
      GH_TRYV(tell(owner->first, owner->second));
    }
    for (const auto& [name, field] : record.fields) {
      if (name == kFirst) continue;
      GH_TRYV(tell(name, field));
    }
    if (!account.deputy.empty() && account.deputy == account.owner) {
      return wrong_field(record.line, "deputy", "Owner and deputy must be two people.");
    }
    return success();
  }

  Result<void> set_field(ServiceAccount& account, const std::string& name, const FileField& field) {
    const std::string text = text_of(field);
    admin::EditAccount edit;
    if (name == "owner") {
      GH_TRY(const auto owner, admin::find_live_user(change_.at(), text, name));
      account.owner = owner.value.id;
      return success();
    }
    if (name == "external") {
      return fail(Errc::kConflict,
                  "it can't be changed here; \"gatehouse account adopt HANDLE\" brings an entry under Gatehouse.");
    }
    if (name == "rotate_every" || name == "expected_every") {
      std::optional<Duration>& into = name == "rotate_every" ? account.rotate_every : account.expected_every;
      into.reset();
      if (!text.empty()) {
        GH_TRY(into, parse_duration(text));
      }
      return success();
    }
    if ((name == "purpose" || name == "runs_in") && text.empty() && account.external) {
      (name == "purpose" ? account.purpose : account.runs_in).clear();
      return success();
    }
    if (name == "criticality" && text.empty()) return success();
    if (name == "deputy") edit.deputy = text;
    if (name == "purpose") edit.purpose = text;
    if (name == "runs_in") edit.runs_in = text;
    if (name == "tool") edit.tool = text;
    if (name == "repository") edit.repository = text;
    if (name == "job") edit.job = text;
    if (name == "link") edit.link = text;
    if (name == "docs") edit.docs = text;
    if (name == "runbook") edit.runbook = text;
    if (name == "rotation_plan") edit.rotation_plan = text;
    if (name == "criticality") edit.criticality = text;
    if (name == "declared_sites") edit.declared_sites = field.values;
    if (name == "declared_resources") edit.declared_resources = field.values;
    if (name == "declared_scopes") edit.declared_scopes = field.values;
    return admin::apply_edit(account, change_.at(), edit);
  }

  Result<void> edit(const store::Stored<ServiceAccount>& before, const ServiceAccount& after) {
    GH_TRY(const Document old, admin::Describer(change_.at(), change_.now()).account(before.value));
    GH_TRY(const Document fresh, admin::Describer(change_.at(), change_.now()).account(after));
    json::array fields;
    for (const auto& member : fresh) {
      if (old.at(member.key()) != member.value()) fields.emplace_back(member.key());
    }
    if (fields.empty()) {
      ++unchanged_;
      return success();
    }
    changed_.push_back(json::object{{"account", after.handle}, {"fields", std::move(fields)}});
    return change_.edit_account(before, after);
  }

  Result<void> add_credential(const ServiceAccount& account, const FileRecord& record) {
    const auto field = [&record](std::string_view name) {
      const auto found = record.fields.find(name);
      return found == record.fields.end() ? FileField{record.line, {}} : found->second;
    };
    const std::string kind = text_of(field("kind"));
    if (kind == "api token" || kind == "oauth client" || kind == "app") {
      ++left_aside_;
      return success();
    }
    if (kind != "external") {
      return wrong_field(record.line, "kind",
                         "a file can only bring credentials of kind \"external\"; Gatehouse makes the others.");
    }
    for (const char* name : {"id", "name", "owner", "expires_at", "rotated_at"}) {
      if (!clean(field(name))) return wrong_field(field(name).line, name, "it holds control characters.");
    }
    GH_TRY(auto known, find_external(account, text_of(field("id")), text_of(field("name")), record.line));
    Credential credential;
    if (known) {
      credential = known->value;
    } else {
      credential.id = new_id<CredentialId>(change_.services().random);
      credential.account = account.id;
      credential.kind = CredentialKind::kExternal;
      credential.owner = account.owner;
      credential.requested_by = change_.user_or(account.owner);
      credential.created_at = change_.now();
    }
    GH_TRYV(set_credential(credential, record, known.has_value()));
    GH_TRY(const std::optional<Instant> made_at, made_at_of(record));
    if (!known) {
      store::ExternalCredential external;
      external.credential = credential.id;
      external.made_at = made_at;
      external.imported_at = change_.now();
      ++credentials_added_;
      return change_.add_credential(credential, external);
    }
    GH_TRY(const store::ExternalCredential external, change_.at().register_records.get(credential.id));
    // A file has whole seconds.
    const bool moved = made_at && (!external.made_at || format_instant(*external.made_at) != format_instant(*made_at));
    GH_TRY(const Document old, admin::Describer(change_.at(), change_.now()).token(known->value));
    GH_TRY(const Document fresh, admin::Describer(change_.at(), change_.now()).token(credential));
    if (old == fresh && !moved) return success();
    ++credentials_changed_;
    if (moved) {
      GH_TRYV(change_.set_made_at(credential, external, *made_at));
    }
    return change_.edit_credential(*known, credential);
  }

  /// Left out or empty: what is known stays.
  Result<std::optional<Instant>> made_at_of(const FileRecord& record) const {
    std::optional<Instant> made_at;
    const auto found = record.fields.find("rotated_at");
    if (found == record.fields.end() || text_of(found->second).empty()) return made_at;
    const auto at = parse_instant(text_of(found->second));
    if (!at) return at_line(at.error(), found->second.line, "rotated_at");
    if (at.value() > change_.now()) return wrong_field(found->second.line, "rotated_at", "it lies in the future.");
    made_at = at.value();
    return made_at;
  }

  Result<std::optional<store::Stored<Credential>>> find_external(const ServiceAccount& account, const std::string& id,
                                                                 const std::string& name, int line) {
    if (id.empty()) {
      GH_TRY(const auto all, change_.at().credentials.of_account(account.id));
      for (const Credential& one : all) {
        if (one.kind != CredentialKind::kExternal || one.name != name) continue;
        GH_TRY(auto found, change_.at().credentials.get(one.id));
        return std::optional(std::move(found));
      }
      return std::optional<store::Stored<Credential>>();
    }
    auto found = change_.at().credentials.get(CredentialId(id));
    if (!found && found.error().code != Errc::kNotFound) return found.error();
    // An id of another installation is no id here.
    if (!found) return find_external(account, {}, name, line);
    if (found.value().value.account != account.id || found.value().value.kind != CredentialKind::kExternal) {
      return wrong_field(line, "id", "a credential of this id belongs to another automation, or is Gatehouse's own.");
    }
    return std::optional(std::move(found.value()));
  }

  Result<void> set_credential(Credential& credential, const FileRecord& record, bool known) {
    const auto given = [&record](std::string_view name) -> const FileField* {
      const auto found = record.fields.find(name);
      return found == record.fields.end() ? nullptr : &found->second;
    };
    if (const FileField* name = given("name"); name || !known) {
      const std::string text = name ? text_of(*name) : std::string();
      if (const auto checked = admin::check_name(text, "name"); !checked) {
        return at_line(checked.error(), name ? name->line : record.line, "name");
      }
      credential.name = text;
    }
    if (const FileField* owner = given("owner"); owner && !text_of(*owner).empty()) {
      GH_TRY(const std::string current, admin::Describer(change_.at(), change_.now()).email_of(credential.owner));
      if (current != text_of(*owner)) {
        const auto user = admin::find_live_user(change_.at(), text_of(*owner), "owner");
        if (!user) return at_line(user.error(), owner->line, "owner");
        credential.owner = user.value().value.id;
      }
    }
    if (const FileField* end = given("expires_at")) {
      credential.expires_at.reset();
      if (!text_of(*end).empty()) {
        const auto at = parse_instant(text_of(*end));
        if (!at) return at_line(at.error(), end->line, "expires_at");
        credential.expires_at = at.value();
      }
    }
    return success();
  }

  ImportChange& change_;
  std::vector<Error> problems_;
  json::array created_;
  json::array changed_;
  std::int64_t unchanged_ = 0;
  std::int64_t credentials_added_ = 0;
  std::int64_t credentials_changed_ = 0;
  std::int64_t left_aside_ = 0;
};

}  // namespace

Result<Document> import_register(admin::Services& services, const Caller& caller, std::string_view text, std::string_view format,
                                 bool dry_run) {
  GH_TRY(const std::vector<FileRecord> records, read_register(text, format));
  GH_TRY(ImportChange change, ImportChange::begin(services, caller));
  GH_TRY(Document outcome, FileImport(change).run(records));
  GH_TRYV(change.finish(dry_run));
  outcome["dry_run"] = dry_run;
  return outcome;
}

}  // namespace gatehouse::inventory
