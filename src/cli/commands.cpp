#include "cli/commands.h"

#include "cli/nouns.h"

namespace gatehouse::cli {

Command& with_pause_options(Command& command) {
  return command.text("--reason", "reason", "why; stands in the audit log and in the lists")
      .instant("--until", "until", "when it is over by itself, such as 2027-02-24T18:00:00Z")
      .choice("--resume-by", "resume_by", "who may end it before; org-admin by default", {"owner", "org-admin"});
}

Command& with_paused_resource(Command& command) {
  return command.text("--resource,--project,--space", "resource", "only this resource, such as acme/A; everything else goes on");
}

void add_remote_commands(CLI::App& root, Context& context, int& exit_status) {
  const Runner runner{context, exit_status};
  add_common_options(root, context, true);
  add_site_commands(root, runner);
  add_user_commands(root, runner);
  add_account_commands(root, runner);
  add_grant_commands(root, runner);
  add_token_commands(root, runner);
  add_client_commands(root, runner);
  add_app_commands(root, runner);
  add_federation_commands(root, runner);
  add_agent_command(root, runner);
  add_explain_command(root, runner);
  add_denials_command(root, runner);
  add_trace_command(root, runner);
  add_report_commands(root, runner);
  add_register_commands(root, runner);
  add_audit_commands(root, runner);
  add_policy_commands(root, runner);
  add_approval_commands(root, runner);
  add_apply_commands(root, runner);
  add_notify_commands(root, runner);
  add_sign_in_commands(root, runner);
  add_transfer_commands(root, runner);
}

}  // namespace gatehouse::cli
