// One function a noun: adds its verbs to the command line. commands.cpp calls them all.
#pragma once

#include "cli/command.h"

namespace gatehouse::cli {

void add_site_commands(CLI::App& root, Runner runner);
void add_user_commands(CLI::App& root, Runner runner);
void add_account_commands(CLI::App& root, Runner runner);
void add_grant_commands(CLI::App& root, Runner runner);
void add_register_commands(CLI::App& root, Runner runner);
void add_token_commands(CLI::App& root, Runner runner);
/// Apps and consents; federations; OAuth clients.
void add_federation_commands(CLI::App& root, Runner runner);
void add_app_commands(CLI::App& root, Runner runner);
void add_client_commands(CLI::App& root, Runner runner);
/// token rotation …, token extend: under the noun `token`.
void add_rotation_commands(CLI::App* token, Runner runner);
/// A token for people, with who still uses its dead secrets in words.
void print_token(Context& context, const boost::json::value& token);
void add_agent_command(CLI::App& root, Runner runner);
void add_explain_command(CLI::App& root, Runner runner);
void add_denials_command(CLI::App& root, Runner runner);
/// token usage, account usage.
void add_usage_command(CLI::App* noun, Runner runner, const std::string& plural, const std::string& word);
void add_trace_command(CLI::App& root, Runner runner);
void add_report_commands(CLI::App& root, Runner runner);
void add_audit_commands(CLI::App& root, Runner runner);
void add_policy_commands(CLI::App& root, Runner runner);
void add_approval_commands(CLI::App& root, Runner runner);
void add_apply_commands(CLI::App& root, Runner runner);
void add_notify_commands(CLI::App& root, Runner runner);

/// login, logout, admin-key …
void add_sign_in_commands(CLI::App& root, Runner runner);
/// Under the nouns `account` and `user`.
void add_transfer_commands(CLI::App& root, Runner runner);

void add_would_deny_command(CLI::App* report, Runner runner);

/// "--reason", "--until" and "--resume-by" of every pause.
Command& with_pause_options(Command& command);
/// "--resource" of a pause, or of its end.
Command& with_paused_resource(Command& command);

}  // namespace gatehouse::cli
