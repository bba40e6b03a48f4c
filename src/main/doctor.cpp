#include "main/doctor.h"

#include <algorithm>
#include <boost/json.hpp>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "audit/head.h"
#include "audit/verify.h"
#include "crypto/certificate.h"
#include "crypto/self_test.h"
#include "lifecycle/mail.h"
#include "store/data_folder.h"
#include "store/database.h"

namespace gatehouse {
namespace {

struct Check {
  std::string name;
  bool ok = false;
  std::string detail;  ///< what was found; of a failure also what to do
};

std::string told(const Error& error) {
  return error.log_detail.empty() ? error.public_detail : error.public_detail + " (" + error.log_detail + ")";
}

Check check_chain(store::Database& database, const store::DataFolder& folder) {
  Check check{"audit chain", false, {}};
  auto reader = database.read();
  if (!reader) {
    check.detail = told(reader.error());
    return check;
  }
  const auto head = audit::read_head_file(folder.head_path(), folder.keyring());
  if (!head && head.error().code != Errc::kNotFound) {
    check.detail = told(head.error());
    return check;
  }
  const auto verification =
      audit::verify(reader.value(), head ? std::optional(head.value()) : std::nullopt, folder.keyring(), folder.segments_path());
  if (!verification) {
    check.detail = told(verification.error());
  } else if (!verification.value().intact()) {
    const audit::Finding& first = verification.value().findings.front();
    check.detail = "record " + std::to_string(first.sequence) + ": " + first.what + "; see gatehouse audit verify";
  } else {
    check.ok = true;
    check.detail = std::to_string(verification.value().records) + " records, all in order";
  }
  return check;
}

Check check_sites(store::Database& database) {
  Check check{"upstream credentials", false, {}};
  auto reader = database.read();
  if (!reader) {
    check.detail = told(reader.error());
    return check;
  }
  int known = 0;
  int without_end = 0;
  for (store::Page page;;) {
    const auto listed = reader.value()->upstream_credentials.list({}, page);
    if (!listed) {
      check.detail = told(listed.error());
      return check;
    }
    for (const auto& stored : listed.value().items) {
      ++known;
      if (stored.value.auth != UpstreamAuth::kNone && !stored.value.expires_at) ++without_end;
    }
    page.after = listed.value().next;
    if (page.after.empty()) break;
  }
  check.ok = without_end == 0;
  check.detail = check.ok ? std::to_string(known) + " live, each with its expiry"
                          : std::to_string(without_end) +
                                " without a known expiry; Atlassian's tokens end, so say when this one does: "
                                "gatehouse site credential edit ID --site KEY --expires-at T";
  return check;
}

/// Without mail nobody is told of an end, and a server that does not answer is found out when it is too late.
Check check_mail(const lifecycle::MailSettings& mail) {
  if (!mail.enabled()) {
    return {"mail server", false,
            "none is configured, so nobody is told by mail before something ends: set [smtp] in the configuration file "
            "(docs/operate/notifications.md)"};
  }
  if (const auto fit = lifecycle::check(mail); !fit) return {"mail server", false, told(fit.error())};
  const auto answered = lifecycle::try_server(mail);
  if (!answered) return {"mail server", false, told(answered.error()) + " See [smtp] in the configuration file."};
  return {"mail server", true, mail.host + " answers" + (mail.username.empty() ? "" : " and takes the password")};
}

/// The certificate of the listeners, and the secrets of the file of which an end can be entered: an unknown one is found out when
/// it is too late. `report installation` lists those whose end is known.
std::vector<Check> check_own(const Settings& settings, Instant now) {
  constexpr Duration kSoon = std::chrono::hours(24 * 30);
  std::vector<Check> checks;
  const auto ends = [&](std::string name, std::optional<Instant> at, const std::string& unknown) {
    const bool well = at && *at > now + kSoon;
    checks.push_back(
        {std::move(name), well,
         at ? (*at <= now ? "it ended at " : "it ends at ") + format_instant(*at) : "its end is not known: " + unknown});
  };
  if (const std::string& file = settings.server.tls_certificate_file; !file.empty()) {
    const auto facts = crypto::read_certificate(file);
    if (facts) ends("certificate", facts.value().not_after, {});
    if (!facts) checks.push_back({"certificate", false, told(facts.error())});
  }
  if (!settings.provider.secret_file.empty()) {
    ends("secret at the company's provider", settings.provider_secret_expires_at,
         "set client_secret_expires_at under [provider] in the configuration file");
  }
  if (!settings.notify.mail.password_file.empty() && settings.mail_password_expires_at)
    ends("password of the mail server", settings.mail_password_expires_at, {});
  return checks;
}

std::vector<Check> look_over(const Settings& settings) {
  std::vector<Check> checks;
  const auto add = [&checks](std::string name, const Result<void>& result, std::string fine) {
    checks.push_back({std::move(name), result.has_value(), result ? std::move(fine) : told(result.error())});
    return result.has_value();
  };
  if (!add("cryptography", crypto::self_test(), "known answers come out")) return checks;
  const auto folder = store::DataFolder::open_beside(settings.data, settings.master_key);
  if (!folder) {
    add("data folder and keys", folder.error(), {});
    return checks;
  }
  add("data folder and keys", success(), "only their owner can read them, and the keyring opens");
  auto database = store::Database::open(settings.database.empty() ? folder.value().database_path() : settings.database);
  if (!database) {
    add("database", database.error(), {});
    return checks;
  }
  add("database", success(), database.value()->name());
  checks.push_back(check_chain(*database.value(), folder.value()));
  checks.push_back(check_sites(*database.value()));
  checks.push_back(check_mail(settings.notify.mail));
  for (Check& check : check_own(settings, SystemClock().now())) checks.push_back(std::move(check));
  return checks;
}

}  // namespace

int doctor(const Settings& settings, const cli::Context& context) {
  const std::vector<Check> checks = look_over(settings);
  const bool well = std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.ok; });
  if (context.json) {
    boost::json::array list;
    for (const Check& check : checks) list.push_back({{"name", check.name}, {"ok", check.ok}, {"detail", check.detail}});
    context.out << boost::json::serialize(boost::json::object{{"ok", well}, {"checks", std::move(list)}}) << std::endl;
  } else {
    for (const Check& check : checks)
      context.out << (check.ok ? "ok      " : "FOUND   ") << check.name << ": " << check.detail << "\n";
  }
  return well ? cli::kDone : cli::kFoundSomething;
}

}  // namespace gatehouse
