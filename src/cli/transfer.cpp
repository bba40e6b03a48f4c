// gatehouse account offer|offers|accept|decline and user transfer-all: handing over.
#include "cli/nouns.h"
#include "cli/print.h"

namespace gatehouse::cli {

void add_transfer_commands(CLI::App& root, Runner runner) {
  CLI::App* account = add_noun(root, "account", "service accounts: one for each automation");
  Command(account, runner, "offer", "offer one that is yours to another person, who accepts or not")
      .positional("HANDLE", "account", "its handle")
      .text("--to", "to", "e-mail address")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"accounts", call.text("account"), "offer"}), print_record);
      });
  Command(account, runner, "offers", "list what was offered to you, or by you").run([](Call& call) {
    return call.list(api_path({"offers"}), [](Context& context, const boost::json::value& items) {
      print_table(context, items,
                  {{"ID", "id"}, {"ACCOUNT", "account"}, {"FROM", "from"}, {"TO", "to"}, {"EXPIRES", "expires_at"}});
    });
  });
  Command(account, runner, "accept", "become the owner of one that was offered to you")
      .positional("OFFER", "id", "the offer")
      .run([](Call& call) {
        return call.post(api_path({"offers", call.text("id"), "accept"}), print_record);
      });
  Command(account, runner, "decline", "decline an offer, or take it back")
      .positional("OFFER", "id", "the offer")
      .run([](Call& call) {
        return call.post(api_path({"offers", call.text("id"), "decline"}), nullptr);
      });
  CLI::App* user = add_noun(root, "user", "the people who own, administer and are woken up");
  Command(user, runner, "transfer-all", "give all that a person answers for to another")
      .positional("EMAIL", "user", "whose")
      .text("--to", "to", "e-mail address")
      .required()
      .run([](Call& call) {
        return call.post(api_path({"users", call.text("user"), "transfer-all"}), print_record);
      });
  Command(user, runner, "sign-out", "end every session of a person").positional("EMAIL", "user", "whose").run([](Call& call) {
    return call.post(api_path({"users", call.text("user"), "sign-out"}), print_record);
  });
}

}  // namespace gatehouse::cli
