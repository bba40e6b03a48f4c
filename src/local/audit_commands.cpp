#include "local/audit_commands.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "audit/verify.h"
#include "crypto/self_test.h"
#include "local/place.h"

namespace gatehouse::local {
namespace {

struct AuditOptions {
  Place place;
  std::string head;  ///< empty: the data folder's
};

constexpr int kFoundSomething = 6;

Result<audit::Verification> verify(const AuditOptions& options) {
  GH_TRYV(crypto::self_test());
  // Without the lock: a server may be running. The head is read first, since the chain only grows.
  GH_TRY(const auto folder, store::DataFolder::open_beside(options.place.data, options.place.master_key));
  const std::string head_path = options.head.empty() ? folder.head_path() : options.head;
  auto head = audit::read_head_file(head_path, folder.keyring());
  std::optional<audit::Finding> bad_head;
  std::optional<audit::Head> kept;
  if (head) {
    kept = std::move(head).value();
  } else if (head.error().code == Errc::kDataCorrupt) {
    bad_head = audit::Finding{0, "head", head_path + ": " + head.error().public_detail};
  } else if (!options.head.empty()) {
    return std::move(head).error();
  }
  GH_TRY(const auto database,
         store::Database::open(options.place.database.empty() ? folder.database_path() : options.place.database));
  GH_TRY(const auto reader, database->read());
  GH_TRY(auto result, audit::verify(reader, kept, folder.keyring(), folder.segments_path()));
  if (bad_head) result.findings.push_back(std::move(*bad_head));
  return result;
}

void report(const audit::Verification& result, bool json) {
  if (json) {
    boost::json::array findings;
    for (const audit::Finding& finding : result.findings) {
      findings.push_back(boost::json::object{{"sequence", finding.sequence}, {"what", finding.what}, {"detail", finding.detail}});
    }
    std::cout << boost::json::serialize(boost::json::object{{"intact", result.intact()},
                                                            {"records", result.records},
                                                            {"last_sequence", result.last_sequence},
                                                            {"sealed", result.sealed},
                                                            {"absent", boost::json::value_from(result.absent)},
                                                            {"findings", findings}})
              << std::endl;
    return;
  }
  for (const audit::Finding& finding : result.findings) {
    std::cout << finding.sequence << "  " << finding.what << "  " << finding.detail << "\n";
  }
  for (const std::string& file : result.absent) std::cout << "not here: " << file << ", which is kept elsewhere\n";
  if (!result.intact()) return;
  std::cout << "The chain is whole: " << result.records << " records";
  if (result.sealed > 0) std::cout << " after " << result.sealed << " sealed ones";
  std::cout << ".\n";
}

}  // namespace

void add_audit_local_commands(CLI::App& root, int& exit_status, std::function<int(bool json)> ask_server) {
  const auto made = root.get_subcommands([](CLI::App* one) { return one->get_name() == "audit"; });
  CLI::App* const noun = made.empty() ? root.add_subcommand("audit", "who did what") : made.front();
  const auto options = std::make_shared<AuditOptions>();
  CLI::App* const command = noun->add_subcommand("verify", "look for changed, missing, cut off or rolled back audit records");
  add_place_options(*command, options->place);
  command->get_option("--data")->required(false);
  command->add_option("--head", options->head, "a head that was kept elsewhere, instead of the data folder's audit.head");
  command->callback([options, &root, &exit_status, ask_server = std::move(ask_server)] {
    if (options->place.data.empty()) {
      exit_status = ask_server(wants_json(root, options->place));
      return;
    }
    const auto result = verify(*options);
    if (!result) {
      exit_status = complain("audit verify", result.error());
      return;
    }
    report(result.value(), wants_json(root, options->place));
    exit_status = result.value().intact() ? 0 : kFoundSomething;
  });
}

}  // namespace gatehouse::local
