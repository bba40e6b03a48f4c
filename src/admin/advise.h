// The right credential for a job: a few answers in, one recommendation out, with the reasons and the exact commands
// (docs/choose.md has the same as a table). Pure.
#pragma once

#include <string>

#include "admin/common.h"

namespace gatehouse::admin {

struct JobAnswers {
  std::string acts_as;   ///< person, system
  std::string runs_in;   ///< github, gitlab, kubernetes, bitbucket, server, tool (one that takes a fixed token only), outside
  std::string projects;  ///< one, many, all
  std::string lasts;     ///< once, days, long
  bool critical = false;
  bool other_team = false;  ///< another team answers for it
  bool named = false;       ///< Jira's history must name it
};

/// {"recommendation","reasons":[…],"commands":[…],"account","account_reason","rate_limit"}. kInvalidArgument names the question.
Result<Document> advise_on_job(const JobAnswers& answers);

}  // namespace gatehouse::admin
