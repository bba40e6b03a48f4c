// One function a noun: adds its verbs to the command line. commands.cpp calls them all.
#pragma once

#include "cli/command.h"

namespace gatehouse::cli {

void add_site_commands(CLI::App& root, Runner runner);
void add_user_commands(CLI::App& root, Runner runner);
void add_account_commands(CLI::App& root, Runner runner);
void add_grant_commands(CLI::App& root, Runner runner);
void add_token_commands(CLI::App& root, Runner runner);
void add_explain_command(CLI::App& root, Runner runner);
void add_trace_command(CLI::App& root, Runner runner);
void add_report_commands(CLI::App& root, Runner runner);
void add_audit_commands(CLI::App& root, Runner runner);
void add_policy_commands(CLI::App& root, Runner runner);

/// "--reason" and "--until" of every pause.
Command& with_pause_options(Command& command);

}  // namespace gatehouse::cli
